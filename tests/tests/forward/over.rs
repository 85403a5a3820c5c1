//! A response that reports the end of the session is recognised, and passed on unchanged.

use contract_tests::{HTML, JSON, RawServer, Reaction, respond};

use crate::support::{body_of, forwarded, get, session_of};

const OVER: &str = r#"{"stat":"Not_Ok","stCode":100022,"errMsg":"Invalid session token"}"#;

#[tokio::test]
async fn the_end_of_the_session_is_recognised_under_any_status() {
    let long = format!("{}{OVER}", " ".repeat(60_000));
    let too_long = format!("{}{OVER}", " ".repeat(70_000));
    let login = [("location", "/sso/Login")];
    let gzip = [JSON, ("content-encoding", "gzip")];
    for (status, headers, body, is_over) in [
        ("401 Unauthorized", &[JSON][..], "{}", true),
        ("401 Unauthorized", &[HTML], "<html>sorry</html>", true),
        ("401 Unauthorized", &[], "", true),
        ("200 OK", &[JSON], OVER, true),
        ("200 OK", &[("content-type", "APPLICATION/problem+JSON; charset=utf-8")], OVER, true),
        ("200 OK", &[], OVER, true),
        ("200 OK", &[JSON], &format!("\u{feff} {OVER}"), true),
        ("200 OK", &[JSON], &long, true),
        ("400 Bad Request", &[JSON], OVER, true),
        ("500 Oops", &[JSON], OVER, true),
        ("302 Found", &login, "", true),
        ("200 OK", &[JSON], &too_long, false),
        ("200 OK", &[JSON], r#"{"data":[{"stCode":100022}]}"#, false),
        ("200 OK", &[JSON], r#"["100022"]"#, false),
        ("200 OK", &[JSON], "", false),
        ("200 OK", &[HTML], OVER, false),
        ("200 OK", &[("content-type", "text/event-stream")], OVER, false),
        ("200 OK", &gzip, OVER, false),
        ("302 Found", &[("location", "https://evil.example/login")], "", false),
        ("302 Found", &[("location", "/elsewhere")], "", false),
        ("304 Not Modified", &[], "", false),
        ("403 Forbidden", &[JSON], "{}", false),
        ("404 Not Found", &[HTML], "", false),
        ("429 Too Many Requests", &[JSON], "{}", false),
        ("503 Unavailable", &[HTML], "", false),
    ] {
        let forwarded = forwarded(respond(status, headers, body)).await;
        assert_eq!(forwarded.is_session_over, is_over, "{status} {body:.60}");
        let body = if status.starts_with("304") { "" } else { body };
        assert_eq!(
            body_of(forwarded).await.unwrap().trim_start_matches('\u{feff}'),
            body.trim_start_matches('\u{feff}')
        );
    }
}

#[tokio::test]
async fn a_body_in_pieces_is_recognised_too() {
    let (one, other) = OVER.split_at(20);
    let chunk = |piece: &str| format!("{:x}\r\n{piece}\r\n", piece.len());
    let body = [chunk(one), chunk(other)].concat();
    for end in ["0\r\n\r\n", ""] {
        let bytes = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{body}{end}").into_bytes();
        // Without an end it is not waited for.
        let server = RawServer::start(move |_| Reaction::Stall(bytes.clone())).await;
        let forwarded = session_of(&server).forward(get("/x")).await.unwrap();
        assert!(forwarded.is_session_over, "{end:?}");
        let mut response = reqwest::Response::from(forwarded.response);
        let mut seen = Vec::new();
        while seen.len() < OVER.len() {
            seen.extend(response.chunk().await.unwrap().unwrap());
        }
        assert_eq!(seen, OVER.as_bytes());
    }
}
