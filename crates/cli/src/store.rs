//! The session store: one JSON file with the sessions of all brokers and users.
//!
//! It holds session tokens, so only its owner can read it.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    brokers::Saved,
    environment,
    failure::Failure,
    output::Output,
    private_file::{Kind, PrivateFile},
};

const KIND: Kind = Kind { name: "session store", if_seen: "sign out and in again." };

/// One stored session.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// The profile that it was begun with.
    pub(crate) profile: String,
    /// When it was stored.
    pub(crate) stored_at: Timestamp,
    /// The session, and which broker's it is.
    #[serde(flatten)]
    pub(crate) session: Saved,
}

impl Entry {
    fn is_of_same_user(&self, other: &Self) -> bool {
        (self.session.broker(), self.session.user()) == (other.session.broker(), other.session.user())
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Content {
    sessions: Vec<Entry>,
}

/// The store at a path.
#[derive(Debug)]
pub(crate) struct Store(PrivateFile);

impl Store {
    /// The store at the given path, or at the platform's place for it.
    ///
    /// # Errors
    /// If the platform has no such place, or if the path is not that of a file.
    pub(crate) fn open(path: Option<&Path>, output: Output) -> Result<Self, Failure> {
        let path = match path {
            Some(path) => path.to_owned(),
            None => match environment::text("BROKER_SESSION_STORE")? {
                Some(path) => PathBuf::from(path),
                None => default_path()?,
            },
        };
        PrivateFile::open(path, KIND, output).map(Self)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Where a further file can be kept.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.0.directory().join(name)
    }

    /// All entries; none if there is no file yet.
    ///
    /// # Errors
    /// If the file cannot be read or is not a session store of a known version.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>, Failure> {
        Ok(self.0.read::<Content>()?.sessions)
    }

    /// Makes sure, before anything is sent, that a session could be stored.
    ///
    /// # Errors
    /// If the store cannot be read, or not be written.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        self.0.check::<Content>()
    }

    /// Adds an entry, in place of the one of the same broker and user.
    ///
    /// # Errors
    /// If the store cannot be read or written; it is then as it was.
    pub(crate) fn put(&self, entry: Entry) -> Result<(), Failure> {
        self.0.change(|content: &mut Content| {
            content.sessions.retain(|known| !known.is_of_same_user(&entry));
            content.sessions.push(entry);
        })
    }

    /// Removes an entry, unless another session of the same user has taken its place since it was read.
    ///
    /// # Errors
    /// If the store cannot be read or written; it is then as it was.
    pub(crate) fn remove(&self, entry: &Entry) -> Result<(), Failure> {
        self.0.change(|content: &mut Content| {
            let is_it = |known: &Entry| known.is_of_same_user(entry) && known.stored_at == entry.stored_at;
            content.sessions.retain(|known| !is_it(known));
        })
    }
}

fn default_path() -> Result<PathBuf, Failure> {
    let strategy = etcetera::choose_base_strategy().map_err(|_| {
        Failure::config("there is no home directory to keep the session store in. Name it with --store.")
    })?;
    let state = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    Ok(state.join("broker-session").join("sessions.json"))
}
