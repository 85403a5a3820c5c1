//! Where sessions are kept for all tasks, processes and machines that use them.
//!
//! A [`Store`] is a small map whose entries are replaced only by those who know the version that they replace. All the
//! rest is built on that, in one place and for every store alike: one sign-in for everybody ([`SharedSession`](crate::SharedSession)),
//! no guess that leaves twice, no session that comes back after a logout. A store of your own is five short
//! methods, and [`check_contract`] tells whether they do what is relied on.
//!
//! | store | shared by | feature |
//! |---|---|---|
//! | [`MemoryStore`] | the tasks of a process | |
//! | [`FileStore`] | the processes of a user on one machine | |
//! | [`RedisStore`] | processes on any number of machines | `redis` |
//! | [`EncryptedStore`] around any of them | those who have the key, for instance from the [`keyring`] | |

mod contract;
mod encrypted;
mod encryption_key;
mod file;
#[cfg(feature = "keyring")]
pub mod keyring;
mod memory;
#[cfg(feature = "redis")]
mod redis;

use std::{
    error, fmt,
    hash::{BuildHasher, RandomState},
    pin::Pin,
    str::FromStr,
    time::Duration,
};

use broker_session_runtime::{ErrorKind, Secret};
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::time::timeout;

use crate::Error;
pub use contract::check_contract;
pub use encrypted::EncryptedStore;
pub(crate) use encrypted::sealed_key;
pub use encryption_key::{EncryptionKey, EncryptionKeys};
pub use file::FileStore;
pub use memory::MemoryStore;
#[cfg(feature = "redis")]
pub use redis::{RedisStore, RedisStoreBuilder};

/// How long a call of a store may take. Those of this crate fail earlier.
const CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// Waits for a call of a store, which may be one that never fails by itself.
pub(crate) async fn within<T>(call: StoreFuture<'_, T>) -> Result<T, StoreError> {
    let late = || StoreError::new(format!("it did not respond within {} s", CALL_TIMEOUT.as_secs()));
    timeout(CALL_TIMEOUT, call).await.unwrap_or_else(|_| Err(late()))
}

/// What a method of a [`Store`] returns.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A map of small strings, the same for everybody who uses it, without a blind overwrite.
///
/// Each method takes effect as a whole or not at all, one after the other. A method that fails may have taken effect, if
/// its response was lost; the caller then reads again. Nobody waits for a store without end: a method that takes longer
/// than some seconds must fail.
///
/// Versions are chosen by the caller and never used again, also not after an entry was removed. Clocks are not compared:
/// [`Entry::expires_at`] only says from when on a store may forget an entry. Until it does, the entry is there for all methods
/// alike. A call whose future is dropped may take effect or not, but never in part.
///
/// ```
/// use std::{collections::BTreeMap, sync::{Arc, Mutex}};
/// use broker_session::store::{Entry, Key, Store, StoreFuture, Version, check_contract};
///
/// #[derive(Debug, Default)]
/// struct Own(Mutex<BTreeMap<Key, Entry>>);
///
/// impl Store for Own {
///     fn get<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, Option<Entry>> {
///         Box::pin(async { Ok(self.0.lock().unwrap().get(key).cloned()) })
///     }
///
///     fn put_if<'a>(&'a self, key: &'a Key, expected: Option<Version>, entry: Entry) -> StoreFuture<'a, bool> {
///         Box::pin(async move {
///             let mut entries = self.0.lock().unwrap();
///             let is_expected = entries.get(key).map(|entry| entry.version) == expected;
///             if is_expected {
///                 entries.insert(key.clone(), entry);
///             }
///             Ok(is_expected)
///         })
///     }
///
///     fn remove_if<'a>(&'a self, key: &'a Key, version: Version) -> StoreFuture<'a, bool> {
///         Box::pin(async move {
///             let mut entries = self.0.lock().unwrap();
///             let is_expected = entries.get(key).is_some_and(|entry| entry.version == version);
///             if is_expected {
///                 entries.remove(key);
///             }
///             Ok(is_expected)
///         })
///     }
///
///     fn keys(&self) -> StoreFuture<'_, Vec<Key>> {
///         Box::pin(async { Ok(self.0.lock().unwrap().keys().cloned().collect()) })
///     }
///
///     fn location(&self) -> String {
///         "the memory of this example".to_owned()
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// check_contract(Arc::new(Own::default())).await.unwrap();
/// # });
/// ```
pub trait Store: fmt::Debug + Send + Sync {
    /// The entry of a key.
    ///
    /// # Errors
    /// If the store cannot be reached or read.
    fn get<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, Option<Entry>>;

    /// Writes an entry, if the one that is there has the version `expected`; if there is none, where that is `None`.
    /// Returns whether it was written.
    ///
    /// # Errors
    /// If the store cannot be reached or written; it may have been written.
    fn put_if<'a>(&'a self, key: &'a Key, expected: Option<Version>, entry: Entry) -> StoreFuture<'a, bool>;

    /// Removes an entry, if it has this version. Returns whether it was removed.
    ///
    /// # Errors
    /// If the store cannot be reached or written; it may have been removed.
    fn remove_if<'a>(&'a self, key: &'a Key, version: Version) -> StoreFuture<'a, bool>;

    /// The keys of all entries.
    ///
    /// # Errors
    /// If the store cannot be reached or read.
    fn keys(&self) -> StoreFuture<'_, Vec<Key>>;

    /// Where it is, for people. Without secrets.
    fn location(&self) -> String;

    /// Whether entries may be lost before their end, like those of a server that keeps them in its memory. A program that
    /// finds nothing in such a store begins with the next one-time password, because this one may have been used.
    fn may_lose_entries(&self) -> bool {
        false
    }
}

/// The name of an entry: printable ASCII without spaces, at most some 500 bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// The entry of a kind for a user of a broker.
    pub(crate) fn of(kind: Kind, broker: &str, user: &str) -> Self {
        let user = utf8_percent_encode(user, NON_ALPHANUMERIC);
        Self(format!("{}/{broker}/{user}", kind.name()))
    }

    /// A key that [`Store::keys`] has read.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// The key as a string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The session of a user, who is about to replace it, and that it was signed out.
    Session,
    /// The passwords, codes and PINs that were sent, as digests.
    Guesses,
    /// The calls and penalties that count towards the broker's limits.
    Limits,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Guesses => "guesses",
            Self::Limits => "limits",
        }
    }
}

/// The version of an entry: a random number, written as 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Version(u64);

impl Version {
    /// One that was never used.
    pub fn random() -> Self {
        Self(random_number())
    }
}

/// A random number that nobody has to be kept from guessing: the standard library's hasher has random keys.
pub(crate) fn random_number() -> u64 {
    RandomState::new().hash_one(())
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Version({self})")
    }
}

impl FromStr for Version {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        u64::from_str_radix(text, 16)
            .map(Self)
            .map_err(|_| StoreError::new("a version in it is not 16 hexadecimal digits"))
    }
}

/// What is stored under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Its version.
    pub version: Version,
    /// A string, most often JSON, of at most some 100 KiB.
    pub value: Secret,
    /// From when on the store may forget it; never, where that is `None`.
    pub expires_at: Option<Timestamp>,
}

impl Entry {
    /// An entry.
    pub fn new(version: Version, value: impl Into<Secret>, expires_at: Option<Timestamp>) -> Self {
        Self { version, value: value.into(), expires_at }
    }
}

/// Why a store could not be used. Its message and its sources hold no secret.
#[derive(Debug)]
pub struct StoreError {
    description: String,
    hint: Option<String>,
    source: Option<Box<dyn error::Error + Send + Sync>>,
}

impl StoreError {
    /// What happened, as a clause without a full stop, like "the server does not respond".
    pub fn new(description: impl Into<String>) -> Self {
        Self { description: description.into(), hint: None, source: None }
    }

    /// Adds how to fix it, in a sentence or two.
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds what it comes from.
    pub fn caused_by(mut self, source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// How to fix it, where more is known than that the store must be reached again.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.description)?;
        match &self.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

/// A store that cannot be opened. Nothing was sent.
impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::of_store("the session store", error)
    }
}

impl Error {
    /// A store that cannot be used. Nothing was sent for it.
    pub(crate) fn store(store: &dyn Store, error: StoreError) -> Self {
        Self::of_store(&format!("the session store ({})", store.location()), error)
    }

    fn of_store(store: &str, error: StoreError) -> Self {
        let hint = error.hint().map(str::to_owned);
        let what = format!("{store} cannot be used: {error}");
        Self::new(ErrorKind::Store, what).with_hint(hint).caused_by(error).unsent()
    }
}

impl error::Error for StoreError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.source.as_ref().map(|source| source.as_ref() as _)
    }
}
