//! The right to sign in: one has it at a time, nobody keeps it who does not move, and nobody writes without it.

use std::{sync::Arc, time::Duration};

use broker_session::{
    Error, ErrorKind, SavedSession, SharedSession,
    shared_session::{Lease, Turn, Wanted},
    store::{MemoryStore, Store},
};
use contract_tests::SteppedStore;
use tokio::time::{Instant, sleep};

use crate::support::{sandbox, shared};

const MINUTE: Duration = Duration::from_secs(60);

/// How long others wait for a holder that does not move.
const LEASE: Duration = Duration::from_secs(10);

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

/// A session as a sign-in leaves it, without one.
fn saved(token: &str) -> SavedSession {
    serde_json::from_value(serde_json::json!({
        "broker": "neo",
        "user": "S4MPL",
        "base_url": "http://127.0.0.1:9",
        "login_time": null,
        "expires_at": null,
        "secrets": { "token": token, "sid": "made-up-sid" },
    }))
    .expect("a saved session")
}

async fn lease(shared: &SharedSession) -> Lease {
    match shared.lease(Wanted::any(), MINUTE).await.expect("a turn") {
        Turn::Lease(lease) => lease,
        other => panic!("not the lease: {other:?}"),
    }
}

async fn stored(shared: &SharedSession, wanted: Wanted) -> Result<u64, Error> {
    match shared.lease(wanted, MINUTE).await? {
        Turn::Stored(stored) => Ok(stored.number()),
        other => panic!("not a session: {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn one_of_many_gets_the_lease() {
    let (sandbox, store) = (sandbox().await, memory());
    let rivals = (0..50).map(|_| {
        let shared = shared(&sandbox, &store);
        tokio::spawn(async move {
            match shared.lease(Wanted::any(), MINUTE).await.expect("a turn") {
                Turn::Lease(lease) => {
                    sleep(Duration::from_secs(20)).await;
                    let stored = lease.finish(&saved("one"), None).await.expect("a store");
                    (stored.number(), 1)
                }
                Turn::Stored(stored) => (stored.number(), 0),
            }
        })
    });
    let outcomes: Vec<(u64, usize)> =
        futures::future::join_all(rivals).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(outcomes.iter().map(|(_, signed_in)| signed_in).sum::<usize>(), 1);
    assert!(outcomes.iter().all(|(number, _)| *number == outcomes[0].0));
}

#[tokio::test(start_paused = true)]
async fn a_lease_is_kept_for_as_long_as_its_holder_lives() {
    let (sandbox, store) = (sandbox().await, memory());
    let held = lease(&shared(&sandbox, &store)).await;
    let error = shared(&sandbox, &store).lease(Wanted::any(), MINUTE).await.unwrap_err();
    assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Timeout, true), "{error}");
    held.check().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_dropped_lease_is_given_back() {
    let (sandbox, store) = (sandbox().await, memory());
    drop(lease(&shared(&sandbox, &store)).await);
    let started = Instant::now();
    drop(lease(&shared(&sandbox, &store)).await);
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_does_not_move_loses_the_lease() {
    let (sandbox, memory) = (sandbox().await, memory());
    // The first program reaches the store no more, and does not know that the other one does.
    let broken = SteppedStore::new(memory.clone());
    let store: Arc<dyn Store> = Arc::new(broken.clone());
    let held = lease(&shared(&sandbox, &store)).await;
    broken.set_down(true);
    let started = Instant::now();
    let other = lease(&shared(&sandbox, &memory)).await;
    assert!((LEASE..LEASE * 2).contains(&started.elapsed()), "{:?}", started.elapsed());
    broken.set_down(false);
    let error = held.check().await.unwrap_err();
    assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Store, true), "{error}");
    assert_eq!(held.finish(&saved("late"), None).await.unwrap_err().kind(), ErrorKind::Store);
    let number = other.finish(&saved("new"), None).await.unwrap().number();
    let found = shared(&sandbox, &memory).load().await.unwrap().unwrap();
    assert_eq!((found.number(), found.session()), (number, &saved("new")));
}

#[tokio::test(start_paused = true)]
async fn a_late_write_is_refused_before_the_next_one() {
    let (sandbox, memory) = (sandbox().await, memory());
    let broken = SteppedStore::new(memory.clone());
    let store: Arc<dyn Store> = Arc::new(broken.clone());
    let held = lease(&shared(&sandbox, &store)).await;
    broken.set_down(true);
    let _other = lease(&shared(&sandbox, &memory)).await;
    broken.set_down(false);
    assert_eq!(held.finish(&saved("late"), None).await.unwrap_err().kind(), ErrorKind::Store);
    assert!(shared(&sandbox, &memory).load().await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_get_the_failure_and_those_who_come_later_try() {
    let (sandbox, store) = (sandbox().await, memory());
    let held = lease(&shared(&sandbox, &store)).await;
    let waiting = {
        let shared = shared(&sandbox, &store);
        tokio::spawn(async move { shared.lease(Wanted::any(), MINUTE).await })
    };
    sleep(Duration::from_secs(1)).await;
    let refused = sandbox_refusal();
    held.fail(&refused).await;
    let error = waiting.await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.is_unsent()), (refused.kind(), true), "{error}");
    drop(lease(&shared(&sandbox, &store)).await);
}

/// A failure without a request.
fn sandbox_refusal() -> Error {
    broker_session::neo::Client::check_mpin(&"1".into()).unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn a_session_that_was_signed_out_is_not_revived() {
    let (sandbox, store) = (sandbox().await, memory());
    let shared = shared(&sandbox, &store);
    let number = lease(&shared).await.finish(&saved("one"), Some("default")).await.unwrap().number();
    assert!(shared.sign_out(number).await.unwrap());
    assert!(!shared.sign_out(number).await.unwrap(), "twice");
    let error = shared.lease(Wanted::after(number), MINUTE).await.unwrap_err();
    assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::SessionExpired, true), "{error}");
    let error = shared.put_back(&saved("one"), number, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SessionExpired, "{error}");
    // A program that starts now signs in, and then there is a session for all.
    let next = lease(&shared).await.finish(&saved("two"), None).await.unwrap().number();
    assert!(next > number);
    assert_eq!(stored(&shared, Wanted::after(number)).await.unwrap(), next);
    assert!(!shared.sign_out(number).await.unwrap(), "a newer one is left alone");
}

#[tokio::test(start_paused = true)]
async fn a_logout_ends_a_sign_in_that_is_under_way() {
    let (sandbox, store) = (sandbox().await, memory());
    let shared = shared(&sandbox, &store);
    let number = lease(&shared).await.finish(&saved("one"), None).await.unwrap().number();
    let Turn::Lease(renewing) = shared.lease(Wanted::after(number), MINUTE).await.unwrap() else { panic!() };
    assert!(shared.sign_out(number).await.unwrap());
    assert_eq!(renewing.finish(&saved("two"), None).await.unwrap_err().kind(), ErrorKind::Store);
    assert!(shared.load().await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_store_that_was_emptied_gets_the_session_back() {
    let (sandbox, store) = (sandbox().await, memory());
    let shared = shared(&sandbox, &store);
    let number = lease(&shared).await.finish(&saved("one"), None).await.unwrap().number();
    for key in store.keys().await.unwrap() {
        let version = store.get(&key).await.unwrap().unwrap().version;
        assert!(store.remove_if(&key, version).await.unwrap());
    }
    let again = shared.put_back(&saved("one"), number, None).await.unwrap();
    assert!(again.number() > number);
    assert_eq!(stored(&shared, Wanted::any()).await.unwrap(), again.number());
}

#[tokio::test(start_paused = true)]
async fn a_store_that_loses_the_sign_in_of_another_is_waited_for() {
    let (sandbox, store) = (sandbox().await, memory());
    let held = lease(&shared(&sandbox, &store)).await;
    let waiting = {
        let shared = shared(&sandbox, &store);
        tokio::spawn(async move { stored(&shared, Wanted::any()).await })
    };
    sleep(Duration::from_secs(1)).await;
    for key in store.keys().await.unwrap() {
        let version = store.get(&key).await.unwrap().unwrap().version;
        assert!(store.remove_if(&key, version).await.unwrap());
    }
    assert_eq!(held.finish(&saved("one"), None).await.unwrap_err().kind(), ErrorKind::Store);
    sleep(Duration::from_secs(20)).await;
    let back = shared(&sandbox, &store).put_back(&saved("one"), 0, None).await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), back.number());
}

#[tokio::test(start_paused = true)]
async fn a_session_that_waits_for_its_host_is_used_by_nobody() {
    let (sandbox, store) = (sandbox().await, memory());
    let shared = shared(&sandbox, &store);
    lease(&shared).await.put_aside(&saved("one"), Some("default")).await.unwrap();
    let found = shared.load().await.unwrap().unwrap();
    assert!(found.is_pending() && found.profile() == Some("default"));
    drop(lease(&shared).await);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_session_is_left_alone() {
    for value in
        ["", "{}", "made-up", "{\"kind\":\"session\",\"format\":99}", "{\"kind\":\"guesses\",\"format\":1}"]
    {
        let (sandbox, store) = (sandbox().await, memory());
        let shared = shared(&sandbox, &store);
        drop(lease(&shared).await);
        sleep(Duration::from_secs(1)).await;
        let key = store.keys().await.unwrap().pop().unwrap();
        let version = store.get(&key).await.unwrap().unwrap().version;
        let bad = broker_session::store::Entry::new(broker_session::store::Version::random(), value, None);
        assert!(store.put_if(&key, Some(version), bad.clone()).await.unwrap());
        let error = shared.lease(Wanted::any(), MINUTE).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Store, "{value}: {error}");
        assert_eq!(store.get(&key).await.unwrap().unwrap(), bad);
    }
}
