//! The view and trade tokens: JSON Web Tokens (RFC 7519) like the broker's, which end at the next midnight in India.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::tickets::{random_uuid, uuid};
use crate::zone::{india, midnight_after};

/// Length of an RSA signature with a key of 2048 bits, in bytes.
const SIGNATURE: usize = 256;

/// A token of its own for a user and a kind of session, and when it ends.
///
/// It looks like one that is signed with RS256. Only the broker could check the signature, so random bytes stand in its
/// place.
pub(super) fn token(ucc: &str, scope: &str, now: Timestamp) -> (String, Timestamp) {
    let ends = midnight_after(now, india().to_time_zone());
    let claims = json!({
        "scope": [scope],
        "exp": ends.as_second(),
        // Tokens that are issued in the same second differ.
        "jti": random_uuid(),
        "iat": now.as_second(),
        "iss": "broker-session-sandbox",
        "sub": subject(ucc),
        "ucc": ucc,
    });
    let header = json!({ "alg": "RS256", "typ": "JWT" });
    let signature: [u8; SIGNATURE] = rand::random();
    let parts = [encoded(&header), encoded(&claims), BASE64_URL_SAFE_NO_PAD.encode(signature)];
    (parts.join("."), ends)
}

/// The user as the tokens name it: an identifier that is the same in each.
fn subject(ucc: &str) -> String {
    let digest = Sha256::digest(ucc);
    uuid(digest.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte)))
}

fn encoded(part: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(part.to_string())
}
