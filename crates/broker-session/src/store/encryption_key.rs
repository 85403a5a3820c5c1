//! The keys of an encrypted store.

use std::fmt;

use aws_lc_rs::{
    aead::{AES_256_GCM, LessSafeKey, UnboundKey},
    digest::{Context, SHA256},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use broker_session_runtime::Secret;
use zeroize::Zeroizing;

use super::StoreError;

/// The length of a key, in bytes.
const LENGTH: usize = 32;

/// What a person can do to have a key.
const HOW_TO_MAKE: &str = "A key is 32 random bytes in Base64: make one with `openssl rand -base64 32`.";

/// A key for AES-256-GCM. Its memory is overwritten when it is dropped.
#[derive(Clone)]
pub struct EncryptionKey {
    bytes: Zeroizing<[u8; LENGTH]>,
    id: String,
}

impl EncryptionKey {
    /// A new key from the system's random numbers.
    ///
    /// # Errors
    /// If the system has none.
    pub fn random() -> Result<Self, StoreError> {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        aws_lc_rs::rand::fill(&mut *bytes)
            .map_err(|_| StoreError::new("the system has no random numbers for a key"))?;
        Ok(Self::new(bytes))
    }

    /// A key of 32 bytes in standard Base64, as `openssl rand -base64 32` prints it. White space around it does not matter.
    ///
    /// # Errors
    /// If it is something else; the error says how to make a key.
    pub fn from_base64(key: &Secret) -> Result<Self, StoreError> {
        let unusable = |what: String| {
            StoreError::new(format!("the encryption key cannot be used: {what}")).with_hint(HOW_TO_MAKE)
        };
        let decoded = STANDARD.decode(key.expose().trim()).map(Zeroizing::new);
        // The error would name a character.
        let decoded = decoded.map_err(|_| unusable("it is not standard Base64".to_owned()))?;
        let mut bytes = Zeroizing::new([0; LENGTH]);
        if decoded.len() != LENGTH {
            return Err(unusable(format!("it has {} bytes instead of {LENGTH}", decoded.len())));
        }
        bytes.copy_from_slice(&decoded);
        Ok(Self::new(bytes))
    }

    fn new(bytes: Zeroizing<[u8; LENGTH]>) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(b"broker-session encryption key id 1\0");
        context.update(&*bytes);
        Self { id: hex(context.finish().as_ref(), 4), bytes }
    }

    /// The key in Base64, to keep it.
    pub fn to_base64(&self) -> Secret {
        STANDARD.encode(self.bytes.as_slice()).into()
    }

    /// Its name in stores and messages: 8 hexadecimal digits, which tell nothing about the key itself.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key in the form that the cryptography wants.
    pub(super) fn cipher(&self) -> Result<LessSafeKey, StoreError> {
        UnboundKey::new(&AES_256_GCM, &*self.bytes)
            .map(LessSafeKey::new)
            .map_err(|_| StoreError::new("the encryption key cannot be used"))
    }
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncryptionKey({})", self.id)
    }
}

/// The keys of an encrypted store: one that it encrypts with, and older ones that it can still read.
///
/// To replace a key, give every program the new one as an older key first, then make it the current one everywhere, and drop
/// the old one when all entries have been written anew, at the latest when the last session of that time has ended.
#[derive(Clone, Debug)]
pub struct EncryptionKeys {
    current: EncryptionKey,
    older: Vec<EncryptionKey>,
}

impl EncryptionKeys {
    /// One key for everything.
    pub fn new(current: EncryptionKey) -> Self {
        Self { current, older: Vec::new() }
    }

    /// Reads what was encrypted with this key, too.
    pub fn also(mut self, older: EncryptionKey) -> Self {
        self.older.push(older);
        self
    }

    /// The key to encrypt with.
    pub(super) fn current(&self) -> &EncryptionKey {
        &self.current
    }

    /// The key of this name.
    pub(super) fn find(&self, id: &str) -> Option<&EncryptionKey> {
        [&self.current].into_iter().chain(&self.older).find(|key| key.id == id)
    }
}

impl From<EncryptionKey> for EncryptionKeys {
    fn from(current: EncryptionKey) -> Self {
        Self::new(current)
    }
}

/// The first bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8], count: usize) -> String {
    bytes.iter().take(count).map(|byte| format!("{byte:02x}")).collect()
}
