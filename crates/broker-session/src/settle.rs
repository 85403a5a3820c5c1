//! From what a generated client says to a value or an [`Error`].
//!
//! A failure is classified before anybody looks at its body: by the broker's own code, then by what the
//! spec says of the status, then by the class of the status. The tables are generated from the spec, so
//! there is nothing about any broker in here.

use std::time::SystemTime;

use broker_session_runtime::{
    AllowedHosts, Api, ErrorKind, Kept, Operation, Retry, Unfit, Verdict, Words, clock_difference,
    is_passing, is_tls_refused, pin_mismatch, redact, retry_after, unusable_certificate,
};
use progenitor_client::{Error as WireError, ResponseValue};
use reqwest::header::HeaderMap;
use serde::Serialize;
use url::Url;

use crate::{Error, connection::follow, secrets::Secrets};

/// An answer that may be a failure although its status says success.
pub(crate) trait Answer {
    /// What it holds.
    type Value;
    /// What may come in its place.
    type Fault: Serialize;

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
    pub(crate) fn open<A: Answer, E: Serialize>(
        &self,
        operation: &'static str,
        result: Result<ResponseValue<A>, WireError<E>>,
    ) -> Result<A::Value, Error> {
        let arrived = result.as_ref().map(|answer| (answer.status().as_u16(), answer.headers().clone()));
        let (status, headers) = arrived.unwrap_or_default();
        let answer = self.settle(operation, result)?;
        answer.open().map_err(|fault| {
            let known = self.api.operation(operation);
            let error = self.refusal(known, status, self.said(&fault), &headers).during(operation);
            error.repeatable(known.is_some_and(|operation| operation.retry == Retry::Safe))
        })
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
    pub(crate) fn settle<T, E: Serialize>(
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
                self.refusal(known, status, said, answer.headers()).with_retry_after(wait)
            }
            WireError::UnexpectedResponse(response) => {
                let wait = retry_after(response.headers(), SystemTime::now());
                let status = response.status().as_u16();
                let kept = response.extensions().get::<Kept>();
                match kept.is_some_and(|kept| *kept.unfit() == Unfit::HeldBack) {
                    true => held_back().with_retry_after(wait),
                    false => self.unexpected(known, status, kept, response.headers()).with_retry_after(wait),
                }
            }
            // The transport sees to it that none of these happens; they hold bodies, so nothing is quoted.
            _ => Error::new(ErrorKind::Protocol, "the answer could not be read"),
        };
        Err(error.during(operation).repeatable(repeatable))
    }

    /// A failure in a form that the spec describes, or that is known by its marks.
    fn refusal(&self, operation: Option<&Operation>, status: u16, said: Said, headers: &HeaderMap) -> Error {
        let kind = self.kind(operation, status, &said.plain);
        let error = Error::new(kind, describe(kind)).with_status(status);
        self.explained(error, operation, said, headers)
    }

    /// The error with the broker's words, the way out, and what it means for a guess.
    fn explained(
        &self,
        error: Error,
        operation: Option<&Operation>,
        said: Said,
        headers: &HeaderMap,
    ) -> Error {
        let (Some(operation), Some(status)) = (operation, error.status()) else {
            return error.with_words(said.shown);
        };
        let verdict = self.api.verdict(operation, status, &said.plain);
        // A code that was made from the time is refused by a broker whose clock shows another one.
        let step = operation.time_step.filter(|_| verdict == Verdict::Judged);
        let clock = step.and_then(|step| clock_difference(headers, SystemTime::now(), step));
        let hint =
            clock.or_else(|| self.api.hint(operation, status, &said.plain, headers).map(str::to_owned));
        error.with_words(said.shown).with_hint(hint).unjudged(verdict == Verdict::NotJudged)
    }

    /// An answer that is not what the spec describes.
    fn unexpected(
        &self,
        operation: Option<&Operation>,
        status: u16,
        kept: Option<&Kept>,
        headers: &HeaderMap,
    ) -> Error {
        let Some(kept) = kept else {
            return self.refusal(operation, status, Said::default(), headers);
        };
        let said = Said { plain: kept.words([]), shown: kept.words(&self.secrets.all()) };
        let documented = operation.and_then(|operation| operation.status(status)?.kind);
        if *kept.unfit() == Unfit::Failure {
            return self.refusal(operation, status, said, headers);
        }
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
        let what = match (in_between(status), kept.unfit()) {
            (Some(what), _) => what.to_owned(),
            // Brokers have nothing to say with some failures; that is what their status means, too.
            (None, Unfit::Empty) if documented.is_some() => describe(kind).to_owned(),
            // A redirect names a host, and a host's name may be anything.
            (None, unfit) => redact(&format!("{}: {unfit}", describe(kind)), &self.secrets.all()),
        };
        let error = Error::new(kind, what).with_status(status);
        match kept.status().is_success() || kept.status().is_redirection() {
            // What became of the call is not known, so nothing is said of a guess that it carried.
            true => error.with_words(said.shown),
            false if kept.is_whole() => self.explained(error, operation, said, headers),
            // What is missing may have been about the guess.
            false => self.explained(error, operation, said, headers).unjudged(false),
        }
    }

    fn kind(&self, operation: Option<&Operation>, status: u16, words: &Words) -> ErrorKind {
        operation.map_or(ErrorKind::Protocol, |operation| self.api.error_kind(operation, status, words))
    }

    fn said(&self, fault: &impl Serialize) -> Said {
        Said { plain: Words::of(fault, []), shown: Words::of(fault, &self.secrets.all()) }
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
        if let Some((what, hint)) = refused_by_proxy(&reason) {
            let error = Error::new(ErrorKind::Unavailable, what).unsent().passing(passing).caused_by(error);
            return error.with_hint(Some(hint.to_owned()));
        }
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

/// What a proxy has said to the wish for a connection, and the way out. It is known by its text only.
fn refused_by_proxy(reason: &str) -> Option<(String, &'static str)> {
    let refusal = reason.strip_prefix("tunnel error: ")?;
    Some(match refusal.contains("authorization required") {
        true => (
            format!("the proxy wants a user name and a password: {refusal}"),
            "Give them in the proxy's URL, like http://user:password@proxy.example:3128.",
        ),
        false => (
            format!("the proxy did not connect to the broker: {refusal}"),
            "Check the proxy's URL, and whether the proxy lets the broker's host through.",
        ),
    })
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// What servers between the program and the broker want: no broker sends these (RFC 9110, section 15.5.8; RFC 6585,
/// section 6).
fn in_between(status: u16) -> Option<&'static str> {
    match status {
        407 => Some("a proxy in between wants a user name and a password"),
        511 => Some("the network wants a sign-in of its own first"),
        _ => None,
    }
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
