//! After a 429 nothing is sent until the penalty has passed.

use std::sync::Arc;

use broker_session::{
    ClientOptions, ErrorKind,
    ibkr::{Client, Compete, State},
    store::FileStore,
};
use broker_session_sandbox::{
    Fault,
    ibkr::{Operation, Sandbox, Violations},
};
use contract_tests::PausedClock;
use http::{HeaderValue, StatusCode, header::RETRY_AFTER};
use tempfile::TempDir;
use tokio::time::Instant;

use super::support::{Fixture, MINUTE, SECOND, ScriptedGateway, gateway, json, ok, pass, status, tickle};
use crate::support::closed;

#[tokio::test(start_paused = true)]
async fn a_penalty_is_waited_out_in_silence() {
    let (fixture, watched) = Fixture::ready().await;
    fixture.sandbox.penalise();
    let state = watched.until("penalised", 2 * MINUTE).await;
    let State::Penalized { until } = *state.state() else { panic!("{state:?}") };
    let left = until - Instant::now();
    assert!((895..=900).contains(&left.as_secs()), "{left:?}");
    let before = fixture.sandbox.calls().len();
    tokio::time::sleep_until(until - SECOND).await;
    assert_eq!(fixture.sandbox.calls().len(), before, "nothing is sent for a quarter of an hour");
    assert_eq!(watched.name(), "penalised");
    watched.until("ready", 2 * MINUTE).await;
    let names = watched.names();
    assert_eq!(names.first_chunk(), Some(&["connecting", "ready", "penalised"]), "{names:?}");
    assert_eq!(fixture.inits(), 1, "the session has timed out meanwhile");
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn no_response_makes_the_penalty_longer_or_shorter() {
    for (asked, seconds) in [(None, 900), (Some("60"), 900), (Some("3600"), 900)] {
        let (fixture, watched) = Fixture::ready().await;
        let fault = Fault::status(StatusCode::TOO_MANY_REQUESTS);
        let fault = asked
            .into_iter()
            .fold(fault, |fault, asked| fault.header(RETRY_AFTER, HeaderValue::from_static(asked)));
        fixture.sandbox.inject(Operation::TicklePost, fault);
        let state = watched.until("penalised", 2 * MINUTE).await;
        let State::Penalized { until } = *state.state() else { panic!("{state:?}") };
        let left = (until - Instant::now()).as_secs();
        assert!((seconds - 2..=seconds).contains(&left), "{asked:?}: {left}");
        let before = fixture.sandbox.calls().len();
        tokio::time::sleep_until(until - SECOND).await;
        assert_eq!(fixture.sandbox.calls().len(), before, "{asked:?}");
        watched.until("ready", 2 * MINUTE).await;
        fixture.assert_well_behaved();
    }
}

#[tokio::test(start_paused = true)]
async fn any_call_may_bring_the_penalty() {
    for operation in
        [Operation::IserverAuthStatusPost, Operation::IserverAuthSsodhInitPost, Operation::SsoValidateGet]
    {
        let fixture = Fixture::with(closed()).await;
        if operation == Operation::SsoValidateGet {
            fixture.sandbox.lose_brokerage_session();
        }
        fixture.sandbox.inject(operation, Fault::status(StatusCode::TOO_MANY_REQUESTS));
        let watched = fixture.supervise();
        watched.until("penalised", MINUTE).await;
        let before = fixture.sandbox.calls().len();
        pass(14 * MINUTE + 55 * SECOND).await;
        assert_eq!((watched.name(), fixture.sandbox.calls().len()), ("penalised", before), "{operation:?}");
        watched.until("ready", 5 * MINUTE).await;
        fixture.assert_well_behaved();
    }
}

#[tokio::test(start_paused = true)]
async fn refusal_followed_by_penalty_is_a_penalty() {
    let (script, watched) = ScriptedGateway::supervised(|call, before| match (call, before) {
        ("tickle", 0) => tickle(false, true),
        ("auth/status", 0) => status(false, true),
        ("auth/status", 1) => json("429 Too Many Requests", ""),
        ("ssodh/init", 0) => ok(r#"{"passed":false,"authenticated":false,"connected":true}"#),
        ("tickle", _) => tickle(true, true),
        _ => status(true, true),
    })
    .await;
    watched.until("penalised", MINUTE).await;
    let before = script.server.requests().len();
    pass(14 * MINUTE + 55 * SECOND).await;
    assert_eq!(script.server.requests().len(), before);
    watched.until("ready", 2 * MINUTE).await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_during_the_penalty() {
    let (fixture, watched) = Fixture::ready().await;
    fixture.sandbox.penalise();
    watched.until("penalised", 2 * MINUTE).await;
    let before = fixture.sandbox.calls().len();
    for _ in 0..100 {
        let state = watched.supervisor.diagnose().await;
        assert_eq!(state.state().name(), "penalised");
        pass(SECOND).await;
    }
    let error = watched.supervisor.wait_until_ready(SECOND).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
    assert_eq!(fixture.sandbox.calls().len(), before);
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn gateway_alone_keeps_the_penalty() {
    let fixture = Fixture::open().await;
    let (gateway, clone) = (fixture.gateway(), fixture.gateway());
    fixture.sandbox.inject(Operation::TicklePost, Fault::status(StatusCode::TOO_MANY_REQUESTS));
    let error = gateway.tickle().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::RateLimited, Some(429)));
    assert_eq!(error.retry_after(), Some(15 * MINUTE));
    drop(clone);
    let same = gateway.clone();
    for minute in 0..15 {
        let errors = [
            gateway.tickle().await.unwrap_err(),
            same.auth_status().await.unwrap_err(),
            gateway.validate_sso().await.unwrap_err(),
            gateway.open_session(Compete::Yield).await.unwrap_err(),
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
    gateway.auth_status().await.unwrap();
    assert_eq!(fixture.sandbox.calls().len(), 2);
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_programs_own_requests_keep_the_penalty() {
    let fixture = Fixture::open().await;
    let gateway = fixture.gateway();
    let session = gateway.session().await.unwrap();
    let own = async || session.get("iserver/accounts").send().await.unwrap_err();
    fixture.sandbox.penalise();
    let error = own().await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::RateLimited, Some(429)), "{error}");
    assert_eq!((error.operation(), error.retry_after()), (None, Some(15 * MINUTE)), "{error:?}");
    let before = fixture.sandbox.calls().len();
    for minute in 0..15 {
        for error in [own().await, gateway.tickle().await.unwrap_err(), session.logout().await.unwrap_err()] {
            assert!(error.kind() == ErrorKind::RateLimited && error.is_unsent(), "{error:?}");
            assert_eq!(error.retry_after(), Some((15 - minute) * MINUTE));
        }
        pass(MINUTE).await;
    }
    assert_eq!(fixture.sandbox.calls().len(), before, "nothing is sent for a quarter of an hour");
    gateway.auth_status().await.unwrap();
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn calls_and_own_requests_keep_one_limit_by_waiting() {
    let fixture = Fixture::open().await;
    let gateway = fixture.gateway();
    let session = gateway.session().await.unwrap();
    let requests = (0..40).map(|number| {
        let (gateway, session) = (gateway.clone(), session.clone());
        async move {
            match number % 8 {
                0 => gateway.tickle().await.map(drop),
                1..5 => gateway.auth_status().await.map(drop),
                _ => session.get("iserver/accounts").send().await.map(drop),
            }
        }
    });
    let outcomes = futures::future::join_all(requests).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(fixture.sandbox.calls().len(), 41);
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn call_past_its_deadline_is_held_back() {
    let fixture = Fixture::open().await;
    let gateway = fixture.gateway();
    gateway.validate_sso().await.unwrap();
    let error = gateway.validate_sso().await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, Some(MINUTE)), "{error}");
    assert!(error.is_unsent());
    assert_eq!(fixture.validations(), 1);
    pass(45 * SECOND).await;
    // Now it is soon enough to be waited for.
    gateway.validate_sso().await.unwrap();
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn the_sandbox_does_object_to_who_keeps_no_limit() {
    let fixture = Fixture::with(Sandbox::builder().strict_pacing()).await;
    for _ in 0..3 {
        // A gateway of its own for each knows nothing of the others.
        let lonely = gateway(fixture.sandbox.base_url(), &Arc::new(PausedClock::new()));
        drop(lonely.validate_sso().await);
    }
    let expected = Violations { rate_limit_violations: 1, calls_in_penalty_box: 1, ..Violations::default() };
    assert_eq!(fixture.sandbox.violations(), expected);
}

/// The client of another process, which shares a store in a file.
fn process(fixture: &Fixture, folder: &TempDir) -> Client {
    let options = ClientOptions::new().middleware(Arc::new(PausedClock::new()));
    let builder = Client::builder().base_url(fixture.sandbox.base_url()).options(options);
    let store = FileStore::open(folder.path().join("store.json")).unwrap();
    builder.store(Arc::new(store)).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn calls_of_other_processes_count_towards_the_limits() {
    let fixture = Fixture::open().await;
    let folder = tempfile::tempdir().unwrap();
    let process = || process(&fixture, &folder);
    process().validate_sso().await.unwrap();
    let error = process().validate_sso().await.unwrap_err();
    let wait = error.retry_after().unwrap_or_default();
    assert!(error.kind() == ErrorKind::RateLimited && (50 * SECOND..=MINUTE).contains(&wait), "{error}");
    fixture.sandbox.inject(Operation::IserverAuthStatusPost, Fault::status(StatusCode::TOO_MANY_REQUESTS));
    assert_eq!(process().auth_status().await.unwrap_err().kind(), ErrorKind::RateLimited);
    let calls = fixture.sandbox.calls().len();
    let error = process().tickle().await.unwrap_err();
    let wait = error.retry_after().unwrap_or_default();
    assert!(error.kind() == ErrorKind::RateLimited && (14 * MINUTE..=15 * MINUTE).contains(&wait), "{error}");
    assert_eq!(fixture.sandbox.calls().len(), calls);
}

#[tokio::test(start_paused = true)]
async fn own_requests_share_the_penalty_with_other_processes() {
    for is_own_first in [true, false] {
        let fixture = Fixture::open().await;
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (process(&fixture, &folder), process(&fixture, &folder));
        let own = async |client: &Client| {
            client.unverified_session().get("iserver/accounts").send().await.map(drop)
        };
        let call = async |client: &Client| client.auth_status().await.map(drop);
        fixture.sandbox.penalise();
        let first = if is_own_first { own(&one).await } else { call(&one).await };
        assert_eq!(first.unwrap_err().status(), Some(429));
        let calls = fixture.sandbox.calls().len();
        let second = if is_own_first { call(&other).await } else { own(&other).await };
        let error = second.unwrap_err();
        let wait = error.retry_after().unwrap_or_default();
        assert!(error.is_unsent() && (14 * MINUTE..=15 * MINUTE).contains(&wait), "{error}");
        assert_eq!(fixture.sandbox.calls().len(), calls);
    }
}
