//! The time of day.

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// The time of day, as far as tokio's clock has come: where that is paused, as in tests, it runs ahead of the system's. A
/// clock that only counts from the start would be late when a computer has slept.
#[derive(Clone, Copy, Debug)]
pub struct Clock;

impl Clock {
    /// The time.
    pub fn now(self) -> Timestamp {
        let ahead = Instant::now().into_std().saturating_duration_since(std::time::Instant::now());
        let ahead = SignedDuration::try_from(ahead).unwrap_or_default();
        Timestamp::now().checked_add(ahead).unwrap_or(Timestamp::MAX)
    }
}
