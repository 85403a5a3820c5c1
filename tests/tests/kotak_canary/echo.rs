//! A broker that says back whatever it was sent, in every form that a failure can take.

use std::sync::{Mutex, PoisonError};

use base64::{Engine, engine::general_purpose::STANDARD};
use broker_session::{
    Connection, Deadlines, Error, RetryPolicy,
    kotak::{Client, Credentials, Grant, TokenKind},
};
use contract_tests::{Raw, Reaction, Watch, canary, respond};
use serde_json::json;

const JSON: (&str, &str) = ("content-type", "application/json");

/// What the echoing broker answers, made of everything that it was sent, the last request first.
type Answer = fn(&str) -> Vec<u8>;

/// Every form of a failure.
const ANSWERS: [(&str, Answer); 19] = [
    ("a fault", |said| fault("401 Unauthorized", said)),
    ("a fault with 403", |said| fault("403 Forbidden", said)),
    ("a fault with 500", |said| fault("500 Internal Server Error", said)),
    ("a fault with 200", |said| fault("200 OK", said)),
    ("a flat fault", |said| {
        json("400 Bad Request", json!({ "code": said, "message": said, "description": said }))
    }),
    ("a flat fault with 200", |said| json("200 OK", json!({ "code": said, "message": said }))),
    ("an OAuth error", |said| json("400 Bad Request", json!({ "error": said, "error_description": said }))),
    ("another shape", |said| {
        json("400 Bad Request", json!({ "errors": [{ "errorCode": said, "errMsg": said }] }))
    }),
    ("another shape with 200", |said| json("200 OK", json!({ "Success": said }))),
    ("a text", |said| json("503 Service Unavailable", json!(said))),
    ("a page", |said| respond("503 Service Unavailable", &[("content-type", "text/html")], said)),
    ("a page with 200", |said| respond("200 OK", &[("content-type", "text/html")], said)),
    ("a page with an unknown status", |said| respond("418 I'm a teapot", &[], said)),
    ("a message as an empty init", |said| {
        json("200 OK", json!({ "Success": { "message": said, "status": "Closed" } }))
    }),
    ("a redirect", |said| {
        let location = format!("https://evil.example/?{}", said.replace(['\r', '\n', ' '], "+"));
        respond("302 Found", &[("location", &location), ("set-cookie", &location)], said)
    }),
    ("a host", |said| {
        let host = format!("https://evil.example/?{said}");
        json(
            "200 OK",
            json!({ "Success": { "oneTimeToken": "made-up", "status": "Success", "redirect": { "host": host } } }),
        )
    }),
    ("a short host", |said| {
        let host = said.split("password\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or(said);
        let host = format!("{host}@evil.example");
        json(
            "200 OK",
            json!({ "Success": { "oneTimeToken": "made-up", "status": "Success", "redirect": { "host": host } } }),
        )
    }),
    ("a cut body", |said| {
        format!("HTTP/1.1 400 Bad Request\r\ncontent-length: 99999\r\n\r\n{said}").into_bytes()
    }),
    ("no HTTP", |said| format!("{said}\r\n\r\n").into_bytes()),
];

fn fault(status: &str, said: &str) -> Vec<u8> {
    json(status, json!({ "fault": { "code": said, "message": said, "description": said } }))
}

fn json(status: &str, body: serde_json::Value) -> Vec<u8> {
    respond(status, &[JSON], &body.to_string())
}

/// The ways to the calls that fail, by what stands in their paths.
const TARGETS: [&str; 9] = [
    "/init",
    "/login/",
    "GET /2FA/accesscode",
    "POST /2FA/accesscode",
    "/oneTimeToken",
    "/mpin",
    "/biometric",
    "/logout",
    "/token",
];

pub(crate) async fn everything_goes_wrong(watch: &mut Watch) {
    let pair = format!("{}:{}", canary("consumer-key"), canary("consumer-secret"));
    watch.also(STANDARD.encode(pair));
    let mut failures = 0;
    for target in TARGETS {
        for (name, answer) in ANSWERS {
            if let Some(error) = meet(target, answer).await {
                watch.error(&format!("{name} to {target}"), &error);
                failures += 1;
            }
        }
        // A text that is cut to its length must not be cut in the middle of a secret and then look like none.
        for cut in [176, 184, 188, 192, 196] {
            for status in ["401 Unauthorized", "200 OK", "503 Service Unavailable"] {
                let answer = move |said: &str| {
                    let secret = said.find("CANARY").map_or("", |start| &said[start..]);
                    let padded = format!("{}{secret}", "x".repeat(cut));
                    fault(status, &padded)
                };
                let error = meet(target, answer).await.expect("a fault");
                watch.error(&format!("{status}, cut at {cut}, to {target}"), &error);
            }
        }
    }
    assert!(failures > 140, "only {failures} calls failed");
}

/// Goes as far as the broker lets one; what it says to the target is what the caller is told.
async fn meet(
    target: &'static str,
    answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static,
) -> Option<Error> {
    // A broker remembers: what was sent earlier in the sign-in comes back, too.
    let all = Mutex::new(String::new());
    let server = Raw::start(move |request| {
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert_str(0, request);
        let (method, path) = match target.split_once(' ') {
            Some((method, path)) => (method, path),
            None => ("", target),
        };
        let line = request.lines().next().unwrap_or_default();
        match line.starts_with(method) && line.contains(path) {
            true => Reaction::Answer(answer(&all)),
            false => Reaction::Answer(goes_well(line)),
        }
    });
    let server = server.await;
    let credentials = Credentials::new("S4MPL3", canary("consumer-key"))
        .access_token(canary("access-token"))
        .consumer_secret(canary("consumer-secret"));
    let client = Client::builder()
        .credentials(credentials)
        .base_url(server.base_url())
        .connection(Connection::new().retry(RetryPolicy::NEVER).deadlines(Deadlines::default()))
        .build()
        .expect("settings that fit");
    // Some of the answers are no failure of some of the calls.
    drive(&client, target).await.err()
}

async fn drive(client: &Client, target: &str) -> Result<(), Error> {
    let secret = |name: &str| canary(name).into();
    if target == "/token" {
        // With characters that look different in a form.
        let password = format!("{} & more+", canary("password")).into();
        client.token(Grant::Password { username: "S4MPL3".into(), password }).await?;
        return client.revoke(&secret("access-token"), TokenKind::Access).await;
    }
    // With characters that look different in JSON.
    let password = format!("{}\"\\\u{e9}", canary("password")).into();
    let pending = client.login(&password).await?;
    match target {
        "GET /2FA/accesscode" => pending.request_access_code().await.map(drop),
        "POST /2FA/accesscode" => pending.access_code(&secret("code")).await.map(drop),
        "/mpin" => pending.mpin(&secret("mpin")).await.map(drop),
        "/biometric" => pending.biometric(&secret("biometric")).await.map(drop),
        "/oneTimeToken" => pending.one_time_token().await.map(drop),
        _ => pending.one_time_token().await?.logout().await,
    }
}

fn goes_well(line: &str) -> Vec<u8> {
    let body = match line {
        _ if line.contains("/init") => json!({ "Success": { "status": "Success" } }),
        _ if line.contains("/login/") => json!({ "Success": { "oneTimeToken": canary("one-time-token") } }),
        _ => json!({ "success": { "sessionToken": canary("session-token") } }),
    };
    json("200 OK", body)
}
