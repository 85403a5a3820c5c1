//! The broker's limits on how often it may be called, and the penalty box (documented).

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;

use super::etiquette::Etiquette;
use super::operation::Operation;
use crate::clock::later;

/// How long the penalty box stays closed.
const PENALTY: Duration = Duration::from_secs(15 * 60);
/// By how much two calls may come closer together than they were sent, since only arrivals can be seen here.
const JITTER: Duration = Duration::from_millis(100);

/// Which limits hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Limits {
    /// None.
    Off,
    /// What is beyond the documented limits is counted, but only what is far beyond them is punished.
    #[default]
    Lenient,
    /// Whatever is beyond the documented limits is punished.
    Strict,
}

/// Who may call when.
pub(super) struct Pacing {
    limits: Limits,
    all: Limit,
    tickle: Limit,
    validate: Limit,
    penalty: Option<Penalty>,
}

struct Penalty {
    until: Timestamp,
    /// Whether the caller has been told: before the first 429 nobody can know.
    told: bool,
}

impl Pacing {
    pub(super) fn new(limits: Limits) -> Self {
        // What is borne is what clients in use do: ten calls at once and some more, a tickle each second during a sign-in
        // and one at once after it, a `sso/validate` with each attempt to open the session.
        Self {
            limits,
            all: Limit::new(10, 20, Duration::from_secs(1)),
            tickle: Limit::new(1, 5, Duration::from_secs(1)),
            validate: Limit::new(1, 15, Duration::from_secs(60)),
            penalty: None,
        }
    }

    /// Takes note of a call. False: it is to be answered with 429.
    pub(super) fn admit(&mut self, operation: Operation, now: Timestamp, etiquette: &mut Etiquette) -> bool {
        if self.limits == Limits::Off {
            return true;
        }
        if self.until(now).is_some() {
            let told = self.penalty.as_mut().map(|penalty| std::mem::replace(&mut penalty.told, true));
            etiquette.calls_in_penalty_box += u64::from(told == Some(true));
            return false;
        }
        let own = match operation {
            Operation::TicklePost => Some(&mut self.tickle),
            Operation::SsoValidateGet => Some(&mut self.validate),
            _ => None,
        };
        let verdicts =
            [Some(&mut self.all), own].map(|limit| limit.map_or(Pace::Fine, |limit| limit.admit(now)));
        let [all, own] = verdicts;
        let pace = all.max(own);
        etiquette.rate_limit_violations += u64::from(pace > Pace::Fine);
        let admitted = match self.limits {
            Limits::Strict => pace == Pace::Fine,
            _ => pace < Pace::Unbearable,
        };
        if !admitted {
            self.penalise(now, true);
        }
        admitted
    }

    /// Closes the penalty box, unless there are no limits. `told`: the caller hears it now.
    pub(super) fn penalise(&mut self, now: Timestamp, told: bool) {
        if self.limits != Limits::Off && self.until(now).is_none() {
            self.penalty = Some(Penalty { until: later(now, PENALTY), told });
        }
    }

    /// Until when the penalty box is closed, if it is.
    pub(super) fn until(&self, now: Timestamp) -> Option<Timestamp> {
        self.penalty.as_ref().map(|penalty| penalty.until).filter(|until| now < *until)
    }
}

/// How fast calls come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Pace {
    Fine,
    /// Faster than documented.
    Hurried,
    /// Faster than the broker bears.
    Unbearable,
}

/// A limit as it is documented, and what is borne beyond it.
struct Limit {
    documented: Window,
    borne: Window,
}

impl Limit {
    fn new(documented: usize, borne: usize, per: Duration) -> Self {
        Self { documented: Window::new(documented, per), borne: Window::new(borne, per) }
    }

    fn admit(&mut self, now: Timestamp) -> Pace {
        match (self.documented.admit(now), self.borne.admit(now)) {
            (_, false) => Pace::Unbearable,
            (false, true) => Pace::Hurried,
            (true, true) => Pace::Fine,
        }
    }
}

/// At most so many calls in any span of time.
struct Window {
    calls: usize,
    per: Duration,
    arrivals: VecDeque<Timestamp>,
}

impl Window {
    fn new(calls: usize, per: Duration) -> Self {
        Self { calls, per: per.saturating_sub(JITTER), arrivals: VecDeque::new() }
    }

    fn admit(&mut self, now: Timestamp) -> bool {
        while self.arrivals.front().is_some_and(|first| later(*first, self.per) <= now) {
            self.arrivals.pop_front();
        }
        let admitted = self.arrivals.len() < self.calls;
        if admitted {
            self.arrivals.push_back(now);
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends calls at these milliseconds; says which are admitted, and what was counted.
    fn arrive(operation: Operation, milliseconds: &[u64]) -> (Vec<bool>, Etiquette) {
        under(Limits::Strict, operation, milliseconds)
    }

    fn under(limits: Limits, operation: Operation, milliseconds: &[u64]) -> (Vec<bool>, Etiquette) {
        let (mut pacing, mut etiquette) = (Pacing::new(limits), Etiquette::default());
        let admitted = milliseconds.iter().map(|at| {
            let now = later(Timestamp::UNIX_EPOCH, Duration::from_millis(*at));
            pacing.admit(operation, now, &mut etiquette)
        });
        (admitted.collect(), etiquette)
    }

    #[test]
    fn ten_calls_a_second_are_admitted_for_as_long_as_one_likes() {
        let calls: Vec<u64> = (0..100).map(|n| n * 100).collect();
        let (admitted, etiquette) = arrive(Operation::IserverAuthStatusPost, &calls);
        assert!(admitted.iter().all(|admitted| *admitted));
        assert_eq!(etiquette, Etiquette::default());
    }

    #[test]
    fn the_eleventh_call_within_a_second_closes_the_penalty_box() {
        let calls: Vec<u64> = (0..11).map(|n| n * 80).collect();
        let (admitted, etiquette) = arrive(Operation::IserverAuthStatusPost, &calls);
        assert_eq!(admitted.iter().filter(|admitted| **admitted).count(), 10);
        assert_eq!(etiquette, Etiquette { rate_limit_violations: 1, ..Etiquette::default() });
    }

    #[test]
    fn the_penalty_box_opens_after_fifteen_minutes_and_knocking_is_counted() {
        const MINUTE: u64 = 60_000;
        let calls = [0, 500, 15 * MINUTE, 15 * MINUTE + 499, 15 * MINUTE + 500];
        let (admitted, etiquette) = arrive(Operation::SsoValidateGet, &calls);
        assert_eq!(admitted, [true, false, false, false, true]);
        let expected =
            Etiquette { rate_limit_violations: 1, calls_in_penalty_box: 2, ..Etiquette::default() };
        assert_eq!(etiquette, expected);
    }

    #[test]
    fn tickle_may_come_once_a_second_and_validate_once_a_minute() {
        for (operation, period) in [(Operation::TicklePost, 1_000), (Operation::SsoValidateGet, 60_000)] {
            let (admitted, _) = arrive(operation, &[0, period, 2 * period - 50]);
            assert_eq!(admitted, [true, true, true], "{operation:?}");
            let (_, etiquette) = arrive(operation, &[0, period / 2]);
            assert_eq!(etiquette.rate_limit_violations, 1, "{operation:?}");
        }
        assert_eq!(arrive(Operation::SsoValidateGet, &[0, 30_000]).0, [true, false]);
    }

    #[test]
    fn what_clients_in_use_do_is_counted_and_borne() {
        let at_once: Vec<u64> = (0..11).map(|n| n * 20).collect();
        for (operation, milliseconds) in [
            // One each second during a sign-in, and one at once after it.
            (Operation::TicklePost, vec![0, 850, 1_700, 1_701]),
            // Twice a minute.
            (Operation::SsoValidateGet, vec![0, 30_000]),
            (Operation::IserverAccountsGet, at_once),
        ] {
            let (admitted, etiquette) = under(Limits::Lenient, operation, &milliseconds);
            assert!(admitted.iter().all(|admitted| *admitted), "{operation:?}: {admitted:?}");
            assert!(etiquette.rate_limit_violations > 0, "{operation:?}");
            let (admitted, _) = arrive(operation, &milliseconds);
            assert_eq!(admitted.last(), Some(&false), "{operation:?}");
        }
    }

    #[test]
    fn what_is_far_beyond_the_limits_is_punished() {
        for (operation, borne, apart) in [
            (Operation::TicklePost, 5, 100),
            (Operation::SsoValidateGet, 15, 3_000),
            (Operation::IserverAccountsGet, 20, 20),
        ] {
            let milliseconds: Vec<u64> = (0..=borne).map(|n| n * apart).collect();
            let (admitted, _) = under(Limits::Lenient, operation, &milliseconds);
            assert_eq!(admitted.iter().position(|admitted| !admitted), usize::try_from(borne).ok());
        }
    }

    #[test]
    fn nobody_knocks_who_has_not_heard_of_the_penalty() {
        let (mut pacing, mut etiquette) = (Pacing::new(Limits::Lenient), Etiquette::default());
        let now = Timestamp::UNIX_EPOCH;
        pacing.penalise(now, false);
        let mut counts = Vec::new();
        for _ in 0..3 {
            assert!(!pacing.admit(Operation::LogoutPost, now, &mut etiquette));
            counts.push(etiquette.calls_in_penalty_box);
        }
        assert_eq!(counts, [0, 1, 2]);
    }

    #[test]
    fn without_limits_there_is_no_penalty_box() {
        let (mut pacing, mut etiquette) = (Pacing::new(Limits::Off), Etiquette::default());
        let now = Timestamp::UNIX_EPOCH;
        pacing.penalise(now, true);
        for _ in 0..20 {
            assert!(pacing.admit(Operation::TicklePost, now, &mut etiquette));
        }
        assert_eq!((etiquette, pacing.until(now)), (Etiquette::default(), None));
    }
}
