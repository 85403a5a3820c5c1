//! What was seen, of all sessions together.

use std::{collections::BTreeMap, fmt};

use broker_session_sandbox::{Call, Fault};

use crate::plan::{Plan, RATE};

/// No more problems are listed than this.
const LISTED: usize = 40;

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    problems: Vec<String>,
    /// How much has arrived at the sandboxes, by broker.
    calls: BTreeMap<&'static str, usize>,
    /// Which faults it met, by broker and name.
    faults: BTreeMap<(&'static str, String), usize>,
    /// Nothing goes wrong any more, so that what arrives is no part of the share.
    is_over: bool,
    /// What has happened.
    events: BTreeMap<&'static str, usize>,
}

impl Tally {
    /// Counts one check.
    pub(crate) fn check(&mut self, is_right: bool, problem: impl FnOnce() -> String) {
        self.note("checks");
        if !is_right {
            self.problems.push(problem());
        }
    }

    /// Counts something that has happened.
    pub(crate) fn note(&mut self, event: &'static str) {
        *self.events.entry(event).or_default() += 1;
    }

    /// Counts what has arrived at a sandbox.
    pub(crate) fn arrived(&mut self, broker: &'static str, calls: &[Call]) {
        if self.is_over {
            return;
        }
        *self.calls.entry(broker).or_default() += calls.len();
        for fault in calls.iter().filter_map(|call| call.fault.as_ref()) {
            *self.faults.entry((broker, fault.to_string())).or_default() += 1;
        }
    }

    /// Says that nothing goes wrong any more.
    pub(crate) fn end_of_faults(&mut self) {
        self.is_over = true;
    }

    /// Adds another one.
    pub(crate) fn merge(&mut self, other: Self) {
        self.problems.extend(other.problems);
        for (event, count) in other.events {
            *self.events.entry(event).or_default() += count;
        }
        for (broker, count) in other.calls {
            *self.calls.entry(broker).or_default() += count;
        }
        for (fault, count) in other.faults {
            *self.faults.entry(fault).or_default() += count;
        }
    }

    /// Fails unless everything was right, and unless everything happened that was to be lived through.
    pub(crate) fn finish(mut self, plan: Plan) {
        for broker in ["ibkr", "kotak", "neo"] {
            let calls = self.calls.get(broker).copied().unwrap_or_default();
            let faults: usize =
                self.faults.iter().filter(|((of, _), _)| *of == broker).map(|(_, count)| count).sum();
            // Six standard deviations of as many tosses of such a coin.
            let (expected, spread) = (calls as f64 * RATE, (calls as f64 * RATE * (1.0 - RATE)).sqrt());
            let is_share = calls > 0 && (faults as f64 - expected).abs() <= 6.0 * spread;
            self.check(is_share, || format!("{broker}: {faults} of {calls} calls went wrong"));
        }
        // On a slow machine what is rare need not have happened.
        let calls: usize = self.calls.values().sum();
        for fault in Fault::bad_day().iter().map(Fault::to_string).filter(|_| calls > ENOUGH) {
            let is_met = self.faults.keys().any(|(_, met)| *met == fault);
            self.check(is_met, || format!("of {calls} calls none has met `{fault}`"));
        }
        let signed_in = self.events.get("signed in").copied().unwrap_or_default();
        let rare = RARE.into_iter().filter(|_| signed_in > ENOUGH_SIGN_INS);
        for event in COMMON.into_iter().chain(rare) {
            let has_happened = self.events.contains_key(event);
            self.check(has_happened, || format!("nothing has happened of this kind: {event}"));
        }
        let count = self.problems.len();
        self.problems.truncate(LISTED);
        assert!(
            count == 0,
            "{count} problems with ENDURANCE_SEED={}:\n  {}",
            plan.seed,
            self.problems.join("\n  ")
        );
    }
}

/// So many calls meet each of the faults.
const ENOUGH: usize = 5_000;

/// In so many sign-ins happens what is rare.
const ENOUGH_SIGN_INS: usize = 500;

/// What must have happened.
const COMMON: [&str; 18] = [
    "signed in",
    "signed out",
    "sign-in failed",
    "sign-out repeated",
    "guess not sent again",
    "call given up",
    "locked for wrong guesses",
    "gateway: nothing happens",
    "gateway: times out",
    "gateway: loses its session",
    "gateway: signed out",
    "gateway: signed out and in again",
    "gateway: loses its link for a while",
    "gateway: session taken elsewhere",
    "gateway: session taken elsewhere, taken back",
    "supervisor: ready",
    "supervisor: competing",
    "supervisor: login_required",
];

/// What must have happened where there was time for much.
const RARE: [&str; 4] = [
    "session ended by the broker",
    "found that the session was over",
    "sign-in ended by the broker",
    "guess once more",
];

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (broker, count) in &self.calls {
            writeln!(f, "{count:7} calls to {broker}")?;
        }
        for ((broker, fault), count) in &self.faults {
            writeln!(f, "{count:7} of {broker} met: {fault}")?;
        }
        for (event, count) in &self.events {
            writeln!(f, "{count:7} {event}")?;
        }
        write!(f, "{:7} problems", self.problems.len())
    }
}
