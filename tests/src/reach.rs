//! How the ergonomic crate reaches each operation of a spec, and every documented answer on the way there.
//!
//! A broker's suite lists its [`Reach`]es once. Whatever can be said of every call is then said of every call of
//! every broker: what a caller sees of an answer, what becomes of it in a hostile network, how often it is sent.

use std::{collections::BTreeSet, sync::Arc};

use broker_session::{Connection, Error, Secret};
use broker_session_codegen::spec::Operation;
use futures::future::BoxFuture;
use serde_json::{Map, Value, json};

use crate::{
    Case, Generated, Report, Said, Spec, Stage, as_encoded, check_settled, of_fault, of_text, once,
    watch::canary,
};

/// A broker as `broker_session` knows it.
pub trait Broker: Generated {
    /// The path of the base URL.
    const PREFIX: &'static str;

    /// The ways to all operations.
    fn reaches() -> &'static [Reach];

    /// What a caller must see of a successful answer, as the broker writes it.
    fn seen(spec: &Spec, reach: &Reach, case: &Case<'_>) -> Value {
        without_nulls(reach.without_unseen(as_answered(spec, case)))
    }

    /// The broker's words in a failure.
    fn said(_spec: &Spec, case: &Case<'_>) -> Said {
        match case.is_json() {
            true => of_fault(case.value()),
            false => of_text(case.value().as_str().unwrap_or_default()),
        }
    }

    /// Answers of other operations that belong to this one.
    fn prepare(_spec: &Spec, _stage: &Stage, _case: &Case<'_>) {}

    /// What else holds for an error of a call.
    ///
    /// # Errors
    /// What does not.
    fn check_error(_at: &At, _error: &Error) -> Result<(), String> {
        Ok(())
    }
}

/// One way to an operation.
pub struct Reach {
    /// The operation.
    pub operation: &'static str,
    /// Makes a client and calls what has to be called, the operation last; what a caller sees of its answer.
    pub drive: for<'a> fn(&'a At) -> BoxFuture<'a, Result<Value, Error>>,
    /// Members of the answer that nobody asks for.
    pub unseen: &'static [&'static str],
}

impl Reach {
    /// A value without the members that nobody asks for.
    pub fn without_unseen(&self, mut value: Value) -> Value {
        if let Some(members) = value.as_object_mut() {
            members.retain(|name, _| !self.unseen.contains(&name.as_str()));
        }
        value
    }

    /// The operation, as the spec describes it.
    pub fn of<'a>(&self, spec: &'a Spec) -> &'a Operation {
        spec.operation(self.operation)
    }
}

/// Where a client is to call, how, and with which secrets.
pub struct At {
    base: String,
    connection: Connection,
    secret: fn(&str) -> String,
    /// What follows a secret that only a body carries.
    tail: &'static str,
    /// Is told every secret that the client is given.
    told: Arc<dyn Fn(&str) + Send + Sync>,
}

impl At {
    /// At this base URL, over this connection, with secrets that are plainly none.
    pub fn new(base: impl Into<String>, connection: Connection) -> Self {
        let secret = |name: &str| format!("made-up-{name}");
        Self { base: base.into(), connection, secret, tail: "", told: Arc::new(|_| ()) }
    }

    /// With secrets that a [`crate::Watch`] finds.
    pub fn with_canaries(self) -> Self {
        Self { secret: canary, tail: "\"\\ & +\u{e9}", ..self }
    }

    /// Tells `told` every secret that the client is given from now on.
    pub fn telling(self, told: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { told: Arc::new(told), ..self }
    }

    /// The base URL.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The connection.
    pub fn connection(&self) -> Connection {
        self.connection.clone()
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
        (self.told)(&secret);
        Secret::new(secret)
    }
}

/// Every operation of the spec can be reached, and none is there twice.
pub fn check_reached<B: Broker>() {
    let spec = B::spec();
    let reached: BTreeSet<&str> = B::reaches().iter().map(|reach| reach.operation).collect();
    let of_spec: BTreeSet<&str> = spec.operations.iter().map(|operation| operation.id.as_str()).collect();
    assert_eq!(reached, of_spec);
    assert_eq!(reached.len(), B::reaches().len());
}

/// Serves every documented answer and compares what the ergonomic crate makes of it.
pub async fn check_answers<B: Broker>() -> Report {
    let spec = B::spec();
    let stage = Stage::start(B::PREFIX).await;
    let mut report = Report::default();
    for reach in B::reaches() {
        for case in spec.cases().filter(|case| case.operation.id == reach.operation) {
            stage.clear();
            // The earlier steps go well.
            stage.go_well(spec);
            stage.answer(case.operation, &case);
            B::prepare(spec, &stage, &case);
            let at = At::new(stage.base_url(), once());
            let outcome = (reach.drive)(&at).await;
            let count = match stage.count(case.operation) {
                1 => Ok(()),
                count => Err(format!("{count} times in place of once")),
            };
            let settled =
                check_settled(&case, &outcome, || B::seen(spec, reach, &case), || B::said(spec, &case));
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

/// What an answer looks like to a client that loses nothing; null if it has no body.
pub fn as_answered(spec: &Spec, case: &Case<'_>) -> Value {
    case.media.map_or(Value::Null, |media| as_encoded(spec, &media.schema, case.value()))
}

/// Without members that are null, and without objects that have no others.
pub fn without_nulls(value: Value) -> Value {
    without(value, &Value::is_null)
}

/// The same, and without texts that say nothing.
pub fn without_blanks(value: Value) -> Value {
    without(value, &|value| value.is_null() || *value == json!(""))
}

fn without(value: Value, says_nothing: &dyn Fn(&Value) -> bool) -> Value {
    let Value::Object(members) = value else { return value };
    let members = members.into_iter().map(|(name, value)| (name, without(value, says_nothing)));
    let is_empty = |value: &Value| says_nothing(value) || value.as_object().is_some_and(Map::is_empty);
    members.filter(|(_, value)| !is_empty(value)).collect()
}
