//! Programs that share a store use one token of OAuth: one gets it, and all use it, also the next one.

use std::{path::Path, sync::Arc};

use broker_session::{
    ErrorKind,
    ibkr::{Client, ClientBuilder, Compete},
    store::{FileStore, MemoryStore, Store},
};
use broker_session_sandbox::ibkr::{Operation, Sandbox};
use contract_tests::once;
use futures::future::join_all;
use http::StatusCode;
use tokio::time::sleep;

use crate::{
    faulty_store::{FaultyStore, Trouble},
    supervisor::support::{Fixture, HOUR, MINUTE, SECOND},
    support::{oauth1a, oauth2},
};

/// A client on the paused clock, as another program has it.
fn program(fixture: &Fixture, store: &FaultyStore) -> Client {
    builder(fixture, store).oauth1a(oauth1a(&fixture.sandbox)).build().unwrap()
}

fn builder(fixture: &Fixture, store: &FaultyStore) -> ClientBuilder {
    fixture.builder().store(Arc::new(store.clone()))
}

async fn hosted() -> (Fixture, FaultyStore) {
    (Fixture::with(Sandbox::builder().oauth()).await, FaultyStore::default())
}

fn exchanges(fixture: &Fixture) -> usize {
    fixture.sandbox.call_count(Operation::OauthLiveSessionTokenPost)
}

/// A request that needs nothing but the token.
async fn request(client: &Client) -> Result<(), broker_session::Error> {
    client.unverified_session().get("portfolio/accounts").send().await.map(drop)
}

async fn twenty_programs_with_ten_tasks(store: impl Fn() -> Arc<dyn Store>) {
    let sandbox = Sandbox::builder().oauth().pacing(false).start().await.unwrap();
    let tasks = (0..20).flat_map(|_| {
        let builder = Client::builder().base_url(sandbox.base_url()).options(once()).store(store());
        let client = builder.oauth1a(oauth1a(&sandbox)).build().unwrap();
        (0..10).map(move |_| {
            let client = client.clone();
            tokio::spawn(async move { request(&client).await })
        })
    });
    for outcome in join_all(tasks.collect::<Vec<_>>()).await {
        outcome.unwrap().unwrap();
    }
    assert_eq!(sandbox.call_count(Operation::OauthLiveSessionTokenPost), 1);
    assert_eq!(sandbox.call_count(Operation::TicklePost), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_that_start_together_make_one_exchange() {
    let memory: Arc<dyn Store> = Arc::new(MemoryStore::new());
    twenty_programs_with_ten_tasks(|| memory.clone()).await;
    let folder = tempfile::tempdir().unwrap();
    let path: &Path = &folder.path().join("store.json");
    twenty_programs_with_ten_tasks(|| Arc::new(FileStore::open(path).unwrap())).await;
}

#[tokio::test(start_paused = true)]
async fn one_renewal_is_enough_for_all_programs() {
    let (fixture, store) = hosted().await;
    let programs = [(); 3].map(|()| program(&fixture, &store));
    for day in 1..4 {
        for _ in 0..3 {
            for outcome in join_all(programs.iter().map(request)).await {
                outcome.unwrap();
            }
            // Renewals are made in the background.
            sleep(MINUTE).await;
        }
        assert_eq!(exchanges(&fixture), day);
        sleep(23 * HOUR).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_replaced_by_that_of_another_program() {
    let (fixture, store) = hosted().await;
    let [first, second, young] = [(); 3].map(|()| program(&fixture, &store));
    request(&first).await.unwrap();
    request(&second).await.unwrap();
    sleep(2 * MINUTE).await;
    fixture.sandbox.end_live_session_tokens();
    request(&first).await.unwrap();
    assert_eq!(exchanges(&fixture), 2);
    request(&second).await.unwrap();
    request(&young).await.unwrap();
    // Also one that is too young to be replaced by an exchange.
    first.renew_authorization().await.unwrap();
    assert_eq!(exchanges(&fixture), 3);
    sleep(SECOND).await;
    fixture.sandbox.end_live_session_tokens();
    first.renew_authorization().await.unwrap();
    request(&second).await.unwrap();
    assert_eq!(exchanges(&fixture), 4);
}

#[tokio::test(start_paused = true)]
async fn a_logout_is_not_undone_by_another_program() {
    let (fixture, store) = hosted().await;
    let [first, second] = [(); 2].map(|()| program(&fixture, &store));
    first.login(Compete::Yield).await.unwrap();
    request(&second).await.unwrap();
    first.logout().await.unwrap();
    sleep(2 * MINUTE).await;
    fixture.sandbox.end_live_session_tokens();
    for client in [&first, &second] {
        for _ in 0..2 {
            let error = request(client).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::SessionExpired, "{error}");
            assert!(error.to_string().contains("signed out"), "{error}");
            sleep(10 * SECOND).await;
        }
    }
    assert_eq!(exchanges(&fixture), 1);
    // Who asks for it gets a session, and then all have it.
    second.login(Compete::Yield).await.unwrap();
    request(&first).await.unwrap();
    assert_eq!(exchanges(&fixture), 2);
    second.logout().await.unwrap();
    sleep(10 * SECOND).await;
    first.renew_authorization().await.unwrap();
    request(&second).await.unwrap();
    assert_eq!(exchanges(&fixture), 3);
}

#[tokio::test(start_paused = true)]
async fn a_program_that_is_started_after_a_logout_begins_anew() {
    let (fixture, store) = hosted().await;
    let client = program(&fixture, &store);
    client.login(Compete::Yield).await.unwrap();
    client.logout().await.unwrap();
    request(&program(&fixture, &store)).await.unwrap();
    assert_eq!(exchanges(&fixture), 2);
}

#[tokio::test(start_paused = true)]
async fn a_saved_session_takes_newer_tokens_and_gets_none() {
    let (fixture, store) = hosted().await;
    let client = program(&fixture, &store);
    let saved = client.login(Compete::Yield).await.unwrap().save();
    let worker = builder(&fixture, &store).build().unwrap().resume(saved).unwrap();
    let work = async || worker.get("portfolio/accounts").send().await.map(drop);
    work().await.unwrap();
    for expected in 2..4 {
        sleep(2 * MINUTE).await;
        fixture.sandbox.end_live_session_tokens();
        let error = work().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SessionExpired, "{error}");
        client.renew_authorization().await.unwrap();
        sleep(10 * SECOND).await;
        work().await.unwrap();
        assert_eq!(exchanges(&fixture), expected);
    }
    client.logout().await.unwrap();
    sleep(2 * MINUTE).await;
    fixture.sandbox.end_live_session_tokens();
    let error = work().await.unwrap_err();
    assert!(error.kind() == ErrorKind::SessionExpired && error.to_string().contains("signed out"), "{error}");
    assert_eq!(exchanges(&fixture), 3);
}

#[tokio::test(start_paused = true)]
async fn one_single_sign_on_of_oauth_2_is_shared_too() {
    let (fixture, store) = hosted().await;
    let program = || builder(&fixture, &store).oauth2(oauth2(&fixture.sandbox)).build().unwrap();
    let saved = program().login(Compete::Yield).await.unwrap().save();
    let clients = [(); 5].map(|()| program());
    for outcome in join_all(clients.iter().map(request)).await {
        outcome.unwrap();
    }
    // Nor does one that has no keys.
    let worker = builder(&fixture, &store).build().unwrap().resume(saved.clone()).unwrap();
    worker.get("portfolio/accounts").send().await.unwrap();
    assert_eq!(worker.save(), saved);
    assert_eq!(fixture.sandbox.call_count(Operation::SsoSessionsPost), 1);
}

#[tokio::test(start_paused = true)]
async fn a_good_token_is_used_on_without_the_store() {
    let (fixture, store) = hosted().await;
    let client = program(&fixture, &store);
    request(&client).await.unwrap();
    for trouble in [Trouble::Fails, Trouble::Hangs] {
        store.break_after(0, "", trouble);
        request(&client).await.unwrap();
        sleep(11 * HOUR + 45 * MINUTE).await;
        // In the end it is to be renewed, and cannot be.
        request(&client).await.unwrap();
        sleep(2 * MINUTE).await;
        assert_eq!(exchanges(&fixture), 1);
    }
    store.repair();
    request(&client).await.unwrap();
    sleep(MINUTE).await;
    assert_eq!(exchanges(&fixture), 2);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_exchanged_without_the_store() {
    let (fixture, store) = hosted().await;
    store.break_after(0, "session/", Trouble::Fails);
    let client = program(&fixture, &store);
    let error = request(&client).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Store && error.is_unsent(), "{error}");
    let error = client.login(Compete::Yield).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store, "{error}");
    assert_eq!(exchanges(&fixture), 0);
    store.repair();
    client.login(Compete::Yield).await.unwrap();
    // It is over before its end is.
    sleep(25 * HOUR).await;
    store.break_after(0, "session/", Trouble::Fails);
    assert_eq!(request(&client).await.unwrap_err().kind(), ErrorKind::Store);
    assert_eq!(exchanges(&fixture), 1);
}

/// Lets the store fail at each step of the first exchange, for a while.
#[tokio::test(start_paused = true)]
async fn an_outage_at_any_step_costs_no_second_exchange() {
    for trouble in [Trouble::Fails, Trouble::LosesResponse] {
        let mut written_back = 0;
        for spared in 0..8 {
            let (fixture, store) = hosted().await;
            let client = program(&fixture, &store);
            store.break_after(spared, "session/", trouble);
            let outcome = request(&client).await;
            let was_exchanged = exchanges(&fixture) == 1;
            // Without a lease nothing was sent; with it, the token is used.
            assert_eq!(outcome.is_ok(), was_exchanged, "{spared} {trouble:?} {outcome:?}");
            if let Err(error) = outcome {
                assert_eq!(error.kind(), ErrorKind::Store);
            }
            store.repair();
            sleep(15 * SECOND).await;
            request(&client).await.unwrap();
            sleep(SECOND).await;
            written_back += usize::from(store.operations().1 > 2);
            request(&program(&fixture, &store)).await.unwrap();
            assert_eq!(exchanges(&fixture), 1, "{spared} {trouble:?}");
        }
        assert!(written_back > 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_logout_that_the_store_does_not_know_is_an_error() {
    let (fixture, store) = hosted().await;
    let client = program(&fixture, &store);
    client.login(Compete::Yield).await.unwrap();
    store.break_after(0, "session/", Trouble::Fails);
    assert_eq!(client.logout().await.unwrap_err().kind(), ErrorKind::Store);
    assert!(!fixture.sandbox.state().authenticated);
    store.repair();
    // It was over before; now everybody knows.
    drop(client.logout().await);
    assert_eq!(request(&client).await.unwrap_err().kind(), ErrorKind::SessionExpired);
}

#[tokio::test(start_paused = true)]
async fn a_failed_exchange_fails_for_all_who_wait() {
    let (fixture, store) = hosted().await;
    for _ in 0..10 {
        let unavailable = broker_session_sandbox::Fault::status(StatusCode::SERVICE_UNAVAILABLE);
        fixture.sandbox.inject(Operation::OauthLiveSessionTokenPost, unavailable);
    }
    let programs = [(); 5].map(|()| program(&fixture, &store));
    for outcome in join_all(programs.iter().map(request)).await {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Unavailable);
    }
    let alone = exchanges(&fixture);
    assert!(alone <= 3, "the retries of one program: {alone}");
}
