//! From one response to what is to be done: a lost network, a lost brokerage session and a lost single sign-on
//! are distinguished, with further calls where one response is not enough.

use std::time::Duration;

use broker_session_runtime::ErrorKind;
use ibkr_session_api::operations;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{
    client::{Client, is_about_session, validation_period},
    status::{AuthStatus, SessionState, State},
};
use crate::Error;

/// How often the state of a session that is on its way is asked for.
pub(super) const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// No wait lasts longer; an instant further away could not be represented.
pub(super) const MAX_WAIT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Why a session cannot be used although a person is signed in.
const SHUT_OUT: &str = "a person is signed in (the single sign-on is alive), but the gateway refuses the requests of this program and asks for a login";

/// What helps then.
const SHUT_OUT_HINT: &str = "Nobody has to sign in again. The gateway may want the cookies of the browser (the header `Cookie`), or something in between refuses POSTs; try the gateway's own address.";

/// A state, and what would help.
#[derive(Debug)]
pub(super) struct Diagnosis {
    pub(super) state: SessionState,
    pub(super) recovery: Recovery,
}

/// What would help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recovery {
    /// Nothing that a program could do: the session is well, is on its way, or needs a person.
    Nothing,
    /// To ask once more: it was too early to ask whether the single sign-on is alive.
    AskAgain,
    /// To open the brokerage session.
    Open,
    /// The same, but with `compete` only.
    TakeOver,
    /// The same, with `compete` if that is allowed.
    OpenOrTakeOver,
}

impl Recovery {
    /// Whether opening the brokerage session would help, in whatever way.
    pub(super) fn is_opening(self) -> bool {
        matches!(self, Self::Open | Self::TakeOver | Self::OpenOrTakeOver)
    }
}

/// Why the single sign-on is asked for.
enum Evidence {
    /// The brokerage session is neither open nor linked.
    Status(AuthStatus),
    /// A call has failed with an error of this kind.
    Error(ErrorKind),
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl Client {
    /// Finds out the state of the session, without keeping it alive and without changing it. Calls
    /// `/iserver/auth/status`, and `/sso/validate` where only that tells whether a person must sign in.
    ///
    /// # Errors
    /// What any call may meet; a session that is over is no error here but a state.
    pub async fn diagnose(&self) -> Result<SessionState, Error> {
        let diagnosis = self.diagnose_response(self.auth_status().await).await?;
        // A single diagnosis cannot ask again.
        if diagnosis.recovery == Recovery::AskAgain && self.is_denied().await {
            return Ok(self.signed_out(None).state);
        }
        Ok(diagnosis.state)
    }

    /// Waits until the session can be used, for at most `deadline`. It only waits: a person may be signing in
    /// meanwhile, or a [`Supervisor`](super::Supervisor) opening the brokerage session.
    ///
    /// # Errors
    /// What is missing when the deadline has passed: `LoginRequired` with the page to open; `SessionExpired`
    /// if the brokerage session has to be opened; `Refused` if it is held elsewhere; `Timeout` if it is on its
    /// way; or what the last call met. At once if waiting cannot help (`Config`, `HostNotAllowed`, a penalty
    /// beyond the deadline).
    pub async fn wait_until_ready(&self, deadline: Duration) -> Result<AuthStatus, Error> {
        let end = Instant::now() + deadline.min(MAX_WAIT);
        let mut missing = Error::new(ErrorKind::Timeout, "the gateway has not responded in time");
        loop {
            let Ok(response) = timeout_at(end, self.auth_status()).await else { return Err(missing) };
            let asked_to_wait = response.as_ref().err().and_then(Error::retry_after);
            let wait = asked_to_wait.unwrap_or(POLL_INTERVAL).max(POLL_INTERVAL);
            let next = Instant::now() + wait.min(MAX_WAIT);
            missing = match response {
                Ok(status) => match status.missing() {
                    None => return Ok(status),
                    Some(what) => {
                        Error::new(kind_of(&status), what).during(operations::ISERVER_AUTH_STATUS_POST)
                    }
                },
                Err(error) if is_hopeless(&error) || next > end && asked_to_wait.is_some() => {
                    return Err(error);
                }
                Err(error) => error,
            };
            if next >= end {
                sleep_until(end).await;
                return Err(missing);
            }
            sleep_until(next).await;
        }
    }

    /// What a response about the brokerage session means.
    pub(super) async fn diagnose_response(
        &self,
        response: Result<AuthStatus, Error>,
    ) -> Result<Diagnosis, Error> {
        let error = match response {
            Ok(status) => match of_status(&status) {
                Some(diagnosis) => return Ok(diagnosis),
                None => {
                    let reason = status.missing().unwrap_or_default();
                    return self.check_sso(reason, Evidence::Status(status)).await;
                }
            },
            Err(error) => error,
        };
        if !is_about_session(&error) {
            return Err(error);
        }
        let checked = self.check_sso(reason(&error), Evidence::Error(error.kind())).await;
        // A response that points to the login page is to be believed when there is no better one.
        let is_unanswered = match &checked {
            Ok(diagnosis) => diagnosis.recovery == Recovery::AskAgain,
            Err(other) => is_odd(other) && other.status() != Some(401),
        };
        if error.kind() == ErrorKind::LoginRequired && is_unanswered {
            return Ok(self.signed_out(None));
        }
        checked
    }

    /// The brokerage session is gone; is the single sign-on, too? Only that tells whether opening it again or a
    /// person helps.
    async fn check_sso(&self, reason: String, evidence: Evidence) -> Result<Diagnosis, Error> {
        // With OAuth there is no single sign-on to ask about.
        if self.login_url().is_none() {
            return Ok(Diagnosis::new(State::SoftTimeout, reason, evidence.status(), Recovery::Open));
        }
        let before = self.recent_validation().await;
        // It may be asked once a minute only, and asking does not sign a person in.
        if matches!(evidence, Evidence::Error(_)) && before == Some(false) && !self.is_denial_doubtful().await
        {
            return Ok(self.signed_out(None));
        }
        let ask_again =
            |reason, status| Ok(Diagnosis::new(State::Connecting, reason, status, Recovery::AskAgain));
        let validated = self.validate_sso().await;
        let is_alive = match &validated {
            Ok(_) => true,
            Err(error) if error.kind() == ErrorKind::LoginRequired => false,
            // What was reported less than a minute ago counts, also if another program has asked.
            Err(error) if is_too_early(error) => match self.recent_validation().await {
                Some(was_alive) => was_alive,
                None => {
                    let seconds = error.retry_after().unwrap_or_default().as_secs();
                    let reason =
                        format!("{reason}; whether the single sign-on is alive may be asked in {seconds} s");
                    return ask_again(reason, evidence.status());
                }
            },
            Err(_) => return validated.map(|_| self.signed_out(None)),
        };
        if !is_alive {
            if self.is_denial_doubtful().await && !evidence.confirms(validated.as_ref().err()) {
                let reason = format!(
                    "{reason}; the single sign-on was reported as over, which happens by mistake, so it will be asked for once more"
                );
                return ask_again(reason, evidence.status());
            }
            return Ok(self.signed_out(evidence.status()));
        }
        // The question may have had to wait for its turn, and a person may have signed in meanwhile.
        match self.auth_status().await {
            Ok(now) => {
                if let Some(diagnosis) = of_status(&now) {
                    return Ok(diagnosis);
                }
            }
            // An opening may help, if it is let through.
            Err(error) if error.kind() == ErrorKind::LoginRequired => {
                return Ok(Diagnosis::shut_out(evidence.status()));
            }
            Err(error) if is_about_session(&error) => {}
            // There may be a session by now, which an opening would tear down.
            Err(error) => return Err(error),
        }
        let reason = format!("{reason}; the single sign-on is alive");
        Ok(Diagnosis::new(State::SoftTimeout, reason, evidence.status(), Recovery::Open))
    }

    /// Whether the last denial of the single sign-on comes alone, shortly after a sign of life.
    async fn is_denial_doubtful(&self) -> bool {
        self.shared().update(|record, _| record.sign_on.is_doubtful()).await
    }

    /// Whether the single sign-on was denied when it was last asked for.
    pub(super) async fn is_denied(&self) -> bool {
        self.shared().update(|record, _| record.sign_on.is_denied()).await
    }

    pub(super) fn signed_out(&self, status: Option<AuthStatus>) -> Diagnosis {
        let url = self.login_url().map(str::to_owned);
        let reason = "the single sign-on is over; a person must sign in";
        Diagnosis::new(State::LoginRequired { url }, reason, status, Recovery::Nothing)
    }
}

impl Evidence {
    fn status(self) -> Option<AuthStatus> {
        match self {
            Self::Status(status) => Some(status),
            Self::Error(_) => None,
        }
    }

    /// Whether another failure means the same: that a person must sign in.
    fn confirms(&self, error: Option<&Error>) -> bool {
        let Self::Error(kind) = self else { return false };
        let is_denied = error.is_some_and(|error| error.kind() == ErrorKind::LoginRequired);
        // `RESULT: false` is reported by mistake now and then; a refusal by status less so.
        let by_status = error.is_some_and(|error| error.status() != Some(200));
        is_denied && (*kind == ErrorKind::LoginRequired || by_status)
    }
}

impl Diagnosis {
    fn new(state: State, reason: impl Into<String>, status: Option<AuthStatus>, recovery: Recovery) -> Self {
        Self { state: SessionState::new(state, reason, status), recovery }
    }

    /// A person is signed in, and yet the gateway asks this program for a login.
    pub(super) fn shut_out(status: Option<AuthStatus>) -> Self {
        let mut diagnosis = Self::new(State::Refused, SHUT_OUT, status, Recovery::Open);
        diagnosis.state = diagnosis.state.with_hint(Some(SHUT_OUT_HINT));
        diagnosis
    }
}

/// What the status of the brokerage session means; none if only the single sign-on can tell.
fn of_status(status: &AuthStatus) -> Option<Diagnosis> {
    let Some(missing) = status.missing() else {
        let ready = "the session can be used";
        return Some(Diagnosis::new(State::Ready, ready, Some(status.clone()), Recovery::Nothing));
    };
    // A session that is authenticated is alive, and opening it once more would tear it down.
    let (state, recovery) = if status.is_authenticated() && status.is_competing() {
        (State::Competing, Recovery::Nothing)
    } else if status.is_authenticated() {
        (State::Connecting, Recovery::Nothing)
    } else if status.is_competing() {
        (State::Competing, Recovery::TakeOver)
    } else if status.is_refused_for_another() {
        // Whether the other session is still there shows only when the next opening is refused or not.
        (State::Competing, Recovery::OpenOrTakeOver)
    } else if status.is_connected() {
        (State::SoftTimeout, Recovery::Open)
    } else {
        return None;
    };
    Some(Diagnosis::new(state, missing, Some(status.clone()), recovery))
}

/// What happened, with the broker's message if there is one.
pub(super) fn reason(error: &Error) -> String {
    match error.broker_message() {
        Some(message) => format!("{}; the broker says \"{message}\"", error.description()),
        None => error.description().to_owned(),
    }
}

/// The kind of error for a session that cannot be used.
fn kind_of(status: &AuthStatus) -> ErrorKind {
    if status.is_competing() {
        ErrorKind::Refused
    } else if !status.is_authenticated() {
        ErrorKind::SessionExpired
    } else {
        ErrorKind::Timeout
    }
}

/// Whether it would be the same after any wait: the settings are wrong, or the server is not the trusted one.
fn is_hopeless(error: &Error) -> bool {
    error.kind() == ErrorKind::HostNotAllowed || (error.is_unsent() && !error.is_retryable())
}

/// Whether a response has come that contains nothing about the session: the gateway is there but did not understand,
/// or is not well. A tickle that has failed so is not the end of a session.
pub(super) fn is_odd(error: &Error) -> bool {
    error.status().is_some()
        && matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Protocol | ErrorKind::Refused)
}

/// Whether it was too early to ask for the single sign-on; a penalty is longer.
fn is_too_early(error: &Error) -> bool {
    let is_short = error.retry_after().is_some_and(|wait| wait <= validation_period());
    error.kind() == ErrorKind::RateLimited && error.is_unsent() && is_short
}
