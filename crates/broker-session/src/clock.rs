//! The time of day.

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// The time of day, as far as tokio's clock has come: where that is paused, as in tests, it runs ahead of the system's. A
/// clock that only counts from the start would be late when a computer has slept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    begun: Instant,
    begun_by_system: std::time::Instant,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { begun: Instant::now(), begun_by_system: std::time::Instant::now() }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let ahead = self.begun.elapsed().saturating_sub(self.begun_by_system.elapsed());
        let ahead = SignedDuration::try_from(ahead).unwrap_or_default();
        Timestamp::now().checked_add(ahead).unwrap_or(Timestamp::MAX)
    }
}
