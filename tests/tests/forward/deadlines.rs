//! A broker that is slow or silent holds nobody for longer than the deadlines say.

use std::time::Duration;

use broker_session::{Deadlines, ErrorKind};
use contract_tests::{RawServer, Reaction, SHORT, once, respond};
use http::Request;
use reqwest::Body;

use crate::support::{get, session_at};

#[tokio::test]
async fn a_head_has_a_deadline() {
    for bytes in ["", "HTTP/1.1 200 OK\r\ncontent-"] {
        let server = RawServer::start(move |_| Reaction::Stall(bytes.into())).await;
        let session = session_at(server.base_url(), once().deadlines(SHORT));
        for (request, is_retryable) in
            [(get("/x"), true), (Request::post("/x").body(Body::from("made up")).unwrap(), false)]
        {
            let error = session.forward(request).await.unwrap_err();
            assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Timeout, false), "{error}");
            assert_eq!(error.is_retryable(), is_retryable);
        }
    }
}

#[tokio::test]
async fn the_time_of_the_broker_begins_when_it_has_the_whole_request() {
    let attempt = Duration::from_millis(300);
    let deadlines = Deadlines { connect: attempt, attempt, total: attempt };
    let slowly = || {
        Body::wrap_stream(futures::stream::unfold(0, move |number| async move {
            tokio::time::sleep(attempt / 2).await;
            (number < 4).then_some((Ok::<_, std::io::Error>("part"), number + 1))
        }))
    };
    let server = RawServer::start(|_| Reaction::Respond(respond("200 OK", &[], ""))).await;
    let session = session_at(server.base_url(), once().deadlines(deadlines));
    let request = Request::post("/x").body(slowly()).unwrap();
    assert_eq!(session.forward(request).await.unwrap().response.status(), 200);
    let server = RawServer::start(|_| Reaction::Stall(Vec::new())).await;
    let session = session_at(server.base_url(), once().deadlines(deadlines));
    let error = session.forward(Request::post("/x").body(slowly()).unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Timeout, false), "{error}");
}

#[tokio::test]
async fn a_body_that_stalls_ends_with_an_error() {
    for head in [
        "content-length: 30",
        "content-type: application/json\r\ncontent-length: 30",
        "content-type: text/csv",
    ] {
        let bytes = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{{\"a").into_bytes();
        let server = RawServer::start(move |_| Reaction::Stall(bytes.clone())).await;
        let session = session_at(server.base_url(), once().deadlines(SHORT));
        let forwarded = session.forward(get("/x")).await.unwrap();
        let mut response = reqwest::Response::from(forwarded.response);
        assert_eq!(response.chunk().await.unwrap().unwrap(), "{\"a", "{head}");
        let error = response.chunk().await.unwrap_err();
        assert!(format!("{error:?}").contains("stopped sending"), "{head}: {error:?}");
        assert_eq!(response.chunk().await.unwrap_or_default(), None);
    }
}

#[tokio::test]
async fn a_body_may_take_longer_than_all_deadlines() {
    let attempt = Duration::from_millis(500);
    let deadlines = Deadlines { connect: attempt, attempt, total: attempt };
    let server = RawServer::start(|_| {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
        Reaction::Trickle(head.into(), b"data: x\n\n".to_vec(), Duration::from_millis(100), None)
    })
    .await;
    let forwarded =
        session_at(server.base_url(), once().deadlines(deadlines)).forward(get("/x")).await.unwrap();
    let mut response = reqwest::Response::from(forwarded.response);
    let begun = std::time::Instant::now();
    while begun.elapsed() < 3 * attempt {
        assert!(response.chunk().await.unwrap().is_some());
    }
}
