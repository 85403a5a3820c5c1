//! What every other rule relies on: the document consists of the objects of OpenAPI 3.0.

use super::{context::Context, extensions::EXTENSIONS, names::suggestion, report::Report};
use crate::document::{join, shape::Kind};

/// Members that are not in the specification.
pub(super) fn unknown_member(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, kind, key) in &context.unknown {
        let what = format!("`{key}` is no member of the {}.", kind.name());
        let known = kind.members().iter().map(|member| member.name).chain(EXTENSIONS);
        let fix = kind.key_hint().map_or_else(
            || "Delete it; a name of your own starts with `x-`.".to_owned(),
            |hint| format!("Write {hint}; a name of your own starts with `x-`."),
        );
        report.add(pointer, what, "It would be ignored without a word.", suggestion(key, known, fix));
    }
}

/// Path items that stand elsewhere.
pub(super) fn path_item_reference(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, item) in context.objects(Kind::PathItem) {
        if item.contains_key("$ref") {
            let why = "The generator does not follow references of path items.";
            let fix = "Write the operations here; share their parts under `components`.";
            report.add(&join(pointer, "$ref"), "The path item is a reference.", why, fix);
        }
    }
}
