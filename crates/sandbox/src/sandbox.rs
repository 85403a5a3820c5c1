//! A running sandbox, as a test or a program holds it: what is the same for every broker.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::broker::{Accounts, Broker};
use crate::builder::Builder;
use crate::clock::Clock;
use crate::fault::Fault;
use crate::log::Call;
use crate::operation::Operation as _;
use crate::routes::{Beside, Door, Site};
use crate::server::Server;
use crate::spec::Spec;
use crate::variable::Variable;

/// A broker in this process.
///
/// Dropping it closes its port and every connection at once; [`Sandbox::shutdown`] is the gentle way.
/// All methods may be called while clients are being served.
pub struct Sandbox<B: Broker> {
    site: Arc<Site<B>>,
    server: Server,
}

impl<B: Broker> Sandbox<B> {
    /// Settings to start one with.
    pub fn builder() -> Builder<B> {
        Builder::default()
    }

    pub(crate) fn open(
        broker: B,
        clock: Clock,
        spec: &'static Spec,
        doors: Vec<Door<B>>,
        beside: Option<Beside>,
    ) -> Self {
        let site = Arc::new(Site::new(broker, clock, spec, beside));
        let listeners = doors.into_iter().map(|door| door.open(&site)).collect();
        Self { site, server: Server::start(listeners) }
    }

    pub(crate) fn broker(&self) -> &B {
        &self.site.broker
    }

    /// What a client is configured with, for example `http://127.0.0.1:4001/apim`.
    pub fn base_url(&self) -> &str {
        self.broker().base_url()
    }

    /// URL of the host's root, without a slash at the end.
    pub fn root_url(&self) -> &str {
        self.broker().root_url()
    }

    /// URL of the API's reference, if the sandbox serves one ([`Builder::reference`]). The same is at `/` of the host,
    /// where the broker has no page of its own: IBKR's gateway shows its login page there while nobody is signed in.
    #[cfg(feature = "reference")]
    pub fn reference_url(&self) -> Option<String> {
        let root = self.root_url();
        self.site.beside.is_some().then(|| format!("{root}{}", crate::reference::FOLDER))
    }

    /// The user that the sandbox is for: an id or a name, never a secret.
    pub fn user(&self) -> &str {
        self.broker().user()
    }

    /// All that a client's environment needs, with what of it may be shown.
    pub fn environment(&self) -> Vec<Variable> {
        self.broker().environment()
    }

    /// The names and values of [`Sandbox::environment`].
    pub fn credentials(&self) -> Vec<(&'static str, String)> {
        self.environment().into_iter().map(|variable| (variable.name, variable.value)).collect()
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
    ///
    /// A fault counts as the broker's own answer where the broker remembers how it has answered: a 429 closes
    /// IBKR's penalty box, and calls that the box turns away take no fault.
    pub fn inject(&self, operation: B::Operation, fault: Fault) {
        self.inject_times(operation, 1, fault);
    }

    /// Injects a fault for the operation's next `times` calls.
    pub fn inject_times(&self, operation: B::Operation, times: usize, fault: Fault) {
        self.site.faults.push(operation.id(), fault, Some(times));
    }

    /// Injects a fault for all the operation's calls from now on, after the faults already waiting.
    pub fn inject_always(&self, operation: B::Operation, fault: Fault) {
        self.site.faults.push(operation.id(), fault, None);
    }

    /// Lets a share of all calls from now on meet a fault: each with the chance `rate` (0 is never, 1 is always) one
    /// of `faults`, all alike; for instance of [`Fault::bad_day`]. Faults that wait for an operation go first, and
    /// those given here before are forgotten.
    ///
    /// The chance is pseudo-random: with the same seed the n-th call of an operation meets the same fault each time,
    /// whatever else is called in between. So a failure that a seed has brought about can be had again.
    ///
    /// ```
    /// use broker_session_sandbox::{Fault, neo};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// let sandbox = neo::Sandbox::builder().start().await?;
    /// sandbox.inject_randomly(0.05, 42, Fault::bad_day());
    /// // ... the program under test calls the sandbox ...
    /// for call in sandbox.calls() {
    ///     if let Some(fault) = &call.fault {
    ///         println!("{:?} met: {fault}", call.operation);
    ///     }
    /// }
    /// # std::io::Result::Ok(())
    /// # })?;
    /// # std::io::Result::Ok(())
    /// ```
    pub fn inject_randomly(&self, rate: f64, seed: u64, faults: impl IntoIterator<Item = Fault>) {
        self.site.faults.by_chance(rate, seed, faults.into_iter().collect());
    }

    /// Forgets all injected faults.
    pub fn clear_faults(&self) {
        self.site.faults.clear();
    }

    /// All calls in the order they arrived, those of no operation included. The latest 10 000 are kept.
    pub fn calls(&self) -> Vec<Call> {
        self.site.log.all()
    }

    /// The calls of one operation, in the order they arrived.
    pub fn calls_to(&self, operation: B::Operation) -> Vec<Call> {
        self.site.log.of(operation.id())
    }

    /// How often an operation was called.
    pub fn call_count(&self, operation: B::Operation) -> usize {
        self.calls_to(operation).len()
    }

    /// Forgets the calls so far, and what the broker has counted about them.
    pub fn clear_calls(&self) {
        self.site.log.clear();
        self.broker().forget_calls();
    }

    /// Takes the calls since the last time, in the order they arrived, so that the log of a sandbox that runs for long
    /// never gets full. What the broker has counted about them stays.
    pub fn take_calls(&self) -> Vec<Call> {
        self.site.log.take()
    }

    /// How many connections clients have open now.
    pub fn open_connections(&self) -> usize {
        self.server.open_connections()
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

impl<B: Accounts> Sandbox<B> {
    /// The first account.
    pub fn account(&self) -> &B::Account {
        self.broker().account()
    }

    /// Changes what the broker knows of a user: a new password, a new access code, another pin. Sessions live on.
    /// The name that the user is known by stays as it is, and [`Sandbox::account`] and [`Sandbox::environment`] tell of
    /// the account that the sandbox began with.
    ///
    /// # Errors
    /// There is no such user, or a secret is none.
    pub fn change_account(&self, user: &str, change: impl FnOnce(&mut B::Account)) -> io::Result<()> {
        self.broker().change_account(user, change)
    }

    /// Wrong guesses since the user's last sign-in.
    pub fn bad_tries(&self, user: &str) -> u32 {
        self.broker().with_guesses(user, |guesses| guesses.bad_tries()).unwrap_or_default()
    }

    /// True if the account is locked.
    pub fn is_locked(&self, user: &str) -> bool {
        self.broker().with_guesses(user, |guesses| guesses.is_locked()).unwrap_or_default()
    }

    /// Locks the account, as wrong guesses do.
    pub fn lock(&self, user: &str) {
        self.broker().with_guesses(user, |guesses| guesses.set_locked(true));
    }

    /// Unlocks the account and forgets its wrong guesses.
    pub fn unlock(&self, user: &str) {
        self.broker().with_guesses(user, |guesses| guesses.set_locked(false));
    }

    /// How many sessions of the user's are alive.
    pub fn live_sessions(&self, user: &str) -> usize {
        self.broker().live_sessions(user)
    }

    /// Ends the user's sessions from the broker's side.
    pub fn end_sessions(&self, user: &str) {
        self.broker().end_sessions(user);
    }
}

impl<B: Broker> fmt::Debug for Sandbox<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("broker", &B::NAME)
            .field("base_url", &self.base_url())
            .field("user", &self.user())
            .finish_non_exhaustive()
    }
}
