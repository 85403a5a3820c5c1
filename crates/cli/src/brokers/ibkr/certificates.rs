//! The certificates of gateways: those that a person has confirmed, and what one contains.

use std::net::IpAddr;

use broker_session::{Fingerprint, PresentedCertificate, ibkr::address_of};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use x509_parser::{certificate::X509Certificate, extensions::GeneralName, prelude::FromDer, time::ASN1Time};

use crate::{
    Context,
    failure::Failure,
    output::printable,
    private_file::{FileKind, PrivateFile},
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
    pub(super) fn open(context: &Context) -> Result<Self, Failure> {
        context.store()?.beside(CERTIFICATES_FILE, CERTIFICATES).map(Self)
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

/// What a certificate contains (RFC 5280), for a person who decides whether to trust it. None of it is verified; only the
/// fingerprint counts.
#[derive(Debug)]
pub(super) struct CertificateSummary {
    pub(super) fingerprint: Fingerprint,
    subject: Option<String>,
    issuer: Option<String>,
    names: Vec<String>,
    not_before: Option<Timestamp>,
    not_after: Option<Timestamp>,
}

impl CertificateSummary {
    /// Reads what can be read. A certificate that cannot be understood still has a fingerprint.
    pub(super) fn of(presented: &PresentedCertificate) -> Self {
        let unknown = Self {
            fingerprint: presented.fingerprint(),
            subject: None,
            issuer: None,
            names: Vec::new(),
            not_before: None,
            not_after: None,
        };
        let Ok((_, certificate)) = X509Certificate::from_der(presented.der()) else { return unknown };
        let time = |time: ASN1Time| Timestamp::from_second(time.timestamp()).ok();
        Self {
            subject: Some(printable(&certificate.subject().to_string())),
            issuer: Some(printable(&certificate.issuer().to_string())),
            names: names(&certificate),
            not_before: time(certificate.validity().not_before),
            not_after: time(certificate.validity().not_after),
            ..unknown
        }
    }

    /// The fields for scripts.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "fingerprint": self.fingerprint.to_string(),
            "subject": self.subject,
            "issuer": self.issuer,
            "names": self.names,
            "not_before": self.not_before.map(|time| time.to_string()),
            "not_after": self.not_after.map(|time| time.to_string()),
        })
    }

    /// Lines for a person.
    pub(super) fn lines(&self) -> String {
        let unknown = || "unknown".to_owned();
        let text =
            |text: &Option<String>| text.clone().filter(|text| !text.is_empty()).unwrap_or_else(unknown);
        let time = |time: Option<Timestamp>| time.map_or_else(unknown, |time| time.to_string());
        let names = Some(self.names.join(", "));
        let validity = format!("{} to {}", time(self.not_before), time(self.not_after));
        [
            ("subject", text(&self.subject)),
            ("issuer", text(&self.issuer)),
            ("names", text(&names)),
            ("valid", validity),
            ("SHA-256", self.fingerprint.to_string()),
        ]
        .map(|(what, value)| format!("  {what:<8} {value}"))
        .join("\n")
    }
}

/// The names of its server.
fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(printable(name)),
        GeneralName::IPAddress(bytes) => address(bytes).map(|address| address.to_string()),
        _ => None,
    };
    extension.value.general_names.iter().filter_map(name).collect()
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Some(bytes.into());
    }
    <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from)
}
