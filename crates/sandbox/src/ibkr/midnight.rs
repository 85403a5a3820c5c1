//! When the broker resets every single sign-on: at midnight of the region that the user belongs to.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::zone::midnight_after;

/// Whose midnight ends the single sign-on (documented).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Midnight {
    /// Nobody's: a sandbox does not depend on the time of day unless it is told to.
    #[default]
    Never,
    /// America.
    NewYork,
    /// Europe.
    Zug,
    /// Asia.
    HongKong,
}

impl Midnight {
    /// The first midnight after a time; the end of time for [`Midnight::Never`].
    pub(super) fn after(self, time: Timestamp) -> Timestamp {
        // The rules as POSIX writes them, so that no time zone database is needed.
        let rules = match self {
            Self::Never => return Timestamp::MAX,
            Self::NewYork => "EST5EDT,M3.2.0,M11.1.0",
            Self::Zug => "CET-1CEST,M3.5.0,M10.5.0/3",
            Self::HongKong => "HKT-8",
        };
        TimeZone::posix(rules).map_or(Timestamp::MAX, |zone| midnight_after(time, zone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnight_is_local_in_winter_and_in_summer() {
        let after = |midnight: Midnight, time: &str| midnight.after(time.parse().unwrap()).to_string();
        assert_eq!(after(Midnight::NewYork, "2024-01-15T04:59:59Z"), "2024-01-15T05:00:00Z");
        assert_eq!(after(Midnight::NewYork, "2024-01-15T05:00:00Z"), "2024-01-16T05:00:00Z");
        assert_eq!(after(Midnight::NewYork, "2024-07-15T12:00:00Z"), "2024-07-16T04:00:00Z");
        assert_eq!(after(Midnight::Zug, "2024-01-15T12:00:00Z"), "2024-01-15T23:00:00Z");
        assert_eq!(after(Midnight::Zug, "2024-07-15T12:00:00Z"), "2024-07-15T22:00:00Z");
        assert_eq!(after(Midnight::HongKong, "2024-07-15T12:00:00Z"), "2024-07-15T16:00:00Z");
        assert_eq!(Midnight::Never.after(Timestamp::UNIX_EPOCH), Timestamp::MAX);
    }

    #[test]
    fn the_day_of_a_change_of_the_clocks_has_its_midnight() {
        // New York's clocks go forward on 2024-03-10, two hours after that day's midnight.
        let midnight = Midnight::NewYork.after("2024-03-10T05:00:00Z".parse().unwrap());
        assert_eq!(midnight.to_string(), "2024-03-11T04:00:00Z");
    }
}
