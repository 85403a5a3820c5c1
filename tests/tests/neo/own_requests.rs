//! A program's own requests: what is sent with them, how their responses are judged, and the end of it with the logout.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use broker_session::{
    ClientOptions, ErrorKind,
    http::Method,
    neo::{Client, Credentials, Session},
};
use contract_tests::{AT_ONCE, HTML, JSON, RawServer, Reaction, closed, respond, serve_always};
use serde_json::json;

const DEAD: &str = r#"{"stCode":100022,"errMsg":"invalid session token","stat":"Not_Ok"}"#;
const PAGE: &str = "<!DOCTYPE html><h1>Sorry</h1>";

/// A session that lives at this base URL.
fn session_at(base_url: &str) -> Session {
    let secrets = json!({ "token": "made-up-token", "sid": "made-up-sid" });
    let saved = json!({ "broker": "neo", "user": "MADE1", "base_url": base_url, "login_time": null, "secrets": secrets });
    let builder = Client::builder().base_url(base_url).options(ClientOptions::new().retry(AT_ONCE));
    let credentials = Credentials::for_session("MADE1").access_token("made-up-access-token");
    let client = builder.credentials(credentials).build().unwrap();
    client.resume(serde_json::from_value(saved).unwrap()).unwrap()
}

#[tokio::test]
async fn an_own_request_carries_the_session_and_additions() {
    let server = serve_always(respond("201 Created", &[JSON, ("x-made-up", "1")], r#"{"nOrdNo":"1"}"#)).await;
    let base = format!("{}/xyz", server.base_url());
    let request = session_at(&base).post("/quick/order").query(&[("sId", "server1")]);
    let request =
        request.header("x-own", "kept").header("Auth", "not the program's").json(&json!({ "qt": "1" }));
    let response = request.send().await.unwrap();
    assert_eq!((response.status().as_u16(), &response.headers()["x-made-up"]), (201, &"1".parse().unwrap()));
    assert_eq!(response.url().path(), "/xyz/quick/order");
    assert_eq!(response.text().await.unwrap(), r#"{"nOrdNo":"1"}"#);
    let sent = server.requests().remove(0);
    let (head, body) = sent.split_once("\r\n\r\n").unwrap();
    let (first, headers) = head.split_once("\r\n").unwrap();
    assert_eq!((first, body), ("POST /xyz/quick/order?sId=server1 HTTP/1.1", r#"{"qt":"1"}"#));
    let headers = headers.to_ascii_lowercase();
    for header in [
        "auth: made-up-token",
        "sid: made-up-sid",
        "authorization: made-up-access-token",
        "neo-fin-key: neotradeapi",
        "x-own: kept",
    ] {
        assert_eq!(headers.lines().filter(|line| *line == header).count(), 1, "{header}: {headers}");
    }
    assert!(!headers.contains("not the program's"), "{headers}");
}

#[tokio::test]
async fn a_success_passes_through_with_its_body() {
    let own_words = r#"{"stat":"Not_Ok","emsg":"No Data","stCode":5203}"#;
    for (header, body) in [
        (JSON, r#"{"data":[{"stCode":100022}]}"#),
        (JSON, own_words),
        (JSON, "[]"),
        (("content-type", "text/csv"), "a,b\n1,2\n"),
        (JSON, ""),
    ] {
        let server = serve_always(respond("200 OK", &[header], body)).await;
        let response = session_at(server.base_url()).get("quick/user/orders").send().await.unwrap();
        assert_eq!(response.text().await.unwrap(), body);
    }
    // A page is a response like any other to a program that asks for one.
    let server = serve_always(respond("200 OK", &[HTML], PAGE)).await;
    let request = session_at(server.base_url()).get("help").header("accept", "text/html");
    assert_eq!(request.send().await.unwrap().text().await.unwrap(), PAGE);
}

#[tokio::test]
async fn a_failure_is_judged_and_not_repeated() {
    use ErrorKind::{HostNotAllowed, Protocol, RateLimited, Refused, SessionExpired, Unavailable};
    let wait = ("retry-after", "7");
    let elsewhere = ("location", "https://evil.example/login");
    for (status, headers, body, kind, is_transient) in [
        ("200 OK", vec![JSON], DEAD, SessionExpired, false),
        ("401 Unauthorized", vec![JSON], DEAD, SessionExpired, false),
        ("401 Unauthorized", vec![], "", SessionExpired, false),
        ("401 Unauthorized", vec![HTML], PAGE, SessionExpired, false),
        ("403 Forbidden", vec![HTML], PAGE, Refused, false),
        ("429 Too Many Requests", vec![JSON, wait], "{}", RateLimited, true),
        ("503 Service Unavailable", vec![HTML, wait], PAGE, Unavailable, true),
        ("200 OK", vec![HTML], PAGE, Protocol, false),
        ("200 OK", vec![], PAGE, Protocol, false),
        ("302 Found", vec![elsewhere], "", HostNotAllowed, false),
    ] {
        let server = serve_always(respond(status, &headers, body)).await;
        let session = session_at(server.base_url());
        for (count, method) in [Method::GET, Method::POST].into_iter().enumerate() {
            let error = session.request(method.clone(), "quick/user/orders").send().await.unwrap_err();
            let label = format!("{method} {status} {body}: {error}");
            let code = status.split(' ').next().unwrap().parse().ok();
            assert_eq!((error.kind(), error.status(), error.operation()), (kind, code, None), "{label}");
            assert_eq!(error.broker_code(), body.contains("100022").then_some("100022"), "{label}");
            let waits = headers.contains(&wait).then(|| std::time::Duration::from_secs(7));
            assert_eq!((error.retry_after(), error.is_unsent()), (waits, false), "{label}");
            assert_eq!(error.is_retryable(), is_transient && method == Method::GET, "{label}");
            assert_eq!(server.requests().len(), count + 1, "{label}");
        }
    }
}

#[tokio::test]
async fn a_lost_response_is_not_asked_for_again() {
    let half = respond("200 OK", &[JSON], "{}").iter().take(60).copied().collect::<Vec<u8>>();
    for reaction in [Reaction::Reset, Reaction::Broken(half)] {
        let label = format!("{reaction:?}");
        let server = RawServer::start(move |_| reaction.clone()).await;
        let error = session_at(server.base_url()).get("quick/user/orders").send().await.unwrap_err();
        assert!(!error.is_unsent(), "{label}: {error}");
        assert_eq!(server.requests().len(), 1, "{label}");
    }
    let error = session_at(&closed().await).post("quick/order").send().await.unwrap_err();
    assert_eq!((error.kind(), error.is_unsent(), error.is_retryable()), (ErrorKind::Unavailable, true, true));
}

#[tokio::test]
async fn a_failure_shows_no_secret_of_the_session() {
    let echo = r#"{"message":"made-up-token, MADE-UP-SID and made-up-access-token are wrong"}"#;
    let server = serve_always(respond("400 Bad Request", &[JSON], echo)).await;
    let error = session_at(server.base_url()).get("quick/user/orders").send().await.unwrap_err();
    let message = error.broker_message().unwrap();
    assert!(message.contains("[redacted]") && message.ends_with("are wrong"), "{message}");
    assert!(!format!("{error} {error:?}").to_ascii_lowercase().contains("made-up"), "{error:?}");
}

#[tokio::test]
async fn only_a_successful_logout_ends_the_session() {
    let is_up = Arc::new(AtomicBool::new(false));
    let of_server = is_up.clone();
    let server = RawServer::start(move |request| {
        let is_refused = request.contains("/logout ") && !of_server.load(Ordering::Relaxed);
        let status = if is_refused { "503 Service Unavailable" } else { "200 OK" };
        Reaction::Respond(respond(status, &[JSON], r#"{"stat":"Ok"}"#))
    });
    let server = server.await;
    let session = session_at(server.base_url());
    let (clone, plain) = (session.clone(), session.without_profile());
    assert_eq!(session.logout().await.unwrap_err().kind(), ErrorKind::Unavailable);
    for orders in [session.get("orders"), clone.get("orders"), plain.get("orders")] {
        assert!(orders.send().await.is_ok());
    }
    assert!(plain.authorize(plain.http().get(server.base_url())).is_ok());
    is_up.store(true, Ordering::Relaxed);
    let early = session.get("orders");
    clone.logout().await.unwrap();
    let sent = server.requests().len();
    for error in [
        session.logout().await.unwrap_err(),
        plain.logout().await.unwrap_err(),
        early.send().await.unwrap_err(),
        clone.get("orders").send().await.unwrap_err(),
        session.client_ip().await.unwrap_err(),
        plain.authorize(plain.http().get(server.base_url())).unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::SessionExpired, true), "{error}");
        assert!(!error.is_retryable(), "{error}");
    }
    assert_eq!(server.requests().len(), sent);
}
