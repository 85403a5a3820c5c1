//! Tags group the operations in every reference that is made of a spec.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{context::Context, names::suggestion, report::Report};
use crate::document::join;

/// Operations without a tag, tags that nobody explains, and tags that nobody uses.
pub(super) fn tags(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let declared = context.document.value().get("tags").and_then(Value::as_array).into_iter().flatten();
    let declared: Vec<&str> = declared.filter_map(|tag| tag.get("name")?.as_str()).collect();
    let mut used = BTreeSet::new();
    let why = "References of the API are grouped by the tags that the document explains.";
    for operation in &context.operations {
        let place = join(&operation.pointer, "tags");
        let tags: Vec<_> =
            operation.object.get("tags").and_then(Value::as_array).into_iter().flatten().collect();
        if tags.is_empty() {
            let fix = match declared.is_empty() {
                true => "Add `tags:` to the document, and the name of one here.".to_owned(),
                false => format!("Add `tags:` with one of: {}.", declared.join(", ")),
            };
            report.add(&operation.pointer, "The operation has no tag.", why, fix);
        }
        for (index, tag) in tags.iter().filter_map(|tag| tag.as_str()).enumerate() {
            used.insert(tag);
            if tags.iter().take(index).any(|earlier| earlier.as_str() == Some(tag)) {
                let what = format!("The operation has the tag `{tag}` twice.");
                report.add(&format!("{place}/{index}"), what, why, "Delete one of the two.");
            }
            if !declared.contains(&tag) {
                let fix =
                    format!("Add it to `tags:` of the document, or use one of: {}.", declared.join(", "));
                let fix = suggestion(tag, declared.iter().copied(), fix);
                report.add(
                    &format!("{place}/{index}"),
                    format!("The tag `{tag}` is not explained."),
                    why,
                    fix,
                );
            }
        }
    }
    let mut seen = BTreeSet::new();
    for (index, tag) in declared.iter().enumerate() {
        let place = format!("/tags/{index}/name");
        if !used.contains(tag) {
            report.add(&place, format!("No operation has the tag `{tag}`."), why, "Use it, or delete it.");
        } else if !seen.insert(tag) {
            report.add(&place, format!("The tag `{tag}` is explained twice."), why, "Delete one of the two.");
        }
    }
}
