//! The public key of a certificate that is trusted by itself.
//!
//! rustls reads X.509 version 3 only, because it verifies chains. A pinned certificate has no chain: its bytes are
//! compared, and its key verifies the handshake. So this reads the key of a certificate of any version, with a few
//! lines of DER (X.690). A parser for all of X.509 would bring two dozen crates into every program.

use std::{error::Error as StdError, ops::RangeInclusive, sync::Arc};

use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, PeerMisbehaved,
    client::danger::HandshakeSignatureValid,
    crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature_with_raw_key},
    pki_types::{CertificateDer, SubjectPublicKeyInfoDer},
};
use webpki::RawPublicKeyEntity;

use crate::tls::causes;

/// The RSA keys that are accepted, in bits; shorter ones can be broken.
const RSA_BITS: RangeInclusive<usize> = 2048..=8192;

/// The object identifier of RSA keys, 1.2.840.113549.1.1.1, as DER encodes it.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// The tags of DER that a certificate is read by.
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// The version of a certificate; version 1 has none.
const VERSION: u8 = 0xa0;

/// Why no TLS connection can be made with a certificate, even if it is trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnusableCertificate {
    /// It is not an X.509 certificate.
    #[error("the certificate cannot be read")]
    Unreadable,
    /// The RSA key is too short or too long.
    #[error("its RSA key has {bits} bits, and from 2048 to 8192 are accepted")]
    RsaKeySize {
        /// The number of bits.
        bits: usize,
    },
    /// A kind of key that cannot be verified.
    #[error(
        "its key is of a kind that is not supported; supported are RSA, ECDSA (P-256, P-384, P-521) and Ed25519"
    )]
    KeyAlgorithm,
    /// The server has not proved that it has the certificate's private key.
    #[error("the server does not prove that it has the certificate's private key: {reason}")]
    NotProved {
        /// The error of the TLS library.
        reason: String,
    },
}

/// Finds an [`UnusableCertificate`] in an error or its causes.
pub(crate) fn unusable_certificate(error: &(dyn StdError + 'static)) -> Option<UnusableCertificate> {
    causes(error).find_map(|cause| cause.downcast_ref().cloned())
}

/// The public key of a certificate, if handshakes can be verified with it.
///
/// # Errors
/// Why they cannot.
pub(crate) fn usable_key(
    certificate: &CertificateDer<'_>,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<SubjectPublicKeyInfoDer<'static>, UnusableCertificate> {
    let key = public_key(certificate).ok_or(UnusableCertificate::Unreadable)?;
    if let Some(bits) = rsa_bits(key).filter(|bits| !RSA_BITS.contains(bits)) {
        return Err(UnusableCertificate::RsaKeySize { bits });
    }
    let key = SubjectPublicKeyInfoDer::from(key.to_vec());
    if is_supported(&key, algorithms) { Ok(key) } else { Err(UnusableCertificate::KeyAlgorithm) }
}

/// The SubjectPublicKeyInfo of a certificate (RFC 5280, section 4.1), encoded.
fn public_key(certificate: &[u8]) -> Option<&[u8]> {
    let mut input = certificate;
    let mut certificate = Element::next(SEQUENCE, &mut input)?.content;
    if !input.is_empty() {
        return None;
    }
    let mut fields = Element::next(SEQUENCE, &mut certificate)?.content;
    if fields.first() == Some(&VERSION) {
        Element::next(VERSION, &mut fields)?;
    }
    // The serial number, the algorithm of the signature, the issuer, the validity and the subject.
    for tag in [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE] {
        Element::next(tag, &mut fields)?;
    }
    Some(Element::next(SEQUENCE, &mut fields)?.encoded)
}

/// The length of the modulus of an RSA key (RFC 3279, section 2.3.1); nothing for keys of other kinds.
fn rsa_bits(mut key: &[u8]) -> Option<usize> {
    let mut fields = Element::next(SEQUENCE, &mut key)?.content;
    let mut algorithm = Element::next(SEQUENCE, &mut fields)?.content;
    if Element::next(OBJECT_IDENTIFIER, &mut algorithm)?.content != RSA {
        return None;
    }
    // The first byte counts the bits at the end that are not used.
    let mut bits = Element::next(BIT_STRING, &mut fields)?.content.get(1..)?;
    let mut numbers = Element::next(SEQUENCE, &mut bits)?.content;
    let modulus = Element::next(INTEGER, &mut numbers)?.content;
    let start = modulus.iter().position(|byte| *byte != 0)?;
    let zeros = modulus.get(start)?.leading_zeros();
    Some((modulus.len() - start) * 8 - usize::try_from(zeros).ok()?)
}

/// An element of DER.
struct Element<'a> {
    encoded: &'a [u8],
    content: &'a [u8],
}

impl<'a> Element<'a> {
    /// Takes the next element off `input`, if it has this tag.
    fn next(tag: u8, input: &mut &'a [u8]) -> Option<Self> {
        let (&found, rest) = input.split_first()?;
        let (&length, mut rest) = rest.split_first()?;
        let length = match length {
            0..=0x7f => usize::from(length),
            // The number of length bytes; a certificate needs no more.
            0x81..=0x83 => {
                let (bytes, after) = rest.split_at_checked(usize::from(length & 0x7f))?;
                rest = after;
                bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte))
            }
            _ => return None,
        };
        let (content, after) = rest.split_at_checked(length)?;
        let encoded = input.get(..input.len() - after.len())?;
        *input = after;
        (found == tag).then_some(Self { encoded, content })
    }
}

/// Whether an algorithm supports this kind of key. An empty signature is always wrong, but only algorithms for this
/// kind of key check it.
fn is_supported(key: &SubjectPublicKeyInfoDer<'_>, algorithms: &WebPkiSupportedAlgorithms) -> bool {
    let Ok(entity) = RawPublicKeyEntity::try_from(key) else { return false };
    let mut known = algorithms.mapping.iter().flat_map(|(_, algorithms)| *algorithms);
    known.any(|algorithm| {
        matches!(
            entity.verify_signature(*algorithm, &[], &[]),
            Ok(()) | Err(webpki::Error::InvalidSignatureForPublicKey)
        )
    })
}

/// Verifies the signature of a TLS 1.3 handshake.
///
/// # Errors
/// If the certificate cannot be used, or the signature was not made with its key.
pub(crate) fn verify_tls13(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    let key = usable_key(certificate, algorithms).map_err(refused)?;
    verify_tls13_signature_with_raw_key(message, &key, signed, algorithms)
}

/// Verifies the signature of a TLS 1.2 handshake, in which the scheme does not name the curve.
///
/// # Errors
/// If the certificate cannot be used, or the signature was not made with its key.
pub(crate) fn verify_tls12(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    let key = usable_key(certificate, algorithms).map_err(refused)?;
    let entity = RawPublicKeyEntity::try_from(&key).map_err(|_| refused(UnusableCertificate::Unreadable))?;
    let candidates = algorithms.mapping.iter().filter(|(scheme, _)| *scheme == signed.scheme);
    let mut candidates = candidates.flat_map(|(_, algorithms)| *algorithms).peekable();
    if candidates.peek().is_none() {
        return Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into());
    }
    match candidates.any(|algorithm| entity.verify_signature(*algorithm, message, signed.signature()).is_ok())
    {
        true => Ok(HandshakeSignatureValid::assertion()),
        false => Err(Error::InvalidCertificate(CertificateError::BadSignature)),
    }
}

/// The error that ends a handshake with a certificate that cannot be used.
pub(crate) fn refused(problem: UnusableCertificate) -> Error {
    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(problem))))
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "the tests cut certificates")]
mod tests {
    use proptest::prelude::*;
    use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PublicKeyData};

    use super::*;
    use crate::tls::algorithms;

    fn certificate() -> (CertificateDer<'static>, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec!["gateway.example".to_owned()]).unwrap();
        (certificate.self_signed(&key).unwrap().der().clone(), key)
    }

    fn check(der: &[u8]) -> Result<Vec<u8>, UnusableCertificate> {
        usable_key(&CertificateDer::from(der), &algorithms()).map(|key| key.to_vec())
    }

    #[test]
    fn the_key_is_the_one_that_the_certificate_was_made_with() {
        for algorithm in [&PKCS_ED25519, &PKCS_ECDSA_P384_SHA384] {
            let key = KeyPair::generate_for(algorithm).unwrap();
            let certificate = CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap();
            assert_eq!(check(certificate.der()), Ok(key.subject_public_key_info()));
        }
    }

    #[test]
    fn a_cut_or_extended_certificate_is_unreadable() {
        let (der, key) = certificate();
        assert_eq!(check(&der), Ok(key.subject_public_key_info()));
        for end in 0..der.len() {
            assert_eq!(check(&der[..end]), Err(UnusableCertificate::Unreadable), "{end}");
        }
        assert_eq!(check(&[&der[..], b"\0"].concat()), Err(UnusableCertificate::Unreadable));
    }

    proptest! {
        #[test]
        fn a_changed_byte_makes_no_panic(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let (der, _) = certificate();
            let mut der = der.to_vec();
            let place = place.index(der.len());
            der[place] = byte;
            let _ = check(&der);
        }
    }
}
