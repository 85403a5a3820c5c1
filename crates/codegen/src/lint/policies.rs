//! How well things are known.

use serde_json::Value;

use super::{context::Context, names::suggestion, report::Report};
use crate::document::join;

const EVIDENCE: [&str; 3] = ["documented", "observed", "inferred"];
/// What the words mean.
pub(super) const EVIDENCE_MEANS: &str = "documented by the broker, observed on the wire, or inferred.";
const WHY: &str = "Readers and generated docs say of everything how well it is known.";

/// Operations without evidence, and evidence that is none.
pub(super) fn evidence(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        if !operation.object.contains_key("x-evidence") {
            let fix = format!("Add `x-evidence:` — {EVIDENCE_MEANS}");
            report.add(&operation.pointer, "The operation has no `x-evidence`.", WHY, fix);
        }
    }
    for (pointer, node) in context.nodes() {
        if let Some(found) = node.object.get("x-evidence") {
            check_evidence(&join(pointer, "x-evidence"), found, report);
        }
    }
}

/// Evidence that is none.
pub(super) fn check_evidence(place: &str, found: &Value, report: &mut Report<'_, '_>) {
    if !is_one_of(found, &EVIDENCE) {
        let fix = suggestion(
            found.as_str().unwrap_or_default(),
            EVIDENCE,
            format!("Write one of: {EVIDENCE_MEANS}"),
        );
        report.add(place, format!("{found} is no evidence."), WHY, fix);
    }
}

pub(super) fn is_one_of(found: &Value, known: &[&str]) -> bool {
    found.as_str().is_some_and(|found| known.contains(&found))
}
