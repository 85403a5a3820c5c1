//! Answers whose body may be missing.

use serde_json::{Map, Value};

use super::{
    bodies::JSON, context::Context, json_schema::Schemas, references::composition_sizes, report::Report,
};
use crate::document::{join, shape::Kind};

const NAME: &str = "x-may-be-empty";

/// Answers that may be empty, although an empty object is nothing that they could mean.
pub(super) fn may_be_empty(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let why = "A body that is missing is read as an object without members, `{}`.";
    let mut schemas = None;
    for (pointer, node) in context.nodes() {
        let Some(found) = node.object.get(NAME) else { continue };
        let place = join(pointer, NAME);
        let schema = join(&join(&join(pointer, "content"), JSON), "schema");
        let described = context.document.value().pointer(&schema);
        match described {
            _ if *found != Value::Bool(true) => {
                let what = format!("`{NAME}` is not `true`.");
                report.add(&place, what, why, format!("Write `{NAME}: true`, or delete it."));
            }
            Some(described) if node.kind == Kind::Response && node.reference.is_none() => {
                let schemas = schemas.get_or_insert_with(|| {
                    let largest = composition_sizes(context).into_values().max().unwrap_or(1);
                    Schemas::new(context.document.value(), largest)
                });
                let size = || context.reach([schema.clone()]).len();
                if let Some(mismatch) = schemas.check(described, size, &Value::Object(Map::new())) {
                    let message = mismatch.message.trim_end_matches('.');
                    let what = format!("`{{}}` does not fit the schema: {message}.");
                    let fix = "Add a form without required members, or delete this.";
                    report.add(&place, what, why, fix);
                }
            }
            _ => {
                let what = format!("`{NAME}` means nothing here.");
                let fix = format!("Move it to a response with `{JSON}`, or delete it.");
                report.add(&place, what, why, fix);
            }
        }
    }
}
