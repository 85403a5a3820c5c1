//! A store that goes away for a moment.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{jittered, lease::RETRY_PAUSE};

/// How long a store may be out of reach once it was reached, before that is an error.
const OUTAGE_PATIENCE: Duration = Duration::from_secs(10);

/// A store that cannot be used, once it was reached.
#[derive(Default)]
pub(super) struct Outage {
    since: Option<Instant>,
    pauses: u32,
}

impl Outage {
    /// Waits a while, each time for longer. False if it has lasted too long.
    pub(super) async fn may_wait(&mut self, deadline: Instant) -> bool {
        let (now, since) = (Instant::now(), *self.since.get_or_insert_with(Instant::now));
        if now.duration_since(since) >= OUTAGE_PATIENCE || now >= deadline {
            return false;
        }
        let pause = RETRY_PAUSE * 2_u32.pow(self.pauses.min(3));
        self.pauses += 1;
        sleep(jittered(pause)).await;
        true
    }
}
