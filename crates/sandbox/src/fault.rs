//! Faults: the responses of a broker or its gateway on a bad day, and which call meets which of them.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    time::Duration,
};

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{CONTENT_TYPE, LOCATION, RETRY_AFTER},
};
use parking_lot::Mutex;
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use sha2::{Digest, Sha256};

use crate::server::Delivery;

/// One fault: the response in place of the operation's own, and how it is sent.
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
    /// The operation's own response if the fault is applied, else the beginning of a success.
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

    /// The broker's error body with status 200 (observed).
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
        let mut response = http::Response::new(Bytes::new());
        *response.status_mut() = status;
        Self::raw(response)
    }

    /// A redirect (3xx) to `location`, which may be any string that a header can hold.
    pub fn redirect(
        status: StatusCode,
        location: impl TryInto<HeaderValue, Error: Into<http::Error>>,
    ) -> Self {
        Self::empty(status).header(LOCATION, location)
    }

    /// Exactly this status, these headers and this body. `Content-Length` and `Date` are added.
    pub fn raw(response: http::Response<impl Into<Bytes>>) -> Self {
        Self::new(Content::Given(response.map(Into::into)), Delivery::Whole)
    }

    /// A status with a body of JSON.
    pub fn json(status: StatusCode, body: &serde_json::Value) -> Self {
        Self::with_type(status, HeaderValue::from_static("application/json"), body.to_string())
    }

    /// A response that breaks off: `Content-Length` has the whole length, half of the body is sent,
    /// then the connection ends.
    pub fn cut_body() -> Self {
        Self::new(Content::Own, Delivery::Cut)
    }

    /// A response that stalls for ever after half of its body.
    pub fn slow_body() -> Self {
        Self::new(Content::Own, Delivery::Slow(None))
    }

    /// A response that pauses after half of its body. The pause is real time on tokio's clock.
    pub fn slow_body_for(pause: Duration) -> Self {
        Self::new(Content::Own, Delivery::Slow(Some(pause)))
    }

    /// No response at all: the request is read and the connection stays open.
    pub fn hang() -> Self {
        Self::new(Content::Own, Delivery::Never)
    }

    /// The request is read, then the connection is reset (TCP RST) before a byte of a response.
    pub fn reset() -> Self {
        Self::new(Content::Own, Delivery::Reset)
    }

    /// What goes wrong between a client and a broker on a bad day, each once: for
    /// [`Sandbox::inject_randomly`](crate::Sandbox::inject_randomly). Resets and silence before and after the
    /// operation took effect; responses that are cut or late; 503 with a time to wait, without one, and as a page;
    /// a failure with status 200; 401 with a body and without.
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

    /// The operation takes effect first (a guess is counted, a token is spent), then its response
    /// is replaced or lost. [`Fault::cut_body`] and [`Fault::slow_body`] then send the operation's own response.
    #[must_use]
    pub fn applied(mut self) -> Self {
        self.applied = true;
        self
    }

    /// Cuts this response's body short, as [`Fault::cut_body`] does.
    #[must_use]
    pub fn cut(mut self) -> Self {
        self.delivery = Delivery::Cut;
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
        let mut response = http::Response::new(Bytes::from(body));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, media_type);
        Self::raw(response)
    }

    /// Whether the operation takes effect all the same.
    pub fn is_applied(&self) -> bool {
        self.applied && self.invalid_header.is_none()
    }

    /// The response that carries the fault. `own` is the operation's response if it took effect;
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
            Content::Given(response) => response.map(Body::from),
            Content::Own => own.unwrap_or_else(unfinished),
        };
        for (name, value) in self.headers {
            response.headers_mut().insert(name, value);
        }
        response.extensions_mut().insert(self.delivery);
        response
    }
}

/// The broken response of an operation that took no effect. Only its first half is ever seen, except after
/// [`Fault::slow_body_for`].
fn unfinished() -> Response {
    axum::Json(serde_json::json!({ "message": "The sandbox did not carry out this call." })).into_response()
}

/// In a few words, for the report of a test: `reset, applied`, or `503 text/html`.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let content = match &self.content {
            Content::Own => None,
            Content::Documented(status) => Some(status.as_str().to_owned()),
            Content::Given(response) => {
                let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
                let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or("without a type");
                let kind = if response.body().is_empty() { "empty" } else { kind };
                Some(format!("{} {kind}", response.status().as_u16()))
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

/// The faults that wait for an operation, and those that come by chance.
#[derive(Debug, Default)]
pub(crate) struct InjectedFaults(Mutex<Injected>);

#[derive(Debug, Default)]
struct Injected {
    /// In the order they were injected.
    waiting: HashMap<&'static str, VecDeque<Waiting>>,
    chance: Option<Chance>,
}

#[derive(Debug)]
struct Waiting {
    fault: Fault,
    /// `None`: for ever.
    times: Option<usize>,
}

/// Faults that come by chance, though always by the same one.
#[derive(Debug)]
struct Chance {
    rate: f64,
    seed: u64,
    faults: Vec<Fault>,
    /// One for each operation, so that what meets one is not changed by when another is called.
    draws: HashMap<&'static str, StdRng>,
}

impl InjectedFaults {
    /// Appends a fault for the next `times` calls that no earlier fault takes; `None` is for ever.
    pub(crate) fn push(&self, operation: &'static str, fault: Fault, times: Option<usize>) {
        if times != Some(0) {
            self.0.lock().waiting.entry(operation).or_default().push_back(Waiting { fault, times });
        }
    }

    /// Lets a share of the calls for which no fault waits meet one of these, in place of those given before.
    pub(crate) fn by_chance(&self, rate: f64, seed: u64, faults: Vec<Fault>) {
        // NaN is never.
        let rate = if rate.is_nan() { 0.0 } else { rate.clamp(0.0, 1.0) };
        self.0.lock().chance = Some(Chance { rate, seed, faults, draws: HashMap::new() });
    }

    /// The fault for this call of the operation, if it meets one.
    pub(crate) fn take(&self, operation: &'static str) -> Option<Fault> {
        let mut state = self.0.lock();
        let by_chance = state.chance.as_mut().and_then(|chance| chance.draw(operation));
        state.take_waiting(operation).or(by_chance)
    }

    /// Forgets every fault.
    pub(crate) fn clear(&self) {
        *self.0.lock() = Injected::default();
    }
}

impl Injected {
    fn take_waiting(&mut self, operation: &str) -> Option<Fault> {
        let queue = self.waiting.get_mut(operation)?;
        let first = queue.front_mut()?;
        let fault = first.fault.clone();
        match &mut first.times {
            None => {}
            Some(1) => drop(queue.pop_front()),
            Some(times) => *times -= 1,
        }
        Some(fault)
    }
}

impl Chance {
    fn draw(&mut self, operation: &'static str) -> Option<Fault> {
        let seed = self.seed;
        let draw = self.draws.entry(operation).or_insert_with(|| {
            let start = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(operation);
            StdRng::from_seed(start.finalize().into())
        });
        // Both are drawn for every call, so that another rate with the same seed does not change which fault a call
        // meets that meets one at both.
        let (chance, fault) = (draw.random::<f64>(), self.faults.choose(draw));
        fault.filter(|_| chance < self.rate).cloned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn each_fault_of_a_bad_day_has_a_name_of_its_own() {
        let names: BTreeSet<String> = Fault::bad_day().iter().map(Fault::to_string).collect();
        assert_eq!(names.len(), Fault::bad_day().len(), "{names:?}");
        for name in ["reset", "reset, applied", "503, retry-after", "503 text/html", "401 empty", "200"] {
            assert!(names.contains(name), "{name} in {names:?}");
        }
    }

    fn names(faults: &InjectedFaults, operation: &'static str, calls: usize) -> Vec<Option<String>> {
        (0..calls).map(|_| faults.take(operation).map(|fault| fault.to_string())).collect()
    }

    fn by_chance(rate: f64, seed: u64) -> InjectedFaults {
        let faults = InjectedFaults::default();
        faults.by_chance(rate, seed, Fault::bad_day());
        faults
    }

    #[test]
    fn faults_are_taken_in_order_and_as_often_as_asked() {
        let faults = InjectedFaults::default();
        faults.push("login", Fault::hang(), Some(2));
        faults.push("login", Fault::reset(), Some(0));
        faults.push("login", Fault::cut_body(), None);
        let named = |name: &str| Some(name.to_owned());
        assert_eq!(
            names(&faults, "login", 4),
            [named("silence"), named("silence"), named("cut"), named("cut")]
        );
        assert!(faults.take("logout").is_none());
        faults.clear();
        assert!(faults.take("login").is_none());
    }

    #[test]
    fn about_as_many_calls_as_asked_meet_each_of_the_faults() {
        let met = names(&by_chance(0.05, 1), "login", 20_000);
        let count = met.iter().flatten().count();
        assert!((800..1_200).contains(&count), "{count}");
        for fault in Fault::bad_day() {
            let name = fault.to_string();
            assert!(met.iter().flatten().filter(|met| **met == name).count() > 30, "{name}");
        }
        assert_eq!(names(&by_chance(1.0, 1), "login", 100).iter().flatten().count(), 100);
        for none in [0.0, -1.0, f64::NAN] {
            assert_eq!(names(&by_chance(none, 1), "login", 100).iter().flatten().count(), 0, "{none}");
        }
    }

    #[test]
    fn the_same_seed_has_the_same_faults_whatever_else_is_called() {
        let alone = names(&by_chance(0.5, 7), "login", 100);
        let among_others = by_chance(0.5, 7);
        let met: Vec<_> = (0..100)
            .map(|_| {
                among_others.take("logout");
                among_others.take("login").map(|fault| fault.to_string())
            })
            .collect();
        assert_eq!(met, alone);
        assert_ne!(names(&by_chance(0.5, 7), "logout", 100), alone);
        assert_ne!(names(&by_chance(0.5, 8), "login", 100), alone);
    }

    #[test]
    fn what_waits_comes_before_chance_and_does_not_change_it() {
        let chance = names(&by_chance(0.5, 7), "login", 10);
        let faults = by_chance(0.5, 7);
        faults.push("login", Fault::json(StatusCode::OK, &json!({})), Some(3));
        let met = names(&faults, "login", 10);
        assert_eq!(met[3..], chance[3..]);
        assert!(met[..3].iter().all(|name| name.as_deref() == Some("200 application/json")), "{met:?}");
        faults.clear();
        assert_eq!(names(&faults, "login", 100).iter().flatten().count(), 0);
    }
}
