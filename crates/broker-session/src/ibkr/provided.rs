//! The brokerage session, for a [`SessionProvider`](crate::SessionProvider): a supervisor keeps it alive, and its state is
//! that of the provider.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use broker_session_runtime::ErrorKind;
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};

use super::{
    builder::Ibkr,
    client::{Client, Compete, is_about_session},
    keepalive::CLOSED_HINT,
    status::{SessionState, State},
    supervisor::{Supervisor, SupervisorBuilder},
};
use crate::{
    Error, Session,
    builder::sealed::Broker,
    locked::Locked,
    provider::{Provide, ProviderState, ProviderStatus, Settings, States, sealed},
    session::Call,
};

/// How often the end of a token is read again, which may change without a change of the state.
const REPORT_PERIOD: Duration = Duration::from_secs(60);

/// Everything that a sign-in takes, for a [`SessionProvider`](crate::SessionProvider).
///
/// With OAuth the provider signs in by itself. At a gateway a person must sign in, in a browser; the provider then says so,
/// and its callers wait for that person for as long as its patience lasts. In both cases a [`Supervisor`] opens the brokerage
/// session and keeps it alive, from the first session that is asked for until the provider ends. The client shares through
/// the provider's store, unless it was built with one of its own.
///
/// ```no_run
/// use broker_session::{SessionProvider, ibkr};
///
/// # async fn example() -> Result<(), broker_session::Error> {
/// let provider = SessionProvider::builder(ibkr::SignIn::from_env()?)
///     .on_person_needed(|person| println!("{} {:?}", person.reason, person.login_url))
///     .start()?;
/// let session = provider.session().await?;
/// println!("{}", session.get("iserver/accounts").send().await?.status());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SignIn {
    client: Client,
    compete: Compete,
    builder: SupervisorBuilder,
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl SignIn {
    /// Signs in with this client. The caller decides what to do about a session that the same user has elsewhere.
    pub fn new(client: Client, compete: Compete) -> Self {
        Self { builder: Supervisor::builder(client.clone(), compete), client, compete }
    }

    /// Sets how often the session is tickled: [`SupervisorBuilder::tickle_every`].
    pub fn tickle_every(mut self, period: Duration) -> Self {
        self.builder = self.builder.tickle_every(period);
        self
    }

    /// The sign-in that the environment variables of [`Client::from_env`] describe. It leaves a session alone that the same
    /// user has elsewhere.
    ///
    /// # Errors
    /// `Config` if one of them cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        Ok(Self::new(Client::from_env()?, Compete::Yield))
    }
}

impl sealed::SignIn for SignIn {
    fn start(self, settings: Settings) -> Result<Arc<dyn Provide>, Error> {
        let Self { client, compete, builder } = self;
        builder.check()?;
        let Settings { store, patience, hook, profile: _ } = settings;
        client.share_through(store.clone());
        let states = States::new(Ibkr::NAME, client.shared_session(store).user(), hook);
        Ok(Arc::new_cyclic(|this: &Weak<Supervised>| {
            let (keeper, obtained, this) = (Locked::default(), Locked::default(), this.clone());
            Supervised { client, compete, builder, patience, states, keeper, obtained, this }
        }))
    }
}

/// Provides the session that a supervisor keeps.
struct Supervised {
    client: Client,
    compete: Compete,
    builder: SupervisorBuilder,
    patience: Duration,
    states: States,
    keeper: Locked<Keeper>,
    /// When the token of the last state was got here.
    obtained: Locked<Option<Instant>>,
    this: Weak<Self>,
}

/// Who keeps the session.
#[derive(Clone, Default)]
enum Keeper {
    /// Nobody yet.
    #[default]
    Idle,
    Running(Arc<Supervisor>),
    /// Nobody, because it was signed out.
    SignedOut,
}

impl Supervised {
    /// The supervisor, which begins its work when it is needed first.
    fn supervisor(&self) -> Result<Arc<Supervisor>, Error> {
        let (supervisor, is_new) = self.keeper.change(|keeper| match keeper {
            Keeper::Running(supervisor) => Ok((supervisor.clone(), false)),
            Keeper::SignedOut => Err(signed_out()),
            Keeper::Idle => {
                let supervisor = Arc::new(self.builder.clone().start()?);
                *keeper = Keeper::Running(supervisor.clone());
                Ok((supervisor, true))
            }
        })?;
        if is_new {
            let (states, this) = (supervisor.subscribe(), self.this.clone());
            tokio::spawn(bridge(states, this));
        }
        Ok(supervisor)
    }

    /// Waits until the session can be used.
    async fn ready(&self, supervisor: &Supervisor) -> Result<Session, Error> {
        let mut states = supervisor.subscribe();
        // It fails if patience is at its end, or if the supervisor has ended.
        let _ = timeout(self.patience, states.wait_for(is_decided)).await;
        let state = supervisor.state();
        if state.is_ready() { Ok(self.current()) } else { Err(state.to_error()) }
    }

    fn current(&self) -> Session {
        self.client.unverified_session().without_profile().with_number(self.number())
    }

    /// The number of the token, where it is shared.
    fn number(&self) -> Option<u64> {
        let token = self.client.authorization()?.token()?;
        Some(token.number).filter(|number| *number > 0)
    }

    /// Tells what a supervisor has found.
    fn report(&self, state: &SessionState) {
        let status = match state.state() {
            State::Ready => ProviderStatus::Ready,
            State::LoginRequired { .. } => ProviderStatus::PersonNeeded,
            _ if is_signed_out(state) => ProviderStatus::SignedOut,
            State::Connecting => ProviderStatus::SigningIn,
            // It is about to be opened.
            State::SoftTimeout if state.next_opening().is_none() => ProviderStatus::SigningIn,
            _ => ProviderStatus::Failed,
        };
        let reason = match state.hint() {
            Some(hint) => format!("{}. {hint}", state.reason()),
            None => state.reason().to_owned(),
        };
        let mut next = ProviderState::new(status, reason).with_login_url(state.login_url());
        if status == ProviderStatus::Ready {
            let authorization = self.client.authorization();
            let token = authorization.and_then(|authorization| authorization.token());
            let session = self.current();
            let end = session.save().expires_at().map(|end| end.timestamp());
            let obtained = token.as_ref().and_then(|token| token.obtained);
            if obtained.is_some() && self.obtained.get() != obtained {
                self.obtained.set(obtained);
                self.states.signed_in();
            }
            next = next.with_session(session.number(), end, token.map(|token| token.renew_at));
        }
        self.states.set(next);
    }

    /// Reports that the session was signed out, if it was.
    fn report_end(&self) {
        if matches!(self.keeper.get(), Keeper::SignedOut) {
            self.states.set(ProviderState::new(ProviderStatus::SignedOut, "the session was signed out"));
        }
    }

    /// Begins the session anew, whatever ended it.
    async fn begin(&self) -> Result<Session, Error> {
        self.keeper.change(|keeper| {
            let is_over = match keeper {
                Keeper::Running(supervisor) => supervisor.state().state().is_final(),
                Keeper::Idle | Keeper::SignedOut => true,
            };
            if is_over {
                *keeper = Keeper::Idle;
            }
        });
        if self.client.has_oauth() {
            let session = self.client.login(self.compete).await?;
            let supervisor = self.supervisor()?;
            // It may still believe what was so before.
            if !supervisor.state().is_ready() {
                supervisor.diagnose().await;
            }
            return Ok(session.without_profile().with_number(self.number()));
        }
        self.client.allow_revival().await;
        let supervisor = self.supervisor()?;
        let state = supervisor.diagnose().await;
        if matches!(state.state(), State::SoftTimeout | State::Competing | State::Refused) {
            self.client.open_session(self.compete).await?;
            supervisor.diagnose().await;
        }
        self.ready(&supervisor).await
    }
}

/// Reports what a supervisor finds, for as long as both live.
async fn bridge(mut states: watch::Receiver<SessionState>, provider: Weak<Supervised>) {
    loop {
        let state = states.borrow_and_update().clone();
        let Some(this) = provider.upgrade() else { return };
        this.report(&state);
        drop(this);
        if let Ok(Err(_)) = timeout(REPORT_PERIOD, states.changed()).await {
            break;
        }
    }
    if let Some(this) = provider.upgrade() {
        this.report_end();
    }
}

impl Provide for Supervised {
    fn session<'a>(&'a self, refused: Option<&'a Session>) -> Call<'a, Session> {
        Box::pin(async move {
            let supervisor = self.supervisor()?;
            let state = match refused {
                Some(_) => supervisor.diagnose().await,
                None => supervisor.state(),
            };
            if state.is_ready() { Ok(self.current()) } else { self.ready(&supervisor).await }
        })
    }

    fn sign_in(&self) -> Call<'_, Session> {
        Box::pin(async {
            let outcome = self.begin().await;
            if let Err(error) = &outcome
                && !matches!(self.keeper.get(), Keeper::Running(_))
            {
                self.states.set(ProviderState::of_error(error));
            }
            outcome
        })
    }

    fn logout(&self) -> Call<'_, ()> {
        Box::pin(async {
            let outcome = match self.keeper.get() {
                Keeper::Running(supervisor) => supervisor.logout().await,
                Keeper::Idle | Keeper::SignedOut => self.client.logout().await,
            };
            // Also if it was over before, or if only the store does not know, nobody is to open it again.
            let is_over = |error: &Error| is_about_session(error) || error.kind() == ErrorKind::Store;
            let is_over = outcome.as_ref().map_or_else(is_over, |()| true);
            // The supervisor has ended in any case.
            self.keeper.set(if is_over { Keeper::SignedOut } else { Keeper::Idle });
            self.report_end();
            outcome
        })
    }

    fn states(&self) -> &States {
        &self.states
    }

    fn end(&self) {
        // The supervisor ends with it.
        self.keeper.set(Keeper::Idle);
    }
}

/// Whether waiting is of no use: it can be used, or nobody opens it.
fn is_decided(state: &SessionState) -> bool {
    let is_refused = matches!(state.state(), State::CredentialsRefused);
    state.is_ready() || state.state().is_final() || is_refused || is_signed_out(state)
}

/// Whether it stays closed because somebody has signed it out.
fn is_signed_out(state: &SessionState) -> bool {
    state.hint() == Some(CLOSED_HINT)
}

fn signed_out() -> Error {
    let what = "the session was signed out, so nobody opens it again by itself";
    let hint = "To open it again run `broker-session login ibkr` (in a program: `SessionProvider::sign_in`).";
    Error::new(ErrorKind::SessionExpired, what).with_hint(Some(hint.to_owned())).unsent()
}
