//! A running sandbox, as a test or a program holds it.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::account::Account;
use super::builder::Builder;
use super::operation::Operation;
use super::routes::Site;
use crate::clock::Clock;
use crate::fault::Fault;
use crate::log::Call;
use crate::server::Server;

/// A Kotak Trade API broker in this process.
///
/// Dropping it closes its port and every connection at once; [`Sandbox::shutdown`] is the gentle way.
/// All methods may be called while clients are being served.
pub struct Sandbox {
    site: Arc<Site>,
    server: Server,
    account: Account,
}

impl Sandbox {
    /// Settings to start one with.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(super) fn new(site: Arc<Site>, server: Server, account: Account) -> Self {
        Self { site, server, account }
    }

    /// URL of the first base, for example `http://127.0.0.1:4001/apim`: what a client is configured with.
    pub fn base_url(&self) -> &str {
        &self.site.urls.first.0
    }

    /// URL of the second base, for example `http://127.0.0.1:4001/second/apim`.
    pub fn second_base_url(&self) -> &str {
        &self.site.urls.second.0
    }

    /// URL of the host's root, below which `/token` and `/revoke` answer, without a slash at the end.
    pub fn root_url(&self) -> &str {
        &self.site.urls.root
    }

    /// URL of the call that stands in for the trading calls ([`Operation::StandIn`]), at the first base.
    pub fn stand_in_url(&self) -> String {
        format!("{}{}", self.base_url(), Operation::StandIn.path())
    }

    /// The first account.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The first account's credentials, with the current access code, and `KOTAK_BASE_URL`: all that a
    /// client's environment needs.
    pub fn credentials(&self) -> Vec<(&'static str, String)> {
        let access_code = self.access_code(&self.account.userid).unwrap_or_default();
        let account = Account { access_code, ..self.account.clone() };
        let mut pairs = account.credentials();
        pairs.push(("KOTAK_BASE_URL", self.base_url().to_owned()));
        pairs
    }

    /// The clock by which everything expires.
    pub fn clock(&self) -> &Clock {
        &self.site.clock
    }

    /// Lets `by` pass at once on the sandbox's clock.
    pub fn advance(&self, by: Duration) {
        self.site.clock.advance(by);
    }

    /// Injects a fault for the operation's next call. Faults are taken in the order they were injected.
    pub fn inject(&self, operation: Operation, fault: Fault) {
        self.inject_times(operation, 1, fault);
    }

    /// Injects a fault for the operation's next `times` calls.
    pub fn inject_times(&self, operation: Operation, times: usize, fault: Fault) {
        self.site.faults.push(operation.id(), fault, Some(times));
    }

    /// Injects a fault for all the operation's calls from now on, after the faults already waiting.
    pub fn inject_always(&self, operation: Operation, fault: Fault) {
        self.site.faults.push(operation.id(), fault, None);
    }

    /// Forgets all injected faults.
    pub fn clear_faults(&self) {
        self.site.faults.clear();
    }

    /// All calls in the order they arrived, unknown paths and methods included. The latest 10 000 are kept.
    pub fn calls(&self) -> Vec<Call> {
        self.site.log.all()
    }

    /// The calls of one operation, in the order they arrived.
    pub fn calls_to(&self, operation: Operation) -> Vec<Call> {
        self.site.log.of(operation.id())
    }

    /// How often an operation was called.
    pub fn call_count(&self, operation: Operation) -> usize {
        self.calls_to(operation).len()
    }

    /// Forgets the calls so far.
    pub fn clear_calls(&self) {
        self.site.log.clear();
    }

    /// The latest access code that was sent to the user, as if read from the message; `None` for an
    /// unknown user. It may have expired.
    pub fn access_code(&self, userid: &str) -> Option<String> {
        self.site.broker().access_code(userid)
    }

    /// Wrong guesses since the user's last sign-in.
    pub fn bad_tries(&self, userid: &str) -> u32 {
        self.site.broker().bad_tries(userid)
    }

    /// True if the account is locked.
    pub fn is_locked(&self, userid: &str) -> bool {
        self.site.broker().is_locked(userid)
    }

    /// Locks the account, as wrong guesses do.
    pub fn lock(&self, userid: &str) {
        self.site.broker().set_locked(userid, true);
    }

    /// Unlocks the account and forgets its wrong guesses.
    pub fn unlock(&self, userid: &str) {
        self.site.broker().set_locked(userid, false);
    }

    /// How many sessions of the user's are alive.
    pub fn live_sessions(&self, userid: &str) -> usize {
        self.site.broker().live_sessions(userid)
    }

    /// Ends the user's sessions from the broker's side.
    pub fn end_sessions(&self, userid: &str) {
        self.site.broker().end_sessions(userid);
    }

    /// Serves until `stop` resolves, then shuts down: for a program that runs until it is told to end.
    pub async fn serve_until(self, stop: impl Future<Output = ()>) {
        stop.await;
        self.shutdown().await;
    }

    /// Stops listening, lets answers on their way finish (for a quarter of a second at most, a hanging
    /// answer never finishes), and closes every connection.
    pub async fn shutdown(self) {
        self.server.shutdown().await;
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("urls", &self.site.urls)
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}
