//! What the tests of `broker_session::neo` share.

use std::borrow::Borrow;

use broker_session::{
    ClientOptions, Error, Secret,
    neo::{Client, ClientBuilder, Credentials, Session, ViewSession},
};
use broker_session_sandbox::{
    Clock,
    neo::{Account, Builder, Operation, Sandbox},
};
use contract_tests::{AT_ONCE, secret};
use jiff::{Timestamp, Zoned};

/// When the sandbox's clock starts, and stands still: at noon in India, at the begin of a TOTP's step.
pub(crate) const NOON: &str = "2026-03-10T12:00:00+05:30";

pub(crate) fn noon() -> Timestamp {
    NOON.parse().expect("a time")
}

/// A sandbox whose clock stands still.
pub(crate) fn at_noon() -> Builder {
    Sandbox::builder().clock(Clock::frozen_at(noon()))
}

pub(crate) async fn sandbox() -> Sandbox {
    at_noon().start().await.expect("a sandbox on loopback")
}

/// What identifies the application and the user of an account.
pub(crate) fn credentials_of(account: &Account) -> Credentials {
    Credentials::new()
        .mobile(account.mobile.as_str())
        .ucc(account.ucc.as_str())
        .access_token(account.access_token.as_str())
}

/// A builder for the first account of a sandbox; retries do not wait.
pub(crate) fn builder(sandbox: &Sandbox) -> ClientBuilder {
    Client::builder()
        .credentials(credentials_of(sandbox.account()))
        .base_url(sandbox.base_url())
        .options(ClientOptions::new().retry(AT_ONCE))
}

pub(crate) fn client(sandbox: &Sandbox) -> Client {
    builder(sandbox).build().expect("settings that fit")
}

/// What the authenticator shows; the next code comes in the next step.
pub(crate) fn code(sandbox: &Sandbox) -> Secret {
    secret(&sandbox.totp_now())
}

pub(crate) fn mpin(sandbox: &Sandbox) -> Secret {
    secret(&sandbox.account().mpin)
}

/// The first step.
pub(crate) async fn view(sandbox: &Sandbox) -> Result<ViewSession, Error> {
    client(sandbox).login_totp(&code(sandbox)).await
}

/// The whole sign-in.
pub(crate) async fn trade(sandbox: &Sandbox) -> Result<Session, Error> {
    view(sandbox).await?.validate(&mpin(sandbox)).await
}

/// Drops a call as soon as it has arrived at a sandbox that does not respond to it.
pub(crate) async fn dropped<T: std::fmt::Debug>(
    sandbox: &Sandbox,
    operation: Operation,
    call: impl Future<Output = Result<T, Error>>,
) {
    let before = sandbox.call_count(operation);
    let arrived = async {
        while sandbox.call_count(operation) == before {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        outcome = call => panic!("the server is silent, and yet: {outcome:?}"),
        () = arrived => {}
    }
}

/// How a time in India is written.
pub(crate) fn in_india(time: impl Borrow<Zoned>) -> String {
    time.borrow().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
