//! The certificates that a person has confirmed, each for one gateway.

use broker_session::Fingerprint;
use broker_session::ibkr::address_of;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    context::Context,
    failure::Failure,
    private_file::{Kind, PrivateFile},
};

/// The file's name, beside the session store.
const FILE: &str = "certificates.json";

const KIND: Kind = Kind {
    name: "list of trusted certificates",
    version: 1,
    if_seen: "compare the fingerprints in it with your gateways'.",
};

/// A certificate that is trusted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Remembered {
    /// Whose it is, as `https://host:port`.
    pub(super) origin: String,
    /// What it is known by.
    pub(super) fingerprint: Fingerprint,
    /// When it was confirmed.
    pub(super) trusted_at: Timestamp,
}

#[derive(Default, Serialize, Deserialize)]
struct Content {
    certificates: Vec<Remembered>,
}

/// All that are remembered.
#[derive(Debug)]
pub(super) struct Certificates(PrivateFile);

impl Certificates {
    /// The list beside the session store.
    ///
    /// # Errors
    /// If there is no place for it.
    pub(super) fn open(context: &Context) -> Result<Self, Failure> {
        context.store()?.beside(FILE, KIND).map(Self)
    }

    /// Where it is, for people to read.
    pub(super) fn place(&self) -> String {
        self.0.path().display().to_string()
    }

    /// Makes sure that a certificate could be remembered.
    ///
    /// # Errors
    /// If the file cannot be read or written.
    pub(super) fn check(&self) -> Result<(), Failure> {
        self.0.check::<Content>()
    }

    /// The certificate that is trusted at a gateway.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(super) fn find(&self, origin: &str) -> Result<Option<Remembered>, Failure> {
        let known = self.0.read::<Content>()?.certificates;
        Ok(known.into_iter().find(|known| is_same(&known.origin, origin)))
    }

    /// Remembers a certificate, in place of the one that was trusted at the same gateway.
    ///
    /// # Errors
    /// If the file cannot be read or written; it is then as it was.
    pub(super) fn put(&self, certificate: Remembered) -> Result<(), Failure> {
        self.0.change(|content: &mut Content| {
            content.certificates.retain(|known| !is_same(&known.origin, &certificate.origin));
            content.certificates.push(certificate);
        })
    }

    /// Forgets the certificate of a gateway.
    ///
    /// # Errors
    /// If the file cannot be read or written; it is then as it was.
    pub(super) fn forget(&self, origin: &str) -> Result<(), Failure> {
        self.0.change(|content: &mut Content| {
            content.certificates.retain(|known| !is_same(&known.origin, origin))
        })
    }
}

/// Whether two origins are the same gateway, under whatever name of this machine.
fn is_same(one: &str, other: &str) -> bool {
    one == other || address_of(one).is_some_and(|address| Some(address) == address_of(other))
}
