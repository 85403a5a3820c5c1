//! Reading a call: headers, JSON members and form fields, with the broker's refusal for what is missing.

use std::collections::HashMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// A call's input, read in full.
pub(crate) struct Input {
    pub(crate) headers: HeaderMap,
    /// The last segment of the path where the operation takes one, percent-decoded.
    pub(crate) path_parameter: Option<String>,
    pub(crate) body: Bytes,
}

impl Input {
    /// A header that must be there; it may be empty.
    pub(crate) fn header(&self, name: &'static str) -> Result<&str, Refusal> {
        self.optional_header(name).ok_or(Refusal::Missing(name))
    }

    pub(crate) fn optional_header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The token of `Authorization: Bearer`; the scheme's case does not matter (RFC 9110).
    pub(crate) fn bearer(&self) -> Option<&str> {
        self.authorization("bearer")
    }

    /// Name and password of `Authorization: Basic` (RFC 7617).
    pub(crate) fn basic(&self) -> Option<(String, String)> {
        let decoded = BASE64_STANDARD.decode(self.authorization("basic")?).ok()?;
        let (name, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
        Some((name.to_owned(), password.to_owned()))
    }

    fn authorization(&self, scheme: &str) -> Option<&str> {
        let (found, rest) = self.optional_header(AUTHORIZATION.as_str())?.split_once(' ')?;
        found.eq_ignore_ascii_case(scheme).then(|| rest.trim())
    }

    /// The body as a JSON object. Members nobody asks for are ignored.
    pub(crate) fn json(&self) -> Result<JsonBody, Refusal> {
        serde_json::from_slice(&self.body).map(JsonBody).map_err(|_| Refusal::NotJson)
    }

    /// The body as a form; of a repeated field, the last one counts.
    pub(crate) fn form(&self) -> HashMap<String, String> {
        url::form_urlencoded::parse(&self.body).into_owned().collect()
    }
}

/// The members of a JSON body.
pub(crate) struct JsonBody(Map<String, Value>);

impl JsonBody {
    /// A member that must be there and be a string.
    pub(crate) fn text(&self, name: &'static str) -> Result<&str, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Err(Refusal::Missing(name)),
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(Refusal::NotAString(name)),
        }
    }
}
