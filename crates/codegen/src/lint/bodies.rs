//! Rules about request bodies.

use serde_json::Value;

use super::{
    context::{Context, Used},
    report::Report,
};
use crate::document::{join, shape::Kind};

pub(super) const JSON: &str = "application/json";
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// Bodies that the generator cannot send.
pub(super) fn request(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        let method = operation.pointer.rsplit('/').next().unwrap_or_default();
        if matches!(method, "get" | "head" | "delete" | "trace")
            && operation.object.contains_key("requestBody")
        {
            let what = format!("A {} has a request body.", method.to_uppercase());
            let why =
                "It has no meaning there, and servers and proxies may refuse it (RFC 9110, section 9.3).";
            let fix = "Send it with POST, or describe its members as parameters.";
            report.add(&join(&operation.pointer, "requestBody"), what, why, fix);
        }
    }
    for (pointer, body) in context.objects(Kind::RequestBody) {
        let content = join(pointer, "content");
        if body.get("required") != Some(&Value::Bool(true)) {
            let why = "The generated method always sends it.";
            report.add(pointer, "A request body is not required.", why, "Add `required: true`.");
        }
        let media = context.members(&content);
        if media.len() != 1 {
            let what = format!("A request body has {} media types.", media.len());
            let fix = format!("Keep exactly one, `{JSON}` or `{FORM}`.");
            report.add(&content, what, "The generator sends a body in one way.", fix);
        }
        for (name, media) in media {
            let why = "The generator sends JSON and forms, whose values it takes from the schema.";
            if ![JSON, FORM].contains(&name) {
                let fix = format!("Write `{JSON}` or `{FORM}`.");
                report.add(&media.place, format!("A request body is `{name}`."), why, fix);
            } else if media.value.get("schema").is_none() {
                report.add(&media.place, "A request body has no schema.", why, "Add `schema:`.");
            }
            if media.value.get("encoding").is_some() {
                let what = "A request body has `encoding`.";
                report.add(&join(&media.place, "encoding"), what, why, "Delete `encoding`.");
            }
        }
    }
}

/// Forms that are not a flat list of names and values.
pub(super) fn form(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let why = "A form is a list of names and values; how anything deeper is written is not agreed upon.";
    for (pointer, _) in context.objects(Kind::RequestBody) {
        let place = join(&join(&join(pointer, "content"), FORM), "schema");
        let Some(schema) = context.used(&place) else {
            continue;
        };
        if schema.text("type") != Some("object") {
            report.add(
                &place,
                "The schema of a form is no object.",
                why,
                "Write `type: object` and properties.",
            );
        }
        for (name, property) in context.members(&join(&schema.pointer, "properties")) {
            if !is_plain(&property) {
                let what = format!("The member `{name}` of a form is no plain value.");
                report.add(&property.place, what, why, "Make it a string, a number or a boolean.");
            }
        }
    }
}

fn is_plain(property: &Used<'_>) -> bool {
    matches!(
        property.value.get("type").and_then(Value::as_str),
        Some("string" | "integer" | "number" | "boolean")
    )
}
