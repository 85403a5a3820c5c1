//! A store whose entries only those can read who have a key.

use std::sync::Arc;

use aws_lc_rs::{
    aead::{Aad, NONCE_LEN, Nonce},
    digest::{Context, SHA256},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use broker_session_runtime::Secret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{EncryptionKeys, Entry, Key, Store, StoreError, StoreFuture, Version, encryption_key::hex};

/// What the names of entries begin with.
const PREFIX: &str = "sealed/";

/// How many bytes of a digest name an entry.
const NAME_BYTES: usize = 16;

/// The length of the tag at the end of what is encrypted, in bytes.
const TAG_BYTES: usize = 16;

/// Keeps entries in another store, encrypted.
///
/// Values are encrypted with AES-256-GCM, each with a random nonce. The broker, the user and the version are authenticated,
/// so that an entry counts nowhere else and in no other version. What is not encrypted, was changed, or needs a key that is
/// not there is an error, never an absent entry.
///
/// Who can read the other store sees how many entries there are, how long they are, when they change and when they expire.
/// Names of users and brokers are replaced by digests. A digest needs no key, because keys are replaced; so it hides a user
/// only from those who cannot guess the name. Who can write to the other store can remove an entry, or put back an older one
/// as a whole.
///
/// [`Store::keys`] lists the digests, and they can be used as keys.
///
/// ```
/// use std::sync::Arc;
/// use broker_session::store::{EncryptedStore, EncryptionKey, EncryptionKeys, MemoryStore, check_contract};
///
/// let keys = EncryptionKeys::new(EncryptionKey::random()?);
/// let store = EncryptedStore::new(Arc::new(MemoryStore::new()), keys);
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// check_contract(Arc::new(store)).await
/// # })?;
/// # Ok::<(), broker_session::store::StoreError>(())
/// ```
#[derive(Clone, Debug)]
pub struct EncryptedStore {
    inner: Arc<dyn Store>,
    keys: Arc<EncryptionKeys>,
}

/// The value of an entry in the other store.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    /// The name of the encryption key.
    key: String,
    nonce: String,
    sealed: String,
}

impl EncryptedStore {
    /// Keeps entries in `inner`, encrypted with these keys.
    pub fn new(inner: Arc<dyn Store>, keys: impl Into<EncryptionKeys>) -> Self {
        Self { inner, keys: Arc::new(keys.into()) }
    }

    fn seal(&self, name: &Key, version: Version, value: &Secret) -> Result<Secret, StoreError> {
        let failed = |_| StoreError::new("the entry cannot be encrypted");
        let key = self.keys.current();
        let mut nonce = [0; NONCE_LEN];
        aws_lc_rs::rand::fill(&mut nonce).map_err(failed)?;
        // Room for the tag, so that no copy of the value is left behind.
        let mut buffer = Zeroizing::new(Vec::with_capacity(value.expose().len() + TAG_BYTES));
        buffer.extend_from_slice(value.expose().as_bytes());
        key.cipher()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(authenticated(name, version)),
                &mut *buffer,
            )
            .map_err(failed)?;
        let sealed = Sealed {
            key: key.id().to_owned(),
            nonce: STANDARD.encode(nonce),
            sealed: STANDARD.encode(buffer.as_slice()),
        };
        let sealed = serde_json::to_string(&sealed);
        sealed.map(Secret::new).map_err(|_| StoreError::new("the entry cannot be encrypted"))
    }

    fn open(&self, name: &Key, entry: Entry) -> Result<Entry, StoreError> {
        let error = |what: String, hint: &str| {
            let (name, location) = (name.as_str(), self.inner.location());
            StoreError::new(format!("the entry `{name}` in {location} {what}")).with_hint(hint)
        };
        // Errors of serde_json may quote what they found, which may not be encrypted.
        let not_sealed = || {
            error(
                "is not encrypted as it must be".to_owned(),
                "The program that wrote it has no encryption key: give the key to every program that uses this store, or remove \
                 the entry.",
            )
        };
        let sealed: Sealed = serde_json::from_str(entry.value.expose()).map_err(|_| not_sealed())?;
        let Some(key) = self.keys.find(&sealed.key) else {
            let what = if is_id(&sealed.key) {
                format!("is encrypted with the key {}, which is not there", sealed.key)
            } else {
                "is encrypted with an unknown key".to_owned()
            };
            return Err(error(
                what,
                "Give this program that key, too, as an older one; or remove the entry and sign in again.",
            ));
        };
        let nonce = STANDARD.decode(&sealed.nonce).ok();
        let nonce = nonce.and_then(|nonce| Nonce::try_assume_unique_for_key(&nonce).ok());
        let nonce = nonce.ok_or_else(not_sealed)?;
        let mut buffer = STANDARD.decode(&sealed.sealed).map(Zeroizing::new).map_err(|_| not_sealed())?;
        let value =
            key.cipher()?.open_in_place(nonce, Aad::from(authenticated(name, entry.version)), &mut buffer);
        let value = value.ok().and_then(|value| std::str::from_utf8(value).ok());
        let value = value.ok_or_else(|| {
            error(
                "was changed, or belongs to another user or version".to_owned(),
                "Find out who can write to this store; then remove the entry and sign in again.",
            )
        })?;
        Ok(Entry::new(entry.version, value, entry.expires_at))
    }
}

impl Store for EncryptedStore {
    fn get<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, Option<Entry>> {
        Box::pin(async {
            let name = sealed_key(key);
            let entry = self.inner.get(&name).await?;
            entry.map(|entry| self.open(&name, entry)).transpose()
        })
    }

    fn put_if<'a>(&'a self, key: &'a Key, expected: Option<Version>, entry: Entry) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let name = sealed_key(key);
            // A program without the key would go on with its own entry, and this one with another.
            if expected.is_none() && name != *key && self.inner.get(key).await?.is_some() {
                let (key, location) = (key.as_str(), self.inner.location());
                return Err(StoreError::new(format!("there is an entry `{key}` in {location} that is not encrypted"))
                    .with_hint(
                        "Sign out with the program that wrote it, or remove the entry; then give the encryption key to \
                         every program that uses this store.",
                    ));
            }
            let value = self.seal(&name, entry.version, &entry.value)?;
            self.inner.put_if(&name, expected, Entry::new(entry.version, value, entry.expires_at)).await
        })
    }

    fn remove_if<'a>(&'a self, key: &'a Key, version: Version) -> StoreFuture<'a, bool> {
        Box::pin(async move { self.inner.remove_if(&sealed_key(key), version).await })
    }

    fn keys(&self) -> StoreFuture<'_, Vec<Key>> {
        Box::pin(async {
            let mut names = self.inner.keys().await?;
            // Others are not encrypted, and cannot be read through this store.
            names.retain(is_name);
            Ok(names)
        })
    }

    fn may_lose_entries(&self) -> bool {
        self.inner.may_lose_entries()
    }

    fn location(&self) -> String {
        format!("{}, encrypted", self.inner.location())
    }
}

/// The key in the other store: a digest, or the key itself where it is one already.
pub(crate) fn sealed_key(key: &Key) -> Key {
    if is_name(key) {
        return key.clone();
    }
    let mut context = Context::new(&SHA256);
    context.update(b"broker-session entry name 1\0");
    context.update(key.as_str().as_bytes());
    Key::new(format!("{PREFIX}{}", hex(context.finish().as_ref(), NAME_BYTES)))
}

fn is_name(key: &Key) -> bool {
    let digits = key.as_str().strip_prefix(PREFIX).unwrap_or_default();
    digits.len() == 2 * NAME_BYTES && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_id(id: &str) -> bool {
    id.len() == 8 && id.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// What an entry is bound to, besides its key: its place and its version.
fn authenticated(name: &Key, version: Version) -> String {
    format!("broker-session entry 1\0{}\0{version}", name.as_str())
}
