//! What the design demands of each operation: how well it is known, and whether it may be repeated.

use serde_json::Value;

use super::{
    context::{Context, Node, text},
    names::suggestion,
    report::Report,
};
use crate::document::join;

const EVIDENCE: [&str; 3] = ["documented", "observed", "inferred"];
const RETRY: [&str; 3] = ["safe", "unsent", "never"];

/// Operations without evidence, and evidence that is none.
pub(super) fn evidence(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let why = "Readers and generated docs say of everything how well it is known.";
    let meaning = "documented by the broker, observed on the wire, or inferred.";
    for operation in &context.operations {
        if !operation.object.contains_key("x-evidence") {
            let fix = format!("Add `x-evidence:` — {meaning}");
            report.add(&operation.pointer, "The operation has no `x-evidence`.", why, fix);
        }
    }
    for (pointer, node) in context.nodes() {
        let Some(found) = node.object.get("x-evidence") else {
            continue;
        };
        if !is_one_of(found, &EVIDENCE) {
            let fix =
                suggestion(found.as_str().unwrap_or_default(), EVIDENCE, format!("Write one of: {meaning}"));
            report.add(&join(pointer, "x-evidence"), format!("{found} is no evidence."), why, fix);
        }
    }
}

/// Operations that do not say whether they may be repeated.
pub(super) fn retry(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let why = "The client repeats a call only where the spec allows it.";
    let meaning = "safe (may be repeated), unsent (only if it never left), or never.";
    for operation in &context.operations {
        match operation.object.get("x-retry") {
            None => {
                let fix = format!("Add `x-retry:` — {meaning}");
                report.add(&operation.pointer, "The operation has no `x-retry`.", why, fix);
            }
            Some(found) if !is_one_of(found, &RETRY) => {
                let what = format!("{found} is no retry class.");
                let fix =
                    suggestion(found.as_str().unwrap_or_default(), RETRY, format!("Write one of: {meaning}"));
                report.add(&join(&operation.pointer, "x-retry"), what, why, fix);
            }
            Some(_) => {}
        }
    }
}

fn is_one_of(found: &Value, known: &[&str]) -> bool {
    found.as_str().is_some_and(|found| known.contains(&found))
}

/// Guesses that would be sent twice.
pub(super) fn retry_secret(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let is_secret = |node: Node<'_>| text(node.object, "format") == Some("password");
    let secrets = context.components_with(is_secret);
    for operation in &context.operations {
        let body = join(&operation.pointer, "requestBody");
        let sends_secret = context
            .below(&body)
            .any(|(_, node)| is_secret(node) || node.target().is_some_and(|target| secrets.contains(target)));
        if sends_secret && text(operation.object, "x-retry") == Some("safe") {
            let what = "An operation that sends a secret in its body is called safe to repeat.";
            let why =
                "A password or code that is sent again counts as another guess, and guesses lock accounts.";
            let fix = "Write `x-retry: unsent`, or `never`.";
            report.add(&join(&operation.pointer, "x-retry"), what, why, fix);
        }
    }
}
