//! The more often a session had to be opened, the longer the next opening waits: hours of trying once a minute
//! made gateways refuse fresh logins.

use broker_session_sandbox::{Fault, ibkr::Operation};
use http::StatusCode;
use tokio::time::Instant;

use crate::support::{HOUR, MINUTE, SECOND, Scene, Script, alive, closed, json, ok, pass, status, tickle};

/// The pauses between moments, in seconds.
fn gaps(times: &[Instant]) -> Vec<u64> {
    times.windows(2).map(|pair| (pair[1] - pair[0]).as_secs()).collect()
}

#[tokio::test(start_paused = true)]
async fn the_pauses_grow_from_a_minute_to_half_an_hour() {
    let script = Script::start(|call, _| match call {
        "tickle" => tickle(false, true),
        "auth/status" => status(false, true),
        "ssodh/init" => json("500 Internal Server Error", r#"{"error":"failed to generate sso dh token"}"#),
        _ => alive(),
    })
    .await;
    let watched = script.supervise();
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
    let mut all = std::collections::BTreeSet::new();
    for _ in 0..4 {
        let script = Script::start(|call, _| match call {
            "tickle" => tickle(false, true),
            "auth/status" => status(false, true),
            _ => json("500 Internal Server Error", ""),
        })
        .await;
        let _watched = script.supervise();
        pass(2 * HOUR).await;
        all.insert(gaps(&script.times("ssodh/init")));
    }
    assert!(all.len() > 1, "{all:?}");
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_flaps_is_not_opened_once_a_minute() {
    let scene = Scene::with(closed()).await;
    let watched = scene.supervise();
    // Every opening works, and the session times out again a moment later.
    for _ in 0..6 * 60 * 2 {
        pass(30 * SECOND).await;
        scene.sandbox.soft_time_out();
    }
    let inits = scene.inits();
    assert!((10..=18).contains(&inits), "{inits} openings in six hours");
    assert!(watched.names().contains(&"ready"));
    scene.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_session_that_was_well_for_a_while_is_opened_at_once() {
    let scene = Scene::open().await;
    let watched = scene.supervise();
    for _ in 0..10 {
        watched.until("ready", 2 * MINUTE).await;
        // Much shorter than the longest pause.
        pass(15 * MINUTE).await;
        scene.sandbox.soft_time_out();
        watched.until("soft_timeout", 2 * MINUTE).await;
        watched.until("ready", 10 * SECOND).await;
    }
    assert_eq!(scene.inits(), 10);
    scene.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_sign_on_that_only_seems_to_come_back_does_not_defeat_the_pauses() {
    // Every other minute the sign-on is alive, and no opening ever works.
    let script = Script::start(|call, before| match call {
        "sso/validate" if before % 2 == 0 => ok(r#"{"RESULT":false}"#),
        "sso/validate" => alive(),
        "ssodh/init" => json("500 Internal Server Error", r#"{"error":"failed to generate sso dh token"}"#),
        _ => json("401 Unauthorized", ""),
    })
    .await;
    let watched = script.supervise();
    pass(6 * HOUR).await;
    let inits = script.count("ssodh/init");
    // At most what the pauses allow, and one every ten minutes for a login that might be new.
    assert!((2..=54).contains(&inits), "{inits} openings in six hours");
    let gaps = gaps(&script.times("ssodh/init"));
    assert!(gaps.iter().all(|gap| *gap >= 60), "{gaps:?}");
    assert!(watched.names().contains(&"login_required"));
}

#[tokio::test(start_paused = true)]
async fn the_sandbox_finds_nothing_to_object_to_in_six_hours_of_failures() {
    for fault in [
        Fault::status(StatusCode::INTERNAL_SERVER_ERROR),
        Fault::empty(StatusCode::SERVICE_UNAVAILABLE),
        Fault::reset(),
        Fault::cut_body(),
    ] {
        let scene = Scene::with(closed()).await;
        let label = format!("{fault:?}");
        scene.sandbox.inject_always(Operation::IserverAuthSsodhInitPost, fault);
        let _watched = scene.supervise();
        pass(6 * HOUR).await;
        assert!((10..=18).contains(&scene.inits()), "{label}: {}", scene.inits());
        scene.assert_well_behaved();
    }
}
