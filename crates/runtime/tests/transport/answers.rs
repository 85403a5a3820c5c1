//! What arrives is told apart before it is decoded.

use broker_session_runtime::{Api, Kept, Operation, Retry, Status, Unfit, fits};
use progenitor_client::Error;
use serde_json::Value;

use crate::support::{API, CUT, OK, Server, api, builder, call, operation, transport, unfit};

const MARKED: &str = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n\u{feff}[1]";

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
    let cases: [(&'static [&'static str], u16, Unfit); 9] = [
        (&["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"], 200, Unfit::Empty),
        (&["HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>"], 200, Unfit::NotJson),
        (&["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"], 200, Unfit::Misfit),
        (&[CUT], 200, Unfit::Cut),
        (&["HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n["], 200, Unfit::TooLong(64 << 10)),
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
        (
            // Its page breaks off, which nobody needs.
            &["HTTP/1.1 302 Found\r\nLocation: /sso/Login\r\nContent-Length: 9\r\n\r\n<"],
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
async fn a_long_body_is_cut_off_at_the_limit() {
    let server =
        Server::start(&["HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[1,2,3,4,5,6,7,8,9]"], false).await;
    let transport = builder(&API).body_limit(8).build();
    let response = call(&transport, &server.url, "never").await.unwrap();
    assert_eq!(unfit(&response), Some(Unfit::TooLong(8)));
}

/// A member that the flow cannot go on without.
#[derive(serde::Deserialize)]
struct Strict {
    #[serde(rename = "needed")]
    _needed: bool,
}

const fn status(code: u16, may_be_empty: bool) -> Status {
    Status {
        code,
        kind: None,
        fits: fits::<serde_json::Map<String, Value>>,
        may_be_empty,
        judges: false,
        success: &[],
        shape: None,
    }
}

static EMPTY: Api = api(&[
    Operation {
        statuses: &[status(200, true), status(302, false), status(500, false)],
        ..operation("lenient", Retry::Never)
    },
    Operation {
        statuses: &[Status {
            code: 200,
            kind: None,
            fits: fits::<Strict>,
            may_be_empty: true,
            judges: false,
            success: &[],
            shape: None,
        }],
        ..operation("strict", Retry::Never)
    },
]);

#[tokio::test]
async fn a_body_that_may_be_missing_is_handed_on_as_an_object_without_members() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\n \r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
    ] {
        let server = Server::start(Vec::leak(vec![answer]), false).await;
        let response = call(&builder(&EMPTY).build(), &server.url, "lenient").await.unwrap();
        assert_eq!((response.status().as_u16(), unfit(&response)), (200, None), "{answer}");
        assert_eq!(response.headers().get("content-type").unwrap(), "application/json", "{answer}");
        assert_eq!(response.text().await.unwrap(), "{}", "{answer}");
    }
}

#[tokio::test]
async fn a_body_that_may_be_missing_is_kept_where_it_is_not() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n {\"a\":1} ";
    let server = Server::start(Vec::leak(vec![answer]), false).await;
    let response = call(&builder(&EMPTY).build(), &server.url, "lenient").await.unwrap();
    assert_eq!(response.text().await.unwrap(), " {\"a\":1} ");
}

#[tokio::test]
async fn a_missing_body_is_unfit_where_the_spec_needs_one() {
    for (answer, id, status) in [
        ("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", "lenient", 500),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "strict", 200),
    ] {
        let server = Server::start(Vec::leak(vec![answer]), false).await;
        let response = call(&builder(&EMPTY).build(), &server.url, id).await.unwrap();
        assert_eq!((response.status().as_u16(), unfit(&response)), (status, Some(Unfit::Empty)), "{answer}");
    }
}

#[tokio::test]
async fn a_redirect_is_one_even_where_the_spec_knows_its_status_and_its_body_fits() {
    let answer = "HTTP/1.1 302 Found\r\nLocation: /sso/Dispatcher\r\nContent-Length: 2\r\n\r\n{}";
    let server = Server::start(Vec::leak(vec![answer]), false).await;
    let response = call(&builder(&EMPTY).build(), &server.url, "lenient").await.unwrap();
    assert_eq!(unfit(&response), Some(Unfit::Redirect { elsewhere: None, to_login: true }));
}
