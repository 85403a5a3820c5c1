//! When a call may be repeated, and how long to wait before.
//!
//! Whether an operation may be repeated is said by its spec. This module knows how often, and how long a
//! server asks to be left alone. A caller may decide otherwise about both, within what the spec allows.

use std::{
    io,
    sync::Arc,
    time::{Duration, SystemTime},
};

use backon::{BackoffBuilder, ExponentialBuilder};
use http::{HeaderMap, header::RETRY_AFTER};
use rustls::AlertDescription;

use crate::causes::causes;

/// Decides how long to wait before an attempt is repeated, and when to give up. [`RetryPolicy`] is the usual one.
///
/// It is asked only where the spec allows another attempt (`x-retry`) and where one may help; so no decision of its can
/// send a guess twice. And the wait that the server has asked for comes before its own: it need not look at
/// [`FailedAttempt::asked`] unless it would rather give up. All attempts keep to the total deadline.
pub trait Backoff: Send + Sync {
    /// How long to wait, besides what the server has asked for; `None` to give up. Some of it should be random, so that
    /// many clients do not come back at once.
    fn wait(&self, failed: &FailedAttempt) -> Option<Duration>;
}

impl<B: Backoff + ?Sized> Backoff for Arc<B> {
    fn wait(&self, failed: &FailedAttempt) -> Option<Duration> {
        (**self).wait(failed)
    }
}

/// An attempt that has failed and may be repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedAttempt {
    /// The `operationId`.
    pub operation: &'static str,
    /// How many attempts there have been, this one included.
    pub attempts: usize,
    /// The HTTP status; nothing if there was no answer.
    pub status: Option<u16>,
    /// How long the server has asked to be left alone (`Retry-After`, RFC 9110, section 10.2.3).
    pub asked: Option<Duration>,
}

/// How often and at which pace a call is repeated, where its spec allows it at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How many attempts there are in all; 1 means that nothing is repeated.
    pub max_attempts: usize,
    /// How long to wait before the first repetition; each further wait is twice as long. A random part is
    /// added, at most as much again, so that many clients do not come back at once.
    pub first_wait: Duration,
    /// The longest wait between two attempts, without its random part and without what the server asks for.
    pub longest_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { max_attempts: 3, first_wait: Duration::from_millis(200), longest_wait: Duration::from_secs(5) }
    }
}

impl RetryPolicy {
    /// A policy that repeats nothing.
    pub const NEVER: Self =
        Self { max_attempts: 1, first_wait: Duration::ZERO, longest_wait: Duration::ZERO };
}

impl Backoff for RetryPolicy {
    fn wait(&self, failed: &FailedAttempt) -> Option<Duration> {
        let waits = ExponentialBuilder::default()
            .with_min_delay(self.first_wait)
            .with_max_delay(self.longest_wait)
            .with_max_times(self.max_attempts.saturating_sub(1))
            .with_jitter();
        waits.build().nth(failed.attempts.saturating_sub(1))
    }
}

/// Whether a connection that could not be made might be made in a moment. One that failed for its
/// certificate, or because a proxy did not like the password, would fail again.
pub fn is_passing(error: &reqwest::Error) -> bool {
    // rustls reports what is wrong with a certificate as invalid data; what a proxy answers is known by its
    // text only.
    !causes(error).any(|cause| match cause.downcast_ref::<io::Error>() {
        Some(error) => error.kind() == io::ErrorKind::InvalidData,
        None => cause.to_string().contains("authorization required"),
    })
}

/// Whether the server has ended the TLS handshake, because the two have no version, method or kind of key in common.
pub fn is_tls_refused(error: &reqwest::Error) -> bool {
    let refusals = [AlertDescription::HandshakeFailure, AlertDescription::ProtocolVersion];
    causes(error).any(|cause| match cause.downcast_ref() {
        Some(rustls::Error::AlertReceived(alert)) => refusals.contains(alert),
        _ => false,
    })
}

/// Nobody is kept out longer on a server's word alone: a slip of it must not end a program that runs for weeks.
pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a server asks to be left alone: `Retry-After` in seconds or as a date (RFC 9110, section
/// 10.2.3), but [`MAX_RETRY_AFTER`] at most. A date in the past means no time at all.
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let asked = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        // A number that cannot be counted is a long time, not none.
        Err(_) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => Duration::MAX,
        Err(_) => httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default(),
    };
    Some(asked.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, text.parse().unwrap());
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        retry_after(&headers, now)
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        assert_eq!(after("120"), Some(Duration::from_secs(120)));
        assert_eq!(after("Sun, 06 Nov 1994 08:50:37 GMT"), Some(Duration::from_secs(60)));
        assert_eq!(after("Sun, 06 Nov 1994 08:48:37 GMT"), Some(Duration::ZERO));
    }

    #[test]
    fn no_wait_is_longer_than_a_day() {
        let more =
            ["86401", "4294967295", "4294967296", "99999999999999999999", "Sat, 01 Jan 2163 00:00:00 GMT"];
        for more in more {
            assert_eq!(after(more), Some(MAX_RETRY_AFTER), "{more}");
        }
    }

    #[test]
    fn nonsense_is_no_time() {
        for text in ["soon", "-1", "1.5", "99999999999999999999 s", "0x10"] {
            assert_eq!(after(text), None, "{text}");
        }
    }

    fn wait(policy: RetryPolicy, attempts: usize) -> Option<Duration> {
        policy.wait(&FailedAttempt { operation: "any", attempts, status: None, asked: None })
    }

    #[test]
    fn a_policy_waits_once_less_than_it_attempts() {
        let gives_up = |policy, attempts| wait(policy, attempts).is_none();
        let policy = RetryPolicy::default();
        assert_eq!([1, 2, 3].map(|attempts| gives_up(policy, attempts)), [false, false, true]);
        assert!(gives_up(RetryPolicy::NEVER, 1));
    }

    #[test]
    fn each_wait_is_twice_the_one_before_up_to_the_longest_and_at_random_as_much_again() {
        let second = Duration::from_secs(1);
        let policy = RetryPolicy { max_attempts: 9, first_wait: second, longest_wait: 5 * second };
        for (attempts, least) in [(1, 1), (2, 2), (3, 4), (4, 5), (5, 5)] {
            let waits: Vec<Duration> = (0..50).filter_map(|_| wait(policy, attempts)).collect();
            assert!(
                waits.iter().all(|wait| (least * second..=2 * least * second).contains(wait)),
                "{waits:?}"
            );
            assert!(waits.iter().any(|wait| *wait != waits[0]), "{waits:?}");
        }
    }
}
