//! The kinds of error that responses, examples and the broker's codes mean.

use std::collections::BTreeSet;

use broker_session_openapi::{join, suggestion};
use serde_json::Value;

use super::{codes::normal, context::Context, extensions::EVIDENCE, report::Report};

/// The kinds of the client's error that a broker's response may mean, in snake_case.
pub const KINDS: [&str; 8] = [
    "credentials",
    "locked",
    "login_required",
    "rate_limited",
    "refused",
    "second_factor",
    "session_expired",
    "unavailable",
];
/// The fields of an entry of `x-error-codes`.
const ENTRY: [&str; 4] = ["kind", "judges", "meaning", "x-evidence"];

/// Entries of `x-error-codes` that are not complete, or that the client cannot tell apart.
pub(super) fn codes(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, node) in context.nodes() {
        let Some(codes) = node.object.get("x-error-codes") else { continue };
        let place = join(pointer, "x-error-codes");
        let mut known = BTreeSet::new();
        for (code, entry) in codes.as_object().into_iter().flatten() {
            let place = join(&place, code);
            if !known.insert(normal(code)) {
                let why = "The client ignores case, blanks and a full stop at the end.";
                report.add(&place, format!("There is another code `{code}`."), why, "Delete one of them.");
            }
            entry_of(&place, entry, report);
        }
        if !codes.is_object() {
            entry_of(&place, codes, report);
        }
    }
}

fn entry_of(place: &str, entry: &Value, report: &mut Report<'_, '_>) {
    let why = "The client's error has this kind, and readers need the evidence.";
    let fields = || entry.as_object().into_iter().flatten();
    let is_string = |name: &str| entry[name].as_str().is_some_and(|text| !text.trim().is_empty());
    let is_word = |name: &str, words: &[&str]| words.iter().any(|word| entry[name] == *word);
    let lacking = [
        ("kind", is_word("kind", &KINDS), format!("one of {}", KINDS.join(", "))),
        ("meaning", is_string("meaning"), "the meaning in a sentence".to_owned()),
        ("x-evidence", is_word("x-evidence", &EVIDENCE), format!("one of {}", EVIDENCE.join(", "))),
        (
            "judges",
            entry["judges"].is_null() || entry["judges"].is_boolean(),
            "`true`, or nothing".to_owned(),
        ),
    ];
    for (name, _, wanted) in lacking.into_iter().filter(|(_, is_fine, _)| !is_fine) {
        let place = if entry[name].is_null() { place.to_owned() } else { join(place, name) };
        let fix = suggestion(entry[name].as_str().unwrap_or_default(), KINDS, format!("Write {wanted}."));
        report.add(&place, format!("The code has no valid `{name}`."), why, fix);
    }
    for (name, _) in fields().filter(|(name, _)| !ENTRY.contains(&name.as_str())) {
        let fix = suggestion(name, ENTRY, "Delete it.");
        report.add(
            &join(place, name),
            format!("`{name}` is not a field of a code."),
            "It would be ignored.",
            fix,
        );
    }
}

/// Errors and redirects without a kind.
pub(super) fn missing(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        for (status, response) in context.responses(operation) {
            if status.starts_with(['3', '4', '5']) && response.value.get("x-error-kind").is_none() {
                let what = format!("The response with the status {status} has no kind of error.");
                let why = "The client's error has this kind.";
                let fix = format!("Add `x-error-kind:` with one of: {}.", KINDS.join(", "));
                report.add(&response.pointer, what, why, fix);
            }
        }
    }
}

/// Kinds that contradict the status.
pub(super) fn status(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        for (status, response) in context.responses(operation) {
            let Some(found) = response.string("x-error-kind").filter(|found| KINDS.contains(found)) else {
                continue;
            };
            let fits: &[&str] = match status {
                "429" => &["rate_limited"],
                "401" => &["credentials", "login_required", "session_expired"],
                "423" => &["locked"],
                _ if status.starts_with('5') => &["unavailable"],
                "400" | "403" | "404" | "409" | "411" | "422" => {
                    &["credentials", "locked", "login_required", "refused", "session_expired"]
                }
                _ => continue,
            };
            if found != "second_factor" && !fits.contains(&found) {
                let what = format!("The status {status} has the kind `{found}`.");
                let why =
                    "The client acts on the kind: it repeats what is unavailable, and waits out a limit.";
                let fix = format!("Write {}.", fits.join(" or "));
                report.add(&join(&response.pointer, "x-error-kind"), what, why, fix);
            }
        }
    }
}

/// Statuses with the kind of a wrong second factor.
pub(super) fn judged(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, response) in context.objects("Response") {
        if response.get("x-error-kind").and_then(Value::as_str) == Some("second_factor") {
            let what = "Every response with this status would mean a wrong second factor.";
            let why =
                "Gateways and proxies send the same status, and the client would ask for the next guess.";
            let fix = "Write `credentials`, and add the broker's message to `x-error-codes` with `kind: second_factor`.";
            report.add(&join(pointer, "x-error-kind"), what, why, fix);
        }
    }
}

/// `x-success` that no response can meet.
pub(super) fn success(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, response) in context.objects("Response") {
        let Some(success) = response.get("x-success") else { continue };
        let is_value = |value: &Value| match value {
            Value::String(text) => !text.trim().is_empty(),
            value => value.is_number() || value.is_boolean(),
        };
        let are_values = |value: &Value| match value.as_array() {
            Some(values) => !values.is_empty() && values.iter().all(is_value),
            None => is_value(value),
        };
        let fields = success.as_object();
        if !fields.is_some_and(|fields| !fields.is_empty() && fields.values().all(are_values)) {
            let why = "The client accepts a response as a success only if these fields confirm it.";
            let fix = "Write a map: `<field>: [<value>, …]`; in a value `*` matches any characters.";
            report.add(&join(pointer, "x-success"), "No response can meet this.", why, fix);
        }
    }
}
