//! The clock of this machine compared with the broker's.
//!
//! A code that is computed from the time (RFC 6238) is wrong when the clock is. The broker's `Date` shows by how much.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header::DATE};

/// A sentence with the difference of the clocks. Nothing if it is less than a time step: the code is still valid then.
pub(crate) fn clock_difference(headers: &HeaderMap, now: SystemTime, step: Duration) -> Option<String> {
    let date = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?.trim()).ok()?;
    // A `Date` has whole seconds.
    let seconds =
        |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let (here, there) = (seconds(now), seconds(date));
    let side = if here < there { "behind" } else { "ahead" };
    let difference = here.abs_diff(there);
    (difference >= step.as_secs()).then(|| {
        format!(
            "This machine's clock differs by {difference} s from the broker's: it is {side}, so its codes are those of another \
             time. Set the clock, and sign in with the next code."
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Duration = Duration::from_secs(30);

    fn differs(date: &str, seconds: i64) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(DATE, date.parse().unwrap());
        let there = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        let off = Duration::from_secs(seconds.unsigned_abs());
        // Half a second is cut off.
        let now = if seconds < 0 { there - off } else { there + off } + Duration::from_millis(500);
        clock_difference(&headers, now, STEP)
    }

    #[test]
    fn seconds_and_direction_of_a_wrong_clock_are_named() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        let ahead = differs(date, 181).unwrap();
        assert!(ahead.contains("clock differs by 181 s from the broker's: it is ahead,"), "{ahead}");
        let behind = differs(date, -90_000).unwrap();
        assert!(behind.contains("differs by 90000 s from the broker's: it is behind,"), "{behind}");
        assert!(differs(date, 30).is_some());
    }

    #[test]
    fn small_differences_and_invalid_dates_are_ignored() {
        for seconds in [0, 29, -29] {
            assert_eq!(differs("Sun, 06 Nov 1994 08:49:37 GMT", seconds), None);
        }
        assert_eq!(differs("yesterday", 181), None);
        assert_eq!(clock_difference(&HeaderMap::new(), SystemTime::now(), STEP), None);
    }
}
