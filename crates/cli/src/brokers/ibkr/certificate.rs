//! What a certificate says of itself (RFC 5280), for a person who decides whether to trust it.
//!
//! Nobody has vouched for any of it; only the fingerprint counts.

use std::net::IpAddr;

use broker_session::{Fingerprint, PresentedCertificate};
use jiff::Timestamp;
use serde_json::{Value, json};
use x509_parser::{certificate::X509Certificate, extensions::GeneralName, prelude::FromDer, time::ASN1Time};

use crate::output::printable;

/// A certificate in words.
#[derive(Debug)]
pub(super) struct Described {
    pub(super) fingerprint: Fingerprint,
    subject: Option<String>,
    issuer: Option<String>,
    names: Vec<String>,
    not_before: Option<Timestamp>,
    not_after: Option<Timestamp>,
}

impl Described {
    /// Reads what can be read; a certificate that cannot be understood has a fingerprint all the same.
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

    /// The members of a JSON object.
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

/// Whom it says it is for.
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
