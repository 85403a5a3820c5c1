//! What has happened lately: for a person who asks why something did not work.

use std::{collections::VecDeque, sync::Arc};

use broker_session::{
    Clock,
    provider::{ProviderState, ProviderStatus},
};
use jiff::Timestamp;
use parking_lot::Mutex;
use serde_json::{Value, json};

/// How many events are kept.
const KEPT: usize = 100;

/// How many minutes of calls are kept.
const MINUTES: usize = 60;

/// What has happened to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// There is a session, where there was none.
    Ready,
    /// There is another session in place of the last one.
    Renewed,
    /// There is no session any more, and the next one could not be had.
    Lost,
    /// A person must do something.
    PersonNeeded,
    /// There was no session, and none could be had.
    Failed,
    /// The session was signed out.
    SignedOut,
}

/// Something that has happened to a session, for [`ServerBuilder::on_event`](crate::ServerBuilder::on_event).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// The name of the session.
    pub session: String,
    /// What has happened.
    pub kind: EventKind,
    /// Why, in a sentence or a few.
    pub message: String,
    /// The page that a person must open in a browser, where that is what to do.
    pub login_url: Option<String>,
}

pub(crate) type Hook = Arc<dyn Fn(&Event) + Send + Sync>;

impl EventKind {
    /// The name in snake_case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Renewed => "renewed",
            Self::Lost => "lost",
            Self::PersonNeeded => "person_needed",
            Self::Failed => "failed",
            Self::SignedOut => "signed_out",
        }
    }

    /// What the way from one state to another is for a person. None if it is nothing.
    pub(crate) fn of(last: &Settled, state: &ProviderState) -> Option<Self> {
        let was_ready = last.status == ProviderStatus::Ready;
        match state.status() {
            ProviderStatus::Ready if was_ready && last.number == state.number() => None,
            ProviderStatus::Ready if was_ready => Some(Self::Renewed),
            ProviderStatus::Ready => Some(Self::Ready),
            status if status == last.status => None,
            ProviderStatus::PersonNeeded => Some(Self::PersonNeeded),
            ProviderStatus::SignedOut => Some(Self::SignedOut),
            ProviderStatus::Failed if was_ready => Some(Self::Lost),
            ProviderStatus::Failed => Some(Self::Failed),
            _ => None,
        }
    }
}

/// The last state in which nothing was under way.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    pub(crate) status: ProviderStatus,
    pub(crate) number: Option<u64>,
}

impl Settled {
    pub(crate) fn of(state: &ProviderState) -> Self {
        Self { status: state.status(), number: state.number() }
    }
}

/// The last events, the newest first.
#[derive(Default)]
pub(crate) struct Events {
    last: Mutex<VecDeque<Event>>,
    hook: Option<Hook>,
}

impl Events {
    pub(crate) fn new(hook: Option<Hook>) -> Self {
        Self { last: Mutex::default(), hook }
    }

    pub(crate) fn add(&self, session: &str, kind: EventKind, state: &ProviderState) {
        let message = state.reason();
        tracing::info!(session, kind = kind.name(), message, "session event");
        let event = Event {
            at: Clock.now(),
            session: session.to_owned(),
            kind,
            message: message.to_owned(),
            login_url: state.login_url().map(str::to_owned),
        };
        if let Some(hook) = &self.hook {
            hook(&event);
        }
        self.keep(event);
    }

    fn keep(&self, event: Event) {
        let mut events = self.last.lock();
        events.truncate(KEPT - 1);
        events.push_front(event);
    }

    pub(crate) fn to_json(&self) -> Value {
        let events = self.last.lock();
        let of_event = |event: &Event| {
            json!({
                "at": event.at,
                "session": event.session,
                "kind": event.kind.name(),
                "message": event.message,
                "login_url": event.login_url,
            })
        };
        events.iter().map(of_event).collect()
    }
}

/// How many calls there were in each of the last minutes.
#[derive(Debug, Default)]
pub(crate) struct CallsPerMinute(Mutex<Minutes>);

#[derive(Debug, Default)]
struct Minutes {
    /// The minute of the newest count.
    newest: i64,
    /// The newest first.
    counts: VecDeque<u64>,
}

impl Minutes {
    fn move_to(&mut self, minute: i64) {
        let gap = usize::try_from(minute.saturating_sub(self.newest)).unwrap_or(0).min(MINUTES);
        for _ in 0..gap {
            self.counts.push_front(0);
        }
        self.counts.truncate(MINUTES);
        self.newest = self.newest.max(minute);
    }
}

impl CallsPerMinute {
    pub(crate) fn count(&self, now: Timestamp) {
        let mut minutes = self.0.lock();
        minutes.move_to(now.as_second() / 60);
        match minutes.counts.front_mut() {
            Some(count) => *count += 1,
            None => minutes.counts.push_front(1),
        }
    }

    /// The counts of the last hour, the oldest first.
    pub(crate) fn last_hour(&self, now: Timestamp) -> Vec<u64> {
        let mut minutes = self.0.lock();
        minutes.move_to(now.as_second() / 60);
        let mut counts: Vec<u64> = minutes.counts.iter().rev().copied().collect();
        while counts.len() < MINUTES {
            counts.insert(0, 0);
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_hundred_events_are_kept() {
        let events = Events::default();
        for number in 0..150 {
            let (session, message) = ("neo".to_owned(), number.to_string());
            let (at, kind) = (Timestamp::now(), EventKind::Ready);
            events.keep(Event { at, session, kind, message, login_url: None });
        }
        let json = events.to_json();
        assert_eq!(json.as_array().unwrap().len(), 100);
        assert_eq!((&json[0]["message"], &json[99]["message"]), (&json!("149"), &json!("50")));
    }

    #[test]
    fn calls_are_counted_by_minute_for_an_hour() {
        let calls = CallsPerMinute::default();
        let at = |second: i64| Timestamp::from_second(1_000_000 * 60 + second).unwrap();
        for second in [0, 59, 60, 180] {
            calls.count(at(second));
        }
        let hour = calls.last_hour(at(181));
        assert_eq!((hour.len(), &hour[56..]), (60, &[2, 1, 0, 1][..]));
        assert_eq!(calls.last_hour(at(59 * 60))[..2], [2, 1]);
        assert_eq!(calls.last_hour(at(100 * 60)).iter().sum::<u64>(), 0);
        // A clock that goes back counts for the newest minute.
        calls.count(at(0));
        assert_eq!(calls.last_hour(at(100 * 60))[59], 1);
    }
}
