//! When the brokerage session may be opened again.
//!
//! A gateway on which it was tried once a minute for hours refused fresh logins (observed). So every opening,
//! successful or not, makes the next one wait longer, until the session has been well for a while.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use rand::RngExt;
use serde::{Deserialize, Serialize};

use super::later;
use crate::ibkr::Compete;

/// The shortest wait between two openings.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(60);

/// The longest wait between two openings.
pub(in crate::ibkr) const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(30);

/// After being well for this long a session counts as healthy, and what comes next as a new failure.
const STEADY: SignedDuration = SignedDuration::from_mins(10);

/// Openings further back than this do not count any more. It is longer than any wait between two of them.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(1);

/// How long an opening may be under way. What began before has been broken off.
const UNDER_WAY: SignedDuration = SignedDuration::from_secs(60);

/// Keeps count of the openings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::ibkr) struct Openings {
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
    pub(in crate::ibkr) signed_out: bool,
}

/// An opening has begun: when, and what was known before, should it turn out that nothing was sent.
#[derive(Clone, Debug)]
pub(in crate::ibkr) struct Begun {
    at: Timestamp,
    before: Box<Openings>,
}

/// How an opening has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ibkr) enum Outcome {
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
pub(in crate::ibkr) struct HeldBack {
    /// When it may be.
    pub(in crate::ibkr) until: Timestamp,
    failures: u32,
    count: u32,
    refused: bool,
    with_compete: bool,
}

impl HeldBack {
    /// Whether the last opening was refused, and was not allowed to throw out a session elsewhere.
    pub(in crate::ibkr) fn needs_leave(&self) -> bool {
        self.refused && !self.with_compete
    }
}

impl fmt::Display for HeldBack {
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
    /// Why the next opening must wait; nothing if it need not.
    pub(in crate::ibkr) fn held_back(&self, now: Timestamp) -> Option<HeldBack> {
        let until = self.not_before.filter(|time| *time > now)?;
        let Self { failures, count, refused, with_compete, .. } = *self;
        Some(HeldBack { until, failures, count, refused, with_compete })
    }

    /// Whether the last opening was before this time.
    pub(super) fn is_older_than(&self, time: Option<Timestamp>) -> bool {
        self.last.zip(time).is_some_and(|(last, time)| last < time)
    }

    /// Whether somebody is opening the session right now.
    pub(in crate::ibkr) fn is_under_way(&self, now: Timestamp) -> bool {
        self.under_way.is_some_and(|began| now.duration_since(began) < UNDER_WAY)
    }

    /// Begins an opening, and counts it: whoever asks next has to wait.
    ///
    /// The leave to throw out a session elsewhere is new if the last opening was made without it, and did not fail for
    /// another reason. Then this is the same
    /// opening once more, as it should have been made, and need not wait.
    pub(in crate::ibkr) fn begin(&mut self, compete: Compete, now: Timestamp) -> Result<Begun, HeldBack> {
        let is_other_reason = self.failures > 0 && !self.refused;
        let is_new_leave =
            compete == Compete::TakeOver && self.last.is_some() && !self.with_compete && !is_other_reason;
        if let Some(held_back) = self.held_back(now)
            && (!is_new_leave || self.is_under_way(now))
        {
            return Err(held_back);
        }
        let before = self.clone();
        if self.last.is_some_and(|last| now.duration_since(last) > FORGOTTEN) {
            self.count = 0;
            self.failures = 0;
        }
        self.count = self.count.saturating_add(u32::from(!is_new_leave || self.count == 0));
        self.under_way = Some(now);
        self.with_compete = compete == Compete::TakeOver;
        self.counted(now);
        Ok(Begun { at: now, before: Box::new(before) })
    }

    /// Notes the gateway's response to an opening. When the gateway has counted it is not known, only that it did so by
    /// now.
    pub(in crate::ibkr) fn answered(&mut self, begun: Begun, outcome: Outcome, now: Timestamp) {
        match outcome {
            // Somebody else may have opened it since.
            Outcome::Unsent if self.last == Some(begun.at) => *self = *begun.before,
            Outcome::Unsent => {}
            Outcome::Accepted => self.counted(now),
            Outcome::Refused | Outcome::Failed => {
                self.failures = self.failures.saturating_add(1);
                self.counted(now);
            }
        }
        if outcome != Outcome::Unsent {
            self.refused = outcome == Outcome::Refused;
        }
    }

    /// Notes an opening that nobody has asked about before.
    pub(in crate::ibkr) fn noted(&mut self, compete: Compete, outcome: Outcome, now: Timestamp) {
        if outcome == Outcome::Unsent {
            return;
        }
        self.not_before = None;
        if let Ok(begun) = self.begin(compete, now) {
            self.answered(begun, outcome, now);
            self.under_way = None;
        }
    }

    /// Notes that an opening is over, whether the session can be used now or not.
    pub(in crate::ibkr) fn ended(&mut self, is_in_vain: bool) {
        self.under_way = None;
        self.failures = self.failures.saturating_add(u32::from(is_in_vain));
    }

    /// Whether the last opening was refused, and was not allowed to throw out a session elsewhere.
    pub(in crate::ibkr) fn is_refused_for_want_of_leave(&self) -> bool {
        self.refused && self.failures > 0 && !self.with_compete
    }

    fn counted(&mut self, now: Timestamp) {
        let doubled = 1 << self.count.saturating_sub(1).min(10);
        let wait = (FIRST_WAIT * doubled).min(LONGEST_WAIT);
        // Downwards only, so that the longest wait stays the longest.
        let jittered = wait.as_secs_f64() * rand::rng().random_range(0.8..=1.0);
        let jittered = SignedDuration::from_secs_f64(jittered).max(FIRST_WAIT);
        self.last = Some(now);
        self.not_before = Some(later(now, jittered));
        self.well_since = None;
    }

    /// Notes whether the session can be used.
    pub(in crate::ibkr) fn note(&mut self, is_ready: bool, now: Timestamp) {
        self.well_since = is_ready.then(|| self.well_since.unwrap_or(now));
        if is_ready {
            self.failures = 0;
            self.under_way = None;
        }
        if self.well_since.is_some_and(|since| now.duration_since(since) >= STEADY) {
            self.count = 0;
            self.not_before = None;
        }
    }

    /// A person has signed in, so that what was in vain before need not be now: the next opening has to wait for
    /// the shortest time only. Not more often than a session becomes steady: a gateway that only seems to be signed
    /// in to must not be hammered.
    pub(in crate::ibkr) fn forgive(&mut self, now: Timestamp) {
        if self.forgiven.is_none_or(|before| now.duration_since(before) >= STEADY) {
            self.forgiven = Some(now);
            self.not_before = self.last.map(|last| later(last, FIRST_WAIT));
        }
    }

    /// Takes over the openings that another note knows of, if it knows of later ones.
    pub(super) fn catch_up(&mut self, other: &Self) {
        if other.last > self.last {
            *self = other.clone();
        }
    }

    /// Every time in it.
    pub(super) fn times(&mut self) -> [&mut Option<Timestamp>; 5] {
        [&mut self.last, &mut self.not_before, &mut self.under_way, &mut self.well_since, &mut self.forgiven]
    }

    /// Mends what cannot be right: no wait is longer than the longest.
    pub(super) fn tidy(&mut self, now: Timestamp) {
        let longest = later(now, LONGEST_WAIT);
        self.not_before = self.not_before.map(|until| until.min(longest));
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
        openings.held_back(at(now)).map_or(0, |held| held.until.duration_since(at(now)).as_secs())
    }

    /// An opening as soon as it may be; gives back when that was.
    fn open(openings: &mut Openings, from: i64, outcome: Outcome) -> i64 {
        let now = from + wait(openings, from) + 1;
        let begun = openings.begin(Compete::Yield, at(now)).unwrap();
        openings.answered(begun, outcome, at(now));
        openings.ended(false);
        now
    }

    #[test]
    fn each_opening_makes_the_next_one_wait_longer_up_to_half_an_hour() {
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
    fn a_session_that_stays_well_clears_the_count_and_one_that_flaps_does_not() {
        let mut openings = Openings::default();
        let mut now = 0;
        for _ in 0..5 {
            now = open(&mut openings, now, Outcome::Accepted);
            openings.note(true, at(now));
            openings.note(true, at(now + 300));
            openings.note(false, at(now + 300));
        }
        assert!(wait(&openings, now) > 700, "{}", wait(&openings, now));
        openings.note(true, at(now));
        openings.note(true, at(now + 600));
        now = open(&mut openings, now + 600, Outcome::Accepted);
        assert_eq!(wait(&openings, now), 60);
    }

    #[test]
    fn a_new_login_is_forgiven_once_in_a_while_only() {
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
    fn a_leave_that_the_refused_opening_lacked_is_no_second_opening() {
        let mut openings = Openings::default();
        let now = open(&mut openings, 0, Outcome::Refused);
        assert!(openings.clone().begin(Compete::Yield, at(now + 1)).is_err());
        let begun = openings.begin(Compete::TakeOver, at(now + 1)).unwrap();
        openings.answered(begun, Outcome::Refused, at(now + 1));
        assert_eq!(wait(&openings, now + 1), 60);
        assert!(openings.begin(Compete::TakeOver, at(now + 2)).is_err());
    }

    #[test]
    fn what_never_left_was_no_opening() {
        let mut openings = Openings::default();
        let begun = openings.begin(Compete::Yield, at(0)).unwrap();
        openings.answered(begun, Outcome::Unsent, at(1));
        assert_eq!(openings, Openings::default());
    }

    #[test]
    fn it_says_when_the_next_opening_may_be_and_why() {
        let mut openings = Openings::default();
        let mut now = 0;
        for expected in ["the last one was refused", "the last 2 were refused"] {
            now = open(&mut openings, now, Outcome::Refused);
            let text = openings.held_back(at(now)).unwrap().to_string();
            assert!(text.starts_with("the next opening is not before 2"), "{text}");
            assert!(text.ends_with(expected), "{text}");
        }
    }

    #[test]
    fn a_time_that_cannot_be_right_holds_nobody_back_for_long() {
        let mut openings = Openings { not_before: Some(Timestamp::MAX), ..Openings::default() };
        openings.tidy(at(0));
        assert_eq!(wait(&openings, 0), 30 * 60);
        openings.tidy(at(600));
        assert_eq!(wait(&openings, 600), 20 * 60);
    }
}
