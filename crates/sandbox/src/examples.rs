//! Documented answers by name: whatever example a broker's spec has, its sandbox can be told to give.

use std::io;

use http::{HeaderValue, StatusCode};
use serde_json::Value;

use crate::broker::Broker;
use crate::fault::Fault;
use crate::operation::Operation as _;
use crate::sandbox::Sandbox;

/// The media type of a broker's own words.
const JSON: &str = "application/json";

/// How many references in a row are followed; a longer chain is a circle.
const LONGEST_CHAIN: usize = 16;

impl<B: Broker> Sandbox<B> {
    /// The answer that the broker's spec documents for this operation and status under this name, to be given to
    /// [`Sandbox::inject`]: with its body and its media type, to the letter.
    ///
    /// For what the sandbox does not do by itself: an oddity that was observed once, or the page of a gateway. An answer
    /// without a body has no name; that is [`Fault::empty`], or [`Fault::redirect`].
    ///
    /// ```
    /// use broker_session_sandbox::kotak::{Operation, Sandbox};
    /// use http::StatusCode;
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// let sandbox = Sandbox::builder().start().await?;
    /// let page = Sandbox::example(Operation::SessionInit, StatusCode::SERVICE_UNAVAILABLE, "gateway-page")?;
    /// sandbox.inject(Operation::SessionInit, page);
    /// # std::io::Result::Ok(())
    /// # })?;
    /// # std::io::Result::Ok(())
    /// ```
    ///
    /// # Errors
    /// The spec has no such example, or more than one; the message names those that there are.
    pub fn example(operation: B::Operation, status: StatusCode, name: &str) -> io::Result<Fault> {
        let examples = of_status(B::spec()?.value(), operation.id(), status);
        let mut found = examples.iter().filter(|example| example.name == name);
        match (found.next(), found.next()) {
            (Some(Example { media_type, value, .. }), None) => {
                let body = match value {
                    Value::String(text) if !media_type.contains("json") => text.clone(),
                    value => value.to_string(),
                };
                let media_type = HeaderValue::from_str(media_type).map_err(io::Error::other)?;
                Ok(Fault::with_type(status, media_type, body))
            }
            (found, _) => {
                let known: Vec<&str> = examples.iter().map(|example| example.name).collect();
                let answer = format!("the answer {} of `{}`", status.as_u16(), operation.id());
                let message = match (found, known.as_slice()) {
                    (_, []) => {
                        format!("the spec documents no body for {answer}, and so no example `{name}`.")
                    }
                    (None, known) => {
                        format!(
                            "the spec has no example `{name}` for {answer}; it has: {}.",
                            known.join(", ")
                        )
                    }
                    (Some(_), _) => format!(
                        "the spec has more than one example `{name}` for {answer}, in several media types; give \
                         each a name of its own."
                    ),
                };
                Err(io::Error::new(io::ErrorKind::NotFound, message))
            }
        }
    }
}

/// The body of a named example in JSON, for an answer that a broker gives by itself and whose words only the spec knows.
pub(crate) fn body<'a>(spec: &'a Value, id: &str, status: StatusCode, name: &str) -> Option<&'a Value> {
    let mut examples = of_status(spec, id, status).into_iter();
    examples.find(|example| example.name == name && example.media_type == JSON).map(|example| example.value)
}

/// A named example of a body.
struct Example<'a> {
    name: &'a str,
    media_type: &'a str,
    value: &'a Value,
}

/// The examples of an operation's answer with this status.
fn of_status<'a>(spec: &'a Value, id: &str, status: StatusCode) -> Vec<Example<'a>> {
    let items = spec.get("paths").and_then(Value::as_object).into_iter().flatten();
    let operations = items.filter_map(|(_, item)| item.as_object()).flatten();
    let operation = operations
        .map(|(_, operation)| operation)
        .find(|operation| operation.get("operationId").and_then(Value::as_str) == Some(id));
    let response = operation.and_then(|operation| operation.get("responses")?.get(status.as_str()));
    let content = response.and_then(|response| followed(spec, response)?.get("content")?.as_object());
    let media = content.into_iter().flatten();
    let examples = media.filter_map(|(media_type, media)| {
        let examples = media.get("examples")?.as_object()?.iter();
        Some(examples.filter_map(move |(name, example)| {
            let value = followed(spec, example)?.get("value")?;
            Some(Example { name, media_type, value })
        }))
    });
    examples.flatten().collect()
}

/// What a reference leads to.
fn followed<'a>(spec: &'a Value, mut value: &'a Value) -> Option<&'a Value> {
    for _ in 0..LONGEST_CHAIN {
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => value = spec.pointer(reference.strip_prefix('#')?)?,
            None => return Some(value),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn examples_are_found_through_references_and_in_every_media_type() {
        let spec = json!({
            "paths": { "/a": { "parameters": [], "get": { "operationId": "a", "responses": { "200": { "$ref": "#/components/responses/A" } } } } },
            "components": {
                "responses": { "A": { "content": {
                    "application/json": { "examples": { "one": { "$ref": "#/components/examples/One" }, "round": { "$ref": "#/components/examples/Round" } } },
                    "text/html": { "examples": { "one": { "value": "" } } },
                } } },
                "examples": { "One": { "value": {} }, "Round": { "$ref": "#/components/examples/Round" } },
            },
        });
        let found = of_status(&spec, "a", StatusCode::OK);
        let found: Vec<_> =
            found.iter().map(|example| (example.name, example.media_type, example.value)).collect();
        assert_eq!(found, [("one", "application/json", &json!({})), ("one", "text/html", &json!(""))]);
        assert!(of_status(&spec, "b", StatusCode::OK).is_empty());
        assert!(of_status(&spec, "a", StatusCode::NOT_FOUND).is_empty());
    }
}
