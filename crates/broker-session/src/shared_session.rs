//! One session for all who share a store: signed in by one, used by all.
//!
//! [`SessionProvider`](crate::SessionProvider) does all of it for programs that sign in without a person. This module is what it is built
//! on, for programs with a sign-in of their own, in which a person types a code for instance: take the session that is there,
//! or get the right to make one.

mod guesses;
mod lease;
mod outage;
mod record;
mod refusals;

use std::{fmt, sync::Arc, time::Duration};

use aws_lc_rs::hmac;
use broker_session_runtime::Secret;
use jiff::Timestamp;
use tokio::time::{Instant, sleep};

pub(crate) use guesses::Guesses;
pub use lease::Lease;
use lease::{LEASE_TIME, LeaseState};
use outage::Outage;
use record::{Kept, MAX_LEASE_MILLISECONDS, Record};
use refusals::{not_allowed, signed_out, too_slow, too_young};

use crate::{
    Error, SavedSession,
    clock::Clock,
    store::{Entry, Key, Kind, Store, StoreError, Version, random_number, sealed_key, within},
};

/// How often it is asked whether another process has finished its sign-in.
const POLL_PERIOD: Duration = Duration::from_millis(150);

/// How long a process that waits for another one looks for an entry that the store has lost.
const LOSS_PATIENCE: Duration = Duration::from_secs(30);

/// How long a session waits for its turn to be stored again.
const PUT_BACK_PATIENCE: Duration = Duration::from_secs(60);

/// How often a write is tried against others.
const MAX_CONFLICTS: usize = 100;

/// The session of one user in a store. Cheap to clone.
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use broker_session::{Secret, neo, shared_session::{Turn, Wanted}, store::MemoryStore};
///
/// # async fn example() -> Result<(), broker_session::Error> {
/// let client = neo::Client::from_env()?;
/// let shared = client.shared_session(Arc::new(MemoryStore::new()), &[]);
/// let session = match shared.lease(Wanted::any(), Duration::from_secs(60)).await? {
///     Turn::Stored(stored) => client.resume(stored.session().clone())?,
///     Turn::Lease(lease) => {
///         let view = client.with_lease(&lease).login_totp(&Secret::from("000000")).await?;
///         let session = view.validate(&Secret::from("000000")).await?;
///         lease.finish(&session.save(), None).await?;
///         session
///     }
/// };
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SharedSession(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    broker: String,
    user: String,
    key: Key,
    guesses: Key,
    secret: Secret,
    /// A digest of what the sign-in uses, if that is known beforehand.
    credentials: Option<String>,
}

/// Which session is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    after: u64,
    revives: bool,
    sends_again: bool,
    /// Whether a new session is wanted, whatever there is.
    is_explicit: bool,
    /// Whether there is a session already, which the store lacks.
    has_session: bool,
}

impl Wanted {
    /// Any live session; also after a logout, and a sign-in where there is none.
    pub fn any() -> Self {
        Self { after: 0, revives: true, sends_again: false, is_explicit: false, has_session: false }
    }

    /// A session with a higher number, for instance because the one with this number was refused. If it was signed out,
    /// that is an error: nobody revives it.
    pub fn after(number: u64) -> Self {
        Self { after: number, revives: false, ..Self::any() }
    }

    /// A new session, whatever there is.
    pub fn new_one() -> Self {
        Self { after: u64::MAX, is_explicit: true, ..Self::any() }
    }

    pub(crate) fn after_number(self) -> u64 {
        self.after
    }

    /// Lets guesses leave once more that were refused, or whose response was lost. Only a person can know whether that is
    /// right.
    pub fn send_again(mut self) -> Self {
        self.sends_again = true;
        self
    }
}

/// What a store has of a session that is in memory.
pub(crate) enum Seen {
    /// Nothing else.
    Same,
    /// A newer one that can be used.
    Newer(StoredSession),
    /// It was signed out.
    SignedOut,
    /// The store knows nothing of the user.
    Missing,
}

/// Whose turn it is.
#[derive(Debug)]
pub enum Turn {
    /// The session is there. Another process may have made it while this one waited.
    Stored(StoredSession),
    /// The caller signs in; all others wait.
    Lease(Lease),
}

/// A session in a store.
#[derive(Clone, Debug)]
pub struct StoredSession {
    /// Whose entry it is in.
    broker: String,
    user: String,
    number: u64,
    kept: Arc<Kept>,
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl StoredSession {
    fn new(record: &Record, kept: Kept) -> Self {
        let (broker, user) = (record.broker.clone(), record.user.clone());
        Self { broker, user, number: record.number, kept: Arc::new(kept) }
    }

    fn of(record: &Record) -> Option<Self> {
        Some(Self::new(record, record.session.clone()?))
    }

    /// The session, for `Client::resume`.
    pub fn session(&self) -> &SavedSession {
        &self.kept.session
    }

    /// Its number, which rises with each session of the user.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// When it was stored.
    pub fn stored_at(&self) -> Timestamp {
        self.kept.stored_at
    }

    /// The name that was given to [`Lease::finish`].
    pub fn profile(&self) -> Option<&str> {
        self.kept.profile.as_deref()
    }

    /// Whether its host was not allowed at the sign-in. Nothing was sent there, and nobody uses it until it is stored anew.
    pub fn is_pending(&self) -> bool {
        self.kept.pending
    }

    /// Notes in the store that this session was signed out, as [`SharedSession::sign_out`] does: for programs that have no
    /// client of its user.
    ///
    /// # Errors
    /// `Store` if the store cannot be used.
    pub async fn sign_out(&self, store: Arc<dyn Store>) -> Result<bool, Error> {
        let shared = SharedSession::new(store, &self.broker, &self.user, &Secret::default(), &[]);
        shared.sign_out(self.number).await
    }
}

impl Kept {
    fn new(session: &SavedSession, profile: Option<&str>, pending: bool, stored_at: Timestamp) -> Self {
        let (session, profile) = (session.clone(), profile.map(str::to_owned));
        Self { session, stored_at, profile, pending }
    }
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl SharedSession {
    /// The session of a user. `secret` keys the digests of guesses; `credentials` are those that a sign-in uses.
    pub(crate) fn new(
        store: Arc<dyn Store>,
        broker: &str,
        user: &str,
        secret: &Secret,
        credentials: &[&Secret],
    ) -> Self {
        let (key, guesses) = (Key::of(Kind::Session, broker, user), Key::of(Kind::Guesses, broker, user));
        let all = credentials.iter().map(|secret| secret.expose()).collect::<Vec<_>>().join("\n");
        let hmac = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
        let digest = guesses::digest(&hmac, "credentials", &Secret::new(all));
        let credentials = (!credentials.is_empty()).then_some(digest);
        let (broker, user, secret) = (broker.to_owned(), user.to_owned(), secret.clone());
        Self(Arc::new(Inner { store, broker, user, key, guesses, secret, credentials }))
    }

    /// The session of a user with a broker, by the name of its module, whether it is over or not: for programs that look
    /// before they have what a sign-in takes.
    ///
    /// # Errors
    /// `Store` if the store cannot be used.
    pub async fn find(store: &dyn Store, broker: &str, user: &str) -> Result<Option<StoredSession>, Error> {
        let found = read(store, &Key::of(Kind::Session, broker, user)).await;
        let found = found.map_err(|error| Error::store(store, error))?;
        Ok(found.and_then(|(_, record)| StoredSession::of(&record)))
    }

    /// All sessions in a store, of all brokers and users. One that is over is among them until another takes its place; one
    /// that cannot be read is not.
    ///
    /// # Errors
    /// `Store` if the store cannot be used, or if nothing in it can be read.
    pub async fn list(store: &dyn Store) -> Result<Vec<StoredSession>, Error> {
        let failed = |error| Error::store(store, error);
        let (mut sessions, mut unreadable) = (Vec::new(), None);
        for key in store.keys().await.map_err(failed)? {
            let entry = within(store.get(&key)).await;
            // It may have been removed meanwhile.
            let record = entry.and_then(|entry| match entry {
                Some(entry) => Record::read(entry.value.expose()),
                None => Ok(None),
            });
            match record {
                Ok(record) => sessions.extend(record.as_ref().and_then(StoredSession::of)),
                // It is of another program, or of another key. The others can be used all the same.
                Err(error) => {
                    tracing::warn!(key = key.as_str(), %error, "an entry of the store is left out");
                    unreadable = Some(error);
                }
            }
        }
        if let Some(error) = unreadable.filter(|_| sessions.is_empty()) {
            return Err(failed(error));
        }
        sessions.sort_by_key(|stored: &StoredSession| stored.number);
        Ok(sessions)
    }

    /// The user of the session, as it is named in the store.
    pub fn user(&self) -> &str {
        &self.0.user
    }

    /// The session that is stored, whether it is over or not.
    ///
    /// # Errors
    /// `Store` if the store cannot be used.
    pub async fn load(&self) -> Result<Option<StoredSession>, Error> {
        let found = self.read().await.map_err(|error| self.error(error))?;
        Ok(found.and_then(|(_, record)| StoredSession::of(&record)))
    }

    /// Whether the latest session was signed out.
    ///
    /// # Errors
    /// `Store` if the store cannot be used.
    pub async fn is_signed_out(&self) -> Result<bool, Error> {
        let found = self.read().await.map_err(|error| self.error(error))?;
        Ok(found.is_some_and(|(_, record)| record.signed_out_at.is_some()))
    }

    /// What has become of the session with this number.
    pub(crate) async fn look(&self, number: u64) -> Result<Seen, Error> {
        let Some((_, record)) = self.read().await.map_err(|error| self.error(error))? else {
            return Ok(Seen::Missing);
        };
        if record.has_session_after(number, self.now()) {
            return Ok(StoredSession::of(&record).map_or(Seen::Same, Seen::Newer));
        }
        let is_over = record.signed_out_at.is_some() && record.number > number;
        Ok(if is_over { Seen::SignedOut } else { Seen::Same })
    }

    /// The session that is wanted, or the right to sign in. If another process signs in, waits for it.
    ///
    /// # Errors
    /// `Store` if the store cannot be used; `SessionExpired` if the session was signed out and may not be revived; how the
    /// sign-in failed that was waited for; `Timeout` if another process needs longer than `patience`.
    pub async fn lease(&self, wanted: Wanted, patience: Duration) -> Result<Turn, Error> {
        let deadline = Instant::now() + patience;
        let owner = Version::random().to_string();
        // An entry whose holder does not move, and since when.
        let mut watched: Option<(Version, Instant)> = None;
        let mut waited_for = None;
        // Whether there was an entry, and since when there is none.
        let (mut was_there, mut lost_since) = (false, None);
        // The number of the newest session at the beginning. What comes later is a new one.
        let mut after = wanted.after;
        // What the store refuses, and whether it was reached before.
        let (mut unread, mut unwritten, mut was_reached) = (Outage::default(), Outage::default(), false);
        loop {
            let found = match self.read().await {
                Ok(found) => found,
                Err(error) => {
                    // A store that was there a moment ago may come back.
                    if !was_reached || !unread.may_wait(deadline).await {
                        return Err(self.error(error));
                    }
                    continue;
                }
            };
            (unread, was_reached) = (Outage::default(), true);
            let (version, mut record) = match found {
                Some((version, record)) => (Some(version), record),
                None if wanted.is_explicit => (None, Record::new(&self.0.broker, &self.0.user)),
                // A clock that is behind must not make numbers fall.
                None => (None, Record::new(&self.0.broker, &self.0.user).at_least(wanted.after)),
            };
            match version {
                Some(_) => lost_since = None,
                // The store was emptied while somebody signed in, who will store the session again.
                None if was_there => {
                    let since = *lost_since.get_or_insert_with(Instant::now);
                    if since.elapsed() < LOSS_PATIENCE && Instant::now() < deadline {
                        sleep(jittered(POLL_PERIOD)).await;
                        continue;
                    }
                }
                None => {}
            }
            was_there |= version.is_some();
            after = after.min(record.number);
            if record.has_session_after(after, self.now())
                && let Some(stored) = StoredSession::of(&record)
            {
                return Ok(Turn::Stored(stored));
            }
            self.check(&record, wanted, waited_for)?;
            let now = Instant::now();
            if let (Some(lease), Some(version)) = (&record.lease, version)
                && lease.owner != owner
            {
                let time = Duration::from_millis(lease.milliseconds.min(MAX_LEASE_MILLISECONDS));
                let since = match watched {
                    Some((watched, since)) if watched == version => since,
                    _ => now,
                };
                watched = Some((version, since));
                waited_for.get_or_insert(lease.fence);
                if now.duration_since(since) < time {
                    if now >= deadline {
                        return Err(too_slow(patience));
                    }
                    sleep(jittered(POLL_PERIOD)).await;
                    continue;
                }
                tracing::warn!(
                    broker = %self.0.broker,
                    "a sign-in of another process does not move; taking it over"
                );
            }
            if !record.is_held_by(&owner) {
                let milliseconds = LEASE_TIME.as_millis().try_into().unwrap_or(MAX_LEASE_MILLISECONDS);
                record.lease_to(&owner, milliseconds, self.now());
                match self.put(version, &record).await {
                    Ok(Some(version)) => {
                        let entry = (version, record);
                        return Ok(Turn::Lease(Lease::new(self, owner, entry, now, wanted.sends_again)));
                    }
                    // Somebody else was faster.
                    Ok(None) if Instant::now() >= deadline => return Err(too_slow(patience)),
                    Ok(None) => sleep(jittered(Duration::from_millis(5))).await,
                    // It may have been written.
                    Err(error) => {
                        if !unwritten.may_wait(deadline).await {
                            return Err(self.error(error));
                        }
                    }
                }
                continue;
            }
            if let Some(version) = version {
                return Ok(Turn::Lease(Lease::new(self, owner, (version, record), now, wanted.sends_again)));
            }
        }
    }

    /// Whether a sign-in may be made now, as far as the entry tells.
    fn check(&self, record: &Record, wanted: Wanted, waited_for: Option<u64>) -> Result<(), Error> {
        let (now, credentials) = (self.now(), self.credentials());
        if record.signed_out_at.is_some() && !wanted.revives && record.number > wanted.after {
            return Err(signed_out());
        }
        if wanted.has_session {
            return Ok(());
        }
        if !wanted.is_explicit {
            if let Some(pending) = record.pending_session(now) {
                return Err(not_allowed(pending));
            }
            if let (Some(wait), Some(kept)) = (record.wait(now), &record.session) {
                return Err(too_young(kept, wait, now));
            }
        }
        if let Some(refusal) = record.refusal_of(credentials).filter(|_| !wanted.sends_again) {
            return Err(refusal.to_error(now));
        }
        if let Some(failure) = &record.failure {
            let was_waited_for = waited_for.is_some_and(|fence| failure.fence >= fence);
            let is_shared = was_waited_for && !failure.is_of_others(credentials);
            if is_shared || failure.is_blocked(now) && !wanted.sends_again {
                return Err(failure.to_error(now));
            }
        }
        Ok(())
    }

    /// Stores a session that lives, because the store has lost it or could not be reached when it began. Returns what is
    /// stored then: this session, or a newer one.
    ///
    /// # Errors
    /// `SessionExpired` if it was signed out, and those of [`SharedSession::lease`].
    pub async fn put_back(
        &self,
        session: &SavedSession,
        number: u64,
        profile: Option<&str>,
    ) -> Result<StoredSession, Error> {
        let wanted = Wanted { has_session: true, ..Wanted::after(number) };
        match self.lease(wanted, PUT_BACK_PATIENCE).await? {
            Turn::Stored(newer) => Ok(newer),
            Turn::Lease(lease) => lease.finish(session, profile).await,
        }
    }

    /// Notes that the session with this number was signed out, so that nobody uses or revives it. A newer one is left
    /// alone. Returns whether it was there.
    ///
    /// # Errors
    /// `Store` if the store cannot be used.
    pub async fn sign_out(&self, number: u64) -> Result<bool, Error> {
        self.change(|record| {
            let is_it = record.session.is_some() && record.number <= number;
            is_it.then(|| record.sign_out(self.now()))
        })
        .await
        .map(|done| done.is_some())
    }

    /// Changes the entry, unless `change` finds that there is nothing to do.
    async fn change<T>(&self, mut change: impl FnMut(&mut Record) -> Option<T>) -> Result<Option<T>, Error> {
        for _ in 0..MAX_CONFLICTS {
            let found = self.read().await.map_err(|error| self.error(error))?;
            let (version, mut record) = match found {
                Some((version, record)) => (Some(version), record),
                None => (None, Record::new(&self.0.broker, &self.0.user)),
            };
            let Some(outcome) = change(&mut record) else { return Ok(None) };
            if self.put(version, &record).await.map_err(|error| self.error(error))?.is_some() {
                return Ok(Some(outcome));
            }
        }
        Err(self.error(StoreError::new("too many others write the session of this user")))
    }

    /// The time of day.
    pub(crate) fn now(&self) -> Timestamp {
        Clock.now()
    }

    async fn read(&self) -> Result<Option<(Version, Record)>, StoreError> {
        read(&*self.0.store, &self.0.key).await
    }

    /// Writes the entry in place of the one with this version. None if it is another one by now.
    async fn put(&self, expected: Option<Version>, record: &Record) -> Result<Option<Version>, StoreError> {
        let value = serde_json::to_string(record)
            .map_err(|_| StoreError::new("the session cannot be written as JSON"))?;
        let version = Version::random();
        let entry = Entry::new(version, Secret::new(value), record.expires_at(self.now()));
        Ok(within(self.0.store.put_if(&self.0.key, expected, entry)).await?.then_some(version))
    }

    fn guesses(&self, lease: Arc<LeaseState>, sends_again: bool) -> Guesses {
        let (store, key) = (self.0.store.clone(), self.0.guesses.clone());
        Guesses::new(store, key, &self.0.secret, lease, sends_again)
    }

    fn credentials(&self) -> Option<&str> {
        self.0.credentials.as_deref()
    }

    fn error(&self, error: StoreError) -> Error {
        Error::store(&*self.0.store, error)
    }
}

/// The entry of a session.
async fn read(store: &dyn Store, key: &Key) -> Result<Option<(Version, Record)>, StoreError> {
    let Some(entry) = within(store.get(key)).await? else {
        // Two programs, one with a key and one without, would sign in beside each other.
        if within(store.get(&sealed_key(key))).await?.is_some() {
            return Err(StoreError::new(
                "what it has of this user is encrypted, and this program has no key",
            )
            .with_hint("Give this program the key (BROKER_SESSION_STORE_KEY), or another store."));
        }
        return Ok(None);
    };
    let record = Record::read(entry.value.expose())?;
    let record = record.ok_or_else(|| StoreError::new("the entry of the session is something else"))?;
    Ok(Some((entry.version, record)))
}

/// Whether an entry can be read, whatever it is about.
pub(crate) fn check_entry(value: &Secret) -> Result<(), StoreError> {
    Record::read(value.expose()).map(drop)
}

impl fmt::Debug for SharedSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedSession")
            .field("broker", &self.0.broker)
            .field("user", &self.0.user)
            .field("store", &self.0.store)
            .finish_non_exhaustive()
    }
}

/// A pause of up to half as long again, so that processes that were started together do not ask together.
pub(crate) fn jittered(pause: Duration) -> Duration {
    let part = random_number() as f64 / u64::MAX as f64;
    pause.mul_f64(1.0 + part / 2.0)
}
