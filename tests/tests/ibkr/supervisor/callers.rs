//! Callers of a supervisor: many at once, one that stops waiting, one that logs out.

use std::time::Duration;

use broker_session::{
    ErrorKind,
    ibkr::{Compete, Supervisor},
};
use broker_session_sandbox::{
    Fault,
    ibkr::{Operation, Sandbox},
};
use contract_tests::Network;
use futures::future::join_all;
use http::StatusCode;
use tokio::time::Instant;

use super::support::{Fixture, HOUR, MINUTE, SECOND, pass};
use crate::support::closed;

#[tokio::test(start_paused = true)]
async fn a_hundred_diagnoses_share_one_recovery() {
    let (fixture, watched) = Fixture::ready().await;
    pass(10 * SECOND).await;
    fixture.sandbox.soft_time_out();
    fixture.sandbox.clear_calls();
    let states = join_all((0..100).map(|_| watched.supervisor.diagnose())).await;
    assert!(states.iter().all(|state| state.is_ready()), "{states:?}");
    assert_eq!(fixture.inits(), 1);
    assert!(fixture.sandbox.call_count(Operation::TicklePost) <= 3, "{:?}", fixture.sandbox.calls());
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn hundred_callers_do_not_open_hundred_times() {
    let fixture = Fixture::with(closed()).await;
    fixture
        .sandbox
        .inject_always(Operation::IserverAuthSsodhInitPost, Fault::status(StatusCode::INTERNAL_SERVER_ERROR));
    let watched = fixture.supervise();
    for _ in 0..30 {
        let states = join_all((0..100).map(|_| watched.supervisor.diagnose())).await;
        assert!(states.iter().all(|state| state.state().name() == "soft_timeout"), "{states:?}");
        pass(20 * SECOND).await;
    }
    assert!(fixture.inits() <= 5, "{} openings in ten minutes", fixture.inits());
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_dropped_diagnosis_does_no_harm() {
    let (fixture, watched) = Fixture::ready().await;
    fixture.network(Network::Silent);
    for _ in 0..200 {
        // Longer than it takes to ask, and shorter than it takes to find out.
        drop(tokio::time::timeout(SECOND, watched.supervisor.diagnose()).await);
    }
    fixture.network(Network::Up);
    assert!(watched.supervisor.diagnose().await.is_ready());
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn shutdown_does_not_wait_for_a_pending_call() {
    let fixture = Fixture::open().await;
    fixture.network(Network::Silent);
    let watched = fixture.supervise();
    pass(SECOND).await;
    let mut states = watched.supervisor.subscribe();
    let before = Instant::now();
    watched.supervisor.shutdown().await;
    assert_eq!(before.elapsed().as_secs(), 0);
    assert!(states.has_changed().is_err(), "the task has ended by now");
    states.borrow_and_update();
    assert!(states.changed().await.is_err(), "no state is published any more");
    fixture.network(Network::Up);
    pass(HOUR).await;
    assert!(fixture.sandbox.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_leaves_the_session_as_it_is() {
    let (fixture, watched) = Fixture::ready().await;
    watched.supervisor.shutdown().await;
    assert!(fixture.sandbox.state().authenticated && fixture.sandbox.state().single_sign_on);
    let calls = fixture.sandbox.calls().len();
    pass(HOUR).await;
    assert_eq!(fixture.sandbox.calls().len(), calls);
}

#[tokio::test(start_paused = true)]
async fn a_supervisor_that_is_dropped_ends() {
    let (fixture, watched) = Fixture::ready().await;
    drop(watched);
    let calls = fixture.sandbox.calls().len();
    pass(HOUR).await;
    assert_eq!(fixture.sandbox.calls().len(), calls);
}

#[tokio::test(start_paused = true)]
async fn a_logout_ends_the_session_and_comes_last() {
    let (fixture, watched) = Fixture::ready().await;
    watched.supervisor.logout().await.unwrap();
    assert!(!fixture.sandbox.state().single_sign_on);
    pass(HOUR).await;
    let calls = fixture.sandbox.calls();
    assert_eq!(calls.last().and_then(|call| call.operation), Some(Operation::LogoutPost.id()));
    assert_eq!(fixture.sandbox.call_count(Operation::LogoutPost), 1);
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn logout_is_made_during_a_pending_call() {
    let fixture = Fixture::open().await;
    fixture.network(Network::Silent);
    let watched = fixture.supervise();
    pass(SECOND).await;
    fixture.network(Network::Up);
    watched.supervisor.logout().await.unwrap();
    assert_eq!(fixture.sandbox.calls().len(), 1);
    assert!(!fixture.sandbox.state().single_sign_on);
}

#[tokio::test(start_paused = true)]
async fn a_logout_without_a_session_fails() {
    let (_scene, watched) = Fixture::supervised(closed().signed_out()).await;
    watched.until("login_required", MINUTE).await;
    let error = watched.supervisor.logout().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SessionExpired, "{error}");
}

#[tokio::test(start_paused = true)]
async fn one_round_is_one_round() {
    let fixture = Fixture::with(closed()).await;
    let builder = Supervisor::builder(fixture.gateway(), Compete::Yield);
    assert!(builder.clone().run_once().await.unwrap().is_ready());
    let calls = fixture.sandbox.calls().len();
    pass(HOUR).await;
    assert_eq!((fixture.sandbox.calls().len(), fixture.inits()), (calls, 1));
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn the_tickles_come_as_often_as_they_were_asked_for() {
    for seconds in [1, 30, 300] {
        let fixture = Fixture::open().await;
        let period = SECOND * seconds;
        let builder = Supervisor::builder(fixture.gateway(), Compete::Yield).tickle_every(period);
        let supervisor = builder.start().unwrap();
        supervisor.wait_until_ready(MINUTE).await.unwrap();
        pass(10 * period + SECOND / 2).await;
        assert_eq!(fixture.sandbox.call_count(Operation::TicklePost), 11, "{seconds}");
        assert!(supervisor.state().is_ready());
        fixture.assert_well_behaved();
    }
}

#[tokio::test(start_paused = true)]
async fn a_period_that_the_broker_would_not_take_is_refused() {
    let fixture = Fixture::open().await;
    for period in [Duration::ZERO, SECOND / 2, 6 * MINUTE] {
        let builder = Supervisor::builder(fixture.gateway(), Compete::Yield).tickle_every(period);
        assert_eq!(builder.clone().start().unwrap_err().kind(), ErrorKind::Config);
        assert_eq!(builder.run_once().await.unwrap_err().kind(), ErrorKind::Config);
    }
    assert!(fixture.sandbox.calls().is_empty());
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    let gateway = broker_session::ibkr::Client::builder().base_url("http://127.0.0.1:9").build().unwrap();
    let error = Supervisor::builder(gateway, Compete::Yield).start().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("tokio"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_state_keeps_the_time_since_which_it_is_so() {
    let (fixture, watched) = Fixture::supervised(Sandbox::builder()).await;
    let since = watched.until("ready", MINUTE).await.since();
    pass(3 * HOUR).await;
    assert_eq!(watched.supervisor.state().since(), since);
    assert_eq!(watched.supervisor.diagnose().await.since(), since);
    fixture.network(Network::Refused);
    let since = watched.until("offline", 2 * MINUTE).await.since();
    pass(HOUR).await;
    fixture.network(Network::Silent);
    // It is offline for another reason now, and still since then.
    pass(HOUR).await;
    let reasons: std::collections::BTreeSet<String> =
        watched.seen().into_iter().filter(|seen| seen.name == "offline").map(|seen| seen.reason).collect();
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert_eq!(watched.supervisor.state().since(), since);
}

#[tokio::test(start_paused = true)]
async fn subscribers_are_not_woken_without_a_change() {
    let (_scene, watched) = Fixture::ready().await;
    let mut states = watched.supervisor.subscribe();
    states.borrow_and_update();
    pass(3 * HOUR).await;
    watched.supervisor.diagnose().await;
    assert!(!states.has_changed().unwrap());
    assert_eq!(watched.seen().len(), 2);
}
