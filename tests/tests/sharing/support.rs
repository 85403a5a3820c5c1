//! What these tests share: a broker, and programs that sign in to it through one store.

use std::{collections::BTreeSet, sync::Arc};

use broker_session::{
    ClientOptions, SessionProvider, SharedSession,
    neo::{Client, Credentials, SignIn},
    store::{Entry, Key, Store, Version},
};
use broker_session_sandbox::{
    Clock,
    neo::{Account, Operation, Sandbox},
};
use contract_tests::{AT_ONCE, PausedClock, secret};
use serde_json::Value;

/// A sandbox whose clock runs with tokio's.
pub(crate) async fn sandbox() -> Sandbox {
    Sandbox::builder().clock(Clock::running()).start().await.expect("a sandbox on loopback")
}

/// A client for the sandbox's account, on a clock that may be paused.
pub(crate) fn client(sandbox: &Sandbox) -> Client {
    client_of(sandbox, sandbox.account())
}

pub(crate) fn client_of(sandbox: &Sandbox, account: &Account) -> Client {
    let credentials = Credentials::new()
        .mobile(account.mobile.as_str())
        .ucc(account.ucc.as_str())
        .access_token(account.access_token.as_str());
    let options = ClientOptions::new().retry(AT_ONCE).middleware(Arc::new(PausedClock::new()));
    let client = Client::builder().credentials(credentials).base_url(sandbox.base_url()).options(options);
    client.build().expect("settings that fit")
}

/// The sign-in of a program that knows everything, by the sandbox's clock.
pub(crate) fn sign_in(sandbox: &Sandbox) -> SignIn {
    sign_in_with(sandbox, &sandbox.account().mpin)
}

pub(crate) fn sign_in_with(sandbox: &Sandbox, mpin: &str) -> SignIn {
    sign_in_of(sandbox, &Account { mpin: mpin.into(), ..sandbox.account().clone() })
}

pub(crate) fn sign_in_of(sandbox: &Sandbox, account: &Account) -> SignIn {
    let client = client_of(sandbox, account);
    let clock = sandbox.clock().clone();
    let totp = client.totp_from_secret(&secret(&account.totp_secret)).expect("a secret");
    SignIn::new(client).totp(totp.clock(move || clock.now())).mpin(account.mpin.as_str())
}

/// A program of its own: it shares nothing but the store.
pub(crate) fn program(sandbox: &Sandbox, store: &Arc<dyn Store>) -> SessionProvider {
    started(sign_in(sandbox), store)
}

pub(crate) fn started(sign_in: SignIn, store: &Arc<dyn Store>) -> SessionProvider {
    SessionProvider::builder(sign_in).store(store.clone()).start().expect("settings that fit")
}

pub(crate) fn shared(sandbox: &Sandbox, store: &Arc<dyn Store>) -> SharedSession {
    client(sandbox).shared_session(store.clone(), &[])
}

/// How many sign-ins arrived that were complete.
pub(crate) fn sign_ins(sandbox: &Sandbox) -> usize {
    sandbox.call_count(Operation::TradeApiValidate)
}

/// How many guesses arrived; asserts that no one-time password came twice.
pub(crate) fn guesses(sandbox: &Sandbox) -> (usize, usize) {
    let field = |operation, name: &str| -> Vec<String> {
        let bodies = sandbox.calls_to(operation).into_iter().map(|call| call.body);
        let json = bodies.map(|body| serde_json::from_slice::<Value>(&body).expect("JSON"));
        json.map(|json| json[name].as_str().expect("a string").to_owned()).collect()
    };
    let codes = field(Operation::TradeApiLogin, "totp");
    let distinct: BTreeSet<&String> = codes.iter().collect();
    assert_eq!(distinct.len(), codes.len(), "a one-time password came twice");
    (codes.len(), field(Operation::TradeApiValidate, "mpin").len())
}

/// Lets a store know of the user, as after an earlier day: a store that may lose entries is not waited for then.
pub(crate) async fn seed(store: &dyn Store) {
    let entry = Entry::new(Version::random(), r#"{"kind":"guesses","format":1,"guesses":[]}"#, None);
    assert!(store.put_if(&Key::new("guesses/neo/S4MPL"), None, entry).await.expect("a store"));
}
