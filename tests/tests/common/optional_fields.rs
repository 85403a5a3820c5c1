//! What a caller sees of a response from which fields are missing that may be missing.

use std::cell::Cell;

use broker_session_openapi::Example;
use contract_tests::{
    Broker, Case, Scenario, Spec,
    arbitrary::{FuzzedResponse, check_response, in_no_time},
    brokers::{ibkr::Ibkr, kotak::Kotak, neo::Neo},
    without_nulls,
};
use proptest::{prelude::*, sample::Index, test_runner::TestCaseError};
use serde_json::{Value, json};

use super::strategies::{UNKNOWN, meant};

/// How many responses are tried for each broker.
const CASES: u32 = 300;

/// The examples of successes.
fn successes<B: Broker>() -> Vec<(&'static Scenario, Case<'static>)> {
    let of_reach = |scenario: &'static Scenario| {
        let cases =
            B::spec().cases().filter(|case| case.operation.id == scenario.operation && case.is_json());
        let whole = cases.filter(|case| case.kind().is_none() && case.is_success() && !case.is_missing());
        whole.map(move |case| (scenario, case))
    };
    B::scenarios().iter().flat_map(of_reach).collect()
}

/// How deep fields are left out: those of the response, and those of what is in its envelope. An address without a host
/// would be none.
const DEPTH: usize = 2;

/// Without it the client asks the broker once more, and another response is seen.
const NEEDED: &str = "authenticated";

/// The value without the optional fields that `keep` does not keep, and with fields that nobody knows.
fn thinned(spec: &Spec, pointer: &str, value: &Value, depth: usize, keep: &mut dyn FnMut() -> bool) -> Value {
    let (pointer, schema) = spec.resolve(&meant(spec, pointer, value));
    let required = |name: &str| {
        let mut names = schema["required"].as_array().into_iter().flatten();
        names.any(|required| required == name)
    };
    match value {
        Value::Object(fields) if depth > 0 => {
            let mut kept: serde_json::Map<String, Value> = fields
                .iter()
                .filter(|(name, _)| required(name) || *name == NEEDED || keep())
                .map(|(name, field)| (name.clone(), field.clone()))
                .collect();
            for (name, field) in &mut kept {
                if schema["properties"].get(name).is_some() {
                    *field = thinned(spec, &format!("{pointer}/properties/{name}"), field, depth - 1, keep);
                }
            }
            // A map has a place for every name.
            if schema["properties"].is_object() && !schema["additionalProperties"].is_object() && keep() {
                kept.insert(UNKNOWN.to_owned(), json!({ "made": ["up"] }));
            }
            kept.into()
        }
        other => other.clone(),
    }
}

fn what_is_there_is_seen<B: Broker>() {
    let successes = successes::<B>();
    assert!(successes.len() > 3, "only {} successes", successes.len());
    let seen = Cell::new(0);
    let choices = (any::<Index>(), prop::collection::vec(prop::bool::weighted(0.7), 1..40));
    let outcome = super::runner(CASES, file!()).run(&choices, |(which, choices)| {
        let (scenario, case) = successes[which.index(successes.len())];
        let schema = &case.media.expect("a body").schema;
        let mut choices = choices.into_iter().cycle();
        let mut keep = || choices.next().unwrap_or(true);
        let value = thinned(B::spec(), schema, case.value(), DEPTH, &mut keep);
        let example = Example { value, ..case.example.expect("an example").clone() };
        let case = Case { example: Some(&example), ..case };
        let given = FuzzedResponse { body: case.body(), ..FuzzedResponse::of(&case) };
        match in_no_time(check_response::<B>(&given)) {
            Some(Ok(found)) => {
                seen.set(seen.get() + 1);
                let found = scenario.without_unread(found);
                let expected = without_nulls(without_unknown(B::seen(B::spec(), scenario, &case)));
                let what =
                    format!("{}: {}\n    seen {found}\n    not {expected}", scenario.operation, case.value());
                // Of a response that says nothing nothing is expected: the client may have asked again.
                prop_assert!(expected == json!({}) || is_seen(&found, &expected), "{}", what);
            }
            // A flow may not go on without what a schema calls optional; then it says so.
            Some(Err(error)) => {
                let is_silent = error.kind() == broker_session::ErrorKind::Config;
                prop_assert!(!is_silent, "{}: {}", scenario.operation, error);
            }
            None => return Err(TestCaseError::fail("an example has a canary in it")),
        }
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    assert!(seen.get() > CASES / 4, "only {} of {CASES} responses were taken", seen.get());
}

/// Whether it is the same, but that a flag that is not there is not set.
fn is_seen(found: &Value, expected: &Value) -> bool {
    let (Value::Object(found), Value::Object(expected)) = (found, expected) else { return found == expected };
    let is_unset = |flag: &Value| *flag == false || *flag == "N";
    let is_made_up = |(name, value): (&String, &Value)| !expected.contains_key(name) && !is_unset(value);
    !found.iter().any(is_made_up)
        && expected.iter().all(|(name, value)| found.get(name).is_some_and(|found| is_seen(found, value)))
}

fn without_unknown(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().filter(|(name, _)| name != UNKNOWN);
            fields.map(|(name, value)| (name, without_unknown(value))).collect()
        }
        other => other,
    }
}

#[test]
fn kotak_shows_what_a_response_has_and_nothing_else() {
    what_is_there_is_seen::<Kotak>();
}

#[test]
fn ibkr_shows_what_a_response_has_and_nothing_else() {
    what_is_there_is_seen::<Ibkr>();
}

#[test]
fn neo_shows_what_a_response_has_and_nothing_else() {
    what_is_there_is_seen::<Neo>();
}
