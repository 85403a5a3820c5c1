//! Memory that is overwritten before anybody else gets it.
//!
//! What an answer says under a name that nobody knows may be as secret as its tokens, and a buffer that grows leaves
//! what it held behind. So whatever holds a body, or a part of one, is one of these.

use std::{mem, ops::Deref};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::{Bytes, BytesMut};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;
use zeroize::{Zeroize, Zeroizing};

/// A JSON value that is overwritten when it is dropped, the names of its members included. Called by generated code.
#[derive(Default)]
pub struct Json(Value);

impl Json {
    /// Takes over a value.
    pub(crate) fn new(value: Value) -> Self {
        Self(value)
    }

    /// Reads a `T` from it, as `serde_json::from_value` would.
    ///
    /// # Errors
    /// If it does not fit.
    pub fn read<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        T::deserialize(&self.0)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self)
    }
}

impl Deref for Json {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl Drop for Json {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// It cannot be deeper than a parser lets it be.
fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(members) => {
            for (mut name, mut value) in mem::take(members) {
                name.zeroize();
                wipe(&mut value);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Texts as one, made in one place.
pub(crate) fn joined(texts: &[&str]) -> Zeroizing<String> {
    let length = texts.iter().map(|text| text.len()).sum();
    let mut joined = Zeroizing::new(String::with_capacity(length));
    texts.iter().for_each(|text| joined.push_str(text));
    joined
}

/// A text in base64 (RFC 4648, section 4), made in one place.
pub(crate) fn base64(text: &str) -> Zeroizing<String> {
    let mut encoded = Zeroizing::new(vec![0; text.len().div_ceil(3) * 4]);
    // It has room for all of it, and all of it is ASCII.
    let length = STANDARD.encode_slice(text, &mut encoded).unwrap_or_default();
    encoded.truncate(length);
    Zeroizing::new(String::from_utf8(mem::take(&mut *encoded)).unwrap_or_default())
}

/// Bytes that are overwritten when the last copy of them is dropped.
pub(crate) fn shared(bytes: Zeroizing<Vec<u8>>) -> Bytes {
    Bytes::from_owner(bytes)
}

/// The same for bytes that somebody else has made, without another copy of them if nobody else has them.
pub(crate) fn taken_over(bytes: Bytes) -> Bytes {
    match bytes.try_into_mut() {
        Ok(bytes) => Bytes::from_owner(Own(bytes)),
        Err(bytes) => shared(Zeroizing::new(bytes.to_vec())),
    }
}

struct Own(BytesMut);

impl AsRef<[u8]> for Own {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.0.as_mut().zeroize();
    }
}

/// A buffer that overwrites what it leaves behind when it grows.
#[derive(Default)]
pub(crate) struct Buffer(Zeroizing<Vec<u8>>);

impl Buffer {
    /// One that need not grow up to this length.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(capacity)))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut larger = Self::with_capacity(needed.max(2 * self.0.capacity()));
            larger.0.extend_from_slice(&self.0);
            *self = larger;
        }
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn freeze(self) -> Bytes {
        shared(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_holds_what_was_put_into_it() {
        let mut buffer = Buffer::default();
        let text = "made up, ".repeat(100);
        text.as_bytes().chunks(7).for_each(|chunk| buffer.extend(chunk));
        assert_eq!(buffer.len(), text.len());
        assert_eq!(buffer.freeze(), text);
    }

    #[test]
    fn bytes_are_taken_over_whoever_has_them() {
        let alone = Bytes::from(b"made up".to_vec());
        let at = alone.as_ptr();
        let taken = taken_over(alone);
        assert_eq!((&*taken, taken.as_ptr()), (&b"made up"[..], at), "without a copy");
        let elsewhere = taken.clone();
        assert_eq!(taken_over(taken), elsewhere);
    }

    #[test]
    fn texts_are_joined_and_encoded() {
        assert_eq!(*joined(&["Aladdin", ":", "open sesame"]), "Aladdin:open sesame");
        for (text, encoded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(*base64(text), encoded);
        }
    }

    #[test]
    fn nothing_of_a_value_is_left() {
        let mut value = serde_json::json!({ "a": ["made up", { "b": "made up" }], "c": 1 });
        let Value::Object(members) = &mut value else { unreachable!("an object") };
        let list = &mut members["a"];
        wipe(list);
        assert_eq!(*list, serde_json::json!(["", {}]));
        wipe(&mut value);
        assert_eq!(value, serde_json::json!({}));
    }
}
