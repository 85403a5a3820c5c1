//! Responses that cannot be searched for secrets, or that break off.

use broker_session::BodyFilterMode::{Off, Redact};
use broker_session_serve::Limits;
use http::{
    Response, StatusCode,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_RANGE, IF_RANGE, RANGE},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::support::{Broker, Served, full, kind, status};

/// A broker that responds to everything with these bytes, and closes.
async fn served_at(bytes: &'static str) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let root = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut read = Vec::new();
            while !read.ends_with(b"\r\n\r\n") {
                read.push(stream.read_u8().await.unwrap());
            }
            stream.write_all(bytes.as_bytes()).await.unwrap();
        }
    });
    Served::below(root, Limits::default(), |builder| builder).await
}

async fn broken(served: &Served) -> String {
    let metrics = served.get("/metrics").send().await.unwrap().text().await.unwrap();
    let line = metrics.lines().find(|line| line.contains("broken_responses_total{"));
    line.and_then(|line| line.split(' ').next_back()).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn what_cannot_be_searched_is_a_bad_gateway() {
    for (code, name, value) in [
        (StatusCode::OK, CONTENT_ENCODING, "gzip"),
        (StatusCode::OK, CONTENT_RANGE, "bytes 0-3/9"),
        (StatusCode::PARTIAL_CONTENT, CONTENT_RANGE, "bytes 0-3/9"),
    ] {
        for mode in [Redact, Off] {
            let name = name.clone();
            let broker = Broker::start(move |_| {
                let response = Response::builder().status(code).header(&name, value);
                async move { response.body(full("body")).unwrap() }
            })
            .await;
            let served = Served::with(&broker, Limits::default(), |builder| builder.bodies(mode)).await;
            let response = served.get("/neo/a").send().await.unwrap();
            if mode == Off {
                assert_eq!(response.status(), code);
                assert_eq!(response.text().await.unwrap(), "body");
            } else {
                assert_eq!(kind(response).await, (502, "unsearchable".to_owned()), "{value}");
            }
        }
    }
}

#[tokio::test]
async fn no_client_asks_for_what_cannot_be_searched() {
    for mode in [Redact, Off] {
        let broker = Broker::saying("body").await;
        let served = Served::with(&broker, Limits::default(), |builder| builder.bodies(mode)).await;
        let request = served.get("/neo/a").header(RANGE, "bytes=0-3").header(IF_RANGE, "\"x\"");
        request.header(ACCEPT_ENCODING, "gzip, br").send().await.unwrap();
        let headers = &broker.heads()[0].headers;
        assert_eq!(headers[ACCEPT_ENCODING], "identity");
        assert_eq!((headers.contains_key(RANGE), headers.contains_key(IF_RANGE)), (mode == Off, mode == Off));
    }
}

#[tokio::test]
async fn a_compressed_transfer_is_a_bad_gateway() {
    for coding in ["gzip, chunked", "chunked, chunked", "gzip\r\nTransfer-Encoding: chunked"] {
        let bytes = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: {coding}\r\n\r\n4\r\nbody\r\n0\r\n\r\n");
        let served = served_at(bytes.leak()).await;
        let response = served.get("/neo/a").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::BAD_GATEWAY, "{coding}");
        assert_eq!(kind(response).await.0, 502);
    }
}

#[tokio::test]
async fn a_response_without_its_body_is_a_bad_gateway() {
    for head in ["Content-Length: 9", "Content-Type: application/json\r\nTransfer-Encoding: chunked"] {
        let served = served_at(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n").leak()).await;
        let response = served.get("/neo/a").send().await.unwrap();
        assert_eq!(kind(response).await, (502, "unavailable".to_owned()), "{head}");
        assert_eq!(broken(&served).await, "0");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_shown_until_then_and_counted() {
    for head in ["Content-Length: 9", "Content-Type: text/csv\r\nContent-Length: 9"] {
        let served = served_at(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\nhalf\n").leak()).await;
        let response = served.raw(format!("{}\r\n", served.head("GET /neo/a HTTP/1.1"))).await;
        assert_eq!(status(&response), 200, "{response:?}");
        assert!(response.ends_with("\r\n\r\nhalf\n"), "{response}");
        assert_eq!(broken(&served).await, "1");
    }
}
