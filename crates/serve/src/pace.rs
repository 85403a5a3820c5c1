//! How long a peer is waited for: it may stand still for a while, and must be fast enough on the whole.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep};

/// The time that a peer has left. Waiting uses it up, and each byte gives some back.
#[derive(Debug)]
pub(crate) struct Pace {
    grace: Duration,
    bytes_per_second: u64,
    left: Duration,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Pace {
    pub(crate) fn new(grace: Duration, bytes_per_second: u64) -> Self {
        Self { grace, bytes_per_second: bytes_per_second.max(1), left: grace, waiting: None }
    }

    /// The peer is waited for. Ready when its time is over; until then the task is woken in time.
    pub(crate) fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let left = self.left;
        let (_, timer) = self.waiting.get_or_insert_with(|| (Instant::now(), Box::pin(sleep(left))));
        timer.as_mut().poll(cx)
    }

    /// The peer has sent or taken this many bytes.
    pub(crate) fn progressed(&mut self, bytes: usize) {
        if let Some((since, _)) = self.waiting.take() {
            self.left = self.left.saturating_sub(since.elapsed());
        }
        if self.left < self.grace {
            let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
            let earned = Duration::from_micros(bytes.saturating_mul(1_000_000) / self.bytes_per_second);
            self.left = self.grace.min(self.left.saturating_add(earned));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    async fn is_over_within(pace: &mut Pace, time: Duration) -> bool {
        tokio::time::timeout(time, poll_fn(|cx| pace.poll_over(cx))).await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_stands_still_runs_out_of_time() {
        let mut pace = Pace::new(10 * SECOND, 1024);
        assert!(!is_over_within(&mut pace, 9 * SECOND).await);
        assert!(is_over_within(&mut pace, 2 * SECOND).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_byte_now_and_then_is_not_enough() {
        let mut pace = Pace::new(10 * SECOND, 1024);
        assert!(!is_over_within(&mut pace, 6 * SECOND).await);
        pace.progressed(1);
        assert!(is_over_within(&mut pace, 5 * SECOND).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_is_fast_enough_goes_on() {
        let mut pace = Pace::new(10 * SECOND, 1024);
        for _ in 0..100 {
            assert!(!is_over_within(&mut pace, 6 * SECOND).await);
            pace.progressed(6 * 1024);
        }
    }
}
