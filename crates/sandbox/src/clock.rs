//! The sandbox's own time, so that a test can let a day pass without waiting for it; and the days of brokers.

use std::{sync::Arc, time::Duration};

use jiff::{
    SignedDuration, Timestamp,
    tz::{Offset, TimeZone},
};
use parking_lot::Mutex;
use tokio::time::Instant;

/// A clock that code can advance. Clones show the same time.
///
/// Everything in a sandbox that expires, expires by this clock. A clock that runs, runs with tokio's: on a
/// runtime whose time is paused it moves when tokio's time does.
#[derive(Clone, Debug)]
pub struct Clock(Arc<State>);

#[derive(Debug)]
struct State {
    start: Timestamp,
    /// Monotonic, so that a change of the computer's time expires nothing, and tokio's, so that a test which
    /// pauses time pauses it here as well. `None`: time stands still.
    running_since: Option<Instant>,
    advanced: Mutex<Duration>,
}

impl Clock {
    /// A clock that starts at the computer's time and runs with it.
    pub fn running() -> Self {
        Self::starting_at(Timestamp::now())
    }

    /// A clock that shows `time` now and runs from there.
    pub fn starting_at(time: Timestamp) -> Self {
        Self::new(time, Some(Instant::now()))
    }

    /// A clock that stands still at `time` until [`Clock::advance`] is called.
    pub fn frozen_at(time: Timestamp) -> Self {
        Self::new(time, None)
    }

    fn new(start: Timestamp, running_since: Option<Instant>) -> Self {
        Self(Arc::new(State { start, running_since, advanced: Mutex::default() }))
    }

    /// The time it shows.
    pub fn now(&self) -> Timestamp {
        let advanced = *self.0.advanced.lock();
        let ran = self.0.running_since.map(|since| since.elapsed()).unwrap_or_default();
        later(self.0.start, ran.saturating_add(advanced))
    }

    /// Moves the time forward by `by`, at once.
    pub fn advance(&self, by: Duration) {
        let mut advanced = self.0.advanced.lock();
        *advanced = advanced.saturating_add(by);
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::running()
    }
}

/// `time` plus `by`, or the last representable time: a lifetime of [`Duration::MAX`] means for ever.
pub(crate) fn later(time: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| time.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}

/// India's time, +05:30 all year.
pub(crate) fn india() -> Offset {
    Offset::UTC.saturating_add(SignedDuration::from_mins(330))
}

/// The first midnight of a zone after a time; the end of time if there is none.
pub(crate) fn midnight_after(time: Timestamp, zone: TimeZone) -> Timestamp {
    let midnight = time.to_zoned(zone).tomorrow().and_then(|tomorrow| tomorrow.start_of_day());
    midnight.map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_moves_only_when_advanced() {
        let clock = Clock::frozen_at(Timestamp::UNIX_EPOCH);
        let same = clock.clone();
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
        clock.advance(Duration::from_secs(90));
        assert_eq!(same.now().as_second(), 90);
    }

    #[test]
    fn a_running_clock_keeps_running_after_an_advance() {
        let clock = Clock::running();
        let before = clock.now();
        clock.advance(Duration::from_secs(3600));
        assert!(clock.now() >= later(before, Duration::from_secs(3600)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_running_clock_runs_with_a_paused_runtime() {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        let clock = Clock::starting_at(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
        tokio::time::sleep(DAY).await;
        assert!(clock.now() >= later(Timestamp::UNIX_EPOCH, DAY));
        assert!(clock.now() < later(Timestamp::UNIX_EPOCH, DAY + Duration::from_secs(1)));
    }

    #[test]
    fn an_endless_lifetime_ends_at_the_end_of_time() {
        assert_eq!(later(Timestamp::UNIX_EPOCH, Duration::MAX), Timestamp::MAX);
    }

    #[test]
    fn the_day_ends_at_midnight_in_india() {
        let after = |time: &str| midnight_after(time.parse().unwrap(), india().to_time_zone()).to_string();
        assert_eq!(after("2021-08-30T18:29:59Z"), "2021-08-30T18:30:00Z");
        assert_eq!(after("2021-08-30T18:30:00Z"), "2021-08-31T18:30:00Z");
        assert_eq!(after("2021-08-31T03:45:00Z"), "2021-08-31T18:30:00Z");
    }
}
