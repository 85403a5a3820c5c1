//! Certificates that are trusted by themselves.
//!
//! A gateway on the user's machine has signed its certificate itself, so that no authority vouches for it.
//! What can be trusted is that very certificate, known by its fingerprint, and no other.

use std::{error::Error, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::causes::causes;

/// The SHA-256 fingerprint of a certificate: the digest of its DER encoding, as browsers and
/// `openssl x509 -fingerprint -sha256` show it.
///
/// ```
/// use broker_session_runtime::Fingerprint;
///
/// let fingerprint = Fingerprint::of_der(b"not really a certificate");
/// let text = fingerprint.to_string();
/// assert!(text.starts_with("D6:18:22:55"));
/// assert_eq!(text.to_lowercase().replace(':', " ").parse(), Ok(fingerprint));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of a certificate in DER encoding.
    pub fn of_der(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }
}

impl fmt::Display for Fingerprint {
    /// Pairs of capital hexadecimal digits, with colons between them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            let colon = if place == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    /// Reads 64 hexadecimal digits in any case, with or without colons or spaces.
    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let digits: String = text.chars().filter(|c| *c != ':' && !c.is_whitespace()).collect();
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| FingerprintError(()))?;
        Ok(Self(bytes))
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A text that is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no SHA-256 fingerprint of a certificate: it has 64 hexadecimal digits, with or without colons; `openssl x509 -in FILE -noout -fingerprint -sha256` shows it"
)]
pub struct FingerprintError(());

/// The server presented a certificate that is not a trusted one. Nothing was sent to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the server's certificate has changed: its SHA-256 fingerprint is {presented}, which is not the trusted one; if the server was installed anew, compare the fingerprint and trust it again, otherwise somebody may be in between"
)]
pub struct PinMismatch {
    /// The fingerprint of the certificate that the server presented.
    pub presented: Fingerprint,
}

/// Finds out whether a connection failed because of a [`PinMismatch`], from the error or from what caused it.
pub fn pin_mismatch(error: &(dyn Error + 'static)) -> Option<PinMismatch> {
    causes(error).find_map(|cause| cause.downcast_ref().copied())
}

/// Whether a connection failed because the server's certificate was not accepted, for whatever reason: nobody vouches
/// for it, it is another one than the trusted one, or its name or its dates are wrong. Nothing was sent.
pub fn is_certificate_refused(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|cause| {
        matches!(
            cause.downcast_ref(),
            Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD";

    #[test]
    fn a_fingerprint_is_the_sha_256_of_the_certificate() {
        // The digest of "abc" in FIPS 180-2, appendix B.1.
        assert_eq!(Fingerprint::of_der(b"abc").to_string(), TEXT);
    }

    #[test]
    fn every_usual_way_of_writing_it_is_read() {
        let expected = Fingerprint::of_der(b"abc");
        for text in [
            TEXT.to_owned(),
            TEXT.to_lowercase(),
            TEXT.replace(':', ""),
            TEXT.replace(':', " "),
            format!(" {TEXT}\n"),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_fingerprint_is_refused_with_a_cure() {
        // The digest of SHA-1 is what people take for it most easily.
        let sha_1 = "A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D";
        for text in ["", "AB", sha_1, &TEXT[1..], &format!("{TEXT}:00"), &TEXT.replace('B', "+")] {
            let error = text.parse::<Fingerprint>().unwrap_err();
            assert!(error.to_string().contains("openssl"), "{text}");
        }
    }

    #[test]
    fn serde_carries_it_as_text_both_ways() {
        let fingerprint = Fingerprint::of_der(b"abc");
        let json = serde_json::to_string(&fingerprint).unwrap();
        assert_eq!(json, format!("\"{TEXT}\""));
        assert_eq!(serde_json::from_str::<Fingerprint>(&json).unwrap(), fingerprint);
        assert!(serde_json::from_str::<Fingerprint>("\"AB\"").is_err());
    }

    #[test]
    fn another_error_is_no_mismatch() {
        let error = std::io::Error::new(std::io::ErrorKind::InvalidData, rustls::Error::DecryptError);
        assert_eq!(pin_mismatch(&error), None);
    }
}
