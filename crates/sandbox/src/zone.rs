//! Time zones of brokers, as far as their time of day matters.

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

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
    fn the_day_ends_at_midnight_in_india() {
        let after = |time: &str| midnight_after(time.parse().unwrap(), india().to_time_zone()).to_string();
        assert_eq!(after("2021-08-30T18:29:59Z"), "2021-08-30T18:30:00Z");
        assert_eq!(after("2021-08-30T18:30:00Z"), "2021-08-31T18:30:00Z");
        assert_eq!(after("2021-08-31T03:45:00Z"), "2021-08-31T18:30:00Z");
    }
}
