//! What an answer that nobody can read more from than its status must come to.

use broker_session::{Error, ErrorKind};
use broker_session_codegen::spec::Operation;

use crate::{At, Broker};

/// What a status means by itself: what the spec says, else what its class does (RFC 9110, section 15).
pub(crate) fn kind_of(operation: &Operation, status: u16) -> ErrorKind {
    let mut responses = operation.responses.iter();
    let documented = responses.find(|response| response.status == status);
    let named = documented.and_then(|response| response.kind.as_deref());
    named.and_then(ErrorKind::from_name).unwrap_or(match status {
        401 => ErrorKind::Credentials,
        407 | 408 | 425 => ErrorKind::Unavailable,
        429 => ErrorKind::RateLimited,
        400..=499 => ErrorKind::Refused,
        500..=599 => ErrorKind::Unavailable,
        _ => ErrorKind::Protocol,
    })
}

/// Whether a success of the operation holds something that is read.
pub(super) fn is_read(operation: &Operation) -> bool {
    operation.responses.iter().any(|response| response.status < 300 && !response.content.is_empty())
}

/// Whether the operation may be sent again after its request has left.
pub(super) fn is_safe(operation: &Operation) -> bool {
    operation.retry == "safe"
}

/// Compares kind and status, and holds an error to what is true of all of them.
pub(super) fn check_error<B: Broker>(
    operation: &Operation,
    at: &At,
    error: &Error,
    kind: ErrorKind,
    status: Option<u16>,
) -> Result<(), String> {
    let found = (error.kind(), error.status(), error.operation());
    let expected = (kind, status, Some(operation.id.as_str()));
    if found != expected {
        return Err(format!("{found:?} in place of {expected:?}: {error}"));
    }
    if error.is_unsent() {
        return Err(format!("it has left, and is said not to: {error}"));
    }
    if error.is_retryable() && !is_safe(operation) {
        return Err(format!("it may be sent only once, and is said to be retryable: {error}"));
    }
    B::check_error(at, error)
}
