//! What is known of one gateway.

use std::time::Duration;

use broker_session_runtime::MAX_RETRY_AFTER;
use ibkr_session_api::API;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{later, openings::Openings};

/// For how long a sign of life makes a single denial of the single sign-on doubtful.
const TRUSTED_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// How often a sign of life is noted.
const SIGN_OF_LIFE: SignedDuration = SignedDuration::from_secs(30);

/// What is known of one gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::ibkr) struct Known {
    pub(super) address: String,
    /// The calls that still count towards a limit.
    pub(super) calls: Vec<Call>,
    /// When the last penalty ends.
    pub(in crate::ibkr) penalised: Option<Timestamp>,
    /// When the brokerage session was opened, and may be opened again.
    pub(in crate::ibkr) openings: Openings,
    /// What is known of the single sign-on.
    pub(in crate::ibkr) sign_on: SignOnNote,
    /// When the session was signed out, if nobody has opened it or signed in since.
    pub(in crate::ibkr) closed: Option<Timestamp>,
    /// When this was written.
    pub(super) written: Option<Timestamp>,
}

/// A call, by the operation's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Call {
    pub(super) operation: String,
    pub(super) at: Timestamp,
}

/// What is known of the single sign-on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::ibkr) struct SignOnNote {
    /// What the last `/sso/validate` has reported.
    alive: bool,
    /// When it was asked.
    asked: Option<Timestamp>,
    /// How many of the latest responses in a row have denied it.
    denials: u32,
    /// When the last sign of life came.
    seen_alive: Option<Timestamp>,
}

impl SignOnNote {
    /// Notes the response of a `/sso/validate`.
    pub(in crate::ibkr) fn validated(&mut self, alive: bool, now: Timestamp) {
        self.denials = if alive { 0 } else { self.denials.saturating_add(1) };
        self.asked = Some(now);
        self.alive = alive;
        if alive {
            self.seen_alive = Some(now);
        }
    }

    /// Notes that the session can be used, which it cannot without the single sign-on.
    pub(in crate::ibkr) fn is_in_use(&mut self, now: Timestamp) {
        self.denials = 0;
        if self.seen_alive.is_none_or(|seen| now.duration_since(seen) >= SIGN_OF_LIFE) {
            self.seen_alive = Some(now);
        }
    }

    /// The last response, if it is so recent that it must not be asked for again.
    pub(in crate::ibkr) fn recent(&self, now: Timestamp, period: Duration) -> Option<bool> {
        let age = Duration::try_from(now.duration_since(self.asked?)).ok()?;
        (age < period).then_some(self.alive)
    }

    /// Whether the last response was a denial.
    pub(in crate::ibkr) fn is_denied(&self) -> bool {
        self.asked.is_some() && !self.alive
    }

    /// Whether the last response is a denial that comes alone, and not long after the last sign of life.
    pub(in crate::ibkr) fn is_doubtful(&self) -> bool {
        let lived = self.asked.zip(self.seen_alive);
        let recently = lived.is_none_or(|(asked, seen)| asked.duration_since(seen) < TRUSTED_LIFE);
        !self.alive && self.denials == 1 && recently
    }
}

impl Call {
    pub(super) fn is(&self, operation: &str, at: Timestamp) -> bool {
        self.operation == operation && self.at == at
    }

    /// Whether it still counts towards a limit.
    fn counts(&self, now: Timestamp) -> bool {
        let own = API.operation(&self.operation).and_then(|operation| operation.rate_limit);
        let longest = own.into_iter().chain(API.rate_limit).map(|limit| limit.per).max().unwrap_or_default();
        let age = now.duration_since(self.at);
        !age.is_negative() && age < SignedDuration::try_from(longest).unwrap_or_default()
    }
}

impl Known {
    /// Makes sense of notes that somebody else has written, perhaps by another clock.
    pub(super) fn tidy(&mut self, now: Timestamp) {
        // The clock was set back since: all of it is as old as if it were written now.
        if let Some(ahead) = self.written.map(|at| at.duration_since(now)).filter(|ahead| ahead.is_positive())
        {
            let back = |time: &mut Timestamp| *time = later(*time, -ahead);
            self.calls.iter_mut().for_each(|call| back(&mut call.at));
            self.penalised.iter_mut().for_each(back);
            self.openings.times().into_iter().flatten().for_each(back);
            let sign_on = &mut self.sign_on;
            [&mut sign_on.asked, &mut sign_on.seen_alive, &mut self.closed]
                .into_iter()
                .flatten()
                .for_each(back);
            self.written = Some(now);
        }
        self.calls.retain(|call| call.counts(now));
        // No penalty is as long as that; the note cannot be right.
        let longest = later(now, SignedDuration::try_from(MAX_RETRY_AFTER).unwrap_or_default());
        self.penalised = self.penalised.filter(|until| (now..=longest).contains(until));
        self.openings.tidy(now);
    }

    /// Notes a call, in place of the note from when it `started`.
    pub(super) fn note_call(&mut self, operation: &str, started: Option<Timestamp>, at: Timestamp) {
        self.calls.retain(|call| started.is_none_or(|started| !call.is(operation, started)));
        self.calls.push(Call { operation: operation.to_owned(), at });
    }

    /// Notes that an operation with a limit of its own is about to be called, unless it must wait for an earlier call.
    pub(super) fn claim(&mut self, operation: &str, now: Timestamp) {
        let limit = API.operation(operation).and_then(|operation| operation.rate_limit);
        let must_wait = || {
            let calls = self.calls.iter().filter(|call| call.operation == operation);
            calls
                .map(|call| call.at)
                .any(|at| limit.is_some_and(|limit| now.duration_since(at).unsigned_abs() < limit.per))
        };
        if limit.is_some() && !must_wait() {
            self.note_call(operation, None, now);
        }
    }

    /// How long it takes until whether the single sign-on is alive may be asked.
    pub(in crate::ibkr) fn validation_wait(&self, now: Timestamp, period: Duration) -> Duration {
        let calls = self.calls.iter().filter(|call| call.operation == "sso_validate_get").map(|call| call.at);
        let last = calls.chain(self.sign_on.asked).max();
        let age = last.and_then(|last| Duration::try_from(now.duration_since(last)).ok());
        age.map_or(Duration::ZERO, |age| period.saturating_sub(age))
    }

    /// Notes the response of a `/sso/validate`. A person may have signed in anew since the last opening.
    pub(in crate::ibkr) fn validated(&mut self, alive: bool, since: Option<Timestamp>, now: Timestamp) {
        self.sign_on.validated(alive, now);
        self.openings.signed_out |= alive && self.openings.is_older_than(since);
        self.closed = self.closed.filter(|closed| since.is_none_or(|since| since <= *closed));
    }

    /// Notes that the session was signed out, so that no program opens it again by itself.
    pub(in crate::ibkr) fn sign_out(&mut self, now: Timestamp) {
        // What was known of the single sign-on was known before.
        self.sign_on = SignOnNote::default();
        self.closed = Some(now);
    }

    /// Notes a penalty that has just begun.
    pub(in crate::ibkr) fn penalise(&mut self, wait: Duration, now: Timestamp) {
        let wait = SignedDuration::try_from(wait.min(MAX_RETRY_AFTER)).unwrap_or_default();
        self.penalised = self.penalised.max(Some(later(now, wait)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).unwrap()
    }

    #[test]
    fn a_penalty_until_2163_keeps_nobody_out() {
        let mut known =
            Known { penalised: Some("2163-01-01T00:00:00Z".parse().unwrap()), ..Known::default() };
        known.tidy(at(0));
        assert_eq!(known.penalised, None);
    }

    #[test]
    fn a_clock_that_was_set_back_makes_no_wait_longer() {
        let mut known = Known { written: Some(at(100_000)), ..Known::default() };
        known.penalise(Duration::from_secs(900), at(100_000));
        known.note_call("sso_validate_get", None, at(99_990));
        known.tidy(at(0));
        assert_eq!(known.penalised, Some(at(900)));
        assert!(known.calls[0].is("sso_validate_get", at(-10)));
    }

    #[test]
    fn one_denial_is_doubtful_and_two_are_not() {
        let mut sign_on = SignOnNote::default();
        sign_on.validated(false, at(0));
        assert!(sign_on.is_doubtful(), "nothing speaks against it");
        sign_on.is_in_use(at(60));
        sign_on.validated(false, at(120));
        assert!(sign_on.is_doubtful());
        sign_on.validated(false, at(180));
        assert!(!sign_on.is_doubtful());
        sign_on.is_in_use(at(240));
        sign_on.validated(false, at(240 + 700));
        assert!(!sign_on.is_doubtful(), "the sign of life is too old");
    }

    #[test]
    fn of_two_who_would_call_at_once_one_is_the_first() {
        let mut known = Known::default();
        known.claim("sso_validate_get", at(0));
        known.claim("sso_validate_get", at(1));
        known.claim("logout_post", at(1));
        assert_eq!(known.calls.len(), 1);
    }
}
