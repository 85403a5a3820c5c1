//! Deadlines of calls, and how often and how fast calls are repeated.
//!
//! The spec decides whether an operation may be repeated. A caller may set how often and how fast, within what the spec
//! allows. No call hangs: there is a deadline for the connection, for each attempt, and for the whole call.

use std::{
    io,
    sync::Arc,
    time::{Duration, SystemTime},
};

use backon::{BackoffBuilder, ExponentialBuilder};
use http::{HeaderMap, header::RETRY_AFTER};

use crate::tls::causes;

/// The deadlines of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// For resolving the name, connecting and the TLS handshake; 5 seconds by default.
    pub connect: Duration,
    /// For one attempt, from its start to the last byte of the response; 15 seconds by default.
    pub attempt: Duration,
    /// For all attempts and the waiting between them; 30 seconds by default.
    pub total: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            attempt: Duration::from_secs(15),
            total: Duration::from_secs(30),
        }
    }
}

/// Decides how long to wait before an attempt is repeated, and when to give up. [`RetryPolicy`] is the usual one.
///
/// It is called only if the spec allows another attempt (`x-retry`) and one may help, so it cannot repeat a guess. Its
/// delay comes after the wait that the server has asked for, so it needs [`FailedAttempt::retry_after`] only to give
/// up. All attempts keep to the total deadline.
pub trait Backoff: Send + Sync {
    /// How long to wait in addition to what the server has asked for; `None` to give up. A part of it should be random,
    /// so that many clients do not come back at once.
    fn next_delay(&self, failed: &FailedAttempt) -> Option<Duration>;
}

impl<B: Backoff + ?Sized> Backoff for Arc<B> {
    fn next_delay(&self, failed: &FailedAttempt) -> Option<Duration> {
        (**self).next_delay(failed)
    }
}

/// An attempt that has failed and may be repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedAttempt {
    /// The `operationId`; `own` for a program's own request.
    pub operation: &'static str,
    /// The number of attempts, this one included.
    pub attempts: usize,
    /// The HTTP status; nothing if there was no response.
    pub status: Option<u16>,
    /// How long the server asks to wait (`Retry-After`, RFC 9110, section 10.2.3).
    pub retry_after: Option<Duration>,
}

/// How often and how fast a call is repeated, where its spec allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The number of attempts in all; 1 means that nothing is repeated. 3 by default.
    pub max_attempts: usize,
    /// How long to wait before the first repetition, 200 milliseconds by default; each further wait is twice as long. A
    /// random part is added, at most as much again, so that many clients do not come back at once.
    pub first_wait: Duration,
    /// The longest wait between two attempts, without its random part and without what the server asks for; 5 seconds by
    /// default.
    pub max_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { max_attempts: 3, first_wait: Duration::from_millis(200), max_wait: Duration::from_secs(5) }
    }
}

impl RetryPolicy {
    /// A policy that repeats nothing.
    pub const NEVER: Self = Self { max_attempts: 1, first_wait: Duration::ZERO, max_wait: Duration::ZERO };
}

impl Backoff for RetryPolicy {
    fn next_delay(&self, failed: &FailedAttempt) -> Option<Duration> {
        let delays = ExponentialBuilder::default()
            .with_min_delay(self.first_wait)
            .with_max_delay(self.max_wait)
            .with_max_times(self.max_attempts.saturating_sub(1))
            .with_jitter();
        delays.build().nth(failed.attempts.saturating_sub(1))
    }
}

/// Whether connecting may succeed in a moment. It would fail again because of a certificate or a proxy's password.
pub(crate) fn is_transient(error: &reqwest::Error) -> bool {
    // rustls reports a certificate that it rejects as invalid data; a proxy's response is known by its message only.
    !causes(error).any(|cause| match cause.downcast_ref::<io::Error>() {
        Some(error) => error.kind() == io::ErrorKind::InvalidData,
        None => cause.to_string().contains("authorization required"),
    })
}

/// The longest wait that a response can ask for, a quarter of an hour: a mistake in one response must not stop all programs
/// for a day. The longest penalty that a broker documents is as long.
pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(15 * 60);

/// How long a server asks to wait: `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), but
/// [`MAX_RETRY_AFTER`] at most. A date in the past is no wait.
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        // A number that is too large is a long wait.
        Err(_) if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => Duration::MAX,
        Err(_) => httpdate::parse_http_date(value).ok()?.duration_since(now).unwrap_or_default(),
    };
    Some(whole_seconds(wait.min(MAX_RETRY_AFTER)))
}

/// Rounded up, so that a caller who waits for the seconds that are shown does not come too early.
pub(crate) fn whole_seconds(wait: Duration) -> Duration {
    Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
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
    fn fractions_of_a_second_are_rounded_up() {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, "Sun, 06 Nov 1994 08:50:37 GMT".parse().unwrap());
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        let wait = retry_after(&headers, now + Duration::from_millis(900));
        assert_eq!(wait, Some(Duration::from_secs(60)));
    }

    #[test]
    fn no_wait_is_longer_than_a_quarter_of_an_hour() {
        let more = [
            "901",
            "31536000",
            "4294967295",
            "4294967296",
            "99999999999999999999",
            "Sat, 01 Jan 2163 00:00:00 GMT",
        ];
        for more in more {
            assert_eq!(after(more), Some(MAX_RETRY_AFTER), "{more}");
        }
    }

    #[test]
    fn nonsense_is_ignored() {
        for text in ["soon", "-1", "1.5", "99999999999999999999 s", "0x10"] {
            assert_eq!(after(text), None, "{text}");
        }
    }

    fn delay(policy: RetryPolicy, attempts: usize) -> Option<Duration> {
        policy.next_delay(&FailedAttempt { operation: "any", attempts, status: None, retry_after: None })
    }

    #[test]
    fn a_policy_waits_once_less_than_it_attempts() {
        let gives_up = |policy, attempts| delay(policy, attempts).is_none();
        let policy = RetryPolicy::default();
        assert_eq!([1, 2, 3].map(|attempts| gives_up(policy, attempts)), [false, false, true]);
        assert!(gives_up(RetryPolicy::NEVER, 1));
    }

    #[test]
    fn waits_double_up_to_a_limit_with_a_random_part() {
        let second = Duration::from_secs(1);
        let policy = RetryPolicy { max_attempts: 9, first_wait: second, max_wait: 5 * second };
        for (attempts, least) in [(1, 1), (2, 2), (3, 4), (4, 5), (5, 5)] {
            let waits: Vec<Duration> = (0..50).filter_map(|_| delay(policy, attempts)).collect();
            assert!(
                waits.iter().all(|wait| (least * second..=2 * least * second).contains(wait)),
                "{waits:?}"
            );
            assert!(waits.iter().any(|wait| *wait != waits[0]), "{waits:?}");
        }
    }
}
