//! What the tests of `broker_session::kotak` share.

use broker_session::{
    ClientOptions, Error, Secret,
    kotak::{Client, ClientBuilder, Credentials, Pending, Session, User},
};
use broker_session_sandbox::kotak::{Account, Operation, Sandbox};
use contract_tests::{AT_ONCE, secret};

/// What identifies the application and the user of an account.
pub(crate) fn credentials_of(account: &Account) -> Credentials {
    credentials_for(User::Userid(account.userid.clone()), account)
}

pub(crate) fn credentials_for(user: User, account: &Account) -> Credentials {
    Credentials::new()
        .user(user)
        .consumer_key(account.consumer_key.as_str())
        .access_token(account.access_token.as_str())
        .consumer_secret(account.consumer_secret.as_str())
}

/// A sandbox as it is out of the box.
pub(crate) async fn sandbox() -> Sandbox {
    Sandbox::builder().start().await.expect("a sandbox on loopback")
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

/// The first two steps, with the right password.
pub(crate) async fn log_in(sandbox: &Sandbox) -> Result<Pending, Error> {
    client(sandbox).login(&secret(&sandbox.account().password)).await
}

/// The whole sign-in, with the code that the broker has sent.
pub(crate) async fn sign_in(sandbox: &Sandbox) -> Result<Session, Error> {
    let pending = log_in(sandbox).await?;
    pending.submit_access_code(&access_code(sandbox)).await
}

/// Reads the SMS.
pub(crate) fn access_code(sandbox: &Sandbox) -> Secret {
    let code = sandbox.access_code(&sandbox.account().userid);
    secret(&code.expect("the account of the sandbox"))
}

/// How often the operations that carry a password were called.
pub(crate) fn passwords_sent(sandbox: &Sandbox) -> usize {
    sandbox.call_count(Operation::SessionLoginUserid) + sandbox.call_count(Operation::SessionLoginNickname)
}
