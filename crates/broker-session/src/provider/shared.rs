//! The provider of brokers whose sessions are tokens: who has the tokens has the session.

use std::{
    mem,
    sync::{Arc, OnceLock, Weak},
    time::Duration,
};

use broker_session_runtime::{ErrorKind, Failure};
use jiff::Timestamp;
use tokio::{
    sync::{Mutex, Notify, OwnedMutexGuard},
    task::AbortHandle,
    time::{Instant, timeout},
};

use super::{Provide, ProviderState, ProviderStatus, Settings, States};
use crate::{
    Error, SavedSession, Session, SharedSession,
    locked::Locked,
    saved_session::is_over_at,
    session::Call,
    shared_session::{Guesses, Lease, Seen, StoredSession, Turn, Wanted, jittered},
};

/// How often the store is asked whether others have a newer session, or have signed it out.
const WATCH_PERIOD: Duration = Duration::from_secs(20);

/// The first pause after a failure of a sign-in that nobody has asked for.
const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// The longest one.
const MAX_PAUSE: Duration = Duration::from_secs(5 * 60);

/// The reason of a session that can be used.
const READY: &str = "there is a session";

/// How many sessions a logout ends that others begin meanwhile.
const MAX_LOGOUTS: usize = 3;

/// A sign-in without a person.
pub(crate) trait Unattended: Send + Sync + 'static {
    /// Where its session is shared.
    fn shared_session(&self, settings: &Settings) -> SharedSession;

    /// Why it needs a person, if it does.
    fn obstacle(&self) -> Option<String>;

    /// Signs in.
    fn sign_in<'a>(&'a self, lease: &'a Lease) -> Call<'a, Session>;

    /// Takes a stored session up.
    fn resume(&self, saved: SavedSession) -> Call<'_, Session>;

    /// When a session should be replaced, before or at its end.
    fn renews_at(&self, saved: &SavedSession) -> Option<Timestamp>;
}

/// Provides the sessions of one user.
pub(crate) struct SharedProvider<U> {
    sign_in: U,
    shared: SharedSession,
    settings: Settings,
    states: States,
    current: Locked<Option<Current>>,
    /// Lets one sign-in of this process be under way at a time.
    flight: Arc<Mutex<()>>,
    /// The last failure, for those who waited for it.
    failed: Locked<Option<(Instant, Failure)>>,
    /// There is another session, or none.
    changed: Notify,
    task: OnceLock<AbortHandle>,
    this: Weak<Self>,
}

/// The session in use.
#[derive(Clone)]
struct Current {
    session: Session,
    number: u64,
    renews_at: Option<Timestamp>,
    /// Where the store lacks it: what else could not be written.
    unwritten: Option<Arc<Guesses>>,
    /// Whether the broker has refused it.
    is_refused: bool,
}

impl Current {
    fn is_due(&self, now: Timestamp) -> bool {
        self.renews_at.is_some_and(|at| at <= now)
    }

    /// The state of a provider that has it, and that it can be used in.
    fn state(&self, status: ProviderStatus, reason: impl Into<String>) -> ProviderState {
        let end = self.session.expires_at().map(|end| end.timestamp());
        ProviderState::new(status, reason).with_session(Some(self.number), end, self.renews_at)
    }

    /// Whether it can be used, as far as this process knows.
    fn is_alive(&self, now: Timestamp) -> bool {
        !self.is_refused && !self.is_over(now)
    }

    /// Whether it is over, whatever the broker says.
    fn is_over(&self, now: Timestamp) -> bool {
        is_over_at(self.session.expires_at().as_ref(), now) || self.session.is_signed_out()
    }
}

impl<U: Unattended> SharedProvider<U> {
    pub(crate) fn start(broker: &'static str, sign_in: U, settings: Settings) -> Arc<Self> {
        let shared = sign_in.shared_session(&settings);
        let states = States::new(broker, shared.user(), settings.hook.clone());
        let provider = Arc::new_cyclic(|this| Self {
            sign_in,
            shared,
            settings,
            states,
            current: Locked::default(),
            flight: Arc::default(),
            failed: Locked::default(),
            changed: Notify::new(),
            task: OnceLock::new(),
            this: this.clone(),
        });
        let watched = Arc::downgrade(&provider);
        let task = tokio::spawn(async move { watch(watched).await }).abort_handle();
        // It is started once.
        let _ = provider.task.set(task);
        provider
    }

    /// The session in memory, if it can be used and is another one than that.
    fn in_memory(&self, refused: Option<&Session>) -> Option<Session> {
        let current = self.current.get()?;
        let is_refused = refused.is_some_and(|refused| refused.is_same(&current.session));
        (!is_refused && current.is_alive(self.shared.now())).then_some(current.session)
    }

    /// One sign-in for all callers of this process. It goes on when its caller is dropped.
    async fn obtain(&self, refused: Option<&Session>, wanted: Option<Wanted>) -> Result<Session, Error> {
        let started = Instant::now();
        let flight = self.flight.clone().lock_owned().await;
        if wanted.is_none() {
            if let Some(session) = self.in_memory(refused) {
                return Ok(session);
            }
            if let Some((_, failure)) = self.failed.get().filter(|(at, _)| *at >= started) {
                return Err(failure.into());
            }
        }
        let wanted = wanted.unwrap_or_else(|| self.wanted());
        let Some(this) = self.this.upgrade() else { return Err(ended()) };
        let task = tokio::spawn(async move { this.refresh(wanted, flight).await });
        task.await.unwrap_or_else(|_| Err(ended()))
    }

    /// Marks the session in use as refused or not. Returns it if it is that one, and was marked otherwise.
    fn mark(&self, session: &Session, is_refused: bool) -> Option<Current> {
        self.current.change(|current| {
            let current = current.as_mut().filter(|current| current.session.is_same(session))?;
            let was_refused = mem::replace(&mut current.is_refused, is_refused);
            (was_refused != is_refused).then(|| current.clone())
        })
    }

    /// A session that was refused but may not be replaced yet: it is all that there is, and it is not known whether the
    /// broker has refused something else.
    fn in_doubt(&self, error: &Error) -> Option<Session> {
        let current = self.current.get().filter(|current| is_too_young(error) && current.is_refused)?;
        (!current.is_over(self.shared.now())).then_some(current.session)
    }

    /// A session after the one that this provider has; any, as long as it has none.
    fn wanted(&self) -> Wanted {
        match self.current.get() {
            Some(current) => Wanted::after(current.number),
            None => Wanted::any(),
        }
    }

    async fn refresh(&self, wanted: Wanted, _flight: OwnedMutexGuard<()>) -> Result<Session, Error> {
        let outcome = self.refreshed(wanted).await;
        if let Err(error) = &outcome {
            self.report(error);
            self.failed.set(Some((Instant::now(), error.failure().clone())));
        } else {
            // Who looks after the session may sleep too long for this one. Nobody else waits.
            self.changed.notify_waiters();
        }
        outcome
    }

    async fn refreshed(&self, wanted: Wanted) -> Result<Session, Error> {
        if let Some(obstacle) = self.sign_in.obstacle() {
            return match self.shared.look(wanted.after_number()).await? {
                Seen::Newer(stored) => self.adopt(stored).await,
                _ => Err(Error::new(ErrorKind::LoginRequired, obstacle).unsent()),
            };
        }
        self.signing_in("the session is looked for in the store; another process may be signing in");
        loop {
            match self.shared.lease(wanted, self.settings.patience).await? {
                Turn::Stored(stored) => return self.adopt(stored).await,
                Turn::Lease(lease) => {
                    self.signing_in("a sign-in is under way");
                    if let Some(outcome) = self.sign_in_with(lease).await {
                        return outcome;
                    }
                }
            }
        }
    }

    /// Reports a sign-in. As long as the old session can be used, it is there.
    fn signing_in(&self, reason: &str) {
        let state = match self.current.get().filter(|current| current.is_alive(self.shared.now())) {
            Some(current) => current.state(ProviderStatus::SigningIn, reason),
            None => ProviderState::new(ProviderStatus::SigningIn, reason),
        };
        self.states.set(state);
    }

    /// None if another process has taken the lease over before anything was signed in.
    async fn sign_in_with(&self, lease: Lease) -> Option<Result<Session, Error>> {
        let session = match self.sign_in.sign_in(&lease).await {
            Ok(session) => session,
            Err(error) if error.kind() == ErrorKind::Store && lease.is_lost().await => return None,
            Err(error) => {
                match error.session().cloned() {
                    // It waits for a person who allows its host.
                    Some(saved) => drop(lease.put_aside(&saved, self.profile()).await),
                    None => lease.fail(&error).await,
                }
                return Some(Err(error));
            }
        };
        let (saved, before, guesses) = (session.save(), lease.number().await, lease.guesses().clone());
        let (number, unwritten) = match lease.finish(&saved, self.profile()).await {
            Ok(stored) => (stored.number(), None),
            Err(error) => {
                tracing::warn!(%error, "the session is not stored yet, so only this process has it");
                (before, Some(guesses))
            }
        };
        self.states.signed_in();
        Some(Ok(self.take(session, number, unwritten)))
    }

    fn profile(&self) -> Option<&str> {
        self.settings.profile.as_deref()
    }

    /// Uses a session of the store, unless there is a newer one by now.
    async fn adopt(&self, stored: StoredSession) -> Result<Session, Error> {
        let session = self.sign_in.resume(stored.session().clone()).await?;
        match self.current.get().filter(|current| current.number > stored.number()) {
            Some(newer) => Ok(newer.session),
            None => Ok(self.take(session, stored.number(), None)),
        }
    }

    fn take(&self, session: Session, number: u64, unwritten: Option<Arc<Guesses>>) -> Session {
        let session = session.without_profile().with_number(Some(number));
        let renews_at = self.sign_in.renews_at(&session.save());
        let current = Current { session: session.clone(), number, renews_at, unwritten, is_refused: false };
        self.current.set(Some(current.clone()));
        self.failed.set(None);
        self.states.set(current.state(ProviderStatus::Ready, READY));
        session
    }

    /// Reports a failure. As long as the old session can be used, it is there.
    fn report(&self, error: &Error) {
        if let Some(current) = self.current.get().filter(|current| current.is_alive(self.shared.now())) {
            let reason = format!("there is a session; the next one cannot be had now: {error}");
            return self.states.set(current.state(ProviderStatus::Ready, reason));
        }
        // A broker that refuses a session has sent a response.
        if error.kind() == ErrorKind::SessionExpired && error.is_unsent() && !is_too_young(error) {
            return self.signed_out(&error.to_string());
        }
        self.states.set(ProviderState::of_error(error));
    }

    /// Looks into the store, and renews the session if it is time. Returns how long to wait for the next time.
    async fn look(&self, pause: &mut Duration) -> Duration {
        let Some(current) = self.current.get() else {
            // A person or another process may have signed in.
            if self.states.status() == ProviderStatus::PersonNeeded
                && let Ok(Seen::Newer(stored)) = self.shared.look(0).await
            {
                let _ = self.adopt(stored).await;
            }
            return WATCH_PERIOD;
        };
        if let Err(error) = self.compare(&current).await {
            tracing::debug!(%error, "the store cannot be asked for a newer session");
        }
        let Some(current) = self.current.get() else { return WATCH_PERIOD };
        if !current.is_due(self.shared.now()) || self.states.status() == ProviderStatus::SignedOut {
            *pause = FIRST_PAUSE;
            let until = current.renews_at.map(|at| at.duration_since(self.shared.now()));
            let until = until.and_then(|until| Duration::try_from(until).ok()).unwrap_or(WATCH_PERIOD);
            return until.min(WATCH_PERIOD);
        }
        match self.obtain(Some(&current.session), Some(Wanted::after(current.number))).await {
            Ok(_) => {
                *pause = FIRST_PAUSE;
                WATCH_PERIOD
            }
            Err(error) => {
                tracing::warn!(%error, "the session cannot be renewed now");
                let wait = (*pause).max(error.retry_after().unwrap_or_default());
                *pause = (*pause * 2).min(MAX_PAUSE);
                wait
            }
        }
    }

    /// Takes over what others have done since.
    async fn compare(&self, current: &Current) -> Result<(), Error> {
        let seen = self.shared.look(current.number).await?;
        let is_missing = matches!(seen, Seen::Missing) || current.unwritten.is_some();
        match seen {
            Seen::Newer(stored) => {
                self.drop_unwritten(current).await;
                self.adopt(stored).await?;
            }
            Seen::SignedOut if self.states.status() == ProviderStatus::SignedOut => {}
            Seen::SignedOut => {
                self.drop_unwritten(current).await;
                current.session.end();
                self.signed_out("another program has signed the session out");
            }
            Seen::Same | Seen::Missing if is_missing && current.is_alive(self.shared.now()) => {
                if let Some(guesses) = &current.unwritten {
                    guesses.catch_up().await;
                }
                let saved = current.session.save();
                let stored = self.shared.put_back(&saved, current.number, self.profile()).await?;
                if *stored.session() == saved {
                    self.take(current.session.clone(), stored.number(), None);
                } else {
                    self.adopt(stored).await?;
                }
            }
            Seen::Same | Seen::Missing => {}
        }
        Ok(())
    }

    /// Ends a session at the broker that came too late for the store: nobody else knows of it.
    async fn drop_unwritten(&self, current: &Current) {
        if current.unwritten.is_some()
            && let Err(error) = current.session.logout().await
        {
            tracing::debug!(%error, "a session that is not needed ends by itself");
        }
    }

    /// The session in memory or in the store.
    async fn session_to_end(&self) -> Result<Option<Current>, Error> {
        let current = self.current.get();
        let number = match &current {
            Some(current) if !current.session.is_signed_out() => return Ok(Some(current.clone())),
            Some(current) => current.number,
            None => 0,
        };
        match self.shared.look(number).await? {
            Seen::Newer(stored) => self.adopt(stored).await.map(|_| self.current.get()),
            _ => Ok(None),
        }
    }

    fn signed_out(&self, reason: &str) {
        self.states.set(ProviderState::new(ProviderStatus::SignedOut, reason));
    }
}

/// Looks after the session for as long as there is a provider.
async fn watch<U: Unattended>(provider: Weak<SharedProvider<U>>) {
    let mut pause = FIRST_PAUSE;
    loop {
        let Some(this) = provider.upgrade() else { return };
        let wait = jittered(this.look(&mut pause).await);
        let changed = this.changed.notified();
        // It ends early if there is another session now.
        let _ = timeout(wait, changed).await;
    }
}

impl<U: Unattended> Provide for SharedProvider<U> {
    fn session<'a>(&'a self, refused: Option<&'a Session>) -> Call<'a, Session> {
        Box::pin(async move {
            if let Some(refused) = refused {
                self.mark(refused, true);
            }
            match self.in_memory(refused) {
                Some(session) => Ok(session),
                None => self
                    .obtain(refused, None)
                    .await
                    .or_else(|error| self.in_doubt(&error).filter(|_| refused.is_none()).ok_or(error)),
            }
        })
    }

    fn accepted(&self, session: &Session) {
        if let Some(current) = self.mark(session, false) {
            self.states.set(current.state(ProviderStatus::Ready, READY));
        }
    }

    fn sign_in(&self) -> Call<'_, Session> {
        Box::pin(self.obtain(None, Some(Wanted::new_one().send_again())))
    }

    fn logout(&self) -> Call<'_, ()> {
        Box::pin(async {
            for _ in 0..MAX_LOGOUTS {
                let Some(Current { session, number, .. }) = self.session_to_end().await? else { break };
                match session.logout().await {
                    Err(error) if error.kind() != ErrorKind::SessionExpired => return Err(error),
                    _ => session.end(),
                }
                self.shared.sign_out(number).await?;
                // Another program may have signed in meanwhile.
                if self.session_to_end().await?.is_none() {
                    self.signed_out("the session was signed out");
                    return Ok(());
                }
            }
            Err(Error::new(ErrorKind::SessionExpired, "there is no session to end").unsent())
        })
    }

    fn states(&self) -> &States {
        &self.states
    }

    fn end(&self) {
        if let Some(task) = self.task.get() {
            task.abort();
        }
    }
}

/// Whether the session may not be replaced yet, because it has just begun.
fn is_too_young(error: &Error) -> bool {
    error.kind() == ErrorKind::SessionExpired && error.is_unsent() && error.retry_after().is_some()
}

fn ended() -> Error {
    Error::new(ErrorKind::Timeout, "the provider has ended meanwhile").unsent()
}
