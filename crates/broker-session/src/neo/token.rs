//! What a token of the broker contains about itself.
//!
//! It is a JSON Web Token (RFC 7519) that only the broker can check; here it is only read. One that cannot be read is
//! as good as any other, only nothing is known about it.

use broker_session_runtime::{Secret, lenient};
use jiff::{Timestamp, Zoned};
use jsonwebtoken::dangerous::insecure_decode_claims;
use serde::Deserialize;

use crate::ist::in_india;

/// The registered claims that are of use. A NumericDate is a number of seconds, with or without a fraction. One that cannot
/// be read does not cost the other.
#[derive(Debug, Default, Deserialize)]
struct Claims {
    #[serde(default, deserialize_with = "lenient")]
    exp: Option<f64>,
    #[serde(default, deserialize_with = "lenient")]
    iat: Option<f64>,
}

/// serde alone would read claims from a list, too.
#[derive(Debug, Default, Deserialize)]
struct Payload(#[serde(deserialize_with = "broker_session_runtime::object")] Claims);

/// When a token was issued, and when it expires in Indian time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Validity {
    pub(super) issued_at: Option<Timestamp>,
    pub(super) expires_at: Option<Zoned>,
}

impl Validity {
    /// Reads it from the token.
    pub(super) fn of(token: &Secret) -> Self {
        let Payload(claims) = insecure_decode_claims(token.expose()).unwrap_or_default();
        let expires_at = claims.exp.and_then(time).map(in_india);
        Self { issued_at: claims.iat.and_then(time), expires_at }
    }
}

fn time(seconds: f64) -> Option<Timestamp> {
    // Beyond what a timestamp can hold the conversion saturates, and the timestamp refuses it.
    let timestamp = Timestamp::from_second(seconds.floor() as i64).ok()?;
    seconds.is_finite().then_some(timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A token of these claims, which are given as base64url.
    fn expiry(claims: &str) -> Option<String> {
        let token = Secret::new(format!("eyJhbGciOiJIUzI1NiJ9.{claims}.bWFkZS11cA"));
        Validity::of(&token).expires_at.map(|time| time.to_string())
    }

    #[test]
    fn the_expiry_is_read_and_shown_in_indian_time() {
        // {"exp":1630434600}, {"exp":1630434600.5} and {"exp":"1630434600"}
        for claims in
            ["eyJleHAiOjE2MzA0MzQ2MDB9", "eyJleHAiOjE2MzA0MzQ2MDAuNX0", "eyJleHAiOiIxNjMwNDM0NjAwIn0"]
        {
            assert_eq!(expiry(claims).as_deref(), Some("2021-09-01T00:00:00+05:30[+05:30]"));
        }
    }

    #[test]
    fn a_token_without_a_time_has_none() {
        // {}, {"exp":null}, {"exp":1e300}, {"exp":-1e300}, [1]
        for claims in
            ["e30", "eyJleHAiOm51bGx9", "eyJleHAiOjFlMzAwfQ", "eyJleHAiOi0xZTMwMH0", "WzFd", "", "%%%"]
        {
            assert_eq!(expiry(claims), None, "{claims}");
        }
        for token in ["made-up-token", "", "..", "a.b"] {
            assert_eq!(Validity::of(&Secret::from(token)), Validity::default(), "{token}");
        }
    }
}
