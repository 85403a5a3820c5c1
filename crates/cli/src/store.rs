//! The session store: one JSON file with the sessions of all brokers and users.
//!
//! It holds session tokens, so only its owner can read it.

use std::path::{Path, PathBuf};

use broker_session::SavedSession;
use etcetera::BaseStrategy;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    brokers::Broker,
    failure::Failure,
    output::Output,
    private_file::{Kind, PrivateFile},
    setting,
};

const KIND: Kind = Kind { name: "session store", version: 2, if_seen: "sign out and in again." };

/// One stored session.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// The profile that it was begun with.
    pub(crate) profile: String,
    /// When it was stored.
    pub(crate) stored_at: Timestamp,
    /// Whether its host was not allowed when it began. Nothing was sent there, and it waits for somebody to allow it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) pending: bool,
    /// The session, and which broker's it is.
    pub(crate) session: SavedSession,
}

impl Entry {
    /// Whether it is a session with this broker.
    pub(crate) fn is_of(&self, broker: &Broker) -> bool {
        self.session.broker() == broker.name
    }

    /// When the session ends at the latest, in the broker's own time zone; nothing if that is not known.
    pub(crate) fn end(&self) -> Option<String> {
        Some(self.session.expires_at()?.strftime("%Y-%m-%d %H:%M:%S %:z").to_string())
    }

    /// What scripts are told of it.
    pub(crate) fn members(&self) -> Map<String, Value> {
        let session = &self.session;
        let time = |time: Option<Timestamp>| json!(time.map(|time| time.to_string()));
        [
            ("broker", json!(session.broker())),
            ("user", json!(session.user())),
            ("base_url", json!(session.base_url())),
            ("profile", json!(self.profile)),
            ("login_time", time(session.login_time())),
            ("expires_at", time(session.expires_at().map(Zoned::timestamp))),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }

    /// A broker that does not say whose session it is still has but one at a place.
    fn is_of_same_user(&self, other: &Self) -> bool {
        let (session, other) = (&self.session, &other.session);
        session.broker() == other.broker()
            && match (session.user(), other.user()) {
                (Some(user), Some(other)) => user == other,
                _ => session.base_url() == other.base_url(),
            }
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
        let path = match setting::path(path.map(Path::to_owned), "BROKER_SESSION_STORE", None)? {
            Some(path) => path,
            None => default_path()?,
        };
        PrivateFile::open(path, KIND, output).map(Self)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// A further file, beside it.
    ///
    /// # Errors
    /// If the path is not that of a file.
    pub(crate) fn beside(&self, name: &str, kind: Kind) -> Result<PrivateFile, Failure> {
        self.0.beside(name, kind)
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

/// The text of a store, read and written again without a file.
///
/// # Errors
/// If it is no session store of a known version.
pub(crate) fn rewritten(text: &str) -> Result<String, Failure> {
    let file = PrivateFile::open(PathBuf::from("sessions.json"), KIND, Output::new(true))?;
    let content: Content = file.parse(text)?;
    file.encode(content).map(|text| text.to_string())
}

fn default_path() -> Result<PathBuf, Failure> {
    let strategy = etcetera::choose_base_strategy().map_err(|_| {
        Failure::config("there is no home directory to keep the session store in. Name it with --store.")
    })?;
    let state = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    Ok(state.join("broker-session").join("sessions.json"))
}
