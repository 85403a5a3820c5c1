//! The broker's limits on how often it may be called, and the penalty box (documented); and what clients did wrong.

use std::{collections::VecDeque, time::Duration};

use jiff::Timestamp;

use super::Operation;
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
    /// Calls beyond the documented limits are counted, and only far beyond them punished.
    #[default]
    Lenient,
    /// Every call beyond the documented limits is punished.
    Strict,
}

/// Calls that break the gateway's limits or were seen to do harm, counted as they arrive, whatever the response.
///
/// A well-behaved client leaves the default behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    /// Calls beyond the documented limits: 10 a second in all, one `tickle` a second, one `sso/validate` a
    /// minute. Only what is far beyond them closes the penalty box, unless pacing is strict.
    pub rate_limit_violations: u64,
    /// Calls made in the penalty box after a 429: knocking.
    pub calls_in_penalty_box: u64,
    /// Calls of `ssodh/init` that met a session in use, which some gateways then tear down.
    pub inits_on_live_session: u64,
    /// Calls of `ssodh/init` with `compete`, which throw out the user's other session. No violation if the user
    /// has agreed.
    pub inits_with_compete: u64,
    /// Calls of `ssodh/init` without a single sign-on, which cannot succeed.
    pub inits_while_signed_out: u64,
    /// Calls of `ssodh/init` less than a minute after one that did not open the session, but for the one with `compete`
    /// that follows one without. Hours of that made the gateway refuse fresh logins (observed).
    pub hurried_inits: u64,
    /// POSTs without `Content-Length`, which get 411.
    pub posts_without_length: u64,
    /// Requests whose signature is not over the documented text, but over one that clients in use sign and that the broker
    /// accepts: without the query, or with it as a part of the URL.
    pub undocumented_signatures: u64,
}

/// The broker's limits, and the penalty box.
pub(super) struct RateLimits {
    limits: Limits,
    all: Limit,
    tickle: Limit,
    validate: Limit,
    penalty: Option<Penalty>,
}

struct Penalty {
    until: Timestamp,
    /// Whether the caller knows: not before the first 429.
    is_known: bool,
}

impl RateLimits {
    pub(super) fn new(limits: Limits) -> Self {
        // What is tolerated is what clients in use do: ten calls at once and some more, a tickle each second during a sign-in
        // and one at once after it, a `sso/validate` with each attempt to open the session.
        Self {
            limits,
            all: Limit::new(10, 20, Duration::from_secs(1)),
            tickle: Limit::new(1, 5, Duration::from_secs(1)),
            validate: Limit::new(1, 15, Duration::from_secs(60)),
            penalty: None,
        }
    }

    /// Counts a call. False: its response is 429.
    pub(super) fn admit(
        &mut self,
        operation: Operation,
        now: Timestamp,
        violations: &mut Violations,
    ) -> bool {
        if self.limits == Limits::Off {
            return true;
        }
        if self.penalised_until(now).is_some() {
            let was_known =
                self.penalty.as_mut().map(|penalty| std::mem::replace(&mut penalty.is_known, true));
            violations.calls_in_penalty_box += u64::from(was_known == Some(true));
            return false;
        }
        let own = match operation {
            Operation::TicklePost => Some(&mut self.tickle),
            Operation::SsoValidateGet => Some(&mut self.validate),
            _ => None,
        };
        let limits = [Some(&mut self.all), own].into_iter().flatten();
        let verdicts = limits.map(|limit| limit.admit(now)).reduce(|a, b| (a.0 && b.0, a.1 && b.1));
        let (is_documented, is_tolerated) = verdicts.unwrap_or((true, true));
        let is_documented = is_documented && is_tolerated;
        violations.rate_limit_violations += u64::from(!is_documented);
        let admitted = is_documented || (is_tolerated && self.limits == Limits::Lenient);
        if !admitted {
            self.penalise(now, true);
        }
        admitted
    }

    /// Closes the penalty box, unless there are no limits. `is_known`: the caller learns of it now.
    pub(super) fn penalise(&mut self, now: Timestamp, is_known: bool) {
        if self.limits != Limits::Off && self.penalised_until(now).is_none() {
            self.penalty = Some(Penalty { until: later(now, PENALTY), is_known });
        }
    }

    /// Until when the penalty box is closed, if it is.
    pub(super) fn penalised_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.penalty.as_ref().map(|penalty| penalty.until).filter(|until| now < *until)
    }
}

/// A limit as it is documented, and what is tolerated beyond it.
struct Limit {
    documented: Window,
    tolerated: Window,
}

impl Limit {
    fn new(documented: usize, tolerated: usize, per: Duration) -> Self {
        Self { documented: Window::new(documented, per), tolerated: Window::new(tolerated, per) }
    }

    /// Whether a call keeps to what is documented, and to what is tolerated.
    fn admit(&mut self, now: Timestamp) -> (bool, bool) {
        (self.documented.admit(now), self.tolerated.admit(now))
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

    const MINUTE: u64 = 60_000;

    /// Sends calls at these milliseconds; returns which are admitted, and what was counted.
    fn arrive(limits: Limits, operation: Operation, milliseconds: &[u64]) -> (Vec<bool>, Violations) {
        let (mut limits, mut violations) = (RateLimits::new(limits), Violations::default());
        let admitted = milliseconds.iter().map(|at| {
            let now = later(Timestamp::UNIX_EPOCH, Duration::from_millis(*at));
            limits.admit(operation, now, &mut violations)
        });
        (admitted.collect(), violations)
    }

    #[test]
    fn calls_beyond_the_documented_limits_are_punished_where_they_are_strict() {
        use Operation::{IserverAuthStatusPost as Status, SsoValidateGet as Validate, TicklePost as Tickle};
        let spaced = |calls, apart| (0_u64..calls).map(|n| n * apart).collect::<Vec<_>>();
        for (operation, milliseconds, first_refused) in [
            (Status, spaced(100, 100), None),
            (Status, spaced(11, 80), Some(10)),
            (Tickle, vec![0, 1_000, 1_950], None),
            (Tickle, vec![0, 500], Some(1)),
            (Validate, vec![0, MINUTE, 2 * MINUTE - 50], None),
            (Validate, vec![0, MINUTE / 2], Some(1)),
        ] {
            let (admitted, violations) = arrive(Limits::Strict, operation, &milliseconds);
            assert_eq!(admitted.iter().position(|admitted| !admitted), first_refused, "{operation:?}");
            let rate_limit_violations = u64::from(first_refused.is_some());
            assert_eq!(violations, Violations { rate_limit_violations, ..Violations::default() });
        }
    }

    #[test]
    fn the_penalty_box_opens_after_fifteen_minutes_and_knocking_is_counted() {
        let calls = [0, 500, 15 * MINUTE, 15 * MINUTE + 499, 15 * MINUTE + 500];
        let (admitted, violations) = arrive(Limits::Strict, Operation::SsoValidateGet, &calls);
        assert_eq!(admitted, [true, false, false, false, true]);
        let expected =
            Violations { rate_limit_violations: 1, calls_in_penalty_box: 2, ..Violations::default() };
        assert_eq!(violations, expected);
    }

    #[test]
    fn what_clients_in_use_do_is_counted_and_tolerated() {
        for (operation, milliseconds) in [
            // One each second during a sign-in, and one at once after it.
            (Operation::TicklePost, vec![0, 850, 1_700, 1_701]),
            // Twice a minute.
            (Operation::SsoValidateGet, vec![0, 30_000]),
            (Operation::IserverAccountsGet, (0..11).map(|n| n * 20).collect()),
        ] {
            let (admitted, violations) = arrive(Limits::Lenient, operation, &milliseconds);
            assert!(admitted.iter().all(|admitted| *admitted), "{operation:?}: {admitted:?}");
            assert!(violations.rate_limit_violations > 0, "{operation:?}");
            let (admitted, _) = arrive(Limits::Strict, operation, &milliseconds);
            assert_eq!(admitted.last(), Some(&false), "{operation:?}");
        }
    }

    #[test]
    fn what_is_far_beyond_the_limits_is_punished() {
        for (operation, tolerated, apart) in [
            (Operation::TicklePost, 5, 100),
            (Operation::SsoValidateGet, 15, 3_000),
            (Operation::IserverAccountsGet, 20, 20),
        ] {
            let milliseconds: Vec<u64> = (0..=tolerated).map(|n| n * apart).collect();
            let (admitted, _) = arrive(Limits::Lenient, operation, &milliseconds);
            assert_eq!(admitted.iter().position(|admitted| !admitted), usize::try_from(tolerated).ok());
        }
    }

    #[test]
    fn calls_in_the_penalty_box_count_once_the_caller_knows_of_it() {
        let now = Timestamp::UNIX_EPOCH;
        for (limits, is_admitted, expected) in
            [(Limits::Lenient, false, [0, 1, 2]), (Limits::Off, true, [0, 0, 0])]
        {
            let (mut limits, mut violations) = (RateLimits::new(limits), Violations::default());
            limits.penalise(now, false);
            let counts = expected.map(|_| {
                assert_eq!(limits.admit(Operation::TicklePost, now, &mut violations), is_admitted);
                violations.calls_in_penalty_box
            });
            assert_eq!((counts, limits.penalised_until(now).is_none()), (expected, is_admitted));
        }
    }

    #[test]
    fn without_limits_every_call_is_admitted_and_none_counted() {
        let (admitted, violations) = arrive(Limits::Off, Operation::TicklePost, &[0; 20]);
        assert_eq!((admitted, violations), (vec![true; 20], Violations::default()));
    }
}
