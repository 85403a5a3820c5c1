//! From one answer to what is to be done: a lost network, a lost brokerage session and a lost single sign-on
//! are told apart, with further calls where one answer is not enough.

use std::time::Duration;

use broker_session_runtime::ErrorKind;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{
    auth_status::AuthStatus,
    gateway::{Gateway, validation_period},
    session_state::{SessionState, State},
};
use crate::Error;

/// How often a session that is on its way is looked at.
pub(super) const PACE: Duration = Duration::from_secs(2);

/// No wait lasts longer; an instant further away could not be represented.
pub(super) const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Why a session cannot be used although a person is signed in.
const SHUT_OUT: &str = "a person is signed in (the single sign-on is alive), but the gateway refuses the requests of this program as if nobody were";

/// What helps then.
const SHUT_OUT_HINT: &str = "Nobody has to sign in again. The gateway may want the cookies of the browser (the header `Cookie`), or something in between refuses POSTs; try the gateway's own address.";

/// What a look has found.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) state: SessionState,
    pub(super) cure: Cure,
}

/// What would help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cure {
    /// Nothing that a program could do: the session is well, is on its way, or needs a person.
    Nothing,
    /// To ask once more: it was too early to ask whether the single sign-on is alive.
    Wait,
    /// To open the brokerage session.
    Open,
    /// The same, but with `compete` only.
    TakeOver,
    /// The same, with `compete` if that is allowed.
    OpenOrTakeOver,
}

impl Cure {
    /// Whether opening the brokerage session would help, in whatever way.
    pub(super) fn is_opening(self) -> bool {
        matches!(self, Self::Open | Self::TakeOver | Self::OpenOrTakeOver)
    }
}

impl Gateway {
    /// Looks how the session is, without keeping it alive and without doing anything about it. Asks
    /// `/iserver/auth/status`, and `/sso/validate` where only that tells whether a person must sign in.
    ///
    /// # Errors
    /// What any call may meet; a session that is over is no error here but a state.
    pub async fn look(&self) -> Result<SessionState, Error> {
        let answer = self.status().await;
        let found = self.find(answer).await?;
        // A single look cannot ask again.
        Ok(if found.cure == Cure::Wait && self.is_denied().await {
            self.signed_out(None).state
        } else {
            found.state
        })
    }

    /// Waits until the session can be used, for at most `deadline`. It only waits: a person may be signing in
    /// meanwhile, or a [`Supervisor`](super::Supervisor) opening the brokerage session.
    ///
    /// # Errors
    /// What is missing when the deadline has passed: `LoginRequired` with the page to open; `SessionExpired`
    /// if the brokerage session has to be opened; `Refused` if it is held elsewhere; `Timeout` if it is on its
    /// way; or what the last call met. At once if waiting cannot help (`Config`, `HostNotAllowed`, a penalty
    /// beyond the deadline).
    pub async fn ready(&self, deadline: Duration) -> Result<AuthStatus, Error> {
        let end = Instant::now() + deadline.min(LONGEST);
        let mut missing = Error::new(ErrorKind::Timeout, "the gateway has not answered in time");
        loop {
            let Ok(answer) = timeout_at(end, self.status()).await else { return Err(missing) };
            let wait = match &answer {
                Err(error) => error.retry_after().unwrap_or(PACE).max(PACE),
                Ok(_) => PACE,
            };
            let next = Instant::now() + wait.min(LONGEST);
            missing = match answer {
                Ok(status) => match status.missing() {
                    None => return Ok(status),
                    Some(what) => Error::new(kind_of(&status), what).during("iserver_auth_status_post"),
                },
                Err(error) if is_hopeless(&error) || next > end && error.retry_after().is_some() => {
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

    /// What an answer about the brokerage session means.
    pub(super) async fn find(&self, answer: Result<AuthStatus, Error>) -> Result<Finding, Error> {
        match answer {
            Ok(status) => match judge(&status) {
                Some(found) => Ok(found),
                None => {
                    let why = status.missing().unwrap_or_default();
                    self.ask_single_sign_on(why, Evidence::Status(status)).await
                }
            },
            Err(error) if is_about_the_session(&error) => {
                let found = self.ask_single_sign_on(why(&error), Evidence::Error(error.kind())).await;
                match (error.kind(), found) {
                    // An answer that points to the login page is to be believed when there is no better one.
                    (ErrorKind::LoginRequired, Err(other))
                        if is_odd(&other) && other.status() != Some(401) =>
                    {
                        Ok(self.signed_out(None))
                    }
                    (ErrorKind::LoginRequired, Ok(found)) if found.cure == Cure::Wait => {
                        Ok(self.signed_out(None))
                    }
                    (_, found) => found,
                }
            }
            Err(error) => Err(error),
        }
    }

    /// The brokerage session is gone; is the single sign-on, too? Only that tells whether opening it again or a
    /// person helps.
    async fn ask_single_sign_on(&self, why: String, evidence: Evidence) -> Result<Finding, Error> {
        // With OAuth there is no single sign-on to ask about.
        if self.login_url().is_none() {
            return Ok(finding(State::SoftTimeout, why, evidence.status(), Cure::Open));
        }
        let before = self.was_signed_on().await;
        // It may be asked once a minute only, and whoever is signed out is not signed in by asking.
        if matches!(evidence, Evidence::Error(_)) && before == Some(false) && !self.is_doubtful().await {
            return Ok(self.signed_out(None));
        }
        let asked = self.validate().await;
        let is_alive = match &asked {
            Ok(_) => true,
            Err(error) if error.kind() == ErrorKind::LoginRequired => false,
            // What was reported less than a minute ago will do, also if another program has asked.
            Err(error) if is_too_early(error) => match self.was_signed_on().await {
                Some(was_alive) => was_alive,
                None => {
                    let seconds = error.retry_after().unwrap_or_default().as_secs();
                    let why =
                        format!("{why}; whether the single sign-on is alive may be asked in {seconds} s");
                    return Ok(finding(State::Connecting, why, evidence.status(), Cure::Wait));
                }
            },
            Err(_) => return asked.map(|_| self.signed_out(None)),
        };
        if !is_alive {
            return Ok(match self.is_doubtful().await && !evidence.confirms(asked.as_ref().err()) {
                true => {
                    let why = format!(
                        "{why}; the single sign-on was reported as over, which happens by mistake, so it will be asked for once more"
                    );
                    finding(State::Connecting, why, evidence.status(), Cure::Wait)
                }
                false => self.signed_out(evidence.status()),
            });
        }
        // The question may have had to wait for its turn, and a person may have signed in meanwhile.
        match self.status().await {
            Ok(now) => {
                if let Some(found) = judge(&now) {
                    return Ok(found);
                }
            }
            // An opening may help, if it is let through.
            Err(error) if error.kind() == ErrorKind::LoginRequired => return Ok(shut_out(evidence.status())),
            Err(error) if is_about_the_session(&error) => {}
            // There may be a session by now, which an opening would tear down.
            Err(error) => return Err(error),
        }
        let why = format!("{why}; the single sign-on is alive");
        Ok(finding(State::SoftTimeout, why, evidence.status(), Cure::Open))
    }

    /// Whether the last denial of the single sign-on comes alone, shortly after a sign of life.
    async fn is_doubtful(&self) -> bool {
        self.notes().change(|known, _| known.sign_on.is_doubtful()).await
    }

    /// Whether the single sign-on was denied when it was last asked for.
    pub(super) async fn is_denied(&self) -> bool {
        self.notes().change(|known, _| known.sign_on.is_denied()).await
    }

    pub(super) fn signed_out(&self, status: Option<AuthStatus>) -> Finding {
        let url = self.login_url().map(str::to_owned);
        let why = "the single sign-on is over; a person must sign in";
        finding(State::LoginRequired { url }, why, status, Cure::Nothing)
    }
}

/// Why the single sign-on is asked for.
enum Evidence {
    /// The brokerage session is neither open nor linked.
    Status(AuthStatus),
    /// A call was answered with a failure of this kind.
    Error(ErrorKind),
}

impl Evidence {
    fn status(self) -> Option<AuthStatus> {
        match self {
            Self::Status(status) => Some(status),
            Self::Error(_) => None,
        }
    }

    /// Whether another failure says the same: that a person must sign in.
    fn confirms(&self, error: Option<&Error>) -> bool {
        let Self::Error(kind) = self else { return false };
        let is_denied = error.is_some_and(|error| error.kind() == ErrorKind::LoginRequired);
        // `RESULT: false` is reported by mistake now and then; a refusal by status less so.
        let by_status = error.is_some_and(|error| error.status() != Some(200));
        is_denied && (*kind == ErrorKind::LoginRequired || by_status)
    }
}

/// A person is signed in, and yet the gateway asks this program for a login.
pub(super) fn shut_out(status: Option<AuthStatus>) -> Finding {
    let mut found = finding(State::Refused, SHUT_OUT, status, Cure::Open);
    found.state = found.state.with_hint(Some(SHUT_OUT_HINT));
    found
}

/// What the state of the brokerage session calls for; nothing if only the single sign-on can tell.
fn judge(status: &AuthStatus) -> Option<Finding> {
    let Some(missing) = status.missing() else {
        return Some(finding(State::Ready, "the session can be used", Some(status.clone()), Cure::Nothing));
    };
    let (state, cure) = match status {
        // A session that is authenticated is alive, and opening it once more would tear it down.
        AuthStatus { authenticated: true, competing: false, .. } => (State::Connecting, Cure::Nothing),
        AuthStatus { authenticated: true, .. } => (State::Competing, Cure::Nothing),
        AuthStatus { competing: true, .. } => (State::Competing, Cure::TakeOver),
        // Whether the other session is still there shows only when the next opening is refused or not.
        status if status.is_refused_for_another() => (State::Competing, Cure::OpenOrTakeOver),
        AuthStatus { connected: true, .. } => (State::SoftTimeout, Cure::Open),
        _ => return None,
    };
    Some(finding(state, missing, Some(status.clone()), cure))
}

fn finding(state: State, why: impl Into<String>, status: Option<AuthStatus>, cure: Cure) -> Finding {
    Finding { state: SessionState::new(state, why, status), cure }
}

/// Whether an error says that a session is over, whichever.
pub(super) fn is_about_the_session(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::SessionExpired | ErrorKind::LoginRequired)
}

/// The broker's words, or what happened.
pub(super) fn why(error: &Error) -> String {
    match error.broker_message() {
        Some(message) => format!("{}; the broker says \"{message}\"", error.what()),
        None => error.what().to_owned(),
    }
}

/// The error for a session that cannot be used.
fn kind_of(status: &AuthStatus) -> ErrorKind {
    match status {
        AuthStatus { competing: true, .. } => ErrorKind::Refused,
        AuthStatus { authenticated: false, .. } => ErrorKind::SessionExpired,
        _ => ErrorKind::Timeout,
    }
}

/// Whether it would be the same after any wait: the settings are wrong, or the server is not the trusted one.
fn is_hopeless(error: &Error) -> bool {
    error.kind() == ErrorKind::HostNotAllowed || (error.is_unsent() && !error.is_retryable())
}

/// Whether an answer has come that says nothing about the session: the gateway is there but did not understand,
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
