//! Valid responses keep their values, and spoilt ones become errors that say what they are.

use broker_session_runtime::{Reason, contract::Outcome};
use contract_tests::{
    Broker, Case, Judge, Meaning,
    arbitrary::{FuzzedResponse, check_response, check_wire, in_no_time, wire},
    as_encoded,
    brokers::{ibkr::Ibkr, kotak::Kotak, neo::Neo},
    mutations,
};
use http::StatusCode;
use proptest::{prelude::*, sample::Index, test_runner::TestCaseError};
use serde_json::Value;

use super::strategies::{known, values};

/// How many values each property is tried with, for each documented form of a response.
const CASES: u32 = 16;

/// The documented forms of JSON responses: one for each operation and status.
fn forms<B: Broker>() -> Vec<Case<'static>> {
    let mut forms: Vec<Case<'static>> = Vec::new();
    for case in B::spec().cases().filter(|case| case.is_json() && !case.is_missing()) {
        let is_same = |form: &Case<'_>| {
            (&form.operation.id, form.response.status) == (&case.operation.id, case.response.status)
        };
        if !forms.iter().any(is_same) {
            forms.push(case);
        }
    }
    forms
}

/// Tries a property with values of every form. What fails is tried first the next time: its seed is kept in a file.
fn check<B: Broker, T: std::fmt::Debug>(
    extra: impl Fn() -> BoxedStrategy<T>,
    property: impl Fn(&Case<'static>, Value, T) -> Result<(), String>,
) {
    let forms = forms::<B>();
    assert!(forms.len() > 5, "only {} forms", forms.len());
    for form in forms {
        let schema = &form.media.expect("a body").schema;
        let outcome = super::runner(CASES, file!())
            .run(&(values(B::spec(), schema), extra()), |(value, extra)| {
                property(&form, value, extra).map_err(TestCaseError::fail)
            });
        if let Err(error) = outcome {
            panic!("{} {}: {error}", form.operation.id, form.response.status);
        }
    }
}

/// A response of this form with this body.
fn given(form: &Case<'static>, body: Vec<u8>) -> FuzzedResponse<'static> {
    FuzzedResponse { body, ..FuzzedResponse::of(form) }
}

/// Whatever a call makes of a response, it keeps the rules.
fn keeps_rules<B: Broker>(given: &FuzzedResponse<'_>) {
    in_no_time(async {
        check_wire::<B>(given).await;
        drop(check_response::<B>(given).await);
    });
}

fn valid_responses_keep_their_values<B: Broker>() {
    let (spec, judge) = (B::spec(), Judge::new(B::spec()));
    check::<B, ()>(
        || Just(()).boxed(),
        |form, value, ()| {
            let schema = &form.media.expect("a body").schema;
            let proper = as_encoded(spec, schema, &value);
            if !judge.accepts(schema, &proper) {
                return Err(format!("it is no value of {schema}"));
            }
            let given = given(form, value.to_string().into_bytes());
            keeps_rules::<B>(&given);
            let outcome = in_no_time(wire::<B>(&given));
            let meaning = form.is_success().then(|| judge.meaning(schema, &value));
            match (&outcome, meaning) {
                (Outcome::Success(_, found), Some(Meaning::Success)) => {
                    let expected = known(spec, &spec.form_of_success(schema).expect("a success"), proper);
                    if *found == expected {
                        return Ok(());
                    }
                    Err(format!("\n    found    {found}\n    expected {expected}"))
                }
                (Outcome::Failure(failure), meaning) if is_expected(&failure.reason, meaning) => Ok(()),
                _ => Err(format!("a valid response, {meaning:?}, came out as {outcome:?}")),
            }
        },
    );
}

/// Whether this is why a response is a failure that means this; nothing with a status of failure, where any JSON will do.
fn is_expected(reason: &Reason, meaning: Option<Meaning>) -> bool {
    match reason {
        Reason::Status => meaning.is_none(),
        // It decodes, but a success of this operation must be confirmed.
        Reason::Unconfirmed => meaning.is_some(),
        Reason::FailureInBody => meaning.is_some_and(|meaning| meaning != Meaning::Success),
        // A form of which a required field is empty does not count, and there may be no other.
        Reason::Mismatch => meaning == Some(Meaning::Nothing),
        _ => false,
    }
}

/// Whether a response was refused only because it does not confirm what was asked for (`x-success`).
fn is_unconfirmed(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failure(failure) if failure.reason == Reason::Unconfirmed)
}

/// One way to spoil a body.
#[derive(Clone, Debug)]
enum Spoil {
    /// A field is left out, or turned into one of another type.
    Changed(Index),
    /// The body ends early.
    Short(Index),
    /// Something follows the value.
    Longer(Vec<u8>),
    /// A byte is another one.
    Byte(Index, u8),
    /// The value stands deep in lists.
    Deep(usize),
    /// The connection ends early.
    Cut,
    /// The status is another one.
    Status(u16),
    /// The value is in an envelope that is unknown.
    Wrapped,
}

fn spoils() -> BoxedStrategy<Spoil> {
    prop_oneof![
        6 => any::<Index>().prop_map(Spoil::Changed),
        2 => any::<Index>().prop_map(Spoil::Short),
        1 => prop::collection::vec(any::<u8>(), 1..20).prop_map(Spoil::Longer),
        2 => (any::<Index>(), any::<u8>()).prop_map(|(place, byte)| Spoil::Byte(place, byte)),
        1 => (1_usize..5_000).prop_map(Spoil::Deep),
        1 => Just(Spoil::Cut),
        2 => (200_u16..=999).prop_map(Spoil::Status),
        1 => Just(Spoil::Wrapped),
    ]
    .boxed()
}

fn spoilt_responses_become_errors<B: Broker>() {
    let judge = Judge::new(B::spec());
    check::<B, Spoil>(spoils, |form, value, spoil| {
        let mut given = given(form, value.to_string().into_bytes());
        let schema = &form.media.expect("a body").schema;
        // What can be said of the value can be said of the body; of the other ways to spoil it the rules are enough.
        let mut verdict = None;
        match spoil {
            Spoil::Changed(which) => {
                let all = mutations(&value);
                let changed = &all[which.index(all.len())].value;
                verdict = Some(form.is_success() && judge.meaning(schema, changed) == Meaning::Success);
                given.body = changed.to_string().into_bytes();
            }
            Spoil::Short(end) => {
                let end = end.index(given.body.len());
                given.body.truncate(end);
                // Half of an object is none. (There are no responses that are a number alone.)
                verdict = (end > 0).then_some(false);
            }
            Spoil::Longer(more) => {
                verdict = (!more.trim_ascii().is_empty()).then_some(false);
                given.body.extend(more);
            }
            Spoil::Byte(place, byte) => {
                let place = place.index(given.body.len());
                given.body[place] = byte;
            }
            Spoil::Deep(depth) => {
                given.body = [vec![b'['; depth], given.body, vec![b']'; depth]].concat();
            }
            Spoil::Cut => {
                given.is_cut = true;
                verdict = Some(false);
            }
            Spoil::Status(status) => given.status = StatusCode::from_u16(status).expect("a status"),
            Spoil::Wrapped => {
                given.body = serde_json::json!({ super::strategies::UNKNOWN: value }).to_string().into()
            }
        }
        keeps_rules::<B>(&given);
        let outcome = in_no_time(wire::<B>(&given));
        let is_decoded = matches!(outcome, Outcome::Success(..));
        match verdict {
            // It decodes, but a success of this operation must be confirmed.
            Some(true) if is_unconfirmed(&outcome) => Ok(()),
            Some(verdict) if verdict != is_decoded => {
                let body = String::from_utf8_lossy(&given.body);
                Err(format!(
                    "it is {outcome:?}, and should {}be decoded: {body}",
                    if verdict { "" } else { "not " }
                ))
            }
            _ => Ok(()),
        }
    });
}

#[test]
fn kotak_keeps_the_values_of_every_valid_response() {
    valid_responses_keep_their_values::<Kotak>();
}

#[test]
fn ibkr_keeps_the_values_of_every_valid_response() {
    valid_responses_keep_their_values::<Ibkr>();
}

#[test]
fn neo_keeps_the_values_of_every_valid_response() {
    valid_responses_keep_their_values::<Neo>();
}

#[test]
fn kotak_takes_no_spoilt_response_for_a_success() {
    spoilt_responses_become_errors::<Kotak>();
}

#[test]
fn ibkr_takes_no_spoilt_response_for_a_success() {
    spoilt_responses_become_errors::<Ibkr>();
}

#[test]
fn neo_takes_no_spoilt_response_for_a_success() {
    spoilt_responses_become_errors::<Neo>();
}
