//! Which kind of error a response, an example or a broker's code means to the client.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    context::Context,
    names::suggestion,
    phrases::normal,
    policies::{EVIDENCE_MEANS, check_evidence},
    report::Report,
};
use crate::document::join;

/// The kinds of the client's error that a broker's answer may mean, in snake_case.
pub(super) const KINDS: [&str; 8] = [
    "credentials",
    "locked",
    "login_required",
    "rate_limited",
    "refused",
    "second_factor",
    "session_expired",
    "unavailable",
];
/// The kinds that only the client itself can tell.
const OF_THE_CLIENT: [&str; 4] = ["config", "host_not_allowed", "protocol", "timeout"];
/// The members of an entry of `x-error-codes`.
const ENTRY: [&str; 4] = ["kind", "judges", "meaning", "x-evidence"];

const WHY: &str = "The client turns it into the kind of its error.";

/// `x-error-kind` anywhere, and `x-error-codes` of the document and of operations.
pub(super) fn known(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, node) in context.nodes() {
        if let Some(kind) = node.object.get("x-error-kind") {
            check(&join(pointer, "x-error-kind"), kind, report);
        }
        // Where else it may stand is a matter of `extension-place`.
        if let Some(codes) = node.object.get("x-error-codes") {
            check_codes(&join(pointer, "x-error-codes"), codes, report);
        }
    }
}

fn check_codes(pointer: &str, codes: &Value, report: &mut Report<'_, '_>) {
    let Value::Object(codes) = codes else {
        let fix = "Write a map: `\"<code>\": {kind: <kind>, meaning: <text>}`.";
        return report.add(pointer, "`x-error-codes` is no map.", WHY, fix);
    };
    let mut known = BTreeSet::new();
    for (code, entry) in codes {
        if !known.insert(normal(code)) {
            let why = "The client looks neither at case nor at blanks and a full stop at the end.";
            let what = format!("There is another code `{code}`, written differently.");
            report.add(&join(pointer, code), what, why, "Delete one of them.");
        }
        check_code(&join(pointer, code), entry, report);
    }
}

fn check_code(pointer: &str, entry: &Value, report: &mut Report<'_, '_>) {
    let Value::Object(members) = entry else {
        let fix = "Write `{kind: <kind>, meaning: <text>, x-evidence: <evidence>}`.";
        return report.add(pointer, "The code is described by no map.", WHY, fix);
    };
    match members.get("kind") {
        Some(kind) => check(&join(pointer, "kind"), kind, report),
        None => report.add(pointer, "The code has no kind.", WHY, "Add `kind:`."),
    }
    if members.get("meaning").and_then(Value::as_str).is_none_or(|meaning| meaning.trim().is_empty()) {
        let why = "Readers of the spec and of messages need words, not numbers.";
        report.add(pointer, "The code has no meaning.", why, "Add `meaning:` with the broker's words.");
    }
    match members.get("x-evidence") {
        Some(evidence) => check_evidence(&join(pointer, "x-evidence"), evidence, report),
        None => {
            let why = "Readers see of every code how well it is known.";
            report.add(
                pointer,
                "The code has no `x-evidence`.",
                why,
                format!("Add `x-evidence:` — {EVIDENCE_MEANS}"),
            );
        }
    }
    if let Some(judges) = members.get("judges").filter(|judges| !judges.is_boolean()) {
        let what = format!("{judges} does not say whether the code is about the guess of the request.");
        report.add(&join(pointer, "judges"), what, WHY, "Write `true`, or delete it.");
    }
    for name in members.keys().filter(|name| !ENTRY.contains(&name.as_str())) {
        let what = format!("`{name}` is no member of a code.");
        let fix = suggestion(
            name,
            ENTRY,
            "Delete it; a code has a kind, a meaning and evidence, and may be about a guess.",
        );
        report.add(&join(pointer, name), what, "It would be ignored without a word.", fix);
    }
}

fn check(pointer: &str, kind: &Value, report: &mut Report<'_, '_>) {
    let found = kind.as_str().unwrap_or_default();
    if OF_THE_CLIENT.contains(&found) {
        let what = format!("`{found}` is nothing that a broker's answer can mean.");
        let why =
            "Only the client itself knows of it: of its settings, its deadlines, or what it could not read.";
        report.add(pointer, what, why, format!("Write one of {}.", KINDS.join(", ")));
    } else if !KINDS.contains(&found) {
        let fix = format!("Write one of {}.", KINDS.join(", "));
        let fix = suggestion(found, KINDS, fix);
        report.add(pointer, format!("{kind} is no kind of error."), WHY, fix);
    }
}

/// Error responses without a kind.
pub(super) fn missing(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        for (status, response) in context.responses(operation) {
            if status.starts_with(['4', '5']) && response.value.get("x-error-kind").is_none() {
                let what = format!("The response with the status {status} has no kind of error.");
                let fix = format!("Add `x-error-kind:` with one of {}.", KINDS.join(", "));
                report.add(&response.pointer, what, WHY, fix);
            }
        }
    }
}

/// Kinds that do not go with the status.
pub(super) fn status(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        for (status, response) in context.responses(operation) {
            let Some(found) = response.text("x-error-kind").filter(|found| KINDS.contains(found)) else {
                continue;
            };
            let fits: &[&str] = match status {
                "429" => &["rate_limited"],
                "401" => &["credentials", "login_required", "second_factor", "session_expired"],
                "423" => &["locked"],
                _ if status.starts_with('5') => &["unavailable"],
                "400" | "403" | "404" | "409" | "411" | "422" => &[
                    "credentials",
                    "locked",
                    "login_required",
                    "refused",
                    "second_factor",
                    "session_expired",
                ],
                _ => continue,
            };
            if !fits.contains(&found) {
                let what = format!("The status {status} is understood as `{found}`.");
                let why = "The client acts on the kind: what it takes for unavailable it repeats, and what for a limit \
                           it waits out.";
                let fix =
                    format!("Write {}; or silence this with what the broker means by it.", fits.join(" or "));
                report.add(&join(&response.pointer, "x-error-kind"), what, why, fix);
            }
        }
    }
}
