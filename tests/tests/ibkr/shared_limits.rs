//! Programs at the same gateway share what they know through a store; if it fails, each goes on with what it knows.

use std::sync::Arc;

use broker_session::{
    ErrorKind,
    ibkr::{Client, Compete, Supervisor},
    store::{Entry, Store, Version},
};
use broker_session_sandbox::ibkr::Sandbox;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    faulty_store::{FaultyStore, Trouble},
    supervisor::support::{Fixture, SECOND},
    support::closed,
};

/// The client of another process.
fn process(fixture: &Fixture, store: &FaultyStore) -> Client {
    fixture.builder().store(Arc::new(store.clone())).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn programs_that_start_together_open_once() {
    let fixture = Fixture::with(closed()).await;
    let store = FaultyStore::default();
    let runs = (0..8).map(|_| Supervisor::builder(process(&fixture, &store), Compete::Yield).run_once());
    let states: Vec<_> = join_all(runs).await.into_iter().map(Result::unwrap).collect();
    assert!(states.iter().any(|state| state.is_ready()), "{states:?}");
    assert_eq!(fixture.inits(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_needs_three_round_trips_to_the_store() {
    let fixture = Fixture::open().await;
    let store = FaultyStore::default();
    let client = process(&fixture, &store);
    client.auth_status().await.unwrap();
    store.repair();
    for _ in 0..5 {
        client.auth_status().await.unwrap();
        client.unverified_session().get("iserver/accounts").send().await.unwrap();
    }
    // An own request is recorded by nobody, so one round trip tells of a penalty.
    let (gets, puts) = store.operations();
    assert_eq!((gets, puts), (10, 10));
    // What has a limit of its own is claimed by a write.
    store.repair();
    client.tickle().await.unwrap();
    assert_eq!(store.operations(), (0, 3));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_delays_one_call_by_three_seconds() {
    let fixture = Fixture::open().await;
    let store = FaultyStore::default();
    let client = process(&fixture, &store);
    client.auth_status().await.unwrap();
    store.break_after(0, "limits/", Trouble::Hangs);
    let begun = Instant::now();
    for outcome in join_all((0..5).map(|_| client.auth_status())).await {
        outcome.unwrap();
    }
    client.auth_status().await.unwrap();
    assert!((3 * SECOND..4 * SECOND).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn limits_hold_within_the_process_while_the_store_fails() {
    for trouble in [Trouble::Fails, Trouble::Hangs, Trouble::LosesResponse] {
        let fixture = Fixture::open().await;
        let store = FaultyStore::default();
        let client = process(&fixture, &store);
        client.auth_status().await.unwrap();
        store.break_after(0, "limits/", trouble);
        fixture.sandbox.penalise();
        assert_eq!(client.auth_status().await.unwrap_err().status(), Some(429));
        assert!(client.tickle().await.unwrap_err().is_unsent());
        // When it can be used again, the others learn of it.
        store.repair();
        sleep(6 * SECOND).await;
        assert!(client.tickle().await.unwrap_err().is_unsent());
        let calls = fixture.sandbox.calls().len();
        let error = process(&fixture, &store).auth_status().await.unwrap_err();
        assert!(error.is_unsent() && error.kind() == ErrorKind::RateLimited, "{trouble:?}: {error}");
        assert_eq!(fixture.sandbox.calls().len(), calls);
    }
}

#[tokio::test(start_paused = true)]
async fn the_openings_survive_a_store_that_was_emptied() {
    let fixture = Fixture::with(closed()).await;
    let store = FaultyStore::default();
    let client = process(&fixture, &store);
    Supervisor::builder(client.clone(), Compete::Yield).run_once().await.unwrap();
    store.empty().await;
    client.auth_status().await.unwrap();
    fixture.sandbox.soft_time_out();
    let state = Supervisor::builder(process(&fixture, &store), Compete::Yield).run_once().await.unwrap();
    assert!(state.next_opening().is_some(), "{state:?}");
    assert_eq!(fixture.inits(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_entry_of_another_form_is_left_alone() {
    let fixture = Fixture::open().await;
    let store = FaultyStore::default();
    process(&fixture, &store).auth_status().await.unwrap();
    let (key, ours) = store.entry("limits/").await;
    let read: Value = serde_json::from_str(ours.value.expose()).unwrap();
    assert_eq!((&read["kind"], &read["format"]), (&json!("limits"), &json!(1)));
    let two_days = SignedDuration::from_hours(48);
    let left = ours.expires_at.unwrap().duration_since(Timestamp::now());
    assert!(two_days - SignedDuration::from_mins(1) < left && left <= two_days, "{left}");
    let mut known = ours.version;
    for foreign in
        [json!({ "kind": "limits", "format": 2 }), json!({ "kind": "session", "format": 1 }), json!(1)]
    {
        let entry = Entry::new(Version::random(), foreign.to_string(), None);
        assert!(store.put_if(&key, Some(known), entry.clone()).await.unwrap());
        known = entry.version;
        let client = process(&fixture, &store);
        client.auth_status().await.unwrap();
        sleep(10 * SECOND).await;
        client.auth_status().await.unwrap();
        assert_eq!(store.entry("limits/").await.1, entry);
    }
}

#[tokio::test(start_paused = true)]
async fn clients_that_write_at_once_lose_no_call() {
    let fixture = Fixture::open().await;
    let store = FaultyStore::default();
    let clients = [(); 10].map(|()| process(&fixture, &store));
    for outcome in join_all(clients.iter().map(|client| client.auth_status())).await {
        outcome.unwrap();
    }
    let (_, entry) = store.entry("limits/").await;
    let record: Value = serde_json::from_str(entry.value.expose()).unwrap();
    assert_eq!(record["calls"].as_array().unwrap().len(), 10, "{record}");
}

#[tokio::test(start_paused = true)]
async fn clients_that_take_turns_keep_one_limit() {
    let fixture = Fixture::with(Sandbox::builder().strict_pacing()).await;
    let store = FaultyStore::default();
    let clients = [(); 5].map(|()| process(&fixture, &store));
    for number in 0..40 {
        clients[number % 5].auth_status().await.unwrap();
    }
    fixture.assert_well_behaved();
}
