//! Reading a call: headers and JSON members, with the broker's refusal for what is missing.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::routes::Received;

/// A call, as the broker reads it.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a>(pub(crate) &'a Received);

impl<'a> Input<'a> {
    /// A header that must be there; it may be empty.
    pub(crate) fn header(self, name: &'static str) -> Result<&'a str, Refusal> {
        self.optional_header(name).ok_or(Refusal::Missing(name))
    }

    pub(crate) fn optional_header(self, name: &str) -> Option<&'a str> {
        self.0.header(name)
    }

    /// The parameter of the path.
    pub(crate) fn path_parameter(self, name: &'static str) -> Result<&'a str, Refusal> {
        self.0.path_parameter.as_deref().ok_or(Refusal::Missing(name))
    }

    /// The token of `Authorization: Bearer`.
    pub(crate) fn bearer(self) -> Option<&'a str> {
        self.0.authorization("bearer")
    }

    /// Name and password of `Authorization: Basic` (RFC 7617).
    pub(crate) fn basic(self) -> Option<(String, String)> {
        let decoded = BASE64_STANDARD.decode(self.0.authorization("basic")?).ok()?;
        let (name, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
        Some((name.to_owned(), password.to_owned()))
    }

    /// The body as a JSON object. Members nobody asks for are ignored.
    pub(crate) fn json(self) -> Result<JsonBody, Refusal> {
        self.0.json().map(JsonBody).ok_or(Refusal::NotJson)
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
