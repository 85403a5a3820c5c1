//! What programs at the same gateway share: calls, penalties, openings, and whether the single sign-on is alive.
//!
//! To the broker all programs of an address are one caller. Within a process the clones of a client share this state;
//! with a store, all processes that use it do. A change is atomic: a program that asks whether it may open the brokerage
//! session, and records that it does so, is alone while doing both. If the store cannot be used, the process goes on with
//! what it knows itself.
//!
//! A call needs three round trips to the store: one reads what others have called, one records that it begins, and one that
//! it has ended. Others that write at the same time cost two more for each write that they were faster with.

use std::{
    collections::BTreeSet,
    pin::Pin,
    sync::{Arc, OnceLock},
    time::Duration,
};

use broker_session_runtime::{MAX_RETRY_AFTER, Middleware, Transport};
use ibkr_session_api::{API, operations};
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Request, Response};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use url::{Host, Url};

use super::{
    openings::Openings,
    stored_record::{Changed, StoredRecord},
};
use crate::{clock::Clock, locked::Locked, store::Store};

/// How old the last sign of life may be for a single denial of the single sign-on to be doubtful.
const MAX_LIFE_SIGN_AGE: SignedDuration = SignedDuration::from_mins(10);

/// How often a sign of life is recorded.
const LIFE_SIGN_INTERVAL: SignedDuration = SignedDuration::from_secs(30);

/// The shared state of one gateway.
#[derive(Debug)]
pub(super) struct SharedState {
    address: String,
    /// Where it is shared with other processes, if it is.
    stored: OnceLock<StoredRecord>,
    own: Locked<Own>,
    /// When this was created, on both clocks.
    created: (Timestamp, Instant),
    /// The calls in the store that the transport knows of.
    counted: Locked<BTreeSet<(String, Timestamp)>>,
}

/// What this process knows.
#[derive(Clone, Debug, Default)]
struct Own {
    record: Record,
    /// How many changes the store lacks, because it could not be used.
    unwritten: u64,
}

impl SharedState {
    /// The state of the gateway with this base URL, shared through a store if there is one. At the hosted Web API each user
    /// has one.
    pub(super) fn new(base: &Url, user: Option<&str>, store: Option<Arc<dyn Store>>) -> Arc<Self> {
        let address = shared_address(base, user);
        let record = Record { address: address.clone(), ..Record::default() };
        let created = (Timestamp::now(), Instant::now());
        let (own, counted) = (Locked::new(Own { record, unwritten: 0 }), Locked::default());
        let state = Self { address, stored: OnceLock::new(), own, created, counted };
        if let Some(store) = store {
            state.share_through(store);
        }
        Arc::new(state)
    }

    /// Shares the state through a store from now on, unless there is one.
    pub(super) fn share_through(&self, store: Arc<dyn Store>) {
        let is_new = self.stored.set(StoredRecord::new(store, &self.address)).is_ok();
        // What was known before belongs into the store.
        self.own.change(|own| own.unwritten += u64::from(is_new));
    }

    /// The gateway, and at the hosted Web API a digest of the user.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Where other processes see this state.
    pub(super) fn store(&self) -> Option<&Arc<dyn Store>> {
        self.stored.get().map(StoredRecord::store)
    }

    /// The time by which the record is kept: the time of day where there is a store, else tokio's clock, which is never
    /// set back.
    fn now(&self) -> Timestamp {
        if self.stored.get().is_some() {
            return Clock.now();
        }
        let (time, instant) = self.created;
        later(time, SignedDuration::try_from(instant.elapsed()).unwrap_or(SignedDuration::MAX))
    }

    /// The moment of tokio's clock at which it will be `time`.
    pub(super) fn instant(&self, time: Timestamp) -> Instant {
        Instant::now() + time.duration_since(self.now()).try_into().unwrap_or_default()
    }

    /// Reads and changes the record, alone among all who share it. `update` is called again if another process was faster;
    /// what it did to the record before is forgotten then.
    pub(super) async fn update<T>(&self, update: impl Fn(&mut Record, Timestamp) -> T) -> T {
        let Some(stored) = self.stored.get() else {
            return self.own.change(|own| update(&mut own.record, self.now()));
        };
        let before = self.own.get();
        let changed = stored.change(|found| self.changed(found, &before, &update)).await;
        self.own.change(|own| match changed {
            Some((record, outcome)) => {
                // Unless the store seemed to be out of reach to another task meanwhile.
                if own.unwritten == before.unwritten {
                    *own = Own { record, unwritten: 0 };
                }
                outcome
            }
            None => {
                let now = self.now();
                own.unwritten += 1;
                own.record.tidy(now);
                update(&mut own.record, now)
            }
        })
    }

    /// What an update makes of the record that the store has.
    fn changed<T>(
        &self,
        found: Option<&Record>,
        own: &Own,
        update: impl Fn(&mut Record, Timestamp) -> T,
    ) -> Changed<T> {
        let now = self.now();
        let mut record = found.unwrap_or(&own.record).clone();
        record.address.clone_from(&self.address);
        // What is only over by now need not be written; what was wrong must.
        let mut before = record.clone();
        before.forget(now);
        record.tidy(now);
        if own.unwritten > 0 {
            record.catch_up(&own.record);
        }
        let outcome = update(&mut record, now);
        let is_new = record != before;
        if is_new {
            record.written = Some(now);
        }
        Changed { record, is_new, outcome }
    }

    /// Lets the transport count the calls of other processes, and records that `operation` is about to be called if
    /// it has a limit of its own: of two programs that ask at the same time one is the first.
    pub(super) async fn before_call(&self, transport: &Transport, operation: &'static str) {
        if self.stored.get().is_none() {
            return;
        }
        let update = self.update(move |record, now| {
            let before = (record.calls.clone(), record.blocked_until, now);
            record.claim(operation, now);
            before
        });
        let (calls, blocked_until, now) = update.await;
        self.counted.change(|counted| {
            counted.retain(|(operation, at)| calls.iter().any(|call| call.is(operation, *at)));
            for call in calls {
                if counted.insert((call.operation.clone(), call.at)) {
                    let ago = now.duration_since(call.at).try_into().unwrap_or_default();
                    transport.record_call(&call.operation, ago);
                }
            }
        });
        if let Some(left) = blocked_until.and_then(|until| until.duration_since(now).try_into().ok()) {
            transport.block_for(left);
        }
    }

    /// Records a call at this moment, in place of the record from when it `started`. Returns the time of the record.
    async fn record_call(&self, operation: &'static str, started: Option<Timestamp>) -> Timestamp {
        let at = self.update(|record, now| {
            record.called(operation, started, now);
            now
        });
        let at = at.await;
        // The transport counts its own calls itself.
        self.counted.change(|counted| counted.insert((operation.to_owned(), at)));
        at
    }
}

/// Records every call for the other programs at the same gateway.
pub(super) struct CallRecorder {
    shared: Arc<SharedState>,
    inner: Option<Arc<dyn Middleware>>,
}

impl CallRecorder {
    pub(super) fn new(shared: Arc<SharedState>, inner: Option<Arc<dyn Middleware>>) -> Self {
        Self { shared, inner }
    }

    async fn carry_out(&self, client: &Client, request: Request) -> reqwest::Result<Response> {
        let path = request.url().path();
        let operation = API.operations.iter().find(|known| path.ends_with(known.path)).map(|known| known.id);
        let operation = operation.filter(|_| self.shared.stored.get().is_some());
        let started = match operation {
            Some(operation) => Some(self.shared.record_call(operation, None).await),
            None => None,
        };
        let outcome = match &self.inner {
            Some(inner) => inner.execute(client, request).await,
            None => client.execute(request).await,
        };
        // When the broker has counted it is not known, only that it has by now.
        if let Some(operation) = operation {
            self.shared.record_call(operation, started).await;
        }
        outcome
    }
}

impl Middleware for CallRecorder {
    fn execute<'a>(
        &'a self,
        client: &'a Client,
        request: Request,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>> {
        Box::pin(self.carry_out(client, request))
    }
}

/// What is known of one gateway. The names of the fields are those in the store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    pub(super) address: String,
    /// The calls that still count towards a limit.
    calls: Vec<RecordedCall>,
    /// When the last penalty ends.
    blocked_until: Option<Timestamp>,
    /// When the brokerage session was opened, and may be opened again.
    pub(super) openings: Openings,
    /// What is known of the single sign-on.
    pub(super) sign_on: SsoRecord,
    /// When the session was signed out, if no program has opened it and no person has signed in since.
    pub(super) closed: Option<Timestamp>,
    /// When this was written.
    written: Option<Timestamp>,
}

/// A call, by the operation's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct RecordedCall {
    operation: String,
    at: Timestamp,
}

/// What is known of the single sign-on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct SsoRecord {
    /// What the last `/sso/validate` has reported.
    alive: bool,
    /// When it was asked.
    asked: Option<Timestamp>,
    /// How many of the latest responses in a row have denied it.
    denials: u32,
    /// When the last sign of life came.
    seen_alive: Option<Timestamp>,
}

impl RecordedCall {
    fn is(&self, operation: &str, at: Timestamp) -> bool {
        self.operation == operation && self.at == at
    }

    /// Whether it still counts towards a limit.
    fn counts(&self, now: Timestamp) -> bool {
        let own = API.operation(&self.operation).and_then(|operation| operation.rate_limit);
        let period = own.into_iter().chain(API.rate_limit).map(|limit| limit.per).max().unwrap_or_default();
        let age = now.duration_since(self.at);
        !age.is_negative() && age < SignedDuration::try_from(period).unwrap_or_default()
    }
}

impl SsoRecord {
    /// Records the response of a `/sso/validate`.
    fn validated(&mut self, alive: bool, now: Timestamp) {
        self.denials = if alive { 0 } else { self.denials.saturating_add(1) };
        self.asked = Some(now);
        self.alive = alive;
        if alive {
            self.seen_alive = Some(now);
        }
    }

    /// Records that the session can be used, which it cannot without the single sign-on.
    pub(super) fn is_in_use(&mut self, now: Timestamp) {
        self.denials = 0;
        if self.seen_alive.is_none_or(|seen| now.duration_since(seen) >= LIFE_SIGN_INTERVAL) {
            self.seen_alive = Some(now);
        }
    }

    /// The last response, if it is so recent that it must not be asked for again.
    pub(super) fn recent(&self, now: Timestamp, period: Duration) -> Option<bool> {
        let age = Duration::try_from(now.duration_since(self.asked?)).ok()?;
        (age < period).then_some(self.alive)
    }

    /// Whether the last response was a denial.
    pub(super) fn is_denied(&self) -> bool {
        self.asked.is_some() && !self.alive
    }

    /// Whether the last response is a denial that comes alone, and not long after the last sign of life.
    pub(super) fn is_doubtful(&self) -> bool {
        let both = self.asked.zip(self.seen_alive);
        let is_recent = both.is_none_or(|(asked, seen)| asked.duration_since(seen) < MAX_LIFE_SIGN_AGE);
        !self.alive && self.denials == 1 && is_recent
    }
}

impl Record {
    /// Adds what another record knows, which could not be written.
    fn catch_up(&mut self, other: &Self) {
        self.openings.catch_up(&other.openings);
        self.blocked_until = self.blocked_until.max(other.blocked_until);
        let is_later = |closed: &Timestamp| self.written.is_none_or(|written| written < *closed);
        self.closed = other.closed.filter(is_later).or(self.closed);
    }

    /// Corrects what cannot be right in a record of another program, perhaps by another clock.
    fn tidy(&mut self, now: Timestamp) {
        // The clock was set back since: all of it is as old as if it were written now.
        if let Some(ahead) = self.written.map(|at| at.duration_since(now)).filter(|ahead| ahead.is_positive())
        {
            let back = |time: &mut Timestamp| *time = later(*time, -ahead);
            self.calls.iter_mut().for_each(|call| back(&mut call.at));
            self.openings.times().into_iter().flatten().for_each(back);
            let sso = &mut self.sign_on;
            let times = [&mut self.blocked_until, &mut sso.asked, &mut sso.seen_alive, &mut self.closed];
            times.into_iter().flatten().for_each(back);
            self.written = Some(now);
        }
        self.forget(now);
        // No penalty is longer.
        let latest = after(now, MAX_RETRY_AFTER);
        self.blocked_until = self.blocked_until.map(|until| until.min(latest));
        self.openings.tidy(now);
    }

    /// Forgets what does not count any more.
    fn forget(&mut self, now: Timestamp) {
        self.calls.retain(|call| call.counts(now));
        self.blocked_until = self.blocked_until.filter(|until| *until >= now);
    }

    /// Records a call, in place of the record from when it `started`.
    fn called(&mut self, operation: &str, started: Option<Timestamp>, at: Timestamp) {
        self.calls.retain(|call| started.is_none_or(|started| !call.is(operation, started)));
        self.calls.push(RecordedCall { operation: operation.to_owned(), at });
    }

    /// Records that an operation with a limit of its own is about to be called, unless it must wait for an earlier call.
    fn claim(&mut self, operation: &str, now: Timestamp) {
        let Some(limit) = API.operation(operation).and_then(|operation| operation.rate_limit) else { return };
        let calls = self.calls.iter().filter(|call| call.operation == operation);
        let must_wait = calls.map(|call| call.at).any(|at| now.duration_since(at).unsigned_abs() < limit.per);
        if !must_wait {
            self.called(operation, None, now);
        }
    }

    /// How long it takes until the single sign-on may be asked for.
    pub(super) fn validation_wait(&self, now: Timestamp, period: Duration) -> Duration {
        let calls = self.calls.iter().filter(|call| call.operation == operations::SSO_VALIDATE_GET);
        let last = calls.map(|call| call.at).chain(self.sign_on.asked).max();
        let age = last.and_then(|last| Duration::try_from(now.duration_since(last)).ok());
        age.map_or(Duration::ZERO, |age| period.saturating_sub(age))
    }

    /// Records the response of a `/sso/validate`. A person may have signed in anew since the last opening.
    pub(super) fn validated(&mut self, alive: bool, since: Option<Timestamp>, now: Timestamp) {
        self.sign_on.validated(alive, now);
        self.openings.signed_out |= alive && self.openings.is_older_than(since);
        self.closed = self.closed.filter(|closed| since.is_none_or(|since| since <= *closed));
    }

    /// Records that the session was signed out, so that no program opens it again by itself.
    pub(super) fn signed_out(&mut self, now: Timestamp) {
        // What was known of the single sign-on was known before.
        self.sign_on = SsoRecord::default();
        self.closed = Some(now);
    }

    /// Records a penalty that has just begun.
    pub(super) fn block_for(&mut self, wait: Duration, now: Timestamp) {
        self.blocked_until = self.blocked_until.max(Some(after(now, wait.min(MAX_RETRY_AFTER))));
    }
}

/// A time that much later; the last one that there is if it would be beyond.
pub(super) fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

fn after(time: Timestamp, wait: Duration) -> Timestamp {
    later(time, SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX))
}

/// The gateway that a base URL belongs to, as `scheme://host:port`; none if it is not a URL. It is the same for
/// every path (`/v1/api`, `/v1/portal`) and for every name of this machine (`localhost`, `127.0.0.1`, `[::1]`).
///
/// ```
/// use broker_session::ibkr::address_of;
///
/// let address = address_of("https://localhost:5000/v1/api");
/// assert_eq!(address.as_deref(), Some("https://localhost:5000"));
/// assert_eq!(address, address_of("https://127.0.0.1:5000/v1/portal/"));
/// assert_eq!(address_of("https://api.ibkr.com/v1/api"), address_of("https://API.ibkr.com:443"));
/// ```
pub fn address_of(base_url: &str) -> Option<String> {
    address_of_url(&Url::parse(base_url).ok()?)
}

/// The name under which programs share: the gateway, and at the hosted Web API a digest of the user.
pub(super) fn shared_address(base: &Url, user: Option<&str>) -> String {
    let address = address_of_url(base).unwrap_or_default();
    match user {
        Some(user) => format!("{address}#{user}"),
        None => address,
    }
}

fn address_of_url(url: &Url) -> Option<String> {
    let host = match url.host()? {
        Host::Ipv4(address) if address.octets() == [127, 0, 0, 1] => "localhost".to_owned(),
        Host::Ipv6(address) if address.is_loopback() => "localhost".to_owned(),
        host => host.to_string().trim_end_matches('.').to_owned(),
    };
    Some(format!("{}://{host}:{}", url.scheme(), url.port_or_known_default()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: i64 = 15 * 60;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).unwrap()
    }

    #[test]
    fn a_recorded_penalty_lasts_a_quarter_of_an_hour_at_most() {
        let mut record = Record::default();
        record.block_for(Duration::from_secs(u32::MAX.into()), at(0));
        assert_eq!(record.blocked_until, Some(at(LONGEST)));
    }

    #[test]
    fn a_stored_penalty_until_2163_lasts_a_quarter_of_an_hour_at_most() {
        let mut record: Record = serde_json::from_str(r#"{"blocked_until":"2163-01-01T00:00:00Z"}"#).unwrap();
        record.tidy(at(0));
        assert_eq!(record.blocked_until, Some(at(LONGEST)));
        record.tidy(at(LONGEST + 1));
        assert_eq!(record.blocked_until, None);
    }

    #[test]
    fn a_clock_that_was_set_back_makes_no_wait_longer() {
        let mut record = Record { written: Some(at(100_000)), ..Record::default() };
        record.block_for(Duration::from_secs(900), at(100_000));
        record.called(operations::SSO_VALIDATE_GET, None, at(99_990));
        record.tidy(at(0));
        assert_eq!(record.blocked_until, Some(at(900)));
        assert!(record.calls[0].is(operations::SSO_VALIDATE_GET, at(-10)));
    }

    #[test]
    fn one_denial_is_doubtful_and_two_are_not() {
        let mut sso = SsoRecord::default();
        sso.validated(false, at(0));
        assert!(sso.is_doubtful(), "nothing speaks against it");
        sso.is_in_use(at(60));
        sso.validated(false, at(120));
        assert!(sso.is_doubtful());
        sso.validated(false, at(180));
        assert!(!sso.is_doubtful());
        sso.is_in_use(at(240));
        sso.validated(false, at(240 + 700));
        assert!(!sso.is_doubtful(), "the sign of life is too old");
    }

    #[test]
    fn of_two_programs_that_call_at_once_one_is_the_first() {
        let mut record = Record::default();
        record.claim(operations::SSO_VALIDATE_GET, at(0));
        record.claim(operations::SSO_VALIDATE_GET, at(1));
        record.claim(operations::LOGOUT_POST, at(1));
        assert_eq!(record.calls.len(), 1);
    }

    #[test]
    fn a_gateway_is_the_same_under_every_name_of_this_machine() {
        for url in [
            "https://localhost:5000",
            "https://LOCALHOST.:5000/v1/api/",
            "https://127.0.0.1:5000/v1/portal",
            "https://[::1]:5000/v1/api",
        ] {
            assert_eq!(address_of(url).as_deref(), Some("https://localhost:5000"), "{url}");
        }
        for url in ["http://localhost:5000", "https://localhost:5001", "https://127.0.0.2:5000"] {
            assert_ne!(address_of(url).as_deref(), Some("https://localhost:5000"), "{url}");
        }
        assert_eq!(address_of("https://"), None);
    }
}
