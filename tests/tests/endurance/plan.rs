//! How much, for how long, and by which chance.

use std::{env, time::Duration};

use broker_session::{ClientOptions, Deadlines};
use rand::{SeedableRng, rngs::StdRng};

/// People who sign in, half of them with each of two brokers.
pub(crate) const PEOPLE: usize = 200;

/// Gateways with a supervisor each.
pub(crate) const GATEWAYS: usize = 1_000;

/// The share of the calls that go wrong.
pub(crate) const RATE: f64 = 0.05;

/// How long a supervisor may take to agree with its sandbox in the end: more than the minute between two validations of
/// the single sign-on.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// One run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) time: Duration,
}

impl Plan {
    /// Half a minute with a seed of its own, unless the environment says otherwise.
    pub(crate) fn from_env() -> Self {
        let number = |name: &str| {
            let text = env::var(name).ok()?;
            Some(text.parse::<u64>().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
        };
        let seed = number("ENDURANCE_SEED").unwrap_or_else(rand::random);
        let time = Duration::from_secs(number("ENDURANCE_SECONDS").unwrap_or(30));
        assert!(time >= Duration::from_secs(20), "ENDURANCE_SECONDS is too short for anything to happen");
        Self { seed, time }
    }

    /// The chance of one session, whose sandbox gets the seed.
    pub(crate) fn chance(self, kind: u64, index: usize) -> (StdRng, u64) {
        // Neighbouring seeds must not have sessions in common.
        let own =
            self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(kind << 32).wrapping_add(index as u64);
        (StdRng::seed_from_u64(own), own)
    }
}

/// Deadlines after which silence is silence, even where everybody is busy.
pub(crate) fn options() -> ClientOptions {
    let seconds = Duration::from_secs;
    ClientOptions::new().deadlines(Deadlines { connect: seconds(5), attempt: seconds(5), total: seconds(12) })
}
