//! Extensions: those that mean something here, and where. Everything else that starts with `x-` is ignored by all of
//! our tools, without a word; so the linter says one.

use super::{context::Context, names::nearest, report::Report};
use crate::document::{join, shape::Kind};

/// The extensions that mean something here.
pub(super) const EXTENSIONS: [&str; 15] = [
    "x-aliases",
    "x-environment",
    "x-error-codes",
    "x-error-kind",
    "x-evidence",
    "x-hints",
    "x-judges",
    "x-may-be-empty",
    "x-penalty-seconds",
    "x-rate-limit",
    "x-retry",
    "x-secret",
    "x-secret-reason",
    "x-success",
    "x-time-step-seconds",
];

/// Extensions that nobody reads.
pub(super) fn unknown(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, node) in context.nodes() {
        let extensions = node.object.keys().filter(|key| key.starts_with("x-"));
        for key in extensions.filter(|key| !EXTENSIONS.contains(&key.as_str())) {
            let (what, fix) = match nearest(key, EXTENSIONS) {
                Some(known) => (
                    format!("`{key}` looks like `{known}`, but is not."),
                    format!("Write `{known}`, or choose a name that cannot be mistaken for it."),
                ),
                None => (
                    format!("The extension `{key}` means nothing here."),
                    "Delete it; for another tool's extension, silence this with the name of the tool."
                        .to_owned(),
                ),
            };
            report.add(&join(pointer, key), what, "Unknown extensions are ignored without a word.", fix);
        }
    }
}

/// Extensions that stand where nobody reads them. Limits, aliases and empty answers have rules of their own for that.
pub(super) fn place(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, node) in context.nodes() {
        for key in node.object.keys() {
            let (fits, whose) = match (key.as_str(), node.kind) {
                ("x-retry", kind) => (kind == Kind::Operation, "an operation"),
                ("x-environment", kind) => (kind == Kind::Server, "a server"),
                ("x-error-codes", kind) => {
                    (matches!(kind, Kind::Root | Kind::Operation), "the whole document or of an operation")
                }
                ("x-hints", kind) => (kind == Kind::Root, "the whole document"),
                ("x-judges" | "x-success", kind) => (kind == Kind::Response, "a response"),
                ("x-time-step-seconds", kind) => (kind == Kind::Schema, "a schema"),
                ("x-error-kind", kind) => {
                    (matches!(kind, Kind::Response | Kind::Example), "a response or of an example")
                }
                ("x-secret" | "x-secret-reason", kind) => (
                    matches!(kind, Kind::Schema | Kind::Parameter | Kind::SecurityScheme),
                    "a schema, a parameter or a security scheme",
                ),
                _ => continue,
            };
            if !fits || node.reference.is_some() && key != "x-secret" && key != "x-secret-reason" {
                let what =
                    format!("`{key}` means nothing here, in {}.", place_name(node.kind, node.reference));
                let why =
                    format!("It is a member of {whose}; anywhere else it would be ignored without a word.");
                report.add(
                    &join(pointer, key),
                    what,
                    why,
                    "Move it there (look at the indentation), or delete it.",
                );
            }
        }
    }
}

fn place_name(kind: Kind, reference: Option<&str>) -> String {
    match reference {
        Some(_) => "a reference, which has no members".to_owned(),
        None => format!("the {}", kind.name()),
    }
}
