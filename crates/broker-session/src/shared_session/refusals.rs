//! Why nobody signs in now.

use std::time::Duration;

use broker_session_runtime::ErrorKind;
use jiff::{SignedDuration, Timestamp};

use super::record::Kept;
use crate::{Error, SavedSession};

pub(super) fn signed_out() -> Error {
    let what = "the session was signed out, so nobody signs in again by itself";
    let hint = "To sign in run `broker-session login` (in a program: `SessionProvider::sign_in`).";
    Error::new(ErrorKind::SessionExpired, what).with_hint(Some(hint.to_owned())).unsent()
}

/// The session of an earlier sign-in waits, and costs nothing more.
pub(super) fn not_allowed(pending: &SavedSession) -> Error {
    let what = format!(
        "a session has begun at `{}`, which is not allowed, and waits in the store; nothing more was sent",
        pending.base_url()
    );
    let hint = "If the host is the broker's, allow it: run `broker-session login` with --allow-host (in a program: `ClientOptions::allow_host`, and `Client::resume`). Or give the session up: `broker-session logout --forget`.";
    Error::new(ErrorKind::HostNotAllowed, what).with_hint(Some(hint.to_owned())).unsent()
}

/// Another sign-in would be made in vain, and again and again.
pub(super) fn too_young(kept: &Kept, wait: SignedDuration, now: Timestamp) -> Error {
    let wait = wait.try_into().ok();
    let (kind, what, hint) = if kept.session.is_over_at(now) {
        let hint = "Set the clock of this machine.";
        (ErrorKind::Config, "the session that began just now is over by the clock of this machine", hint)
    } else {
        let hint = "Another sign-in would most likely change nothing. Look what else the broker refuses: the address, a permission, the request.";
        (ErrorKind::SessionExpired, "the session began just now and is refused already", hint)
    };
    let error = Error::new(kind, what).with_hint(Some(hint.to_owned())).unsent();
    error.with_retry_after(wait)
}

pub(super) fn too_slow(patience: Duration) -> Error {
    let what = format!("another process signs in, and has not finished after {} s", patience.as_secs());
    Error::new(ErrorKind::Timeout, what).unsent()
}
