//! Opening the brokerage session, and yielding it to others or taking it over.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::SeqCst},
};

use broker_session::ibkr::{Compete, Supervisor};
use broker_session_sandbox::{
    Fault,
    ibkr::{Operation, Violations},
};
use contract_tests::Reaction;
use http::StatusCode;

use super::support::{
    Fixture, HOUR, MINUTE, ObservedSupervisor, SECOND, ScriptedGateway, alive, json, ok, pass, status,
    tickle, timed_out,
};
use crate::support::closed;

#[tokio::test(start_paused = true)]
async fn lost_response_leads_to_no_second_opening() {
    for fault in [
        Fault::reset(),
        Fault::cut_body(),
        Fault::empty(StatusCode::SERVICE_UNAVAILABLE),
        Fault::empty(StatusCode::BAD_GATEWAY),
        Fault::empty(StatusCode::OK),
        Fault::html_page(StatusCode::INTERNAL_SERVER_ERROR),
        Fault::in_success(),
        Fault::status(StatusCode::UNAUTHORIZED),
        Fault::status(StatusCode::INTERNAL_SERVER_ERROR),
    ] {
        let fixture = Fixture::with(closed()).await;
        let label = format!("{fault:?}");
        fixture.sandbox.inject(Operation::IserverAuthSsodhInitPost, fault.applied());
        let watched = fixture.supervise();
        watched.until("ready", 5 * MINUTE).await;
        pass(HOUR).await;
        assert_eq!((watched.name(), fixture.inits()), ("ready", 1), "{label}: {:?}", watched.names());
        assert!(!watched.names().contains(&"login_required"), "{label}: {:?}", watched.names());
        fixture.assert_well_behaved();
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_opening_is_reported_and_repeated() {
    for fault in [
        Fault::status(StatusCode::INTERNAL_SERVER_ERROR),
        Fault::html_page(StatusCode::INTERNAL_SERVER_ERROR),
        Fault::empty(StatusCode::SERVICE_UNAVAILABLE),
        Fault::status(StatusCode::BAD_REQUEST),
        Fault::html_page(StatusCode::FORBIDDEN),
    ] {
        let fixture = Fixture::with(closed()).await;
        let label = format!("{fault:?}");
        fixture.sandbox.inject(Operation::IserverAuthSsodhInitPost, fault);
        let watched = fixture.supervise();
        watched.until("soft_timeout", MINUTE).await;
        pass(30 * SECOND).await;
        let (name, reason) = (watched.name(), watched.supervisor.state().reason().to_owned());
        assert_eq!(name, "soft_timeout", "{label}: {reason}");
        assert!(reason.contains("not available") || reason.contains("refused"), "{label}: {reason}");
        watched.until("ready", 5 * MINUTE).await;
        assert_eq!(fixture.inits(), 2, "{label}");
        fixture.assert_well_behaved();
    }
}

#[tokio::test(start_paused = true)]
async fn opening_waits_for_the_link_to_the_back_end() {
    let fixture = Fixture::with(closed()).await;
    fixture.sandbox.lose_link();
    let watched = fixture.supervise();
    watched.until("soft_timeout", MINUTE).await;
    pass(40 * SECOND).await;
    let state = watched.supervisor.state();
    assert_eq!(state.state().name(), "soft_timeout", "{}", state.reason());
    assert!(state.reason().contains("failed to generate sso dh token"), "{}", state.reason());
    pass(20 * MINUTE).await;
    fixture.sandbox.restore_link();
    watched.until("ready", HOUR).await;
    assert!(fixture.inits() <= 6, "{}", fixture.inits());
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn restored_link_restores_the_session() {
    let (fixture, watched) = Fixture::ready().await;
    fixture.sandbox.lose_link();
    pass(90 * SECOND).await;
    assert_ne!(watched.name(), "ready");
    fixture.sandbox.restore_link();
    watched.until("ready", 2 * MINUTE).await;
    pass(HOUR).await;
    assert_eq!(watched.name(), "ready");
    assert_eq!(fixture.sandbox.violations().inits_on_live_session, 0);
}

/// The response to an opening that has begun.
const LOADING: &str =
    r#"{"passed":true,"authenticated":true,"connected":true,"established":false,"competing":false}"#;

#[tokio::test(start_paused = true)]
async fn opening_counts_only_when_the_status_agrees() {
    let (script, watched) = ScriptedGateway::supervised(|call, _| timed_out(call, || ok(LOADING))).await;
    pass(6 * HOUR).await;
    assert!(!watched.names().contains(&"ready"), "{:?}", watched.names());
    let times = script.times("ssodh/init");
    let gaps: Vec<u64> = times.windows(2).map(|pair| (pair[1] - pair[0]).as_secs()).collect();
    // Six until the wait is at its longest, then one every 24 to 30 minutes.
    assert!((10..=19).contains(&times.len()), "{} openings: {gaps:?}", times.len());
    assert!(gaps.iter().all(|gap| (60..=1830).contains(gap)), "{gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn opened_session_is_polled_until_the_deadline() {
    let script = ScriptedGateway::start(|call, _| timed_out(call, || ok(LOADING))).await;
    let started = tokio::time::Instant::now();
    let builder = Supervisor::builder(script.gateway(), Compete::Yield).recovery_deadline(20 * SECOND);
    let state = tokio::time::timeout(HOUR, builder.run_once()).await.expect("an end").unwrap();
    assert_eq!(state.state().name(), "soft_timeout");
    let took = started.elapsed();
    assert!((18..=22).contains(&took.as_secs()), "{took:?}");
    // One before the opening, and one every two seconds after it.
    assert!((10..=12).contains(&script.count("auth/status")), "{}", script.count("auth/status"));
    assert_eq!(script.count("ssodh/init"), 1);
}

#[tokio::test(start_paused = true)]
async fn outage_during_opening_leads_to_no_second_one() {
    let opened = Arc::new(AtomicBool::new(false));
    let of_server = opened.clone();
    let (script, watched) = ScriptedGateway::supervised(move |call, _| match call {
        "ssodh/init" => {
            // It takes effect; the response and all that comes after it for a while is lost.
            of_server.store(true, SeqCst);
            Reaction::Respond(Vec::new())
        }
        "tickle" => tickle(of_server.load(SeqCst), true),
        "auth/status" => status(of_server.load(SeqCst), true),
        _ => alive(),
    })
    .await;
    watched.until("ready", 5 * MINUTE).await;
    pass(HOUR).await;
    assert_eq!(script.count("ssodh/init"), 1);
    assert!(opened.load(SeqCst));
}

#[tokio::test(start_paused = true)]
async fn existing_session_is_used() {
    let (script, watched) = ScriptedGateway::supervised(|call, before| match (call, before) {
        ("tickle", 0) => tickle(false, true),
        ("tickle", _) => tickle(true, true),
        ("auth/status", 0) => status(false, true),
        ("auth/status", _) => status(true, true),
        ("ssodh/init", _) => ok(r#"{"message":"sso dh already set"}"#),
        _ => alive(),
    })
    .await;
    watched.until("ready", MINUTE).await;
    pass(HOUR).await;
    assert_eq!(script.count("ssodh/init"), 1);
}

#[tokio::test(start_paused = true)]
async fn sign_on_lost_during_opening_requires_login() {
    let (script, watched) = ScriptedGateway::supervised(|call, before| match (call, before) {
        ("tickle", 0) => tickle(false, true),
        ("auth/status", 0) => status(false, true),
        ("ssodh/init", _) => json("410 Gone", ""),
        _ => json("401 Unauthorized", ""),
    })
    .await;
    watched.until("login_required", MINUTE).await;
    pass(HOUR).await;
    assert_eq!((watched.name(), script.count("ssodh/init")), ("login_required", 1));
}

const REASON: &str = "Force compete capability must be used together with compete flag";

#[tokio::test(start_paused = true)]
async fn competing_flag_delays_the_opening() {
    let (fixture, watched) = Fixture::ready().await;
    fixture.sandbox.compete();
    let state = watched.until("competing", 2 * MINUTE).await;
    assert!(state.reason().contains("elsewhere"), "{}", state.reason());
    pass(3 * HOUR).await;
    assert_eq!((watched.name(), fixture.inits()), ("competing", 0));
    fixture.sandbox.stop_competing();
    watched.until("ready", 2 * MINUTE).await;
    let expected = ["connecting", "ready", "competing", "soft_timeout", "ready"];
    assert_eq!(watched.names(), expected);
    assert_eq!(fixture.inits(), 1);
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn hidden_refusal_reason_comes_from_the_status() {
    let (fixture, watched) = Fixture::ready().await;
    fixture.sandbox.compete();
    // Somebody else has asked for the session, which clears the flag and leaves the reason in its place.
    fixture.gateway().open_session(Compete::Yield).await.unwrap_err();
    assert!(!fixture.sandbox.state().competing);
    let state = watched.until("competing", 2 * MINUTE).await;
    assert!(state.reason().contains(REASON), "{}", state.reason());
    assert_eq!(state.status().and_then(|status| status.fail.as_deref()), Some(REASON));
    pass(3 * HOUR).await;
    assert_eq!(watched.name(), "competing");
    assert!(
        watched
            .seen()
            .iter()
            .filter(|seen| seen.name == "competing")
            .all(|seen| seen.reason.contains(REASON))
    );
    assert_eq!(fixture.sandbox.violations().inits_with_compete, 0, "nobody has allowed it");
    assert!(
        (4..=13).contains(&fixture.inits()),
        "it is tried again, but less and less often: {}",
        fixture.inits()
    );
    fixture.sandbox.stop_competing();
    watched.until("ready", HOUR).await;
    assert_eq!(fixture.sandbox.violations(), Violations::default());
}

#[tokio::test(start_paused = true)]
async fn who_may_take_over_does_so_once() {
    let (fixture, watched) = Fixture::ready_to(Compete::TakeOver).await;
    fixture.sandbox.compete();
    watched.until("competing", 2 * MINUTE).await;
    watched.until("ready", MINUTE).await;
    pass(10 * MINUTE).await;
    assert_eq!(watched.names(), ["connecting", "ready", "competing", "ready"]);
    let bodies = fixture.sandbox.calls_to(Operation::IserverAuthSsodhInitPost);
    assert_eq!(bodies.len(), 1);
    assert!(String::from_utf8_lossy(&bodies[0].body).contains(r#""compete":true"#));
    assert_eq!(fixture.sandbox.violations(), Violations { inits_with_compete: 1, ..Violations::default() });
}

#[tokio::test(start_paused = true)]
async fn take_over_does_not_fight_for_the_session() {
    let (fixture, _watched) = Fixture::ready_to(Compete::TakeOver).await;
    // A person on the phone takes it back whenever it is taken from them.
    for _ in 0..6 * 60 {
        fixture.sandbox.compete();
        pass(MINUTE).await;
    }
    let inits = fixture.inits();
    assert!((4..=20).contains(&inits), "{inits} openings in six hours");
    assert_eq!(fixture.sandbox.violations().hurried_inits, 0);
}

#[tokio::test(start_paused = true)]
async fn take_over_reopens_a_timed_out_session_gently() {
    let (fixture, watched) = Fixture::ready_to(Compete::TakeOver).await;
    fixture.sandbox.soft_time_out();
    watched.until("soft_timeout", 2 * MINUTE).await;
    watched.until("ready", MINUTE).await;
    assert_eq!(fixture.inits(), 1);
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn authenticated_competing_session_is_kept() {
    let both = r#"{"authenticated":true,"connected":true,"competing":true}"#;
    for compete in [Compete::Yield, Compete::TakeOver] {
        let script = ScriptedGateway::start(move |call, _| match call {
            "tickle" => ok(&format!(r#"{{"iserver":{{"authStatus":{both}}}}}"#)),
            _ => ok(both),
        })
        .await;
        let watched = ObservedSupervisor::start(script.gateway(), compete);
        pass(HOUR).await;
        assert_eq!(watched.names(), ["connecting", "competing"]);
        assert_eq!(script.count("ssodh/init"), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn refusal_without_reason_is_neither_success_nor_competing() {
    let (script, watched) = ScriptedGateway::supervised(|call, _| {
        timed_out(call, || ok(r#"{"passed":false,"authenticated":false,"connected":true,"competing":false}"#))
    })
    .await;
    pass(30 * MINUTE).await;
    assert_eq!(watched.name(), "soft_timeout");
    assert!(!watched.names().contains(&"competing") && !watched.names().contains(&"ready"));
    let reason = watched.supervisor.state().reason().to_owned();
    assert!(reason.contains("timed out"), "{reason}");
    assert!((3..=6).contains(&script.count("ssodh/init")), "{}", script.count("ssodh/init"));
}

#[tokio::test(start_paused = true)]
async fn hidden_refusal_does_not_stop_a_take_over() {
    let fixture = Fixture::open().await;
    fixture.sandbox.compete();
    fixture.gateway().open_session(Compete::Yield).await.unwrap_err();
    pass(2 * MINUTE).await;
    let watched = ObservedSupervisor::start(fixture.gateway(), Compete::TakeOver);
    watched.until("ready", 5 * MINUTE).await;
    pass(HOUR).await;
    assert_eq!((watched.name(), fixture.sandbox.violations().inits_with_compete), ("ready", 1));
    assert_eq!(fixture.sandbox.violations().inits_on_live_session, 0);
}

#[tokio::test(start_paused = true)]
async fn take_over_pauses_after_a_refusal() {
    let fixture = Fixture::open().await;
    fixture.sandbox.compete();
    fixture.gateway().open_session(Compete::Yield).await.unwrap_err();
    pass(2 * MINUTE).await;
    let watched = ObservedSupervisor::start(fixture.gateway(), Compete::TakeOver);
    watched.until("ready", 5 * MINUTE).await;
    assert_eq!(fixture.sandbox.violations().hurried_inits, 0, "two within a minute");
}
