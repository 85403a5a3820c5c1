//! The opening itself goes wrong: its answer is lost, or says what is not so.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::SeqCst},
};

use broker_session::ibkr::{Compete, Supervisor};
use broker_session_sandbox::{Fault, ibkr::Operation};
use contract_tests::Reaction;
use http::StatusCode;

use crate::support::{HOUR, MINUTE, SECOND, Scene, Script, alive, closed, json, ok, pass, status, tickle};

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_after_it_took_effect_leads_to_no_second_opening() {
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
        let scene = Scene::with(closed()).await;
        let label = format!("{fault:?}");
        scene.sandbox.inject(Operation::IserverAuthSsodhInitPost, fault.applied());
        let watched = scene.supervise();
        watched.until("ready", 5 * MINUTE).await;
        pass(HOUR).await;
        assert_eq!((watched.name(), scene.inits()), ("ready", 1), "{label}: {:?}", watched.names());
        assert!(!watched.names().contains(&"login_required"), "{label}: {:?}", watched.names());
        scene.assert_well_behaved();
    }
}

#[tokio::test(start_paused = true)]
async fn an_opening_that_fails_is_no_opening_and_says_so() {
    for fault in [
        Fault::status(StatusCode::INTERNAL_SERVER_ERROR),
        Fault::html_page(StatusCode::INTERNAL_SERVER_ERROR),
        Fault::empty(StatusCode::SERVICE_UNAVAILABLE),
        Fault::status(StatusCode::BAD_REQUEST),
        Fault::html_page(StatusCode::FORBIDDEN),
    ] {
        let scene = Scene::with(closed()).await;
        let label = format!("{fault:?}");
        scene.sandbox.inject(Operation::IserverAuthSsodhInitPost, fault);
        let watched = scene.supervise();
        watched.until("soft_timeout", MINUTE).await;
        pass(30 * SECOND).await;
        let (name, why) = (watched.name(), watched.supervisor.state().why().to_owned());
        assert_eq!(name, "soft_timeout", "{label}: {why}");
        assert!(why.contains("not available") || why.contains("refused"), "{label}: {why}");
        watched.until("ready", 5 * MINUTE).await;
        assert_eq!(scene.inits(), 2, "{label}");
        scene.assert_well_behaved();
    }
}

#[tokio::test(start_paused = true)]
async fn an_opening_without_a_link_to_the_back_end_says_so_and_is_tried_again_when_there_is_one() {
    let scene = Scene::with(closed()).await;
    scene.sandbox.lose_link();
    let watched = scene.supervise();
    watched.until("soft_timeout", MINUTE).await;
    pass(40 * SECOND).await;
    let state = watched.supervisor.state();
    assert_eq!(state.state().name(), "soft_timeout", "{}", state.why());
    assert!(state.why().contains("failed to generate sso dh token"), "{}", state.why());
    pass(20 * MINUTE).await;
    scene.sandbox.restore_link();
    watched.until("ready", HOUR).await;
    assert!(scene.inits() <= 6, "{}", scene.inits());
    scene.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_link_that_comes_back_by_itself_brings_the_session_back() {
    let scene = Scene::open().await;
    let watched = scene.supervise();
    watched.until("ready", MINUTE).await;
    scene.sandbox.lose_link();
    pass(90 * SECOND).await;
    assert_ne!(watched.name(), "ready");
    scene.sandbox.restore_link();
    watched.until("ready", 2 * MINUTE).await;
    pass(HOUR).await;
    assert_eq!(watched.name(), "ready");
    assert_eq!(scene.sandbox.etiquette().inits_on_live_session, 0);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_says_yes_is_not_believed_before_the_status_does() {
    let script = Script::start(|call, _| match call {
        "tickle" => tickle(false, true),
        "auth/status" => status(false, true),
        "ssodh/init" => ok(
            r#"{"passed":true,"authenticated":true,"connected":true,"established":false,"competing":false}"#,
        ),
        _ => alive(),
    })
    .await;
    let watched = script.supervise();
    pass(6 * HOUR).await;
    assert!(!watched.names().contains(&"ready"), "{:?}", watched.names());
    let times = script.times("ssodh/init");
    let gaps: Vec<u64> = times.windows(2).map(|pair| (pair[1] - pair[0]).as_secs()).collect();
    assert!((10..=18).contains(&times.len()), "{} openings: {gaps:?}", times.len());
    assert!(gaps.iter().all(|gap| (60..=1830).contains(gap)), "{gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn an_opened_session_is_looked_at_until_the_deadline_and_no_longer() {
    let script = Script::start(|call, _| match call {
        "tickle" => tickle(false, true),
        "auth/status" => status(false, true),
        "ssodh/init" => ok(r#"{"passed":true,"authenticated":true,"connected":true,"established":false}"#),
        _ => alive(),
    })
    .await;
    let started = tokio::time::Instant::now();
    let builder = Supervisor::builder(script.gateway(), Compete::Yield).recovery_deadline(20 * SECOND);
    let state = tokio::time::timeout(HOUR, builder.once()).await.expect("an end").unwrap();
    assert_eq!(state.state().name(), "soft_timeout");
    let took = started.elapsed();
    assert!((18..=22).contains(&took.as_secs()), "{took:?}");
    // One before the opening, and one every two seconds after it.
    assert!((10..=12).contains(&script.count("auth/status")), "{}", script.count("auth/status"));
    assert_eq!(script.count("ssodh/init"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_network_that_breaks_in_the_middle_of_an_opening_does_not_lead_to_another_one() {
    let opened = Arc::new(AtomicBool::new(false));
    let of_server = opened.clone();
    let script = Script::start(move |call, _| match call {
        "ssodh/init" => {
            // It takes effect; the answer and all that comes after it for a while is lost.
            of_server.store(true, SeqCst);
            Reaction::Answer(Vec::new())
        }
        "tickle" => tickle(of_server.load(SeqCst), true),
        "auth/status" => status(of_server.load(SeqCst), true),
        _ => alive(),
    })
    .await;
    let watched = script.supervise();
    watched.until("ready", 5 * MINUTE).await;
    pass(HOUR).await;
    assert_eq!(script.count("ssodh/init"), 1);
    assert!(opened.load(SeqCst));
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_already_there_is_as_good_as_one_that_was_opened() {
    let script = Script::start(|call, before| match (call, before) {
        ("tickle", 0) => tickle(false, true),
        ("tickle", _) => tickle(true, true),
        ("auth/status", 0) => status(false, true),
        ("auth/status", _) => status(true, true),
        ("ssodh/init", _) => ok(r#"{"message":"sso dh already set"}"#),
        _ => alive(),
    })
    .await;
    let watched = script.supervise();
    watched.until("ready", MINUTE).await;
    pass(HOUR).await;
    assert_eq!(script.count("ssodh/init"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_sign_on_that_ends_during_the_opening_calls_for_a_person() {
    let script = Script::start(|call, before| match (call, before) {
        ("tickle", 0) => tickle(false, true),
        ("auth/status", 0) => status(false, true),
        ("ssodh/init", _) => json("410 Gone", ""),
        _ => json("401 Unauthorized", ""),
    })
    .await;
    let watched = script.supervise();
    watched.until("login_required", MINUTE).await;
    pass(HOUR).await;
    assert_eq!((watched.name(), script.count("ssodh/init")), ("login_required", 1));
}
