//! Credentials that cannot be printed by accident.
//!
//! A plain string ends up in a log sooner or later: through a derived `Debug`, an error message or a
//! panic. A [`Secret`] shows its value only to code that asks for it by name.

use std::{borrow::Cow, fmt, ops::Deref};

use http::{HeaderValue, header::InvalidHeaderValue};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::zeroizing::shared;

/// A password, code, PIN or token.
///
/// - `Debug` prints `Secret(***)`, and there is no `Display`.
/// - The memory is overwritten when the value is dropped.
/// - Comparing two secrets of the same length takes constant time.
/// - serde reads it, but does not write it: see [`SerializableSecret`].
///
/// ```
/// use broker_session_runtime::Secret;
///
/// let password = Secret::from("made-up-password");
/// assert_eq!(format!("{password:?}"), "Secret(***)");
/// assert_eq!(password.expose(), "made-up-password");
/// ```
#[derive(Clone, Default)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes over `value` without leaving a copy behind.
    pub fn new(value: String) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value itself. Every call is a place where a secret could leak, so use it rarely and briefly.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether the value is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value as a header carries it: marked as sensitive, and overwritten when the last copy of the header is
    /// dropped.
    ///
    /// # Errors
    /// If it has characters that no header may have; the error does not hold it.
    pub fn header(&self) -> Result<HeaderValue, InvalidHeaderValue> {
        // A header that is built from bytes may hold more than one that is built from a string (RFC 9110, section 5.5).
        let is_visible = self.expose().bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
        let bytes = if is_visible { self.expose().as_bytes() } else { b"\n" };
        let mut value = HeaderValue::from_maybe_shared(shared(Zeroizing::new(bytes.to_vec())))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// The value for a header. Generated code calls a method of this name on every header parameter, and converts the
    /// result to a header.
    #[doc(hidden)]
    pub fn to_string(&self) -> HeaderSecret<'_> {
        HeaderSecret(self)
    }
}

/// A secret that is about to become a header.
#[doc(hidden)]
#[derive(Debug)]
pub struct HeaderSecret<'a>(&'a Secret);

impl TryFrom<HeaderSecret<'_>> for HeaderValue {
    type Error = InvalidHeaderValue;

    fn try_from(HeaderSecret(secret): HeaderSecret<'_>) -> Result<Self, InvalidHeaderValue> {
        secret.header()
    }
}

/// For the generated mocks, which compare a header with it.
impl From<HeaderSecret<'_>> for String {
    fn from(HeaderSecret(secret): HeaderSecret<'_>) -> Self {
        secret.expose().to_owned()
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self::new(value.to_owned())
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}

impl From<Zeroizing<String>> for Secret {
    fn from(value: Zeroizing<String>) -> Self {
        Self(value)
    }
}

impl From<&Secret> for Secret {
    fn from(value: &Secret) -> Self {
        value.clone()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose().as_bytes().ct_eq(other.expose().as_bytes()).into()
    }
}

impl Eq for Secret {}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not `deserialize_string`: a deserialiser would then quote a number in its own error.
        deserializer.deserialize_any(SecretVisitor)
    }
}

/// Reads a string and, unlike serde's own visitor, never quotes another value in an error.
struct SecretVisitor;

impl serde::de::Visitor<'_> for SecretVisitor {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret as a string")
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Secret, E> {
        Ok(Secret::from(value))
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Secret, E> {
        Ok(Secret::new(value))
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Secret, E> {
        Err(E::custom(NO_NUMBER))
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Secret, E> {
        Err(E::custom(NO_NUMBER))
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Secret, E> {
        Err(E::custom(NO_NUMBER))
    }
}

const NO_NUMBER: &str = "a secret must be a string, not a number";

/// A [`Secret`] with a value that serde writes, for requests and session stores.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct SerializableSecret(Secret);

impl Serialize for SerializableSecret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl Deref for SerializableSecret {
    type Target = Secret;

    fn deref(&self) -> &Secret {
        &self.0
    }
}

impl From<Secret> for SerializableSecret {
    fn from(secret: Secret) -> Self {
        Self(secret)
    }
}

impl From<&Secret> for SerializableSecret {
    fn from(secret: &Secret) -> Self {
        Self(secret.clone())
    }
}

impl From<SerializableSecret> for Secret {
    fn from(secret: SerializableSecret) -> Self {
        secret.0
    }
}

impl JsonSchema for Secret {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "password" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_in_either_form() {
        let secret = Secret::from("hunter2");
        assert_eq!(format!("{secret:?} {secret:#?}"), "Secret(***) Secret(***)");
    }

    #[test]
    fn only_a_serializable_secret_is_written() {
        let secret: Secret = serde_json::from_str("\"hunter2\"").unwrap();
        assert_eq!(secret.expose(), "hunter2");
        let secret = SerializableSecret::from(secret);
        assert_eq!(format!("{secret:?}"), "SerializableSecret(Secret(***))");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"hunter2\"");
    }

    #[test]
    fn a_number_is_refused_without_being_quoted() {
        let error = serde_json::from_str::<Secret>("271828").unwrap_err().to_string();
        assert!(!error.contains("271828"), "{error}");
    }

    #[test]
    fn equality_compares_the_values() {
        assert_eq!(Secret::from("a"), Secret::from("a"));
        assert_ne!(Secret::from("a"), Secret::from("b"));
        assert_ne!(Secret::from("a"), Secret::from("aa"));
    }

    #[test]
    fn as_a_header_it_is_sensitive_and_visible_ascii() {
        let value = Secret::from("Bearer made-up").header().unwrap();
        assert!(value.is_sensitive());
        assert_eq!(value, "Bearer made-up");
        for bad in ["a\r\nb", "a\0", "\u{7f}", "\u{e9}"] {
            assert!(Secret::from(bad).header().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn its_schema_has_the_format_password() {
        let schema = schemars::schema_for!(Secret);
        assert_eq!(schema.get("format").and_then(|format| format.as_str()), Some("password"));
    }
}
