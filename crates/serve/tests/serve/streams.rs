//! What goes through as it comes: bodies in both directions, and WebSockets.

use std::time::Duration;

use broker_session_serve::Limits;
use bytes::Bytes;
use futures::StreamExt;
use http::{
    Method, Response, StatusCode,
    header::{CONNECTION, CONTENT_LENGTH, LOCATION, SET_COOKIE, STRICT_TRANSPORT_SECURITY, UPGRADE},
};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc,
    time::timeout,
};

use crate::support::{Broker, PATIENCE, Served, full, read_to_end, status};

#[tokio::test]
async fn a_response_goes_through_as_it_comes() {
    let (sender, receiver) = mpsc::channel::<Bytes>(1);
    let receiver = std::sync::Arc::new(std::sync::Mutex::new(Some(receiver)));
    let broker = Broker::start(move |_| {
        let mut receiver = receiver.lock().unwrap().take().unwrap();
        async move {
            let stream = futures::stream::poll_fn(move |cx| receiver.poll_recv(cx));
            let body = StreamBody::new(stream.map(|bytes| Ok(Frame::data(bytes))));
            let response = Response::builder().header("content-type", "application/octet-stream");
            response.body(BodyExt::boxed_unsync(body)).unwrap()
        }
    })
    .await;
    let served = Served::at(&broker).await;
    let mut body = served.get("/neo/stream").send().await.unwrap().bytes_stream();
    // The next part is sent only after the last one has arrived. The end of a part is held back if a secret may begin there.
    for part in ["one\n", "two\n", "three\n"] {
        sender.send(part.into()).await.unwrap();
        assert_eq!(timeout(PATIENCE, body.next()).await.unwrap().unwrap().unwrap(), part);
    }
    drop(sender);
    assert!(timeout(PATIENCE, body.next()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_request_goes_through_as_it_comes() {
    let (arrived, mut arrivals) = mpsc::channel::<Bytes>(1);
    let broker = Broker::start(move |request| {
        let arrived = arrived.clone();
        async move {
            let mut body = request.into_body().into_data_stream();
            while let Some(Ok(part)) = body.next().await {
                arrived.send(part).await.unwrap();
            }
            Response::new(full("done"))
        }
    })
    .await;
    let served = Served::at(&broker).await;
    let (sender, mut receiver) = mpsc::channel::<Result<Bytes, std::io::Error>>(1);
    let stream = futures::stream::poll_fn(move |cx| receiver.poll_recv(cx));
    let request = served.request(Method::POST, "/neo/stream").body(reqwest::Body::wrap_stream(stream));
    let response = tokio::spawn(request.send());
    for part in ["one", "two", "three"] {
        sender.send(Ok(part.into())).await.unwrap();
        assert_eq!(timeout(PATIENCE, arrivals.recv()).await.unwrap().unwrap(), part);
    }
    drop(sender);
    assert_eq!(response.await.unwrap().unwrap().text().await.unwrap(), "done");
}

#[tokio::test]
async fn methods_statuses_and_headers_go_through() {
    let broker = Broker::start(|request| async move {
        let response = Response::builder()
            .status(StatusCode::IM_A_TEAPOT)
            .header("x-method", request.method().as_str())
            .header("x-own", "kept")
            .header("access-control-allow-origin", "*")
            .header(STRICT_TRANSPORT_SECURITY, "max-age=1")
            .header(SET_COOKIE, "broker=1");
        response.body(full("body")).unwrap()
    })
    .await;
    let served = Served::at(&broker).await;
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let response = served.request(method.parse().unwrap(), "/neo/a?b=c").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
        assert_eq!(
            (&response.headers()["x-method"], &response.headers()["x-own"]),
            (&method.parse().unwrap(), &"kept".parse().unwrap())
        );
        for name in ["access-control-allow-origin", "strict-transport-security", "set-cookie"] {
            assert!(!response.headers().contains_key(name), "{name}");
        }
        assert_eq!(response.text().await.unwrap(), "body");
    }
    let head = served.request(Method::HEAD, "/neo/a").send().await.unwrap();
    assert_eq!(
        (head.status(), &head.headers()[CONTENT_LENGTH]),
        (StatusCode::IM_A_TEAPOT, &"4".parse().unwrap())
    );
    for head in broker.heads() {
        assert!(head.target.starts_with("/a"), "{head:?}");
        if [Method::POST, Method::PUT, Method::PATCH].contains(&head.method) {
            assert_eq!(head.headers[CONTENT_LENGTH], "0");
        }
    }
}

#[tokio::test]
async fn a_redirect_stays_with_its_session() {
    let broker = Broker::start(|request| async move {
        let to = request.uri().query().unwrap().to_owned();
        let response = Response::builder().status(StatusCode::FOUND).header(LOCATION, to);
        response.body(full("")).unwrap()
    })
    .await;
    let served = Served::at(&broker).await;
    let root = broker.root();
    for (to, expected) in [
        ("/b?c=d".to_owned(), Some("/neo/b?c=d")),
        (format!("{root}/b"), Some("/neo/b")),
        ("https://evil.example/b".to_owned(), None),
        ("//evil.example/b".to_owned(), None),
    ] {
        let response = served.get(&format!("/neo/a?{to}")).send().await.unwrap();
        let location = response.headers().get(LOCATION).map(|location| location.to_str().unwrap());
        assert_eq!((response.status(), location), (StatusCode::FOUND, expected), "{to}");
    }
}

/// Switches to bytes that come back as they are.
async fn echoing() -> Broker {
    Broker::start(|mut request| async move {
        let upgrade = hyper::upgrade::on(&mut request);
        tokio::spawn(async move {
            let mut io = TokioIo::new(upgrade.await.unwrap());
            let mut buffer = [0; 1024];
            while let Ok(count @ 1..) = io.read(&mut buffer).await {
                io.write_all(&buffer[..count]).await.unwrap();
                if buffer[..count].ends_with(b"bye") {
                    return;
                }
            }
        });
        let response = Response::builder()
            .status(StatusCode::SWITCHING_PROTOCOLS)
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "websocket")
            .header("sec-websocket-accept", "made-up");
        response.body(full("")).unwrap()
    })
    .await
}

/// Opens a WebSocket, and returns it with the head of the response.
async fn open(served: &Served) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let head = served.head("GET /neo/ws?a=b HTTP/1.1");
    let headers = "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key: made-up\r\n\
        Sec-WebSocket-Version: 13\r\n";
    // The client may speak at once.
    stream.write_all(format!("{head}{headers}\r\nfirst").as_bytes()).await.unwrap();
    let mut response = Vec::new();
    while !response.ends_with(b"\r\n\r\n") {
        response.push(timeout(PATIENCE, stream.read_u8()).await.unwrap().unwrap());
    }
    let mut echo = [0; 5];
    stream.read_exact(&mut echo).await.unwrap();
    assert_eq!(&echo, b"first");
    (stream, String::from_utf8(response).unwrap())
}

#[tokio::test]
async fn a_websocket_goes_through_in_both_directions() {
    let broker = echoing().await;
    let served = Served::at(&broker).await;
    let (mut stream, response) = open(&served).await;
    assert_eq!(status(&response), 101, "{response}");
    for header in ["connection: upgrade", "upgrade: websocket", "sec-websocket-accept: made-up"] {
        assert!(response.to_ascii_lowercase().contains(header), "{response}");
    }
    let head = &broker.heads()[0];
    assert_eq!((&*head.target, &head.headers["sec-websocket-key"]), ("/ws?a=b", &"made-up".parse().unwrap()));
    assert!(head.headers.contains_key("sid"));
    // Whatever it looks like, it is no request.
    let sent = "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nbye";
    stream.write_all(sent.as_bytes()).await.unwrap();
    assert_eq!(read_to_end(&mut stream).await, sent);
}

#[tokio::test]
async fn a_silent_websocket_ends() {
    let broker = echoing().await;
    let mut limits = Limits::default();
    limits.tunnel_idle_time = Duration::from_millis(300);
    let served = Served::limited(&broker, limits).await;
    let (mut stream, _) = open(&served).await;
    assert_eq!(read_to_end(&mut stream).await, "");
}

#[tokio::test]
async fn open_websockets_take_no_place_from_requests() {
    let broker = echoing().await;
    let mut limits = Limits::default();
    limits.requests = 1;
    let mut served = Served::limited(&broker, limits).await;
    let mut open_ones = Vec::new();
    for _ in 0..3 {
        open_ones.push(open(&served).await.0);
    }
    let metrics = served.get("/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("\nbroker_session_websockets 3\n"), "{metrics}");
    // A shutdown does not wait for them.
    served.stopped().await;
    for mut stream in open_ones {
        assert_eq!(read_to_end(&mut stream).await, "");
    }
}
