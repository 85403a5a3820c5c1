//! `broker_session::kotak` against every documented answer of every operation.

use std::collections::BTreeSet;

use broker_session::{
    Connection, RetryPolicy,
    kotak::{Client, Credentials},
};
use contract_tests::{
    Case, Generated, Report, Said, Spec, Stage, as_encoded, check_settled, of_fault, of_text,
};
use serde_json::{Value, json};

use crate::{
    generated::Kotak,
    reach::{ALL, Reach, written},
};

#[test]
fn every_operation_of_the_spec_can_be_reached() {
    let spec = Spec::load(Kotak::SPEC);
    let reached: BTreeSet<&str> = ALL.iter().map(|reach| reach.operation).collect();
    let of_spec: BTreeSet<&str> = spec.operations.iter().map(|operation| operation.id.as_str()).collect();
    assert_eq!(reached, of_spec);
}

#[tokio::test]
async fn every_documented_answer_becomes_its_value_or_its_error() {
    let spec = Spec::load(Kotak::SPEC);
    let stage = Stage::start("/apim").await;
    let mut report = Report::default();
    for reach in &ALL {
        for case in spec.cases().filter(|case| case.operation.id == reach.operation) {
            stage.clear();
            // The earlier steps go well.
            for operation in &spec.operations {
                stage.answer(operation, &spec.first_success(&operation.id));
            }
            stage.answer(case.operation, &case);
            let client = client(&stage, reach);
            let outcome = (reach.drive)(&client).await;
            let count = stage.count(case.operation);
            report.same(format!("{}, how often it was called", case.label()), &count, &1);
            let outcome = check_settled(&case, &outcome, || visible(&spec, reach, &case), || words(&case));
            report.add(case.label(), outcome);
        }
    }
    report.finish(300);
}

fn client(stage: &Stage, reach: &Reach) -> Client {
    let credentials = Credentials::for_user((reach.user)(), "made-up-consumer-key")
        .access_token("made-up-access-token")
        .consumer_secret("made-up-consumer-secret");
    Client::builder()
        .credentials(credentials)
        .base_url(stage.base_url())
        .connection(Connection::new().retry(RetryPolicy::NEVER))
        .build()
        .expect("settings that fit")
}

/// What a caller must see of a successful answer.
fn visible(spec: &Spec, reach: &Reach, case: &Case<'_>) -> Value {
    let Some(media) = case.media else { return Value::Null };
    let encoded = as_encoded(spec, &media.schema, case.value());
    let inner = ["Success", "success"].iter().find_map(|envelope| encoded.get(envelope));
    let mut members = inner.unwrap_or(&encoded).as_object().cloned().unwrap_or_default();
    members.retain(|name, _| !reach.unseen.contains(&name.as_str()));
    if let Some(epoch) = members.get("loginTime").and_then(Value::as_i64) {
        let time = jiff::Timestamp::from_millisecond(epoch).expect("an example's time");
        let india = jiff::tz::TimeZone::fixed(
            jiff::tz::offset(5).saturating_add(jiff::SignedDuration::from_mins(30)),
        );
        members.insert("loginTime".to_owned(), written(&time.to_zoned(india)).into());
    }
    members.into()
}

/// The broker's words in a failure.
fn words(case: &Case<'_>) -> Said {
    if !case.is_json() {
        return of_text(case.value().as_str().unwrap_or_default());
    }
    let body = case.value();
    // An account that is not active is told so in an ordinary answer.
    match body.get("Success") {
        Some(init) => of_fault(&json!({ "message": init["message"] })),
        None => of_fault(body),
    }
}
