//! Keeps a session alive, in one task.
//!
//! What goes wrong with other keep-alives is that they die of their first error, take a 200 for a success, open
//! the session again where that cannot help, and do so in a herd. Here one task does all of it, survives every
//! failure, and says at any time how the session is, since when and why.

mod keeper;

use std::time::Duration;

use broker_session_runtime::ErrorKind;
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
    time::timeout,
};

use super::{
    gateway::{Compete, Gateway},
    session_state::SessionState,
};
use crate::Error;
use keeper::Keeper;

/// How often a session is tickled unless told; the broker's advice is about once a minute.
const TICKLE_EVERY: Duration = Duration::from_secs(60);

/// The broker takes one tickle a second.
const SHORTEST_PERIOD: Duration = Duration::from_secs(1);

/// The idle time-out is five to six minutes.
const LONGEST_PERIOD: Duration = Duration::from_secs(5 * 60);

/// How long an opened session may take until it can be used, unless told.
const RECOVERY_DEADLINE: Duration = Duration::from_secs(30);

/// How long a single round may wait for the single sign-on by default.
const DOUBT_DEADLINE: Duration = Duration::from_secs(60);

/// Callers that may be waiting for a look; further ones wait for their turn to wait.
const WAITING: usize = 64;

/// Keeps the session of a gateway alive until it is shut down or dropped.
///
/// Every minute it tickles, reads the answer, and where the session cannot be used finds out why. It opens the
/// brokerage session again only where that helps: never on one that is alive, never without a single sign-on,
/// never with `compete` unless allowed; and the more often it had to, the longer it waits in between, from a
/// minute to half an hour. With [`GatewayBuilder::shared_file`](super::GatewayBuilder::shared_file) it does so together
/// with the other programs at the gateway. After a 429 it sends nothing for the time of the penalty. If the server's
/// certificate is not a trusted one, it ends its work at once ([`State::is_final`](super::State::is_final)).
#[derive(Debug)]
pub struct Supervisor {
    gateway: Gateway,
    states: watch::Receiver<SessionState>,
    looks: mpsc::Sender<oneshot::Sender<SessionState>>,
    task: JoinHandle<()>,
}

/// Builds a [`Supervisor`].
#[derive(Clone, Debug)]
pub struct SupervisorBuilder {
    gateway: Gateway,
    compete: Compete,
    tickle_every: Duration,
    recovery_deadline: Duration,
    doubt_deadline: Duration,
}

impl SupervisorBuilder {
    /// Sets how often the session is tickled: from one second, which is the broker's limit, to five minutes,
    /// after which the session would time out; once a minute unless told.
    pub fn tickle_every(mut self, period: Duration) -> Self {
        self.tickle_every = period;
        self
    }

    /// Sets how long a session that has been opened may take until it can be used; 30 seconds unless told, five
    /// minutes at most.
    pub fn recovery_deadline(mut self, deadline: Duration) -> Self {
        self.recovery_deadline = deadline;
        self
    }

    /// Sets how long [`SupervisorBuilder::once`] may wait until it may be asked whether the single sign-on is alive,
    /// where that is in doubt; a minute by default, which is the broker's limit.
    pub fn doubt_deadline(mut self, deadline: Duration) -> Self {
        self.doubt_deadline = deadline;
        self
    }

    /// Starts the task. Its first look begins at once.
    ///
    /// # Errors
    /// `Config` if the period or the time for a recovery is out of its limits, or outside a tokio runtime.
    pub fn start(self) -> Result<Supervisor, Error> {
        let runtime = Handle::try_current()
            .map_err(|_| Error::config("a supervisor needs a tokio runtime, and there is none here"))?;
        let (mut keeper, states) = self.keeper()?;
        let (looks, requests) = mpsc::channel(WAITING);
        let task = runtime.spawn(async move { keeper.run(requests).await });
        Ok(Supervisor { gateway: self.gateway, states, looks, task })
    }

    /// Does one round and ends: tickles, finds out how the session is, opens it again if that helps and is
    /// allowed, and waits until it can be used.
    ///
    /// # Errors
    /// `Config` if the period or the time for a recovery is out of its limits.
    pub async fn once(self) -> Result<SessionState, Error> {
        let (mut keeper, states) = self.keeper()?;
        keeper.once(self.doubt_deadline).await;
        Ok(states.borrow().clone())
    }

    fn keeper(&self) -> Result<(Keeper, watch::Receiver<SessionState>), Error> {
        if !(SHORTEST_PERIOD..=LONGEST_PERIOD).contains(&self.tickle_every) {
            return Err(Error::config("the period of the tickles must be from one second to five minutes"));
        }
        if self.recovery_deadline > LONGEST_PERIOD {
            return Err(Error::config(
                "the time for a recovery must be no more than five minutes: nothing is tickled meanwhile",
            ));
        }
        Ok(Keeper::new(self.gateway.clone(), self.compete, self.tickle_every, self.recovery_deadline))
    }
}

impl Supervisor {
    /// Starts building a supervisor. What to do about a session that the same user has elsewhere is for the
    /// caller to say: with [`Compete::TakeOver`] the phone or the desktop is thrown out whenever it holds the
    /// session.
    pub fn builder(gateway: Gateway, compete: Compete) -> SupervisorBuilder {
        SupervisorBuilder {
            gateway,
            compete,
            tickle_every: TICKLE_EVERY,
            recovery_deadline: RECOVERY_DEADLINE,
            doubt_deadline: DOUBT_DEADLINE,
        }
    }

    /// How the session is, as of the last look.
    pub fn state(&self) -> SessionState {
        self.states.borrow().clone()
    }

    /// A channel with the state, which tells of every change of the state or its reason. A slow reader sees the
    /// latest only.
    pub fn watch(&self) -> watch::Receiver<SessionState> {
        self.states.clone()
    }

    /// Looks now, and gives back what was found. For a program whose own call was refused: a tickle that says that all
    /// is well is not taken for granted. However many ask at
    /// once, there is one look, and one recovery if that is called for.
    pub async fn look(&self) -> SessionState {
        let (answer, found) = oneshot::channel();
        // The task lives as long as this value does; the last state is the answer in any case.
        let _ = self.looks.send(answer).await;
        match found.await {
            Ok(state) => state,
            Err(_) => self.state(),
        }
    }

    /// Waits until the session can be used, for at most `deadline`.
    ///
    /// # Errors
    /// How the session is when the deadline has passed: `LoginRequired` with the page to open,
    /// `SessionExpired`, `Refused` if it is held elsewhere, `RateLimited`, or `Unavailable`. At once, where no waiting
    /// helps: `HostNotAllowed` if the server's certificate is not the trusted one, `Unavailable` if it is not trusted.
    pub async fn ready(&self, deadline: Duration) -> Result<SessionState, Error> {
        let mut states = self.watch();
        let is_decided = |state: &SessionState| state.is_ready() || state.state().is_final();
        match timeout(deadline, states.wait_for(is_decided)).await {
            Ok(Ok(state)) if state.is_ready() => Ok(state.clone()),
            // No waiting helps; or the task has ended, which it does only then and together with this value; or the
            // deadline has passed.
            Ok(_) | Err(_) => Err(not_ready(&self.state())),
        }
    }

    /// Ends the task; what it has under way is cancelled. The session stays as it is, until it times out.
    pub async fn shutdown(mut self) {
        self.end().await;
    }

    /// Ends the task, then the session.
    ///
    /// # Errors
    /// Those of [`Gateway::logout`]; the task has ended even so.
    pub async fn logout(mut self) -> Result<(), Error> {
        self.end().await;
        self.gateway.logout().await
    }

    async fn end(&mut self) {
        self.task.abort();
        // It was told to end, so that it was cancelled is what is expected.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The error for a state in which the session cannot be used.
fn not_ready(state: &SessionState) -> Error {
    let kind = state.state().kind().unwrap_or(ErrorKind::Timeout);
    let error = Error::new(kind, state.why()).with_login_url(state.login_url());
    error.with_hint(state.hint().map(str::to_owned))
}
