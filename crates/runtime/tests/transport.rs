//! The transport's promises, through real sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "the helpers of tests, too")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use broker_session_runtime::{
    Api, Credential, Deadlines, ErrorKind, HttpClientBuilder, Kept, Operation, Retry, RetryPolicy,
    SecurityScheme, SecuritySchemeKind, Status, Transport, Unfit, fits,
};
use progenitor_client::{Error, OperationInfo};
use reqwest::Response;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const fn operation(id: &'static str, retry: Retry) -> Operation {
    Operation {
        id,
        method: "GET",
        path: "/it",
        retry,
        security: &["key"],
        secret_headers: &["oneTimeToken"],
        secret_members: &["password"],
        statuses: &[
            Status { code: 200, kind: None, fits: fits::<Vec<u8>> },
            Status { code: 503, kind: Some(ErrorKind::Unavailable), fits: fits::<Vec<u8>> },
        ],
    }
}

static API: Api = Api {
    title: "test",
    version: "1",
    servers: &[],
    security_schemes: &[SecurityScheme {
        name: "key",
        kind: SecuritySchemeKind::Header("x-key"),
        secret: true,
    }],
    operations: &[
        operation("safe", Retry::Safe),
        operation("unsent", Retry::Unsent),
        operation("never", Retry::Never),
    ],
    error_codes: &[],
};

/// A server that reads a request, answers it with fixed bytes, and closes the connection.
struct Server {
    url: String,
    arrived: Arc<AtomicUsize>,
}

impl Server {
    /// Answers the first request with the first answer and so on; the last one stands for all later ones.
    async fn start(answers: &'static [&'static str], keep_open: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/it", listener.local_addr().unwrap());
        let arrived = Arc::new(AtomicUsize::new(0));
        let count = arrived.clone();
        tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                    let mut buffer = [0; 1024];
                    let read = socket.read(&mut buffer).await.unwrap();
                    request.extend_from_slice(&buffer[..read]);
                    if read == 0 {
                        break;
                    }
                }
                let number = count.fetch_add(1, Ordering::SeqCst);
                let answer = answers[number.min(answers.len() - 1)];
                socket.write_all(answer.as_bytes()).await.unwrap();
                if keep_open {
                    tokio::spawn(async move {
                        let _socket = socket;
                        std::future::pending::<()>().await;
                    });
                }
            }
        });
        Self { url, arrived }
    }

    fn arrived(&self) -> usize {
        self.arrived.load(Ordering::SeqCst)
    }
}

fn deadlines(milliseconds: u64) -> Deadlines {
    let time = Duration::from_millis(milliseconds);
    Deadlines { connect: time, attempt: time, total: time }
}

fn transport() -> Transport {
    Transport::builder(&API)
        .credential("key", Credential::Token("made-up-key".into()))
        .retry(RetryPolicy {
            max_attempts: 3,
            first_wait: Duration::from_millis(1),
            longest_wait: Duration::from_millis(2),
        })
        .build()
}

async fn call(transport: &Transport, url: &str, id: &'static str) -> reqwest::Result<Response> {
    let client = HttpClientBuilder::new().only_given_roots(true).build(Deadlines::default()).unwrap();
    let mut request = client.get(url).header("oneTimeToken", "made-up-token").build().unwrap();
    let info = OperationInfo { operation_id: id };
    transport.pre::<()>(&mut request, &info).unwrap();
    transport.exec(&client, request, &info).await
}

fn unfit(response: &Response) -> Option<Unfit> {
    response.extensions().get::<Kept>().map(|kept| kept.unfit().clone())
}

const MARKED: &str = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n\u{feff}[1]";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]";
const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\n[]";
const CUT: &str = "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n[1";

#[tokio::test]
async fn a_fitting_answer_comes_through_as_it_is() {
    let server = Server::start(&[OK], false).await;
    let response = call(&transport(), &server.url, "safe").await.unwrap();
    assert_eq!(unfit(&response), None);
    assert_eq!(response.text().await.unwrap(), "[1]");
}

#[tokio::test]
async fn a_byte_order_mark_does_not_make_an_answer_unfit() {
    let server = Server::start(&[MARKED], false).await;
    assert_eq!(unfit(&call(&transport(), &server.url, "safe").await.unwrap()), None);
}

#[tokio::test]
async fn an_unknown_success_with_a_fitting_body_is_a_success() {
    let server = Server::start(&["HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\n[1]"], false).await;
    let response = call(&transport(), &server.url, "never").await.unwrap();
    assert_eq!((response.status().as_u16(), unfit(&response)), (200, None));
}

#[tokio::test]
async fn what_does_not_fit_is_named_and_keeps_its_status() {
    let cases: [(&'static [&'static str], u16, Unfit); 8] = [
        (&["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"], 200, Unfit::Empty),
        (&["HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>"], 200, Unfit::NotJson),
        (&["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"], 200, Unfit::Misfit),
        (&[CUT], 200, Unfit::Cut),
        (&["HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n["], 200, Unfit::TooLong(1 << 20)),
        (&["HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\n\r\n"], 418, Unfit::UnknownStatus),
        (
            &["HTTP/1.1 302 Found\r\nLocation: https://evil.example/x?token=1\r\nContent-Length: 0\r\n\r\n"],
            302,
            Unfit::Redirect { elsewhere: Some("evil.example".into()), to_login: false },
        ),
        (
            &["HTTP/1.1 302 Found\r\nLocation: /sso/Login\r\nContent-Length: 0\r\n\r\n"],
            302,
            Unfit::Redirect { elsewhere: None, to_login: true },
        ),
    ];
    for (answers, status, expected) in cases {
        let server = Server::start(answers, false).await;
        let response = call(&transport(), &server.url, "never").await.unwrap();
        assert_eq!((response.status().as_u16(), unfit(&response)), (status, Some(expected)), "{answers:?}");
    }
}

#[tokio::test]
async fn an_unfit_answer_becomes_an_unexpected_response_with_the_brokers_words() {
    let page = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 20\r\nRetry-After: 7\r\nSet-Cookie: a=b\r\n\r\n<h1>Unavailable</h1>";
    let server = Server::start(Vec::leak(vec![page]), false).await;
    let result = call(&transport(), &server.url, "never").await;
    let Err(Error::UnexpectedResponse(response)) = transport().post::<()>(&result) else { panic!("it fits") };
    assert_eq!(response.status().as_u16(), 503);
    assert_eq!(response.headers().get("retry-after").unwrap(), "7");
    assert!(response.headers().get("set-cookie").is_none());
    assert_eq!(
        response.extensions().get::<Kept>().unwrap().words([]).message.as_deref(),
        Some("Unavailable")
    );
}

#[tokio::test]
async fn only_a_safe_operation_is_repeated_after_it_has_left() {
    for (answers, id, expected, status) in [
        (&[BUSY, BUSY, OK] as &[_], "safe", 3, 200),
        (&[BUSY, OK], "unsent", 1, 503),
        (&[BUSY, OK], "never", 1, 503),
        (&[CUT, OK], "safe", 2, 200),
        (&[CUT, OK], "unsent", 1, 200),
    ] {
        let server = Server::start(answers, false).await;
        let response = call(&transport(), &server.url, id).await.unwrap();
        assert_eq!((server.arrived(), response.status().as_u16()), (expected, status), "{answers:?} {id}");
    }
}

#[tokio::test]
async fn a_closed_connection_without_an_answer_is_repeated_only_where_it_is_safe() {
    for (id, expected) in [("safe", 3), ("unsent", 1), ("never", 1)] {
        let server = Server::start(&[""], false).await;
        let error = call(&transport(), &server.url, id).await.unwrap_err();
        assert_eq!(server.arrived(), expected, "{id}");
        assert!(!error.is_connect());
        assert!(!error.to_string().contains("127.0.0.1"), "the URL must not be in the error: {error}");
    }
}

#[tokio::test]
async fn without_a_time_to_wait_too_many_requests_is_not_answered_with_another() {
    let server =
        Server::start(&["HTTP/1.1 429 Too Many Requests\r\nContent-Length: 2\r\n\r\n[]", OK], false).await;
    assert_eq!(call(&transport(), &server.url, "safe").await.unwrap().status().as_u16(), 429);
    assert_eq!(server.arrived(), 1);
}

#[tokio::test]
async fn a_wait_beyond_the_total_deadline_is_not_begun() {
    let busy = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3600\r\nContent-Length: 2\r\n\r\n[]";
    let server = Server::start(Vec::leak(vec![busy, OK]), false).await;
    assert_eq!(call(&transport(), &server.url, "safe").await.unwrap().status().as_u16(), 429);
    assert_eq!(server.arrived(), 1);
}

#[tokio::test]
async fn a_time_to_wait_of_nothing_is_honoured() {
    let busy = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Length: 2\r\n\r\n[]";
    let server = Server::start(Vec::leak(vec![busy, OK]), false).await;
    assert_eq!(call(&transport(), &server.url, "safe").await.unwrap().status().as_u16(), 200);
    assert_eq!(server.arrived(), 2);
}

#[tokio::test]
async fn a_silent_server_meets_the_deadline() {
    let server = Server::start(&[""], true).await;
    let transport = Transport::builder(&API)
        .credential("key", Credential::Token("made-up-key".into()))
        .deadlines(deadlines(100))
        .build();
    assert!(call(&transport, &server.url, "never").await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn a_body_that_never_ends_meets_the_deadline_and_keeps_its_status() {
    let server = Server::start(&[CUT], true).await;
    let transport = Transport::builder(&API)
        .credential("key", Credential::Token("made-up-key".into()))
        .deadlines(deadlines(100))
        .build();
    let response = call(&transport, &server.url, "never").await.unwrap();
    assert_eq!((response.status().as_u16(), unfit(&response)), (200, Some(Unfit::Slow)));
}

#[tokio::test]
async fn a_long_body_is_cut_off_at_the_limit() {
    let server =
        Server::start(&["HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[1,2,3,4,5,6,7,8,9]"], false).await;
    let transport = Transport::builder(&API)
        .credential("key", Credential::Token("made-up-key".into()))
        .body_limit(8)
        .build();
    let response = call(&transport, &server.url, "never").await.unwrap();
    assert_eq!(unfit(&response), Some(Unfit::TooLong(8)));
}

#[tokio::test]
async fn what_was_sent_as_a_secret_is_removed_from_an_error_that_echoes_it() {
    let echo = "HTTP/1.1 418 I'm a teapot\r\nContent-Length: 46\r\n\r\n{\"message\":\"no made-up-key and made-up-token\"}";
    let server = Server::start(Vec::leak(vec![echo]), false).await;
    let response = call(&transport(), &server.url, "never").await.unwrap();
    assert_eq!(response.text().await.unwrap(), r#"{"message":"no [redacted] and [redacted]"}"#);
}

#[tokio::test]
async fn a_missing_credential_is_named_and_nothing_is_sent() {
    let client = HttpClientBuilder::new().only_given_roots(true).build(Deadlines::default()).unwrap();
    let mut request = client.get("http://127.0.0.1:9/it").build().unwrap();
    let bare = Transport::builder(&API).build();
    let error = bare.pre::<()>(&mut request, &OperationInfo { operation_id: "safe" }).unwrap_err();
    assert!(matches!(&error, Error::InvalidRequest(what) if what.contains("`key`")), "{error}");
}

#[tokio::test]
async fn secret_headers_are_marked_and_the_needless_one_is_gone() {
    let client = HttpClientBuilder::new().only_given_roots(true).build(Deadlines::default()).unwrap();
    let request =
        client.get("http://127.0.0.1:9/it").header("oneTimeToken", "made-up").header("api-version", "1");
    let mut request = request.build().unwrap();
    transport().pre::<()>(&mut request, &OperationInfo { operation_id: "safe" }).unwrap();
    assert!(request.headers().get("api-version").is_none());
    for name in ["x-key", "oneTimeToken"] {
        assert!(request.headers().get(name).unwrap().is_sensitive(), "{name}");
    }
}
