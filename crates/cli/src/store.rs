//! The session store: one JSON file with the sessions of all brokers and users. And `session show`, which reads it.
//!
//! The file holds session tokens, so only its owner can read it.

use std::path::{Path, PathBuf};

use broker_session::SavedSession;
use etcetera::BaseStrategy;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    Context,
    brokers::Broker,
    failure::Failure,
    output::{Output, printable},
    private_file::{FileKind, PrivateFile},
};

const KIND: FileKind = FileKind { name: "session store", version: 2, if_seen: "sign out and in again." };

/// One stored session.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// The profile of the sign-in.
    pub(crate) profile: String,
    /// When it was stored.
    pub(crate) stored_at: Timestamp,
    /// Whether its host was not allowed at the sign-in. Nothing was sent there, and it waits for the user to allow it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) pending: bool,
    /// The session, with the name of its broker.
    pub(crate) session: SavedSession,
}

impl Entry {
    /// Whether it is a session with this broker.
    pub(crate) fn is_of(&self, broker: &Broker) -> bool {
        self.session.broker() == broker.name
    }

    /// The user, if the broker has named one.
    pub(crate) fn user(&self) -> Option<&str> {
        Some(self.session.user()).filter(|user| !user.is_empty())
    }

    /// When the session ends at the latest, in the broker's own time zone, if that is known.
    pub(crate) fn end(&self) -> Option<String> {
        Some(self.session.expires_at()?.strftime("%Y-%m-%d %H:%M:%S %:z").to_string())
    }

    /// The fields that scripts get, the same for every broker.
    pub(crate) fn fields(&self) -> Map<String, Value> {
        let session = &self.session;
        let time = |time: Option<Timestamp>| json!(time.map(|time| time.to_string()));
        [
            ("broker", json!(session.broker())),
            ("user", json!(self.user())),
            ("base_url", json!(session.base_url())),
            ("profile", json!(self.profile)),
            ("login_time", time(session.login_time())),
            ("expires_at", time(session.expires_at().map(Zoned::timestamp))),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }

    /// A broker that does not name the user has only one session at a base URL, for each profile.
    fn is_of_same_user(&self, other: &Self) -> bool {
        let (session, others) = (&self.session, &other.session);
        session.broker() == others.broker()
            && match (self.user(), other.user()) {
                (Some(user), Some(other)) => user == other,
                _ => session.base_url() == others.base_url() && self.profile == other.profile,
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
    pub(crate) fn open(path: Option<PathBuf>, output: Output) -> Result<Self, Failure> {
        let path = path.map_or_else(default_path, Ok)?;
        PrivateFile::open(path, KIND, output).map(Self)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// A further file, beside it.
    pub(crate) fn beside(&self, name: &str, kind: FileKind) -> Result<PrivateFile, Failure> {
        self.0.beside(name, kind)
    }

    /// All entries; none if there is no file yet.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>, Failure> {
        Ok(self.0.read::<Content>()?.sessions)
    }

    /// Makes sure, before anything is sent, that a session could be stored.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        self.0.check::<Content>()
    }

    /// Adds an entry, in place of the one of the same broker and user.
    pub(crate) fn put(&self, entry: Entry) -> Result<(), Failure> {
        self.0.change(|content: &mut Content| {
            content.sessions.retain(|known| !known.is_of_same_user(&entry));
            content.sessions.push(entry);
        })
    }

    /// Removes an entry, unless another session of the same user has taken its place since it was read.
    pub(crate) fn remove(&self, entry: &Entry) -> Result<(), Failure> {
        self.0.change(|content: &mut Content| {
            let is_it = |known: &Entry| known.is_of_same_user(entry) && known.stored_at == entry.stored_at;
            content.sessions.retain(|known| !is_it(known));
        })
    }
}

/// A store that is read and written again without a file.
pub(crate) fn rewritten(text: &str) -> Result<String, Failure> {
    let file = PrivateFile::open(PathBuf::from("sessions.json"), KIND, Output::new(true))?;
    let content: Content = file.parse(text)?;
    file.encode(content).map(|text| text.expose().to_owned())
}

fn default_path() -> Result<PathBuf, Failure> {
    let strategy = etcetera::choose_base_strategy().map_err(|_| {
        Failure::config("there is no home directory to keep the session store in. Name it with --store.")
    })?;
    let state = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    Ok(state.join("broker-session").join("sessions.json"))
}

/// `session show`: shows what is stored, without secrets: of all profiles, or of the named one. Nothing is sent.
///
/// # Errors
/// If the store cannot be read, or if there is nothing of the named profile and no such profile either.
pub(crate) fn show(context: &Context) -> Result<(), Failure> {
    let store = context.store()?;
    let mut entries = store.entries()?;
    let path = store.path().display();
    let mut none = format!("There is no session in {path}.");
    if let Some(named) = &context.general.profile {
        let mut others: Vec<String> = entries.iter().map(|entry| printable(&entry.profile)).collect();
        others.sort();
        others.dedup();
        entries.retain(|entry| entry.profile == *named);
        if entries.is_empty() {
            // The failure of a mistyped name lists the profiles that there are.
            context.config()?;
            none = format!("There is no session of the profile {} in {path}.", printable(named));
            if !others.is_empty() {
                none.push_str(&format!(" There are sessions of: {}.", others.join(", ")));
            }
        }
    }
    let sessions: Vec<Value> = entries.iter().map(object).collect();
    let shown: Vec<String> = entries.iter().map(lines).collect();
    let text = if shown.is_empty() { none } else { shown.join("\n") };
    context.output.result(&json!({ "sessions": sessions }), &text)
}

fn object(entry: &Entry) -> Value {
    let mut object = entry.fields();
    object.insert("expired".to_owned(), json!(entry.session.is_expired()));
    object.insert("pending".to_owned(), json!(entry.pending));
    object.insert("stored_at".to_owned(), json!(entry.stored_at.to_string()));
    Value::Object(object)
}

fn lines(entry: &Entry) -> String {
    let session = &entry.session;
    let login_time = session.login_time().map_or_else(|| "unknown".to_owned(), |time| time.to_string());
    let end = match (entry.end(), session.is_expired()) {
        (Some(end), true) => format!("over since {end}"),
        (Some(end), false) => format!("ends at {end} at the latest"),
        (None, _) => "its end is not known".to_owned(),
    };
    let waits = "\n  nobody has allowed its host yet: sign in with --allow-host to take it up, if the host is the broker's";
    let end = if entry.pending { end + waits } else { end };
    format!(
        "{} as {} at {}\n  {end}\n  profile {}, login time {login_time}, stored at {}",
        printable(session.broker()),
        printable(entry.user().unwrap_or("an unknown user")),
        printable(session.base_url()),
        printable(&entry.profile),
        entry.stored_at
    )
}
