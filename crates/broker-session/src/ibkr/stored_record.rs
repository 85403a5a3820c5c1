//! The record of one gateway in a store, where all programs that use the store change it: by comparing versions, so that
//! none loses what another has noted. An entry of another form is left alone.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::{builder::Ibkr, shared_state::Record};
use crate::{
    builder::sealed::Broker,
    locked::Locked,
    store::{Entry, Key, Kind, Store, StoreError, Version},
};

/// The form of the entry. One of another form is left alone.
const FORMAT: u32 = 1;

/// A record that was not changed for so long is of no use: the longest penalty is a day.
const LIFETIME: SignedDuration = SignedDuration::from_hours(48);

/// How long a call waits for the store.
const TIME_LIMIT: Duration = Duration::from_secs(3);

/// For how long a store that cannot be used is left alone, so that not every call waits for it.
const PAUSE: Duration = Duration::from_secs(5);

/// How often a write is tried against others.
const MAX_CONFLICTS: usize = 50;

/// The record of one gateway in a store.
#[derive(Debug)]
pub(super) struct StoredRecord {
    store: Arc<dyn Store>,
    key: Key,
    /// The entry as it was last seen. Its lock lets one change of this process be under way at a time.
    seen: Mutex<Option<(Version, Record)>>,
    /// Until when the store is left alone, if it could not be used the last time.
    paused_until: Locked<Option<Instant>>,
}

/// What a change makes of a record.
pub(super) struct Changed<T> {
    pub(super) record: Record,
    /// Whether it must be written.
    pub(super) is_new: bool,
    pub(super) outcome: T,
}

/// The entry, as JSON.
#[derive(Serialize, Deserialize)]
struct Content<R> {
    kind: String,
    format: u32,
    #[serde(flatten)]
    record: R,
}

/// What an entry of every form has. It is read first.
#[derive(Deserialize)]
struct Header {
    kind: String,
    format: u32,
}

impl StoredRecord {
    pub(super) fn new(store: Arc<dyn Store>, address: &str) -> Self {
        let key = Key::of(Kind::Limits, Ibkr::NAME, address);
        Self { store, key, seen: Mutex::default(), paused_until: Locked::default() }
    }

    pub(super) fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Changes the record, alone among all who share the store; `change` is called again if another one was faster. Nothing
    /// if the store cannot be used, which is logged once.
    pub(super) async fn change<T>(
        &self,
        change: impl Fn(Option<&Record>) -> Changed<T>,
    ) -> Option<(Record, T)> {
        if self.is_paused() {
            return None;
        }
        let outcome = timeout(TIME_LIMIT, self.try_change(change)).await;
        let late = || StoreError::new(format!("it takes longer than {} s", TIME_LIMIT.as_secs()));
        match outcome.unwrap_or_else(|_| Err(late())) {
            Ok(Some(changed)) => {
                if self.paused_until.change(Option::take).is_some() {
                    tracing::info!(store = self.store.location(), "the store can be used again");
                }
                Some(changed)
            }
            Ok(None) => None,
            Err(error) => {
                self.pause(&error);
                None
            }
        }
    }

    async fn try_change<T>(
        &self,
        change: impl Fn(Option<&Record>) -> Changed<T>,
    ) -> Result<Option<(Record, T)>, StoreError> {
        let mut seen = self.seen.lock().await;
        // The one before may have found that the store cannot be used.
        if self.is_paused() {
            return Ok(None);
        }
        // If this ends early, the next one reads it again.
        let mut found = seen.take();
        let mut is_fresh = false;
        for _ in 0..MAX_CONFLICTS {
            if found.is_none() {
                found = self.read().await?;
                is_fresh = true;
            }
            let Changed { record, is_new, outcome } = change(found.as_ref().map(|(_, record)| record));
            if is_new {
                let version = Version::random();
                let entry = Entry::new(version, encode(&record)?, expiry());
                let expected = found.as_ref().map(|(version, _)| *version);
                if self.store.put_if(&self.key, expected, entry).await? {
                    *seen = Some((version, record.clone()));
                    return Ok(Some((record, outcome)));
                }
            } else if is_fresh {
                *seen = found;
                return Ok(Some((record, outcome)));
            }
            // It may be another one by now.
            found = None;
        }
        Err(StoreError::new("too many others write the limits of this gateway"))
    }

    async fn read(&self) -> Result<Option<(Version, Record)>, StoreError> {
        let entry = self.store.get(&self.key).await?;
        entry.map(|entry| Ok((entry.version, decode(entry.value.expose())?))).transpose()
    }

    fn is_paused(&self) -> bool {
        self.paused_until.get().is_some_and(|until| until > Instant::now())
    }

    fn pause(&self, error: &StoreError) {
        let until = Instant::now() + PAUSE;
        let is_first = self.paused_until.change(|paused| paused.replace(until)).is_none();
        let store = self.store.location();
        if is_first {
            tracing::warn!(store, %error, "the store cannot be used, so limits hold within this process only");
        } else {
            tracing::debug!(store, %error, "the store still cannot be used");
        }
    }
}

fn expiry() -> Option<Timestamp> {
    Timestamp::now().checked_add(LIFETIME).ok()
}

fn encode(record: &Record) -> Result<String, StoreError> {
    let content = Content { kind: Kind::Limits.name().to_owned(), format: FORMAT, record };
    serde_json::to_string(&content)
        .map_err(|error| StoreError::new("the limits cannot be written as JSON").caused_by(error))
}

fn decode(text: &str) -> Result<Record, StoreError> {
    let foreign = |_| {
        StoreError::new("the entry of the limits is something else")
            .with_hint("It was left as it is. Use another store, or remove the entry.")
    };
    let header: Header = serde_json::from_str(text).map_err(foreign)?;
    if header.kind != Kind::Limits.name() || header.format != FORMAT {
        return Err(StoreError::new(format!(
            "the entry of the limits is `{}` of the form {}, and this program knows `{}` of the form {FORMAT}",
            header.kind.escape_default(),
            header.format,
            Kind::Limits.name(),
        ))
        .with_hint("It was left as it is. Use the program that wrote it, or another store."));
    }
    Ok(serde_json::from_str::<Content<Record>>(text).map_err(foreign)?.record)
}
