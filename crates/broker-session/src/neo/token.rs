//! What a token of the broker says about itself.
//!
//! It is a JSON Web Token (RFC 7519) that only the broker can check; here it is only read. One that cannot be read is
//! as good as any, there is just nothing known about it.

use broker_session_runtime::{Secret, lenient};
use jiff::{Timestamp, Zoned};
use jsonwebtoken::dangerous::insecure_decode_claims;
use serde::Deserialize;

use crate::india::in_india;

/// The registered claims that are of use. A NumericDate is a number of seconds, with or without a fraction. One that is
/// none does not cost the other.
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

/// When a token was issued and when it expires, in Indian time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Validity {
    pub(super) issued_at: Option<Zoned>,
    pub(super) expires_at: Option<Zoned>,
}

impl Validity {
    /// Reads it from the token.
    pub(super) fn of(token: &Secret) -> Self {
        let Payload(claims) = insecure_decode_claims(token.expose()).unwrap_or_default();
        Self { issued_at: claims.iat.and_then(time), expires_at: claims.exp.and_then(time) }
    }
}

fn time(seconds: f64) -> Option<Zoned> {
    // Beyond what a timestamp can hold the conversion saturates, and the timestamp refuses it.
    let timestamp = Timestamp::from_second(seconds.floor() as i64).ok()?;
    seconds.is_finite().then(|| in_india(timestamp))
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
    fn what_says_no_time_has_none() {
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
