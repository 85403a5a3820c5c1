//! The session store: which of the library's it is, and how it is opened.
//!
//! Sessions are in one place for all who share it: a file, a file whose key is in the keyring of the operating system, or
//! Redis. The other files of the program stand beside the file, or in the platform's place for state.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use broker_session::{
    SharedSession,
    shared_session::StoredSession,
    store::{EncryptedStore, EncryptionKey, EncryptionKeys, FileStore, Store, StoreError},
    url::Url,
};
use etcetera::BaseStrategy;
use serde::Deserialize;

use crate::{
    Context,
    config::Config,
    failure::Failure,
    private_file::{self, FileKind, PrivateFile},
    secrets::with_secrets,
};

const PASSWORD: &str = "BROKER_SESSION_STORE_PASSWORD";
const KEY: &str = "BROKER_SESSION_STORE_KEY";
const OLD_KEY: &str = "BROKER_SESSION_STORE_OLD_KEY";
const ROOT_CERTIFICATES: &str = "BROKER_SESSION_STORE_ROOT_CERTIFICATES";

/// The variables of a store, for the help.
pub(crate) const VARIABLES: [(&str, &str); 4] = [
    (PASSWORD, "The password of Redis."),
    (KEY, "The key to encrypt with: `openssl rand -base64 32`."),
    (OLD_KEY, "The key before that one, to read with."),
    (ROOT_CERTIFICATES, "Certificates to trust at Redis, a PEM file."),
];

/// The name of a store that stands in the keyring.
const KEYRING: &str = "keyring:";

with_secrets! {
/// The settings of a profile.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    location: Option<String>,
    root_certificates: Option<PathBuf>,
    allow_plain: bool,
}
secrets [serde(default)] {
    PASSWORD => password_file, password_command;
    KEY => key_file, key_command, like "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    OLD_KEY => old_key_file, old_key_command, like "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
}
}

/// Which store it is.
#[derive(Debug)]
enum Location {
    File(PathBuf),
    /// A file whose encryption key is in the keyring.
    Keyring(PathBuf),
    Redis(String),
}

impl Location {
    /// The store that options, variables and profile name, in this order.
    fn of(config: &Config, context: &Context) -> Result<Self, Failure> {
        if let Some(given) = &context.general.store {
            return Self::read(given, Path::to_owned);
        }
        match &config.profile.store.location {
            Some(location) => {
                let beside_config = |path: &Path| config.path(Some(&path.to_owned())).unwrap_or_default();
                Self::read(Path::new(location), beside_config)
            }
            None => default_directory().map(|directory| Self::File(directory.join("sessions.json"))),
        }
    }

    fn read(location: &Path, path: impl Fn(&Path) -> PathBuf) -> Result<Self, Failure> {
        let text = location.to_str().unwrap_or_default();
        if let Some(rest) = text.strip_prefix(KEYRING) {
            return Ok(Self::Keyring(match rest {
                "" => default_directory()?.join("sessions.sealed.json"),
                rest => path(Path::new(rest)),
            }));
        }
        if !text.contains("://") {
            return Ok(Self::File(path(location)));
        }
        if Url::parse(text).is_ok_and(|url| url.password().is_some()) {
            return Err(Failure::config(format!(
                "the URL of the session store has a password in it, which everybody on this machine could read. Nothing was sent. Leave it out of the URL, and set {PASSWORD} (or {PASSWORD}_FILE, or {PASSWORD}_COMMAND, or one of their keys in the profile)."
            )));
        }
        if text.starts_with("redis://") || text.starts_with("rediss://") {
            return Ok(Self::Redis(text.to_owned()));
        }
        Err(Failure::config(
            "the session store is a URL that begins neither with redis:// nor with rediss://. Name a path, `keyring:`, or such a URL with --store.",
        ))
    }

    /// The file that it is in, if it is in one.
    fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) | Self::Keyring(path) => Some(path),
            Self::Redis(_) => None,
        }
    }
}

impl Settings {
    /// Whether the profile says where it is.
    pub(crate) fn names_location(&self) -> bool {
        self.location.is_some()
    }
}

/// The file that it is in, if it is in one.
///
/// # Errors
/// If the setting cannot be used.
pub(crate) fn path(config: &Config, context: &Context) -> Result<Option<PathBuf>, Failure> {
    Ok(Location::of(config, context)?.path().map(Path::to_owned))
}

/// Looks whether it could be opened. Nothing is changed or reached, and no keyring is unlocked.
///
/// # Errors
/// If a setting cannot be used, or if a plain file is something else.
pub(crate) async fn check(config: &Config, context: &Context) -> Result<(), Failure> {
    let location = Location::of(config, context)?;
    keys(config, &location).await?;
    match location {
        // To open one that others can read would take that away.
        Location::File(path) if path.is_file() && private_file::is_exposed(&path) => Ok(()),
        Location::File(path) => FileStore::open(path).map(drop).map_err(unusable),
        Location::Redis(url) => redis(url, config).await.map(drop),
        #[cfg(feature = "keyring")]
        Location::Keyring(_) => Ok(()),
        #[cfg(not(feature = "keyring"))]
        Location::Keyring(_) => Err(not_built("keyring")),
    }
}

/// There must be one key.
fn two_keys() -> Failure {
    Failure::config(format!(
        "both {KEY} and a store with its key in the keyring are set, and only one key can be used. Leave out the key, or name the path of the store alone."
    ))
}

fn old_key_alone() -> Failure {
    Failure::config(format!(
        "there is an older key of the session store, and none to encrypt with. Set {KEY} as well, or leave out {OLD_KEY}."
    ))
}

fn default_directory() -> Result<PathBuf, Failure> {
    let strategy = etcetera::choose_base_strategy().map_err(|_| {
        Failure::config("there is no home directory to keep the session store in. Name it with --store.")
    })?;
    let state = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    Ok(state.join("broker-session"))
}

/// A file of the program's own besides the store.
///
/// # Errors
/// If the store has the name of this file, or if it is no file.
pub(crate) fn beside(
    config: &Config,
    context: &Context,
    name: &str,
    kind: FileKind,
) -> Result<PrivateFile, Failure> {
    PrivateFile::open(path_beside(config, context, name, kind.name)?, kind, context.output)
}

/// Where a file of the program's own is: beside the store, or in the platform's place for state. `what` is its name in
/// messages.
///
/// # Errors
/// If the store has the name of this file.
pub(crate) fn path_beside(
    config: &Config,
    context: &Context,
    name: &str,
    what: &str,
) -> Result<PathBuf, Failure> {
    let location = Location::of(config, context)?;
    match location.path() {
        Some(store) if store.file_name().is_some_and(|own| own == name) => Err(Failure::config(format!(
            "`{}` is the name of the {what}, so it cannot be that of the session store. Name another one with --store.",
            store.display(),
        ))),
        Some(store) => Ok(store.with_file_name(name)),
        None => Ok(default_directory()?.join(name)),
    }
}

/// The session store.
#[derive(Debug)]
pub(crate) struct SessionStore {
    store: Arc<dyn Store>,
    file: Option<FileStore>,
}

impl SessionStore {
    /// Opens the store that the settings name. Redis is reached at its first use.
    ///
    /// # Errors
    /// If a setting cannot be used; `Store` if there is something else in its place.
    pub(crate) async fn open(config: &Config, context: &Context) -> Result<Self, Failure> {
        let location = Location::of(config, context)?;
        let keys = keys(config, &location).await?;
        let (store, file): (Arc<dyn Store>, _) = match location {
            Location::File(path) => {
                let file = FileStore::open(path).map_err(unusable)?;
                if file.was_exposed() {
                    context.output.note(&format!(
                        "warning: the session store `{}` could be read by others; now it cannot. If others use this machine, sign out and in again.",
                        file.path().display()
                    ));
                }
                (Arc::new(file.clone()), Some(file))
            }
            Location::Keyring(path) => (in_keyring(&path).await?, None),
            Location::Redis(url) => (redis(url, config).await?, None),
        };
        let store = match keys {
            Some(keys) => Arc::new(EncryptedStore::new(store, keys)),
            None => store,
        };
        Ok(Self { store, file })
    }

    /// The store, for the library.
    pub(crate) fn shared(&self) -> Arc<dyn Store> {
        self.store.clone()
    }

    /// Where it is, for people to read.
    pub(crate) fn location(&self) -> String {
        self.store.location()
    }

    /// Makes sure that a session could be written to a file, before a person is asked for anything. The other stores are
    /// written to before anything is sent.
    pub(crate) async fn check(&self) -> Result<(), Failure> {
        let Some(file) = self.file.clone() else { return Ok(()) };
        // It waits for the lock of the file, and signals must be heard meanwhile.
        let checked = tokio::task::spawn_blocking(move || file.check()).await;
        checked.map_err(|error| Failure::other(error.to_string()))?.map_err(unusable)
    }

    /// All sessions, also those that are over.
    pub(crate) async fn sessions(&self) -> Result<Vec<StoredSession>, Failure> {
        Ok(SharedSession::list(&*self.store).await?)
    }
}

/// The sessions of a store that is a plain file of its owner's alone, without a secret, a keyring or a server. None of any
/// other store. Nothing is changed or reported: a file that others can read is left to the next command, which warns.
pub(crate) async fn sessions_at_hand(config: &Config, context: &Context) -> Option<Vec<StoredSession>> {
    let Location::File(path) = Location::of(config, context).ok()? else { return None };
    if private_file::is_exposed(&path) {
        return None;
    }
    SharedSession::list(&FileStore::open(path).ok()?).await.ok()
}

fn unusable(error: StoreError) -> Failure {
    broker_session::Error::from(error).into()
}

/// A mistake in the settings, with what else is known of it. Nothing was reached yet.
fn wrong(error: &StoreError, note: &str) -> Failure {
    let hint = error.hint().map(|hint| format!(" {hint}")).unwrap_or_default();
    Failure::config(format!("{error}. {note}Nothing was sent.{hint}"))
}

/// The keys to encrypt with, if one is set.
async fn keys(config: &Config, location: &Location) -> Result<Option<EncryptionKeys>, Failure> {
    let is_set = |variable| config.secret(variable).place().is_some();
    if matches!(location, Location::Keyring(_)) && is_set(KEY) {
        return Err(two_keys());
    }
    if is_set(OLD_KEY) && !is_set(KEY) {
        return Err(old_key_alone());
    }
    let key = async |variable| -> Result<Option<EncryptionKey>, Failure> {
        let Some(text) = config.secret(variable).read().await? else { return Ok(None) };
        EncryptionKey::from_base64(&text)
            .map(Some)
            .map_err(|error| wrong(&error, &format!("It is set as {variable}. ")))
    };
    let (key, old) = (key(KEY).await?, key(OLD_KEY).await?);
    Ok(key.map(|key| old.into_iter().fold(EncryptionKeys::new(key), EncryptionKeys::also)))
}

#[cfg(feature = "keyring")]
async fn in_keyring(path: &Path) -> Result<Arc<dyn Store>, Failure> {
    let store = broker_session::store::keyring::open(path).await.map_err(unusable)?;
    Ok(Arc::new(store))
}

#[cfg(not(feature = "keyring"))]
async fn in_keyring(_: &Path) -> Result<Arc<dyn Store>, Failure> {
    Err(not_built("keyring"))
}

#[cfg(feature = "redis")]
async fn redis(url: String, config: &Config) -> Result<Arc<dyn Store>, Failure> {
    use crate::{network::read, settings::variable};
    let settings = &config.profile.store;
    let mut builder = broker_session::store::RedisStore::builder(url);
    if let Some(password) = config.secret(PASSWORD).read().await? {
        builder = builder.password(password);
    }
    let given = variable(ROOT_CERTIFICATES)?.map(PathBuf::from);
    if let Some(path) = given.or_else(|| config.path(settings.root_certificates.as_ref())) {
        builder = builder.root_certificates(read("root certificates of the session store", &path)?);
    }
    if settings.allow_plain {
        builder = builder.allow_plain();
    }
    Ok(Arc::new(builder.build().map_err(|error| wrong(&error, ""))?))
}

#[cfg(not(feature = "redis"))]
async fn redis(_: String, _: &Config) -> Result<Arc<dyn Store>, Failure> {
    Err(not_built("redis"))
}

#[cfg(any(not(feature = "keyring"), not(feature = "redis")))]
fn not_built(feature: &str) -> Failure {
    Failure::config(format!(
        "this program was built without stores of this kind. Name another one with --store, or install the program with the feature `{feature}`: cargo install --locked --path crates/cli --features {feature}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_a_path_the_keyring_or_redis() {
        let read = |text: &str| Location::read(Path::new(text), |path| Path::new("/base").join(path));
        for (text, expected) in [
            ("a/b.json", "File(\"/base/a/b.json\")"),
            ("/a/b.json", "File(\"/a/b.json\")"),
            ("keyring:c.json", "Keyring(\"/base/c.json\")"),
            ("rediss://user@redis.example:1/2", "Redis(\"rediss://user@redis.example:1/2\")"),
        ] {
            assert_eq!(format!("{:?}", read(text).unwrap()), expected);
        }
        for text in
            ["redis://user:hunter2@h", "rediss://:hunter2@h/0", "postgres://u:hunter2@h", "http://hunter2"]
        {
            let message = read(text).unwrap_err().to_string();
            assert!(!message.contains("hunter2"), "{message}");
            assert_eq!(message.contains(PASSWORD), text.contains('@'), "{message}");
        }
    }
}
