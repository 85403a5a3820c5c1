//! The brokers' specs as they stand in `openapi/`: what requests are checked against, and what a reference shows.
//!
//! The files themselves are compiled in, so that there is no second list of operations, headers and fields that could
//! differ.

use std::{io, sync::OnceLock};

use broker_session_openapi::{Document, Operation, operations};
use serde_json::Value;

use crate::requests::Requests;

/// A broker's OpenAPI document.
#[derive(Clone, Debug)]
pub struct Spec {
    document: Document,
    operations: Vec<Operation>,
    requests: Requests,
}

impl Spec {
    /// Reads a spec.
    ///
    /// # Errors
    /// The string is not an OpenAPI document, or something that requests are to be checked against cannot be understood.
    pub(crate) fn read(text: &str) -> io::Result<Self> {
        let unreadable =
            |why: String| io::Error::new(io::ErrorKind::InvalidData, format!("cannot read the spec: {why}"));
        let document = Document::parse("spec", text).map_err(|problems| unreadable(problems.to_string()))?;
        let operations = operations(&document);
        let requests = Requests::of(&document, &operations).map_err(unreadable)?;
        Ok(Self { document, operations, requests })
    }

    /// The spec of a broker, read once however many sandboxes there are.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn shared(text: &str, shared: &'static OnceLock<Self>) -> io::Result<&'static Self> {
        match shared.get() {
            Some(spec) => Ok(spec),
            None => Self::read(text).map(|spec| shared.get_or_init(|| spec)),
        }
    }

    /// The YAML source.
    pub fn text(&self) -> &str {
        self.document.text()
    }

    /// The document as JSON.
    pub fn value(&self) -> &Value {
        self.document.value()
    }

    /// The operation with this id.
    pub(crate) fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// What it demands of requests.
    pub(crate) fn requests(&self) -> &Requests {
        &self.requests
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_spec_is_refused_with_a_reason() {
        for (text, reason) in [("a: [", "YAML"), ("openapi: 3.0.3", "`paths`")] {
            let error = Spec::read(text).unwrap_err().to_string();
            assert!(error.contains("cannot read the spec") && error.contains(reason), "{text}: {error}");
        }
    }
}
