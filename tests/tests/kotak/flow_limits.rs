//! What is this broker's own in answers that do not fit; what holds for every broker is tried by the hostile suite.

use broker_session::{Connection, Error, ErrorKind, Secret, kotak::Client};
use broker_session_sandbox::kotak::Account;
use contract_tests::{JSON, Raw, Reaction, once, respond, secret};

use crate::support::credentials_of;

/// An init that goes well.
const INIT: &str = r#"{"Success":{"status":"Success"}}"#;

fn client(server: &Raw, connection: Connection) -> Client {
    Client::builder()
        .credentials(credentials_of(&Account::default()))
        .base_url(format!("{}/apim", server.base_url()))
        .connection(connection)
        .build()
        .unwrap()
}

/// What the login makes of an answer, after an init that goes well.
async fn answered(answer: Vec<u8>) -> Error {
    let server = Raw::start(move |request| match request.starts_with("GET") {
        true => Reaction::Answer(respond("200 OK", &[JSON], INIT)),
        false => Reaction::Answer(answer.clone()),
    });
    let server = server.await;
    let error = client(&server, once()).login(&secret("made-up-password")).await.unwrap_err();
    assert_eq!(server.requests().len(), 2, "init and one login");
    assert_eq!(error.operation(), Some("session_login_userid"));
    error
}

#[tokio::test]
async fn a_code_of_another_shape_is_read_all_the_same() {
    let error = answered(respond("403 Forbidden", &[JSON], r#"{"error":[{"code":70009}]}"#)).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Locked, Some(403)), "{error}");
}

#[tokio::test]
async fn a_large_answer_within_the_limit_is_read() {
    let body =
        format!(r#"{{"status":"Success","oneTimeToken":"made-up","message":"{}"}}"#, "x".repeat(60_000));
    let server = Raw::start(move |_| Reaction::Answer(respond("200 OK", &[JSON], &body))).await;
    let pending = client(&server, once()).login(&secret("made-up-password")).await;
    assert!(pending.is_ok());
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
async fn a_credential_that_no_header_can_carry_is_refused_before_anything_is_sent() {
    let server = Raw::start(|_| Reaction::Answer(respond("200 OK", &[JSON], INIT))).await;
    let credentials = credentials_of(&Account::default()).access_token(Secret::from("made-up\r\nX-Evil: 1"));
    let error = Client::builder().credentials(credentials).base_url(server.base_url()).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.is_unsent() && !format!("{error} {error:?}").contains("X-Evil"), "{error:?}");
    assert!(server.requests().is_empty());
}
