//! The brokers' specs as they stand in `openapi/`: what requests are checked against, and what a reference shows.
//!
//! The files themselves are compiled in, so that there is no second list of operations, headers and members that could
//! say something else.

use std::io;
use std::sync::OnceLock;

use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use serde_json::{Map, Number, Value};

use crate::requests::Requests;

/// A broker's OpenAPI document.
#[derive(Clone, Debug)]
pub struct Spec {
    text: &'static str,
    value: Value,
    requests: Requests,
}

impl Spec {
    /// Reads a spec.
    ///
    /// # Errors
    /// The text is not one YAML document of plain values, or something that requests are to be checked against cannot be
    /// understood.
    pub(crate) fn read(text: &'static str) -> io::Result<Self> {
        let unreadable =
            |why: String| io::Error::new(io::ErrorKind::InvalidData, format!("cannot read the spec: {why}"));
        let documents = Yaml::load_from_str(text).map_err(|error| unreadable(error.to_string()))?;
        let [document] = documents.as_slice() else {
            return Err(unreadable(format!("it has {} documents instead of one", documents.len())));
        };
        let value = json(document).ok_or_else(|| unreadable("it has a value that JSON has not".into()))?;
        let requests = Requests::of(&value).map_err(unreadable)?;
        Ok(Self { text, value, requests })
    }

    /// The YAML as it is written.
    pub fn text(&self) -> &'static str {
        self.text
    }

    /// The document as JSON.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// What it demands of requests.
    pub(crate) fn requests(&self) -> &Requests {
        &self.requests
    }
}

/// The text of a spec, read once however many sandboxes there are.
pub(crate) struct SpecFile {
    text: &'static str,
    spec: OnceLock<Spec>,
}

impl SpecFile {
    /// For a `static`.
    pub(crate) const fn new(text: &'static str) -> Self {
        Self { text, spec: OnceLock::new() }
    }

    /// The spec.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn get(&'static self) -> io::Result<&'static Spec> {
        if let Some(spec) = self.spec.get() {
            return Ok(spec);
        }
        let spec = Spec::read(self.text)?;
        Ok(self.spec.get_or_init(|| spec))
    }
}

/// A YAML value as JSON; nothing for aliases, tags, numbers that are none, and keys that are no text.
fn json(node: &Yaml<'_>) -> Option<Value> {
    match node {
        Yaml::Value(Scalar::Null) => Some(Value::Null),
        Yaml::Value(Scalar::Boolean(value)) => Some((*value).into()),
        Yaml::Value(Scalar::Integer(value)) => Some((*value).into()),
        Yaml::Value(Scalar::FloatingPoint(value)) => Number::from_f64(value.into_inner()).map(Value::Number),
        Yaml::Value(Scalar::String(text)) => Some(text.as_ref().into()),
        Yaml::Sequence(items) => items.iter().map(json).collect(),
        Yaml::Mapping(members) => {
            let member = |(key, value): (&Yaml<'_>, &Yaml<'_>)| Some((name(key)?, json(value)?));
            members.iter().map(member).collect::<Option<Map<_, _>>>().map(Value::Object)
        }
        Yaml::Representation(..) | Yaml::Tagged(..) | Yaml::Alias(_) | Yaml::BadValue => None,
    }
}

/// A key as text; HTTP statuses are commonly not quoted.
fn name(key: &Yaml<'_>) -> Option<String> {
    match key {
        Yaml::Value(Scalar::String(text)) => Some(text.as_ref().to_owned()),
        Yaml::Value(Scalar::Integer(number)) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::MethodFilter;

    use super::*;
    use crate::broker::Play;
    use crate::operation::{Operation as _, Table as _};

    #[test]
    fn every_operation_of_a_spec_is_played_where_the_spec_has_it() {
        fn check<B: Play>() {
            for (path, item) in B::spec().unwrap().value()["paths"].as_object().unwrap() {
                for (method, operation) in item.as_object().unwrap() {
                    let Some(id) = operation["operationId"].as_str() else { continue };
                    let played =
                        B::Operation::all().iter().find(|played| played.id() == id).map(|id| id.row());
                    let row = played.unwrap_or_else(|| panic!("nobody plays {id}"));
                    assert_eq!(row.path, path, "{id}");
                    let method: http::Method = method.to_uppercase().parse().unwrap();
                    let method = MethodFilter::try_from(method).unwrap();
                    assert_eq!(row.methods.or(method), row.methods, "{id}");
                }
            }
        }
        check::<crate::kotak::Kotak>();
        check::<crate::ibkr::Ibkr>();
        check::<crate::neo::Neo>();
    }

    #[test]
    fn what_is_no_json_is_refused_with_a_reason() {
        for (text, reason) in
            [("a: *b", "cannot read the spec"), ("a: 1\n---\nb: 2", "2 documents"), ("a: .nan", "JSON")]
        {
            let error = Spec::read(text).unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
