//! Examples are the fixtures of the tests, so each must be there and be true.

use serde_json::{Map, Value};

use super::{
    bodies::{FORM, JSON},
    context::Context,
    failures,
    json_schema::Schemas,
    references::composition_sizes,
    report::Report,
};
use crate::document::{join, shape::Kind};

/// Responses with content, but without a named example of it in any of its media types; request bodies and
/// parameters without one.
pub(super) fn missing(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        let responses = context.responses(operation).into_iter().map(|(_, response)| (response, "response"));
        let body = context.used(&join(&operation.pointer, "requestBody")).map(|body| (body, "request body"));
        for (holder, what) in responses.chain(body) {
            content_without_example(context, &holder.pointer, what, report);
        }
    }
    for (pointer, parameter) in context.objects(Kind::Parameter) {
        let schema = context.used(&join(pointer, "schema"));
        let of_schema = schema.is_some_and(|schema| schema.value.get("example").is_some());
        let own = parameter.contains_key("example") || parameter.contains_key("examples");
        if !own && !of_schema {
            let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
            let what = format!("There is no example of the parameter `{name}`.");
            let why = "The tests send it, and readers see what it looks like.";
            report.add(pointer, what, why, "Add `example:` with a value that is plainly made up.");
        }
    }
}

fn content_without_example(context: &Context<'_>, pointer: &str, whose: &str, report: &mut Report<'_, '_>) {
    let place = join(pointer, "content");
    let content = context.members(&place);
    let has_example = content.iter().any(|(_, media)| {
        let examples = media.value.get("examples").and_then(Value::as_object);
        examples.is_some_and(|examples| !examples.is_empty())
    });
    if !content.is_empty() && !has_example {
        let types: Vec<&str> = content.iter().map(|(media, _)| *media).collect();
        let what = format!("There is no named example of this {whose} ({}).", types.join(", "));
        let why = "Examples are what the tests serve and send; what has none is untested.";
        report.add(&place, what, why, "Add `examples:` with a name and a `value`.");
    }
}

/// Examples and defaults that do not fit.
pub(super) fn invalid(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let largest = composition_sizes(context).into_values().max().unwrap_or(1);
    let mut schemas = Schemas::new(context.document.value(), largest);
    for (pointer, node) in context.nodes().filter(|(_, node)| node.reference.is_none()) {
        match node.kind {
            // How other texts relate to their schema is not agreed upon.
            Kind::MediaType if !is_json(pointer) => {}
            Kind::MediaType | Kind::Parameter | Kind::Header => {
                let schema = join(pointer, "schema");
                for place in examples(context, pointer, node.object, report) {
                    check(context, &mut schemas, &schema, &place, report);
                }
            }
            Kind::Schema => {
                for member in ["example", "default"] {
                    check(context, &mut schemas, pointer, &join(pointer, member), report);
                }
            }
            _ => {}
        }
    }
}

/// Whether the last step of the pointer is a media type whose values are described by the schema.
fn is_json(pointer: &str) -> bool {
    let media = crate::document::unescape(pointer.rsplit('/').next().unwrap_or_default());
    media == JSON || media == FORM || media.ends_with("+json")
}

/// The JSON pointers of the values of an object's examples.
fn examples(
    context: &Context<'_>,
    pointer: &str,
    object: &Map<String, Value>,
    report: &mut Report<'_, '_>,
) -> Vec<String> {
    let mut places: Vec<String> =
        object.contains_key("example").then(|| join(pointer, "example")).into_iter().collect();
    for (_, example) in context.members(&join(pointer, "examples")) {
        if example.value.get("value").is_some() {
            places.push(join(&example.pointer, "value"));
        } else {
            let what = match example.text("externalValue") {
                Some(_) => "An example stands outside of the spec.",
                None => "An example has no value.",
            };
            let why = "Examples are what the tests serve, so they have to stand here.";
            report.add(&example.place, what, why, "Add `value:`.");
        }
    }
    places
}

/// Checks the value at `place`, if there is one, against the schema at the other pointer.
fn check(
    context: &Context<'_>,
    schemas: &mut Schemas,
    schema: &str,
    place: &str,
    report: &mut Report<'_, '_>,
) {
    let document = context.document.value();
    let Some(value) = document.pointer(place) else { return };
    // A form without required members takes everything, so that only the form that is meant says whether a value fits.
    let meant = failures::meant(context, schema, value).map(|form| form.pointer);
    let schema = meant.as_deref().unwrap_or(schema);
    let Some(described) = document.pointer(schema) else { return };
    let size = || context.reach([schema.to_owned()]).len();
    if let Some(mismatch) = schemas.check(described, size, value) {
        let what = format!("This does not fit its schema: {}.", mismatch.message.trim_end_matches('.'));
        let why = "Examples are what the tests serve and readers believe; this one could not be decoded.";
        report.add(&format!("{place}{}", mismatch.pointer), what, why, "Mend the example, or the schema.");
    }
}
