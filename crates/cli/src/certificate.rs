//! What a certificate contains, for people to read.

use std::net::IpAddr;

use broker_session::{Fingerprint, PresentedCertificate};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use x509_parser::{certificate::X509Certificate, extensions::GeneralName, prelude::FromDer, time::ASN1Time};

use crate::output::printable;

/// What a certificate contains (RFC 5280), for a person who decides whether to trust it. None of it is verified; only the
/// fingerprint counts.
#[derive(Debug)]
pub(crate) struct CertificateSummary {
    pub(crate) fingerprint: Fingerprint,
    subject: Option<String>,
    issuer: Option<String>,
    names: Vec<String>,
    not_before: Option<Timestamp>,
    not_after: Option<Timestamp>,
}

impl CertificateSummary {
    /// Reads what can be read. A certificate that cannot be understood still has a fingerprint.
    pub(crate) fn of(presented: &PresentedCertificate) -> Self {
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
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "fingerprint": self.fingerprint.to_string(),
            "subject": self.subject,
            "issuer": self.issuer,
            "names": self.names,
            "not_before": self.not_before.map(|time| time.to_string()),
            "not_after": self.not_after.map(|time| time.to_string()),
        })
    }

    /// When it is valid, for a person.
    pub(crate) fn validity(&self) -> String {
        let time =
            |time: Option<Timestamp>| time.map_or_else(|| "unknown".to_owned(), |time| time.to_string());
        format!("valid from {} to {}", time(self.not_before), time(self.not_after))
    }

    /// Whether its end comes within this time.
    pub(crate) fn ends_within(&self, time: SignedDuration) -> bool {
        self.not_after.is_some_and(|end| end.duration_since(Timestamp::now()) < time)
    }

    /// Lines for a person.
    pub(crate) fn lines(&self) -> String {
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
