//! How a session is, in terms of what to do about it.

use broker_session_runtime::ErrorKind;
use jiff::Timestamp;
use tokio::time::Instant;

use super::auth_status::AuthStatus;
use crate::Error;

/// How a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// It is not known yet, or on its way: nothing is to be done but to wait.
    Connecting,
    /// It can be used.
    Ready,
    /// The brokerage session has timed out. As far as it is known the single sign-on is alive, so it can be opened
    /// again.
    SoftTimeout,
    /// The brokerage session is held elsewhere by the same user.
    Competing,
    /// The single sign-on is over; a person must sign in.
    LoginRequired {
        /// The page to open in a browser; none where there is no such page (OAuth): the caller's own authorisation is
        /// not accepted any more.
        url: Option<String>,
    },
    /// There were too many requests; nothing is sent until the penalty has passed.
    Penalised {
        /// When it has passed, on tokio's clock.
        until: Instant,
    },
    /// The server is there and refuses the requests of this program. Waiting does not help: something must change in
    /// its settings, in the network in between, or in what is sent. The hint says what, where it is known.
    Refused,
    /// The caller's own authorisation (OAuth) is not accepted.
    CredentialsRefused,
    /// There is no usable answer, so nothing is known of the session.
    Offline,
    /// The server's certificate is not the trusted one, or not any more. Nothing was sent, and nothing will be:
    /// somebody may be in between.
    CertificateChanged,
    /// The server's certificate is not trusted: nobody vouches for it, or its name or its dates are wrong. Nothing was
    /// sent, and nothing will be.
    CertificateUntrusted,
}

impl State {
    /// The name in snake_case, as the program's JSON output writes it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Ready => "ready",
            Self::SoftTimeout => "soft_timeout",
            Self::Competing => "competing",
            Self::LoginRequired { .. } => "login_required",
            Self::Penalised { .. } => "penalised",
            Self::Refused => "refused",
            Self::CredentialsRefused => "credentials_refused",
            Self::Offline => "offline",
            Self::CertificateChanged => "certificate_changed",
            Self::CertificateUntrusted => "certificate_untrusted",
        }
    }

    /// The kind of failure that it is for somebody who needs the session now; nothing if it is ready.
    pub fn kind(&self) -> Option<ErrorKind> {
        Some(match self {
            Self::Ready => return None,
            Self::Connecting => ErrorKind::Timeout,
            Self::SoftTimeout => ErrorKind::SessionExpired,
            Self::Competing | Self::Refused => ErrorKind::Refused,
            Self::CredentialsRefused => ErrorKind::Credentials,
            Self::LoginRequired { .. } => ErrorKind::LoginRequired,
            Self::Penalised { .. } => ErrorKind::RateLimited,
            Self::Offline | Self::CertificateUntrusted => ErrorKind::Unavailable,
            Self::CertificateChanged => ErrorKind::HostNotAllowed,
        })
    }

    /// Whether no waiting changes it: the supervisor has ended its work, and the settings or the server must change.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::CertificateChanged | Self::CertificateUntrusted)
    }

    /// The state that an error about the server's certificate means; nothing if it is another one.
    pub(super) fn of_certificate(error: &Error) -> Option<Self> {
        match (error.is_certificate_refused(), error.kind()) {
            (true, ErrorKind::HostNotAllowed) => Some(Self::CertificateChanged),
            (true, _) => Some(Self::CertificateUntrusted),
            (false, _) => None,
        }
    }
}

/// How a session is, since when, and why.
#[derive(Clone, Debug)]
pub struct SessionState {
    pub(super) state: State,
    pub(super) since: Instant,
    pub(super) why: String,
    pub(super) status: Option<AuthStatus>,
    pub(super) next_opening: Option<Timestamp>,
    pub(super) hint: Option<String>,
}

impl SessionState {
    pub(super) fn new(state: State, why: impl Into<String>, status: Option<AuthStatus>) -> Self {
        Self { state, since: Instant::now(), why: why.into(), status, next_opening: None, hint: None }
    }

    /// Names the way out.
    pub(super) fn with_hint(mut self, hint: Option<&str>) -> Self {
        self.hint = hint.map(str::to_owned);
        self
    }

    /// How it is.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Since when it is so, on tokio's clock.
    pub fn since(&self) -> Instant {
        self.since
    }

    /// Why it is so, in words for a person: one clause, with the broker's own words where there are any.
    pub fn why(&self) -> &str {
        &self.why
    }

    /// The way out, in a sentence or two, where more is known than what the state says.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// What the broker said of the brokerage session in this state, if it said anything.
    pub fn status(&self) -> Option<&AuthStatus> {
        self.status.as_ref()
    }

    /// When the brokerage session may be opened again; nothing if that is not held back.
    pub fn next_opening(&self) -> Option<Timestamp> {
        self.next_opening
    }

    /// Whether the session can be used.
    pub fn is_ready(&self) -> bool {
        self.state == State::Ready
    }

    /// The page that a person must open to sign in.
    pub fn login_url(&self) -> Option<&str> {
        match &self.state {
            State::LoginRequired { url } => url.as_deref(),
            _ => None,
        }
    }
}
