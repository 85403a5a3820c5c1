//! TLS with certificates that are trusted by themselves.
//!
//! A gateway on the user's machine signs its own certificate, so no authority vouches for it. Exactly this certificate
//! can be trusted, identified by its fingerprint, and no other. Its name and its dates are often wrong and do not
//! matter. The handshake always verifies that the server has the certificate's key: a certificate is public, so anyone
//! could present it.

use std::{
    collections::BTreeSet, error::Error as StdError, fmt, io, iter::successors, str::FromStr, sync::Arc,
};

use ::aws_lc_rs::digest::{SHA256, digest};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError,
    SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs},
    pki_types::{CertificateDer, ServerName, UnixTime},
    version::{TLS12, TLS13},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::certificate_key::{refused, usable_key, verify_tls12, verify_tls13};

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
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, der).as_ref());
        Self(bytes)
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
        // Reading a number would accept a sign.
        if digits.len() != 2 * bytes.len() || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(FingerprintError(()));
        }
        for (place, byte) in bytes.iter_mut().enumerate() {
            let pair = digits.get(2 * place..2 * place + 2).unwrap_or_default();
            *byte = u8::from_str_radix(pair, 16).map_err(|_| FingerprintError(()))?;
        }
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

/// A string that is not a fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is not a SHA-256 fingerprint of a certificate: one has 64 hexadecimal digits, with or without colons; `openssl x509 -in FILE -noout -fingerprint -sha256` shows it"
)]
pub struct FingerprintError(());

/// The server presented a certificate that is not a trusted one. Nothing was sent to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the server's certificate has changed: its SHA-256 fingerprint is {presented}, which is not the trusted one; if the server was installed anew, compare the fingerprint and trust it again, otherwise somebody may be in between"
)]
pub(crate) struct PinMismatch {
    /// The fingerprint of the certificate that the server presented.
    pub(crate) presented: Fingerprint,
}

/// Finds a [`PinMismatch`] in an error or its causes.
pub(crate) fn pin_mismatch(error: &(dyn StdError + 'static)) -> Option<PinMismatch> {
    causes(error).find_map(|cause| cause.downcast_ref().copied())
}

/// Whether a connection failed because the server's certificate was not accepted: no authority vouches for it, it is not
/// the trusted one, or its name or its dates are wrong. Nothing was sent.
pub(crate) fn is_certificate_refused(error: &(dyn StdError + 'static)) -> bool {
    causes(error).any(|cause| {
        matches!(cause.downcast_ref(), Some(Error::InvalidCertificate(_) | Error::NoCertificatesPresented))
    })
}

/// Whether the server has ended the TLS handshake, because the two have no version, method or kind of key in common.
pub(crate) fn is_tls_refused(error: &(dyn StdError + 'static)) -> bool {
    let refusals = [AlertDescription::HandshakeFailure, AlertDescription::ProtocolVersion];
    causes(error).any(|cause| match cause.downcast_ref() {
        Some(Error::AlertReceived(alert)) => refusals.contains(alert),
        _ => false,
    })
}

/// The error itself, its cause, the cause of that, and so on.
///
/// `source()` alone does not lead there: an [`io::Error`] names the source of the error inside it, not that error
/// itself, and rustls names nothing.
pub(crate) fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    successors(Some(error), |error| next_cause(*error))
}

fn next_cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        return Some(inner);
    }
    match error.downcast_ref() {
        Some(Error::InvalidCertificate(CertificateError::Other(inner))) => Some(inner),
        _ => error.source(),
    }
}

/// The signature algorithms that can be verified.
pub(crate) fn algorithms() -> WebPkiSupportedAlgorithms {
    aws_lc_rs::default_provider().signature_verification_algorithms
}

/// The client's side of TLS with a verifier of its own.
///
/// # Errors
/// If the provider knows neither version of TLS.
pub(crate) fn client_config(verifier: Arc<dyn ServerCertVerifier>) -> Result<ClientConfig, Error> {
    let provider: Arc<CryptoProvider> = Arc::new(aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Accepts the certificates with these fingerprints and no others.
#[derive(Debug)]
pub(crate) struct PinVerifier {
    trusted: BTreeSet<Fingerprint>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl PinVerifier {
    pub(crate) fn new(trusted: BTreeSet<Fingerprint>) -> Arc<Self> {
        Arc::new(Self { trusted, algorithms: algorithms() })
    }
}

impl ServerCertVerifier for PinVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let presented = Fingerprint::of_der(end_entity);
        if !self.trusted.contains(&presented) {
            let mismatch = OtherError(Arc::new(PinMismatch { presented }));
            return Err(Error::InvalidCertificate(CertificateError::Other(mismatch)));
        }
        usable_key(end_entity, &self.algorithms).map_err(refused)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
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
    fn other_strings_are_refused_with_a_way_out() {
        // The digest of SHA-1 looks most like it.
        let sha_1 = "A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D";
        for text in ["", "AB", sha_1, &TEXT[1..], &format!("{TEXT}:00"), &TEXT.replace('B', "+")] {
            let error = text.parse::<Fingerprint>().unwrap_err();
            assert!(error.to_string().contains("openssl"), "{text}");
        }
    }

    #[test]
    fn serde_reads_and_writes_it_as_a_string() {
        let fingerprint = Fingerprint::of_der(b"abc");
        let json = serde_json::to_string(&fingerprint).unwrap();
        assert_eq!(json, format!("\"{TEXT}\""));
        assert_eq!(serde_json::from_str::<Fingerprint>(&json).unwrap(), fingerprint);
        assert!(serde_json::from_str::<Fingerprint>("\"AB\"").is_err());
    }

    #[test]
    fn another_error_is_not_a_mismatch() {
        let error = std::io::Error::new(std::io::ErrorKind::InvalidData, Error::DecryptError);
        assert_eq!(pin_mismatch(&error), None);
    }
}
