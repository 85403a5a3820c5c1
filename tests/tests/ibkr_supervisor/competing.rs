//! A session that the same user has elsewhere: it is left alone unless the caller allowed it to be thrown out.

use broker_session::ibkr::Compete;
use broker_session_sandbox::ibkr::{Etiquette, Operation};

use crate::support::{HOUR, MINUTE, Scene, Script, Watched, ok, pass, status, tickle};

const REASON: &str = "Force compete capability must be used together with compete flag";

#[tokio::test(start_paused = true)]
async fn while_the_flag_is_set_nothing_is_opened_and_afterwards_once() {
    let scene = Scene::open().await;
    let watched = scene.supervise();
    watched.until("ready", MINUTE).await;
    scene.sandbox.compete();
    let state = watched.until("competing", 2 * MINUTE).await;
    assert!(state.why().contains("elsewhere"), "{}", state.why());
    pass(3 * HOUR).await;
    assert_eq!((watched.name(), scene.inits()), ("competing", 0));
    scene.sandbox.stop_competing();
    watched.until("ready", 2 * MINUTE).await;
    let expected = ["connecting", "ready", "competing", "soft_timeout", "ready"];
    assert_eq!(watched.names(), expected);
    assert_eq!(scene.inits(), 1);
    scene.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_hides_its_reason_is_understood_from_the_status() {
    let scene = Scene::open().await;
    let watched = scene.supervise();
    watched.until("ready", MINUTE).await;
    scene.sandbox.compete();
    // Somebody else has asked for the session, which clears the flag and leaves the reason in its place.
    scene.gateway().init(Compete::Yield).await.unwrap_err();
    assert!(!scene.sandbox.state().competing);
    let state = watched.until("competing", 2 * MINUTE).await;
    assert!(state.why().contains(REASON), "{}", state.why());
    assert_eq!(state.status().and_then(|status| status.fail.as_deref()), Some(REASON));
    pass(3 * HOUR).await;
    assert_eq!(watched.name(), "competing");
    assert!(
        watched.seen().iter().filter(|seen| seen.name == "competing").all(|seen| seen.why.contains(REASON))
    );
    assert_eq!(scene.sandbox.etiquette().inits_with_compete, 0, "nobody has allowed it");
    assert!(
        (4..=13).contains(&scene.inits()),
        "it is tried again, but less and less often: {}",
        scene.inits()
    );
    scene.sandbox.stop_competing();
    watched.until("ready", HOUR).await;
    assert_eq!(scene.sandbox.etiquette(), Etiquette::default());
}

#[tokio::test(start_paused = true)]
async fn who_may_take_over_does_so_once() {
    let scene = Scene::open().await;
    let watched = Watched::start(scene.gateway(), Compete::TakeOver);
    watched.until("ready", MINUTE).await;
    scene.sandbox.compete();
    watched.until("competing", 2 * MINUTE).await;
    watched.until("ready", MINUTE).await;
    pass(10 * MINUTE).await;
    assert_eq!(watched.names(), ["connecting", "ready", "competing", "ready"]);
    let bodies = scene.sandbox.calls_to(Operation::IserverAuthSsodhInitPost);
    assert_eq!(bodies.len(), 1);
    assert!(String::from_utf8_lossy(&bodies[0].body).contains(r#""compete":true"#));
    assert_eq!(scene.sandbox.etiquette(), Etiquette { inits_with_compete: 1, ..Etiquette::default() });
}

#[tokio::test(start_paused = true)]
async fn who_may_take_over_does_not_fight_for_the_session_all_day() {
    let scene = Scene::open().await;
    let watched = Watched::start(scene.gateway(), Compete::TakeOver);
    watched.until("ready", MINUTE).await;
    // A person on the phone takes it back whenever it is taken from them.
    for _ in 0..6 * 60 {
        scene.sandbox.compete();
        pass(MINUTE).await;
    }
    let inits = scene.inits();
    assert!((4..=20).contains(&inits), "{inits} openings in six hours");
    assert_eq!(scene.sandbox.etiquette().hurried_inits, 0);
}

#[tokio::test(start_paused = true)]
async fn who_may_take_over_opens_a_session_that_timed_out_without_throwing_anybody_out() {
    let scene = Scene::open().await;
    let watched = Watched::start(scene.gateway(), Compete::TakeOver);
    watched.until("ready", MINUTE).await;
    scene.sandbox.soft_time_out();
    watched.until("soft_timeout", 2 * MINUTE).await;
    watched.until("ready", MINUTE).await;
    assert_eq!(scene.inits(), 1);
    scene.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_authenticated_and_competing_is_not_torn_down() {
    let both = r#"{"authenticated":true,"connected":true,"competing":true}"#;
    for compete in [Compete::Yield, Compete::TakeOver] {
        let script = Script::start(move |call, _| match call {
            "tickle" => ok(&format!(r#"{{"iserver":{{"authStatus":{both}}}}}"#)),
            _ => ok(both),
        })
        .await;
        let watched = Watched::start(script.gateway(), compete);
        pass(HOUR).await;
        assert_eq!(watched.names(), ["connecting", "competing"]);
        assert_eq!(script.count("ssodh/init"), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_without_any_reason_is_no_success_and_no_competing_session() {
    let script = Script::start(|call, _| match call {
        "tickle" => tickle(false, true),
        "auth/status" => status(false, true),
        _ => ok(r#"{"passed":false,"authenticated":false,"connected":true,"competing":false}"#),
    })
    .await;
    let watched = script.supervise();
    pass(30 * MINUTE).await;
    assert_eq!(watched.name(), "soft_timeout");
    assert!(!watched.names().contains(&"competing") && !watched.names().contains(&"ready"));
    let why = watched.supervisor.state().why().to_owned();
    assert!(why.contains("timed out"), "{why}");
    assert!((3..=6).contains(&script.count("ssodh/init")), "{}", script.count("ssodh/init"));
}

#[tokio::test(start_paused = true)]
async fn who_may_take_over_is_not_stopped_by_a_refusal_that_hides_its_reason() {
    let scene = Scene::open().await;
    scene.sandbox.compete();
    scene.gateway().init(Compete::Yield).await.unwrap_err();
    pass(2 * MINUTE).await;
    let watched = Watched::start(scene.gateway(), Compete::TakeOver);
    watched.until("ready", 5 * MINUTE).await;
    pass(HOUR).await;
    assert_eq!((watched.name(), scene.sandbox.etiquette().inits_with_compete), ("ready", 1));
    assert_eq!(scene.sandbox.etiquette().inits_on_live_session, 0);
}

#[tokio::test(start_paused = true)]
async fn who_may_take_over_does_not_hurry_from_a_refusal_to_the_next_opening() {
    let scene = Scene::open().await;
    scene.sandbox.compete();
    scene.gateway().init(Compete::Yield).await.unwrap_err();
    pass(2 * MINUTE).await;
    let watched = Watched::start(scene.gateway(), Compete::TakeOver);
    watched.until("ready", 5 * MINUTE).await;
    assert_eq!(scene.sandbox.etiquette().hurried_inits, 0, "two within a minute");
}
