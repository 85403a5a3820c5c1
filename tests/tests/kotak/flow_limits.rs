//! Nothing hangs, nothing fills the memory, and whatever is not the broker's answer gets its kind with the
//! status kept.

use broker_session::{Connection, Error, ErrorKind, Secret, kotak::Client};
use broker_session_sandbox::{
    Fault,
    kotak::{Account, Operation},
};
use contract_tests::{Raw, Reaction, respond};
use http::{HeaderValue, StatusCode};

use crate::support::{SHORT, builder, credentials_of, sandbox, secret};

const JSON: (&str, &str) = ("content-type", "application/json");

/// An init that goes well.
const INIT: &str = r#"{"Success":{"status":"Success"}}"#;

/// A client of a server that plays with its answers; repeats nothing.
fn client(server: &Raw, connection: Connection) -> Client {
    Client::builder()
        .credentials(credentials_of(&Account::default()))
        .base_url(format!("{}/apim", server.base_url()))
        .connection(connection.retry(broker_session::RetryPolicy::NEVER))
        .build()
        .unwrap()
}

/// What the login makes of an answer, after an init that goes well.
async fn login(answer: Reaction, connection: Connection) -> Error {
    let server = Raw::start(move |request| match request.starts_with("GET") {
        true => Reaction::Answer(respond("200 OK", &[JSON], INIT)),
        false => answer.clone(),
    });
    let server = server.await;
    let client = client(&server, connection);
    let error = client.login(&secret("made-up-password")).await.unwrap_err();
    assert_eq!(server.requests().len(), 2, "init and one login");
    assert_eq!(error.operation(), Some("session_login_userid"));
    error
}

async fn answered(answer: Vec<u8>) -> Error {
    login(Reaction::Answer(answer), Connection::new()).await
}

#[tokio::test]
async fn a_silent_server_ends_in_time() {
    let error = login(Reaction::Stall(Vec::new()), Connection::new().deadlines(SHORT)).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Timeout, None));
    assert!(!error.is_unsent());
}

#[tokio::test]
async fn half_a_head_ends_in_time() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: app".to_vec();
    let error = login(Reaction::Stall(head), Connection::new().deadlines(SHORT)).await;
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_body_that_stops_in_the_middle_ends_in_time_with_its_status() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"Success\":".to_vec();
    let error = login(Reaction::Stall(half), Connection::new().deadlines(SHORT)).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Timeout, Some(200)));
}

#[tokio::test]
async fn an_endless_body_is_not_read_to_its_end() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n\"".to_vec();
    let endless = Reaction::Endless(head, vec![b'x'; 4096]);
    let error = login(endless.clone(), Connection::new()).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Protocol, Some(200)));
    assert!(error.to_string().contains("1048576"), "{error}");
    let error = login(endless, Connection::new().body_limit(1000)).await;
    assert!(error.to_string().contains("1000"), "{error}");
}

#[tokio::test]
async fn a_body_that_says_it_is_too_long_is_not_read_at_all() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{".to_vec();
    let error = login(Reaction::Stall(head), Connection::new()).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Protocol, Some(200)));
}

#[tokio::test]
async fn a_large_answer_within_the_limit_is_read() {
    let body =
        format!(r#"{{"status":"Success","oneTimeToken":"made-up","message":"{}"}}"#, "x".repeat(500_000));
    let server = Raw::start(move |_| Reaction::Answer(respond("200 OK", &[JSON], &body))).await;
    let pending = client(&server, Connection::new()).login(&secret("made-up-password")).await;
    assert!(pending.is_ok());
}

#[tokio::test]
async fn whatever_does_not_fit_gets_its_kind_and_keeps_its_status() {
    use ErrorKind::{Credentials, Locked, Protocol, RateLimited, Refused, Unavailable};
    let html = [("content-type", "text/html")];
    let cases = [
        ("an unknown status of the client's", respond("418 I'm a teapot", &[], ""), Refused, 418),
        (
            "an unknown status of the server's",
            respond("502 Bad Gateway", &html, "<b>no</b>"),
            Unavailable,
            502,
        ),
        ("an unknown success", respond("206 Partial Content", &[JSON], "{}"), Protocol, 206),
        ("nothing with 200", respond("200 OK", &[JSON], ""), Protocol, 200),
        ("blanks with 200", respond("200 OK", &[JSON], " \r\n "), Protocol, 200),
        ("nothing with 204", b"HTTP/1.1 204 No Content\r\n\r\n".to_vec(), Protocol, 204),
        ("nothing with 401", respond("401 Unauthorized", &[], ""), Credentials, 401),
        ("nothing with 429", respond("429 Too Many Requests", &[], ""), RateLimited, 429),
        ("a page with 200", respond("200 OK", &html, "<html>Welcome</html>"), Protocol, 200),
        ("a page with 401", respond("401 Unauthorized", &html, "<html>Who?</html>"), Credentials, 401),
        ("another shape", respond("200 OK", &[JSON], r#"{"Success":{"oneTimeToken":5}}"#), Protocol, 200),
        ("a list", respond("200 OK", &[JSON], "[]"), Protocol, 200),
        ("half of the JSON", respond("200 OK", &[JSON], r#"{"Success":{"oneTi"#), Protocol, 200),
        ("no UTF-8", [respond("200 OK", &[("x", "y")], ""), vec![0xff, 0xfe]].concat(), Protocol, 200),
        (
            "a code of another shape",
            respond("403 Forbidden", &[JSON], r#"{"error":[{"code":70009}]}"#),
            Locked,
            403,
        ),
        (
            "cut off",
            b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 50\r\n\r\n<html>".to_vec(),
            Unavailable,
            503,
        ),
    ];
    for (name, answer, kind, status) in cases {
        let error = answered(answer).await;
        assert_eq!((error.kind(), error.status()), (kind, Some(status)), "{name}: {error}");
        assert!(!error.is_retryable(), "{name}");
    }
}

#[tokio::test]
async fn a_connection_that_ends_without_an_answer_is_no_answer() {
    for bytes in [b"".as_slice(), b"no HTTP at all\r\n\r\n", b"HTTP/1.1 2"] {
        let error = answered(bytes.to_vec()).await;
        assert_eq!((error.kind(), error.status()), (ErrorKind::Unavailable, None), "{error}");
        assert!(!error.is_unsent());
    }
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let elsewhere = Raw::start(|_| Reaction::Answer(respond("200 OK", &[JSON], INIT))).await;
    for status in [301, 302, 303, 307, 308] {
        for operation in [Operation::SessionInit, Operation::SessionLoginUserid] {
            let sandbox = sandbox().await;
            let location = HeaderValue::from_str(&format!("{}/apim", elsewhere.base_url())).unwrap();
            sandbox
                .inject_always(operation, Fault::redirect(StatusCode::from_u16(status).unwrap(), location));
            let client = builder(&sandbox).build().unwrap();
            let error = client.login(&secret(&sandbox.account().password)).await.unwrap_err();
            assert_eq!(error.status(), Some(status), "{error}");
            assert_eq!(error.operation(), Some(operation.id()));
            assert_eq!(sandbox.call_count(operation), 1);
        }
    }
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn a_redirect_says_where_it_would_have_led() {
    let redirect = |location: &str| respond("302 Found", &[("location", location)], "");
    for (location, kind) in [
        ("https://evil.example/steal?token=made-up", ErrorKind::HostNotAllowed),
        ("https://evil.example/login", ErrorKind::HostNotAllowed),
        ("/apim/login.html", ErrorKind::LoginRequired),
        ("/elsewhere", ErrorKind::Protocol),
        // The operation's own path has a login in it, and is no login page.
        ("", ErrorKind::Protocol),
        ("/apim/session/1.0/session/login/userid/", ErrorKind::Protocol),
        ("http://[", ErrorKind::Protocol),
    ] {
        let error = answered(redirect(location)).await;
        assert_eq!((error.kind(), error.status()), (kind, Some(302)), "{location}: {error}");
        assert!(!format!("{error} {error:?}").contains("token="), "{error}");
    }
}

#[tokio::test]
async fn control_characters_in_the_brokers_words_do_not_reach_a_terminal() {
    let body =
        r#"{"fault":{"code":"1\u001b[2J\n2","message":"red\u001b[31m\u0007","description":"two\nlines"}}"#;
    let error = answered(respond("400 Bad Request", &[JSON], body)).await;
    let words = error.broker_message().unwrap_or_default();
    assert!(words.starts_with("red") && !words.chars().any(char::is_control), "{words:?}");
    assert!(!error.to_string().chars().any(char::is_control), "{:?}", error.to_string());
    let endless = format!(r#"{{"fault":{{"code":"{0}","message":"{0}"}}}}"#, "x".repeat(100_000));
    let error = answered(respond("400 Bad Request", &[JSON], &endless)).await;
    assert!(error.to_string().len() < 1000, "a screen full at most");
}

#[tokio::test]
async fn a_credential_that_no_header_can_carry_is_refused_before_anything_is_sent() {
    let server = Raw::start(|_| Reaction::Answer(respond("200 OK", &[JSON], INIT))).await;
    let credentials = credentials_of(&Account::default()).access_token(Secret::from("made-up\r\nX-Evil: 1"));
    let client = Client::builder().credentials(credentials).base_url(server.base_url()).build().unwrap();
    let error = client.init().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.is_unsent() && !format!("{error} {error:?}").contains("X-Evil"), "{error:?}");
    assert!(server.requests().is_empty());
}
