//! A store in one file, for the processes of a user on one machine.
//!
//! Only the owner can read the file. It is replaced as a whole or not at all, under a lock, so a reader needs none.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, ErrorKind, Read},
    path::{self, Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use broker_session_runtime::{Secret, SerializableSecret};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use tokio::{sync::Mutex, task::spawn_blocking, time::timeout};

use super::{Entry, Key, Store, StoreError, StoreFuture, Version};
use crate::{LockedFile, shared_session::check_entry};

/// The version of the file's form. A file with another one is left alone.
const VERSION: u32 = 3;

/// The largest file that is read, in bytes. Hundreds of users need less.
const SIZE_LIMIT: u64 = 16 * 1024 * 1024;

/// How long a task waits for the others of its process. The lock of the file has its own limit.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);

/// A store in a file, for the processes of one user on one machine. Clones are the same store.
///
/// The file is JSON. Only its owner can read and write it; permissions that others have are taken away. Nothing in it is
/// encrypted: see [`EncryptedStore`](super::EncryptedStore). The lock is a file beside it, with the ending `.lock`, and needs
/// a file system whose locks hold between all processes that use it; many network file systems have none.
///
/// ```
/// use std::sync::Arc;
/// use broker_session::store::{FileStore, check_contract};
///
/// # let directory = tempfile::tempdir().unwrap();
/// # let directory = directory.path();
/// let store = FileStore::open(directory.join("sessions.json"))?;
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// check_contract(Arc::new(store)).await
/// # })?;
/// # Ok::<(), broker_session::store::StoreError>(())
/// ```
#[derive(Clone, Debug)]
pub struct FileStore {
    file: SharedFile,
    /// The tasks of this process take turns here: those that try the lock of a file again and again could starve.
    turn: Arc<Mutex<()>>,
}

/// The file, as it is read and written by blocking calls.
#[derive(Clone, Debug)]
struct SharedFile {
    path: PathBuf,
    was_exposed: Arc<AtomicBool>,
}

/// What the file holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    version: u32,
    entries: BTreeMap<String, Kept>,
}

/// An entry in the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    #[serde(serialize_with = "write_version", deserialize_with = "read_version")]
    version: Version,
    value: SerializableSecret,
    expires_at: Option<Timestamp>,
}

/// What every version of the form has. It is read first.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

impl FileStore {
    /// The store in a file, whether there is one yet or not. A symbolic link is followed. Reads the file, so it blocks for
    /// a moment.
    ///
    /// # Errors
    /// If the path is not that of a file, or the file cannot be read or is not such a store. It is left as it is.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        // Replacing a link would leave the file that it points to behind.
        let path = fs::canonicalize(path).or_else(|_| path::absolute(path)).map_err(|error| {
            StoreError::new(format!("`{}` cannot be the path of a store", path.display())).caused_by(error)
        })?;
        let file = SharedFile { path, was_exposed: Arc::default() };
        if file.path.file_name().is_none() {
            return Err(file.not_a_file());
        }
        file.read()?;
        Ok(Self { file, turn: Arc::default() })
    }

    /// Makes sure that the file can be read and replaced. Creates its directory for the owner alone, if there is none.
    /// Blocks, for at most 5 seconds while another program uses the file.
    ///
    /// # Errors
    /// If it can not.
    pub fn check(&self) -> Result<(), StoreError> {
        let locked = self.file.lock()?;
        self.file.read()?;
        locked.check().map_err(|error| self.file.failed("written", error))
    }

    /// The content of a file as a string, read and written again without one. For tests that make it up.
    ///
    /// # Errors
    /// If it is no such store, or if an entry in it cannot be read.
    #[doc(hidden)]
    pub fn rewritten(text: &str) -> Result<String, StoreError> {
        let file = SharedFile { path: "sessions.json".into(), was_exposed: Arc::default() };
        let entries = file.parse(text)?;
        entries.values().try_for_each(|kept| check_entry(&kept.value))?;
        Ok(file.encode(entries)?.expose().to_owned())
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.file.path
    }

    /// Whether others than its owner could read the file before this store took their permissions away. On a machine with
    /// other users, what was in it must then count as known to them.
    pub fn was_exposed(&self) -> bool {
        self.file.was_exposed.load(Ordering::Relaxed)
    }

    /// Changes the entries, if the change says so, and returns whether it did.
    async fn change(
        &self,
        change: impl FnOnce(&mut BTreeMap<String, Kept>) -> bool + Send + 'static,
    ) -> Result<bool, StoreError> {
        let turn = timeout(TURN_TIMEOUT, self.turn.clone().lock_owned());
        let turn = turn.await.map_err(|_| self.file.failed("written", "other tasks are using it"))?;
        let file = self.file.clone();
        self.blocking(move || {
            // It is held until the file is written, also if nobody waits for that any more.
            let _turn = turn;
            file.change(change)
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        spawn_blocking(work).await.map_err(|error| self.file.failed("used", error))?
    }
}

impl Store for FileStore {
    fn get<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, Option<Entry>> {
        Box::pin(async {
            let (file, key) = (self.file.clone(), key.as_str().to_owned());
            let kept = self.blocking(move || Ok(file.read()?.remove(&key))).await?;
            Ok(kept.map(|kept| Entry::new(kept.version, kept.value, kept.expires_at)))
        })
    }

    fn put_if<'a>(&'a self, key: &'a Key, expected: Option<Version>, entry: Entry) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let key = key.as_str().to_owned();
            self.change(move |entries| {
                let is_expected = entries.get(&key).map(|kept| kept.version) == expected;
                if is_expected {
                    let Entry { version, value, expires_at } = entry;
                    // Before the new entry is there: it stays for now, whenever it expires.
                    drop_expired(entries);
                    entries.insert(key, Kept { version, value: value.into(), expires_at });
                }
                is_expected
            })
            .await
        })
    }

    fn remove_if<'a>(&'a self, key: &'a Key, version: Version) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let key = key.as_str().to_owned();
            self.change(move |entries| {
                let is_expected = entries.get(&key).is_some_and(|kept| kept.version == version);
                if is_expected {
                    entries.remove(&key);
                    drop_expired(entries);
                }
                is_expected
            })
            .await
        })
    }

    fn keys(&self) -> StoreFuture<'_, Vec<Key>> {
        Box::pin(async {
            let file = self.file.clone();
            self.blocking(move || Ok(file.read()?.into_keys().map(Key::new).collect())).await
        })
    }

    fn location(&self) -> String {
        self.file.path.display().to_string()
    }
}

fn drop_expired(entries: &mut BTreeMap<String, Kept>) {
    let now = Timestamp::now();
    entries.retain(|_, kept| kept.expires_at.is_none_or(|end| end > now));
}

impl SharedFile {
    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, Kept>) -> bool) -> Result<bool, StoreError> {
        let locked = self.lock()?;
        let mut entries = self.read()?;
        if !change(&mut entries) {
            return Ok(false);
        }
        let text = self.encode(entries)?;
        if text.expose().len() as u64 > SIZE_LIMIT {
            return Err(self.failed("written", "it would be larger than 16 MiB"));
        }
        locked.replace(text.expose()).map_err(|error| self.failed("written", error))?;
        Ok(true)
    }

    /// The text that [`SharedFile::parse`] reads.
    fn encode(&self, entries: BTreeMap<String, Kept>) -> Result<Secret, StoreError> {
        let text = serde_json::to_string_pretty(&Content { version: VERSION, entries });
        // A position would be that of the output.
        text.map(Secret::new).map_err(|_| self.failed("written", "it is no JSON"))
    }

    fn lock(&self) -> Result<LockedFile, StoreError> {
        LockedFile::open(&self.path).map_err(|error| self.failed("locked", error))
    }

    /// The entries; none if there is no file yet, or an empty one.
    fn read(&self) -> Result<BTreeMap<String, Kept>, StoreError> {
        // Opening a device or a pipe could wait without end.
        if fs::metadata(&self.path).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(self.not_a_file());
        }
        match File::open(&self.path) {
            Ok(file) => self.parse(self.read_all(file)?.expose()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(self.failed("read", error)),
        }
    }

    fn read_all(&self, file: File) -> Result<Secret, StoreError> {
        let failed = |error: io::Error| self.failed("read", error);
        let metadata = file.metadata().map_err(failed)?;
        if metadata.len() > SIZE_LIMIT {
            return Err(self.foreign("is larger than 16 MiB, so it is no store of sessions"));
        }
        self.tighten(&file, &metadata)?;
        // Room for all of it, so that no copy of a part is left behind.
        let mut text = zeroize::Zeroizing::new(String::with_capacity(metadata.len() as usize + 1));
        file.take(SIZE_LIMIT).read_to_string(&mut text).map_err(failed)?;
        Ok(text.into())
    }

    fn parse(&self, text: &str) -> Result<BTreeMap<String, Kept>, StoreError> {
        if text.trim().is_empty() {
            return Ok(BTreeMap::new());
        }
        // The errors of serde_json may quote what they found, and that may be a token.
        let foreign = |error: serde_json::Error| {
            self.foreign(&format!(
                "is no store of sessions (line {}, column {})",
                error.line(),
                error.column()
            ))
        };
        match serde_json::from_str::<Versioned>(text).map_err(foreign)?.version {
            VERSION => Ok(serde_json::from_str::<Content>(text).map_err(foreign)?.entries),
            other => Err(StoreError::new(format!(
                "`{}` is a store of version {other}, and only version {VERSION} is known",
                self.path.display()
            ))
            .with_hint(if other < VERSION {
                "It was left as it is. Sign out with the program that wrote it, or move the file away."
            } else {
                "It was left as it is. Use the newer program that wrote it, or move the file away."
            })),
        }
    }

    /// Takes away what others may do with the file.
    #[cfg(unix)]
    fn tighten(&self, file: &File, metadata: &fs::Metadata) -> Result<(), StoreError> {
        use std::os::unix::fs::PermissionsExt;
        if metadata.permissions().mode() & 0o077 == 0 {
            return Ok(());
        }
        file.set_permissions(fs::Permissions::from_mode(0o600)).map_err(|error| {
            StoreError::new(format!("`{}` can be read by others", self.path.display()))
                .caused_by(error)
                .with_hint("Make it a file of your own that nobody else can read.")
        })?;
        self.was_exposed.store(true, Ordering::Relaxed);
        tracing::warn!(
            path = %self.path.display(),
            "the store could be read by others; now it cannot. Sign out what was in it, if others use this machine"
        );
        Ok(())
    }

    #[cfg(not(unix))]
    fn tighten(&self, _: &File, _: &fs::Metadata) -> Result<(), StoreError> {
        Ok(())
    }

    fn failed(&self, what: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
        StoreError::new(format!("the store `{}` cannot be {what}", self.path.display()))
            .caused_by(source)
            .with_hint("Make sure that the file and its directory can be read and written, or use a store in another place.")
    }

    fn foreign(&self, what: &str) -> StoreError {
        StoreError::new(format!("`{}` {what}", self.path.display()))
            .with_hint("It was left as it is. Move it away, or use a store in another place.")
    }

    fn not_a_file(&self) -> StoreError {
        StoreError::new(format!("the store `{}` is not a file", self.path.display()))
            .with_hint("Use a store in another place.")
    }
}

fn write_version<S: Serializer>(version: &Version, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(version)
}

fn read_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Version, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
}
