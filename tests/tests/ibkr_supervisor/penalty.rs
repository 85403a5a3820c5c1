//! After a 429 nothing is sent until the penalty has passed.

use std::sync::Arc;

use broker_session::{
    ErrorKind,
    ibkr::{Compete, State},
};
use broker_session_sandbox::{
    Fault,
    ibkr::{Etiquette, Operation, Sandbox},
};
use contract_tests::Held;
use http::{HeaderValue, StatusCode, header::RETRY_AFTER};
use tokio::time::Instant;

use crate::support::{MINUTE, SECOND, Scene, Script, closed, gateway, json, ok, pass, status, tickle};

#[tokio::test(start_paused = true)]
async fn a_penalty_is_waited_out_in_silence() {
    let scene = Scene::open().await;
    let watched = scene.supervise();
    watched.until("ready", MINUTE).await;
    scene.sandbox.penalise();
    let state = watched.until("penalised", 2 * MINUTE).await;
    let State::Penalised { until } = *state.state() else { panic!("{state:?}") };
    let left = until - Instant::now();
    assert!((895..=900).contains(&left.as_secs()), "{left:?}");
    let before = scene.sandbox.calls().len();
    tokio::time::sleep_until(until - SECOND).await;
    assert_eq!(scene.sandbox.calls().len(), before, "nothing is sent for a quarter of an hour");
    assert_eq!(watched.name(), "penalised");
    watched.until("ready", 2 * MINUTE).await;
    let names = watched.names();
    assert_eq!(names.first_chunk(), Some(&["connecting", "ready", "penalised"]), "{names:?}");
    assert_eq!(scene.inits(), 1, "the session has timed out meanwhile");
    scene.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_longer_time_that_the_gateway_asks_for_is_kept_and_a_shorter_one_is_not_believed() {
    for (asked, seconds) in [(None, 900), (Some("60"), 900), (Some("3600"), 3600)] {
        let scene = Scene::open().await;
        let watched = scene.supervise();
        watched.until("ready", MINUTE).await;
        let fault = Fault::status(StatusCode::TOO_MANY_REQUESTS);
        let fault = asked
            .into_iter()
            .fold(fault, |fault, asked| fault.header(RETRY_AFTER, HeaderValue::from_static(asked)));
        scene.sandbox.inject(Operation::TicklePost, fault);
        let state = watched.until("penalised", 2 * MINUTE).await;
        let State::Penalised { until } = *state.state() else { panic!("{state:?}") };
        let left = (until - Instant::now()).as_secs();
        assert!((seconds - 2..=seconds).contains(&left), "{asked:?}: {left}");
        let before = scene.sandbox.calls().len();
        tokio::time::sleep_until(until - SECOND).await;
        assert_eq!(scene.sandbox.calls().len(), before, "{asked:?}");
        watched.until("ready", 2 * MINUTE).await;
        scene.assert_well_behaved();
    }
}

#[tokio::test(start_paused = true)]
async fn any_call_may_bring_the_penalty() {
    for operation in
        [Operation::IserverAuthStatusPost, Operation::IserverAuthSsodhInitPost, Operation::SsoValidateGet]
    {
        let scene = Scene::with(closed()).await;
        if operation == Operation::SsoValidateGet {
            scene.sandbox.lose_brokerage_session();
        }
        scene.sandbox.inject(operation, Fault::status(StatusCode::TOO_MANY_REQUESTS));
        let watched = scene.supervise();
        watched.until("penalised", MINUTE).await;
        let before = scene.sandbox.calls().len();
        pass(14 * MINUTE + 55 * SECOND).await;
        assert_eq!((watched.name(), scene.sandbox.calls().len()), ("penalised", before), "{operation:?}");
        watched.until("ready", 5 * MINUTE).await;
        scene.assert_well_behaved();
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_whose_reason_runs_into_the_penalty_is_a_penalty() {
    let script = Script::start(|call, before| match (call, before) {
        ("tickle", 0) => tickle(false, true),
        ("auth/status", 0) => status(false, true),
        ("auth/status", 1) => json("429 Too Many Requests", ""),
        ("ssodh/init", 0) => ok(r#"{"passed":false,"authenticated":false,"connected":true}"#),
        ("tickle", _) => tickle(true, true),
        _ => status(true, true),
    })
    .await;
    let watched = script.supervise();
    watched.until("penalised", MINUTE).await;
    let before = script.server.requests().len();
    pass(14 * MINUTE + 55 * SECOND).await;
    assert_eq!(script.server.requests().len(), before);
    watched.until("ready", 2 * MINUTE).await;
}

#[tokio::test(start_paused = true)]
async fn who_looks_during_the_penalty_is_told_and_nothing_is_sent() {
    let scene = Scene::open().await;
    let watched = scene.supervise();
    watched.until("ready", MINUTE).await;
    scene.sandbox.penalise();
    watched.until("penalised", 2 * MINUTE).await;
    let before = scene.sandbox.calls().len();
    for _ in 0..100 {
        let state = watched.supervisor.look().await;
        assert_eq!(state.state().name(), "penalised");
        pass(SECOND).await;
    }
    let error = watched.supervisor.ready(SECOND).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
    assert_eq!(scene.sandbox.calls().len(), before);
    scene.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_gateway_without_a_supervisor_keeps_the_penalty_as_well_and_says_how_long() {
    let scene = Scene::open().await;
    let (gateway, clone) = (scene.gateway(), scene.gateway());
    scene.sandbox.inject(Operation::TicklePost, Fault::status(StatusCode::TOO_MANY_REQUESTS));
    let error = gateway.tickle().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::RateLimited, Some(429)));
    assert_eq!(error.retry_after(), Some(15 * MINUTE));
    drop(clone);
    let same = gateway.clone();
    for minute in 0..15 {
        let errors = [
            gateway.tickle().await.unwrap_err(),
            same.status().await.unwrap_err(),
            gateway.validate().await.unwrap_err(),
            gateway.init(Compete::Yield).await.unwrap_err(),
            same.reauthenticate().await.unwrap_err(),
            gateway.logout().await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
            assert!(error.is_unsent(), "{error:?}");
            assert_eq!(error.retry_after(), Some((15 - minute) * MINUTE));
        }
        pass(MINUTE).await;
    }
    gateway.status().await.unwrap();
    assert_eq!(scene.sandbox.calls().len(), 2);
    scene.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn the_limits_are_kept_by_waiting() {
    let scene = Scene::open().await;
    let gateway = scene.gateway();
    let calls = (0..40).map(|number| {
        let gateway = gateway.clone();
        async move {
            match number % 8 {
                0 => gateway.tickle().await.map(drop),
                _ => gateway.status().await.map(drop),
            }
        }
    });
    let outcomes = futures::future::join_all(calls).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(scene.sandbox.calls().len(), 40);
    scene.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_call_that_could_only_go_after_its_deadline_is_held_back_and_says_so() {
    let scene = Scene::open().await;
    let gateway = scene.gateway();
    gateway.validate().await.unwrap();
    let error = gateway.validate().await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, Some(MINUTE)), "{error}");
    assert!(error.is_unsent());
    assert_eq!(scene.validations(), 1);
    pass(45 * SECOND).await;
    // Now it is soon enough to be waited for.
    gateway.validate().await.unwrap();
    scene.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn the_sandbox_does_object_to_who_keeps_no_limit() {
    let scene = Scene::with(Sandbox::builder().strict_pacing()).await;
    for _ in 0..3 {
        // A gateway of its own for each knows nothing of the others.
        let lonely = gateway(scene.sandbox.base_url(), &Arc::new(Held::new()));
        drop(lonely.validate().await);
    }
    let expected = Etiquette { rate_limit_violations: 1, calls_in_penalty_box: 1, ..Etiquette::default() };
    assert_eq!(scene.sandbox.etiquette(), expected);
}

#[tokio::test(start_paused = true)]
async fn what_another_process_has_done_counts_towards_the_limits() {
    let scene = Scene::open().await;
    let folder = tempfile::tempdir().unwrap();
    let process = || {
        let connection = broker_session::Connection::new().exchange(Arc::new(Held::new()));
        let builder = broker_session::ibkr::Gateway::builder().base_url(scene.sandbox.base_url());
        builder.connection(connection).shared_file(folder.path().join("calls.json")).build().unwrap()
    };
    process().validate().await.unwrap();
    let error = process().validate().await.unwrap_err();
    let wait = error.retry_after().unwrap_or_default();
    assert!(error.kind() == ErrorKind::RateLimited && (50 * SECOND..=MINUTE).contains(&wait), "{error}");
    scene.sandbox.inject(Operation::IserverAuthStatusPost, Fault::status(StatusCode::TOO_MANY_REQUESTS));
    assert_eq!(process().status().await.unwrap_err().kind(), ErrorKind::RateLimited);
    let calls = scene.sandbox.calls().len();
    let error = process().tickle().await.unwrap_err();
    let wait = error.retry_after().unwrap_or_default();
    assert!(error.kind() == ErrorKind::RateLimited && (14 * MINUTE..=15 * MINUTE).contains(&wait), "{error}");
    assert_eq!(scene.sandbox.calls().len(), calls);
}
