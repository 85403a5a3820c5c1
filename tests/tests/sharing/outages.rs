//! A store that fails at every step of a sign-in, before it takes effect and after: never two guesses, and never a hang.

use std::{sync::Arc, time::Duration};

use broker_session::{
    ErrorKind,
    store::{MemoryStore, Store, StoreError},
};
use contract_tests::SteppedStore;
use tokio::time::sleep;

use crate::support::{guesses, program, sandbox};

/// How many calls of the store a sign-in makes.
async fn steps() -> usize {
    let (sandbox, counted) = (sandbox().await, SteppedStore::new(Arc::new(MemoryStore::new())));
    let store: Arc<dyn Store> = Arc::new(counted.clone());
    program(&sandbox, &store).session().await.unwrap();
    counted.steps()
}

#[tokio::test(start_paused = true)]
async fn one_call_that_fails_costs_no_second_guess() {
    for failing in 0..steps().await {
        for after in [false, true] {
            let (sandbox, memory) = (sandbox().await, Arc::new(MemoryStore::new()));
            let faulty = SteppedStore::new(memory.clone()).at_each_step(move |step, is_done| {
                let fails = step == failing && is_done == after;
                if fails { Err(StoreError::new("made up")) } else { Ok(()) }
            });
            let store: Arc<dyn Store> = Arc::new(faulty);
            let first = program(&sandbox, &store);
            let outcome = first.session().await;
            let is_store = |error: &broker_session::Error| error.kind() == ErrorKind::Store;
            assert!(outcome.as_ref().map_or_else(is_store, |_| true), "{failing} {after}: {outcome:?}");
            sleep(Duration::from_secs(60)).await;
            // Another program, whose store is in order, has a session in the end, or knows why not.
            let store: Arc<dyn Store> = memory;
            let other = program(&sandbox, &store).session().await;
            let (codes, mpins) = guesses(&sandbox);
            match (&outcome, &other) {
                (Ok(_), Ok(_)) => assert_eq!((codes, mpins), (1, 1), "{failing} {after}"),
                (Err(_), Ok(_)) => assert_eq!(mpins, 1, "{failing} {after}"),
                (_, Err(error)) => {
                    // The guess was noted, and nobody knows whether it left.
                    assert!(
                        error.to_string().contains("its response never came"),
                        "{failing} {after}: {error}"
                    );
                    assert!(mpins <= 1, "{failing} {after}");
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_goes_down_at_any_step_ends_in_an_error_or_a_session() {
    for failing in 0..steps().await {
        let (sandbox, memory) = (sandbox().await, Arc::new(MemoryStore::new()));
        let faulty = SteppedStore::new(memory.clone());
        let down = faulty.clone();
        let faulty = faulty.at_each_step(move |step, is_done| {
            if step == failing && is_done {
                down.set_down(true);
            }
            Ok(())
        });
        let store: Arc<dyn Store> = Arc::new(faulty.clone());
        let first = program(&sandbox, &store);
        let outcome = first.session().await;
        let is_store = |error: &broker_session::Error| error.kind() == ErrorKind::Store;
        assert!(outcome.as_ref().map_or_else(is_store, |_| true), "{failing}: {outcome:?}");
        // It comes back, and what could not be written is written.
        faulty.set_down(false);
        sleep(Duration::from_secs(120)).await;
        let again = first.session().await;
        let before = guesses(&sandbox);
        assert!(before.1 <= 1, "{failing}: {before:?}");
        let other = program(&sandbox, &store).session().await;
        if again.is_ok() {
            assert!(other.is_ok(), "{failing}: {other:?}");
            assert_eq!(guesses(&sandbox), before, "{failing}: the session was not shared");
        }
    }
}
