//! The right to sign in, which one process has at a time.
//!
//! No clocks are compared. A holder renews its lease, which changes the entry; others take it over when they have seen the
//! entry unchanged for the whole time of the lease, by their own monotonic clock. The holder gives up before that: it asks
//! the store before each guess, and whatever it writes later is refused, because the entry is another one by then.

use std::{sync::Arc, time::Duration};

use broker_session_runtime::Secret;
use tokio::{
    runtime::Handle,
    sync::Mutex,
    task::AbortHandle,
    time::{Instant, sleep},
};

use super::{
    SharedSession, StoredSession,
    guesses::Guesses,
    record::{FailedSignIn, Kept, Record},
};
use crate::{
    Error, SavedSession,
    locked::Locked,
    store::{StoreError, Version},
};

/// How long others wait for a holder that does not move.
pub(super) const LEASE_TIME: Duration = Duration::from_secs(10);

/// How often a lease is renewed. Two renewals may be lost.
const RENEWAL_PERIOD: Duration = Duration::from_secs(3);

/// How long a session that has begun is offered to a store that cannot be reached.
const WRITE_PATIENCE: Duration = Duration::from_secs(8);

/// The pause before the next attempt to reach the store.
pub(super) const RETRY_PAUSE: Duration = Duration::from_millis(300);

/// The right to sign a user in, for as long as this lives. Dropped without [`Lease::finish`] or [`Lease::fail`] it is given
/// back, in the background.
///
/// Give it to the client with `with_lease`, so that the store knows each guess before it leaves.
#[must_use = "the next process waits until it is finished or dropped"]
#[derive(Debug)]
pub struct Lease {
    state: Arc<LeaseState>,
    guesses: Arc<Guesses>,
    renewal: AbortHandle,
    /// For what is left to do when it is dropped, wherever that is.
    runtime: Handle,
}

/// What the holder knows of its lease.
#[derive(Debug)]
pub(super) struct LeaseState {
    shared: SharedSession,
    owner: String,
    held: Mutex<Held>,
    /// When the store has confirmed it last.
    confirmed_at: Locked<Instant>,
}

#[derive(Debug)]
struct Held {
    version: Version,
    record: Record,
    is_lost: bool,
}

impl LeaseState {
    /// Makes sure that the lease is still held, by renewing it.
    ///
    /// # Errors
    /// If another process has taken it over, or if the store cannot be used. Nothing may be sent then.
    pub(super) async fn check(&self) -> Result<(), Error> {
        let mut held = self.held.lock().await;
        self.renew(&mut held).await.map_err(|error| self.shared.error(error))?;
        if held.is_lost { Err(lost()) } else { Ok(()) }
    }

    /// Whether others may have taken it over since the store has confirmed it last.
    pub(super) fn is_stale(&self) -> bool {
        self.confirmed_at.get().elapsed() >= LEASE_TIME
    }

    /// The number of the lease.
    pub(super) async fn fence(&self) -> u64 {
        self.held.lock().await.record.fence
    }

    async fn renew(&self, held: &mut Held) -> Result<(), StoreError> {
        self.write(held, |record| {
            if let Some(lease) = &mut record.lease {
                lease.renewals += 1;
            }
        })
        .await
    }

    /// Changes the entry, if the lease is still held.
    async fn write(&self, held: &mut Held, change: impl Fn(&mut Record)) -> Result<(), StoreError> {
        while !held.is_lost {
            let mut record = held.record.clone();
            change(&mut record);
            let started = Instant::now();
            let written = self.shared.put(Some(held.version), &record).await;
            if let Ok(Some(version)) = written {
                *held = Held { version, record, is_lost: false };
                self.confirmed_at.set(started);
                return Ok(());
            }
            // Either another process was faster, or the response to the write was lost.
            match self.shared.read().await? {
                Some((version, found)) if found == record => {
                    *held = Held { version, record, is_lost: false };
                    self.confirmed_at.set(started);
                    return Ok(());
                }
                Some((version, found)) if found.is_held_by(&self.owner) => {
                    *held = Held { version, record: found, is_lost: false };
                    written?;
                }
                _ => held.is_lost = true,
            }
        }
        Ok(())
    }

    /// Renews the lease for as long as it is held.
    async fn keep(&self) {
        loop {
            sleep(RENEWAL_PERIOD).await;
            let mut held = self.held.lock().await;
            if let Err(error) = self.renew(&mut held).await {
                tracing::debug!(%error, "the lease of a sign-in cannot be renewed now");
            }
            if held.is_lost {
                return;
            }
        }
    }
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl Lease {
    /// The lease of an entry that was written so.
    pub(super) fn new(
        shared: &SharedSession,
        owner: String,
        (version, record): (Version, Record),
        written: Instant,
        sends_again: bool,
    ) -> Self {
        let held = Mutex::new(Held { version, record, is_lost: false });
        let confirmed_at = Locked::new(written);
        let state = Arc::new(LeaseState { shared: shared.clone(), owner, held, confirmed_at });
        let guesses = Arc::new(shared.guesses(state.clone(), sends_again));
        let kept = state.clone();
        let runtime = Handle::current();
        let renewal = runtime.spawn(async move { kept.keep().await }).abort_handle();
        Self { state, guesses, renewal, runtime }
    }

    /// The guesses that are made with it.
    pub(crate) fn guesses(&self) -> &Arc<Guesses> {
        &self.guesses
    }

    /// Makes sure that a password or PIN could be sent to an operation, by its id in the spec: before an earlier step of the
    /// sign-in costs a one-time password.
    ///
    /// # Errors
    /// If it was sent before and refused, or its response was lost; `Store` if the store cannot be used.
    pub async fn check_guess(&self, operation: &'static str, guess: &Secret) -> Result<(), Error> {
        self.guesses.check(operation, guess).await
    }

    /// Whether the store may have forgotten one-time passwords that were sent. Then only one of a later step is certainly
    /// unused: see [`Store::may_lose_entries`](crate::store::Store::may_lose_entries).
    ///
    /// # Errors
    /// `Store` if the store cannot be used.
    pub async fn may_have_lost_guesses(&self) -> Result<bool, Error> {
        self.guesses.may_be_forgotten().await.map_err(|error| self.state.shared.error(error))
    }

    /// Whether another process has taken it over.
    pub(crate) async fn is_lost(&self) -> bool {
        self.state.held.lock().await.is_lost
    }

    /// The number of the session that was there before.
    pub(crate) async fn number(&self) -> u64 {
        self.state.held.lock().await.record.number
    }

    /// Makes sure that the lease is still held.
    ///
    /// # Errors
    /// `Store` if another process has taken it over or if the store cannot be used. Nothing should be sent then.
    pub async fn check(&self) -> Result<(), Error> {
        self.state.check().await
    }

    /// Stores the session that has begun, for everybody, and gives the lease back. `profile` is a name that
    /// [`StoredSession::profile`] returns.
    ///
    /// # Errors
    /// `Store` if another process has taken the lease over meanwhile, or if the store cannot be used for some seconds. The
    /// session lives all the same; see [`SharedSession::put_back`].
    pub async fn finish(self, session: &SavedSession, profile: Option<&str>) -> Result<StoredSession, Error> {
        self.store(session, profile, false).await
    }

    /// Stores a session whose host must be allowed first. Nobody else uses it.
    ///
    /// # Errors
    /// Those of [`Lease::finish`].
    pub async fn put_aside(
        self,
        session: &SavedSession,
        profile: Option<&str>,
    ) -> Result<StoredSession, Error> {
        self.store(session, profile, true).await
    }

    async fn store(
        self,
        session: &SavedSession,
        profile: Option<&str>,
        pending: bool,
    ) -> Result<StoredSession, Error> {
        let kept = Kept::new(session, profile, pending, self.state.shared.now());
        let deadline = Instant::now() + WRITE_PATIENCE;
        self.guesses.catch_up().await;
        let mut held = self.state.held.lock().await;
        loop {
            match self
                .state
                .write(&mut held, |record| {
                    record.replace(kept.clone(), self.state.shared.credentials());
                })
                .await
            {
                Ok(()) => break,
                Err(_) if Instant::now() < deadline => sleep(RETRY_PAUSE).await,
                Err(error) => return Err(self.state.shared.error(error)),
            }
        }
        if held.is_lost {
            return Err(lost());
        }
        self.guesses.catch_up().await;
        held.is_lost = true;
        Ok(StoredSession::new(&held.record, kept))
    }

    /// Notes for the others how the sign-in has failed, and gives the lease back. If the store cannot be used, the lease
    /// ends by itself.
    pub async fn fail(self, error: &Error) {
        let credentials = self.state.shared.credentials();
        let mut held = self.state.held.lock().await;
        let failure = FailedSignIn::new(held.record.fence, error, credentials, self.state.shared.now());
        self.give_back(&mut held, Some(failure)).await;
    }

    /// Gives the lease back without a session and without a failure, because nothing was tried.
    pub async fn release(self) {
        let mut held = self.state.held.lock().await;
        self.give_back(&mut held, None).await;
    }

    async fn give_back(&self, held: &mut Held, failure: Option<FailedSignIn>) {
        self.guesses.catch_up().await;
        let written = self.state.write(held, |record| match &failure {
            Some(failure) => record.fail(failure.clone()),
            None => record.lease = None,
        });
        if let Err(error) = written.await {
            tracing::debug!(%error, "a lease is not given back and ends by itself");
        }
        held.is_lost = true;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.renewal.abort();
        let (state, guesses) = (self.state.clone(), self.guesses.clone());
        self.runtime.spawn(async move {
            let mut held = state.held.lock().await;
            if held.is_lost {
                return;
            }
            guesses.catch_up().await;
            // If this fails, it ends by itself.
            let _ = state.write(&mut held, |record| record.lease = None).await;
        });
    }
}

fn lost() -> Error {
    let what = "another process has taken over the sign-in, because this one did not move for a while";
    let hint = "Ask for the session again; nothing has to be done.";
    Error::new(broker_session_runtime::ErrorKind::Store, what).with_hint(Some(hint.to_owned())).unsent()
}
