//! What leaves: where to, with which headers, and how its body is framed.

use broker_session::ErrorKind;
use contract_tests::{RawServer, Reaction, once, respond};
use futures::stream;
use http::{HeaderValue, Method, Request};
use reqwest::Body;

use crate::support::{PATH, SID, TOKEN, get, head_of, session_at, session_of, unsent};

/// The values of a header in a head.
fn values<'a>(head: &'a str, wanted: &str) -> Vec<&'a str> {
    let lines = head.split("\r\n\r\n").next().unwrap_or_default().lines().skip(1);
    let fields = lines.filter_map(|line| line.split_once(':'));
    fields.filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim()).collect()
}

#[tokio::test]
async fn path_and_query_arrive_as_they_are() {
    let server = RawServer::start(|_| Reaction::Respond(respond("200 OK", &[], ""))).await;
    let session = session_of(&server);
    let paths = ["/", "/x", "/x/?a=%2F..%2f&b=//c", "/a%20b/c;d=1/e", "/@evil.example/x?"];
    for path in paths {
        session.forward(get(path)).await.unwrap();
    }
    let lines: Vec<String> =
        server.requests().iter().map(|head| head.lines().next().unwrap().to_owned()).collect();
    let expected = paths.map(|path| format!("GET {PATH}{path} HTTP/1.1"));
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn nothing_leaves_for_a_path_that_leaves_the_base_url() {
    let server = RawServer::start(|_| Reaction::Respond(respond("200 OK", &[], ""))).await;
    let session = session_of(&server);
    let absolute = format!("{}{PATH}/x", server.base_url());
    for path in [
        "/..",
        "/x/../../y",
        "/%2e%2e/x",
        "/.%2E/x",
        "/..;/x",
        "/..%2fx",
        "/%252e%252e/x",
        "/x%5c..%5cy",
        "/x\\..\\y",
        "//evil.example/x",
        "/x%0d%0aevil:%201",
        "/x%00",
        "/%",
        "https://evil.example/x",
        "evil.example:443",
        "*",
        &absolute,
    ] {
        let Ok(uri) = path.parse::<http::Uri>() else { panic!("{path} is no URI at all") };
        let request = Request::get(uri).body(Body::default()).unwrap();
        let error = unsent(session.forward(request).await);
        assert_eq!(error.kind(), ErrorKind::Config, "{path}: {error}");
    }
    for method in [Method::TRACE, Method::CONNECT] {
        let request = Request::builder().method(method).uri("/x").body(Body::default()).unwrap();
        assert_eq!(unsent(session.forward(request).await).kind(), ErrorKind::Config);
    }
    assert_eq!(server.requests(), [""; 0]);
}

#[tokio::test]
async fn a_session_that_is_over_sends_nothing() {
    let server =
        RawServer::start(|_| Reaction::Respond(respond("200 OK", &[], r#"{"data":{"stat":"Ok"}}"#))).await;
    let session = session_of(&server);
    if session.logout().await.is_err() {
        panic!("the logout must go well");
    }
    let sent = server.requests().len();
    assert_eq!(unsent(session.forward(get("/x")).await).kind(), ErrorKind::SessionExpired);
    assert_eq!(server.requests().len(), sent);
}

#[tokio::test]
async fn what_is_for_this_side_alone_does_not_arrive() {
    let dropped = [
        ("Connection", "keep-alive, X-Named, close, Content-Language"),
        ("X-Named", "evil"),
        ("Content-Language", "evil"),
        ("Keep-Alive", "evil"),
        ("Proxy-Connection", "evil"),
        ("Proxy-Authorization", "evil"),
        ("TE", "gzip, deflate"),
        ("Trailer", "evil"),
        ("Transfer-Encoding", "evil"),
        ("Upgrade", "h2c"),
        ("HTTP2-Settings", "evil"),
        ("Authorization", "Bearer evil"),
        ("Cookie", "evil=1"),
        ("Forwarded", "for=evil"),
        ("X-Forwarded-For", "evil"),
        ("X-Forwarded-Host", "evil"),
        ("X_Forwarded_Proto", "evil"),
        ("Content_Length", "evil"),
        ("X-Real-IP", "evil"),
        ("X-Original-URL", "/evil"),
        ("X-Rewrite-URL", "/evil"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("Expect", "100-continue"),
        ("Origin", "http://evil.example"),
        ("Referer", "http://evil.example/"),
        ("Host", "evil.example"),
        ("Content-Length", "17"),
    ];
    let head = head_of("GET", &dropped, Body::default()).await;
    assert!(!head.contains("evil"), "{head}");
    // The session has an authorization of its own.
    for (name, _) in dropped.iter().filter(|(name, _)| !["Host", "Authorization"].contains(name)) {
        assert_eq!(values(&head, name), [""; 0], "{name} in {head}");
    }
    assert!(values(&head, "host")[0].starts_with("127.0.0.1:"), "{head}");
}

#[tokio::test]
async fn the_sessions_own_headers_win_in_any_spelling() {
    let own = head_of("GET", &[], Body::default()).await;
    let secret = |head: &str| head.contains(TOKEN) && head.contains(SID);
    assert!(secret(&own), "{own}");
    let names: Vec<String> = own
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .map(|(name, _)| name.to_owned())
        .filter(|name| !["accept", "host", "user-agent", "accept-encoding"].contains(&name.as_str()))
        .collect();
    assert!(names.len() >= 2, "{names:?}");
    for name in names {
        let head = head_of("GET", &[(&name, "evil"), (&name, "evil, too")], Body::default()).await;
        assert!(secret(&head) && !head.contains("evil"), "{head}");
        let head = head_of("GET", &[(&name.replace('-', "_"), "evil")], Body::default()).await;
        assert!(secret(&head) && !head.contains("evil"), "{head}");
    }
}

#[tokio::test]
async fn other_headers_arrive_as_they_are() {
    let headers = [
        ("x-made-up", "one"),
        ("x-made-up", "two"),
        ("accept", "text/csv"),
        ("user-agent", "made-up/1"),
        ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        ("range", "bytes=0-9"),
        ("if-none-match", "\"1\""),
    ];
    let head = head_of("GET", &headers, Body::default()).await;
    for (name, value) in headers {
        assert!(values(&head, name).contains(&value), "{name} in {head}");
    }
    assert_eq!(values(&head, "accept-encoding"), ["identity"]);
    let compressed = [("accept-encoding", "gzip, br"), ("te", "trailers, deflate")];
    let head = head_of("GET", &compressed, Body::default()).await;
    assert_eq!((values(&head, "accept-encoding"), values(&head, "te")), (vec!["identity"], vec!["trailers"]));
    assert_eq!(values(&head, "connection"), ["TE"]);
}

#[tokio::test]
async fn a_body_is_framed_by_what_is_known_of_it() {
    let stream = || Body::wrap_stream(stream::iter(["made", "up"].map(Ok::<_, std::io::Error>)));
    let lie = [("content-length", "3")];
    for (method, headers, body, length, coding) in [
        ("POST", &[][..], Body::from("made up"), &["7"][..], &[][..]),
        ("POST", &lie[..], Body::from("made up"), &["7"], &[]),
        ("POST", &lie[..], Body::default(), &["0"], &[]),
        ("PUT", &[][..], Body::default(), &["0"], &[]),
        ("PATCH", &[][..], Body::default(), &["0"], &[]),
        ("DELETE", &[][..], Body::default(), &[], &[]),
        ("GET", &[][..], Body::default(), &[], &[]),
        ("GET", &lie[..], Body::default(), &[], &[]),
        ("GET", &[][..], Body::from("made up"), &["7"], &[]),
        ("POST", &[][..], Body::wrap(Body::from("made up")), &["7"], &[]),
        ("POST", &lie[..], stream(), &[], &["chunked"]),
        ("GET", &lie[..], stream(), &[], &["chunked"]),
        ("DELETE", &[][..], stream(), &[], &["chunked"]),
    ] {
        let head = head_of(method, headers, body).await;
        assert_eq!(values(&head, "content-length"), length, "{head}");
        assert_eq!(values(&head, "transfer-encoding"), coding, "{head}");
    }
}

#[tokio::test]
async fn headers_that_are_no_utf_8_cause_no_harm() {
    let server = RawServer::start(|_| Reaction::Respond(respond("200 OK", &[], ""))).await;
    let mut request = get("/x");
    for name in ["connection", "cookie", "te", "upgrade", "x-made-up"] {
        request.headers_mut().insert(name, HeaderValue::from_bytes(b"\xff\xfe, x-evil").unwrap());
    }
    request.headers_mut().insert("x-evil", HeaderValue::from_static("evil"));
    session_of(&server).forward(request).await.unwrap();
    let head = server.requests().remove(0);
    assert!(!head.contains("evil") || values(&head, "x-evil").is_empty(), "{head}");
    assert_eq!(values(&head, "x-made-up").len(), 1);
}

#[tokio::test]
async fn without_a_connection_nothing_has_left() {
    let session = session_at(&contract_tests::closed().await, once());
    let request = Request::post("/x").body(Body::from("made up")).unwrap();
    let error = unsent(session.forward(request).await);
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    let server = RawServer::start(|_| Reaction::Reset).await;
    for (request, is_retryable) in
        [(get("/x"), true), (Request::post("/x").body(Body::from("made up")).unwrap(), false)]
    {
        let error = session_of(&server).forward(request).await.unwrap_err();
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Unavailable, false), "{error}");
        assert_eq!(error.is_retryable(), is_retryable, "{error}");
    }
}
