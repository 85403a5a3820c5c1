//! When the brokerage session may be opened again.
//!
//! A gateway on which it was tried once a minute for hours refused fresh logins (observed). So every opening,
//! successful or not, makes the next one wait longer, until the session has been well for a while.

use std::time::Duration;

use rand::RngExt;
use tokio::time::Instant;

/// The shortest wait between two openings.
const FIRST: Duration = Duration::from_secs(60);

/// The longest wait between two openings.
pub(super) const LONGEST: Duration = Duration::from_secs(30 * 60);

/// After being well for this long a session counts as healthy, and what comes next as a new failure.
const STEADY: Duration = Duration::from_secs(10 * 60);

/// Keeps count of the openings.
#[derive(Debug)]
pub(super) struct Backoff {
    wait: Duration,
    last: Option<Instant>,
    not_before: Option<Instant>,
    well_since: Option<Instant>,
    forgiven: Option<Instant>,
}

impl Backoff {
    pub(super) fn new() -> Self {
        Self { wait: FIRST, last: None, not_before: None, well_since: None, forgiven: None }
    }

    /// When the next opening is allowed; nothing if it is at once.
    pub(super) fn not_before(&self) -> Option<Instant> {
        self.not_before.filter(|time| *time > Instant::now())
    }

    /// Counts an opening.
    pub(super) fn opened(&mut self) {
        // Downwards only, so that the longest wait stays the longest.
        let jittered = self.wait.mul_f64(rand::rng().random_range(0.8..=1.0)).max(FIRST);
        let now = Instant::now();
        self.last = Some(now);
        self.not_before = Some(now + jittered);
        self.wait = (self.wait * 2).min(LONGEST);
        self.well_since = None;
    }

    /// Takes note of whether the session can be used.
    pub(super) fn note(&mut self, is_ready: bool) {
        let now = Instant::now();
        let since = is_ready.then(|| self.well_since.unwrap_or(now));
        self.well_since = since;
        if since.is_some_and(|since| now.duration_since(since) >= STEADY) {
            self.wait = FIRST;
            self.not_before = None;
        }
    }

    /// A person has signed in, so that what was in vain before need not be now: the next opening has to wait for
    /// the shortest time only. Not more often than a session becomes steady: a gateway that only seems to be signed
    /// in to must not be hammered.
    pub(super) fn forgive(&mut self) {
        let now = Instant::now();
        if self.forgiven.is_none_or(|before| now.duration_since(before) >= STEADY) {
            self.forgiven = Some(now);
            self.not_before = self.last.map(|last| last + FIRST);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    /// How long the next opening has to wait, in seconds.
    fn wait(backoff: &Backoff) -> u64 {
        backoff.not_before().map_or(0, |time| time.duration_since(Instant::now()).as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn each_opening_makes_the_next_one_wait_longer_up_to_half_an_hour() {
        let mut backoff = Backoff::new();
        assert_eq!(wait(&backoff), 0);
        for longest in [60, 120, 240, 480, 960, 1800, 1800, 1800] {
            backoff.opened();
            let wait = wait(&backoff);
            assert!((longest * 8 / 10).max(60) <= wait && wait <= longest, "{wait} of {longest}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_that_stays_well_clears_the_count_and_one_that_flaps_does_not() {
        let mut backoff = Backoff::new();
        for _ in 0..5 {
            backoff.opened();
            backoff.note(true);
            advance(Duration::from_secs(300)).await;
            backoff.note(true);
            backoff.note(false);
        }
        assert!(wait(&backoff) > 400, "{}", wait(&backoff));
        backoff.note(true);
        advance(STEADY).await;
        backoff.note(true);
        backoff.opened();
        assert_eq!(wait(&backoff), 60);
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_login_is_forgiven_once_in_a_while_only() {
        let mut backoff = Backoff::new();
        for _ in 0..4 {
            backoff.opened();
        }
        backoff.forgive();
        assert_eq!(wait(&backoff), 60);
        backoff.opened();
        backoff.forgive();
        assert!(wait(&backoff) > 700, "{}", wait(&backoff));
    }
}
