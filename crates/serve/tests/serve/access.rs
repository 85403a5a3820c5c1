//! Who is let in, and who is not.

use broker_session_serve::{Limits, Listener, Server, Token};
use http::{
    Method,
    header::{AUTHORIZATION, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE},
};
use reqwest::StatusCode;

use crate::support::{Broker, Served, kind};

async fn served() -> (Broker, Served) {
    let broker = Broker::saying("through").await;
    let served = Served::at(&broker).await;
    (broker, served)
}

#[tokio::test]
async fn only_the_token_opens_a_session() {
    let (broker, served) = served().await;
    let wrong = Token::generate();
    let cookie = format!("broker_session_{}={}", served.address.port(), served.bearer());
    let refused = [
        served.http.get(served.url("/neo/a")),
        served.http.get(served.url("/neo/a")).bearer_auth(wrong.secret().expose()),
        served.http.get(served.url("/neo/a")).header(AUTHORIZATION, format!("Basic {}", served.bearer())),
        served.http.get(served.url("/neo/a")).header(AUTHORIZATION, served.bearer()),
        served.http.get(served.url("/neo/a")).header("x-broker-session-token", wrong.secret().expose()),
        served.http.get(served.url(&format!("/neo/a?token={0}&access_token={0}", served.bearer()))),
        served.http.get(served.url("/neo/a")).header(COOKIE, cookie),
        // A name that does not exist is no secret that could be asked for.
        served.http.get(served.url("/nobody/a")),
        served.http.get(served.url("/readyz")),
        served.http.get(served.url("/metrics")),
        served.http.get(served.url("/api/status")),
        served.http.get(served.url("/events")),
        served.http.get(served.url("/")),
        served.http.get(served.url("/?token=wrong")),
    ];
    for request in refused {
        assert_eq!(kind(request.send().await.unwrap()).await, (401, "unauthorized".to_owned()));
    }
    assert_eq!(broker.heads().len(), 0);
    let own = served.http.get(served.url("/neo/a")).header("x-broker-session-token", served.bearer());
    for request in [served.get("/neo/a"), own] {
        assert_eq!(request.send().await.unwrap().text().await.unwrap(), "through");
    }
    for head in broker.heads() {
        assert!(!format!("{head:?}").contains(served.bearer()), "{head:?}");
        assert!(head.headers.contains_key("sid"), "{head:?}");
    }
    assert_eq!(served.http.get(served.url("/livez")).send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_header_that_comes_twice_is_refused() {
    let (broker, served) = served().await;
    let head = served.head("GET /neo/a HTTP/1.1");
    let address = served.address;
    for twice in [
        format!("Authorization: Bearer {}\r\n", served.bearer()),
        format!("Host: {address}\r\n"),
        format!("Origin: http://{address}\r\nOrigin: http://evil.example\r\n"),
        "Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site\r\n".to_owned(),
    ] {
        let response = served.raw(format!("{head}{twice}Connection: close\r\n\r\n")).await;
        assert_eq!(crate::support::status(&response), 400, "{twice:?}: {response}");
    }
    assert_eq!(broker.heads().len(), 0);
}

#[tokio::test]
async fn a_request_for_another_host_is_refused() {
    let (broker, served) = served().await;
    let port = served.address.port();
    for host in
        ["evil.example".to_owned(), format!("evil.example:{port}"), "127.0.0.1".into(), "localhost:1".into()]
    {
        for path in ["/neo/a", "/livez", "/"] {
            let response = served.get(path).header(HOST, &host).send().await.unwrap();
            assert_eq!(response.status(), StatusCode::MISDIRECTED_REQUEST, "{host} {path}");
        }
    }
    assert_eq!(broker.heads().len(), 0);
    let response = served.get("/neo/a").header(HOST, format!("localhost:{port}")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused() {
    let (broker, served) = served().await;
    let own = format!("http://{}", served.address);
    let refused = [
        (ORIGIN.as_str(), "null"),
        (ORIGIN.as_str(), "https://evil.example"),
        (ORIGIN.as_str(), "http://localhost:3000"),
        (ORIGIN.as_str(), &*own.replace("http:", "https:")),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "something-new"),
    ];
    for (name, value) in refused {
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            for path in ["/neo/a", "/livez", "/api/status"] {
                let request = served.request(method.clone(), path).header(name, value);
                let response = request.send().await.unwrap();
                let names = response.headers().keys().map(|name| name.as_str().to_owned());
                assert!(!names.into_iter().any(|name| name.starts_with("access-control-")));
                assert_eq!(response.status(), StatusCode::FORBIDDEN, "{method} {path} {name}: {value}");
            }
        }
    }
    let preflight = served.request(Method::OPTIONS, "/neo/a").header("access-control-request-method", "GET");
    assert_eq!(preflight.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(broker.heads().len(), 0);
    for (name, value) in
        [(ORIGIN.as_str(), &*own), ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "none")]
    {
        let response = served.get("/neo/a").header(name, value).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{name}: {value}");
    }
}

#[tokio::test]
async fn the_pages_cookie_is_good_for_the_page_alone() {
    let (broker, served) = served().await;
    let response = served.http.get(served.url(&format!("/?token={}", served.bearer()))).send().await.unwrap();
    assert_eq!(
        (response.status(), &response.headers()[LOCATION]),
        (StatusCode::SEE_OTHER, &"/".parse().unwrap())
    );
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains(served.bearer()));
    let pair = format!("other=1; {}", cookie.split(';').next().unwrap());
    let with_cookie = |path: &str| served.http.get(served.url(path)).header(COOKIE, &pair);
    for path in ["/", "/api/status", "/events"] {
        assert_eq!(with_cookie(path).send().await.unwrap().status(), StatusCode::OK, "{path}");
    }
    for path in ["/neo/a", "/readyz", "/metrics"] {
        assert_eq!(with_cookie(path).send().await.unwrap().status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    let value = pair.rsplit('=').next().unwrap();
    let as_token = served.http.get(served.url("/neo/a")).bearer_auth(value);
    assert_eq!(as_token.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(broker.heads().len(), 0);
}

#[tokio::test]
async fn nothing_is_served_where_others_could_come_in() {
    let server = |token: bool| {
        let builder = Server::builder().limits(Limits::default());
        if token { builder.token(Token::generate()) } else { builder }.build().unwrap()
    };
    let refused = |server: Server, listener: Listener| async move {
        let error = server.serve(vec![listener], async {}).await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
        error.to_string()
    };
    let everywhere = || Listener::bind(([0, 0, 0, 0], 0).into());
    let loopback = || Listener::bind(([127, 0, 0, 1], 0).into());
    assert!(refused(server(true), everywhere().await.unwrap()).await.contains("needs TLS and a token"));
    let with_tls = everywhere().await.unwrap().self_signed().unwrap();
    assert!(refused(server(false), with_tls).await.contains("needs TLS and a token"));
    assert!(refused(server(false), loopback().await.unwrap()).await.contains("needs a token"));
    let gateway = everywhere().await.unwrap().self_signed().unwrap().gateway("ibkr");
    assert!(refused(server(true), gateway).await.contains("for loopback alone"));
    let nobody = loopback().await.unwrap().gateway("nobody");
    assert!(refused(server(true), nobody).await.contains("no session `nobody`"));
    server(true).serve(vec![loopback().await.unwrap()], async {}).await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_socket_is_for_its_owner_and_needs_no_token() {
    use std::os::unix::fs::PermissionsExt;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::UnixStream,
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    // One that a program has left behind.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let listener = Listener::unix(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let live = Listener::unix(&path).unwrap_err();
    assert_eq!(live.kind(), std::io::ErrorKind::AddrInUse, "{live}");
    let plain = folder.path().join("file");
    std::fs::write(&plain, "").unwrap();
    assert_eq!(Listener::unix(&plain).unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
    let mut served = Served::start(Server::builder(), vec![listener]).await;
    let ask = async |headers: &str| {
        let mut stream = UnixStream::connect(&path).await.unwrap();
        let request = format!("GET /readyz HTTP/1.1\r\nHost: anything\r\nConnection: close\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        crate::support::status(&response)
    };
    assert_eq!(ask("").await, 200);
    assert_eq!(ask("Origin: http://anything\r\n").await, 403);
    served.stopped().await;
    assert!(!path.exists());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn a_socket_that_no_client_could_reach_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    // The longest path of a socket has 107 bytes, or 103 at Apple's systems.
    let long = folder.path().join("s".repeat(108 - folder.path().as_os_str().len()));
    let deep = folder.path().join("d".repeat(150));
    std::fs::create_dir(&deep).unwrap();
    for path in [long, deep.join("s")] {
        let error = Listener::unix(&path).unwrap_err();
        let message = error.to_string();
        assert!(message.starts_with(&format!("cannot listen on `{}`", path.display())), "{message}");
        assert!(message.contains("too long for a socket") && message.contains("Choose"), "{message}");
        assert!(!path.exists());
    }
    let fits = folder.path().join("s".repeat(102 - folder.path().as_os_str().len()));
    drop(Listener::unix(fits).unwrap());
}
