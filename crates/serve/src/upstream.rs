//! A session that is served: who provides it, what is known of it, and who asks for it first.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use broker_session::{
    Clock, Error, ErrorKind, Session, SessionProvider,
    provider::{ProviderState, ProviderStatus},
};
use http::StatusCode;
use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};

use crate::{
    events::{CallsPerMinute, EventKind, Events, Settled},
    gateway::Wire,
    metrics::Counts,
    refusal::Refusal,
};

/// The first pause after a session could not be had.
const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// How long after the end of a session the next one is asked for.
const LOST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause.
const MAX_PAUSE: Duration = Duration::from_secs(120);

/// How long no response causes a renewal after one that was in vain.
const FIRST_BLOCK: Duration = Duration::from_secs(60);

/// How long at most.
const MAX_BLOCK: Duration = Duration::from_secs(15 * 60);

/// One session, under the name by which clients know it.
pub(crate) struct Upstream {
    name: String,
    provider: SessionProvider,
    states: watch::Receiver<ProviderState>,
    counts: Counts,
    calls: CallsPerMinute,
    /// When the session is asked for next, after a failure. `None` within: not before somebody has done something.
    pause: Mutex<Option<Option<Instant>>>,
    /// Until when a session that is being renewed may still be used.
    usable_until: Mutex<Option<Timestamp>>,
    is_renewing: AtomicBool,
    renewals: Mutex<Renewals>,
    pub(crate) wire: Wire,
}

/// Renewals that responses have caused. A path to which the broker always responds with 401 must not sign in for ever.
#[derive(Debug, Default)]
struct Renewals {
    last: Option<Instant>,
    /// Until when there is no further one, because the last was in vain, and how long that was.
    blocked: Option<(Instant, Duration)>,
}

impl Upstream {
    pub(crate) fn new(name: String, provider: SessionProvider) -> Self {
        let states = provider.subscribe();
        Self {
            name,
            provider,
            states,
            counts: Counts::default(),
            calls: CallsPerMinute::default(),
            pause: Mutex::default(),
            usable_until: Mutex::default(),
            is_renewing: AtomicBool::new(false),
            renewals: Mutex::default(),
            wire: Wire::default(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn counts(&self) -> &Counts {
        &self.counts
    }

    pub(crate) fn calls(&self) -> &CallsPerMinute {
        &self.calls
    }

    pub(crate) fn state(&self) -> ProviderState {
        self.states.borrow().clone()
    }

    /// Whether there is a session, also while the next one is on its way.
    pub(crate) fn is_ready(&self) -> bool {
        match self.states.borrow().status() {
            ProviderStatus::Ready => true,
            ProviderStatus::SigningIn => self.usable_until.lock().is_some_and(|end| end > Clock.now()),
            _ => false,
        }
    }

    /// The session, as soon as it can be had.
    ///
    /// # Errors
    /// 503 with the reason: at once while a person is needed or after a failure, else after `patience`.
    pub(crate) async fn session(&self, patience: Duration) -> Result<Session, Refusal> {
        self.must_be_obtainable()?;
        match timeout(patience, self.provider.session()).await {
            Ok(session) => session.map_err(|error| Refusal::no_session(&error)),
            Err(_) => Err(self.not_yet()),
        }
    }

    /// The session after one that the broker has refused: of all who ask for it, one signs in.
    ///
    /// # Errors
    /// Those of [`Upstream::session`].
    pub(crate) async fn session_after(
        &self,
        refused: &Session,
        patience: Duration,
    ) -> Result<Session, Refusal> {
        match timeout(patience, self.provider.session_after(refused)).await {
            Ok(session) => {
                self.renewals.lock().last = Some(Instant::now());
                session.map_err(|error| Refusal::no_session(&error))
            }
            Err(_) => Err(self.not_yet()),
        }
    }

    /// Has the session replaced, without waiting for it. Any number of calls at the same time are one.
    /// Nothing is done soon after another one: it is not known whether that has helped.
    pub(crate) fn renew(self: &Arc<Self>, refused: Session) {
        let is_recent = self.renewals.lock().last.is_some_and(|last| last.elapsed() < FIRST_BLOCK);
        if is_recent || !self.may_renew() || self.is_renewing.swap(true, Ordering::AcqRel) {
            return;
        }
        let this = self.clone();
        tokio::spawn(async move {
            this.renewals.lock().last = Some(Instant::now());
            if let Err(error) = this.provider.session_after(&refused).await {
                tracing::warn!(session = this.name, %error, "the session cannot be replaced now");
            }
            this.is_renewing.store(false, Ordering::Release);
        });
    }

    /// Whether a response may cause a renewal now.
    pub(crate) fn may_renew(&self) -> bool {
        self.renewals.lock().blocked.is_none_or(|(until, _)| until <= Instant::now())
    }

    /// The next session was refused as well, so another one would not help.
    pub(crate) fn renewed_in_vain(&self) {
        let mut renewals = self.renewals.lock();
        let now = Instant::now();
        let time = match renewals.blocked {
            Some((until, _)) if until > now => return,
            Some((until, time)) if until + time > now => (time * 2).min(MAX_BLOCK),
            _ => FIRST_BLOCK,
        };
        renewals.blocked = Some((now + time, time));
        tracing::warn!(
            session = self.name,
            "a new session was refused as well, so there is no further one for now"
        );
    }

    /// Refuses at once where waiting does not help: a person is needed, or a sign-in has just failed.
    fn must_be_obtainable(&self) -> Result<(), Refusal> {
        let state = self.states.borrow();
        let wait = match (state.status(), *self.pause.lock()) {
            (ProviderStatus::PersonNeeded | ProviderStatus::SignedOut, _) => FIRST_PAUSE,
            (ProviderStatus::Failed, Some(Some(next))) => next.saturating_duration_since(Instant::now()),
            (ProviderStatus::Failed, Some(None)) => MAX_PAUSE,
            _ => return Ok(()),
        };
        if wait.is_zero() {
            return Ok(());
        }
        Err(self.refusal(&state).with_retry_after(wait))
    }

    fn not_yet(&self) -> Refusal {
        self.refusal(&self.states.borrow()).with_retry_after(FIRST_PAUSE)
    }

    fn refusal(&self, state: &ProviderState) -> Refusal {
        let kind = match state.status() {
            ProviderStatus::PersonNeeded => ErrorKind::LoginRequired,
            ProviderStatus::SignedOut => ErrorKind::SessionExpired,
            _ => ErrorKind::Unavailable,
        };
        let message = format!("there is no session `{}` now: {}", self.name, state.reason());
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, kind.as_str(), message)
            .with_hint(kind.advice())
            .with_login_url(state.login_url())
    }

    /// Asks for the session, and again after each failure, so that it is there before anybody needs it.
    pub(crate) async fn keep(&self) {
        let mut states = self.states.clone();
        let mut pause = FIRST_PAUSE;
        loop {
            let wait = match self.provider.session().await {
                Ok(_) => {
                    *self.pause.lock() = None;
                    pause = FIRST_PAUSE;
                    // The provider renews it; if that fails for good, it is asked for again.
                    let is_lost = |state: &ProviderState| !is_session_near(state.status());
                    if states.wait_for(is_lost).await.is_err() {
                        return;
                    }
                    sleep(LOST_PAUSE).await;
                    continue;
                }
                Err(error) => self.pause_after(&error, &mut pause),
            };
            let is_back = states.wait_for(|state| state.status() == ProviderStatus::Ready);
            match wait {
                Some(wait) => drop(timeout(wait, is_back).await),
                None => drop(is_back.await),
            }
            *self.pause.lock() = None;
        }
    }

    /// How long to wait after a failure; `None` if a guess was refused, so that another one would lock the account.
    fn pause_after(&self, error: &Error, pause: &mut Duration) -> Option<Duration> {
        let is_final = matches!(
            error.kind(),
            ErrorKind::Credentials | ErrorKind::SecondFactor | ErrorKind::Locked | ErrorKind::Config
        );
        let wait = (!is_final).then(|| (*pause).max(error.retry_after().unwrap_or_default()));
        *pause = (*pause * 2).min(MAX_PAUSE);
        *self.pause.lock() = Some(wait.map(|wait| Instant::now() + wait));
        wait
    }

    /// Writes down what becomes of the session.
    pub(crate) async fn watch(&self, events: &Events) {
        let mut states = self.states.clone();
        let idle = Settled { status: ProviderStatus::Idle, number: None };
        let mut last = idle;
        loop {
            let state = states.borrow_and_update().clone();
            if let Some(kind) = EventKind::of(&last, &state) {
                events.add(&self.name, kind, &state);
                match kind {
                    EventKind::Ready => self.counts.sign_ins.fetch_add(1, Ordering::Relaxed),
                    EventKind::Renewed => self.counts.renewals.fetch_add(1, Ordering::Relaxed),
                    _ => 0,
                };
            }
            if state.status() == ProviderStatus::Ready {
                *self.usable_until.lock() = state.expires_at();
            } else if state.status() != ProviderStatus::SigningIn {
                *self.usable_until.lock() = None;
            }
            if !matches!(state.status(), ProviderStatus::SigningIn | ProviderStatus::Idle) {
                last = Settled::of(&state);
            }
            if states.changed().await.is_err() {
                return;
            }
        }
    }

    /// Waits until it is known whether there is a session, for this long at most.
    pub(crate) async fn settled(&self, patience: Duration) {
        let mut states = self.states.clone();
        let is_settled = |state: &ProviderState| {
            !matches!(state.status(), ProviderStatus::Idle | ProviderStatus::SigningIn)
        };
        tokio::select! {
            _ = states.wait_for(is_settled) => {}
            () = sleep(patience) => {}
        }
    }
}

/// Whether there is a session, or one is on its way.
fn is_session_near(status: ProviderStatus) -> bool {
    matches!(status, ProviderStatus::Ready | ProviderStatus::SigningIn | ProviderStatus::Idle)
}
