//! A gateway that talks nonsense for a while: the supervisor survives it, opens nothing on the strength of it,
//! and goes on.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::SeqCst},
};

use contract_tests::{Reaction, respond};

use crate::support::{HOUR, MINUTE, Script, alive, pass, status, tickle};

fn nonsense() -> Vec<(&'static str, Vec<u8>)> {
    let json = |body: &str| respond("200 OK", &[("content-type", "application/json")], body);
    vec![
        ("a list", json("[]")),
        ("a list of lists", json("[[[{}]]]")),
        ("null", json("null")),
        ("a number", json("12345678901234567890123456789")),
        ("a text", json(r#""authenticated""#)),
        ("half of it", json(r#"{"authenticated":true,"connec"#)),
        ("other types", json(r#"{"authenticated":[1],"connected":{"a":1},"iserver":"x","session":7}"#)),
        ("other types further down", json(r#"{"iserver":{"authStatus":[true]},"hmds":5}"#)),
        ("no error", json(r#"{"error":{"code":5}}"#)),
        ("an empty object", json("{}")),
        ("deep", json(&format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)))),
        ("a megabyte", json(&"x".repeat(1 << 20))),
        ("a megabyte of a text", json(&format!(r#"{{"message":"{}"}}"#, "x".repeat(1 << 20)))),
        ("two megabytes", json(&"7".repeat(2 << 20))),
        ("no UTF-8", [json(""), vec![0xff, 0xfe, 0x00]].concat()),
        ("a page", respond("200 OK", &[("content-type", "text/html")], "<html>Welcome</html>")),
        ("an unknown status", respond("299 Whatever", &[], "?")),
        ("a teapot", respond("418 I'm a teapot", &[], "")),
        ("no HTTP", b"\x00\x01\x02 nonsense \r\n\r\n".to_vec()),
        ("half a head", b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()),
        ("nothing", Vec::new()),
        ("a wrong length", b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n{}".to_vec()),
        ("two lengths", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}".to_vec()),
        ("a status of no number", b"HTTP/1.1 abc OK\r\ncontent-length: 2\r\n\r\n{}".to_vec()),
        ("chunks that are none", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".to_vec()),
        ("a redirect to nowhere", respond("302 Found", &[("location", "")], "")),
        ("a redirect in circles", respond("307 Temporary Redirect", &[("location", "/v1/api/tickle")], "")),
    ]
}

#[tokio::test(start_paused = true)]
async fn whatever_all_calls_answer_the_supervisor_survives_it_and_opens_nothing() {
    for (name, bytes) in nonsense() {
        let is_well = Arc::new(AtomicBool::new(false));
        let of_server = is_well.clone();
        let script = Script::start(move |call, _| match (of_server.load(SeqCst), call) {
            (false, _) => Reaction::Answer(bytes.clone()),
            (true, "tickle") => tickle(true, true),
            (true, _) => status(true, true),
        })
        .await;
        let watched = script.supervise();
        pass(10 * MINUTE).await;
        assert!(!watched.names().contains(&"ready"), "{name}: {:?}", watched.names());
        assert!(!watched.names().contains(&"login_required"), "{name}: {:?}", watched.names());
        assert_eq!(script.count("ssodh/init"), 0, "{name}");
        let is_refused = ["a teapot", "no error"].contains(&name);
        let expected = if is_refused { "refused" } else { "offline" };
        assert_eq!(watched.name(), expected, "{name}");
        is_well.store(true, SeqCst);
        watched.until("ready", 2 * MINUTE).await;
        assert_eq!(script.count("ssodh/init"), 0, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_the_opening_answers_it_is_followed_by_a_look_and_pauses() {
    for (name, bytes) in nonsense() {
        let script = Script::start(move |call, _| match call {
            "ssodh/init" => Reaction::Answer(bytes.clone()),
            "tickle" => tickle(false, true),
            "auth/status" => status(false, true),
            _ => alive(),
        })
        .await;
        let watched = script.supervise();
        pass(HOUR).await;
        assert!(!watched.names().contains(&"ready"), "{name}: {:?}", watched.names());
        let inits = script.count("ssodh/init");
        assert!((4..=7).contains(&inits), "{name}: {inits} openings in an hour");
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_a_tickle_answers_a_session_that_is_well_stays_so() {
    for (name, bytes) in nonsense() {
        let script = Script::start(move |call, _| match call {
            "tickle" => Reaction::Answer(bytes.clone()),
            _ => status(true, true),
        })
        .await;
        let watched = script.supervise();
        pass(10 * MINUTE).await;
        assert_eq!(script.count("ssodh/init"), 0, "{name}");
        let names = watched.names();
        assert!(!names.contains(&"login_required") && !names.contains(&"soft_timeout"), "{name}: {names:?}");
    }
}
