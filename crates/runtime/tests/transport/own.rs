//! A program's own requests are judged like those of the spec.

use broker_session_runtime::{
    Api, ErrorCode, ErrorKind, Failure, Operation, RateLimit, Reason, Retry, Transport,
};
use http::header;
use reqwest::Response;
use tokio::time::Duration;

use crate::{
    clock::{Broker, on},
    support::{API, BUSY, CUT, OK, Server, api, builder, client, operation},
};

static CODED: Api = Api {
    error_codes: &[
        ErrorCode::new("100022", ErrorKind::SessionExpired),
        ErrorCode::new("no session", ErrorKind::LoginRequired),
    ],
    ..api(&[Operation { ..operation("safe", Retry::Safe) }])
};

async fn send(transport: &Transport, url: &str, accept: Option<&'static str>) -> Result<Response, Failure> {
    let client = client();
    let mut request = client.get(url).build().unwrap();
    if let Some(accept) = accept {
        request.headers_mut().insert(header::ACCEPT, accept.parse().unwrap());
    }
    let mut secret = header::HeaderValue::from_static("made-up-session");
    secret.set_sensitive(true);
    request.headers_mut().insert("auth", secret);
    transport.send_own(&client, request).await
}

async fn sent(head: &str, body: &str, accept: Option<&'static str>) -> Result<Response, Failure> {
    let response = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let server = Server::start(Vec::leak(vec![&*response.leak()]), false).await;
    send(&builder(&CODED).build(), &server.url, accept).await
}

#[tokio::test]
async fn a_success_comes_through_with_headers_body_and_url() {
    let response =
        sent("201 Created\r\nx-made-up: 1", r#"{"data":[{"stCode":100022}]}"#, None).await.unwrap();
    assert_eq!((response.status().as_u16(), response.url().path()), (201, "/it"));
    assert_eq!(response.headers().get("x-made-up").unwrap(), "1");
    assert_eq!(response.text().await.unwrap(), r#"{"data":[{"stCode":100022}]}"#);
    for body in ["", "not JSON", "[100022]", r#"{"stCode":1000,"errMsg":"other"}"#] {
        assert!(sent("200 OK", body, None).await.is_ok(), "{body}");
    }
}

#[tokio::test]
async fn a_failure_is_classified_by_code_and_status() {
    let page = "<!DOCTYPE html><h1>Sorry</h1>";
    for (head, body, kind, reason) in [
        ("200 OK", r#"{"stCode":100022,"errMsg":"x"}"#, ErrorKind::SessionExpired, Reason::FailureInBody),
        ("200 OK", r#"{"error":"No session."}"#, ErrorKind::LoginRequired, Reason::FailureInBody),
        ("200 OK", r#"{"fault":{"code":"100022"}}"#, ErrorKind::SessionExpired, Reason::FailureInBody),
        ("200 OK", page, ErrorKind::Protocol, Reason::Page),
        ("400 Bad Request", r#"{"code":"100022"}"#, ErrorKind::SessionExpired, Reason::Status),
        ("401 Unauthorized", "", ErrorKind::SessionExpired, Reason::Status),
        ("403 Forbidden", page, ErrorKind::Refused, Reason::Status),
        ("429 Too Many Requests", "", ErrorKind::RateLimited, Reason::Status),
        ("503 Unavailable", page, ErrorKind::Unavailable, Reason::Status),
    ] {
        let failure = sent(head, body, None).await.unwrap_err();
        assert_eq!(
            (failure.kind, &failure.reason, failure.operation),
            (kind, &reason, None),
            "{head} {body}"
        );
    }
    assert!(sent("200 OK", page, Some("text/html,*/*")).await.is_ok());
    let redirect = "302 Found\r\nLocation: https://evil.example/login";
    assert_eq!(sent(redirect, "", None).await.unwrap_err().kind, ErrorKind::HostNotAllowed);
}

#[tokio::test]
async fn a_failure_has_the_message_without_secrets_and_the_time_to_wait() {
    let busy = "429 Too Many Requests\r\nRetry-After: 4294967295";
    let failure = sent(busy, r#"{"message":"not MADE-UP-session"}"#, None).await.unwrap_err();
    assert_eq!(failure.message.as_deref(), Some("not [redacted]"));
    assert_eq!(failure.retry_after, Some(Duration::from_secs(15 * 60)));
}

#[tokio::test]
async fn nothing_is_repeated_that_may_have_left() {
    for response in [BUSY, CUT, ""] {
        let server = Server::start(Vec::leak(vec![response, OK]), false).await;
        let failure = send(&builder(&API).build(), &server.url, None).await.unwrap_err();
        assert_eq!((server.arrived(), failure.is_unsent), (1, false), "{response}");
    }
}

#[tokio::test]
async fn a_body_has_a_limit_of_its_own() {
    let server = Server::start(&[OK], false).await;
    let transport = builder(&API).body_limit(1).build();
    assert!(send(&transport, &server.url, None).await.is_ok());
    let transport = builder(&API).own_body_limit(1).build();
    assert_eq!(send(&transport, &server.url, None).await.unwrap_err().reason, Reason::TooLong(1));
}

static LIMITED: Api = Api {
    rate_limit: Some(RateLimit { requests: 1, per: Duration::from_secs(60) }),
    penalty: Some(Duration::from_secs(900)),
    ..api(&[operation("safe", Retry::Safe)])
};

#[tokio::test(start_paused = true)]
async fn the_limit_of_all_operations_and_a_penalty_hold() {
    let broker = Broker::new(&[(200, None), (429, None)]);
    let transport = on(&broker, builder(&LIMITED));
    assert!(send(&transport, "http://127.0.0.1:9/it", None).await.is_ok());
    let failure = send(&transport, "http://127.0.0.1:9/it", None).await.unwrap_err();
    assert_eq!((failure.reason, failure.is_unsent), (Reason::Throttled, true));
    tokio::time::advance(Duration::from_secs(60)).await;
    let failure = send(&transport, "http://127.0.0.1:9/it", None).await.unwrap_err();
    assert_eq!((failure.status, failure.retry_after), (Some(429), Some(Duration::from_secs(900))));
    assert_eq!(broker.arrived().len(), 2);
}
