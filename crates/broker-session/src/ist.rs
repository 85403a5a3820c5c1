//! Indian Standard Time, which two brokers mean when they name no zone.

use jiff::{
    SignedDuration, Timestamp, Zoned,
    tz::{Offset, TimeZone},
};

/// An instant as a clock in India shows it.
pub(crate) fn in_india(timestamp: Timestamp) -> Zoned {
    timestamp.to_zoned(zone())
}

/// India has had no daylight saving since 1945, so a fixed offset is right and no time zone database is needed.
pub(crate) fn zone() -> TimeZone {
    TimeZone::fixed(Offset::constant(5).saturating_add(SignedDuration::from_mins(30)))
}
