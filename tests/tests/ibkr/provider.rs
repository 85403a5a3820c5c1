//! `broker_session::SessionProvider` with `ibkr::SignIn`, on a paused clock.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use broker_session::{
    ErrorKind, Session, SessionProvider,
    ibkr::{Compete, SignIn},
    provider::{PersonNeeded, ProviderStatus},
    store::{MemoryStore, Store},
};
use broker_session_sandbox::ibkr::{Operation, Sandbox, Violations};
use contract_tests::lock;
use futures::future::join_all;
use tokio::time::{Instant, sleep, timeout};

use crate::{
    supervisor::support::{Fixture, HOUR, MINUTE, SECOND},
    support::{closed, oauth1a},
};

/// A provider that signs in by itself.
fn hosted(fixture: &Fixture, store: &Arc<dyn Store>) -> SessionProvider {
    let client = fixture.builder().oauth1a(oauth1a(&fixture.sandbox)).build().unwrap();
    SessionProvider::builder(SignIn::new(client, Compete::Yield)).store(store.clone()).start().unwrap()
}

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

async fn until(provider: &SessionProvider, status: ProviderStatus) {
    let mut states = provider.subscribe();
    let found = timeout(10 * MINUTE, states.wait_for(|state| state.status() == status)).await;
    assert!(found.is_ok(), "{:?}", provider.state());
}

async fn request(session: &Session) -> Result<(), broker_session::Error> {
    session.get("portfolio/accounts").send().await.map(drop)
}

fn exchanges(fixture: &Fixture) -> usize {
    fixture.sandbox.call_count(Operation::OauthLiveSessionTokenPost)
}

#[tokio::test(start_paused = true)]
async fn a_person_is_asked_for_once() {
    let fixture = Fixture::with(closed().signed_out()).await;
    let asked: Arc<Mutex<Vec<PersonNeeded>>> = Arc::default();
    let of_hook = asked.clone();
    let provider = SessionProvider::builder(SignIn::new(fixture.gateway(), Compete::Yield))
        .on_person_needed(move |person| lock(&of_hook).push(person.clone()))
        .patience(5 * SECOND)
        .start()
        .unwrap();
    assert_eq!(provider.state().status(), ProviderStatus::Idle);
    assert_eq!(fixture.sandbox.calls().len(), 0);
    let page = fixture.gateway().login_url().unwrap().to_owned();
    for outcome in join_all((0..5).map(|_| provider.session())).await {
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.login_url()), (ErrorKind::LoginRequired, Some(&*page)));
    }
    let state = provider.state();
    assert_eq!((state.status(), state.login_url()), (ProviderStatus::PersonNeeded, Some(&*page)));
    sleep(10 * MINUTE).await;
    {
        let asked = lock(&asked);
        assert_eq!(asked.len(), 1);
        assert_eq!((asked[0].broker, asked[0].login_url.as_ref()), ("ibkr", Some(&page)));
    }
    fixture.sandbox.sign_in();
    until(&provider, ProviderStatus::Ready).await;
    let session = provider.session().await.unwrap();
    session.get("iserver/accounts").send().await.unwrap();
    assert_eq!(lock(&asked).len(), 1);
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn callers_wait_for_the_person() {
    let fixture = Fixture::with(closed().signed_out()).await;
    let provider = SessionProvider::builder(SignIn::new(fixture.gateway(), Compete::Yield)).start().unwrap();
    let person = async {
        sleep(30 * SECOND).await;
        fixture.sandbox.sign_in();
    };
    let (session, ()) = tokio::join!(provider.session(), person);
    session.unwrap().get("iserver/accounts").send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_provider_signs_in_once_and_for_days() {
    let fixture = Fixture::with(Sandbox::builder().oauth()).await;
    let store = memory();
    let providers = [hosted(&fixture, &store), hosted(&fixture, &store)];
    let callers = (0..40).map(|number| providers[number % 2].session());
    let sessions: Vec<_> = join_all(callers).await.into_iter().map(Result::unwrap).collect();
    assert_eq!((exchanges(&fixture), fixture.inits()), (1, 1));
    for session in &sessions[..2] {
        sleep(12 * HOUR).await;
        fixture.sandbox.restart();
        sleep(10 * MINUTE).await;
        for provider in &providers {
            assert_eq!(provider.state().status(), ProviderStatus::Ready, "{:?}", provider.state());
            request(&provider.session().await.unwrap()).await.unwrap();
        }
        fixture.sandbox.end_live_session_tokens();
        sleep(12 * HOUR).await;
        request(session).await.unwrap();
    }
    let state = providers[0].state();
    assert!(state.number().is_some());
    assert_eq!(providers[0].session().await.unwrap().number(), state.number());
    assert!(state.renews_at().unwrap() < state.expires_at().unwrap());
    // One for each day, and one for each token that the broker has lost.
    assert!(exchanges(&fixture) <= 6, "{}", exchanges(&fixture));
    let found = fixture.sandbox.violations();
    // A tickle that is repeated with another token does not wait for those of other programs.
    assert!(found.rate_limit_violations <= 2, "{found:?}");
    assert_eq!(Violations { rate_limit_violations: 0, ..found }, Violations::default());
}

#[tokio::test(start_paused = true)]
async fn a_refused_session_is_looked_after_once_for_all() {
    let fixture = Fixture::open().await;
    let provider = SessionProvider::builder(SignIn::new(fixture.gateway(), Compete::Yield)).start().unwrap();
    let session = provider.session().await.unwrap();
    sleep(10 * SECOND).await;
    fixture.sandbox.soft_time_out();
    let before = fixture.sandbox.call_count(Operation::TicklePost);
    for outcome in join_all((0..20).map(|_| provider.session_after(&session))).await {
        outcome.unwrap().get("iserver/accounts").send().await.unwrap();
    }
    assert_eq!(fixture.inits(), 1);
    assert!(fixture.sandbox.call_count(Operation::TicklePost) - before <= 2);
}

#[tokio::test(start_paused = true)]
async fn a_logout_holds_until_somebody_signs_in() {
    let fixture = Fixture::with(Sandbox::builder().oauth()).await;
    let store = memory();
    let [provider, other] = [(); 2].map(|()| hosted(&fixture, &store));
    let session = provider.session().await.unwrap();
    other.session().await.unwrap();
    provider.logout().await.unwrap();
    assert_eq!(provider.state().status(), ProviderStatus::SignedOut);
    until(&other, ProviderStatus::SignedOut).await;
    sleep(30 * MINUTE).await;
    for provider in [&provider, &other] {
        let begun = Instant::now();
        let error = provider.session().await.unwrap_err();
        assert_eq!((error.kind(), begun.elapsed() < SECOND), (ErrorKind::SessionExpired, true), "{error}");
        assert_eq!(provider.state().status(), ProviderStatus::SignedOut);
    }
    assert_eq!(request(&session).await.unwrap_err().kind(), ErrorKind::SessionExpired);
    assert_eq!((exchanges(&fixture), fixture.inits()), (1, 1));
    let session = provider.sign_in().await.unwrap();
    session.get("iserver/accounts").send().await.unwrap();
    until(&provider, ProviderStatus::Ready).await;
    until(&other, ProviderStatus::Ready).await;
    request(&other.session().await.unwrap()).await.unwrap();
    assert_eq!((exchanges(&fixture), fixture.inits()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_gateway_is_opened_again_when_somebody_signs_in() {
    let fixture = Fixture::with(Sandbox::builder().logout_keeps_sign_on()).await;
    let provider = SessionProvider::builder(SignIn::new(fixture.gateway(), Compete::Yield)).start().unwrap();
    provider.session().await.unwrap();
    provider.logout().await.unwrap();
    sleep(5 * MINUTE).await;
    assert_eq!((provider.state().status(), fixture.inits()), (ProviderStatus::SignedOut, 0));
    let session = provider.sign_in().await.unwrap();
    session.get("iserver/accounts").send().await.unwrap();
    assert_eq!(fixture.inits(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_used_is_refused_at_the_start() {
    let fixture = Fixture::open().await;
    let sign_in = SignIn::new(fixture.gateway(), Compete::Yield).tickle_every(HOUR);
    assert_eq!(SessionProvider::builder(sign_in).start().unwrap_err().kind(), ErrorKind::Config);
}

#[tokio::test(start_paused = true)]
async fn the_supervisor_ends_with_the_provider() {
    let fixture = Fixture::open().await;
    let provider = SessionProvider::builder(SignIn::new(fixture.gateway(), Compete::Yield)).start().unwrap();
    provider.session().await.unwrap();
    let calls = AtomicUsize::new(fixture.sandbox.calls().len());
    sleep(2 * MINUTE).await;
    assert!(fixture.sandbox.calls().len() > calls.load(Ordering::Relaxed));
    let states = provider.subscribe();
    drop(provider);
    sleep(SECOND).await;
    calls.store(fixture.sandbox.calls().len(), Ordering::Relaxed);
    sleep(5 * MINUTE).await;
    assert_eq!(fixture.sandbox.calls().len(), calls.load(Ordering::Relaxed));
    assert!(states.has_changed().is_err());
}
