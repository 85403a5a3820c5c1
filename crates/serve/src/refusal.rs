//! Responses of the server's own that are no success, in the JSON form that the program has for errors.

use std::time::Duration;

use broker_session::{Error, ErrorKind};
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::body::{Body, full};

/// Methods that are allowed where another one is not.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Methods {
    /// Those of the server's own paths.
    Own,
    /// Those that are known to go through to a broker; others of one's own making do as well.
    Forwarded,
}

impl Methods {
    fn list(self) -> &'static str {
        match self {
            Self::Own => "GET, HEAD",
            Self::Forwarded => "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
        }
    }
}

/// Why a request is not forwarded, or has no response of the broker's.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    kind: &'static str,
    message: String,
    hint: Option<String>,
    retry_after: Option<Duration>,
    login_url: Option<String>,
    /// The methods that are allowed in place of the request's own.
    allow: Option<Methods>,
    /// Whether the connection ends, because what follows on it may be the rest of the request.
    closes: bool,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        let (hint, retry_after, login_url, allow) = (None, None, None, None);
        Self { status, kind, message, hint, retry_after, login_url, allow, closes: false }
    }

    /// The method is not for this path, but these ones are.
    pub(crate) fn method_not_allowed(message: impl Into<String>, allow: Methods) -> Self {
        let refusal = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message);
        Self { allow: Some(allow), ..refusal }.with_hint(format!("Use one of these: {}.", allow.list()))
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    pub(crate) fn with_login_url(mut self, url: Option<&str>) -> Self {
        self.login_url = url.map(str::to_owned);
        self
    }

    pub(crate) fn closing(mut self) -> Self {
        self.closes = true;
        self
    }

    /// There is no session, and why.
    pub(crate) fn no_session(error: &Error) -> Self {
        let wait = error.retry_after().unwrap_or(default_wait(error.kind()));
        Self::of_error(StatusCode::SERVICE_UNAVAILABLE, error).with_retry_after(wait)
    }

    /// The request could not be forwarded, or has no response.
    pub(crate) fn not_forwarded(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::RateLimited => {
                let wait = error.retry_after().unwrap_or(default_wait(ErrorKind::RateLimited));
                Self::of_error(StatusCode::TOO_MANY_REQUESTS, error).with_retry_after(wait)
            }
            ErrorKind::Timeout if error.is_retryable() => {
                Self::of_error(StatusCode::GATEWAY_TIMEOUT, error).with_hint("Try again later.")
            }
            ErrorKind::Timeout => Self::of_error(StatusCode::GATEWAY_TIMEOUT, error)
                .with_hint("The request may have taken effect: look whether it did before you repeat it."),
            ErrorKind::Config => Self::of_error(StatusCode::BAD_REQUEST, error),
            ErrorKind::SessionExpired | ErrorKind::LoginRequired | ErrorKind::Store => {
                Self::no_session(error)
            }
            _ => Self::of_error(StatusCode::BAD_GATEWAY, error),
        }
    }

    fn of_error(status: StatusCode, error: &Error) -> Self {
        let hint = error.hint().unwrap_or(error.kind().advice());
        Self::new(status, error.kind().as_str(), error.to_string())
            .with_hint(hint)
            .with_login_url(error.login_url())
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({ "error": {
            "kind": self.kind,
            "status": self.status.as_u16(),
            "message": self.message,
            "hint": self.hint,
            "retry_after": self.retry_after.map(seconds),
            "login_url": self.login_url,
        }})
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(full(self.to_json().to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds(wait)));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(methods) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(methods.list()));
        }
        if self.closes {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// Whole seconds, rounded up: a client that waits so long does not come too early.
fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// When to come again, where nothing is known.
fn default_wait(kind: ErrorKind) -> Duration {
    Duration::from_secs(match kind {
        ErrorKind::RateLimited => 1,
        ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::Store => 5,
        _ => 30,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_rounded_up_to_whole_seconds() {
        let waits = [(0, 0), (1, 1), (1_000, 1), (1_001, 2)];
        for (millis, expected) in waits {
            assert_eq!(seconds(Duration::from_millis(millis)), expected);
        }
    }
}
