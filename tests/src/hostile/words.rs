//! The broker's words, where they are made to do harm.

use serde_json::Value;

use crate::{Answer, Broker, Reaction, Report, Scene, once};

/// What a terminal would obey.
const COMMANDS: &str = "red\u{1b}[31m\u{1b}[2J\u{7}\r\ntwo\u{9b}31m\u{202e}lines";

/// Whatever stands in a documented failure, what an error says can be shown on a terminal, and fits on it. Counts the
/// failures that do quote the broker.
pub async fn check_words<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    let endless = "x".repeat(100_000);
    for reach in B::reaches() {
        let operation = reach.of(spec);
        let cases = spec.cases().filter(|case| case.operation.id == reach.operation && case.is_json());
        for case in cases.filter(|case| case.kind().is_some()) {
            for text in [COMMANDS, &endless] {
                let answer = Answer::json(case.response.status, &with_texts(case.value(), text));
                let scene =
                    Scene::hostile::<B>(spec, operation, move |_| Some(Reaction::Answer(answer.bytes())))
                        .await;
                let Err(error) = (reach.drive)(&scene.at_held(once())).await else { continue };
                let said =
                    (error.broker_code().unwrap_or_default(), error.broker_message().unwrap_or_default());
                let shown = format!("{error}{}{}", said.0, said.1);
                if !shown.contains("red") && !shown.contains("xxx") {
                    continue;
                }
                let outcome = match shown.len() {
                    _ if shown.chars().any(char::is_control) => Err(format!("has commands: {shown:?}")),
                    0..2000 => Ok(()),
                    length => Err(format!("has {length} characters")),
                };
                report.add(case.label(), outcome);
            }
        }
    }
    report
}

/// The value with every text in it replaced.
pub(crate) fn with_texts(value: &Value, text: &str) -> Value {
    match value {
        Value::String(_) => text.into(),
        Value::Array(items) => items.iter().map(|item| with_texts(item, text)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), with_texts(value, text))).collect()
        }
        other => other.clone(),
    }
}
