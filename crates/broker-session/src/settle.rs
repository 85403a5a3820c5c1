//! From what a generated client says to a value or an [`Error`].
//!
//! A failure is classified before anybody looks at its body: by the broker's own code, then by what the
//! spec says of the status, then by the class of the status. The tables are generated from the spec, so
//! there is nothing about any broker in here.

use std::time::SystemTime;

use broker_session_runtime::{
    AllowedHosts, Api, ErrorKind, Kept, Operation, Retry, Unfit, Words, is_passing, is_tls_refused,
    pin_mismatch, redact, retry_after, unusable_certificate,
};
use progenitor_client::{Error as WireError, ResponseValue};
use url::Url;

use crate::{Error, connection::follow, secrets::Secrets};

/// An error body that knows its code and its words.
pub(crate) trait Fault {
    /// The broker's code.
    fn code(&self) -> Option<String>;

    /// What makes up the broker's message.
    fn texts(&self) -> Vec<&str>;
}

/// An answer that may be a failure although its status says success.
pub(crate) trait Answer {
    /// What it holds.
    type Value;
    /// What may come in its place.
    type Fault: Fault;

    /// The value without its envelope, or the failure.
    fn open(self) -> Result<Self::Value, Self::Fault>;
}

/// Settles calls of one API, and keeps the secrets of the sign-in out of the errors. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Settler {
    api: &'static Api,
    pub(crate) secrets: Secrets,
}

impl Settler {
    pub(crate) fn new(api: &'static Api, secrets: Secrets) -> Self {
        Self { api, secrets }
    }

    /// The value of a call whose answer may be a failure although its status says success.
    pub(crate) fn open<A: Answer, E: Fault>(
        &self,
        operation: &'static str,
        result: Result<ResponseValue<A>, WireError<E>>,
    ) -> Result<A::Value, Error> {
        let status = result.as_ref().map_or(200, |answer| answer.status().as_u16());
        let answer = self.settle(operation, result)?;
        answer.open().map_err(|fault| self.fault(operation, &fault).with_status(status))
    }

    /// Where to carry on after the answer of `operation` has named a host.
    pub(crate) fn follow(
        &self,
        operation: &'static str,
        hosts: &AllowedHosts,
        current: &Url,
        named: &str,
    ) -> Result<Url, Error> {
        let next = follow(self.api, hosts, current, named).map_err(|error| {
            let what = format!("the broker names another host to carry on with, and {error}");
            let secrets = self.secrets.all();
            let what = redact(&what, &secrets);
            // A host that has a secret in its name, or that nobody could allow, is not passed on.
            let url = error.url().filter(|url| hosts.could_allow(url));
            let url = url.filter(|url| redact(url.as_str(), &secrets) == url.as_str()).cloned();
            // The response was a success, else nobody would have read a host from it.
            let error = Error::new(ErrorKind::HostNotAllowed, what).with_refused_url(url);
            error.with_status(200).during(operation)
        })?;
        if next != *current {
            tracing::debug!(
                operation,
                host = next.host_str(),
                "carrying on with the host that the broker names"
            );
        }
        Ok(next)
    }

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
                let said = self.said(&*answer);
                let status = answer.status().as_u16();
                self.refusal(known, status, said).with_retry_after(wait)
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
        let Said { plain, shown } = self.said(fault);
        let known = self.api.operation(operation);
        // Some brokers write the status that they mean into the body.
        let meant = || known?.status(plain.code.as_deref()?.parse().ok()?)?.kind;
        let kind = self.api.kind_of(&plain).or_else(meant).unwrap_or(ErrorKind::Refused);
        let repeatable = known.is_some_and(|operation| operation.retry == Retry::Safe);
        let error = Error::new(kind, describe(kind)).with_status(200).with_words(shown);
        error.during(operation).repeatable(repeatable)
    }

    /// A documented failure.
    fn refusal(&self, operation: Option<&Operation>, status: u16, said: Said) -> Error {
        let kind = self.kind(operation, status, &said.plain);
        Error::new(kind, describe(kind)).with_status(status).with_words(said.shown)
    }

    /// An answer that is not what the spec describes.
    fn unexpected(&self, operation: Option<&Operation>, status: u16, kept: Option<&Kept>) -> Error {
        let Some(kept) = kept else {
            return self.refusal(operation, status, Said::default());
        };
        let said = Said { plain: kept.words([]), shown: kept.words(&self.secrets.all()) };
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
            _ => self.kind(operation, status, &said.plain),
        };
        let what = match kept.unfit() {
            // Brokers have nothing to say with some failures; that is what their status means, too.
            Unfit::Empty if documented.is_some() => describe(kind).to_owned(),
            // A redirect names a host, and a host's name may be anything.
            unfit => redact(&format!("{}: {unfit}", describe(kind)), &self.secrets.all()),
        };
        Error::new(kind, what).with_status(status).with_words(said.shown)
    }

    fn kind(&self, operation: Option<&Operation>, status: u16, words: &Words) -> ErrorKind {
        operation.map_or(ErrorKind::Protocol, |operation| self.api.error_kind(operation, status, words))
    }

    fn said(&self, fault: &impl Fault) -> Said {
        let (code, secrets) = (fault.code(), self.secrets.all());
        Said {
            plain: Words::new(code.as_deref(), fault.texts(), []),
            shown: Words::new(code.as_deref(), fault.texts(), &secrets),
        }
    }
}

/// The broker's words: plain to be understood, and without secrets to be shown. A code of the broker may be somebody's
/// one-time password by chance.
#[derive(Default)]
struct Said {
    plain: Words,
    shown: Words,
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
    if let Some(problem) = unusable_certificate(&error) {
        let what = format!("the server's certificate cannot be used: {problem}; give the server another one");
        return Error::new(ErrorKind::HostNotAllowed, what).unsent().caused_by(error);
    }
    let reason = innermost(&error);
    if error.is_timeout() && !error.is_connect() {
        return Error::new(ErrorKind::Timeout, "there was no answer in time").caused_by(error);
    }
    if error.is_connect() {
        let passing = is_passing(&error);
        let what = match passing {
            true => format!("no connection could be made: {reason}"),
            // The reason is a code of TLS.
            false if is_tls_refused(&error) => format!(
                "the server ends the TLS handshake ({reason}): it speaks neither TLS 1.2 nor 1.3, or its certificate has a kind of key that is not supported"
            ),
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
