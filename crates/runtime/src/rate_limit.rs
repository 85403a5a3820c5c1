//! Keeps a caller within the broker's rate limits.
//!
//! A broker blocks a caller that sends more requests than it documents, sometimes for good. The limits stand in the
//! spec. Every attempt waits for a permit, and after a response of 429 nothing is sent until the broker's penalty is
//! over.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

use crate::{Api, MAX_RETRY_AFTER, RateLimit};

/// The rate limits of one API, for all calls through the same transport.
pub(crate) struct RateLimiter {
    penalty: Option<Duration>,
    state: Mutex<State>,
    /// Wakes the waiting calls when a penalty begins.
    blocked: Notify,
}

struct State {
    of_all: Option<Window>,
    of_operations: Vec<(&'static str, Window)>,
    blocked_until: Option<Instant>,
    next_ticket: u64,
}

/// The call's deadline would pass before it may be sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Throttled {
    /// The time until then.
    pub(crate) wait: Duration,
}

impl RateLimiter {
    pub(crate) fn new(api: &Api) -> Self {
        let limits = api.operations.iter().filter_map(|known| Some((known.id, known.rate_limit?)));
        let state = State {
            of_all: api.rate_limit.map(Window::new),
            of_operations: limits.map(|(id, limit)| (id, Window::new(limit))).collect(),
            blocked_until: None,
            next_ticket: 0,
        };
        Self { penalty: api.penalty, state: Mutex::new(state), blocked: Notify::new() }
    }

    /// Records a call that was made elsewhere, this long ago.
    pub(crate) fn record(&self, operation: &str, ago: Duration) {
        let Some(at) = Instant::now().checked_sub(ago) else { return };
        self.state().windows(operation).for_each(|window| window.ended.push(at));
    }

    /// How many calls wait for the limit of all operations.
    pub(crate) fn waiting(&self) -> usize {
        self.state().of_all.as_ref().map_or(0, |window| window.waiting.len())
    }

    /// Blocks all calls for this long, but for the penalty of the spec or [`MAX_RETRY_AFTER`] at most. Returns for how long.
    pub(crate) fn block_for(&self, wait: Duration) -> Duration {
        let wait = wait.min(MAX_RETRY_AFTER.max(self.penalty.unwrap_or_default()));
        let until = Instant::now() + wait;
        let mut state = self.state();
        state.blocked_until = state.blocked_until.max(Some(until));
        drop(state);
        self.blocked.notify_waiters();
        wait
    }

    /// Waits for a permit for one attempt, which must not begin before `from`.
    ///
    /// # Errors
    /// At once, if the permit would come after `until`. Then nothing is reserved.
    pub(crate) async fn permit<'a>(
        &'a self,
        operation: &'a str,
        from: Instant,
        until: Instant,
    ) -> Result<Permit<'a>, Throttled> {
        let ticket = self.state().ticket();
        let place = Place { limiter: self, operation, ticket };
        // Earlier calls may take longer to arrive, or earn a penalty. So a call checks once more when its time has come,
        // or when a penalty begins.
        loop {
            let blocked = self.blocked.notified();
            let slot = self.state().reserve(operation, place.ticket, from, until)?;
            let Some(at) = slot else { return Ok(Permit { limiter: self, operation }) };
            let _ = timeout_at(at, blocked).await;
        }
    }

    /// Records a response of 429. Returns how long all calls are blocked; nothing if the broker has no penalty.
    pub(crate) fn penalise(&self, retry_after: Option<Duration>) -> Option<Duration> {
        Some(self.block_for(self.penalty?.max(retry_after.unwrap_or_default())))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No change panics half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn ticket(&mut self) -> u64 {
        self.next_ticket += 1;
        self.next_ticket
    }

    /// Starts an attempt if it may begin now. Otherwise reserves the first slot in which no window is too full, in place
    /// of the one that it had, and returns the time of the slot.
    fn reserve(
        &mut self,
        operation: &str,
        ticket: u64,
        from: Instant,
        until: Instant,
    ) -> Result<Option<Instant>, Throttled> {
        let now = Instant::now();
        let from = from.max(now);
        self.windows(operation).for_each(|window| window.give_back(ticket));
        if let Some(blocked) = self.blocked_until.filter(|blocked| *blocked > from) {
            return Err(Throttled { wait: blocked - now });
        }
        let at = self.earliest(operation, ticket, from, now);
        if at <= now {
            self.windows(operation).for_each(|window| window.under_way += 1);
            return Ok(None);
        }
        if at >= until {
            return Err(Throttled { wait: at - now });
        }
        self.windows(operation).for_each(|window| window.waiting.push((ticket, at)));
        Ok(Some(at))
    }

    fn earliest(&mut self, operation: &str, ticket: u64, from: Instant, now: Instant) -> Instant {
        let mut at = from;
        loop {
            // A time that suits one window may not suit the other.
            let later = self.windows(operation).fold(at, |at, window| window.earliest(at, ticket, now));
            if later == at {
                return at;
            }
            at = later;
        }
    }

    fn windows<'a>(&'a mut self, operation: &'a str) -> impl Iterator<Item = &'a mut Window> {
        let of_operation = self.of_operations.iter_mut().filter(move |(limited, _)| *limited == operation);
        self.of_all.iter_mut().chain(of_operation.map(|(_, window)| window))
    }
}

/// A place in the queue. Dropping it frees the place.
struct Place<'a> {
    limiter: &'a RateLimiter,
    operation: &'a str,
    ticket: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.limiter.state().windows(self.operation).for_each(|window| window.give_back(self.ticket));
    }
}

/// The permit for one attempt; to be dropped when the attempt is over.
pub(crate) struct Permit<'a> {
    limiter: &'a RateLimiter,
    operation: &'a str,
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let now = Instant::now();
        self.limiter.state().windows(self.operation).for_each(|window| {
            window.under_way = window.under_way.saturating_sub(1);
            window.ended.push(now);
        });
    }
}

/// A sliding window: in no time span shorter than `per` does the broker get more requests than the limit allows.
///
/// It is not known when the broker counts a request, only that it does so before the attempt is over. So the next
/// attempts keep their distance from its end, and an attempt that is under way counts as one that is made now.
struct Window {
    limit: RateLimit,
    ended: Vec<Instant>,
    under_way: usize,
    /// The slots of waiting calls, with their tickets.
    waiting: Vec<(u64, Instant)>,
}

impl Window {
    fn new(limit: RateLimit) -> Self {
        Self { limit, ended: Vec::new(), under_way: 0, waiting: Vec::new() }
    }

    /// The first time from `at` on at which one more request is within the limit, together with the earlier ones and those
    /// that wait with a lower ticket. Calls with a higher ticket make way: if all made way for all, two calls could
    /// postpone each other for ever.
    fn earliest(&mut self, mut at: Instant, ticket: u64, now: Instant) -> Instant {
        let per = self.limit.per;
        self.ended.retain(|slot| *slot + per > now);
        self.waiting.retain(|(_, slot)| *slot + per > now);
        let first_in_line = self.waiting.iter().filter(|(other, _)| *other < ticket).map(|(_, slot)| *slot);
        let under_way = std::iter::repeat_n(now, self.under_way);
        let mut slots: Vec<Instant> =
            self.ended.iter().copied().chain(under_way).chain(first_in_line).collect();
        slots.sort_unstable();
        let requests = usize::try_from(self.limit.requests).unwrap_or(usize::MAX).max(1);
        for full in slots.windows(requests) {
            let (Some(first), Some(last)) = (full.first(), full.last()) else { continue };
            let is_full = *last < *first + per;
            if is_full && *last < at + per && at < *first + per {
                at = *first + per;
            }
        }
        at
    }

    fn give_back(&mut self, ticket: u64) {
        self.waiting.retain(|(other, _)| *other != ticket);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static LIMITED: Api = Api {
        title: "sample",
        version: "1",
        servers: &[],
        domains: &[],
        security_schemes: &[],
        operations: &[],
        error_codes: &[],
        hints: &[],
        rate_limit: Some(RateLimit { requests: 1, per: Duration::from_secs(60) }),
        penalty: None,
        document: None,
    };

    #[tokio::test(start_paused = true)]
    async fn calls_and_penalties_from_elsewhere_count() {
        let soon = || Instant::now() + Duration::from_secs(10);
        let limiter = RateLimiter::new(&LIMITED);
        limiter.record("sample", Duration::from_secs(45));
        assert_eq!(
            limiter.permit("sample", Instant::now(), soon()).await.err(),
            Some(Throttled { wait: Duration::from_secs(15) })
        );
        tokio::time::advance(Duration::from_secs(15)).await;
        drop(limiter.permit("sample", Instant::now(), soon()).await);
        let limiter = RateLimiter::new(&LIMITED);
        limiter.block_for(Duration::from_secs(900));
        assert_eq!(
            limiter.permit("sample", Instant::now(), soon()).await.err(),
            Some(Throttled { wait: Duration::from_secs(900) })
        );
    }

    #[tokio::test(start_paused = true)]
    async fn no_block_lasts_longer_than_a_quarter_of_an_hour() {
        let limiter = RateLimiter::new(&LIMITED);
        assert_eq!(limiter.block_for(Duration::MAX), MAX_RETRY_AFTER);
        let permit = limiter.permit("sample", Instant::now(), Instant::now() + Duration::from_secs(10)).await;
        assert_eq!(permit.err(), Some(Throttled { wait: MAX_RETRY_AFTER }));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_gives_up_makes_room_for_the_others() {
        let in_time = |seconds| Instant::now() + Duration::from_secs(seconds);
        let limiter = RateLimiter::new(&LIMITED);
        drop(limiter.permit("sample", Instant::now(), in_time(1)).await);
        let given_up = limiter.permit("sample", Instant::now(), in_time(200));
        assert!(tokio::time::timeout(Duration::from_secs(30), given_up).await.is_err());
        assert!(limiter.permit("sample", Instant::now(), in_time(31)).await.is_ok());
    }

    #[test]
    fn a_gap_between_two_slots_is_used() {
        let now = Instant::now();
        let after = |milliseconds| now + Duration::from_millis(milliseconds);
        let mut window = Window::new(RateLimit { requests: 2, per: Duration::from_secs(1) });
        window.ended.push(now);
        window.waiting.push((1, after(1500)));
        assert_eq!(window.earliest(after(700), 2, now), after(700));
        window.waiting.push((2, after(700)));
        // From here on there are two in each second until the first second after the last of them.
        assert_eq!(window.earliest(now, 3, now), after(1700));
    }
}
