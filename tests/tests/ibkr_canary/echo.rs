//! A gateway that says back whatever it was sent and whatever it has said before, in every form that an answer
//! can take.

use std::sync::{Mutex, PoisonError};

use broker_session::ibkr::{Compete, Gateway, Supervisor};
use contract_tests::{Raw, Reaction, Watch, canary, respond};
use serde_json::json;

use crate::broker::{TARGETS, answer, builder, drive, goes_well};

/// What the echoing gateway answers, made of everything that it was sent.
type Answer = fn(&str) -> Vec<u8>;

/// Every form of an answer with words in it.
const ANSWERS: [(&str, Answer); 17] = [
    ("an error with 200", |said| answer("200 OK", &json!({ "error": said }))),
    ("an error with 400", |said| answer("400 Bad Request", &json!({ "error": said, "statusCode": 400 }))),
    ("an error with 401", |said| answer("401 Unauthorized", &json!({ "error": said, "statusCode": 401 }))),
    ("an error with 500", |said| answer("500 Internal Server Error", &json!({ "error": said }))),
    ("a problem", |said| answer("401 Unauthorized", &json!({ "title": said, "detail": said }))),
    ("a refusal", |said| answer("200 OK", &json!({ "passed": false, "authenticated": false, "fail": said }))),
    ("a competing session", |said| {
        let compete = format!("compete {said}");
        answer("200 OK", &json!({ "authenticated": false, "connected": true, "fail": compete }))
    }),
    ("a ready session with words", |said| {
        let status = json!({ "authenticated": true, "connected": true, "message": said, "prompts": [said],
            "serverInfo": { "serverName": said }, "hardware_info": said, "fail": said });
        answer(
            "200 OK",
            &json!({ "authenticated": true, "connected": true, "message": said, "fail": said,
            "hmds": { "error": said }, "iserver": { "authStatus": status } }),
        )
    }),
    ("another shape", |said| answer("200 OK", &json!([said]))),
    ("a text", |said| answer("503 Service Unavailable", &json!(said))),
    ("a page", |said| respond("403 Forbidden", &[("content-type", "text/html")], said)),
    ("a page with 200", |said| respond("200 OK", &[("content-type", "text/html")], said)),
    ("a page with an unknown status", |said| respond("418 I'm a teapot", &[], said)),
    ("a redirect", |said| {
        let location = format!("https://evil.example/?{}", said.replace(['\r', '\n', ' '], "+"));
        respond("302 Found", &[("location", &location), ("set-cookie", &location)], said)
    }),
    ("a redirect to a login page", |said| {
        let location = format!("/sso/Login?{}", said.replace(['\r', '\n', ' '], "+"));
        respond("302 Found", &[("location", &location), ("set-cookie", &location)], said)
    }),
    ("a cut body", |said| {
        format!("HTTP/1.1 400 Bad Request\r\ncontent-length: 99999\r\n\r\n{said}").into_bytes()
    }),
    ("no HTTP", |said| format!("{said}\r\n\r\n").into_bytes()),
];

/// What an answer quotes first; the rest may be cut.
#[derive(Clone, Copy, Debug)]
enum First {
    /// What the gateway was sent.
    Sent,
    /// What the gateway has said before.
    Said,
}

pub(crate) async fn everything_goes_wrong(watch: &mut Watch) {
    let mut failures = 0;
    for (first, target) in
        [First::Sent, First::Said].into_iter().flat_map(|first| TARGETS.map(|target| (first, target)))
    {
        for (name, answer) in ANSWERS {
            let label = format!("{name} to {target}, {first:?} first");
            let (_server, gateway) = meet(target, answer, first).await;
            if let Err(error) = drive(&gateway, target).await {
                watch.error(&label, &error);
                failures += 1;
            }
            if let Ok(state) = gateway.look().await {
                watch.debug(&label, &state);
                watch.text(&label, state.why());
            }
            let (_server, gateway) = meet(target, answer, first).await;
            let state =
                Supervisor::builder(gateway, Compete::Yield).once().await.expect("a period that fits");
            watch.debug(&label, &state);
            watch.text(&label, state.why());
        }
    }
    assert!(failures > 120, "only {failures} calls failed");
}

/// A gateway that has told its secrets already, where it may be asked once more, and from now on gives this
/// answer to the target.
async fn meet(target: &'static str, answer: Answer, first: First) -> (Raw, Gateway) {
    let sent = Mutex::new(String::new());
    let server = Raw::start(move |request| {
        let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.insert_str(0, request);
        // What it has said to this target it never said: then it is nobody's secret yet.
        let learnt = ["/tickle", "/sso/validate"].into_iter().filter(|learnt| *learnt != target);
        let said: Vec<String> =
            learnt.map(|learnt| canary(if learnt == "/tickle" { "session" } else { "token" })).collect();
        let all = match first {
            First::Sent => format!("{sent} {}", said.join(" ")),
            First::Said => format!("{} {sent}", said.join(" ")),
        };
        let line = request.lines().next().unwrap_or_default();
        match line.contains(target) {
            true => Reaction::Answer(answer(&all)),
            false => Reaction::Answer(goes_well(line)),
        }
    });
    let server = server.await;
    let gateway = builder(&server).build().expect("settings that fit");
    for learnt in ["/tickle", "/sso/validate"] {
        if learnt != target {
            drive(&gateway, learnt).await.expect("an answer that goes well");
        }
    }
    (server, gateway)
}
