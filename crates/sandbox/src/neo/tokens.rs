//! The view and trade tokens: JSON Web Tokens (RFC 7519) that end at the next midnight in India.

use jiff::Timestamp;
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::json;

use super::refusal::Refusal;
use crate::tickets::random_token;
use crate::zone::{india, midnight_after};

/// Signs tokens with a key that only this sandbox has.
pub(super) struct Signer(EncodingKey);

impl Signer {
    /// A signer with a new key.
    pub(super) fn new() -> Self {
        Self(EncodingKey::from_secret(&rand::random::<[u8; 32]>()))
    }

    /// A token of its own for a user and a kind of session, and when it ends.
    ///
    /// # Errors
    /// The token cannot be signed.
    pub(super) fn token(
        &self,
        ucc: &str,
        scope: &str,
        now: Timestamp,
    ) -> Result<(String, Timestamp), Refusal> {
        let ends = midnight_after(now, india().to_time_zone());
        let claims = json!({
            "sub": ucc,
            "scope": scope,
            "iat": now.as_second(),
            "exp": ends.as_second(),
            // Tokens that are issued in the same second differ.
            "jti": random_token(),
        });
        // HS256 is the default.
        let token = encode(&Header::default(), &claims, &self.0).map_err(|_| Refusal::Broken)?;
        Ok((token, ends))
    }
}
