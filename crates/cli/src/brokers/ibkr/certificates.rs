//! The certificates of gateways that a person has confirmed.

use broker_session::{Fingerprint, ibkr::address_of};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Context,
    config::Config,
    failure::Failure,
    private_file::{FileKind, PrivateFile},
    store::beside,
};

/// The file of trusted certificates, beside the session store.
const CERTIFICATES_FILE: &str = "certificates.json";

const CERTIFICATES: FileKind = FileKind {
    name: "list of trusted certificates",
    version: 1,
    if_seen: "compare the fingerprints in it with your gateways'.",
};

/// A certificate that is trusted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct TrustedCertificate {
    /// The gateway that it belongs to, as `https://host:port`.
    pub(super) origin: String,
    /// Its fingerprint.
    pub(super) fingerprint: Fingerprint,
    /// When it was confirmed.
    pub(super) trusted_at: Timestamp,
}

#[derive(Default, Serialize, Deserialize)]
struct Content {
    certificates: Vec<TrustedCertificate>,
}

/// The trusted certificates.
#[derive(Debug)]
pub(super) struct Certificates(PrivateFile);

impl Certificates {
    /// The list beside the session store.
    pub(super) fn open(config: &Config, context: &Context) -> Result<Self, Failure> {
        beside(config, context, CERTIFICATES_FILE, CERTIFICATES).map(Self)
    }

    /// Where it is, for people to read.
    pub(super) fn place(&self) -> String {
        self.0.path().display().to_string()
    }

    /// Makes sure that a certificate could be remembered.
    pub(super) fn check(&self) -> Result<(), Failure> {
        self.0.check::<Content>()
    }

    /// The certificate that is trusted at a gateway.
    pub(super) fn find(&self, origin: &str) -> Result<Option<TrustedCertificate>, Failure> {
        let known = self.0.read::<Content>()?.certificates;
        Ok(known.into_iter().find(|known| is_same(&known.origin, origin)))
    }

    /// Remembers a certificate, in place of the one that was trusted at the same gateway.
    pub(super) fn put(&self, certificate: TrustedCertificate) -> Result<(), Failure> {
        self.0.change(|content: &mut Content| {
            content.certificates.retain(|known| !is_same(&known.origin, &certificate.origin));
            content.certificates.push(certificate);
        })
    }

    /// Forgets the certificate of a gateway.
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
