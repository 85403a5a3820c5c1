//! What comes back: status, headers and redirects, without what is not to be passed on.

use broker_session::ErrorKind;
use contract_tests::{RawServer, Reaction, respond};
use http::{Request, header};
use reqwest::Body;

use crate::support::{PATH, SID, TOKEN, body_of, forwarded, get, session_of};

#[tokio::test]
async fn any_status_comes_through_with_its_body() {
    for status in
        ["200 OK", "201 Created", "400 Bad Request", "418 Teapot", "429 Too Many", "500 Oops", "599 Odd"]
    {
        let forwarded = forwarded(respond(status, &[("x-made-up", "1")], "a body of any kind")).await;
        assert_eq!(forwarded.response.status().as_str(), &status[..3]);
        assert_eq!(forwarded.response.headers()["x-made-up"], "1");
        assert_eq!(body_of(forwarded).await.unwrap(), "a body of any kind");
    }
}

#[tokio::test]
async fn what_is_for_this_side_alone_is_dropped() {
    let dropped = [
        ("connection", "x-named"),
        ("x-named", "evil"),
        ("keep-alive", "timeout=5"),
        ("proxy-connection", "evil"),
        ("proxy-authenticate", "Basic"),
        ("te", "evil"),
        ("trailer", "evil"),
        ("upgrade", "h2c"),
        ("set-cookie", "made=up; Path=/"),
        ("set-cookie2", "made=up"),
        ("alt-svc", "h3=\":443\""),
        ("strict-transport-security", "max-age=1"),
        ("refresh", "0; url=http://evil.example/"),
        ("access-control-allow-origin", "*"),
        ("access-control-allow-credentials", "true"),
    ];
    let forwarded = forwarded(respond("200 OK", &dropped, "x")).await;
    let names: Vec<&str> = forwarded.response.headers().keys().map(|name| name.as_str()).collect();
    assert_eq!(names, ["content-length"]);
}

#[tokio::test]
async fn a_header_that_repeats_a_secret_is_dropped() {
    let bearer = format!("Bearer {TOKEN}");
    let upper = SID.to_uppercase();
    let base64 = "bWFkZS11cC1zZXNzaW9uLXRva2Vu";
    let dropped = [("x-token", TOKEN), ("x-bearer", &bearer), ("x-sid", &upper), ("x-base64", base64)];
    let kept = [("x-kept", "made-up"), ("etag", "\"1\"")];
    let forwarded = forwarded(respond("200 OK", &[&dropped[..], &kept].concat(), "")).await;
    let headers = forwarded.response.headers();
    for (name, _) in dropped {
        assert!(!headers.contains_key(name), "{name}");
    }
    for (name, value) in kept {
        assert_eq!(headers[name], value);
    }
}

#[tokio::test]
async fn a_reason_phrase_that_repeats_a_secret_is_not_passed_on() {
    let forwarded = forwarded(respond(&format!("403 No {TOKEN}"), &[], "")).await;
    assert!(forwarded.response.extensions().is_empty(), "{:?}", forwarded.response.extensions());
    assert!(!format!("{forwarded:?}").contains(TOKEN));
}

#[tokio::test]
async fn only_a_redirect_below_the_base_url_keeps_its_location() {
    let own = RawServer::start(|request: &str| {
        let host = request.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
        let location = format!("http://{host}{PATH}/x?y=%2f#z");
        Reaction::Respond(respond("302 Found", &[("location", &location)], ""))
    })
    .await;
    let response = session_of(&own).forward(get("/a/b")).await.unwrap().response;
    assert_eq!(response.headers()[header::LOCATION], "/x?y=%2f#z");
    for (status, location, expected) in [
        ("302 Found", "c", Some("/a/c")),
        ("301 Moved", "../x", Some("/x")),
        ("307 Same", "/made/up/x?y", Some("/x?y")),
        ("201 Created", "/made/up/orders/1", Some("/orders/1")),
        ("302 Found", "../../x", None),
        ("302 Found", "/made/upper", None),
        ("302 Found", "/made/up//evil.example", None),
        ("302 Found", "https://evil.example/made/up/x", None),
        ("302 Found", "//evil.example/made/up/x", None),
        ("302 Found", "/sso/Login", None),
        ("201 Created", "https://evil.example/", None),
        ("302 Found", "/made/up/x?token=made-up-session-token", None),
        ("302 Found", "javascript:alert(1)", None),
    ] {
        let forwarded = forwarded(respond(status, &[("location", location)], "")).await;
        let headers = forwarded.response.headers();
        let found = headers.get(header::LOCATION).map(|value| value.to_str().unwrap());
        assert_eq!(found, expected, "{location}");
    }
}

#[tokio::test]
async fn of_two_framings_only_the_real_one_is_passed_on() {
    let both =
        b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n";
    let server = RawServer::start(|_| Reaction::Respond(both.to_vec())).await;
    // Refused or repaired, but not passed on as it is.
    if let Ok(forwarded) = session_of(&server).forward(get("/x")).await {
        let headers = forwarded.response.headers().clone();
        assert!(!headers.contains_key("content-length") && !headers.contains_key("transfer-encoding"));
        assert_eq!(body_of(forwarded).await.unwrap(), "ab");
    }
}

#[tokio::test]
async fn a_response_to_head_keeps_the_length_of_what_would_come() {
    let server = RawServer::start(|_| {
        Reaction::Respond(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\nconnection: close\r\n\r\n".to_vec())
    })
    .await;
    let request = Request::head("/x").body(Body::default()).unwrap();
    let forwarded = session_of(&server).forward(request).await.unwrap();
    assert_eq!(forwarded.response.headers()["content-length"], "99");
    assert_eq!(body_of(forwarded).await.unwrap(), "");
}

#[tokio::test]
async fn a_protocol_that_was_not_asked_for_is_an_error() {
    let server = RawServer::start(|_| {
        let head = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
        Reaction::Stall(head.into())
    })
    .await;
    let error = session_of(&server).forward(get("/x")).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Protocol | ErrorKind::Unavailable), "{error}");
    assert!(!error.is_unsent());
}
