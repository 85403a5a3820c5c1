//! The keys that a program signs in at Interactive Brokers with, in the forms that the broker's page and other clients
//! take: private keys as PKCS#8, public ones as SubjectPublicKeyInfo, both in PEM.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    error::Unspecified,
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use broker_session::Secret;
use pem::{EncodeConfig, LineEnding, Pem};

use crate::failure::Failure;

/// A key pair of RSA with 2048 bits, the only length that the broker takes.
pub(super) struct PemPair {
    pub(super) private: Secret,
    pub(super) public: Secret,
}

impl PemPair {
    /// A new one.
    ///
    /// # Errors
    /// If the machine gives no random numbers.
    pub(super) fn generate() -> Result<Self, Failure> {
        Self::try_generate().map_err(|_| {
            Failure::other("no key could be made: this machine gives no random numbers. Try again later.")
        })
    }

    fn try_generate() -> Result<Self, Unspecified> {
        let pair = KeyPair::generate(KeySize::Rsa2048)?;
        let private: Pkcs8V1Der<'_> = pair.as_der()?;
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der()?;
        Ok(Self { private: pem("PRIVATE KEY", private.as_ref()), public: pem("PUBLIC KEY", public.as_ref()) })
    }
}

/// DER as PEM (RFC 7468), with the line breaks of Unix on every machine.
pub(super) fn pem(label: &str, der: &[u8]) -> Secret {
    let config = EncodeConfig::new().set_line_ending(LineEnding::LF);
    Secret::new(pem::encode_config(&Pem::new(label, der), config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_pem_of_pkcs_8_and_of_a_public_key() {
        let pair = PemPair::generate().unwrap();
        let private = pem::parse(pair.private.expose()).unwrap();
        assert_eq!(private.tag(), "PRIVATE KEY");
        let key = KeyPair::from_pkcs8(private.contents()).unwrap();
        assert_eq!(key.public_modulus_len(), 256);
        let public: PublicKeyX509Der<'_> = key.public_key().as_der().unwrap();
        assert_eq!(pem::parse(pair.public.expose()).unwrap().contents(), public.as_ref());
        assert!(pair.public.expose().starts_with("-----BEGIN PUBLIC KEY-----\n"));
        assert!(!pair.private.expose().contains('\r'));
    }
}
