//! Clients and brokers that stand still: nobody waits for them for ever.

use std::{future::pending, time::Duration};

use broker_session::{ClientOptions, Deadlines};
use broker_session_serve::Limits;
use bytes::Bytes;
use futures::StreamExt;
use http::{Method, Response};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::support::{Body, Broker, PATIENCE, Served, full, kind, read_to_end, status};

const SHORT: Duration = Duration::from_millis(300);

fn endless() -> Body {
    let part = Bytes::from(vec![b'x'; 64 * 1024]);
    let parts = futures::stream::repeat(part).map(|part| Ok(Frame::data(part)));
    StreamBody::new(parts).boxed_unsync()
}

#[tokio::test]
async fn a_head_that_comes_slowly_is_given_up() {
    let broker = Broker::saying("through").await;
    let mut limits = Limits::default();
    limits.head_time = SHORT;
    let served = Served::limited(&broker, limits).await;
    let response = served.raw("GET /neo/a HTTP/1.1\r\nHo").await;
    assert_eq!(status(&response), 408, "{response}");
    // Who says nothing at all gets nothing.
    assert_eq!(served.raw("").await, "");
    // The second one on a connection as well.
    let head = served.head("GET /neo/a HTTP/1.1");
    let response = served.raw(format!("{head}\r\nGET /neo/b")).await;
    assert!(response.contains("HTTP/1.1 200") && response.contains("HTTP/1.1 408"), "{response}");
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let broker = Broker::saying("through").await;
    let mut limits = Limits::default();
    limits.idle_time = SHORT;
    let served = Served::limited(&broker, limits).await;
    let response = served.raw(format!("{}\r\n", served.head("GET /neo/a HTTP/1.1"))).await;
    assert_eq!(status(&response), 200, "{response}");
}

#[tokio::test]
async fn a_body_that_comes_slowly_is_given_up() {
    let broker = Broker::start(|request| async {
        let _ = request.into_body().collect().await;
        Response::new(full(""))
    })
    .await;
    let mut limits = Limits::default();
    limits.stall_time = SHORT;
    let served = Served::limited(&broker, limits).await;
    let head = served.head("POST /neo/a HTTP/1.1");
    let response = served.raw(format!("{head}Content-Length: 10\r\n\r\nabc")).await;
    assert_eq!(status(&response), 408, "{response}");
    let response = served.raw(format!("{head}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")).await;
    assert_eq!(status(&response), 408, "{response}");
}

/// A server whose session has deadlines that are earlier than the limits.
async fn with_an_impatient_session(broker: &Broker, limits: Limits) -> Served {
    let deadlines = Deadlines { connect: PATIENCE, attempt: SHORT, total: PATIENCE };
    let options = ClientOptions::new().deadlines(deadlines);
    Served::below_with(broker.root(), options, limits, |builder| builder).await
}

#[tokio::test]
async fn a_client_that_is_fast_enough_may_take_its_time() {
    let broker = Broker::start(|request| async {
        let body = request.into_body().collect().await.unwrap().to_bytes();
        Response::new(full(body))
    })
    .await;
    let served = with_an_impatient_session(&broker, Limits::default()).await;
    let parts = futures::stream::unfold(0, |number| async move {
        tokio::time::sleep(SHORT / 3).await;
        (number < 6).then_some((Ok::<_, std::io::Error>("part"), number + 1))
    });
    let request = served.request(Method::POST, "/neo/a").body(reqwest::Body::wrap_stream(parts));
    let response = request.send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.text().await.unwrap()), (200, "part".repeat(6)));
}

#[tokio::test]
async fn a_client_that_is_too_slow_is_not_the_brokers_fault() {
    let broker = Broker::start(|request| async {
        let _ = request.into_body().collect().await;
        Response::new(full(""))
    })
    .await;
    let mut limits = Limits::default();
    (limits.stall_time, limits.broker_time) = (3 * SHORT, SHORT);
    let served = with_an_impatient_session(&broker, limits).await;
    let head = served.head("POST /neo/a HTTP/1.1");
    let response = served.raw(format!("{head}Content-Length: 10\r\n\r\nabc")).await;
    assert_eq!(status(&response), 408, "{response}");
}

#[tokio::test]
async fn a_quiet_broker_has_the_time_of_the_limits() {
    let broker = Broker::start(|_| async {
        tokio::time::sleep(3 * SHORT).await;
        let rest = futures::stream::once(async {
            tokio::time::sleep(3 * SHORT).await;
            Ok(Frame::data(Bytes::from_static(b"late")))
        });
        Response::new(StreamBody::new(rest).boxed_unsync())
    })
    .await;
    let served = with_an_impatient_session(&broker, Limits::default()).await;
    let response = served.get("/neo/a").send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.text().await.unwrap()), (200, "late".to_owned()));
}

#[tokio::test]
async fn a_broker_that_takes_no_body_is_given_up() {
    let broker = Broker::start(|_| pending::<Response<Body>>()).await;
    let mut limits = Limits::default();
    limits.broker_time = SHORT;
    let served = Served::limited(&broker, limits).await;
    // Longer than all buffers on the way.
    let response = served.request(Method::POST, "/neo/a").body(vec![b'x'; 9 << 20]).send().await.unwrap();
    assert_eq!(kind(response).await, (504, "timeout".to_owned()));
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_off() {
    let broker = Broker::start(|_| async { Response::new(endless()) }).await;
    let mut limits = Limits::default();
    limits.stall_time = SHORT;
    limits.requests = 1;
    let served = Served::limited(&broker, limits).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.write_all(format!("{}\r\n", served.head("GET /neo/a HTTP/1.1")).as_bytes()).await.unwrap();
    // There is one place; the next client gets it once the first one is cut off.
    let response = served.get("/neo/b").send().await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    drop(response);
    drop(stream);
}

#[tokio::test]
async fn a_broker_that_does_not_respond_is_given_up() {
    let broker = Broker::start(|_| pending::<Response<Body>>()).await;
    let mut limits = Limits::default();
    limits.broker_time = SHORT;
    let served = Served::limited(&broker, limits).await;
    // The session's own deadline is later.
    let started = std::time::Instant::now();
    for method in [Method::GET, Method::POST] {
        let response = served.request(method, "/neo/a").send().await.unwrap();
        assert_eq!(kind(response).await, (504, "timeout".to_owned()));
    }
    assert_eq!(broker.heads().len(), 2);
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_broker_that_stops_amid_a_body_is_given_up() {
    let broker = Broker::start(|_| async {
        let parts = futures::stream::once(async { Ok(Frame::data(Bytes::from_static(b"half\n"))) });
        let body = StreamBody::new(parts.chain(futures::stream::pending()));
        Response::builder().header("content-length", "8").body(body.boxed_unsync()).unwrap()
    })
    .await;
    let mut limits = Limits::default();
    limits.broker_pause = SHORT;
    let served = Served::limited(&broker, limits).await;
    // The session's own deadline is later.
    let started = std::time::Instant::now();
    let response = served.raw(format!("{}\r\n", served.head("GET /neo/a HTTP/1.1"))).await;
    assert!(response.ends_with("\r\n\r\nhalf\n"), "{response}");
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_request_that_gets_no_place_in_time_is_refused() {
    let broker = Broker::start(|_| pending::<Response<Body>>()).await;
    let mut limits = Limits::default();
    (limits.requests, limits.queue_time) = (1, SHORT);
    let served = Served::limited(&broker, limits).await;
    let mut first = TcpStream::connect(served.address).await.unwrap();
    first.write_all(format!("{}\r\n", served.head("GET /neo/a HTTP/1.1")).as_bytes()).await.unwrap();
    while broker.heads().is_empty() {
        tokio::task::yield_now().await;
    }
    let response = served.get("/neo/b").send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(kind(response).await, (503, "overloaded".to_owned()));
    // Its own paths respond all the same.
    assert_eq!(served.get("/readyz").send().await.unwrap().status().as_u16(), 200);
    // A client that goes away frees its place.
    drop(first);
    while served.get("/metrics").send().await.unwrap().text().await.unwrap().contains("requests_in_flight 1")
    {
    }
    assert_eq!(broker.heads().len(), 1);
}

#[tokio::test]
async fn only_so_many_connections_are_open() {
    let broker = Broker::saying("through").await;
    let mut limits = Limits::default();
    limits.connections = 2;
    let served = Served::limited(&broker, limits).await;
    let head = served.head("GET /neo/a HTTP/1.1");
    let mut streams = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
        stream.readable().await.unwrap();
        streams.push(stream);
    }
    let mut third = TcpStream::connect(served.address).await.unwrap();
    third.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).await.unwrap();
    assert!(tokio::time::timeout(SHORT, third.readable()).await.is_err(), "a third one was accepted");
    streams.pop();
    assert_eq!(status(&read_to_end(&mut third).await), 200);
}

#[tokio::test]
async fn silent_connections_make_room_for_others() {
    let broker = Broker::start(|request| async move {
        if request.uri().path() == "/wait" {
            pending::<()>().await;
        }
        Response::new(full("through"))
    })
    .await;
    let mut limits = Limits::default();
    (limits.connections, limits.head_time) = (5, 100 * PATIENCE);
    let served = Served::limited(&broker, limits).await;
    let mut idle = TcpStream::connect(served.address).await.unwrap();
    idle.write_all(format!("{}\r\n", served.head("GET /neo/a HTTP/1.1")).as_bytes()).await.unwrap();
    idle.readable().await.unwrap();
    let mut waiting = TcpStream::connect(served.address).await.unwrap();
    waiting.write_all(format!("{}\r\n", served.head("GET /neo/wait HTTP/1.1")).as_bytes()).await.unwrap();
    while broker.heads().len() < 2 {
        tokio::task::yield_now().await;
    }
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(TcpStream::connect(served.address).await.unwrap());
        let request = format!("GET /livez HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", served.address);
        assert_eq!(status(&served.raw(request).await), 200);
    }
    assert_eq!(read_to_end(&mut silent[0]).await, "");
    // Who has shown the token stays.
    let request = format!("{}Connection: close\r\n\r\n", served.head("GET /neo/a HTTP/1.1"));
    idle.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(read_to_end(&mut idle).await.matches("HTTP/1.1 200").count(), 2);
    let unread = waiting.try_read(&mut [0]).unwrap_err();
    assert_eq!(unread.kind(), std::io::ErrorKind::WouldBlock);
}
