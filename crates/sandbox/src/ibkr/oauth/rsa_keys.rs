//! RSA keys, as a client has them in PEM and as the broker uses their public halves.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    error::Unspecified,
    rsa::{
        KeyPair, KeySize, Pkcs1PrivateDecryptingKey, Pkcs1PublicEncryptingKey, PrivateDecryptingKey,
        PublicEncryptingKey,
    },
    signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey},
};
use pem::{EncodeConfig, LineEnding, Pem};

/// A pair of keys for signatures or for encryption.
pub(super) struct PrivateKey(PrivateDecryptingKey);

impl PrivateKey {
    /// A new pair of 2048 bits.
    ///
    /// # Errors
    /// None could be made.
    pub(super) fn made_up() -> Result<Self, Unspecified> {
        PrivateDecryptingKey::generate(KeySize::Rsa2048).map(Self)
    }

    /// Reads a private key in PEM: PKCS#8 as OpenSSL 3 writes it, or PKCS#1 as older ones do.
    ///
    /// # Errors
    /// What is wrong, without the key.
    pub(super) fn from_pem(text: &str) -> Result<Self, String> {
        let pem = pem::parse(text).map_err(|_| "it is not PEM")?;
        let unusable = |_| "it is no RSA key of 2048 to 8192 bits";
        let key = match pem.tag() {
            "PRIVATE KEY" => PrivateDecryptingKey::from_pkcs8(pem.contents()).map_err(unusable)?,
            "RSA PRIVATE KEY" => {
                let pair = KeyPair::from_der(pem.contents()).map_err(unusable)?;
                let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| "it cannot be written as PKCS#8")?;
                PrivateDecryptingKey::from_pkcs8(der.as_ref()).map_err(unusable)?
            }
            other => return Err(format!("it has `{other}` in place of `PRIVATE KEY` or `RSA PRIVATE KEY`")),
        };
        Ok(Self(key))
    }

    /// The key in PEM (PKCS#8).
    ///
    /// # Errors
    /// It cannot be encoded.
    pub(super) fn to_pem(&self) -> Result<String, Unspecified> {
        let der: Pkcs8V1Der<'_> = self.0.as_der()?;
        let pem = Pem::new("PRIVATE KEY", der.as_ref());
        Ok(pem::encode_config(&pem, EncodeConfig::new().set_line_ending(LineEnding::LF)))
    }

    /// The half that the broker knows.
    ///
    /// # Errors
    /// It cannot be encoded.
    pub(super) fn public(&self) -> Result<PublicKey, Unspecified> {
        let key = self.0.public_key();
        let der: PublicKeyX509Der<'_> = key.as_der()?;
        Ok(PublicKey { der: der.as_ref().to_vec(), key })
    }

    /// What was encrypted with [`PublicKey::encrypt`]; nothing if it was not.
    pub(super) fn decrypt(&self, encrypted: &[u8]) -> Option<Vec<u8>> {
        let key = Pkcs1PrivateDecryptingKey::new(self.0.clone()).ok()?;
        let mut room = vec![0; key.min_output_size()];
        Some(key.decrypt(encrypted, &mut room).ok()?.to_vec())
    }
}

/// The public half of a pair.
pub(super) struct PublicKey {
    der: Vec<u8>,
    key: PublicEncryptingKey,
}

impl PublicKey {
    /// Whether it is the signature of the message: RSASSA-PKCS1-v1_5 with SHA-256, which OAuth calls `RSA-SHA256` and JWT
    /// `RS256`.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.der);
        key.verify(message, signature).is_ok()
    }

    /// Encrypts some bytes (RSAES-PKCS1-v1_5).
    pub(super) fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        let key = Pkcs1PublicEncryptingKey::new(self.key.clone()).ok()?;
        let mut room = vec![0; key.ciphertext_size()];
        Some(key.encrypt(plain, &mut room).ok()?.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, prelude::BASE64_STANDARD};

    use super::*;
    use crate::ibkr::oauth::{ENCRYPTION_KEY, SIGNATURE_KEY, test_vectors};

    #[test]
    fn the_signature_of_the_vectors_is_verified() {
        let key = PrivateKey::from_pem(SIGNATURE_KEY).unwrap().public().unwrap();
        let request = &test_vectors()["lst_request"];
        let base_string = request["base_string"].as_str().unwrap();
        let signature = BASE64_STANDARD.decode(request["oauth_signature_raw"].as_str().unwrap()).unwrap();
        assert!(key.verifies(base_string.as_bytes(), &signature));
        assert!(!key.verifies(&base_string.as_bytes()[1..], &signature));
        assert!(!key.verifies(base_string.as_bytes(), &signature[1..]));
    }

    #[test]
    fn the_secret_of_the_vectors_is_decrypted() {
        let key = PrivateKey::from_pem(ENCRYPTION_KEY).unwrap();
        let vectors = test_vectors();
        let encrypted = vectors["access_token_secret_base64"].as_str().unwrap();
        let plain = key.decrypt(&BASE64_STANDARD.decode(encrypted).unwrap()).unwrap();
        assert_eq!(hex::encode(&plain), vectors["access_token_secret_plain_hex"]);
        let again = key.public().unwrap().encrypt(&plain).unwrap();
        assert_eq!(key.decrypt(&again).unwrap(), plain);
    }

    #[test]
    fn a_key_is_the_same_in_both_forms() {
        let older = include_str!("../../../../../tests/vectors/ibkr-oauth1a/made-up-signature.pkcs1.pem");
        let pem = PrivateKey::from_pem(older).unwrap().to_pem().unwrap();
        assert_eq!(pem, SIGNATURE_KEY);
    }

    #[test]
    fn a_key_that_is_none_is_explained_and_not_quoted() {
        let made_up = PrivateKey::made_up().unwrap().to_pem().unwrap();
        assert!(PrivateKey::from_pem(&made_up).is_ok());
        let pem = |tag: &str| format!("-----BEGIN {tag}-----\nTUFERVVQ\n-----END {tag}-----\n");
        for (text, part) in [
            ("MADEUP".to_owned(), "not PEM"),
            (pem("PUBLIC KEY"), "`PUBLIC KEY`"),
            (pem("PRIVATE KEY"), "no RSA key"),
            (pem("RSA PRIVATE KEY"), "no RSA key"),
        ] {
            let why = PrivateKey::from_pem(&text).err().unwrap();
            assert!(why.contains(part) && !why.contains("MADEUP") && !why.contains("TUFERVVQ"), "{why}");
        }
    }
}
