//! Bodies stream in both directions, and are searched for secrets where the caller wants it.

use std::time::Duration;

use broker_session::{BodyFilterMode, BodyRefused};
use contract_tests::{JSON, RawServer, Reaction, respond};
use futures::stream;
use http::Request;
use reqwest::Body;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
};

use crate::support::{PATIENT, SID, TOKEN, body_of, forwarded, get, session_at, session_of};

/// The body of a response with this one, through a filter.
async fn filtered(
    mode: BodyFilterMode,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<String, reqwest::Error> {
    let mut forwarded = forwarded(respond("200 OK", headers, body)).await;
    forwarded.filter_body(mode).unwrap();
    if mode != BodyFilterMode::Refuse {
        assert_eq!(forwarded.response.headers()["content-length"], body.len().to_string().as_str());
    }
    body_of(forwarded).await
}

#[tokio::test]
async fn secrets_in_a_body_are_redacted_refused_or_passed_on() {
    let plain = format!(r#"{{"echo":"{TOKEN}","sid":"{SID}"}}"#);
    let stars = plain.replace(TOKEN, &"*".repeat(TOKEN.len())).replace(SID, &"*".repeat(SID.len()));
    for headers in [&[JSON][..], &[]] {
        assert_eq!(filtered(BodyFilterMode::Redact, headers, &plain).await.unwrap(), stars);
        assert_eq!(filtered(BodyFilterMode::Off, headers, &plain).await.unwrap(), plain);
        assert!(filtered(BodyFilterMode::Refuse, headers, &plain).await.is_err());
        assert_eq!(filtered(BodyFilterMode::Refuse, headers, r#"{"a":1}"#).await.unwrap(), r#"{"a":1}"#);
    }
    for headers in [("content-encoding", "gzip"), ("content-range", "bytes 0-0/9")] {
        let mut unsearchable = forwarded(respond("200 OK", &[headers], "x")).await;
        assert_eq!(unsearchable.filter_body(BodyFilterMode::Redact), Err(BodyRefused::Unsearchable));
    }
}

#[tokio::test]
async fn a_body_arrives_while_it_is_being_sent() {
    for head in [
        "content-type: text/event-stream\r\ntransfer-encoding: chunked",
        "content-type: application/json\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked",
        "content-type: application/octet-stream\r\ncontent-length: 99999999",
        "content-type: application/json\r\ncontent-length: 99999999",
    ] {
        let chunk = if head.contains("chunked") { "3\r\n{\"a\r\n" } else { "{\"a" };
        let bytes = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{chunk}").into_bytes();
        let server = RawServer::start(move |_| Reaction::Stall(bytes.clone())).await;
        let waiting = tokio::time::timeout(Duration::from_secs(10), async {
            let mut forwarded = session_of(&server).forward(get("/x")).await.unwrap();
            forwarded.filter_body(BodyFilterMode::Redact).unwrap();
            reqwest::Response::from(forwarded.response).chunk().await.unwrap().unwrap()
        });
        assert_eq!(waiting.await.expect("the first chunk, with more to come"), "{\"a", "{head}");
    }
}

#[tokio::test]
async fn a_request_body_leaves_while_it_is_being_written() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = mpsc::channel::<Result<&'static str, std::io::Error>>(1);
    let server = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut seen = Vec::new();
        let mut sender = Some(sender);
        let mut parts = ["first", "second"].into_iter();
        // Each part is written only once the one before has arrived.
        let mut awaited = "\r\n\r\n";
        loop {
            let mut buffer = [0; 1024];
            let read = socket.read(&mut buffer).await.unwrap();
            seen.extend_from_slice(&buffer[..read]);
            let text = String::from_utf8_lossy(&seen).into_owned();
            if text.ends_with("0\r\n\r\n") {
                socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
                return text;
            }
            if text.contains(awaited) {
                match parts.next() {
                    Some(part) => {
                        awaited = part;
                        sender.as_ref().unwrap().send(Ok(part)).await.unwrap();
                    }
                    None => sender = None,
                }
            }
        }
    });
    let chunks = stream::unfold(receiver, |mut receiver| async { Some((receiver.recv().await?, receiver)) });
    let request = Request::post("/x").body(Body::wrap_stream(chunks)).unwrap();
    let session = session_at(&base, contract_tests::once().deadlines(PATIENT));
    session.forward(request).await.unwrap();
    assert!(server.await.unwrap().ends_with("5\r\nfirst\r\n6\r\nsecond\r\n0\r\n\r\n"));
}

#[tokio::test]
async fn an_endless_body_takes_no_memory_and_no_time() {
    let server = RawServer::start(|_| {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{";
        Reaction::Endless(head.into(), vec![b'x'; 1 << 16])
    })
    .await;
    let mut forwarded = session_of(&server).forward(get("/x")).await.unwrap();
    forwarded.filter_body(BodyFilterMode::Redact).unwrap();
    let mut response = reqwest::Response::from(forwarded.response);
    let (mut length, mut largest) = (0, 0);
    while let Some(chunk) = response.chunk().await.unwrap() {
        length += chunk.len();
        largest = largest.max(chunk.len());
    }
    assert_eq!(length, 1 + (64 << 20));
    assert!(largest < 1 << 21, "{largest}");
}

#[tokio::test]
async fn a_body_that_ends_early_ends_with_an_error() {
    for head in ["content-type: application/json\r\ncontent-length: 30", "transfer-encoding: chunked"] {
        let chunk = if head.contains("chunked") { "3\r\n{\"a\r\n" } else { "{\"a" };
        let bytes = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{chunk}").into_bytes();
        let server = RawServer::start(move |_| Reaction::Respond(bytes.clone())).await;
        let forwarded = session_of(&server).forward(get("/x")).await.unwrap();
        let mut response = reqwest::Response::from(forwarded.response);
        assert_eq!(response.chunk().await.unwrap().unwrap(), "{\"a", "{head}");
        assert!(response.chunk().await.is_err(), "{head}");
    }
}
