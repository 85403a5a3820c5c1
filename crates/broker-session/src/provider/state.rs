//! What a provider knows of its session, for those who watch it.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use jiff::Timestamp;
use tokio::sync::watch;

use super::{Hook, PersonNeeded};
use crate::{Clock, Error};

/// What a provider does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProviderStatus {
    /// Nobody has asked for a session yet.
    Idle,
    /// A sign-in is under way, here or in another process. Number and end are those of the session before, as long as that can
    /// be used.
    SigningIn,
    /// There is a session.
    Ready,
    /// A person must do something: see [`ProviderState::reason`] and [`ProviderState::login_url`].
    PersonNeeded,
    /// The last sign-in failed.
    Failed,
    /// The session was signed out.
    SignedOut,
}

impl ProviderStatus {
    /// The name in snake_case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::SigningIn => "signing_in",
            Self::Ready => "ready",
            Self::PersonNeeded => "person_needed",
            Self::Failed => "failed",
            Self::SignedOut => "signed_out",
        }
    }
}

/// What is known of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderState {
    status: ProviderStatus,
    reason: String,
    since: Timestamp,
    number: Option<u64>,
    expires_at: Option<Timestamp>,
    renews_at: Option<Timestamp>,
    login_url: Option<String>,
    sign_ins: u64,
}

impl ProviderState {
    pub(crate) fn new(status: ProviderStatus, reason: impl Into<String>) -> Self {
        Self {
            status,
            reason: reason.into(),
            since: Clock.now(),
            number: None,
            expires_at: None,
            renews_at: None,
            login_url: None,
            sign_ins: 0,
        }
    }

    /// The state after a failure.
    pub(crate) fn of_error(error: &Error) -> Self {
        let status = match error.kind() {
            broker_session_runtime::ErrorKind::LoginRequired => ProviderStatus::PersonNeeded,
            _ => ProviderStatus::Failed,
        };
        Self { login_url: error.login_url().map(str::to_owned), ..Self::new(status, error.to_string()) }
    }

    pub(crate) fn with_session(
        self,
        number: Option<u64>,
        expires_at: Option<Timestamp>,
        renews_at: Option<Timestamp>,
    ) -> Self {
        Self { number, expires_at, renews_at, ..self }
    }

    pub(crate) fn with_login_url(self, login_url: Option<&str>) -> Self {
        Self { login_url: login_url.map(str::to_owned), ..self }
    }

    /// What the provider does.
    pub fn status(&self) -> ProviderStatus {
        self.status
    }

    /// Why, in a sentence or a few.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Since when.
    pub fn since(&self) -> Timestamp {
        self.since
    }

    /// The number of the session, which rises with each one; none where the broker's server holds it.
    pub fn number(&self) -> Option<u64> {
        self.number
    }

    /// When the session ends at the latest, as far as it is known.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// When the provider renews it by itself.
    pub fn renews_at(&self) -> Option<Timestamp> {
        self.renews_at
    }

    /// The page that a person must open in a browser.
    pub fn login_url(&self) -> Option<&str> {
        self.login_url.as_deref()
    }

    /// How many sessions this provider has signed in. Those from the store, or of other processes, are not among them.
    pub fn sign_ins(&self) -> u64 {
        self.sign_ins
    }
}

/// The channel of a provider, and its hook.
pub(crate) struct States {
    sender: watch::Sender<ProviderState>,
    hook: Option<Hook>,
    broker: &'static str,
    user: String,
    sign_ins: AtomicU64,
}

impl States {
    pub(crate) fn new(broker: &'static str, user: &str, hook: Option<Hook>) -> Self {
        let idle = ProviderState::new(ProviderStatus::Idle, "nobody has asked for a session yet");
        Self {
            sender: watch::Sender::new(idle),
            hook,
            broker,
            user: user.to_owned(),
            sign_ins: AtomicU64::new(0),
        }
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<ProviderState> {
        self.sender.subscribe()
    }

    pub(crate) fn status(&self) -> ProviderStatus {
        self.sender.borrow().status
    }

    /// Counts a sign-in, for the next state that is reported.
    pub(crate) fn signed_in(&self) {
        self.sign_ins.fetch_add(1, Relaxed);
    }

    /// Reports a change. A state that is the same but for its time is not reported.
    pub(crate) fn set(&self, state: ProviderState) {
        let state = ProviderState { sign_ins: self.sign_ins.load(Relaxed), ..state };
        let (status, reason, login_url) = (state.status, state.reason.clone(), state.login_url.clone());
        let mut before = status;
        self.sender.send_if_modified(|current| {
            before = current.status;
            let is_same = *current == ProviderState { since: current.since, ..state.clone() };
            if !is_same {
                *current = state;
            }
            !is_same
        });
        if let Some(hook) = &self.hook
            && status == ProviderStatus::PersonNeeded
            && before != status
        {
            hook(&PersonNeeded { broker: self.broker, user: self.user.clone(), reason, login_url });
        }
    }
}
