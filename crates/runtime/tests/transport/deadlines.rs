//! Nothing hangs.

use std::{
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use broker_session_runtime::{Deadlines, ErrorKind, Middleware, Reason, RetryPolicy};
use reqwest::{Client, Request, Response};

use crate::support::{API, CUT, Server, builder, call, deadlines};

/// Is busy after 12 seconds, and keeps how much time it was given.
#[derive(Default)]
struct Busy(Mutex<Vec<Duration>>);

impl Middleware for Busy {
    fn execute<'a>(
        &'a self,
        _client: &'a Client,
        request: Request,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>> {
        self.0.lock().unwrap().push(*request.timeout().unwrap());
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(12)).await;
            Ok(http::Response::builder().status(503).body("").unwrap().into())
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_later_attempt_has_only_what_is_left_of_the_whole_time() {
    let seconds = Duration::from_secs;
    let busy = Arc::new(Busy::default());
    let deadlines = Deadlines { attempt: seconds(15), total: seconds(20), ..Deadlines::default() };
    let at_once = RetryPolicy { max_attempts: 3, first_wait: Duration::ZERO, max_wait: Duration::ZERO };
    let transport = builder(&API).deadlines(deadlines).retry(at_once).middleware(busy.clone()).build();
    call(&transport, "http://127.0.0.1:9/it", "safe").await.unwrap_err();
    assert_eq!(*busy.0.lock().unwrap(), [seconds(15), seconds(8)]);
}

#[tokio::test]
async fn a_silent_server_meets_the_deadline() {
    let server = Server::start(&[""], true).await;
    let transport = builder(&API).deadlines(deadlines(100)).build();
    let failure = call(&transport, &server.url, "never").await.unwrap_err();
    assert_eq!(
        (failure.kind, failure.reason, failure.is_unsent),
        (ErrorKind::Timeout, Reason::NoResponse, false)
    );
}

#[tokio::test]
async fn a_body_that_never_ends_meets_the_deadline_and_keeps_its_status() {
    let server = Server::start(&[CUT], true).await;
    let transport = builder(&API).deadlines(deadlines(100)).build();
    let failure = call(&transport, &server.url, "never").await.unwrap_err();
    assert_eq!((failure.status, failure.kind, failure.reason), (Some(200), ErrorKind::Timeout, Reason::Slow));
}

const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 2\r\n\r\n[]";

#[tokio::test]
async fn a_response_outlives_a_later_timeout() {
    for late in ["", "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n[1"] {
        let server = Server::start(Vec::leak(vec![BUSY, late]), true).await;
        let transport = builder(&API).deadlines(deadlines(300)).build();
        let failure = call(&transport, &server.url, "safe").await.unwrap_err();
        assert_eq!((failure.status, failure.reason), (Some(503), Reason::Status), "{late}");
        assert_eq!(server.arrived(), 2, "{late}");
    }
}
