//! The broker's times.
//!
//! They come as `8/30/2021 12:01:00 AM` without a zone and mean Indian time.

use jiff::{Timestamp, Zoned, civil::DateTime};
use kotak_session_api::types::LoginTime;

use crate::ist::zone;

/// `M/D/YYYY h:mm:ss AM` or `PM`.
const FORMAT: &str = "%m/%d/%Y %I:%M:%S %p";

/// Epochs beyond this are milliseconds: as seconds it would be the year 5138.
const LAST_SECOND: u64 = 100_000_000_000;

/// Reads a time as the broker writes it; none if it is written differently.
pub(super) fn indian(text: &str) -> Option<Zoned> {
    let local = DateTime::strptime(FORMAT, text.trim()).ok()?;
    local.to_zoned(zone()).ok()
}

/// Reads the login time in either of its forms.
pub(super) fn login_time(time: &LoginTime) -> Option<Timestamp> {
    match time {
        LoginTime::String(text) => indian(text).map(|time| time.timestamp()),
        LoginTime::Epoch(epoch) => {
            let timestamp = match **epoch {
                seconds if seconds.unsigned_abs() < LAST_SECOND => Timestamp::from_second(seconds),
                milliseconds => Timestamp::from_millisecond(milliseconds),
            };
            timestamp.ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brokers_times_are_indian() {
        for (text, expected) in [
            ("8/30/2021 12:01:00 AM", "2021-08-30T00:01:00+05:30[+05:30]"),
            ("8/23/2021 11:29:35 AM", "2021-08-23T11:29:35+05:30[+05:30]"),
            ("12/1/2021 1:02:03 PM", "2021-12-01T13:02:03+05:30[+05:30]"),
            (" 12/31/2021 12:00:00 PM ", "2021-12-31T12:00:00+05:30[+05:30]"),
        ] {
            assert_eq!(indian(text).map(|time| time.to_string()).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_time_is_not_read() {
        for text in
            ["", "-", "2021-08-30", "13/1/2021 1:00:00 AM", "2/30/2021 1:00:00 AM", "8/30/2021 13:01:00 AM"]
        {
            assert_eq!(indian(text), None, "{text}");
        }
    }

    #[test]
    fn an_epoch_is_read_in_seconds_and_in_milliseconds() {
        for epoch in [1_629_698_375, 1_629_698_375_000] {
            let time = login_time(&LoginTime::Epoch(epoch.into())).unwrap();
            assert_eq!(time.to_string(), "2021-08-23T05:59:35Z");
        }
        assert_eq!(login_time(&LoginTime::Epoch(i64::MAX.into())), None);
        assert_eq!(login_time(&LoginTime::Epoch(i64::MIN.into())), None);
    }
}
