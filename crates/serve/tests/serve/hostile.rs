//! Requests that mean one thing to one reader and another to the next, and those that are too much.

use broker_session_serve::Limits;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{Broker, Served, read_to_end, status};

#[tokio::test]
async fn a_request_with_two_meanings_never_arrives() {
    let broker = Broker::saying("through").await;
    let served = Served::at(&broker).await;
    let smuggled = served.head("GET /neo/smuggled HTTP/1.1");
    let of_headers = [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        "Content-Length: 0\r\nContent-Length: 0\r\n",
        "Content-Length: 0\r\nContent-Length: 4\r\n",
        "Content-Length: 0, 0\r\n",
        "Content-Length: +0\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding\t: chunked\r\n",
        "Transfer-Encoding:\u{b}chunked\r\n",
        "X: 1\r\n Transfer-Encoding: chunked\r\n",
        " X: 1\r\n",
        "X: 1\nTransfer-Encoding: chunked\r\n",
        "X: a\rContent-Length: 4\r\n",
        "Content-Length: 4\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
        "X\0: 1\r\n",
    ];
    for headers in of_headers {
        let head = served.head("POST /neo/a HTTP/1.1");
        let response = served.raw(format!("{head}{headers}\r\n0\r\n\r\n{smuggled}\r\n")).await;
        assert_eq!(status(&response), 400, "{headers:?}: {response}");
        assert_eq!(response.matches("HTTP/1.1").count(), 1, "{headers:?}: {response}");
        assert!(response.to_ascii_lowercase().contains("connection: close"), "{response}");
        assert!(response.contains(r#""kind":"bad_request""#), "{response}");
    }
    assert_eq!(broker.heads().len(), 0, "{:?}", broker.heads());
}

#[tokio::test]
async fn a_target_that_is_not_a_path_is_refused() {
    let broker = Broker::saying("through").await;
    let served = Served::at(&broker).await;
    let root = broker.root();
    for line in [
        format!("GET {root}/neo/a HTTP/1.1"),
        format!("GET http://{}/neo/a HTTP/1.1", served.address),
        "OPTIONS * HTTP/1.1".to_owned(),
        "GET neo/a HTTP/1.1".to_owned(),
        "GET /neo/a".to_owned(),
        "GET /neo/a#b HTTP/1.1".to_owned(),
        "GET /neo/a?b=<c> HTTP/1.1".to_owned(),
        "GET /neo/a?b=\"c\" HTTP/1.1".to_owned(),
        "GET /neo/<a> HTTP/1.1".to_owned(),
        "GET /neo/a HTTP/1.1 HTTP/1.1".to_owned(),
        "PRI * HTTP/2.0".to_owned(),
        "\u{16}\u{3}\u{1} TLS".to_owned(),
    ] {
        let response = served.raw(format!("{}\r\n", served.head(&line))).await;
        assert!([400, 505].contains(&status(&response)), "{line}: {response}");
        assert!(response.contains(r#""kind":"bad_request""#), "{line}: {response}");
        assert!(response.contains("x-request-id: "), "{line}: {response}");
    }
    assert_eq!(broker.heads().len(), 0, "{:?}", broker.heads());
}

#[tokio::test]
async fn a_method_that_is_not_forwarded_is_not_allowed() {
    let broker = Broker::saying("through").await;
    let served = Served::at(&broker).await;
    for line in [
        format!("CONNECT {} HTTP/1.1", broker.address),
        "CONNECT /neo/a HTTP/1.1".to_owned(),
        "TRACE /neo/a HTTP/1.1".to_owned(),
    ] {
        let response = served.raw(format!("{}\r\n", served.head(&line))).await;
        assert_eq!(status(&response), 405, "{line}: {response}");
        assert!(response.contains(r#""kind":"method_not_allowed""#), "{line}: {response}");
        assert!(response.contains("allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n"), "{response}");
        assert!(response.contains("x-request-id: "), "{line}: {response}");
    }
    assert_eq!(broker.heads().len(), 0, "{:?}", broker.heads());
}

#[tokio::test]
async fn a_path_cannot_leave_its_session() {
    let broker = Broker::saying("through").await;
    let served = Served::at(&broker).await;
    for path in [
        "/neo/../a",
        "/neo/..",
        "/neo/./a",
        "/neo/%2e%2e/a",
        "/neo/%2E%2e/a",
        "/neo/.%2e/a",
        "/neo/%252e%252e/a",
        "/neo/%25252e/a",
        "/neo/a%2fb",
        "/neo/a%2Fb",
        "/neo/a%5cb",
        "/neo/a\\b",
        "/neo/..\\a",
        "/neo//a",
        "/neo/a//b",
        "/neo//evil.example/a",
        "/neo/a%00",
        "/neo/a%0d%0aX:1",
        "/neo/..;/a",
        "/neo/..;x=1/a",
        "/neo/%",
        "/neo/%zz",
    ] {
        let head = served.head(&format!("GET {path} HTTP/1.1"));
        let response = served.raw(format!("{head}Connection: close\r\n\r\n")).await;
        assert_eq!(status(&response), 400, "{path}: {response}");
    }
    assert_eq!(broker.heads().len(), 0, "{:?}", broker.heads());
    // Nor is anything repaired on the way.
    for path in ["/neo/a/b;c=d/e%20f/@x:y?q=/../%2e&r=//&s=%2f", "/neo/", "/neo"] {
        let head = served.head(&format!("GET {path} HTTP/1.1"));
        assert_eq!(status(&served.raw(format!("{head}Connection: close\r\n\r\n")).await), 200, "{path}");
    }
    let targets: Vec<String> = broker.heads().into_iter().map(|head| head.target).collect();
    assert_eq!(targets, ["/a/b;c=d/e%20f/@x:y?q=/../%2e&r=//&s=%2f", "/", "/"]);
    for path in ["/nobody/a", "/NEO/a", "/%6eeo/a", "/neo2/a"] {
        assert_eq!(served.get(path).send().await.unwrap().status().as_u16(), 404, "{path}");
    }
}

#[tokio::test]
async fn what_is_for_this_connection_alone_does_not_arrive() {
    let broker = Broker::saying("through").await;
    let served = Served::at(&broker).await;
    let head = served.head("GET /neo/a HTTP/1.1");
    let headers = "Connection: close, x-named\r\nX-Named: 1\r\nKeep-Alive: 5\r\nTE: gzip\r\nProxy-Authorization: x\r\n\
        Cookie: other=server\r\nReferer: http://127.0.0.1/\r\nSec-Fetch-Mode: cors\r\nX-Forwarded-For: 1.2.3.4\r\n\
        Forwarded: for=1.2.3.4\r\nX-Request-Id: abc\r\nUpgrade: h2c\r\nSid: mine\r\nAuth: mine\r\nX-Kept: kept\r\n\
        traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n";
    let response = served.raw(format!("{head}{headers}\r\n")).await;
    assert_eq!(status(&response), 200, "{response}");
    assert!(response.contains("x-request-id: abc"), "{response}");
    let arrived = &broker.heads()[0].headers;
    for name in [
        "x-named",
        "keep-alive",
        "te",
        "proxy-authorization",
        "cookie",
        "referer",
        "sec-fetch-mode",
        "x-forwarded-for",
        "forwarded",
        "x-request-id",
        "upgrade",
    ] {
        assert!(!arrived.contains_key(name), "{name}: {arrived:?}");
    }
    assert_eq!(arrived["host"], broker.address.to_string());
    assert_ne!(arrived["sid"], "mine");
    assert_ne!(arrived["auth"], "mine");
    assert_eq!(arrived["x-kept"], "kept");
    assert_eq!(arrived["traceparent"], "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let broker = Broker::saying("through").await;
    let served = Served::at(&broker).await;
    let limits = Limits::default();
    let head = served.head("GET /neo/a HTTP/1.1");
    for (headers, expected) in [
        ("X: 1\r\n".repeat(limits.headers), 431),
        (format!("X: {}\r\n", "a".repeat(limits.head_bytes)), 431),
        (format!("X: {}\r\n", "a".repeat(limits.head_bytes - 1000)), 200),
        ("X: 1\r\n".repeat(limits.headers - 3), 200),
    ] {
        let response = served.raw(format!("{head}{headers}Connection: close\r\n\r\n")).await;
        assert_eq!(status(&response), expected, "{} bytes: {response}", headers.len());
    }
    // One that never ends is not read to its end.
    let response = served.raw(format!("{head}X: {}", "a".repeat(limits.head_bytes))).await;
    assert_eq!(status(&response), 431, "{response}");
    let line = format!("GET /neo/{} HTTP/1.1", "a".repeat(limits.target_bytes));
    assert_eq!(status(&served.raw(format!("{}\r\n", served.head(&line))).await), 414);
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    let broker = Broker::start(|request| async {
        let collected = http_body_util::BodyExt::collect(request.into_body()).await;
        http::Response::new(crate::support::full(format!(
            "{:?}",
            collected.map(|body| body.to_bytes().len()).ok()
        )))
    })
    .await;
    let mut limits = Limits::default();
    limits.body_bytes = 1000;
    let served = Served::limited(&broker, limits).await;
    let head = served.head("POST /neo/a HTTP/1.1");
    let announced = served.raw(format!("{head}Content-Length: 1001\r\n\r\n")).await;
    assert_eq!((status(&announced), broker.heads().len()), (413, 0), "{announced}");
    let chunk = format!("1f4\r\n{}\r\n", "a".repeat(500));
    let chunked =
        served.raw(format!("{head}Transfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n", chunk.repeat(3))).await;
    assert_eq!(status(&chunked), 413, "{chunked}");
    let fits =
        served.raw(format!("{head}Transfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n", chunk.repeat(2))).await;
    assert!(status(&fits) == 200 && fits.ends_with("Some(1000)"), "{fits}");
    // Not even what is no chunk.
    let broken = served.raw(format!("{head}Transfer-Encoding: chunked\r\n\r\nzz\r\n")).await;
    assert_eq!(status(&broken), 400, "{broken}");
}

#[tokio::test]
async fn requests_on_one_connection_are_judged_one_by_one() {
    let broker = Broker::start(|request| async {
        let (parts, body) = request.into_parts();
        let body = http_body_util::BodyExt::collect(body).await.unwrap().to_bytes();
        let body = String::from_utf8_lossy(&body).into_owned();
        http::Response::new(crate::support::full(format!("[{} {body}]", parts.uri)))
    })
    .await;
    let served = Served::at(&broker).await;
    let post = served.head("POST /neo/a HTTP/1.1");
    let get = served.head("GET /neo/b HTTP/1.1");
    // What comes in a body is no request, whatever it looks like; and what follows is judged again.
    let looks_like = "GET /neo/c HTTP/1.1\r\n\r\n";
    let requests = format!(
        "{post}Content-Length: {}\r\n\r\n{looks_like}\r\n{get}\r\n{post}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx{get}\r\n",
        looks_like.len()
    );
    let response = served.raw(&requests).await;
    let found = |part: &str| assert!(response.contains(part), "{part}: {response}");
    found(&format!("[/a {looks_like}]"));
    found("[/b ]");
    found("several `Content-Length`");
    assert_eq!(response.matches("HTTP/1.1 200").count(), 2, "{response}");
    assert_eq!(response.matches("HTTP/1.1 400").count(), 1, "{response}");
    // The same in pieces of one byte.
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    for byte in requests.as_bytes() {
        // The last ones come after the end.
        if stream.write_all(&[*byte]).await.is_err() {
            break;
        }
        tokio::task::yield_now().await;
    }
    let in_pieces = read_to_end(&mut stream).await;
    assert_eq!(in_pieces.matches("HTTP/1.1 200").count(), 2, "{in_pieces}");
    // After a chunked body nothing is taken for a request.
    let chunked = format!("{post}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n{get}\r\n");
    let response = served.raw(chunked).await;
    assert_eq!(response.matches("HTTP/1.1 200").count(), 1, "{response}");
    assert_eq!(broker.heads().len(), 5, "{:?}", broker.heads());
}

#[tokio::test]
async fn a_refused_upgrade_ends_the_connection() {
    let broker = Broker::saying("no").await;
    let served = Served::at(&broker).await;
    let upgrade = served.head("GET /neo/ws HTTP/1.1");
    let get = served.head("GET /neo/b HTTP/1.1");
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let headers = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
    stream.write_all(format!("{upgrade}{headers}\r\n{get}\r\n").as_bytes()).await.unwrap();
    let response = read_to_end(&mut stream).await;
    assert_eq!(response.matches("HTTP/1.1 200").count(), 1, "{response}");
    assert_eq!(broker.heads().len(), 1, "{:?}", broker.heads());
    let mut rest = Vec::new();
    assert_eq!(stream.read_to_end(&mut rest).await.unwrap_or(0), 0);
}
