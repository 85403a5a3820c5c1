//! The examples of a broker's spec as the responses of its sandbox.

use std::io;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use broker_session_openapi as openapi;
use http::{HeaderValue, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

use crate::{
    broker::{Broker, Play},
    fault::Fault,
    operation::Operation as _,
    sandbox::Sandbox,
    spec::Spec,
};

/// The media type of a broker's own responses.
const JSON: &str = "application/json";

impl<B: Broker> Sandbox<B> {
    /// The response that the broker's spec documents for this operation and status under this name, to be given to
    /// [`Sandbox::inject`]: with its body and its media type, to the letter.
    ///
    /// For what the sandbox does not do by itself: an oddity that was observed once, or the page of a gateway. A response
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
        let examples = of_status(B::spec()?, operation.id(), status);
        let mut found = examples.iter().filter(|example| example.name == name);
        match (found.next(), found.next()) {
            (Some(Example { media_type, value, .. }), None) => {
                let media_type_header = HeaderValue::from_str(media_type).map_err(io::Error::other)?;
                let body = (*value).clone();
                let example = Documented { status, media_type: (*media_type).to_owned(), body };
                Ok(Fault::with_type(status, media_type_header, example.text()))
            }
            (found, _) => {
                let known: Vec<&str> = examples.iter().map(|example| example.name).collect();
                let response = format!("the response {} of `{}`", status.as_u16(), operation.id());
                let message = match (found, known.as_slice()) {
                    (_, []) => {
                        format!("the spec documents no body for {response}, and so no example `{name}`.")
                    }
                    (None, known) => {
                        format!(
                            "the spec has no example `{name}` for {response}; it has: {}.",
                            known.join(", ")
                        )
                    }
                    (Some(_), _) => format!(
                        "the spec has more than one example `{name}` for {response}, in several media types; give \
                         each a name of its own."
                    ),
                };
                Err(io::Error::new(io::ErrorKind::NotFound, message))
            }
        }
    }
}

/// A response as the spec has it in an example, to be changed where the sandbox has its own values.
#[derive(Clone, Debug)]
pub(crate) struct Documented {
    status: StatusCode,
    media_type: String,
    pub(crate) body: Value,
}

impl Documented {
    /// The example with this name. If the spec has none, the body is null, and a test fails.
    pub(crate) fn of<B: Play>(operation: B::Operation, status: StatusCode, name: &str) -> Self {
        Self::find::<B>(operation, status, |example| example.name == name).unwrap_or_else(|| Self {
            status,
            media_type: JSON.to_owned(),
            body: Value::Null,
        })
    }

    /// The body of a successful response.
    pub(crate) fn success<B: Play>(operation: B::Operation, name: &str) -> Self {
        Self::of::<B>(operation, StatusCode::OK, name)
    }

    fn find<B: Play>(
        operation: B::Operation,
        status: StatusCode,
        matches: impl Fn(&Example<'_>) -> bool,
    ) -> Option<Self> {
        let spec = B::spec().ok()?;
        let operation = spec.operation(operation.id()).map_or(B::STAND_IN, |_| operation);
        let examples = of_status(spec, operation.id(), status);
        let Example { media_type, value, .. } = examples.into_iter().find(matches)?;
        Some(Self { status, media_type: media_type.to_owned(), body: value.clone() })
    }

    /// Puts a value in the place of another; a field that is not there is added to its object.
    #[must_use]
    pub(crate) fn with(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
        match self.body.pointer_mut(parent) {
            Some(Value::Object(fields)) => {
                fields.insert(name.to_owned(), value.into());
            }
            Some(Value::Array(items)) => {
                if let Some(item) = name.parse().ok().and_then(|index: usize| items.get_mut(index)) {
                    *item = value.into();
                }
            }
            _ => {}
        }
        self
    }

    /// With another status.
    #[must_use]
    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    fn text(&self) -> String {
        match &self.body {
            Value::String(text) if !self.media_type.contains("json") => text.clone(),
            value => value.to_string(),
        }
    }
}

impl IntoResponse for Documented {
    fn into_response(self) -> Response {
        let text = self.text();
        (self.status, [(CONTENT_TYPE, self.media_type)], text).into_response()
    }
}

/// The broker's response with a status, for an injected fault: the preferred example of the spec, or the first.
pub(crate) fn documented<B: Play>(operation: B::Operation, status: StatusCode) -> Response {
    let preferred = |example: &Example<'_>| B::FAULT_EXAMPLES.contains(&example.name);
    let first = |_: &Example<'_>| !status.is_success();
    let example = Documented::find::<B>(operation, status, preferred);
    let example = example.or_else(|| Documented::find::<B>(operation, status, first));
    example.map_or_else(|| B::undocumented(status), IntoResponse::into_response)
}

/// The flat form of the API gateway in front of Kotak, with `code` as a string.
pub(crate) fn gateway(status: StatusCode, description: &str) -> Response {
    let reason = status.canonical_reason().unwrap_or_default();
    let body = json!({ "code": status.as_str(), "message": reason, "description": description });
    (status, Json(body)).into_response()
}

/// A named example of a body.
struct Example<'a> {
    name: &'a str,
    media_type: &'a str,
    value: &'a Value,
}

/// The examples of an operation's response with this status.
fn of_status<'a>(spec: &'a Spec, id: &str, status: StatusCode) -> Vec<Example<'a>> {
    let responses = spec.operation(id).into_iter().flat_map(|operation| &operation.responses);
    let content = responses.filter(|response| response.status == status.as_u16());
    let examples = content.flat_map(|response| &response.content).flat_map(|media| {
        let media_type = media.media_type.as_str();
        let of = move |example: &'a _| -> Example<'a> {
            let openapi::Example { name, value, .. } = example;
            Example { name, media_type, value }
        };
        media.examples.iter().map(of)
    });
    examples.collect()
}
