//! A connection becomes a WebSocket, with what Interactive Brokers needs for it.

use broker_session::{Error, ErrorKind, Session, ibkr::Client};
use contract_tests::{JSON, once, respond};
use http::{Request, StatusCode};
use reqwest::Body;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

use crate::support::{PATH, get, session_at};

/// A server that opens a WebSocket for every request, and sends back what comes on it. Its first message comes with
/// the head. Heads go to the channel.
async fn server() -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (sender, heads) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serve(socket, sender.clone()));
        }
    });
    (base, heads)
}

async fn serve(socket: TcpStream, heads: mpsc::UnboundedSender<String>) -> std::io::Result<()> {
    let mut socket = BufReader::new(socket);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if socket.read_line(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let _ = heads.send(head.clone());
    if head.contains("/tickle ") {
        let tickle = r#"{"session":"made-up-session","iserver":{"authStatus":{}}}"#;
        socket.write_all(&respond("200 OK", &[JSON], tickle)).await?;
        return Ok(());
    }
    if !head.contains("upgrade: websocket") {
        return socket.write_all(&respond("400 Bad Request", &[], "")).await;
    }
    let switching =
        "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\nhello";
    socket.write_all(switching.as_bytes()).await?;
    let (mut from, mut to) = tokio::io::split(socket);
    tokio::io::copy(&mut from, &mut to).await?;
    to.shutdown().await
}

fn upgrade(path: &str) -> Request<Body> {
    let request = Request::get(path)
        .header("connection", "keep-alive, Upgrade")
        .header("upgrade", "WebSocket")
        .header("sec-websocket-key", "bWFkZSB1cCwgbWFkZSB1cA==")
        .header("sec-websocket-version", "13")
        .header("origin", "http://127.0.0.1:8788")
        .header("cookie", "evil=1");
    request.body(Body::default()).unwrap()
}

/// Opens a WebSocket and says something.
async fn talk<P>(session: &Session<P>, path: &str) -> Result<String, Error> {
    let mut forwarded = session.forward(upgrade(path)).await?;
    assert_eq!(forwarded.response.status(), StatusCode::SWITCHING_PROTOCOLS);
    let headers = forwarded.response.headers();
    assert_eq!(
        (&headers["connection"], &headers["upgrade"]),
        (&"Upgrade".parse().unwrap(), &"websocket".parse().unwrap())
    );
    assert!(!forwarded.is_session_over);
    let mut socket = forwarded.take_upgrade().unwrap().connect().await?;
    assert!(forwarded.take_upgrade().is_none());
    socket.write_all(b", world").await.unwrap();
    socket.shutdown().await.unwrap();
    let mut heard = String::new();
    socket.read_to_string(&mut heard).await.unwrap();
    Ok(heard)
}

#[tokio::test]
async fn bytes_go_both_ways_after_an_upgrade() -> Result<(), Error> {
    let (base, mut heads) = server().await;
    let session = session_at(&base, once());
    assert_eq!(talk(&session, "/feed?a=b").await?, "hello, world");
    let head = heads.recv().await.unwrap();
    assert!(head.starts_with(&format!("GET {PATH}/feed?a=b HTTP/1.1\r\n")), "{head}");
    for line in [
        "connection: Upgrade",
        "upgrade: websocket",
        "sec-websocket-key: bWFkZSB1cCwgbWFkZSB1cA==",
        "sec-websocket-version: 13",
        &format!("origin: {base}"),
    ] {
        assert!(head.contains(&format!("\r\n{line}\r\n")), "{line} in {head}");
    }
    assert!(!head.contains("evil") && !head.contains("8788"), "{head}");
    Ok(())
}

#[tokio::test]
async fn a_response_that_is_no_upgrade_is_passed_on() -> Result<(), Error> {
    let (base, mut heads) = server().await;
    let mut request = get("/feed");
    request.headers_mut().insert("upgrade", "websocket".parse().unwrap());
    let mut forwarded = session_at(&base, once()).forward(request).await?;
    assert_eq!(forwarded.response.status(), StatusCode::BAD_REQUEST);
    assert!(forwarded.take_upgrade().is_none());
    assert!(!heads.recv().await.unwrap().contains("upgrade"));
    Ok(())
}

#[tokio::test]
async fn the_socket_of_a_gateway_gets_its_cookie() -> Result<(), Error> {
    let (base, mut heads) = server().await;
    let client = Client::builder().base_url(format!("{base}/v1/api")).options(once()).build()?;
    let session = client.unverified_session().without_profile();
    for _ in 0..3 {
        assert_eq!(talk(&session, "/ws").await?, "hello, world");
    }
    let mut seen = Vec::new();
    while let Ok(head) = heads.try_recv() {
        seen.push(head);
    }
    let opened: Vec<&String> =
        seen.iter().filter(|head| head.starts_with("GET /v1/api/ws HTTP/1.1")).collect();
    assert_eq!((opened.len(), seen.len()), (3, 4), "the session is asked for once: {seen:?}");
    for head in opened {
        assert!(head.contains("\r\ncookie: api={\"session\":\"made-up-session\"}\r\n"), "{head}");
    }
    // What a person has taken from a browser stays beside it.
    let client = Client::builder().base_url(format!("{base}/v1/api")).header("cookie", "made-up=1");
    talk(&client.options(once()).build()?.unverified_session(), "/ws").await?;
    let mut head = heads.recv().await.unwrap();
    while !head.contains("/ws ") {
        head = heads.recv().await.unwrap();
    }
    assert!(head.contains("\r\ncookie: made-up=1; api={"), "{head}");
    // Elsewhere it is not needed.
    assert_eq!(talk(&session, "/wsx").await?, "hello, world");
    assert!(!heads.recv().await.unwrap().contains("cookie"));
    Ok(())
}

#[tokio::test]
async fn a_socket_without_a_session_is_not_opened() -> Result<(), Error> {
    let client = Client::builder().base_url(format!("{}/v1/api", contract_tests::closed().await));
    let session = client.options(once()).build()?.unverified_session();
    let error = session.forward(upgrade("/ws")).await.unwrap_err();
    assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Unavailable, true), "{error}");
    Ok(())
}
