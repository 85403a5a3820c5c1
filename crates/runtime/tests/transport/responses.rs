//! Responses are examined before they are decoded.

use broker_session_runtime::{
    Api, ErrorCode, ErrorKind, Fault, Operation, Reason, Retry, RetryPolicy, Status, decode, decoded,
};
use reqwest::Response;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::support::{API, CUT, OK, Server, api, builder, call, operation, transport};

const MARKED: &str = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n\u{feff}[1]";

type Fields = serde_json::Map<String, Value>;

/// What the generated method makes of a success.
async fn value<T: DeserializeOwned + Send + Sync + 'static>(response: Response) -> T {
    decoded::<T, ()>(response).await.unwrap().into_inner()
}

#[tokio::test]
async fn a_fitting_response_comes_through_as_it_is() {
    let server = Server::start(&[OK], false).await;
    let response = call(&transport(), &server.url, "safe").await.unwrap();
    assert_eq!(value::<Vec<u8>>(response).await, [1]);
}

#[tokio::test]
async fn a_byte_order_mark_is_ignored() {
    let server = Server::start(&[MARKED], false).await;
    assert!(call(&transport(), &server.url, "safe").await.is_ok());
}

#[tokio::test]
async fn an_unknown_success_with_a_fitting_body_is_a_success() {
    let server = Server::start(&["HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\n[1]"], false).await;
    let response = call(&transport(), &server.url, "never").await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
}

#[tokio::test]
async fn a_failure_has_a_reason_and_keeps_its_status() {
    let cases: [(&'static [&'static str], u16, Reason); 9] = [
        (&["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"], 200, Reason::Empty),
        (&["HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>"], 200, Reason::NotJson),
        (&["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"], 200, Reason::Mismatch),
        (&[CUT], 200, Reason::Cut),
        (&["HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n["], 200, Reason::TooLong(64 << 10)),
        (&["HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\n\r\n"], 418, Reason::UnknownStatus),
        (
            &["HTTP/1.1 302 Found\r\nLocation: https://evil.example/x?token=1\r\nContent-Length: 0\r\n\r\n"],
            302,
            Reason::Redirect { elsewhere: Some("evil.example".into()), to_login: false },
        ),
        (
            &["HTTP/1.1 302 Found\r\nLocation: /sso/Login\r\nContent-Length: 0\r\n\r\n"],
            302,
            Reason::Redirect { elsewhere: None, to_login: true },
        ),
        (
            // Its page is cut off, and not needed.
            &["HTTP/1.1 302 Found\r\nLocation: /sso/Login\r\nContent-Length: 9\r\n\r\n<"],
            302,
            Reason::Redirect { elsewhere: None, to_login: true },
        ),
    ];
    for (responses, status, expected) in cases {
        let server = Server::start(responses, false).await;
        let failure = call(&transport(), &server.url, "never").await.unwrap_err();
        assert_eq!((failure.status, failure.reason), (Some(status), expected), "{responses:?}");
    }
}

#[tokio::test]
async fn a_redirect_elsewhere_has_its_own_advice() {
    let elsewhere = "HTTP/1.1 302 Found\r\nLocation: https://evil.example/\r\nContent-Length: 0\r\n\r\n";
    let server = Server::start(Vec::leak(vec![elsewhere]), false).await;
    let failure = call(&transport(), &server.url, "never").await.unwrap_err();
    assert_eq!(failure.kind, ErrorKind::HostNotAllowed);
    assert!(failure.hint.is_some_and(|hint| hint.contains("Redirects are never followed")));
}

#[tokio::test]
async fn an_html_page_is_called_one() {
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\n<p>Hello</p>";
    let server = Server::start(Vec::leak(vec![page]), false).await;
    let failure = call(&transport(), &server.url, "never").await.unwrap_err();
    assert_eq!(failure.description, "the response is not what the API describes: the body is an HTML page");
}

#[tokio::test]
async fn a_failure_has_the_brokers_message_and_its_time_to_wait() {
    let page = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 20\r\nRetry-After: 7\r\nSet-Cookie: a=b\r\n\r\n<h1>Unavailable</h1>";
    let server = Server::start(Vec::leak(vec![page]), false).await;
    let failure = call(&transport(), &server.url, "never").await.unwrap_err();
    assert_eq!((failure.status, failure.kind, failure.code), (Some(503), ErrorKind::Unavailable, None));
    assert_eq!(failure.retry_after.map(|wait| wait.as_secs()), Some(7));
    assert_eq!(failure.description, "the broker is not available: the body is not JSON");
    assert_eq!(failure.message.as_deref(), Some("Unavailable"));
}

#[tokio::test]
async fn a_long_body_is_cut_off_at_the_limit() {
    let server =
        Server::start(&["HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[1,2,3,4,5,6,7,8,9]"], false).await;
    let transport = builder(&API).body_limit(8).build();
    let failure = call(&transport, &server.url, "never").await.unwrap_err();
    assert_eq!(failure.reason, Reason::TooLong(8));
}

/// A field that the flow cannot go on without.
#[derive(serde::Deserialize)]
struct Strict {
    #[serde(rename = "needed")]
    _needed: bool,
}

const OBJECT: Status = Status::success(200, decode::<Fields>);
const STRICT: Status = Status { required: &["needed"], ..Status::success(200, decode::<Strict>) };

static EMPTY: Api = api(&[
    Operation {
        statuses: &[
            Status { may_be_empty: true, ..OBJECT },
            Status { code: 302, ..OBJECT },
            Status { code: 500, ..OBJECT },
        ],
        ..operation("lenient", Retry::Never)
    },
    Operation { statuses: &[Status { may_be_empty: true, ..STRICT }], ..operation("strict", Retry::Never) },
]);

#[tokio::test]
async fn a_missing_body_becomes_an_object_without_fields() {
    for sent in [
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\n \r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
    ] {
        let server = Server::start(Vec::leak(vec![sent]), false).await;
        let response = call(&builder(&EMPTY).build(), &server.url, "lenient").await.unwrap();
        assert_eq!(response.status().as_u16(), 200, "{sent}");
        assert_eq!(value::<Fields>(response).await, Fields::new(), "{sent}");
    }
}

#[tokio::test]
async fn a_body_that_may_be_missing_is_kept_where_it_is_not() {
    let sent = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n {\"a\":1} ";
    let server = Server::start(Vec::leak(vec![sent]), false).await;
    let response = call(&builder(&EMPTY).build(), &server.url, "lenient").await.unwrap();
    assert_eq!(value::<Fields>(response).await["a"], 1);
}

#[tokio::test]
async fn a_missing_body_is_a_failure_where_the_spec_needs_one() {
    for (sent, id, status) in [
        ("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", "lenient", 500),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "strict", 200),
    ] {
        let server = Server::start(Vec::leak(vec![sent]), false).await;
        let failure = call(&builder(&EMPTY).build(), &server.url, id).await.unwrap_err();
        assert_eq!((failure.status, failure.reason), (Some(status), Reason::Empty), "{sent}");
    }
}

#[tokio::test]
async fn a_documented_redirect_is_a_failure() {
    let sent = "HTTP/1.1 302 Found\r\nLocation: /sso/Dispatcher\r\nContent-Length: 2\r\n\r\n{}";
    let server = Server::start(Vec::leak(vec![sent]), false).await;
    let failure = call(&builder(&EMPTY).build(), &server.url, "lenient").await.unwrap_err();
    assert_eq!(failure.reason, Reason::Redirect { elsewhere: None, to_login: true });
    assert_eq!(failure.kind, ErrorKind::LoginRequired);
}

static FAULTS: Api = api(&[Operation {
    statuses: &[Status { faults: &[Fault::last(&["message"]), Fault::first(&["problem"])], ..STRICT }],
    ..operation("strict", Retry::Never)
}]);

#[tokio::test]
async fn a_form_of_a_failure_is_recognised_by_its_fields() {
    for (status, body, reason) in [
        ("200 OK", r#"{"needed":true,"message":"made up"}"#, None),
        ("200 OK", r#"{"needed":true,"problem":"","message":null}"#, None),
        ("200 OK", r#"{"message":"made up"}"#, Some(Reason::FailureInBody)),
        ("201 Created", r#"{"message":"made up"}"#, Some(Reason::FailureInBody)),
        ("200 OK", r#"{"needed":true,"problem":"made up"}"#, Some(Reason::FailureInBody)),
        ("200 OK", r#"{"message":""}"#, Some(Reason::Mismatch)),
        ("200 OK", r#"{"needed":1,"message":"made up"}"#, Some(Reason::Mismatch)),
        ("200 OK", r#"{"needed":null,"message":"made up"}"#, Some(Reason::FailureInBody)),
        ("206 Partial", "{}", Some(Reason::UnknownStatus)),
    ] {
        let response = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let server = Server::start(Vec::leak(vec![&*response.leak()]), false).await;
        let failure = call(&builder(&FAULTS).build(), &server.url, "strict").await.err();
        assert_eq!(failure.as_ref().map(|failure| &failure.reason), reason.as_ref(), "{status} {body}");
        if reason == Some(Reason::FailureInBody) {
            assert_eq!(failure.unwrap().kind, ErrorKind::Refused, "{status} {body}");
        }
    }
}

static CODED: Api = Api {
    error_codes: &[ErrorCode::new("made-up-key", ErrorKind::Locked)],
    ..api(&[operation("safe", Retry::Safe)])
};

#[tokio::test]
async fn a_code_that_equals_a_secret_is_understood_and_not_shown() {
    for status in ["503 Service Unavailable", "200 OK"] {
        let body = r#"{"code":"made-up-key","message":"no Made-Up-Key"}"#;
        let response = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let server = Server::start(Vec::leak(vec![&*response.leak()]), false).await;
        let transport = builder(&CODED).retry(RetryPolicy::NEVER).build();
        let failure = call(&transport, &server.url, "safe").await.unwrap_err();
        assert_eq!(failure.kind, ErrorKind::Locked, "{status}");
        assert_eq!(failure.code.as_deref(), Some("[redacted]"));
        assert_eq!(failure.message.as_deref(), Some("no [redacted]"));
    }
}
