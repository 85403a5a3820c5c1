//! How the ergonomic crate reaches each operation of a spec, and every documented response on the way there.
//!
//! A broker's suite lists its [`Scenario`]es once. Whatever can be said of every call is then said of every call of
//! every broker: what a caller sees of a response, what becomes of it in a hostile network, how often it is sent.

use std::{collections::BTreeSet, sync::Arc};

use broker_session::{ClientOptions, Error, Secret};
use broker_session_openapi::Operation;
use futures::future::BoxFuture;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    BrokerMessage, Case, Generated, MockApi, Report, Spec, as_encoded, compare_outcome,
    leak_detector::canary, of_fault, of_text, once,
};

/// A broker as `broker_session` knows it.
pub trait Broker: Generated {
    /// The path of the base URL.
    const PREFIX: &'static str;

    /// Whether a caller can name a certificate that is trusted by itself.
    const HAS_PINS: bool = false;

    /// The operations of which the crate accepts a success only if a field confirms it that the spec does not require.
    const CONFIRMED: &'static [&'static str] = &[];

    /// The ways to all operations.
    fn scenarios() -> &'static [Scenario];

    /// What a caller must see of a successful response, as the broker writes it.
    fn seen(spec: &Spec, scenario: &Scenario, case: &Case<'_>) -> Value {
        without_nulls(scenario.without_unread(as_received(spec, case)))
    }

    /// The broker's words in a failure.
    fn said(_spec: &Spec, case: &Case<'_>) -> BrokerMessage {
        match case.is_json() {
            true => of_fault(case.value()),
            false => of_text(case.value().as_str().unwrap_or_default()),
        }
    }

    /// The examples that other operations respond with while this one is tried: the operation, and the example's name.
    fn beside(_operation: &str) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// Responses of other operations that belong to this one.
    fn prepare(_spec: &Spec, _stage: &MockApi, _case: &Case<'_>) {}

    /// What else holds for an error of a call.
    ///
    /// # Errors
    /// What does not.
    fn check_error(_at: &Target, _error: &Error) -> Result<(), String> {
        Ok(())
    }
}

/// One way to an operation.
pub struct Scenario {
    /// The operation.
    pub operation: &'static str,
    /// Makes a client and calls what has to be called, the operation last; what a caller sees of its response.
    pub drive: for<'a> fn(&'a Target) -> BoxFuture<'a, Result<Value, Error>>,
    /// Fields of the response that nobody asks for.
    pub unseen: &'static [&'static str],
}

impl Scenario {
    /// A value without the fields that nobody asks for.
    pub fn without_unread(&self, mut value: Value) -> Value {
        if let Some(fields) = value.as_object_mut() {
            fields.retain(|name, _| !self.unseen.contains(&name.as_str()));
        }
        value
    }

    /// The operation, as the spec describes it.
    pub fn of<'a>(&self, spec: &'a Spec) -> &'a Operation {
        spec.operation(self.operation)
    }
}

/// Where a client is to call, how, and with which secrets.
pub struct Target {
    base: String,
    options: ClientOptions,
    /// The certificate that is trusted by itself, as PEM, with a broker that lets a caller name one.
    pin: Option<String>,
    secret: fn(&str) -> String,
    /// What follows a secret that only a body carries.
    tail: &'static str,
    /// Is called with every secret that the client is given.
    on_secret: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Target {
    /// At this base URL, with these options and with secrets that are plainly none.
    pub fn new(base: impl Into<String>, options: ClientOptions) -> Self {
        let secret = |name: &str| format!("made-up-{name}");
        Self { base: base.into(), options, pin: None, secret, tail: "", on_secret: Arc::new(|_| ()) }
    }

    /// With secrets that a [`crate::LeakDetector`] finds.
    pub fn with_canaries(self) -> Self {
        Self { secret: canary, tail: "\"\\ & +\u{e9}", ..self }
    }

    /// Calls `on_secret` with every secret that the client is given from now on.
    pub fn on_secret(self, on_secret: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { on_secret: Arc::new(on_secret), ..self }
    }

    /// With a certificate that is trusted by itself.
    pub fn pinned(self, pem: String) -> Self {
        Self { pin: Some(pem), ..self }
    }

    /// The certificate that is trusted by itself.
    pub fn pin(&self) -> Option<&str> {
        self.pin.as_deref()
    }

    /// The base URL.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// How the client reaches the broker.
    pub fn options(&self) -> ClientOptions {
        self.options.clone()
    }

    /// The secret of this name.
    pub fn secret(&self, name: &str) -> Secret {
        self.give((self.secret)(name))
    }

    /// The same for one that only a body carries: among canaries it has characters that look different there.
    pub fn secret_of_body(&self, name: &str) -> Secret {
        self.give(format!("{}{}", (self.secret)(name), self.tail))
    }

    fn give(&self, secret: String) -> Secret {
        (self.on_secret)(&secret);
        Secret::new(secret)
    }
}

/// Every operation of the spec can be reached, and none is there twice.
pub fn check_scenarios<B: Broker>() {
    let spec = B::spec();
    let reached: BTreeSet<&str> = B::scenarios().iter().map(|scenario| scenario.operation).collect();
    let of_spec: BTreeSet<&str> = spec.operations.iter().map(|operation| operation.id.as_str()).collect();
    assert_eq!(reached, of_spec);
    assert_eq!(reached.len(), B::scenarios().len());
}

/// Serves every documented response and compares what the ergonomic crate makes of it.
pub async fn check_responses<B: Broker>() -> Report {
    let spec = B::spec();
    let mock = MockApi::start(B::PREFIX).await;
    let mut report = Report::default();
    for scenario in B::scenarios() {
        for case in spec.cases().filter(|case| case.operation.id == scenario.operation) {
            mock.clear();
            // The earlier steps go well.
            mock.succeed::<B>(Some(scenario.operation));
            mock.respond_with(case.operation, &case);
            B::prepare(spec, &mock, &case);
            let at = Target::new(mock.base_url(), once());
            let outcome = (scenario.drive)(&at).await.map(|value| scenario.without_unread(value));
            let count = match mock.count(case.operation) {
                1 => Ok(()),
                count => Err(format!("{count} times in place of once")),
            };
            let settled =
                compare_outcome(&case, &outcome, || B::seen(spec, scenario, &case), || B::said(spec, &case));
            let rest = outcome.as_ref().err().map(|error| B::check_error(&at, error));
            let mut checks =
                vec![(format!("{}, how often it was called", case.label()), count), (case.label(), settled)];
            checks.extend(rest.map(|rest| (format!("{}, the rest of the error", case.label()), rest)));
            for (label, outcome) in checks {
                report.add(label, outcome);
            }
        }
    }
    report
}

/// What a response looks like to a client that loses nothing; null if it has no body.
pub fn as_received(spec: &Spec, case: &Case<'_>) -> Value {
    case.media.map_or(Value::Null, |media| as_encoded(spec, &media.schema, case.value()))
}

/// A value of the crate as the broker writes it.
pub fn as_json(value: impl Serialize) -> Value {
    serde_json::to_value(value).expect("a value that can be written")
}

/// Without fields that are null, and without objects that have no others.
pub fn without_nulls(value: Value) -> Value {
    without(value, &Value::is_null)
}

/// The same, and without empty strings.
pub fn without_blanks(value: Value) -> Value {
    without(value, &|value| value.is_null() || *value == json!(""))
}

fn without(value: Value, says_nothing: &dyn Fn(&Value) -> bool) -> Value {
    let Value::Object(fields) = value else { return value };
    let fields = fields.into_iter().map(|(name, value)| (name, without(value, says_nothing)));
    let is_empty = |value: &Value| says_nothing(value) || value.as_object().is_some_and(Map::is_empty);
    fields.filter(|(_, value)| !is_empty(value)).collect()
}
