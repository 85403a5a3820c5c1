//! Which fault a call meets: those that wait for an operation, and those that come by chance.

use std::collections::{HashMap, VecDeque};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use sha2::{Digest, Sha256};

use crate::fault::Fault;
use crate::locked::Locked;

/// The faults of a sandbox.
#[derive(Debug, Default)]
pub(crate) struct Faults(Locked<State>);

#[derive(Debug, Default)]
struct State {
    /// In the order they were injected.
    waiting: HashMap<&'static str, VecDeque<Waiting>>,
    chance: Option<Chance>,
}

#[derive(Debug)]
struct Waiting {
    fault: Fault,
    /// `None`: for ever.
    times: Option<usize>,
}

/// Faults that come by chance, though always by the same one.
#[derive(Debug)]
struct Chance {
    rate: f64,
    seed: u64,
    faults: Vec<Fault>,
    /// One for each operation, so that what meets one is not changed by when another is called.
    draws: HashMap<&'static str, StdRng>,
}

impl Faults {
    /// Appends a fault for the next `times` calls that no earlier fault takes; `None` is for ever.
    pub(crate) fn push(&self, operation: &'static str, fault: Fault, times: Option<usize>) {
        if times != Some(0) {
            self.0.lock().waiting.entry(operation).or_default().push_back(Waiting { fault, times });
        }
    }

    /// Lets a share of the calls for which no fault waits meet one of these, in place of those given before.
    pub(crate) fn by_chance(&self, rate: f64, seed: u64, faults: Vec<Fault>) {
        // What is no number is no chance.
        let rate = if rate.is_nan() { 0.0 } else { rate.clamp(0.0, 1.0) };
        self.0.lock().chance = Some(Chance { rate, seed, faults, draws: HashMap::new() });
    }

    /// The fault for this call of the operation, if it meets one.
    pub(crate) fn take(&self, operation: &'static str) -> Option<Fault> {
        let mut state = self.0.lock();
        let by_chance = state.chance.as_mut().and_then(|chance| chance.draw(operation));
        state.take_waiting(operation).or(by_chance)
    }

    /// Forgets every fault.
    pub(crate) fn clear(&self) {
        *self.0.lock() = State::default();
    }
}

impl State {
    fn take_waiting(&mut self, operation: &str) -> Option<Fault> {
        let queue = self.waiting.get_mut(operation)?;
        let first = queue.front_mut()?;
        let fault = first.fault.clone();
        match &mut first.times {
            None => {}
            Some(1) => drop(queue.pop_front()),
            Some(times) => *times -= 1,
        }
        Some(fault)
    }
}

impl Chance {
    fn draw(&mut self, operation: &'static str) -> Option<Fault> {
        let seed = self.seed;
        let draw = self.draws.entry(operation).or_insert_with(|| {
            let start = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(operation);
            StdRng::from_seed(start.finalize().into())
        });
        // Both are drawn for every call, so that another rate with the same seed does not change which fault a call
        // meets that meets one at both.
        let (chance, fault) = (draw.random::<f64>(), self.faults.choose(draw));
        fault.filter(|_| chance < self.rate).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(faults: &Faults, operation: &'static str, calls: usize) -> Vec<Option<String>> {
        (0..calls).map(|_| faults.take(operation).map(|fault| fault.to_string())).collect()
    }

    fn by_chance(rate: f64, seed: u64) -> Faults {
        let faults = Faults::default();
        faults.by_chance(rate, seed, Fault::bad_day());
        faults
    }

    #[test]
    fn faults_are_taken_in_order_and_as_often_as_asked() {
        let faults = Faults::default();
        faults.push("login", Fault::hang(), Some(2));
        faults.push("login", Fault::reset(), Some(0));
        faults.push("login", Fault::cut_body(), None);
        let named = |name: &str| Some(name.to_owned());
        assert_eq!(
            names(&faults, "login", 4),
            [named("silence"), named("silence"), named("cut"), named("cut")]
        );
        assert!(faults.take("logout").is_none());
        faults.clear();
        assert!(faults.take("login").is_none());
    }

    #[test]
    fn about_as_many_calls_as_asked_meet_each_of_the_faults() {
        let met = names(&by_chance(0.05, 1), "login", 20_000);
        let count = met.iter().flatten().count();
        assert!((800..1_200).contains(&count), "{count}");
        for fault in Fault::bad_day() {
            let name = fault.to_string();
            assert!(met.iter().flatten().filter(|met| **met == name).count() > 30, "{name}");
        }
        assert_eq!(names(&by_chance(1.0, 1), "login", 100).iter().flatten().count(), 100);
        for none in [0.0, -1.0, f64::NAN] {
            assert_eq!(names(&by_chance(none, 1), "login", 100).iter().flatten().count(), 0, "{none}");
        }
    }

    #[test]
    fn the_same_seed_has_the_same_faults_whatever_else_is_called() {
        let alone = names(&by_chance(0.5, 7), "login", 100);
        let among_others = by_chance(0.5, 7);
        let met: Vec<_> = (0..100)
            .map(|_| {
                among_others.take("logout");
                among_others.take("login").map(|fault| fault.to_string())
            })
            .collect();
        assert_eq!(met, alone);
        assert_ne!(names(&by_chance(0.5, 7), "logout", 100), alone);
        assert_ne!(names(&by_chance(0.5, 8), "login", 100), alone);
    }

    #[test]
    fn what_waits_comes_before_chance_and_does_not_change_it() {
        let chance = names(&by_chance(0.5, 7), "login", 10);
        let faults = by_chance(0.5, 7);
        faults.push("login", Fault::json(http::StatusCode::OK, &serde_json::json!({})), Some(3));
        let met = names(&faults, "login", 10);
        assert_eq!(met[3..], chance[3..]);
        assert!(met[..3].iter().all(|name| name.as_deref() == Some("200 application/json")), "{met:?}");
        faults.clear();
        assert_eq!(names(&faults, "login", 100).iter().flatten().count(), 0);
    }
}
