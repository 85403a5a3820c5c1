//! What a program without a runtime does: the same as with one. The sandboxes have a runtime of their own.

use std::{
    collections::BTreeMap,
    ops::Deref,
    sync::{Arc, Barrier},
    thread,
    time::{Duration, Instant},
};

use broker_session::{
    ClientOptions, Deadlines, Error, ErrorKind, SavedSession,
    blocking::{self, SessionProvider, ibkr, kotak, neo, shared_session::Turn},
    provider::ProviderStatus,
    shared_session::Wanted,
    store::{FileStore, MemoryStore, Store},
};
use broker_session_sandbox::{
    self as played, Broker, Builder, Fault, Sandbox,
    neo::Operation::{TradeApiLogin, TradeApiValidate},
};
use contract_tests::{kind, once, secret};
use serde_json::Value;
use tokio::runtime::Runtime;

const MINUTE: Duration = Duration::from_secs(60);

/// A sandbox, and the runtime that it needs and the test has not.
struct Played<B: Broker> {
    sandbox: Sandbox<B>,
    _runtime: Runtime,
}

impl<B: Broker> Deref for Played<B> {
    type Target = Sandbox<B>;

    fn deref(&self) -> &Sandbox<B> {
        &self.sandbox
    }
}

fn start<B: Broker>(builder: Builder<B>) -> Played<B> {
    let runtime = Runtime::new().expect("a runtime");
    let sandbox = runtime.block_on(builder.start()).expect("a sandbox on loopback");
    Played { sandbox, _runtime: runtime }
}

fn neo_client(sandbox: &played::neo::Sandbox) -> neo::Client {
    neo_client_with(sandbox, once())
}

fn neo_client_with(sandbox: &played::neo::Sandbox, options: ClientOptions) -> neo::Client {
    let account = sandbox.account();
    let credentials = neo::Credentials::new()
        .mobile(account.mobile.as_str())
        .ucc(account.ucc.as_str())
        .access_token(account.access_token.as_str());
    let builder = neo::Client::builder().credentials(credentials).options(options);
    builder.base_url(sandbox.base_url()).build().expect("settings that fit")
}

fn neo_session(sandbox: &played::neo::Sandbox) -> neo::Session {
    let view = neo_client(sandbox).login_totp(&secret(&sandbox.totp_now())).expect("a view session");
    view.validate(&secret(&sandbox.account().mpin)).expect("a session")
}

/// A program that shares nothing with others but the store.
fn neo_provider(sandbox: &played::neo::Sandbox, store: Arc<dyn Store>) -> SessionProvider {
    let client = neo_client(sandbox);
    let totp = client.totp_from_secret(&secret(&sandbox.account().totp_secret)).expect("a secret");
    let sign_in = neo::SignIn::new(client).totp(totp).mpin(sandbox.account().mpin.as_str());
    SessionProvider::builder(sign_in).store(store).start().expect("settings that fit")
}

#[test]
fn neo_signs_in_without_a_runtime() {
    let sandbox = start(played::neo::Sandbox::builder());
    let view = neo_client(&sandbox).login_totp(&secret(&sandbox.totp_now())).unwrap();
    assert_eq!(kind(view.validate(&secret("000001"))), ErrorKind::SecondFactor);
    let session = view.validate(&secret(&sandbox.account().mpin)).unwrap();
    assert_eq!((session.broker(), session.user()), ("neo", sandbox.user()));
    assert_eq!(session.client_ip().unwrap().len(), 1);
    let saved: SavedSession = session.save();
    session.logout().unwrap();
    let resumed = neo_client(&sandbox).resume(saved).unwrap();
    assert_eq!(kind(resumed.get("quick/user/orders").send()), ErrorKind::SessionExpired);
}

#[test]
fn kotak_signs_in_without_a_runtime() {
    let sandbox = start(played::kotak::Sandbox::builder());
    let account = sandbox.account();
    let credentials = kotak::Credentials::new()
        .userid(account.userid.as_str())
        .consumer_key(account.consumer_key.as_str())
        .access_token(account.access_token.as_str());
    let builder = kotak::Client::builder().credentials(credentials).options(once());
    let client = builder.base_url(sandbox.base_url()).build().unwrap();
    assert_eq!(kind(client.login(&secret("made-up"))), ErrorKind::Credentials);
    let pending = client.init().unwrap().login(&secret(&account.password)).unwrap();
    pending.request_access_code().unwrap();
    let code = sandbox.access_code(sandbox.user()).unwrap();
    let session = pending.submit_access_code(&secret(&code)).unwrap();
    assert!(session.get("reports/1.0/orders").send().unwrap().status().is_success());
    let clone = session.without_profile();
    session.logout().unwrap();
    assert_eq!(kind(clone.logout()), ErrorKind::SessionExpired);
}

#[test]
fn ibkr_is_supervised_between_two_calls() {
    let sandbox = start(played::ibkr::Sandbox::builder());
    let client = ibkr::Client::builder().options(once()).base_url(sandbox.base_url()).build().unwrap();
    let supervisor = ibkr::Supervisor::builder(client, ibkr::Compete::Yield).start().unwrap();
    supervisor.wait_until_ready(MINUTE).unwrap();
    let session = supervisor.session().unwrap();
    assert!(session.get("iserver/accounts").send().unwrap().status().is_success());
    let mut states = supervisor.subscribe();
    states.borrow_and_update();
    sandbox.sign_out();
    assert!(!supervisor.diagnose().unwrap().is_ready());
    states.changed().unwrap();
    assert!(!states.borrow_and_update().is_ready());
    supervisor.shutdown().unwrap();
    assert_eq!(kind(states.changed()), ErrorKind::Unavailable);
}

#[test]
fn the_body_of_an_own_request_is_read() {
    let sandbox = start(played::neo::Sandbox::builder());
    let session = neo_session(&sandbox);
    let orders = || session.get("quick/user/orders").query(&[("sId", "server1")]).send().unwrap();
    let text = orders().text().unwrap();
    assert_eq!(orders().bytes().unwrap(), text);
    assert_eq!(orders().json::<Value>().unwrap(), serde_json::from_str::<Value>(&text).unwrap());
    let error = orders().json::<BTreeMap<String, u8>>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
    let word = orders().json::<BTreeMap<String, Value>>().unwrap()["stat"].as_str().unwrap().to_owned();
    assert!(!format!("{error} {error:?}").contains(&word), "{error:?} repeats the body");
}

#[test]
fn threads_that_ask_at_once_share_one_sign_in() {
    let sandbox = start(played::neo::Sandbox::builder());
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(FileStore::open(folder.path().join("sessions.json")).unwrap());
    let at_once = Barrier::new(4);
    let users = thread::scope(|scope| {
        let ask = || {
            let provider = neo_provider(&sandbox, store.clone());
            at_once.wait();
            let session = provider.session().unwrap();
            assert_eq!(provider.state().status(), ProviderStatus::Ready);
            session.get("quick/user/orders").send().unwrap();
            session.user().to_owned()
        };
        let asked: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        asked.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(users, vec![sandbox.user(); 4]);
    assert_eq!(sandbox.call_count(TradeApiValidate), 1);
}

#[test]
fn a_call_ends_with_its_deadline() {
    let sandbox = start(played::neo::Sandbox::builder());
    sandbox.inject(TradeApiLogin, Fault::hang());
    let (attempt, total) = (Duration::from_millis(200), Duration::from_secs(1));
    let options = once().deadlines(Deadlines { attempt, total, ..Deadlines::default() });
    let outcome = neo_client_with(&sandbox, options).login_totp(&secret(&sandbox.totp_now()));
    assert_eq!(kind(outcome), ErrorKind::Timeout);
}

#[test]
fn a_lease_that_is_dropped_is_given_back() {
    let sandbox = start(played::neo::Sandbox::builder());
    let shared = neo_client(&sandbox).shared_session(Arc::new(MemoryStore::new()), &[]);
    let lease = |patience| shared.lease(Wanted::any(), patience);
    let Turn::Lease(first) = lease(MINUTE).unwrap() else { panic!("nobody has signed in") };
    assert_eq!(kind(lease(Duration::ZERO)), ErrorKind::Timeout);
    drop(first);
    // Otherwise it would end by itself after ten seconds.
    let started = Instant::now();
    let Turn::Lease(second) = lease(MINUTE).unwrap() else { panic!("nobody has signed in") };
    assert!(started.elapsed() < Duration::from_secs(5));
    let session = neo_client(&sandbox).with_lease(&second).login_totp(&secret(&sandbox.totp_now())).unwrap();
    let session = session.validate(&secret(&sandbox.account().mpin)).unwrap();
    second.finish(&session.save(), None).unwrap();
    let Turn::Stored(stored) = lease(MINUTE).unwrap() else { panic!("a session is stored") };
    assert_eq!(stored.session(), &session.save());
}

#[test]
fn calls_in_a_task_are_refused_and_change_nothing() {
    let sandbox = start(played::neo::Sandbox::builder());
    let session = neo_session(&sandbox);
    let calls = sandbox.calls().len();
    let runtime = Runtime::new().unwrap();
    let refusals: Vec<Error> = runtime.block_on(async {
        vec![
            neo::Client::from_env().unwrap_err(),
            session.get("quick/user/orders").send().unwrap_err(),
            session.logout().unwrap_err(),
            blocking::block_on(async {}).unwrap_err(),
        ]
    });
    for error in refusals {
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Config, true), "{error}");
        assert!(error.hint().unwrap().contains("`.await`"), "{error}");
    }
    assert_eq!(sandbox.calls().len(), calls);
    let shared = session.clone();
    let logout = runtime.block_on(async { tokio::task::spawn_blocking(move || shared.logout()).await });
    logout.unwrap().unwrap();
}
