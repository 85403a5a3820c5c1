//! From what a generated client says to a value or an [`Error`].
//!
//! A failure is classified before anybody looks at its body: by the broker's own code, then by what the
//! spec says of the status, then by the class of the status. The tables are generated from the spec, so
//! there is nothing about any broker in here.

use std::time::SystemTime;

use broker_session_runtime::{
    Api, ErrorKind, Kept, Operation, Retry, Secret, Unfit, Words, is_passing, pin_mismatch, retry_after,
};
use progenitor_client::{Error as WireError, ResponseValue};

use crate::Error;

/// An error body that knows its code and its words.
pub(crate) trait Fault {
    /// The broker's code.
    fn code(&self) -> Option<String>;

    /// What makes up the broker's message.
    fn texts(&self) -> Vec<&str>;
}

/// Settles calls of one API, and keeps the secrets of the sign-in out of the errors.
pub(crate) struct Settler {
    pub(crate) api: &'static Api,
    pub(crate) secrets: Vec<Secret>,
}

impl Settler {
    /// The value of a call, or what went wrong with it.
    pub(crate) fn settle<T, E: Fault>(
        &self,
        operation: &'static str,
        result: Result<ResponseValue<T>, WireError<E>>,
    ) -> Result<T, Error> {
        let error = match result {
            Ok(value) => return Ok(value.into_inner()),
            Err(error) => error,
        };
        let known = self.api.operation(operation);
        let repeatable = known.is_some_and(|operation| operation.retry == Retry::Safe);
        let error = match error {
            WireError::InvalidRequest(what) => Error::config(what),
            WireError::CommunicationError(error) => no_answer(error),
            WireError::ErrorResponse(answer) => {
                let wait = retry_after(answer.headers(), SystemTime::now());
                let words = self.words(&*answer);
                let status = answer.status().as_u16();
                self.refusal(known, status, words).with_retry_after(wait)
            }
            WireError::UnexpectedResponse(response) => {
                let wait = retry_after(response.headers(), SystemTime::now());
                let status = response.status().as_u16();
                let kept = response.extensions().get::<Kept>();
                match kept.is_some_and(|kept| *kept.unfit() == Unfit::HeldBack) {
                    true => held_back().with_retry_after(wait),
                    false => self.unexpected(known, status, kept).with_retry_after(wait),
                }
            }
            // The transport sees to it that none of these happens; they hold bodies, so nothing is quoted.
            _ => Error::new(ErrorKind::Protocol, "the answer could not be read"),
        };
        Err(error.during(operation).repeatable(repeatable))
    }

    /// A fault that came with a successful status.
    pub(crate) fn fault(&self, operation: &'static str, fault: &impl Fault) -> Error {
        let words = self.words(fault);
        let kind = self.api.kind_of(&words).unwrap_or(ErrorKind::Refused);
        let known = self.api.operation(operation);
        let repeatable = known.is_some_and(|operation| operation.retry == Retry::Safe);
        let error = Error::new(kind, describe(kind)).with_status(200).with_words(words);
        error.during(operation).repeatable(repeatable)
    }

    /// A documented failure.
    fn refusal(&self, operation: Option<&Operation>, status: u16, words: Words) -> Error {
        let kind = self.kind(operation, status, &words);
        Error::new(kind, describe(kind)).with_status(status).with_words(words)
    }

    /// An answer that is not what the spec describes.
    fn unexpected(&self, operation: Option<&Operation>, status: u16, kept: Option<&Kept>) -> Error {
        let Some(kept) = kept else {
            return self.refusal(operation, status, Words::default());
        };
        let words = kept.words(&self.secrets);
        let documented = operation.and_then(|operation| operation.status(status)?.kind);
        let kind = match kept.unfit() {
            // Where the spec says that the broker redirects to its login page, that page may have a host of its own.
            Unfit::Redirect { to_login: true, .. } if documented == Some(ErrorKind::LoginRequired) => {
                ErrorKind::LoginRequired
            }
            Unfit::Redirect { elsewhere: Some(_), .. } => ErrorKind::HostNotAllowed,
            Unfit::Redirect { to_login: true, .. } => ErrorKind::LoginRequired,
            Unfit::Slow if kept.status().is_success() => ErrorKind::Timeout,
            _ if kept.status().is_success() || kept.status().is_redirection() => ErrorKind::Protocol,
            _ => self.kind(operation, status, &words),
        };
        let what = match kept.unfit() {
            // Brokers have nothing to say with some failures; that is what their status means, too.
            Unfit::Empty if documented.is_some() => describe(kind).to_owned(),
            unfit => format!("{}: {unfit}", describe(kind)),
        };
        Error::new(kind, what).with_status(status).with_words(words)
    }

    fn kind(&self, operation: Option<&Operation>, status: u16, words: &Words) -> ErrorKind {
        operation.map_or(ErrorKind::Protocol, |operation| self.api.error_kind(operation, status, words))
    }

    fn words(&self, fault: &impl Fault) -> Words {
        Words::new(fault.code().as_deref(), fault.texts(), &self.secrets)
    }
}

/// The transport has sent nothing, because the broker would take it amiss.
fn held_back() -> Error {
    Error::new(ErrorKind::RateLimited, Unfit::HeldBack.to_string()).unsent()
}

/// No answer at all. The transport has taken the URL out of the error.
pub(crate) fn no_answer(error: reqwest::Error) -> Error {
    if let Some(mismatch) = pin_mismatch(&error) {
        return Error::new(ErrorKind::HostNotAllowed, mismatch.to_string()).unsent().caused_by(error);
    }
    let reason = innermost(&error);
    if error.is_timeout() && !error.is_connect() {
        return Error::new(ErrorKind::Timeout, "there was no answer in time").caused_by(error);
    }
    if error.is_connect() {
        let passing = is_passing(&error);
        let what = match passing {
            true => format!("no connection could be made: {reason}"),
            false => format!("no connection that can be trusted could be made: {reason}"),
        };
        return Error::new(ErrorKind::Unavailable, what).unsent().passing(passing).caused_by(error);
    }
    if error.is_builder() {
        return Error::config(format!("the request could not be built: {reason}")).caused_by(error);
    }
    Error::new(ErrorKind::Unavailable, format!("the connection was lost: {reason}")).caused_by(error)
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// What happened, as a clause.
fn describe(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Credentials => "the credentials were refused",
        ErrorKind::SecondFactor => "the second factor was refused",
        ErrorKind::Locked => "the account is locked",
        ErrorKind::SessionExpired => "the session is over",
        ErrorKind::LoginRequired => "the broker asks for a new login",
        ErrorKind::Refused => "the broker refused the request",
        ErrorKind::RateLimited => "there were too many requests",
        ErrorKind::Unavailable => "the broker is not available",
        ErrorKind::Timeout => "there was no answer in time",
        ErrorKind::HostNotAllowed => "the broker points to a host that is not allowed",
        _ => "the answer is not what the API describes",
    }
}
