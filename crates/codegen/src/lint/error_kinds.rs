//! Which kind of error a response, an example or a broker's code means to the client.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{context::Context, names::suggestion, report::Report};
use crate::document::join;

/// The kinds of the client's error, in snake_case.
const KINDS: [&str; 12] = [
    "config",
    "credentials",
    "host_not_allowed",
    "locked",
    "login_required",
    "protocol",
    "rate_limited",
    "refused",
    "second_factor",
    "session_expired",
    "timeout",
    "unavailable",
];

const WHY: &str = "The client turns it into the kind of its error.";

/// `x-error-kind` anywhere, and `x-error-codes` of the document.
pub(super) fn known(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, node) in context.nodes() {
        if let Some(kind) = node.object.get("x-error-kind") {
            check(&join(pointer, "x-error-kind"), kind, report);
        }
    }
    match context.document.value().get("x-error-codes") {
        None => {}
        Some(Value::Object(codes)) => {
            let mut known = BTreeSet::new();
            for (code, entry) in codes {
                if !known.insert(code.to_ascii_lowercase()) {
                    let why = "The client does not tell codes apart by case.";
                    let what = format!("There is another code `{code}`, in other letters.");
                    report.add(&join("/x-error-codes", code), what, why, "Delete one of them.");
                }
                check_code(&join("/x-error-codes", code), entry, report);
            }
        }
        Some(_) => {
            let fix = "Write a map: `\"<code>\": {kind: <kind>, meaning: <text>}`.";
            report.add("/x-error-codes", "`x-error-codes` is no map.", WHY, fix);
        }
    }
}

fn check_code(pointer: &str, entry: &Value, report: &mut Report<'_, '_>) {
    match entry.get("kind") {
        Some(kind) => check(&join(pointer, "kind"), kind, report),
        None => report.add(pointer, "The code has no kind.", WHY, "Add `kind:`."),
    }
    if entry.get("meaning").and_then(Value::as_str).is_none_or(|meaning| meaning.trim().is_empty()) {
        let why = "Readers of the spec and of messages need words, not numbers.";
        report.add(pointer, "The code has no meaning.", why, "Add `meaning:` with the broker's words.");
    }
}

fn check(pointer: &str, kind: &Value, report: &mut Report<'_, '_>) {
    if !kind.as_str().is_some_and(|kind| KINDS.contains(&kind)) {
        let fix = format!("Write one of {}.", KINDS.join(", "));
        let fix = suggestion(kind.as_str().unwrap_or_default(), KINDS, fix);
        report.add(pointer, format!("{kind} is no kind of error."), WHY, fix);
    }
}
