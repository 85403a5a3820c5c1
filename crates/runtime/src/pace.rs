//! Keeps a caller within what the broker takes.
//!
//! A broker that gets more requests than it documents keeps the caller out, some for good. The limits stand
//! in the spec; here every attempt waits for its turn, and after an answer of 429 nobody sends anything
//! until the broker's penalty is over.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

use crate::{Api, MAX_RETRY_AFTER, RateLimit};

/// The pace of one API, for everybody who calls it through the same transport.
pub(crate) struct Pace {
    penalty: Option<Duration>,
    state: Mutex<State>,
    /// Wakes those who wait for a turn when a penalty has begun.
    kept_out: Notify,
}

struct State {
    of_all: Option<Window>,
    of_operations: BTreeMap<&'static str, Window>,
    kept_out_until: Option<Instant>,
    next_ticket: u64,
}

/// The call's deadline would pass before its turn comes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct HeldBack {
    /// How long until then.
    pub(crate) wait: Duration,
}

impl Pace {
    pub(crate) fn new(api: &Api) -> Self {
        let limits = api.operations.iter().filter_map(|known| Some((known.id, known.rate_limit?)));
        let state = State {
            of_all: api.rate_limit.map(Window::new),
            of_operations: limits.map(|(id, limit)| (id, Window::new(limit))).collect(),
            kept_out_until: None,
            next_ticket: 0,
        };
        Self { penalty: api.penalty, state: Mutex::new(state), kept_out: Notify::new() }
    }

    /// Takes note of a call that was made elsewhere, this long ago.
    pub(crate) fn called(&self, operation: &str, ago: Duration) {
        let Some(at) = Instant::now().checked_sub(ago) else { return };
        self.state().windows(operation).for_each(|window| window.ended.push(at));
    }

    /// Holds everything back for this long.
    pub(crate) fn keep_out(&self, left: Duration) {
        let until = Instant::now() + left.min(MAX_RETRY_AFTER);
        let mut state = self.state();
        state.kept_out_until = state.kept_out_until.max(Some(until));
        drop(state);
        self.kept_out.notify_waiters();
    }

    /// Waits for the turn of one attempt that is not to begin before `from`. If the turn comes too late, that is said
    /// at once, and nothing is reserved.
    pub(crate) async fn turn<'a>(
        &'a self,
        operation: &'a str,
        from: Instant,
        until: Instant,
    ) -> Result<Turn<'a>, HeldBack> {
        let ticket = self.state().ticket();
        let place = Place { pace: self, operation, ticket };
        // Those before may take longer to arrive, or earn a penalty; so when its time has come, or a penalty has
        // begun, a call looks once more whether it may go.
        loop {
            let kept_out = self.kept_out.notified();
            let slot = self.state().reserve(operation, place.ticket, from, until)?;
            let Some(at) = slot else { return Ok(Turn { pace: self, operation }) };
            let _ = timeout_at(at, kept_out).await;
        }
    }

    /// Takes note of an answer of 429. Gives back how long everything is held back from now on; nothing if
    /// the broker has no penalty.
    pub(crate) fn penalise(&self, asked: Option<Duration>) -> Option<Duration> {
        let penalty = self.penalty?;
        let wait = penalty.max(asked.unwrap_or_default());
        self.keep_out(wait);
        Some(wait)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn ticket(&mut self) -> u64 {
        self.next_ticket += 1;
        self.next_ticket
    }

    /// Starts an attempt if it may go now. Otherwise takes the first slot in which no window gets too full,
    /// in place of the one it had, and gives back when that is.
    fn reserve(
        &mut self,
        operation: &str,
        ticket: u64,
        from: Instant,
        until: Instant,
    ) -> Result<Option<Instant>, HeldBack> {
        let now = Instant::now();
        let from = from.max(now);
        self.windows(operation).for_each(|window| window.give_back(ticket));
        if let Some(kept_out) = self.kept_out_until.filter(|kept_out| *kept_out > from) {
            return Err(HeldBack { wait: kept_out - now });
        }
        let at = self.earliest(operation, ticket, from, now);
        if at <= now {
            self.windows(operation).for_each(|window| window.under_way += 1);
            return Ok(None);
        }
        if at >= until {
            return Err(HeldBack { wait: at - now });
        }
        self.windows(operation).for_each(|window| window.waiting.push((ticket, at)));
        Ok(Some(at))
    }

    fn earliest(&mut self, operation: &str, ticket: u64, from: Instant, now: Instant) -> Instant {
        let mut at = from;
        loop {
            // What suits one window may not suit the other.
            let later = self.windows(operation).fold(at, |at, window| window.earliest(at, ticket, now));
            if later == at {
                return at;
            }
            at = later;
        }
    }

    fn windows(&mut self, operation: &str) -> impl Iterator<Item = &mut Window> {
        self.of_all.iter_mut().chain(self.of_operations.get_mut(operation))
    }
}

/// A place in the line, for as long as somebody waits in it: whoever gives up makes room for the others.
struct Place<'a> {
    pace: &'a Pace,
    operation: &'a str,
    ticket: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.pace.state().windows(self.operation).for_each(|window| window.give_back(self.ticket));
    }
}

/// The turn of one attempt; to be dropped when the attempt is over.
pub(crate) struct Turn<'a> {
    pace: &'a Pace,
    operation: &'a str,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let now = Instant::now();
        self.pace.state().windows(self.operation).for_each(|window| {
            window.under_way = window.under_way.saturating_sub(1);
            window.ended.push(now);
        });
    }
}

/// A sliding window: in no time span shorter than `per` does the broker get more requests than the limit has.
///
/// When the broker counts a request is not known, only that it does so before the attempt is over. So the
/// next ones keep their distance from its end, and an attempt that is under way counts as if it were now.
struct Window {
    limit: RateLimit,
    ended: Vec<Instant>,
    under_way: usize,
    /// The turns of waiting calls, with their tickets.
    waiting: Vec<(u64, Instant)>,
}

impl Window {
    fn new(limit: RateLimit) -> Self {
        Self { limit, ended: Vec::new(), under_way: 0, waiting: Vec::new() }
    }

    /// The first time from `at` on at which one more request is not too much, together with those that came
    /// before and those that wait with a lower ticket. The others will make way: if everybody made way for
    /// everybody, two could put each other off for ever.
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
    };

    #[tokio::test(start_paused = true)]
    async fn calls_and_penalties_from_elsewhere_count() {
        let soon = || Instant::now() + Duration::from_secs(10);
        let pace = Pace::new(&LIMITED);
        pace.called("sample", Duration::from_secs(45));
        assert_eq!(
            pace.turn("sample", Instant::now(), soon()).await.err(),
            Some(HeldBack { wait: Duration::from_secs(15) })
        );
        tokio::time::advance(Duration::from_secs(15)).await;
        drop(pace.turn("sample", Instant::now(), soon()).await);
        let pace = Pace::new(&LIMITED);
        pace.keep_out(Duration::from_secs(900));
        assert_eq!(
            pace.turn("sample", Instant::now(), soon()).await.err(),
            Some(HeldBack { wait: Duration::from_secs(900) })
        );
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_kept_out_for_more_than_a_day() {
        let pace = Pace::new(&LIMITED);
        pace.keep_out(Duration::MAX);
        let turn = pace.turn("sample", Instant::now(), Instant::now() + Duration::from_secs(10)).await;
        assert_eq!(turn.err(), Some(HeldBack { wait: MAX_RETRY_AFTER }));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_gives_up_waiting_makes_room_for_the_others() {
        let in_time = |seconds| Instant::now() + Duration::from_secs(seconds);
        let pace = Pace::new(&LIMITED);
        drop(pace.turn("sample", Instant::now(), in_time(1)).await);
        let given_up = pace.turn("sample", Instant::now(), in_time(200));
        assert!(tokio::time::timeout(Duration::from_secs(30), given_up).await.is_err());
        assert!(pace.turn("sample", Instant::now(), in_time(31)).await.is_ok());
    }

    #[test]
    fn a_gap_between_two_turns_is_used_where_the_limit_allows_it() {
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
