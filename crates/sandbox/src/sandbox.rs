//! A running sandbox, and the options that it starts with: what is the same for every broker.

use std::{fmt, io, sync::Arc, time::Duration};

use crate::{
    accounts::{Accounts, Users as _},
    broker::{Broker, Started},
    call_log::{Call, CallLog},
    clock::Clock,
    fault::{Fault, InjectedFaults},
    operation::Operation as _,
    routes::{App, Fallback, Host},
    server::{Listener, Server},
    spec::Spec,
};

/// A broker in this process.
///
/// Dropping it closes its port and every connection at once; [`Sandbox::shutdown`] lets responses finish.
/// All methods may be called while clients are being served.
pub struct Sandbox<B: Broker> {
    app: Arc<App<B>>,
    server: Server,
}

impl<B: Broker> Sandbox<B> {
    /// Settings to start one with.
    pub fn builder() -> Builder<B> {
        Builder::default()
    }

    pub(crate) fn broker(&self) -> &B {
        &self.app.broker
    }

    /// What a client is configured with, for example `http://127.0.0.1:4001/apim`.
    pub fn base_url(&self) -> &str {
        &self.app.base_url
    }

    /// URL of the host's root, without a slash at the end.
    pub fn root_url(&self) -> &str {
        &self.app.root_url
    }

    /// URL of the API's reference, if the sandbox serves one ([`Builder::reference`]). The same is at `/` of the host,
    /// where the broker has no page of its own: IBKR's gateway shows its login page there while nobody is signed in.
    #[cfg(feature = "reference")]
    pub fn reference_url(&self) -> Option<String> {
        let root = self.root_url();
        self.app.fallback.is_some().then(|| format!("{root}{}", crate::reference::REFERENCE_PATH))
    }

    /// The user that the sandbox is for: an id or a name, never a secret.
    pub fn user(&self) -> &str {
        &self.app.user
    }

    /// All that a client's environment needs.
    pub fn environment(&self) -> Vec<Variable> {
        self.broker().environment(self.base_url())
    }

    /// The names and values of [`Sandbox::environment`].
    pub fn credentials(&self) -> Vec<(&'static str, String)> {
        self.environment().into_iter().map(|variable| (variable.name, variable.value)).collect()
    }

    /// The clock by which everything expires.
    pub fn clock(&self) -> &Clock {
        &self.app.clock
    }

    /// Lets `by` pass at once on the sandbox's clock.
    pub fn advance(&self, by: Duration) {
        self.app.clock.advance(by);
    }

    /// Injects a fault for the operation's next call. Faults are taken in the order they were injected.
    ///
    /// A fault counts as the broker's own response where the broker remembers its responses: a 429 closes
    /// IBKR's penalty box, and calls that the box rejects take no fault.
    pub fn inject(&self, operation: B::Operation, fault: Fault) {
        self.inject_times(operation, 1, fault);
    }

    /// Injects a fault for the operation's next `times` calls.
    pub fn inject_times(&self, operation: B::Operation, times: usize, fault: Fault) {
        self.app.faults.push(operation.id(), fault, Some(times));
    }

    /// Injects a fault for all the operation's calls from now on, after the faults already waiting.
    pub fn inject_always(&self, operation: B::Operation, fault: Fault) {
        self.app.faults.push(operation.id(), fault, None);
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
        self.app.faults.by_chance(rate, seed, faults.into_iter().collect());
    }

    /// Forgets all injected faults.
    pub fn clear_faults(&self) {
        self.app.faults.clear();
    }

    /// All calls in the order they arrived, those of no operation included. The latest 10 000 are kept.
    pub fn calls(&self) -> Vec<Call> {
        self.app.log.all()
    }

    /// The calls of one operation, in the order they arrived.
    pub fn calls_to(&self, operation: B::Operation) -> Vec<Call> {
        self.app.log.of(operation.id())
    }

    /// How often an operation was called.
    pub fn call_count(&self, operation: B::Operation) -> usize {
        self.calls_to(operation).len()
    }

    /// Forgets the calls so far, and what the broker has counted about them.
    pub fn clear_calls(&self) {
        self.app.log.clear();
        self.broker().forget_calls();
    }

    /// Takes the calls since the last time, in the order they arrived, so that the log of a sandbox that runs for long
    /// never gets full. What the broker has counted about them stays.
    pub fn take_calls(&self) -> Vec<Call> {
        self.app.log.take()
    }

    /// How many connections clients have open now.
    pub fn open_connections(&self) -> usize {
        self.server.open_connections()
    }

    /// Serves until `stop` resolves, then shuts down: for a program that runs until it is stopped.
    pub async fn serve_until(self, stop: impl Future<Output = ()>) {
        stop.await;
        self.shutdown().await;
    }

    /// Stops listening, lets responses on their way finish (for a quarter of a second at most, a hanging
    /// response never finishes), and closes every connection.
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
    /// The name that the user is known by stays as it is, and [`Sandbox::account`] and [`Sandbox::environment`] keep
    /// the account that the sandbox started with.
    ///
    /// # Errors
    /// There is no such user, or a secret is not valid.
    pub fn change_account(&self, user: &str, change: impl FnOnce(&mut B::Account)) -> io::Result<()> {
        self.broker().users().change_account(user, change)
    }

    /// Wrong guesses since the user's last sign-in.
    pub fn bad_tries(&self, user: &str) -> u32 {
        self.broker().users().guesses(user).map_or(0, |guesses| guesses.bad_tries)
    }

    /// True if the account is locked.
    pub fn is_locked(&self, user: &str) -> bool {
        self.broker().users().guesses(user).is_some_and(|guesses| guesses.is_locked)
    }

    /// Locks the account, as wrong guesses do.
    pub fn lock(&self, user: &str) {
        self.set_locked(user, true);
    }

    /// Unlocks the account and forgets its wrong guesses.
    pub fn unlock(&self, user: &str) {
        self.set_locked(user, false);
    }

    fn set_locked(&self, user: &str, is_locked: bool) {
        if let Some(guesses) = self.broker().users().guesses(user) {
            guesses.set_locked(is_locked);
        }
    }

    /// How many sessions of the user are alive.
    pub fn live_sessions(&self, user: &str) -> usize {
        self.broker().users().live_sessions(user)
    }

    /// Ends the user's sessions from the broker's side.
    pub fn end_sessions(&self, user: &str) {
        self.broker().users().end_sessions(user);
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

/// Options of a [`Sandbox`] to be started. From [`Sandbox::builder`].
pub struct Builder<B: Broker> {
    port: u16,
    clock: Clock,
    /// Makes what is served beside the broker, for a spec and the URL of the host's root.
    fallback: Option<fn(&Spec, &str) -> Fallback>,
    pub(crate) options: B::Options,
}

impl<B: Broker> Builder<B> {
    /// Port of the loopback interface to listen on; 0, the default, picks a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The clock by which everything expires; a running one by default. Under a clock that stands still all
    /// calls arrive at once, which exceeds the limits of a broker that has any.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Serves an interactive reference of the broker's API at `/`, from which the sandbox can be called in a browser. An
    /// operation or a page of the broker's own goes first.
    #[cfg(feature = "reference")]
    #[must_use]
    pub fn reference(mut self) -> Self {
        self.fallback = Some(crate::reference::Reference::fallback);
        self
    }

    /// Starts the sandbox on the current tokio runtime. It responds as soon as this returns.
    ///
    /// # Errors
    /// A port cannot be listened on, most often because another program holds it; or an option
    /// is not valid: an account's secret, a certificate that could not be made.
    ///
    /// # Panics
    /// Outside a tokio runtime with IO and time enabled.
    pub async fn start(self) -> io::Result<Sandbox<B>> {
        let spec = B::spec()?;
        let first = Listener::bind(self.port).await?;
        let Started { broker, hosts, base_url, user } = B::start(self.options, &self.clock, first).await?;
        let root_url = hosts.first().map(Host::root).unwrap_or_default();
        let fallback = self.fallback.map(|make| make(spec, &root_url));
        let (faults, log) = (InjectedFaults::default(), CallLog::default());
        let app = App { broker, base_url, root_url, user, fallback, faults, log, clock: self.clock, spec };
        let app = Arc::new(app);
        let listeners = hosts.into_iter().map(|host| host.serve(&app)).collect();
        Ok(Sandbox { app, server: Server::start(listeners) })
    }
}

/// Writes setters of a broker's `Builder`: a name, an argument if there is one, and which option gets which value.
macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty)?): $($option:ident).+ = $value:expr;)+) => {
        impl Builder {
            $($(#[$doc])*
            #[must_use]
            pub fn $name(mut self $(, $argument: $type)?) -> Self {
                self.options.$($option).+ = $value;
                self
            })+
        }
    };
}

pub(crate) use setters;

impl<B: Broker> Default for Builder<B> {
    fn default() -> Self {
        Self { port: 0, clock: Clock::running(), fallback: None, options: B::Options::default() }
    }
}

impl<B: Broker> Clone for Builder<B> {
    fn clone(&self) -> Self {
        Self {
            port: self.port,
            clock: self.clock.clone(),
            fallback: self.fallback,
            options: self.options.clone(),
        }
    }
}

impl<B: Broker> fmt::Debug for Builder<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("port", &self.port)
            .field("clock", &self.clock)
            .field("fallback", &self.fallback.is_some())
            .field("options", &self.options)
            .finish()
    }
}

/// A variable of a client's environment. `Debug` shows the value only if it is public.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Variable {
    /// Its name, for example `KOTAK_USERID`.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// Whether the value may be shown: it is no secret, or it is one that this crate has made up.
    pub is_public: bool,
}

impl Variable {
    /// A variable whose value is no secret.
    pub(crate) fn public(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into(), is_public: true }
    }
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.is_public { &self.value } else { "[redacted]" };
        f.debug_struct("Variable").field("name", &self.name).field("value", &value).finish_non_exhaustive()
    }
}
