//! An encryption key in the operating system's keyring.
//!
//! Keyrings limit the size of what they keep, and are made for a few passwords. So they have the key of a store, and the
//! entries are in a file. The keyring is the keychain of macOS, the Credential Manager of Windows, and the Secret Service
//! (GNOME Keyring, KWallet, KeePassXC) elsewhere.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use ::keyring::{Entry, Error};
use broker_session_runtime::Secret;
use tokio::{sync::oneshot, task::spawn_blocking, time::timeout};

use super::{EncryptedStore, EncryptionKey, FileStore, StoreError};
use crate::LockedFile;

/// Under which name of a program the keys are kept.
const SERVICE: &str = "broker-session";

/// How long each call of the keyring may take. A locked one waits for a person.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// A store in a file, encrypted with a key in the keyring. The first program that opens it makes the key. It belongs to the
/// path of the file: a file that was moved needs [`FileStore`] and [`EncryptedStore`] with the key of its old path.
///
/// # Errors
/// As of [`FileStore::open`] and [`encryption_key`].
pub async fn open(path: impl Into<PathBuf>) -> Result<EncryptedStore, StoreError> {
    let path = path.into();
    let file = spawn_blocking(move || FileStore::open(path)).await;
    let file = file.map_err(|error| StoreError::new("the store cannot be opened").caused_by(error))??;
    let key = encryption_key(&file.path().to_string_lossy(), file.path()).await?;
    Ok(EncryptedStore::new(Arc::new(file), key))
}

/// The key that the keyring has for an account of the service `broker-session`. If it has none, one is made and kept.
/// Programs that ask for the same account at the same time must name the same file: beside it is their lock, with the ending
/// `.keyring.lock`, so that all get one key.
///
/// Each call of the keyring takes 10 seconds at most.
///
/// # Errors
/// If there is no keyring, if it stays locked, or if it has something else for the account. If a process had no keyring when
/// it first asked, it has none until it ends.
pub async fn encryption_key(account: &str, file: &Path) -> Result<EncryptionKey, StoreError> {
    if let Some(key) = read(account).await? {
        return Ok(key);
    }
    let mut lock = file.as_os_str().to_owned();
    lock.push(".keyring");
    let lock = PathBuf::from(lock);
    let locked = spawn_blocking(move || LockedFile::open(&lock)).await.map_err(Into::into);
    let _locked = locked.and_then(|locked| locked).map_err(|error: std::io::Error| {
        StoreError::new(format!("the key for {} cannot be made", file.display())).caused_by(error)
    })?;
    // Another program may have made it meanwhile.
    if let Some(key) = read(account).await? {
        return Ok(key);
    }
    let key = EncryptionKey::random()?.to_base64();
    call(account, move |entry| entry.set_password(key.expose())).await?;
    // What counts is what everybody reads from now on.
    read(account).await?.ok_or_else(|| {
        StoreError::new("the keyring has not kept the encryption key").with_hint(
            "Look for its collection `default` or `login`, or use a store with a key from a file or the environment.",
        )
    })
}

async fn read(account: &str) -> Result<Option<EncryptionKey>, StoreError> {
    let found = call(account, |entry| match entry.get_password() {
        Ok(key) => Ok(Some(Secret::new(key))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    });
    found.await?.map(|key| EncryptionKey::from_base64(&key)).transpose()
}

/// Calls the keyring on a thread of its own. The runtime would wait for one of its own threads when it ends, and a locked
/// keyring may wait for ever.
async fn call<T: Send + 'static>(
    account: &str,
    work: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
) -> Result<T, StoreError> {
    let account = account.to_owned();
    let (sender, receiver) = oneshot::channel();
    let call = move || {
        // Nobody waits any more, if it cannot be sent.
        let _ =
            sender.send(Entry::new(SERVICE, &account).and_then(|entry| work(&entry)).map_err(|e| failed(&e)));
    };
    thread::Builder::new()
        .name("keyring".to_owned())
        .spawn(call)
        .map_err(|error| StoreError::new("the keyring cannot be asked").caused_by(error))?;
    match timeout(TIME_LIMIT, receiver).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(StoreError::new("the keyring could not be asked")),
        Err(_) => Err(StoreError::new(format!("the keyring did not respond within {TIME_LIMIT:?}")).with_hint(
            "It is probably locked and waits for a person: unlock it and try again. Where nobody can do that, use a store \
             with a key from a file or the environment.",
        )),
    }
}

/// What an error means. It is not kept itself, because some hold what was found in the keyring.
fn failed(error: &Error) -> StoreError {
    match error {
        Error::NoDefaultStore => {
            let reason = Entry::store_status().as_ref().err().map(ToString::to_string).unwrap_or_default();
            StoreError::new(format!("there is no keyring: {reason}")).with_hint(
                "On Linux it is the Secret Service on the session bus of D-Bus, which a desktop session has. Elsewhere \
                 start one, for instance with `dbus-run-session` and `gnome-keyring-daemon`, or use a store with a key from \
                 a file or the environment.",
            )
        }
        Error::NoStorageAccess(reason) => StoreError::new(format!("the keyring gives no access: {reason}"))
            .with_hint("Unlock it, and let this program use it."),
        Error::PlatformFailure(reason) => StoreError::new(format!("the keyring failed: {reason}")),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            StoreError::new("the keyring has something else than an encryption key for this store")
                .with_hint("Remove what it has for the service `broker-session`.")
        }
        Error::Ambiguous(_) => StoreError::new("the keyring has several encryption keys for this store")
            .with_hint("Remove all but the right one for the service `broker-session`."),
        Error::TooLong(..)
        | Error::Invalid(..)
        | Error::NotSupportedByStore(_)
        | Error::BadStoreFormat(_) => StoreError::new(format!("the keyring cannot keep the key: {error}")),
        _ => StoreError::new("the keyring failed"),
    }
}
