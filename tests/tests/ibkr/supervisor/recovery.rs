//! Recovery after each decay, how often it is tried, and unreadable responses.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use broker_session::ibkr::Compete;
use broker_session_sandbox::{
    Fault,
    ibkr::{Operation, Sandbox},
};
use contract_tests::{PausedClock, Reaction, respond};
use http::StatusCode;
use tokio::time::Instant;

use super::support::{
    Fixture, HOUR, MINUTE, ObservedSupervisor, SECOND, ScriptedGateway, alive, gateway, json, ok, pass,
    status, tickle, timed_out,
};
use crate::support::closed;

/// Waits until the session is well, and checks that it was opened this often and nothing else was done.
async fn recovers(fixture: &Fixture, inits: usize) -> Vec<&'static str> {
    let watched = fixture.supervise();
    watched.until("ready", 2 * MINUTE).await;
    pass(5 * MINUTE).await;
    assert_eq!(watched.name(), "ready");
    assert_eq!(fixture.inits(), inits);
    fixture.assert_well_behaved();
    watched.names()
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_well_is_tickled_and_left_alone() {
    let (fixture, watched) = Fixture::supervised(Sandbox::builder()).await;
    pass(60 * MINUTE + SECOND).await;
    assert_eq!(watched.names(), ["connecting", "ready"]);
    assert_eq!(fixture.sandbox.call_count(Operation::TicklePost), 61);
    assert_eq!(fixture.sandbox.calls().len(), 61, "nothing else is called");
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_closed_session_is_opened() {
    let fixture = Fixture::with(closed()).await;
    assert_eq!(recovers(&fixture, 1).await, ["connecting", "soft_timeout", "ready"]);
    assert_eq!(fixture.validations(), 0, "`connected` is enough");
}

#[tokio::test(start_paused = true)]
async fn the_older_base_will_do() {
    let fixture = Fixture::with(closed()).await;
    let gateway = gateway(fixture.sandbox.older_base_url(), &Arc::new(PausedClock::new()));
    let watched = ObservedSupervisor::start(gateway, Compete::Yield);
    watched.until("ready", MINUTE).await;
    assert_eq!(fixture.inits(), 1);
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_soft_time_out_is_cured_by_one_opening() {
    let (fixture, watched) = Fixture::ready().await;
    for _ in 0..3 {
        fixture.sandbox.soft_time_out();
        let state = watched.until("soft_timeout", 2 * MINUTE).await;
        assert!(state.reason().contains("timed out"), "{}", state.reason());
        watched.until("ready", MINUTE).await;
        // Long enough to be healthy again.
        pass(15 * MINUTE).await;
    }
    assert_eq!(fixture.inits(), 3);
    assert_eq!(fixture.validations(), 0);
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn slow_establishing_session_is_waited_for() {
    let (fixture, watched) = Fixture::supervised(closed().establish_after(20 * SECOND)).await;
    watched.until("ready", MINUTE).await;
    assert_eq!(watched.names(), ["connecting", "soft_timeout", "ready"]);
    assert_eq!(fixture.inits(), 1);
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn lost_session_differs_from_lost_sign_on() {
    let (fixture, watched) = Fixture::ready().await;
    fixture.sandbox.lose_brokerage_session();
    let state = watched.until("soft_timeout", 2 * MINUTE).await;
    assert!(state.reason().contains("not authenticated"), "{}", state.reason());
    assert!(state.reason().contains("single sign-on is alive"), "{}", state.reason());
    watched.until("ready", MINUTE).await;
    assert_eq!((fixture.inits(), fixture.validations()), (1, 1));
    fixture.assert_well_behaved();
}

/// A gateway whose brokerage session decays in some way, until it is opened again.
async fn decays(reaction: Reaction) -> (ScriptedGateway, ObservedSupervisor) {
    let opened = AtomicBool::new(false);
    let (script, watched) = ScriptedGateway::supervised(move |call, _| match call {
        "ssodh/init" => {
            opened.store(true, SeqCst);
            status(true, true)
        }
        "sso/validate" => alive(),
        "tickle" if opened.load(SeqCst) => tickle(true, true),
        "auth/status" if opened.load(SeqCst) => status(true, true),
        _ => reaction.clone(),
    })
    .await;
    watched.until("ready", MINUTE).await;
    (script, watched)
}

#[tokio::test(start_paused = true)]
async fn decay_leads_to_one_validation_and_one_opening() {
    const SIGNS: [(&str, &str); 8] = [
        ("200 OK", r#"{"error":"no session"}"#),
        ("200 OK", r#"{"error":"not authenticated"}"#),
        ("200 OK", r#"{"authenticated":false,"connected":false,"competing":false,"MAC":"00"}"#),
        ("500 Internal Server Error", r#"{"error":"Please query /accounts first"}"#),
        ("401 Unauthorized", r#"{"error":"not authenticated","statusCode":401}"#),
        ("401 Unauthorized", ""),
        ("401 Unauthorized", "<html><h1>Unauthorized</h1></html>"),
        ("400 Bad Request", r#"{"error":"Init session first","statusCode":400}"#),
    ];
    for (code, body) in SIGNS {
        let (script, watched) = decays(json(code, body)).await;
        pass(5 * MINUTE).await;
        assert_eq!(watched.names(), ["connecting", "soft_timeout", "ready"], "{code} {body}");
        assert_eq!((script.count("ssodh/init"), script.count("sso/validate")), (1, 1), "{code} {body}");
    }
}

#[tokio::test(start_paused = true)]
async fn login_redirect_is_checked_by_validation() {
    let location = [("location", "/sso/Login?forwardTo=22")];
    let (script, watched) = decays(Reaction::Respond(respond("302 Found", &location, ""))).await;
    assert!(!watched.names().contains(&"login_required"), "{:?}", watched.names());
    assert_eq!((script.count("ssodh/init"), script.count("sso/validate")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn failed_tickle_does_not_end_the_session() {
    let fixture = Fixture::open().await;
    let failed = || {
        let body = r#"{"error":"failed to process request"}"#;
        Fault::raw(http::Response::builder().header("content-type", "application/json").body(body).unwrap())
    };
    fixture.sandbox.inject_times(Operation::TicklePost, 5, failed());
    assert_eq!(recovers(&fixture, 0).await, ["connecting", "ready"]);
    assert!(fixture.sandbox.call_count(Operation::IserverAuthStatusPost) >= 5, "the status is asked instead");
}

#[tokio::test(start_paused = true)]
async fn odd_responses_to_a_tickle_decide_nothing() {
    for fault in [
        Fault::status(StatusCode::BAD_REQUEST),
        Fault::empty(StatusCode::NOT_FOUND),
        Fault::html_page(StatusCode::FORBIDDEN),
        Fault::html_page(StatusCode::OK),
        Fault::empty(StatusCode::OK),
        Fault::empty(StatusCode::NO_CONTENT),
        Fault::cut_body(),
    ] {
        let fixture = Fixture::open().await;
        let label = format!("{fault:?}");
        fixture.sandbox.inject_always(Operation::TicklePost, fault);
        assert_eq!(recovers(&fixture, 0).await, ["connecting", "ready"], "{label}");
    }
}

#[tokio::test(start_paused = true)]
async fn silent_tickle_is_followed_by_status() {
    let (script, watched) = ScriptedGateway::supervised(|call, before| match call {
        "tickle" => Reaction::Respond(respond("200 OK", &[], "")),
        "auth/status" => status(!(5..7).contains(&before), true),
        "ssodh/init" => status(true, true),
        _ => ok("{}"),
    })
    .await;
    pass(10 * MINUTE).await;
    assert_eq!(watched.names(), ["connecting", "ready", "soft_timeout", "ready"]);
    assert_eq!(script.count("ssodh/init"), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_opened_while_the_status_is_unknown() {
    // A person signs in while the supervisor asks, and the responses after that get lost for a while.
    let asked = AtomicBool::new(false);
    let (script, watched) = ScriptedGateway::supervised(move |call, before| match call {
        "sso/validate" => {
            asked.store(true, SeqCst);
            alive()
        }
        "tickle" if asked.load(SeqCst) => tickle(true, true),
        "auth/status" if asked.load(SeqCst) && before < 4 => Reaction::Reset,
        "auth/status" if asked.load(SeqCst) => status(true, true),
        _ => json("401 Unauthorized", r#"{"error":"not authenticated","statusCode":401}"#),
    })
    .await;
    watched.until("ready", 5 * MINUTE).await;
    pass(5 * MINUTE).await;
    assert_eq!((script.count("sso/validate"), script.count("ssodh/init")), (1, 0));
    assert_eq!(watched.names(), ["connecting", "offline", "ready"]);
}

/// The pauses between moments, in seconds.
fn gaps(times: &[Instant]) -> Vec<u64> {
    times.windows(2).map(|pair| (pair[1] - pair[0]).as_secs()).collect()
}

#[tokio::test(start_paused = true)]
async fn the_pauses_grow_from_a_minute_to_half_an_hour() {
    let (script, watched) = ScriptedGateway::supervised(|call, _| {
        timed_out(call, || {
            json("500 Internal Server Error", r#"{"error":"failed to generate sso dh token"}"#)
        })
    })
    .await;
    pass(6 * HOUR).await;
    let gaps = gaps(&script.times("ssodh/init"));
    // 1, 2, 4, 8, 16 and then 30 minutes, each up to a fifth shorter; a round may be up to a minute late.
    let expected = [60, 120, 240, 480, 960].into_iter().chain(std::iter::repeat(1800));
    for (gap, longest) in gaps.iter().zip(expected) {
        let shortest = (longest * 4 / 5).max(60);
        assert!((shortest..=longest + 60).contains(gap), "{gap} s in place of {longest} s: {gaps:?}");
    }
    // Without the growth there would be 360.
    assert!((14..=18).contains(&(gaps.len() + 1)), "{} openings: {gaps:?}", gaps.len() + 1);
    assert_eq!(watched.name(), "soft_timeout");
}

#[tokio::test(start_paused = true)]
async fn the_pauses_are_not_the_same_for_everybody() {
    let mut all = BTreeSet::new();
    for _ in 0..4 {
        let (script, _watched) =
            ScriptedGateway::supervised(|call, _| timed_out(call, || json("500 Internal Server Error", "")))
                .await;
        pass(2 * HOUR).await;
        all.insert(gaps(&script.times("ssodh/init")));
    }
    assert!(all.len() > 1, "{all:?}");
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_flaps_is_not_opened_once_a_minute() {
    let (fixture, watched) = Fixture::supervised(closed()).await;
    // Every opening works, and the session times out again a moment later.
    for _ in 0..6 * 60 * 2 {
        pass(30 * SECOND).await;
        fixture.sandbox.soft_time_out();
    }
    let inits = fixture.inits();
    assert!((10..=18).contains(&inits), "{inits} openings in six hours");
    assert!(watched.names().contains(&"ready"));
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn healthy_period_resets_the_pauses() {
    let (fixture, watched) = Fixture::supervised(Sandbox::builder()).await;
    for _ in 0..10 {
        watched.until("ready", 2 * MINUTE).await;
        // Much shorter than the longest pause.
        pass(15 * MINUTE).await;
        fixture.sandbox.soft_time_out();
        watched.until("soft_timeout", 2 * MINUTE).await;
        watched.until("ready", 10 * SECOND).await;
    }
    assert_eq!(fixture.inits(), 10);
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn flapping_sign_on_keeps_the_pauses() {
    // Every other minute the sign-on is alive, and no opening ever works.
    let (script, watched) = ScriptedGateway::supervised(|call, before| match call {
        "sso/validate" if before % 2 == 0 => ok(r#"{"RESULT":false}"#),
        "sso/validate" => alive(),
        "ssodh/init" => json("500 Internal Server Error", r#"{"error":"failed to generate sso dh token"}"#),
        _ => json("401 Unauthorized", ""),
    })
    .await;
    pass(6 * HOUR).await;
    let inits = script.count("ssodh/init");
    // At most what the pauses allow, and one every ten minutes for a login that might be new.
    assert!((2..=54).contains(&inits), "{inits} openings in six hours");
    let gaps = gaps(&script.times("ssodh/init"));
    assert!(gaps.iter().all(|gap| *gap >= 60), "{gaps:?}");
    assert!(watched.names().contains(&"login_required"));
}

#[tokio::test(start_paused = true)]
async fn six_hours_of_failures_break_no_rule() {
    for fault in [
        Fault::status(StatusCode::INTERNAL_SERVER_ERROR),
        Fault::empty(StatusCode::SERVICE_UNAVAILABLE),
        Fault::reset(),
        Fault::cut_body(),
    ] {
        let fixture = Fixture::with(closed()).await;
        let label = format!("{fault:?}");
        fixture.sandbox.inject_always(Operation::IserverAuthSsodhInitPost, fault);
        let _watched = fixture.supervise();
        pass(6 * HOUR).await;
        assert!((10..=18).contains(&fixture.inits()), "{label}: {}", fixture.inits());
        fixture.assert_well_behaved();
    }
}

fn nonsense() -> Vec<(&'static str, Vec<u8>)> {
    let json = |body: &str| respond("200 OK", &[("content-type", "application/json")], body);
    vec![
        ("a list", json("[]")),
        ("a list of lists", json("[[[{}]]]")),
        ("null", json("null")),
        ("a number", json("12345678901234567890123456789")),
        ("a string", json(r#""authenticated""#)),
        ("half of it", json(r#"{"authenticated":true,"connec"#)),
        ("other types", json(r#"{"authenticated":[1],"connected":{"a":1},"iserver":"x","session":7}"#)),
        ("other types further down", json(r#"{"iserver":{"authStatus":[true]},"hmds":5}"#)),
        ("no error", json(r#"{"error":{"code":5}}"#)),
        ("an empty object", json("{}")),
        ("deep", json(&format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)))),
        ("a megabyte", json(&"x".repeat(1 << 20))),
        ("a megabyte in a string", json(&format!(r#"{{"message":"{}"}}"#, "x".repeat(1 << 20)))),
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
async fn garbage_everywhere_opens_nothing() {
    for (name, bytes) in nonsense() {
        let is_well = Arc::new(AtomicBool::new(false));
        let of_server = is_well.clone();
        let (script, watched) =
            ScriptedGateway::supervised(move |call, _| match (of_server.load(SeqCst), call) {
                (false, _) => Reaction::Respond(bytes.clone()),
                (true, "tickle") => tickle(true, true),
                (true, _) => status(true, true),
            })
            .await;
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
async fn garbage_from_opening_is_followed_by_status_and_pauses() {
    for (name, bytes) in nonsense() {
        let (script, watched) =
            ScriptedGateway::supervised(move |call, _| timed_out(call, || Reaction::Respond(bytes.clone())))
                .await;
        pass(HOUR).await;
        assert!(!watched.names().contains(&"ready"), "{name}: {:?}", watched.names());
        let inits = script.count("ssodh/init");
        assert!((4..=7).contains(&inits), "{name}: {inits} openings in an hour");
    }
}

#[tokio::test(start_paused = true)]
async fn garbage_from_tickle_keeps_a_healthy_session() {
    for (name, bytes) in nonsense() {
        let (script, watched) = ScriptedGateway::supervised(move |call, _| match call {
            "tickle" => Reaction::Respond(bytes.clone()),
            _ => status(true, true),
        })
        .await;
        pass(10 * MINUTE).await;
        assert_eq!(script.count("ssodh/init"), 0, "{name}");
        let names = watched.names();
        assert!(!names.contains(&"login_required") && !names.contains(&"soft_timeout"), "{name}: {names:?}");
    }
}
