//! When the brokerage session may be opened again.
//!
//! A gateway on which it was opened once a minute for hours refused fresh logins (observed). So every opening,
//! successful or not, makes the next one wait longer, until the session has been well for a while.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use rand::RngExt;
use serde::{Deserialize, Serialize};

use super::{client::Compete, shared_state::later};

/// The shortest wait between two openings.
const MIN_WAIT: SignedDuration = SignedDuration::from_secs(60);

/// The longest wait between two openings.
pub(super) const MAX_WAIT: SignedDuration = SignedDuration::from_mins(30);

/// After being well for this long a session counts as healthy, and what comes next as a new failure.
const HEALTHY_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// Older openings do not count any more. It is longer than any wait between two of them.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(1);

/// How long an opening may be under way. One that began before was cancelled.
const MAX_DURATION: SignedDuration = SignedDuration::from_secs(60);

/// The openings of the brokerage session at one gateway. The names of the fields are those in the store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Openings {
    /// How many there were since the session was last healthy.
    count: u32,
    /// How many of the latest in a row led to no session.
    failures: u32,
    /// Whether the last one was refused.
    refused: bool,
    /// Whether the last one was allowed to throw out a session elsewhere.
    with_compete: bool,
    last: Option<Timestamp>,
    not_before: Option<Timestamp>,
    /// When the one that is under way has begun.
    under_way: Option<Timestamp>,
    well_since: Option<Timestamp>,
    forgiven: Option<Timestamp>,
    /// Whether the single sign-on was over when it was last known.
    pub(super) signed_out: bool,
}

/// An opening that has begun, and what was known before, in case nothing is sent.
#[derive(Clone, Debug)]
pub(super) struct Opening {
    begun: Timestamp,
    before: Box<Openings>,
}

/// The result of an opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing was sent.
    Unsent,
    /// The gateway has not refused it.
    Accepted,
    /// The gateway has refused it.
    Refused,
    /// It has failed in another way.
    Failed,
}

/// The session must not be opened yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooEarly {
    /// When it may be.
    pub(super) until: Timestamp,
    failures: u32,
    count: u32,
    refused: bool,
    with_compete: bool,
}

impl TooEarly {
    /// Whether the last opening was refused, and was not allowed to throw out a session elsewhere.
    pub(super) fn needs_compete(&self) -> bool {
        self.refused && !self.with_compete
    }
}

impl fmt::Display for TooEarly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.until.strftime("%H:%M:%S UTC");
        write!(f, "the next opening is not before {time}, because ")?;
        let what = if self.refused { "refused" } else { "in vain" };
        match (self.failures, self.count) {
            (0, 0 | 1) => f.write_str("the last one was just now"),
            (0, count) => write!(f, "it was opened {count} times lately"),
            (1, _) => write!(f, "the last one was {what}"),
            (failures, _) => write!(f, "the last {failures} were {what}"),
        }
    }
}

impl Openings {
    /// Why the next opening must wait; none if it need not.
    pub(super) fn too_early(&self, now: Timestamp) -> Option<TooEarly> {
        let until = self.not_before.filter(|time| *time > now)?;
        let Self { failures, count, refused, with_compete, .. } = *self;
        Some(TooEarly { until, failures, count, refused, with_compete })
    }

    /// Whether the last opening was before this time.
    pub(super) fn is_older_than(&self, time: Option<Timestamp>) -> bool {
        self.last.zip(time).is_some_and(|(last, time)| last < time)
    }

    /// Whether a program is opening the session right now.
    pub(super) fn is_under_way(&self, now: Timestamp) -> bool {
        self.under_way.is_some_and(|begun| now.duration_since(begun) < MAX_DURATION)
    }

    /// Begins an opening, and counts it: the next one has to wait.
    ///
    /// The permission to throw out a session elsewhere is new if the last opening was made without it, and did not fail
    /// for another reason. Then this is the same opening once more, as it should have been made, and need not wait.
    pub(super) fn begin(&mut self, compete: Compete, now: Timestamp) -> Result<Opening, TooEarly> {
        let is_other_reason = self.failures > 0 && !self.refused;
        let is_newly_permitted =
            compete == Compete::TakeOver && self.last.is_some() && !self.with_compete && !is_other_reason;
        if let Some(too_early) = self.too_early(now)
            && (!is_newly_permitted || self.is_under_way(now))
        {
            return Err(too_early);
        }
        let before = self.clone();
        if self.last.is_some_and(|last| now.duration_since(last) > MAX_AGE) {
            self.count = 0;
            self.failures = 0;
        }
        self.count = self.count.saturating_add(u32::from(!is_newly_permitted || self.count == 0));
        self.under_way = Some(now);
        self.with_compete = compete == Compete::TakeOver;
        self.start_wait(now);
        Ok(Opening { begun: now, before: Box::new(before) })
    }

    /// Records the gateway's response to an opening. When the gateway has counted it is not known, only that it did so by
    /// now.
    pub(super) fn responded(&mut self, opening: Opening, outcome: Outcome, now: Timestamp) {
        match outcome {
            // Another program may have opened it since.
            Outcome::Unsent if self.last == Some(opening.begun) => *self = *opening.before,
            Outcome::Unsent => {}
            Outcome::Accepted => self.start_wait(now),
            Outcome::Refused | Outcome::Failed => {
                self.failures = self.failures.saturating_add(1);
                self.start_wait(now);
            }
        }
        if outcome != Outcome::Unsent {
            self.refused = outcome == Outcome::Refused;
        }
    }

    /// Records an opening that was made without asking whether it had to wait.
    pub(super) fn opened(&mut self, compete: Compete, outcome: Outcome, now: Timestamp) {
        if outcome == Outcome::Unsent {
            return;
        }
        self.not_before = None;
        if let Ok(opening) = self.begin(compete, now) {
            self.responded(opening, outcome, now);
            self.under_way = None;
        }
    }

    /// Records that an opening is over, and whether the session cannot be used in spite of it.
    pub(super) fn ended(&mut self, is_in_vain: bool) {
        self.under_way = None;
        self.failures = self.failures.saturating_add(u32::from(is_in_vain));
    }

    /// Whether the last opening was refused, and was not allowed to throw out a session elsewhere.
    pub(super) fn is_refused_without_compete(&self) -> bool {
        self.refused && self.failures > 0 && !self.with_compete
    }

    fn start_wait(&mut self, now: Timestamp) {
        let doubled = 1 << self.count.saturating_sub(1).min(10);
        let wait = (MIN_WAIT * doubled).min(MAX_WAIT);
        // Downwards only, so that the longest wait stays the longest.
        let jittered = wait.as_secs_f64() * rand::rng().random_range(0.8..=1.0);
        let jittered = SignedDuration::from_secs_f64(jittered).max(MIN_WAIT);
        self.last = Some(now);
        self.not_before = Some(later(now, jittered));
        self.well_since = None;
    }

    /// Records whether the session can be used.
    pub(super) fn diagnosed(&mut self, is_ready: bool, now: Timestamp) {
        self.well_since = is_ready.then(|| self.well_since.unwrap_or(now));
        if is_ready {
            self.failures = 0;
            self.under_way = None;
        }
        if self.well_since.is_some_and(|since| now.duration_since(since) >= HEALTHY_AFTER) {
            self.count = 0;
            self.not_before = None;
        }
    }

    /// A person has signed in, so that what was in vain before need not be now: the next opening has to wait for
    /// the shortest time only. Not more often than a session becomes healthy: a gateway that only seems to be signed
    /// in to must not be hammered.
    pub(super) fn forgive(&mut self, now: Timestamp) {
        if self.forgiven.is_none_or(|before| now.duration_since(before) >= HEALTHY_AFTER) {
            self.forgiven = Some(now);
            self.not_before = self.last.map(|last| later(last, MIN_WAIT));
        }
    }

    /// Takes over the openings of another record, if it has later ones.
    pub(super) fn catch_up(&mut self, other: &Self) {
        if other.last > self.last {
            *self = other.clone();
        }
    }

    /// Every time in it.
    pub(super) fn times(&mut self) -> [&mut Option<Timestamp>; 5] {
        [&mut self.last, &mut self.not_before, &mut self.under_way, &mut self.well_since, &mut self.forgiven]
    }

    /// Corrects what cannot be right: no wait is longer than the longest, and nothing was in the future.
    pub(super) fn tidy(&mut self, now: Timestamp) {
        let latest = later(now, MAX_WAIT);
        self.not_before = self.not_before.map(|until| until.min(latest));
        let [last, _, under_way, well_since, forgiven] = self.times();
        for time in [last, under_way, well_since, forgiven] {
            *time = time.filter(|time| *time <= now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).unwrap()
    }

    /// How long the next opening has to wait, in seconds.
    fn wait(openings: &Openings, now: i64) -> i64 {
        openings.too_early(at(now)).map_or(0, |early| early.until.duration_since(at(now)).as_secs())
    }

    /// An opening as soon as it may be; returns when that was.
    fn open(openings: &mut Openings, from: i64, outcome: Outcome) -> i64 {
        let now = from + wait(openings, from) + 1;
        let opening = openings.begin(Compete::Yield, at(now)).unwrap();
        openings.responded(opening, outcome, at(now));
        openings.ended(false);
        now
    }

    #[test]
    fn each_opening_makes_the_next_wait_longer_up_to_half_an_hour() {
        let mut openings = Openings::default();
        let mut now = 0;
        for longest in [60, 120, 240, 480, 960, 1800, 1800, 1800] {
            now = open(&mut openings, now, Outcome::Accepted);
            let wait = wait(&openings, now);
            assert!((longest * 8 / 10).max(60) <= wait && wait <= longest, "{wait} of {longest}");
            assert!(openings.clone().begin(Compete::Yield, at(now + 1)).is_err());
        }
    }

    #[test]
    fn a_healthy_session_clears_the_count_and_a_flapping_one_does_not() {
        let mut openings = Openings::default();
        let mut now = 0;
        for _ in 0..5 {
            now = open(&mut openings, now, Outcome::Accepted);
            openings.diagnosed(true, at(now));
            openings.diagnosed(true, at(now + 300));
            openings.diagnosed(false, at(now + 300));
        }
        assert!(wait(&openings, now) > 700, "{}", wait(&openings, now));
        openings.diagnosed(true, at(now));
        openings.diagnosed(true, at(now + 600));
        now = open(&mut openings, now + 600, Outcome::Accepted);
        assert_eq!(wait(&openings, now), 60);
    }

    #[test]
    fn a_new_login_is_forgiven_once_in_a_while() {
        let mut openings = Openings::default();
        let mut now = 0;
        for _ in 0..4 {
            now = open(&mut openings, now, Outcome::Refused);
        }
        openings.forgive(at(now));
        assert_eq!(wait(&openings, now), 60);
        now = open(&mut openings, now, Outcome::Refused);
        openings.forgive(at(now));
        assert!(wait(&openings, now) > 700, "{}", wait(&openings, now));
    }

    #[test]
    fn openings_of_hours_ago_do_not_count() {
        let mut openings = Openings::default();
        let mut now = 0;
        for _ in 0..6 {
            now = open(&mut openings, now, Outcome::Refused);
        }
        now = open(&mut openings, now + 2 * 60 * 60, Outcome::Refused);
        assert_eq!(wait(&openings, now), 60);
    }

    #[test]
    fn a_refused_opening_may_be_repeated_with_compete_at_once() {
        let mut openings = Openings::default();
        let now = open(&mut openings, 0, Outcome::Refused);
        assert!(openings.clone().begin(Compete::Yield, at(now + 1)).is_err());
        let opening = openings.begin(Compete::TakeOver, at(now + 1)).unwrap();
        openings.responded(opening, Outcome::Refused, at(now + 1));
        assert_eq!(wait(&openings, now + 1), 60);
        assert!(openings.begin(Compete::TakeOver, at(now + 2)).is_err());
    }

    #[test]
    fn an_opening_that_never_left_does_not_count() {
        let mut openings = Openings::default();
        let opening = openings.begin(Compete::Yield, at(0)).unwrap();
        openings.responded(opening, Outcome::Unsent, at(1));
        assert_eq!(openings, Openings::default());
    }

    #[test]
    fn the_wait_is_explained() {
        let mut openings = Openings::default();
        let mut now = 0;
        for expected in ["the last one was refused", "the last 2 were refused"] {
            now = open(&mut openings, now, Outcome::Refused);
            let text = openings.too_early(at(now)).unwrap().to_string();
            assert!(text.starts_with("the next opening is not before 2"), "{text}");
            assert!(text.ends_with(expected), "{text}");
        }
    }

    #[test]
    fn a_stored_wait_is_never_longer_than_half_an_hour() {
        let mut openings = Openings { not_before: Some(Timestamp::MAX), ..Openings::default() };
        openings.tidy(at(0));
        assert_eq!(wait(&openings, 0), 30 * 60);
        openings.tidy(at(600));
        assert_eq!(wait(&openings, 600), 20 * 60);
    }
}
