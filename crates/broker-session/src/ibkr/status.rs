//! The state of a session: what the broker reports of it, and what that means for a program.

use std::{ops::Deref, time::Duration};

use broker_session_runtime::{ErrorKind, MAX_MESSAGE_CHARS};
use ibkr_session_api::types;
use jiff::Timestamp;
use tokio::time::Instant;

use super::{SsoProfile, Tickle};
use crate::Error;

/// Why an opening without `compete` may have been refused. Some accounts refuse it always, with nobody signed in
/// elsewhere (observed), so it is not known which of the two it is.
pub(super) const MAY_BE_ELSEWHERE: &str = "the session may be held elsewhere, or this account always needs `--compete` (in a program: `Compete::TakeOver`)";

/// More milliseconds are an epoch: as a time that is left they would be three years.
const MAX_MILLISECONDS_LEFT: i64 = 100_000_000_000;

/// The state of the brokerage session, as `/iserver/auth/status` reports it (the broker's "Authentication Status"). It has
/// the fields of the response, and a flag that the broker leaves out is not set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuthStatus(types::AuthStatus);

impl Deref for AuthStatus {
    type Target = types::AuthStatus;

    fn deref(&self) -> &types::AuthStatus {
        &self.0
    }
}

impl AuthStatus {
    /// The state in a response whose strings are clean; none if the response does not contain it.
    pub(super) fn new(status: types::AuthStatus) -> Option<Self> {
        let flags = [status.authenticated, status.connected, status.competing, status.established];
        flags.iter().any(Option::is_some).then_some(Self(status))
    }

    /// The state of the brokerage session that a tickle has reported.
    pub fn in_tickle(tickle: &Tickle) -> Option<Self> {
        Self::new(tickle.iserver.as_ref()?.auth_status.clone()?)
    }

    /// Whether the brokerage session can be used.
    pub fn is_authenticated(&self) -> bool {
        self.authenticated == Some(true)
    }

    /// Whether the gateway is linked to the broker's back end.
    pub fn is_connected(&self) -> bool {
        self.connected == Some(true)
    }

    /// Whether the brokerage session is held elsewhere, by the same user name.
    pub fn is_competing(&self) -> bool {
        self.competing == Some(true)
    }

    /// Why the last opening of the session was refused, in the broker's words.
    pub fn fail(&self) -> Option<&str> {
        Self::fail_of(self)
    }

    /// The same in any response. A flag in place of a string means that there is no reason.
    pub(super) fn fail_of(status: &types::AuthStatus) -> Option<&str> {
        status.fail.as_deref().map(str::trim).filter(|fail| !fail.is_empty() && *fail != "false")
    }

    /// Whether the session can be used for everything: nothing is [missing](Self::missing).
    pub fn is_ready(&self) -> bool {
        self.missing().is_none()
    }

    /// What keeps the session from being used, as a clause; none if it can be used.
    pub fn missing(&self) -> Option<String> {
        let fail = self.fail();
        let what = if self.is_competing() || self.is_refused_for_another() {
            MAY_BE_ELSEWHERE
        } else if !self.is_authenticated() && self.is_connected() {
            "the brokerage session has timed out"
        } else if !self.is_authenticated() {
            "there is no brokerage session and no link to the back end"
        } else if !self.is_connected() {
            "the gateway has lost its link to the back end"
        } else if self.established == Some(false) {
            "the accounts are still being loaded"
        } else {
            fail.map(|_| "the broker reports a failure")?
        };
        Some(match fail {
            Some(fail) => {
                let fail: String = fail.chars().take(MAX_MESSAGE_CHARS).collect();
                format!("{what}; the broker says \"{fail}\"")
            }
            None => what.to_owned(),
        })
    }

    /// Whether an opening was refused because the session is held elsewhere. `competing` is not set in that case.
    pub(super) fn is_refused_for_another(&self) -> bool {
        !self.is_authenticated() && self.fail().is_some_and(is_about_compete)
    }
}

/// Whether the reason for a refusal is that `compete` was not set.
pub(super) fn is_about_compete(reason: &str) -> bool {
    reason.to_ascii_lowercase().contains("compete")
}

/// When the single sign-on would end without being used. It renews itself, and is not the clock of the 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SsoExpiry {
    /// After this time.
    In(Duration),
    /// At this time.
    At(Timestamp),
}

impl SsoExpiry {
    /// Reads the field `EXPIRES`, which the broker writes as an epoch or as what is left, both in milliseconds.
    pub fn of(profile: &SsoProfile) -> Option<Self> {
        match profile.expires? {
            milliseconds @ MAX_MILLISECONDS_LEFT.. => {
                Timestamp::from_millisecond(milliseconds).ok().map(Self::At)
            }
            milliseconds => milliseconds.try_into().ok().map(Duration::from_millis).map(Self::In),
        }
    }
}

/// The kind of account that the person has signed in to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginType {
    /// An account with real money.
    Live,
    /// An account for trying things out.
    Paper,
    /// A number that the broker does not explain.
    Other(i64),
}

impl LoginType {
    /// Reads the field `LOGIN_TYPE`.
    pub fn of(profile: &SsoProfile) -> Option<Self> {
        Some(match profile.login_type? {
            1 => Self::Live,
            2 => Self::Paper,
            other => Self::Other(other),
        })
    }
}

/// The state of a session, in terms of what to do about it.
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
    Penalized {
        /// When it has passed, on tokio's clock.
        until: Instant,
    },
    /// The server is there and refuses the requests of this program. Waiting does not help: something must change in
    /// its settings, in the network in between, or in what is sent. The hint names it, where it is known.
    Refused,
    /// The caller's own authorisation (OAuth) is not accepted.
    CredentialsRefused,
    /// There is no usable response, so nothing is known of the session.
    Offline,
    /// The server's certificate is not the trusted one, or not any more. Nothing was sent, and nothing will be:
    /// somebody may be in between.
    CertificateChanged,
    /// The server's certificate is not trusted: no authority vouches for it, or its name or its dates are wrong. Nothing
    /// was sent, and nothing will be.
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
            Self::Penalized { .. } => "penalised",
            Self::Refused => "refused",
            Self::CredentialsRefused => "credentials_refused",
            Self::Offline => "offline",
            Self::CertificateChanged => "certificate_changed",
            Self::CertificateUntrusted => "certificate_untrusted",
        }
    }

    /// The kind of failure that it is for a program that needs the session now; none if it is ready.
    pub fn kind(&self) -> Option<ErrorKind> {
        Some(match self {
            Self::Ready => return None,
            Self::Connecting => ErrorKind::Timeout,
            Self::SoftTimeout => ErrorKind::SessionExpired,
            Self::Competing | Self::Refused => ErrorKind::Refused,
            Self::CredentialsRefused => ErrorKind::Credentials,
            Self::LoginRequired { .. } => ErrorKind::LoginRequired,
            Self::Penalized { .. } => ErrorKind::RateLimited,
            Self::Offline | Self::CertificateUntrusted => ErrorKind::Unavailable,
            Self::CertificateChanged => ErrorKind::HostNotAllowed,
        })
    }

    /// Whether no waiting changes it: the supervisor has ended its work, and the settings or the server must change.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::CertificateChanged | Self::CertificateUntrusted)
    }

    /// The state after an error about the server's certificate; none after another one.
    pub(super) fn of_certificate(error: &Error) -> Option<Self> {
        error.is_certificate_refused().then(|| match error.kind() {
            ErrorKind::HostNotAllowed => Self::CertificateChanged,
            _ => Self::CertificateUntrusted,
        })
    }
}

/// The state of a session, since when it is so, and why.
#[derive(Clone, Debug)]
pub struct SessionState {
    pub(super) state: State,
    pub(super) since: Instant,
    pub(super) reason: String,
    pub(super) status: Option<AuthStatus>,
    pub(super) next_opening: Option<Timestamp>,
    pub(super) hint: Option<String>,
}

impl SessionState {
    pub(super) fn new(state: State, reason: impl Into<String>, status: Option<AuthStatus>) -> Self {
        let reason = reason.into();
        Self { state, since: Instant::now(), reason, status, next_opening: None, hint: None }
    }

    /// States the fix.
    pub(super) fn with_hint(mut self, hint: Option<&str>) -> Self {
        self.hint = hint.map(str::to_owned);
        self
    }

    /// The state.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Since when it is so, on tokio's clock.
    pub fn since(&self) -> Instant {
        self.since
    }

    /// Why it is so: a clause for people, with the broker's message where there is one.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// How to fix it, in a sentence or two, where more is known than what the state means.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// What the broker has reported of the brokerage session in this state.
    pub fn status(&self) -> Option<&AuthStatus> {
        self.status.as_ref()
    }

    /// When the brokerage session may be opened again; none if it need not wait.
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

    /// The error for a program that needs the session now.
    pub(super) fn to_error(&self) -> Error {
        let kind = self.state.kind().unwrap_or(ErrorKind::Timeout);
        let error = Error::new(kind, &self.reason).with_login_url(self.login_url());
        error.with_hint(self.hint.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ibkr::Client;

    fn read(json: &str) -> Option<AuthStatus> {
        let client = Client::builder().base_url("http://127.0.0.1:9").build().unwrap();
        AuthStatus::new(client.core().clean(serde_json::from_str(json).unwrap()))
    }

    fn profile(json: &str) -> SsoProfile {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn ready_means_authenticated_connected_established_and_alone() {
        for (json, ready) in [
            (
                r#"{"authenticated":true,"connected":true,"competing":false,"established":true,"fail":""}"#,
                true,
            ),
            (r#"{"authenticated":true,"connected":true}"#, true),
            (r#"{"authenticated":true,"connected":true,"established":null,"fail":null}"#, true),
            (r#"{"authenticated":true,"connected":true,"established":false}"#, false),
            (r#"{"authenticated":true,"connected":true,"competing":true}"#, false),
            (r#"{"authenticated":true,"connected":true,"fail":"no"}"#, false),
            (r#"{"authenticated":true,"connected":true,"fail":false}"#, true),
            (r#"{"authenticated":true,"connected":false}"#, false),
            (r#"{"authenticated":true}"#, false),
            (r#"{"authenticated":false,"connected":true}"#, false),
        ] {
            assert_eq!(read(json).unwrap().is_ready(), ready, "{json}");
        }
    }

    #[test]
    fn a_response_without_a_flag_has_no_state() {
        for json in ["{}", r#"{"message":"triggered"}"#, r#"{"authenticated":null,"MAC":"x"}"#] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    #[test]
    fn what_is_missing_comes_with_the_brokers_reason() {
        let status =
            read(r#"{"authenticated":false,"connected":true,"fail":"Force\u001b[2J compete"}"#).unwrap();
        let missing = status.missing().unwrap();
        assert!(missing.contains("--compete") && missing.contains("Force [2J compete"), "{missing}");
        assert!(status.is_refused_for_another());
    }

    #[test]
    fn time_left_and_an_epoch_are_told_apart() {
        let left = SsoExpiry::In(Duration::from_millis(415_890));
        let epoch = SsoExpiry::At("2022-10-25T15:19:10.728Z".parse().unwrap());
        for (expires, expected) in [
            ("415890", Some(left)),
            ("1666711150728", Some(epoch)),
            ("-1", None),
            ("9223372036854775807", None),
            ("null", None),
        ] {
            let json = format!(r#"{{"EXPIRES":{expires}}}"#);
            assert_eq!(SsoExpiry::of(&profile(&json)), expected, "{json}");
        }
    }

    #[test]
    fn the_login_type_is_read_in_either_spelling() {
        for (json, expected) in [
            (r#"{"LOGIN_TYPE":1}"#, LoginType::Live),
            (r#"{"loginType":2}"#, LoginType::Paper),
            (r#"{"LOGIN_TYPE":2,"loginType":2}"#, LoginType::Paper),
            (r#"{"LOGIN_TYPE":null,"loginType":7}"#, LoginType::Other(7)),
        ] {
            assert_eq!(LoginType::of(&profile(json)), Some(expected), "{json}");
        }
    }

    #[test]
    fn the_token_is_not_printed() {
        let profile = profile(r#"{"TOKEN":"made-up-token"}"#);
        assert!(profile.token.is_some());
        assert!(!format!("{profile:?}").contains("made-up-token"));
    }
}
