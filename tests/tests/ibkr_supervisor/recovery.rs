//! Every way in which a brokerage session decays while the single sign-on lives: it is opened again, once, and
//! the state says what happened.

use broker_session_sandbox::{Fault, ibkr::Operation};
use http::StatusCode;

use crate::support::{MINUTE, SECOND, Scene, Script, alive, closed, json, ok, pass, status, tickle};

/// Waits until the session is well, and checks that it was opened this often and nothing else was done.
async fn recovers(scene: &Scene, inits: usize) -> Vec<&'static str> {
    let watched = scene.supervise();
    watched.until("ready", 2 * MINUTE).await;
    pass(5 * MINUTE).await;
    assert_eq!(watched.name(), "ready");
    assert_eq!(scene.inits(), inits);
    scene.assert_well_behaved();
    watched.names()
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_well_is_tickled_and_left_alone() {
    let scene = Scene::open().await;
    let watched = scene.supervise();
    pass(60 * MINUTE + SECOND).await;
    assert_eq!(watched.names(), ["connecting", "ready"]);
    assert_eq!(scene.sandbox.call_count(Operation::TicklePost), 61);
    assert_eq!(scene.sandbox.calls().len(), 61, "nothing else is called");
    scene.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_session_that_nobody_has_opened_is_opened() {
    let scene = Scene::with(closed()).await;
    assert_eq!(recovers(&scene, 1).await, ["connecting", "soft_timeout", "ready"]);
    assert_eq!(scene.validations(), 0, "connected says enough");
}

#[tokio::test(start_paused = true)]
async fn the_older_base_will_do() {
    let scene = Scene::with(closed()).await;
    let network = std::sync::Arc::new(contract_tests::Held::new());
    let gateway = crate::support::gateway(scene.sandbox.older_base_url(), &network);
    let watched = crate::support::Watched::start(gateway, broker_session::ibkr::Compete::Yield);
    watched.until("ready", MINUTE).await;
    assert_eq!(scene.inits(), 1);
    scene.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_soft_time_out_is_cured_by_one_opening() {
    let scene = Scene::open().await;
    let watched = scene.supervise();
    watched.until("ready", MINUTE).await;
    for _ in 0..3 {
        scene.sandbox.soft_time_out();
        let state = watched.until("soft_timeout", 2 * MINUTE).await;
        assert!(state.why().contains("timed out"), "{}", state.why());
        watched.until("ready", MINUTE).await;
        // Long enough to be healthy again.
        pass(15 * MINUTE).await;
    }
    assert_eq!(scene.inits(), 3);
    assert_eq!(scene.validations(), 0);
    scene.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_session_that_takes_a_while_to_be_established_is_waited_for() {
    let scene = Scene::with(closed().establish_after(20 * SECOND)).await;
    let watched = scene.supervise();
    watched.until("ready", MINUTE).await;
    assert_eq!(watched.names(), ["connecting", "soft_timeout", "ready"]);
    assert_eq!(scene.inits(), 1);
    scene.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_lost_brokerage_session_is_told_from_a_lost_sign_on() {
    let scene = Scene::open().await;
    let watched = scene.supervise();
    watched.until("ready", MINUTE).await;
    scene.sandbox.lose_brokerage_session();
    let state = watched.until("soft_timeout", 2 * MINUTE).await;
    assert!(state.why().contains("not authenticated"), "{}", state.why());
    assert!(state.why().contains("single sign-on is alive"), "{}", state.why());
    watched.until("ready", MINUTE).await;
    assert_eq!((scene.inits(), scene.validations()), (1, 1));
    scene.assert_well_behaved();
}

/// A gateway whose brokerage session decays in some way, until it is opened again.
async fn decays(play: impl Fn(&str) -> contract_tests::Reaction + Send + Sync + 'static) -> Script {
    let opened = std::sync::atomic::AtomicBool::new(false);
    Script::start(move |call, _| {
        use std::sync::atomic::Ordering::SeqCst;
        match call {
            "ssodh/init" => {
                opened.store(true, SeqCst);
                status(true, true)
            }
            "sso/validate" => alive(),
            "tickle" if opened.load(SeqCst) => tickle(true, true),
            "auth/status" if opened.load(SeqCst) => status(true, true),
            call => play(call),
        }
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn every_sign_of_decay_leads_to_one_look_at_the_sign_on_and_one_opening() {
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
        let script = decays(move |_| json(code, body)).await;
        let watched = script.supervise();
        watched.until("ready", MINUTE).await;
        pass(5 * MINUTE).await;
        assert_eq!(watched.names(), ["connecting", "soft_timeout", "ready"], "{code} {body}");
        assert_eq!((script.count("ssodh/init"), script.count("sso/validate")), (1, 1), "{code} {body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_redirect_to_the_login_page_is_not_believed_before_the_sign_on_was_asked() {
    let location = [("location", "/sso/Login?forwardTo=22")];
    let answer = contract_tests::respond("302 Found", &location, "");
    let script = decays(move |_| contract_tests::Reaction::Answer(answer.clone())).await;
    let watched = script.supervise();
    watched.until("ready", MINUTE).await;
    assert!(!watched.names().contains(&"login_required"), "{:?}", watched.names());
    assert_eq!((script.count("ssodh/init"), script.count("sso/validate")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_tickle_that_could_not_be_processed_is_not_the_end_of_a_session() {
    let scene = Scene::open().await;
    let failed = || {
        let body = r#"{"error":"failed to process request"}"#;
        Fault::raw(http::Response::builder().header("content-type", "application/json").body(body).unwrap())
    };
    scene.sandbox.inject_times(Operation::TicklePost, 5, failed());
    assert_eq!(recovers(&scene, 0).await, ["connecting", "ready"]);
    assert!(scene.sandbox.call_count(Operation::IserverAuthStatusPost) >= 5, "the status is asked instead");
}

#[tokio::test(start_paused = true)]
async fn odd_answers_to_a_tickle_say_nothing_of_the_session() {
    for fault in [
        Fault::status(StatusCode::BAD_REQUEST),
        Fault::empty(StatusCode::NOT_FOUND),
        Fault::html_page(StatusCode::FORBIDDEN),
        Fault::html_page(StatusCode::OK),
        Fault::empty(StatusCode::OK),
        Fault::empty(StatusCode::NO_CONTENT),
        Fault::cut_body(),
    ] {
        let scene = Scene::open().await;
        let label = format!("{fault:?}");
        scene.sandbox.inject_always(Operation::TicklePost, fault);
        assert_eq!(recovers(&scene, 0).await, ["connecting", "ready"], "{label}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_older_gateway_that_tickles_without_a_word_is_asked_for_its_status() {
    let script = Script::start(|call, before| match call {
        "tickle" => contract_tests::Reaction::Answer(contract_tests::respond("200 OK", &[], "")),
        "auth/status" => status(!(5..7).contains(&before), true),
        "ssodh/init" => status(true, true),
        _ => ok("{}"),
    })
    .await;
    let watched = script.supervise();
    pass(10 * MINUTE).await;
    assert_eq!(watched.names(), ["connecting", "ready", "soft_timeout", "ready"]);
    assert_eq!(script.count("ssodh/init"), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_opened_while_it_is_not_told_how_the_session_is_after_the_look_at_the_sign_on() {
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
    // A person signs in while the supervisor asks, and the answers after that get lost for a while.
    let asked = AtomicBool::new(false);
    let script = Script::start(move |call, before| match call {
        "sso/validate" => {
            asked.store(true, SeqCst);
            alive()
        }
        "tickle" if asked.load(SeqCst) => tickle(true, true),
        "auth/status" if asked.load(SeqCst) && before < 4 => contract_tests::Reaction::Reset,
        "auth/status" if asked.load(SeqCst) => status(true, true),
        _ => json("401 Unauthorized", r#"{"error":"not authenticated","statusCode":401}"#),
    })
    .await;
    let watched = script.supervise();
    watched.until("ready", 5 * MINUTE).await;
    pass(5 * MINUTE).await;
    assert_eq!((script.count("sso/validate"), script.count("ssodh/init")), (1, 0));
    assert_eq!(watched.names(), ["connecting", "offline", "ready"]);
}
