//! `x-hints`: the ways out of failures. A hint that can never be shown helps nobody.

use serde_json::Value;

use super::{
    context::Context,
    names::suggestion,
    phrases::{matches, texts},
    report::Report,
};
use crate::{
    document::{join, shape::Kind},
    spec::listed,
};

/// The members of a hint; all but the last are conditions.
const MEMBERS: [&str; 5] = ["status", "code", "header", "operation", "hint"];
const WHY: &str = "It would never be shown, or to everybody.";

/// Hints without a condition, with one that nothing meets, or without a sentence.
pub(super) fn hints(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let Some(hints) = context.document.value().get("x-hints") else { return };
    let Some(hints) = hints.as_array() else {
        let fix = "Write a list: `- {status: 404, hint: What a person can do.}`.";
        return report.add("/x-hints", "`x-hints` is no list.", WHY, fix);
    };
    let examples = examples(context);
    for (index, hint) in hints.iter().enumerate() {
        check(context, &format!("/x-hints/{index}"), hint, &examples, report);
    }
}

fn check(context: &Context<'_>, place: &str, hint: &Value, examples: &[String], report: &mut Report<'_, '_>) {
    let Some(members) = hint.as_object() else {
        return report.add(place, "The hint is no map.", WHY, "Write `{status: …, hint: …}`.");
    };
    for name in members.keys().filter(|name| !MEMBERS.contains(&name.as_str())) {
        let what = format!("`{name}` is no member of a hint.");
        let fix = suggestion(name, MEMBERS, "Delete it; a hint has conditions and a sentence.");
        report.add(&join(place, name), what, "It would be ignored without a word.", fix);
    }
    if !MEMBERS.iter().take(MEMBERS.len() - 1).any(|name| members.contains_key(*name)) {
        let fix = "Add `status:`, `code:`, `header:` or `operation:`.";
        report.add(place, "The hint has no condition.", WHY, fix);
    }
    let is_sentence =
        |text: &str| text.ends_with(['.', '!']) && text.starts_with(|first: char| !first.is_lowercase());
    if !hint.get("hint").and_then(Value::as_str).is_some_and(is_sentence) {
        let why = "It is shown to a person as it is, after what happened.";
        let fix = "Add `hint:` with a sentence that says what the person can do.";
        report.add(place, "The hint is no sentence.", why, fix);
    }
    for (name, found) in [("status", &members.get("status")), ("operation", &members.get("operation"))] {
        for value in listed(*found) {
            let is_met = match name {
                "status" => value.parse().is_ok_and(|status: u16| (200..=599).contains(&status)),
                _ => context.operations.iter().any(|known| known.object["operationId"] == value.as_str()),
            };
            if !is_met {
                let what = format!("No response has the {name} `{value}`.");
                report.add(&join(place, name), what, WHY, "Write one that there is.");
            }
        }
    }
    for code in listed(members.get("code")) {
        if !examples.iter().any(|text| matches(&code, text)) {
            let what = format!("No example has the code or the sentence `{code}`.");
            let fix = "Add an example of a response with it, or mend it.";
            report.add(&join(place, "code"), what, WHY, fix);
        }
    }
    if let Some(header) = members.get("header") {
        let one = header.as_object().filter(|header| header.len() == 1);
        if !one.is_some_and(|header| header.values().all(Value::is_string)) {
            let fix = "Write `header: {<name>: <value>}`; in the value `*` stands for any run of characters.";
            report.add(&join(place, "header"), "`header` is no header.", WHY, fix);
        }
    }
}

/// Every text in an example of a response.
fn examples(context: &Context<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for (pointer, _) in context.objects(Kind::Response) {
        for (_, media) in context.members(&join(pointer, "content")) {
            for (_, example) in context.members(&join(&media.pointer, "examples")) {
                found.extend(example.value.get("value").map(texts).into_iter().flatten());
            }
        }
    }
    found
}
