//! What one run of the program leaves for the next about one-time passwords.
//!
//! The broker takes each code once (RFC 6238, section 5.2), and counts a second time as a wrong guess. So a code that is
//! about to be sent is noted in a file beside the session store: as a digest, by which it is known again. It is good for
//! a minute or two only, and forgotten after a day.

use broker_session::Secret;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    failure::Failure,
    private_file::{Kind, PrivateFile},
    store::Store,
};

/// The file's name, beside the session store.
const FILE: &str = "used-codes.json";

const KIND: Kind = Kind { name: "list of used codes", version: 1, if_seen: "it holds no live secret." };

/// For how long a code is remembered. One in a million codes comes again in this time by chance.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// A code that has left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Used {
    /// SHA-256 of the client code and the code, in hexadecimal.
    digest: String,
    at: Timestamp,
}

#[derive(Default, Serialize, Deserialize)]
struct Content {
    codes: Vec<Used>,
}

/// The used codes of one user.
#[derive(Debug)]
pub(super) struct UsedCodes {
    file: PrivateFile,
    ucc: String,
}

impl UsedCodes {
    /// Those of a user.
    ///
    /// # Errors
    /// If they cannot be read or noted: a code must not leave then.
    pub(super) fn open(store: &Store, ucc: &str) -> Result<Self, Failure> {
        let file = store.beside(FILE, KIND)?;
        file.check::<Content>()?;
        Ok(Self { file, ucc: ucc.to_owned() })
    }

    /// Notes that a code is about to be sent. False if it was before.
    ///
    /// # Errors
    /// If that cannot be noted.
    pub(super) fn claim(&self, code: &Secret) -> Result<bool, Failure> {
        let (digest, now) = (self.digest(code), Timestamp::now());
        let mut is_new = false;
        self.file.change(|content: &mut Content| {
            content.codes.retain(|used| now.duration_since(used.at) < REMEMBERED);
            is_new = !content.codes.iter().any(|used| used.digest == digest);
            if is_new {
                content.codes.push(Used { digest, at: now });
            }
        })?;
        Ok(is_new)
    }

    /// Takes back a claim, because the code has provably not left.
    ///
    /// # Errors
    /// If that cannot be noted.
    pub(super) fn release(&self, code: &Secret) -> Result<(), Failure> {
        let digest = self.digest(code);
        self.file.change(|content: &mut Content| content.codes.retain(|used| used.digest != digest))
    }

    fn digest(&self, code: &Secret) -> String {
        hex::encode(Sha256::digest(format!("{}\n{}", self.ucc, code.expose())))
    }
}
