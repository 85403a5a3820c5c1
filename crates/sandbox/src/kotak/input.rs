//! Reading a call: its headers and the members of its body. Whether they are there has been checked against the spec.

use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::routes::Received;

/// A call, as the broker reads it.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a>(pub(crate) &'a Received);

impl<'a> Input<'a> {
    /// What the spec has against the call, as the broker says it.
    pub(crate) fn check(self) -> Result<(), Refusal> {
        self.0.breach.clone().map_or(Ok(()), |breach| Err(Refusal::BadInput(breach)))
    }

    /// A header; empty if it is not there.
    pub(crate) fn header(self, name: &str) -> &'a str {
        self.optional_header(name).unwrap_or_default()
    }

    pub(crate) fn optional_header(self, name: &str) -> Option<&'a str> {
        self.0.header(name)
    }

    /// A parameter of the path; empty if it is not there.
    pub(crate) fn path_parameter(self, name: &str) -> &'a str {
        self.0.path_parameters.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The token of `Authorization: Bearer`.
    pub(crate) fn bearer(self) -> Option<&'a str> {
        self.0.authorization("bearer")
    }

    /// Name and password of `Authorization: Basic` (RFC 7617).
    pub(crate) fn basic(self) -> Option<(String, String)> {
        self.0.basic()
    }

    /// The body as a JSON object.
    pub(crate) fn json(self) -> JsonBody {
        JsonBody(self.0.json().unwrap_or_default())
    }
}

/// The members of a JSON body.
pub(crate) struct JsonBody(Map<String, Value>);

impl JsonBody {
    /// A member; empty if it is not there or no text.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}
