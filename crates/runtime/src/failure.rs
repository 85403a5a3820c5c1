//! What a failed call is.
//!
//! The transport makes a [`Failure`] where a response arrives, before anything is decoded. A failure is classified by
//! the broker's own code, then by what the spec defines for the status, then by the class of the status. The tables come
//! from the spec, so there is nothing about any broker in here.

use std::{
    error::Error as StdError,
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use progenitor_client::Error as WireError;
use reqwest::Response;

use crate::{
    Api, ErrorKind, Json, Operation, Retry, Secrets, Verdict,
    broker_message::{Phrases, read},
    certificate_key::unusable_certificate,
    clock::clock_difference,
    response::is_page,
    retry::{is_transient, whole_seconds},
    tls::{is_certificate_refused, is_tls_refused, pin_mismatch},
};

/// A call that did not give what the spec describes as a success. Its strings hold no secrets.
///
/// It is found in the extensions of the response of `Error::UnexpectedResponse`: see [`Failure::of`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The `operationId`; nothing for a program's own request.
    pub operation: Option<&'static str>,
    /// What to do next.
    pub kind: ErrorKind,
    /// What happened, as a clause: "the session is over".
    pub description: String,
    /// The HTTP status; nothing if there was no response.
    pub status: Option<u16>,
    /// The broker's own error code.
    pub code: Option<String>,
    /// The broker's sentences, as one line of at most [`MAX_MESSAGE_CHARS`](crate::MAX_MESSAGE_CHARS).
    pub message: Option<String>,
    /// How a person can fix it, in a sentence or two, if more is known than the kind implies.
    pub hint: Option<String>,
    /// What it means for a guess that the call carried.
    pub verdict: Verdict,
    /// How long to wait before the next request; [`MAX_RETRY_AFTER`](crate::MAX_RETRY_AFTER) at most.
    pub retry_after: Option<Duration>,
    /// Why it is a failure.
    pub reason: Reason,
    /// Whether the request provably never left.
    pub is_unsent: bool,
    /// Whether the same call may succeed in a moment.
    pub is_transient: bool,
    /// Whether the call may be repeated although it has been sent.
    pub is_repeatable: bool,
    /// The error of the HTTP client, without the URL.
    pub source: Option<Arc<reqwest::Error>>,
}

/// Why a call is a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The status is an error.
    Status,
    /// The spec does not describe this status for the operation.
    UnknownStatus,
    /// A redirect, which is never followed.
    Redirect {
        /// The host in `Location`, if it is another one than that of the request.
        elsewhere: Option<String>,
        /// Whether the path looks like that of a login page.
        to_login: bool,
    },
    /// There is no body where the spec has one.
    Empty,
    /// The body is not JSON.
    NotJson,
    /// The body is JSON, but not what the spec describes.
    Mismatch,
    /// The body is an HTML page, which the caller did not ask for.
    Page,
    /// The body is longer than the limit in bytes; the rest was not read.
    TooLong(usize),
    /// The connection ended in the middle of the body.
    Cut,
    /// The deadline passed in the middle of the body.
    Slow,
    /// The body is that of a failure, although the status is a success.
    FailureInBody,
    /// The response neither reports a failure nor confirms a success.
    Unconfirmed,
    /// Nothing was sent, because it would have exceeded a rate limit before the deadline.
    Throttled,
    /// Nothing was sent, because the request cannot be built.
    InvalidRequest,
    /// Nothing was sent, because no connection was made.
    NoConnection,
    /// The deadline passed before there was a response.
    NoResponse,
    /// The connection ended before there was a response.
    ConnectionLost,
}

impl Reason {
    /// Whether the whole body was read.
    fn is_whole(&self) -> bool {
        !matches!(self, Self::Cut | Self::Slow | Self::TooLong(_))
    }

    /// Whether the broker's message may be quoted. A successful response may hold tokens anywhere, and an incomplete one
    /// may end in the middle of an echoed secret.
    fn is_quotable(&self, status: StatusCode) -> bool {
        let is_failure = matches!(self, Self::FailureInBody | Self::Unconfirmed) || !status.is_success();
        self.is_whole() && is_failure
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Redirect { elsewhere: Some(host), .. } => {
                return write!(f, "a redirect to `{host}`, which was not followed");
            }
            Self::TooLong(limit) => return write!(f, "the body is longer than {limit} bytes"),
            Self::Status => "the status is one of a failure",
            Self::UnknownStatus => "the API does not describe this status",
            Self::Redirect { elsewhere: None, .. } => "a redirect, which was not followed",
            Self::Empty => "the body is empty",
            Self::NotJson => "the body is not JSON",
            Self::Mismatch => "the body is not what the API describes",
            Self::Page => "the body is an HTML page",
            Self::Cut => "the connection ended in the middle of the body",
            Self::Slow => "the deadline passed in the middle of the body",
            Self::FailureInBody => "the body is that of a failure",
            Self::Unconfirmed => "the response does not confirm that it was done",
            Self::Throttled => "the request was not sent, because it would exceed the broker's rate limit",
            Self::InvalidRequest => "the request could not be built",
            Self::NoConnection => "no connection could be made",
            Self::NoResponse => "there was no response in time",
            Self::ConnectionLost => "the connection was lost",
        })
    }
}

/// A response, once its body has been read.
pub(crate) struct Arrived {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) retry_after: Option<Duration>,
}

impl Failure {
    /// A failure without a response; `description` is a clause.
    pub fn new(kind: ErrorKind, reason: Reason, description: impl Into<String>) -> Self {
        Self {
            operation: None,
            kind,
            description: description.into(),
            status: None,
            code: None,
            message: None,
            hint: None,
            verdict: Verdict::Unknown,
            retry_after: None,
            is_unsent: matches!(reason, Reason::Throttled | Reason::InvalidRequest | Reason::NoConnection),
            reason,
            is_transient: is_transient_kind(kind),
            is_repeatable: false,
            source: None,
        }
    }

    /// The failure behind the error of a generated client.
    pub fn of<E>(error: WireError<E>) -> Self {
        match error {
            WireError::UnexpectedResponse(mut response) => {
                let failure = response.extensions_mut().remove::<Self>();
                failure.unwrap_or_else(|| Self::unreadable(Some(response.status())))
            }
            WireError::CommunicationError(error) => Self::without_response(error),
            WireError::InvalidRequest(message) => Self::invalid_request(message),
            // The transport prevents the others; they hold bodies, so nothing of them is quoted.
            other => Self::unreadable(other.status()),
        }
    }

    fn unreadable(status: Option<StatusCode>) -> Self {
        let failure = Self::new(ErrorKind::Protocol, Reason::Mismatch, "the response could not be read");
        Self { status: status.map(|status| status.as_u16()), ..failure }
    }

    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, Reason::InvalidRequest, message)
    }

    /// A call that was not sent because of a rate limit. The wait is in whole seconds, and never too short.
    pub(crate) fn throttled(wait: Duration) -> Self {
        let failure = Self::new(ErrorKind::RateLimited, Reason::Throttled, Reason::Throttled.to_string());
        Self { retry_after: Some(whole_seconds(wait)), ..failure }
    }

    /// A failure of the HTTP client before there was a response.
    pub fn without_response(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let cause = innermost(&error);
        let not_allowed = |problem| Self::new(ErrorKind::HostNotAllowed, Reason::NoConnection, problem);
        let failure = if let Some(mismatch) = pin_mismatch(&error) {
            not_allowed(mismatch.to_string())
        } else if let Some(problem) = unusable_certificate(&error) {
            not_allowed(format!(
                "the server's certificate cannot be used: {problem}; give the server another one"
            ))
        } else if error.is_connect() {
            Self::without_connection(&error, &cause)
        } else if error.is_timeout() {
            Self::new(ErrorKind::Timeout, Reason::NoResponse, Reason::NoResponse.to_string())
        } else if error.is_builder() {
            Self::invalid_request(format!("{}: {cause}", Reason::InvalidRequest))
        } else {
            let lost = Reason::ConnectionLost;
            Self::new(ErrorKind::Unavailable, lost.clone(), format!("{lost}: {cause}"))
        };
        Self { source: Some(Arc::new(error)), ..failure }
    }

    fn without_connection(error: &reqwest::Error, cause: &str) -> Self {
        let is_transient = is_transient(error);
        let proxy = refused_by_proxy(cause);
        let hint = proxy.as_ref().map(|(_, hint)| (*hint).to_owned());
        let description = match proxy {
            Some((description, _)) => description,
            None if is_transient => format!("{}: {cause}", Reason::NoConnection),
            // The cause is a TLS alert.
            None if is_tls_refused(error) => format!(
                "the server ends the TLS handshake ({cause}): it speaks neither TLS 1.2 nor 1.3, or its certificate has a kind of key that is not supported"
            ),
            None => format!("no connection that can be trusted could be made: {cause}"),
        };
        let failure = Self::new(ErrorKind::Unavailable, Reason::NoConnection, description);
        Self { hint, is_transient, ..failure }
    }

    /// A response that is a failure for this reason. `json` is its body, if it is JSON.
    pub(crate) fn of_response(
        api: &Api,
        operation: Option<&Operation>,
        arrived: &Arrived,
        reason: Reason,
        json: Option<&Json>,
        secrets: &Secrets,
    ) -> Self {
        let (status, code) = (arrived.status, arrived.status.as_u16());
        let is_quotable = reason.is_quotable(status);
        let (phrases, shown) =
            if is_quotable { read(&arrived.body, json, secrets) } else { Default::default() };
        let documented = operation.and_then(|operation| operation.status(code)?.kind);
        let is_success = status.is_success() && reason != Reason::FailureInBody;
        let kind = match &reason {
            // Where the spec has a redirect to the broker's login page, that page may be on another host.
            Reason::Redirect { to_login: true, .. } if documented == Some(ErrorKind::LoginRequired) => {
                ErrorKind::LoginRequired
            }
            Reason::Redirect { elsewhere: Some(_), .. } => ErrorKind::HostNotAllowed,
            Reason::Redirect { to_login: true, .. } => ErrorKind::LoginRequired,
            Reason::Slow if is_success => ErrorKind::Timeout,
            _ if is_success || status.is_redirection() => ErrorKind::Protocol,
            _ => api.error_kind(operation, code, &phrases),
        };
        let description = match (in_between(code), &reason) {
            (Some(description), _) => description.to_owned(),
            (None, Reason::Status | Reason::FailureInBody) => describe(kind).to_owned(),
            // Brokers send no body with some failures; the status means the same without it.
            (None, Reason::Empty) if documented.is_some() => describe(kind).to_owned(),
            (None, Reason::NotJson) if is_page(&arrived.headers, &arrived.body) => {
                format!("{}: {}", describe(kind), Reason::Page)
            }
            // A redirect names a host, and the name of a host may be anything.
            (None, reason) => secrets.clean(&format!("{}: {reason}", describe(kind))),
        };
        let failure = Self {
            status: Some(code),
            code: shown.code,
            message: shown.message,
            retry_after: arrived.retry_after,
            ..Self::new(kind, reason, description)
        };
        // The page that asks for a login is the broker's own.
        if matches!(failure.reason, Reason::Redirect { .. }) && kind != ErrorKind::LoginRequired {
            return Self { hint: Some(REDIRECTED.to_owned()), ..failure };
        }
        // The outcome of such a call is unknown, so the verdict on its guess is, too.
        if is_success || status.is_redirection() {
            return failure;
        }
        failure.explained(api, operation, &phrases, &arrived.headers)
    }

    /// Adds the hint, and what the failure means for a guess.
    fn explained(
        mut self,
        api: &Api,
        operation: Option<&Operation>,
        phrases: &Phrases,
        headers: &HeaderMap,
    ) -> Self {
        let status = self.status.unwrap_or_default();
        let verdict = operation.map_or(Verdict::Unknown, |known| api.verdict(known, status, phrases));
        // A broker with another time rejects a code that is computed from the time.
        let step = operation.filter(|_| verdict == Verdict::Judged).and_then(|known| known.time_step);
        let clock = step.and_then(|step| clock_difference(headers, SystemTime::now(), step));
        self.hint = clock.or_else(|| api.hint(operation, status, phrases, headers).map(str::to_owned));
        // The missing part of a body may have been about the guess.
        self.verdict = if self.reason.is_whole() { verdict } else { Verdict::Unknown };
        self
    }

    /// The same failure as that of a call of this operation.
    pub(crate) fn during(mut self, operation: &Operation) -> Self {
        self.operation = Some(operation.id);
        self.is_repeatable = operation.retry == Retry::Safe;
        self
    }

    /// A response that carries this failure through a generated client. Its own status has no meaning.
    pub(crate) fn into_response(self) -> Response {
        let fallback = match self.reason {
            Reason::Throttled => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        let status = self.status.and_then(|status| StatusCode::from_u16(status).ok());
        let mut response = http::Response::new(Bytes::new());
        *response.status_mut() = status.unwrap_or(fallback);
        response.extensions_mut().insert(self);
        response.into()
    }

    /// Whether no connection was made because the server's certificate was not accepted. No waiting changes that.
    pub fn is_about_certificate(&self) -> bool {
        let source = self.source.as_deref();
        self.is_unsent && source.is_some_and(|source| is_certificate_refused(source))
    }

    /// Whether the same call may be made again and might succeed.
    pub fn is_retryable(&self) -> bool {
        self.is_transient && (self.is_unsent || self.is_repeatable)
    }
}

fn is_transient_kind(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::RateLimited)
}

/// The hint for a redirect, which allowing its host would not help.
const REDIRECTED: &str = "Redirects are never followed. Check the base URL, and whether a proxy or a network's login page responds in the broker's place.";

/// The hint for a proxy that requires a user name and a password.
pub(crate) const GIVE_PROXY_PASSWORD: &str = "Give the proxy's user name and password in BROKER_SESSION_PROXY_USER and BROKER_SESSION_PROXY_PASSWORD, or with `ClientOptions::proxy_user`.";

/// The description and the hint of a proxy's refusal to connect. Only the error's message identifies it.
fn refused_by_proxy(cause: &str) -> Option<(String, &'static str)> {
    let refusal = cause.strip_prefix("tunnel error: ")?;
    Some(if refusal.contains("authorization required") {
        (format!("the proxy requires a user name and a password: {refusal}"), GIVE_PROXY_PASSWORD)
    } else {
        (
            format!("the proxy did not connect to the broker: {refusal}"),
            "Check the proxy's URL, and whether the proxy lets the broker's host through.",
        )
    })
}

fn innermost(error: &dyn StdError) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// What servers between the program and the broker require. No broker sends these (RFC 9110, section 15.5.8; RFC 6585,
/// section 6).
fn in_between(status: u16) -> Option<&'static str> {
    match status {
        407 => Some("a proxy in between requires a user name and a password"),
        511 => Some("the network requires a sign-in of its own first"),
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
        ErrorKind::Timeout => "there was no response in time",
        ErrorKind::HostNotAllowed => "the broker points to a host that is not allowed",
        ErrorKind::Protocol | ErrorKind::Config | ErrorKind::Store => {
            "the response is not what the API describes"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_failure_is_quoted() {
        for reason in [Reason::Mismatch, Reason::Status, Reason::NotJson] {
            assert!(reason.is_quotable(StatusCode::BAD_REQUEST) && !reason.is_quotable(StatusCode::OK));
        }
        for reason in [Reason::Cut, Reason::Slow, Reason::TooLong(1)] {
            assert!(!reason.is_quotable(StatusCode::BAD_REQUEST), "{reason}");
        }
        assert!(Reason::FailureInBody.is_quotable(StatusCode::OK));
    }

    #[test]
    fn a_wait_is_rounded_up_to_whole_seconds() {
        let wait = |milliseconds| Failure::throttled(Duration::from_millis(milliseconds)).retry_after;
        assert_eq!([1, 1000, 1001].map(wait), [1, 1, 2].map(|seconds| Some(Duration::from_secs(seconds))));
    }
}
