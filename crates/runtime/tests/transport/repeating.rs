//! A guess is never sent twice.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use broker_session_runtime::{Backoff, ErrorKind, FailedAttempt, Reason};
use tokio::net::TcpSocket;

use crate::support::{API, BUSY, CUT, OK, Server, builder, call, status, transport};

/// Counts how often it is asked.
#[derive(Default)]
struct Counting(AtomicUsize);

impl Backoff for Counting {
    fn next_delay(&self, failed: &FailedAttempt) -> Option<Duration> {
        self.0.fetch_add(1, Ordering::SeqCst);
        (failed.attempts < 3).then_some(Duration::ZERO)
    }
}

#[tokio::test]
async fn without_a_connection_all_but_never_is_repeated() {
    // Bound but not listening: nobody else can get the port, and every connection is refused.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let url = format!("http://{}/it", socket.local_addr().unwrap());
    for (id, asked) in [("safe", 3), ("unsent", 3), ("never", 0)] {
        let counting = Arc::new(Counting::default());
        let failure = call(&builder(&API).retry(counting.clone()).build(), &url, id).await.unwrap_err();
        assert_eq!((&failure.reason, failure.is_unsent), (&Reason::NoConnection, true));
        assert!(failure.is_retryable() && failure.operation == Some(id), "{failure:?}");
        assert_eq!(counting.0.load(Ordering::SeqCst), asked, "{id}");
    }
}

#[tokio::test]
async fn only_a_safe_operation_is_repeated_after_it_has_left() {
    for (responses, id, expected, expected_status) in [
        (&[BUSY, BUSY, OK] as &[_], "safe", 3, 200),
        (&[BUSY, OK], "unsent", 1, 503),
        (&[BUSY, OK], "never", 1, 503),
        (&[CUT, OK], "safe", 2, 200),
        (&[CUT, OK], "unsent", 1, 200),
    ] {
        let server = Server::start(responses, false).await;
        let outcome = call(&transport(), &server.url, id).await;
        assert_eq!(
            (server.arrived(), status(&outcome)),
            (expected, Some(expected_status)),
            "{responses:?} {id}"
        );
    }
}

#[tokio::test]
async fn a_lost_connection_is_repeated_only_where_it_is_safe() {
    for (id, expected) in [("safe", 3), ("unsent", 1), ("never", 1)] {
        let server = Server::start(&[""], false).await;
        let failure = call(&transport(), &server.url, id).await.unwrap_err();
        assert_eq!(server.arrived(), expected, "{id}");
        assert_eq!((failure.kind, failure.is_unsent), (ErrorKind::Unavailable, false));
        assert_eq!(failure.is_retryable(), id == "safe");
        assert!(!format!("{failure:?}").contains("127.0.0.1"), "the URL must not be in it: {failure:?}");
    }
}

#[tokio::test]
async fn a_429_without_a_time_to_wait_is_not_repeated() {
    let server =
        Server::start(&["HTTP/1.1 429 Too Many Requests\r\nContent-Length: 2\r\n\r\n[]", OK], false).await;
    assert_eq!(status(&call(&transport(), &server.url, "safe").await), Some(429));
    assert_eq!(server.arrived(), 1);
}

#[tokio::test]
async fn a_wait_beyond_the_total_deadline_is_not_begun() {
    let busy = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3600\r\nContent-Length: 2\r\n\r\n[]";
    let server = Server::start(Vec::leak(vec![busy, OK]), false).await;
    assert_eq!(status(&call(&transport(), &server.url, "safe").await), Some(429));
    assert_eq!(server.arrived(), 1);
}

#[tokio::test]
async fn a_time_to_wait_of_nothing_is_honoured() {
    let busy = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Length: 2\r\n\r\n[]";
    let server = Server::start(Vec::leak(vec![busy, OK]), false).await;
    assert_eq!(status(&call(&transport(), &server.url, "safe").await), Some(200));
    assert_eq!(server.arrived(), 2);
}
