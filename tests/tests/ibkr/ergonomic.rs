//! `broker_session::ibkr::Gateway` against every documented answer of every operation.

use std::{collections::BTreeSet, time::Duration};

use broker_session::{Error, ErrorKind};
use contract_tests::{Case, Generated, Report, Said, Spec, Stage, as_encoded, check_settled, of_text};
use serde_json::{Value, json};

use crate::{
    generated::Ibkr,
    reach::{ALL, Reach, without_nulls},
    support::{SPEC, gateway},
};

const STATUS: &str = "iserver_auth_status_post";
const INIT: &str = "iserver_auth_ssodh_init_post";

/// How long the broker keeps a caller out (documented).
const PENALTY: Duration = Duration::from_secs(15 * 60);

/// Milliseconds beyond these cannot be what is left of a session.
const A_DAY: i64 = 24 * 60 * 60 * 1000;

#[test]
fn every_operation_of_the_spec_can_be_reached() {
    let reached: BTreeSet<&str> = ALL.iter().map(|reach| reach.operation).collect();
    let of_spec: BTreeSet<&str> = SPEC.operations.iter().map(|operation| operation.id.as_str()).collect();
    assert_eq!(reached, of_spec);
}

#[tokio::test]
async fn every_documented_answer_becomes_its_value_or_its_error() {
    let spec = Spec::load(Ibkr::SPEC);
    let stage = Stage::start("/v1/api").await;
    let mut report = Report::default();
    for reach in &ALL {
        for case in spec.cases().filter(|case| case.operation.id == reach.operation) {
            stage.clear();
            for operation in &spec.operations {
                stage.answer(operation, &spec.first_success(&operation.id));
            }
            stage.answer(case.operation, &case);
            if is_refusal(&case) {
                stage.answer(spec.operation(STATUS), &example(&spec, STATUS, "refused"));
            }
            let gateway = gateway(&stage.base_url());
            let outcome = (reach.drive)(&gateway).await;
            let count = stage.count(case.operation);
            report.same(format!("{}, how often it was called", case.label()), &count, &1);
            if let Err(error) = &outcome {
                let expected = (case.kind() == Some("login_required")).then(|| gateway.login_url());
                let page = error.login_url().map(str::to_owned);
                let label = format!("{}, the page to open", case.label());
                report.same(label, &page.as_deref(), &expected.flatten());
                report.add(format!("{}, how long to wait", case.label()), check_wait(error));
            }
            let settled =
                check_settled(&case, &outcome, || visible(&spec, reach, &case), || said(&spec, &case));
            report.add(case.label(), settled);
        }
    }
    report.finish(180);
}

/// A refusal says how long it lasts where the broker does, and nowhere else.
fn check_wait(error: &Error) -> Result<(), String> {
    let expected = (error.kind() == ErrorKind::RateLimited).then_some(PENALTY);
    match error.retry_after() == expected {
        true => Ok(()),
        false => Err(format!("{:?} in place of {expected:?}", error.retry_after())),
    }
}

/// Whether it is the answer whose reason stands in another one.
fn is_refusal(case: &Case<'_>) -> bool {
    case.operation.id == INIT && case.is_success() && case.kind() == Some("refused")
}

/// The example of this name.
fn example<'a>(spec: &'a Spec, operation: &str, name: &str) -> Case<'a> {
    let mut cases = spec.cases().filter(|case| case.operation.id == operation);
    let found = cases.find(|case| case.example.is_some_and(|example| example.name == name));
    found.unwrap_or_else(|| panic!("{operation} has no example `{name}`"))
}

/// What a caller must see of a successful answer.
fn visible(spec: &Spec, reach: &Reach, case: &Case<'_>) -> Value {
    let mut value = case.value().clone();
    let mut pointer = case.media.expect("a successful answer has a body").schema.clone();
    if value.get("message") == Some(&json!("sso dh already set")) {
        // It says nothing of the session, so that the status has to be asked.
        let status = spec.first_success(STATUS);
        (value, pointer) = (status.value().clone(), status.media.expect("a status").schema.clone());
    }
    let mut value = as_encoded(spec, &pointer, &value);
    if let Some(members) = value.as_object_mut() {
        members.retain(|name, _| !reach.unseen.contains(&name.as_str()));
        if let Some(iserver) = members.get_mut("iserver").and_then(Value::as_object_mut) {
            iserver.remove("tickle");
        }
        if let Some(epoch) = members.get("EXPIRES").and_then(Value::as_i64).filter(|time| *time > A_DAY) {
            let time = jiff::Timestamp::from_millisecond(epoch).expect("an example's time");
            members.insert("EXPIRES".to_owned(), time.to_string().into());
        }
        if let Some(features) = members.get_mut("features").and_then(Value::as_object_mut)
            && let Some(env) = features.remove("envs")
        {
            features.insert("env".to_owned(), env);
        }
    }
    with_flags(without_nulls(value))
}

/// A flag that is left out is not set.
fn with_flags(mut value: Value) -> Value {
    let Some(members) = value.as_object_mut() else { return value };
    if members.contains_key("authenticated") {
        for flag in ["connected", "competing"] {
            members.entry(flag).or_insert(json!(false));
        }
    }
    value
}

/// The broker's words in a failure; it has no codes.
fn said(spec: &Spec, case: &Case<'_>) -> Said {
    let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned);
    if is_refusal(case) {
        return (None, text(example(spec, STATUS, "refused").value(), "fail"));
    }
    match case.is_json() {
        true => (None, text(case.value(), "error")),
        false => of_text(case.value().as_str().unwrap_or_default()),
    }
}
