//! Memory that is overwritten before it is freed.
//!
//! A field that the spec does not know may be secret, and a buffer that grows leaves a copy behind. So one of these types
//! holds each body and each part of one.

use std::{
    mem,
    ops::{Deref, DerefMut},
    pin::pin,
    task::{Context, Poll, Waker},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use reqwest::Request;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;
use zeroize::{Zeroize, Zeroizing};

/// A JSON value that is overwritten when it is dropped, the names of its fields included. Called by generated code.
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

impl DerefMut for Json {
    fn deref_mut(&mut self) -> &mut Value {
        &mut self.0
    }
}

impl Drop for Json {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// The recursion is bounded, because the parser limits the depth.
fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(fields) => {
            for (mut name, mut value) in mem::take(fields) {
                name.zeroize();
                wipe(&mut value);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Joins strings without a reallocation.
pub(crate) fn joined(parts: &[&str]) -> Zeroizing<String> {
    let length = parts.iter().map(|part| part.len()).sum();
    let mut joined = Zeroizing::new(String::with_capacity(length));
    parts.iter().for_each(|part| joined.push_str(part));
    joined
}

/// Encodes a string in base64 (RFC 4648, section 4) without a reallocation.
pub(crate) fn base64(plain: &str) -> Zeroizing<String> {
    let mut encoded = Zeroizing::new(vec![0; plain.len().div_ceil(3) * 4]);
    // The buffer is large enough, and base64 is ASCII.
    let length = STANDARD.encode_slice(plain, &mut encoded).unwrap_or_default();
    encoded.truncate(length);
    Zeroizing::new(String::from_utf8(mem::take(&mut *encoded)).unwrap_or_default())
}

/// Bytes that are overwritten when the last copy of them is dropped.
pub(crate) fn shared(bytes: Zeroizing<Vec<u8>>) -> Bytes {
    Bytes::from_owner(bytes)
}

/// Has the body of a request overwritten when its last copy is dropped. The HTTP client has serialised it.
pub(crate) fn take_over(request: &mut Request) {
    if request.body().is_none_or(|body| body.as_bytes().is_none()) {
        return;
    }
    let Some(mut body) = request.body_mut().take() else { return };
    let mut context = Context::from_waker(Waker::noop());
    // A body in memory comes at once, as one frame.
    let frame = pin!(body.frame()).poll(&mut context);
    if let Poll::Ready(Some(Ok(frame))) = frame
        && let Ok(bytes) = frame.into_data()
    {
        *request.body_mut() = Some(taken_over(bytes).into());
    }
}

/// Does what [`shared`] does for existing bytes, without a copy if there is no other owner.
fn taken_over(bytes: Bytes) -> Bytes {
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
    /// A buffer that does not grow up to this length.
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
        let content = "made up, ".repeat(100);
        content.as_bytes().chunks(7).for_each(|chunk| buffer.extend(chunk));
        assert_eq!(buffer.len(), content.len());
        assert_eq!(buffer.freeze(), content);
    }

    #[test]
    fn a_request_keeps_its_body_when_it_is_taken_over() {
        let http = reqwest::Client::builder().tls_certs_only([]).build().unwrap();
        for text in ["", "made up"] {
            let mut request = http.post("http://127.0.0.1").body(text).build().unwrap();
            take_over(&mut request);
            assert_eq!(request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default(), text.as_bytes());
        }
    }

    #[test]
    fn bytes_are_taken_over_with_and_without_other_owners() {
        let alone = Bytes::from(b"made up".to_vec());
        let at = alone.as_ptr();
        let taken = taken_over(alone);
        assert_eq!((&*taken, taken.as_ptr()), (&b"made up"[..], at), "without a copy");
        let elsewhere = taken.clone();
        assert_eq!(taken_over(taken), elsewhere);
    }

    #[test]
    fn strings_are_joined_and_encoded() {
        assert_eq!(*joined(&["Aladdin", ":", "open sesame"]), "Aladdin:open sesame");
        for (plain, encoded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(*base64(plain), encoded);
        }
    }

    #[test]
    fn nothing_of_a_value_is_left() {
        let mut value = serde_json::json!({ "a": ["made up", { "b": "made up" }], "c": 1 });
        let Value::Object(fields) = &mut value else { unreachable!("an object") };
        let list = &mut fields["a"];
        wipe(list);
        assert_eq!(*list, serde_json::json!(["", {}]));
        wipe(&mut value);
        assert_eq!(value, serde_json::json!({}));
    }
}
