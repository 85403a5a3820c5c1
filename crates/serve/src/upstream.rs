//! A session that is served: who provides it, what is known of it, and who asks for it first.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use broker_session::{
    Clock, Error, ErrorKind, Session, SessionProvider,
    provider::{ProviderState, ProviderStatus},
};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};

use crate::{
    doubts::Doubts,
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

/// One session, under the name by which clients know it.
pub(crate) struct Upstream {
    name: String,
    provider: SessionProvider,
    states: watch::Receiver<ProviderState>,
    kept: Arc<Kept>,
    pause: Mutex<Option<Pause>>,
    doubts: Mutex<Doubts>,
    /// Until when the broker wants no requests.
    limited_until: Mutex<Option<Timestamp>>,
    /// How many sign-ins of the provider are counted.
    sign_ins: AtomicU64,
}

/// What follows a failure.
#[derive(Clone, Copy)]
struct Pause {
    /// The kind of the failure.
    kind: ErrorKind,
    /// When the session is asked for next; `None`: not before somebody has done something.
    until: Option<Instant>,
}

/// What stays when the settings are read again.
#[derive(Default)]
struct Kept {
    counts: Counts,
    calls: CallsPerMinute,
    wire: Wire,
    /// What was reported last.
    last: Mutex<Option<Settled>>,
}

impl Upstream {
    /// A session; with the counts of the one that had its name before.
    pub(crate) fn new(name: String, provider: SessionProvider, before: Option<&Self>) -> Self {
        let states = provider.subscribe();
        let sign_ins = AtomicU64::new(states.borrow().sign_ins());
        Self {
            name,
            provider,
            states,
            kept: before.map(|before| before.kept.clone()).unwrap_or_default(),
            pause: Mutex::default(),
            doubts: Mutex::default(),
            limited_until: Mutex::default(),
            sign_ins,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn counts(&self) -> &Counts {
        &self.kept.counts
    }

    pub(crate) fn calls(&self) -> &CallsPerMinute {
        &self.kept.calls
    }

    /// What clients of the gateway know of it.
    pub(crate) fn wire(&self) -> &Wire {
        &self.kept.wire
    }

    pub(crate) fn state(&self) -> ProviderState {
        self.states.borrow().clone()
    }

    /// Whether there is a session, also while the next one is on its way.
    pub(crate) fn is_ready(&self) -> bool {
        let state = self.states.borrow();
        match state.status() {
            ProviderStatus::Ready => true,
            ProviderStatus::SigningIn => state.expires_at().is_some_and(|end| end > Clock.now()),
            _ => false,
        }
    }

    /// Why the session is as it is, and what is in the way of requests.
    pub(crate) fn reason(&self) -> String {
        let state = self.state();
        let mut reason = state.reason().to_owned();
        if let Some(until) = self.limited_until.lock().filter(|until| *until > Clock.now()) {
            reason += &format!("; the broker wants no requests until {until:.0}");
        }
        let doubts = self.doubts.lock();
        let paths = doubts.paths(state.number());
        if !paths.is_empty() {
            let paths = paths.join("`, `");
            reason += &format!("; the broker refuses it at `{paths}` and accepts it elsewhere");
        }
        reason
    }

    /// How many requests wait for the broker's rate limit.
    pub(crate) async fn waiting(&self) -> usize {
        if self.states.borrow().status() != ProviderStatus::Ready {
            return 0;
        }
        // It is in memory; nobody waits for another one.
        match timeout(Duration::ZERO, self.provider.session()).await {
            Ok(Ok(session)) => session.waiting_requests(),
            _ => 0,
        }
    }

    /// How long the broker wants no requests.
    pub(crate) fn limited_time(&self) -> Duration {
        let left = self.limited_until.lock().map(|until| until.duration_since(Clock.now()));
        left.and_then(|left| Duration::try_from(left).ok()).unwrap_or_default()
    }

    /// The broker wants no requests for so long.
    pub(crate) fn limited_for(&self, wait: Duration) {
        let end = SignedDuration::try_from(wait).ok().and_then(|wait| Clock.now().checked_add(wait).ok());
        let mut until = self.limited_until.lock();
        *until = (*until).max(end);
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
            Ok(session) => session.map_err(|error| Refusal::no_session(&error)),
            Err(_) => Err(self.not_yet()),
        }
    }

    /// Has the session replaced, without waiting for it.
    pub(crate) fn renew(self: &Arc<Self>, refused: Session) {
        let this = self.clone();
        tokio::spawn(async move {
            if let Err(error) = this.provider.session_after(&refused).await {
                tracing::warn!(session = this.name, %error, "the session cannot be replaced now");
            }
        });
    }

    /// The broker has accepted the session at a path.
    pub(crate) fn accepted(&self, session: &Session, path: &str) {
        // It may be in doubt, and is known by its number only when it is not any more.
        if self.states.borrow().status() != ProviderStatus::Ready {
            self.provider.accepted(session);
        }
        let number = self.states.borrow().number();
        self.doubts.lock().accepted(path, number);
    }

    /// The broker reports at a path that the session is over, which may be new. Returns whether that is to be believed.
    pub(crate) fn refused(&self, path: &str, is_new: bool) -> bool {
        let number = self.states.borrow().number();
        self.doubts.lock().refused(path, number, is_new)
    }

    /// Refuses at once where waiting does not help: a person is needed, or a sign-in has just failed.
    fn must_be_obtainable(&self) -> Result<(), Refusal> {
        let state = self.states.borrow();
        let wait = match (state.status(), *self.pause.lock()) {
            (ProviderStatus::PersonNeeded | ProviderStatus::SignedOut, _) => FIRST_PAUSE,
            (ProviderStatus::Failed, Some(Pause { until, .. })) => {
                until.map_or(MAX_PAUSE, |until| until.saturating_duration_since(Instant::now()))
            }
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
            ProviderStatus::Failed => self.pause.lock().map_or(ErrorKind::Unavailable, |pause| pause.kind),
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
                Ok(_) if is_session_near(self.states.borrow().status()) => {
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
                // It was refused and may not be replaced yet. Until then it is used: one path may have refused it.
                Ok(_) => Some(next_pause(&mut pause)),
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
        let next = next_pause(pause);
        let wait = (!is_final).then(|| next.max(error.retry_after().unwrap_or_default()));
        *self.pause.lock() =
            Some(Pause { kind: error.kind(), until: wait.map(|wait| Instant::now() + wait) });
        wait
    }

    /// Writes down what becomes of the session.
    pub(crate) async fn watch(&self, events: &Events) {
        let mut states = self.states.clone();
        loop {
            let state = states.borrow_and_update().clone();
            let idle = Settled { status: ProviderStatus::Idle, number: None };
            let last = self.kept.last.lock().clone().unwrap_or(idle);
            if let Some(kind) = EventKind::of(&last, &state) {
                events.add(&self.name, kind, &state);
                if kind == EventKind::Renewed {
                    self.kept.counts.renewals.fetch_add(1, Ordering::Relaxed);
                }
            }
            let before = self.sign_ins.swap(state.sign_ins(), Ordering::Relaxed);
            let new = state.sign_ins().saturating_sub(before);
            self.kept.counts.sign_ins.fetch_add(new, Ordering::Relaxed);
            if !matches!(state.status(), ProviderStatus::SigningIn | ProviderStatus::Idle) {
                *self.kept.last.lock() = Some(Settled::of(&state));
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

/// This pause, before one that is twice as long.
fn next_pause(pause: &mut Duration) -> Duration {
    let next = (*pause * 2).min(MAX_PAUSE);
    std::mem::replace(pause, next)
}

/// Whether there is a session, or one is on its way.
fn is_session_near(status: ProviderStatus) -> bool {
    matches!(status, ProviderStatus::Ready | ProviderStatus::SigningIn | ProviderStatus::Idle)
}
