//! What a caller sees of an answer from which members are missing that may be missing.

use std::cell::Cell;

use broker_session_codegen::spec::Example;
use contract_tests::{
    Broker, Case, Reach, Spec,
    arbitrary::{Given, check_answer, in_no_time},
    brokers::{ibkr::Ibkr, kotak::Kotak, neo::Neo},
    without_nulls,
};
use proptest::{prelude::*, sample::Index, test_runner::TestCaseError};
use serde_json::{Value, json};

use super::values::{UNKNOWN, meant};

/// How many answers are tried for each broker.
const CASES: u32 = 300;

/// The examples of successes.
fn successes<B: Broker>() -> Vec<(&'static Reach, Case<'static>)> {
    let of_reach = |reach: &'static Reach| {
        let cases = B::spec().cases().filter(|case| case.operation.id == reach.operation && case.is_json());
        let whole = cases.filter(|case| case.kind().is_none() && case.is_success() && !case.is_missing());
        whole.map(move |case| (reach, case))
    };
    B::reaches().iter().flat_map(of_reach).collect()
}

/// How deep members are left out: those of the answer, and those of what is in its envelope. An address without a host
/// would be none.
const DEPTH: usize = 2;

/// Without it the client asks the broker once more, and another answer is seen.
const NEEDED: &str = "authenticated";

/// The value without the members that may be missing and are told to, and with members that nobody knows.
fn thinned(spec: &Spec, pointer: &str, value: &Value, depth: usize, keep: &mut dyn FnMut() -> bool) -> Value {
    let (pointer, schema) = spec.resolve(&meant(spec, pointer, value));
    let required = |name: &str| {
        let mut names = schema["required"].as_array().into_iter().flatten();
        names.any(|required| required == name)
    };
    match value {
        Value::Object(members) if depth > 0 => {
            let mut kept: serde_json::Map<String, Value> = members
                .iter()
                .filter(|(name, _)| required(name) || *name == NEEDED || keep())
                .map(|(name, member)| (name.clone(), member.clone()))
                .collect();
            for (name, member) in &mut kept {
                if schema["properties"].get(name).is_some() {
                    *member = thinned(spec, &format!("{pointer}/properties/{name}"), member, depth - 1, keep);
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
        let (reach, case) = successes[which.index(successes.len())];
        let schema = &case.media.expect("a body").schema;
        let mut choices = choices.into_iter().cycle();
        let mut keep = || choices.next().unwrap_or(true);
        let value = thinned(B::spec(), schema, case.value(), DEPTH, &mut keep);
        let example = Example { value, ..case.example.expect("an example").clone() };
        let case = Case { example: Some(&example), ..case };
        let given = Given { body: case.body(), ..Given::of(&case) };
        match in_no_time(check_answer::<B>(&given)) {
            Some(Ok(found)) => {
                seen.set(seen.get() + 1);
                let expected = without_nulls(without_unknown(B::seen(B::spec(), reach, &case)));
                let what =
                    format!("{}: {}\n    seen {found}\n    not {expected}", reach.operation, case.value());
                // Of an answer that says nothing nothing is expected: the client may have asked again.
                prop_assert!(expected == json!({}) || is_seen(&found, &expected), "{}", what);
            }
            // A flow may not go on without what a schema calls optional; then it says so.
            Some(Err(error)) => {
                let is_silent = error.kind() == broker_session::ErrorKind::Config;
                prop_assert!(!is_silent, "{}: {}", reach.operation, error);
            }
            None => return Err(TestCaseError::fail("an example has a canary in it")),
        }
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    assert!(seen.get() > CASES / 4, "only {} of {CASES} answers were taken", seen.get());
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
        Value::Object(members) => {
            let members = members.into_iter().filter(|(name, _)| name != UNKNOWN);
            members.map(|(name, value)| (name, without_unknown(value))).collect()
        }
        other => other,
    }
}

#[test]
fn kotak_shows_what_an_answer_has_and_nothing_else() {
    what_is_there_is_seen::<Kotak>();
}

#[test]
fn ibkr_shows_what_an_answer_has_and_nothing_else() {
    what_is_there_is_seen::<Ibkr>();
}

#[test]
fn neo_shows_what_an_answer_has_and_nothing_else() {
    what_is_there_is_seen::<Neo>();
}
