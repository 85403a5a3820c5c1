//! A real Redis that goes away at every step of a sign-in: restarted, emptied, or behind a network that is cut.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use broker_session::{
    ErrorKind, SessionProvider,
    store::{RedisStore, Store},
};
use broker_session_sandbox::neo::Sandbox;
use contract_tests::{CuttableProxy, RedisServer, SteppedStore, lock};
use futures::future::join_all;
use tokio::time::{Instant, sleep};

use crate::support::{guesses, program, sandbox, seed};

/// More than the calls of the store that a sign-in makes.
const STEPS: usize = 20;

/// Longer than a lease lasts.
const OUTAGE: Duration = Duration::from_secs(12);

fn redis(port: u16) -> Arc<dyn Store> {
    let store = RedisStore::builder(format!("redis://127.0.0.1:{port}")).build();
    Arc::new(store.expect("settings that fit"))
}

/// Asks until there is a session or an error that is not the store's.
async fn settled(provider: &SessionProvider) -> Result<(), broker_session::Error> {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        match provider.session().await {
            Err(error) if error.kind() == ErrorKind::Store && Instant::now() < deadline => {
                sleep(Duration::from_millis(200)).await;
            }
            outcome => return outcome.map(drop),
        }
    }
}

/// What holds after whatever has happened: two programs have a session, or know that a guess may have left.
async fn check(sandbox: &Sandbox, first: &SessionProvider, other: &SessionProvider, what: &str) {
    for provider in [first, other] {
        if let Err(error) = settled(provider).await {
            assert!(error.to_string().contains("its response never came"), "{what}: {error}");
        }
    }
    // Where a code came twice, this fails.
    let (_, mpins) = guesses(sandbox);
    assert!(mpins <= 2, "{what}: {mpins} MPINs");
    assert_eq!(sandbox.bad_tries(sandbox.user()), 0, "{what}");
}

#[tokio::test]
async fn a_redis_that_restarts_at_any_step_costs_no_guess() {
    let cases = (0..STEPS).map(|at| async move {
        let Some(server) = RedisServer::start() else { return };
        let (sandbox, port) = (sandbox().await, server.port());
        let server = Mutex::new(server);
        let stepped = SteppedStore::new(redis(port)).at_each_step(move |step, is_done| {
            if step == at && is_done {
                let mut server = lock(&server);
                server.stop();
                server.start_again();
            }
            Ok(())
        });
        let store: Arc<dyn Store> = Arc::new(stepped);
        seed(&*redis(port)).await;
        let (first, other) = (program(&sandbox, &store), program(&sandbox, &redis(port)));
        check(&sandbox, &first, &other, &format!("restarted at {at}")).await;
    });
    join_all(cases).await;
}

#[tokio::test]
async fn a_redis_that_is_emptied_at_any_step_costs_no_guess() {
    let cases = (0..STEPS).map(|at| async move {
        let Some(server) = RedisServer::start() else { return };
        let (sandbox, port) = (sandbox().await, server.port());
        let stepped = SteppedStore::new(redis(port)).at_each_step(move |step, is_done| {
            if step == at && is_done {
                let _: String = server.raw(&["FLUSHALL"]);
            }
            Ok(())
        });
        let store: Arc<dyn Store> = Arc::new(stepped);
        seed(&*redis(port)).await;
        let (first, other) = (program(&sandbox, &store), program(&sandbox, &redis(port)));
        check(&sandbox, &first, &other, &format!("emptied at {at}")).await;
    });
    join_all(cases).await;
}

#[tokio::test]
async fn a_network_that_is_cut_for_longer_than_a_lease_costs_no_guess() {
    let Some(server) = RedisServer::start() else { return };
    let cases = (0..STEPS).map(|at| {
        let port = server.port();
        async move {
            let (sandbox, proxy) = (sandbox().await, Arc::new(CuttableProxy::start(port).await));
            // All cases share the server, so each has keys of its own.
            let store_at = |port: u16| -> Arc<dyn Store> {
                let store = RedisStore::builder(format!("redis://127.0.0.1:{port}"));
                Arc::new(store.prefix(format!("case{at}:")).build().expect("settings that fit"))
            };
            let cut = proxy.clone();
            let stepped = SteppedStore::new(store_at(proxy.port())).at_each_step(move |step, is_done| {
                if step == at && is_done {
                    cut.set_cut(true);
                    let cut = cut.clone();
                    tokio::spawn(async move {
                        sleep(OUTAGE).await;
                        cut.set_cut(false);
                    });
                }
                Ok(())
            });
            let store: Arc<dyn Store> = Arc::new(stepped);
            seed(&*store_at(port)).await;
            let (first, other) = (program(&sandbox, &store), program(&sandbox, &store_at(port)));
            let begun = async {
                // The other one begins while the first is cut off.
                sleep(Duration::from_secs(1)).await;
                settled(&other).await
            };
            let (_, _) = tokio::join!(settled(&first), begun);
            check(&sandbox, &first, &other, &format!("cut at {at}")).await;
        }
    });
    join_all(cases).await;
}
