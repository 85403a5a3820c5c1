//! Decodes the body of a response, once.
//!
//! The transport decodes a success to know whether it is one, and hands the value on to the generated method.

use std::{any::Any, sync::Arc};

use http::HeaderMap;
use progenitor_client::{Error as WireError, ResponseValue};
use reqwest::Response;
use serde::{
    Deserialize,
    de::{DeserializeOwned, Error, IgnoredAny},
};

use crate::lenient::decode_tolerantly;

/// A decoded body, on its way from the transport to the generated method in the extensions of the response.
#[derive(Clone)]
pub struct Decoded(Arc<dyn Any + Send + Sync>);

/// The success that a response holds. Called by generated code, in the place of a function that decodes the body.
///
/// # Errors
/// `UnexpectedResponse` if the response did not come through a transport.
pub async fn decoded<T: Send + Sync + 'static, E>(
    mut response: Response,
) -> Result<ResponseValue<T>, WireError<E>> {
    let value =
        response.extensions_mut().remove::<Decoded>().and_then(|Decoded(value)| value.downcast().ok());
    match value.and_then(Arc::into_inner) {
        Some(value) => Ok(ResponseValue::new(value, response.status(), HeaderMap::new())),
        None => Err(WireError::UnexpectedResponse(response)),
    }
}

/// Decodes a `T`. Generated tables refer to it.
///
/// # Errors
/// If the body is not JSON of this type.
pub fn decode<T: DeserializeOwned + Send + Sync + 'static>(
    body: &[u8],
) -> Result<Decoded, serde_json::Error> {
    let value: T = decode_tolerantly(utf_8(body)?)?;
    Ok(Decoded(Arc::new(value)))
}

/// Decodes JSON of any form, and keeps nothing.
///
/// # Errors
/// If the body is not JSON.
pub fn decode_anything(body: &[u8]) -> Result<Decoded, serde_json::Error> {
    read::<IgnoredAny>(body)?;
    Ok(Decoded(Arc::new(())))
}

/// Decodes a `T` from an object. serde would also read a type from a list, and an empty list would become an empty success
/// where all fields are optional.
///
/// # Errors
/// If the body is not an object of this type.
pub fn decode_object<T: DeserializeOwned + Send + Sync + 'static>(
    body: &[u8],
) -> Result<Decoded, serde_json::Error> {
    let decoded = decode::<T>(body)?;
    match body.trim_ascii_start().first() {
        Some(b'{') => Ok(decoded),
        _ => Err(serde_json::Error::custom("expected an object")),
    }
}

/// A missing body, or an object without fields.
///
/// RFC 7009, section 2.2, lets a client ignore the response to a revocation; this one examines it. Any other body is a
/// failure or a page. If it counted as a success, a token that is still valid would seem to be revoked.
///
/// # Errors
/// If the body has anything else.
pub fn decode_nothing(body: &[u8]) -> Result<Decoded, serde_json::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}

    if body.trim_ascii().is_empty() { Ok(Decoded(Arc::new(()))) } else { decode_object::<Nothing>(body) }
}

/// Reads JSON of a type that tolerates nothing.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    serde_json::from_str(utf_8(body)?)
}

/// All of a body must be UTF-8 (RFC 8259, section 8.1), even fields that are not read.
fn utf_8(body: &[u8]) -> Result<&str, serde_json::Error> {
    std::str::from_utf8(body).or_else(|error| {
        // A body that is not JSON in any encoding is a page, and not invalid JSON.
        serde_json::from_slice::<IgnoredAny>(body)?;
        Err(serde_json::Error::custom(error))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "only read")]
    struct Optional {
        #[serde(default)]
        text: Option<String>,
    }

    #[test]
    fn without_a_body_only_an_empty_object_fits() {
        for body in ["", " \r\n", "{}", " { }\n"] {
            assert!(decode_nothing(body.as_bytes()).is_ok(), "{body}");
        }
        for body in
            ["{\"error\":\"invalid_client\"}", "{\"fault\":null}", "<html>", "[]", "null", "0", "{}{}", "OK"]
        {
            assert!(decode_nothing(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn json_is_utf_8_in_unread_fields_as_well() {
        let error = |body: &[u8]| decode::<Optional>(body).err();
        assert!(error(b"{\"other\":\"\xc3\xa9\"}").is_none());
        assert!(error(b"{\"other\":\"\xe9\"}").unwrap().is_data());
        assert!(error(b"<html>\xe9</html>").unwrap().is_syntax());
    }

    #[test]
    fn a_list_is_not_an_object_of_optional_fields() {
        for body in ["{}", " \n{\"text\":\"a\"}"] {
            assert!(decode_object::<Optional>(body.as_bytes()).is_ok(), "{body}");
        }
        for body in ["[]", " [\"a\"]", "[{}]", "null", "1", ""] {
            assert!(decode_object::<Optional>(body.as_bytes()).is_err(), "{body}");
        }
        assert!(decode::<Optional>(b"[]").is_ok(), "serde reads it");
        assert!(decode_anything(b"[]").is_ok() && decode_anything(b"[").is_err());
    }
}
