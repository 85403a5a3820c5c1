//! Faults: the answers a real broker or its gateway gives only when one is not looking.

use std::fmt;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderName, HeaderValue, StatusCode};

use crate::delivery::Delivery;

/// One fault: what is answered in place of the operation's own answer, and how it is sent.
///
/// A constructor says what goes wrong; the methods refine it. By default the operation takes no effect:
/// no guess is counted, no token is spent. [`Fault::applied`] changes that.
#[derive(Clone, Debug)]
pub struct Fault {
    content: Content,
    delivery: Delivery,
    applied: bool,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// A header that no response can carry, and why.
    invalid_header: Option<String>,
}

#[derive(Clone, Debug)]
enum Content {
    /// The operation's own answer if the fault is applied, else the beginning of a success.
    Own,
    Documented(StatusCode),
    Given(http::Response<Bytes>),
}

impl Fault {
    fn new(content: Content, delivery: Delivery) -> Self {
        Self { content, delivery, applied: false, headers: Vec::new(), invalid_header: None }
    }

    /// An error status with the body the broker documents for it.
    pub fn status(status: StatusCode) -> Self {
        Self::new(Content::Documented(status), Delivery::Whole)
    }

    /// The broker's error body in an answer with status 200 (observed).
    pub fn in_success() -> Self {
        Self::status(StatusCode::OK)
    }

    /// A status with an HTML page, as gateways and load balancers send.
    pub fn html_page(status: StatusCode) -> Self {
        let title = status.to_string();
        let page = format!(
            "<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n<body><h1>{title}</h1>\
             <p>The gateway could not complete your request.</p></body></html>\n"
        );
        Self::with_type(status, HeaderValue::from_static("text/html; charset=utf-8"), page)
    }

    /// A status without a body.
    pub fn empty(status: StatusCode) -> Self {
        let mut answer = http::Response::new(Bytes::new());
        *answer.status_mut() = status;
        Self::raw(answer)
    }

    /// A redirect (3xx) to `location`, which may be any string that a header can hold.
    pub fn redirect(
        status: StatusCode,
        location: impl TryInto<HeaderValue, Error: Into<http::Error>>,
    ) -> Self {
        Self::empty(status).header(LOCATION, location)
    }

    /// Exactly this status, these headers and this body. `Content-Length` and `Date` are added.
    pub fn raw(answer: http::Response<impl Into<Bytes>>) -> Self {
        Self::new(Content::Given(answer.map(Into::into)), Delivery::Whole)
    }

    /// A status with a body of JSON.
    pub fn json(status: StatusCode, body: &serde_json::Value) -> Self {
        Self::with_type(status, HeaderValue::from_static("application/json"), body.to_string())
    }

    /// An answer that breaks off: `Content-Length` tells the whole length, half of the body is sent,
    /// then the connection ends.
    pub fn cut_body() -> Self {
        Self::new(Content::Own, Delivery::Cut)
    }

    /// An answer that stalls for ever after half of its body.
    pub fn slow_body() -> Self {
        Self::new(Content::Own, Delivery::Slow(None))
    }

    /// An answer that pauses after half of its body. The pause is real time on tokio's clock.
    pub fn slow_body_for(pause: Duration) -> Self {
        Self::new(Content::Own, Delivery::Slow(Some(pause)))
    }

    /// No answer at all: the request is read and the connection stays open.
    pub fn hang() -> Self {
        Self::new(Content::Own, Delivery::Never)
    }

    /// The request is read, then the connection is reset (TCP RST) before a byte of an answer.
    pub fn reset() -> Self {
        Self::new(Content::Own, Delivery::Reset)
    }

    /// What goes wrong between a client and a broker on a bad day, each once: for
    /// [`Sandbox::inject_randomly`](crate::Sandbox::inject_randomly). Resets and silence before and after the
    /// operation took effect; answers that are cut or late; 503 with a time to wait, without one, and as a page;
    /// a failure with status 200; 401 with words and without.
    pub fn bad_day() -> Vec<Self> {
        let unavailable = || Self::status(StatusCode::SERVICE_UNAVAILABLE);
        vec![
            Self::reset(),
            Self::reset().applied(),
            Self::hang(),
            Self::hang().applied(),
            Self::cut_body().applied(),
            Self::slow_body_for(Duration::from_millis(100)).applied(),
            unavailable(),
            unavailable().header(RETRY_AFTER, "1"),
            Self::html_page(StatusCode::SERVICE_UNAVAILABLE),
            Self::in_success(),
            Self::status(StatusCode::UNAUTHORIZED),
            Self::empty(StatusCode::UNAUTHORIZED),
        ]
    }

    /// The operation takes effect first (a guess is counted, a token is spent), then its answer is
    /// replaced or lost. [`Fault::cut_body`] and [`Fault::slow_body`] then send the operation's own answer.
    #[must_use]
    pub fn applied(mut self) -> Self {
        self.applied = true;
        self
    }

    /// Cuts this answer's body short, as [`Fault::cut_body`] does.
    #[must_use]
    pub fn cut(mut self) -> Self {
        self.delivery = Delivery::Cut;
        self
    }

    /// Stalls for ever after half of this answer's body, as [`Fault::slow_body`] does.
    #[must_use]
    pub fn slow(mut self) -> Self {
        self.delivery = Delivery::Slow(None);
        self
    }

    /// Adds a header to the response: `header("Retry-After", "3")`. Replaces one of the same name.
    ///
    /// Names and values may be strings, numbers or the types of `http`. What no header can hold, a name with a
    /// space or a value with a line break, is reported by the call that meets the fault: it gets status 500
    /// and a message that says so, without any other effect.
    #[must_use]
    pub fn header(
        mut self,
        name: impl TryInto<HeaderName, Error: Into<http::Error>>,
        value: impl TryInto<HeaderValue, Error: Into<http::Error>>,
    ) -> Self {
        let name =
            name.try_into().map_err(|error| format!("the name of a header is not valid: {}", error.into()));
        let header = name.and_then(|name| {
            let value = value.try_into();
            let value =
                value.map_err(|error| format!("the value of `{name}` is not valid: {}", error.into()))?;
            Ok((name, value))
        });
        match header {
            Ok(header) => self.headers.push(header),
            Err(why) => self.invalid_header = self.invalid_header.or(Some(why)),
        }
        self
    }

    /// A status with a body of this media type.
    pub(crate) fn with_type(status: StatusCode, media_type: HeaderValue, body: String) -> Self {
        let mut answer = http::Response::new(Bytes::from(body));
        *answer.status_mut() = status;
        answer.headers_mut().insert(CONTENT_TYPE, media_type);
        Self::raw(answer)
    }

    /// Whether the operation takes effect all the same.
    pub fn is_applied(&self) -> bool {
        self.applied && self.invalid_header.is_none()
    }

    /// The response that carries the fault. `own` is the operation's answer if it took effect;
    /// `documented` gives the broker's body for a status.
    pub(crate) fn respond(
        self,
        own: Option<Response>,
        documented: impl FnOnce(StatusCode) -> Response,
    ) -> Response {
        if let Some(why) = self.invalid_header {
            let message = format!("The sandbox cannot send this fault: {why}.");
            return (StatusCode::INTERNAL_SERVER_ERROR, message).into_response();
        }
        let mut response = match self.content {
            Content::Documented(status) => documented(status),
            Content::Given(answer) => answer.map(Body::from),
            Content::Own => own.unwrap_or_else(unfinished),
        };
        for (name, value) in self.headers {
            response.headers_mut().insert(name, value);
        }
        response.extensions_mut().insert(self.delivery);
        response
    }
}

/// What a broken answer would have been if nothing took effect: only its first half is ever seen,
/// except after [`Fault::slow_body_for`].
fn unfinished() -> Response {
    axum::Json(serde_json::json!({ "message": "The sandbox did not carry out this call." })).into_response()
}

/// In a few words, for the report of a test: `reset, applied`, or `503 text/html`.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let content = match &self.content {
            Content::Own => None,
            Content::Documented(status) => Some(status.as_str().to_owned()),
            Content::Given(answer) => {
                let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
                let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or("without a type");
                let kind = if answer.body().is_empty() { "empty" } else { kind };
                Some(format!("{} {kind}", answer.status().as_u16()))
            }
        };
        let delivery = match self.delivery {
            Delivery::Whole => None,
            Delivery::Cut => Some("cut"),
            Delivery::Slow(None) => Some("stalled"),
            Delivery::Slow(Some(_)) => Some("late"),
            Delivery::Never => Some("silence"),
            Delivery::Reset => Some("reset"),
        };
        let headers = self.headers.iter().map(|(name, _)| name.as_str());
        let parts = content.as_deref().into_iter().chain(delivery).chain(headers);
        let parts = parts.chain(self.invalid_header.as_ref().map(|_| "an invalid header"));
        let parts = parts.chain(self.applied.then_some("applied"));
        f.write_str(&parts.collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_fault_of_a_bad_day_has_a_name_of_its_own() {
        let names: BTreeSet<String> = Fault::bad_day().iter().map(Fault::to_string).collect();
        assert_eq!(names.len(), Fault::bad_day().len(), "{names:?}");
        for name in ["reset", "reset, applied", "503, retry-after", "503 text/html", "401 empty", "200"] {
            assert!(names.contains(name), "{name} in {names:?}");
        }
    }
}
