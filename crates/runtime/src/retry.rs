//! When a call may be repeated, and how long to wait before.
//!
//! Whether an operation may be repeated is said by its spec. This module knows how often, and how long a
//! server asks to be left alone.

use std::{
    io,
    time::{Duration, SystemTime},
};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use http::{HeaderMap, header::RETRY_AFTER};

use crate::causes::causes;

/// How often and at which pace a call is repeated, where its spec allows it at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How many attempts there are in all; 1 means that nothing is repeated.
    pub max_attempts: usize,
    /// How long to wait before the first repetition; each further wait is twice as long. A random part is
    /// added, so that many clients do not come back at once.
    pub first_wait: Duration,
    /// The longest wait between two attempts, if the server does not ask for more.
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

    /// The waits between the attempts.
    pub(crate) fn waits(&self) -> ExponentialBackoff {
        ExponentialBuilder::default()
            .with_min_delay(self.first_wait)
            .with_max_delay(self.longest_wait)
            .with_max_times(self.max_attempts.saturating_sub(1))
            .with_jitter()
            .build()
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

/// How long a server asks to be left alone: `Retry-After` in seconds or as a date (RFC 9110, section
/// 10.2.3). A date in the past means no time at all.
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse::<u32>() {
        Ok(seconds) => Some(Duration::from_secs(seconds.into())),
        Err(_) => {
            let date = httpdate::parse_http_date(text).ok()?;
            Some(date.duration_since(now).unwrap_or_default())
        }
    }
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
    fn nonsense_is_no_time() {
        for text in ["soon", "-1", "1.5", "99999999999999999999"] {
            assert_eq!(after(text), None, "{text}");
        }
    }

    #[test]
    fn a_policy_waits_once_less_than_it_attempts() {
        assert_eq!(RetryPolicy::default().waits().count(), 2);
        assert_eq!(RetryPolicy::NEVER.waits().count(), 0);
    }
}
