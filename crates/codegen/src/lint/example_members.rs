//! Examples have the members that their schemas describe. Answers are open, so nothing else would notice a slip.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{context::Context, names::suggestion, references::composition_sizes, report::Report};
use crate::document::{join, shape::Kind};

/// How many schemas are looked at for one document; more are not read.
const MOST_STEPS: usize = 200_000;
/// Compositions above this size are left to the other rules.
const LARGEST: u64 = 200;

/// Members of examples that no schema describes.
pub(super) fn members(context: &Context<'_>, report: &mut Report<'_, '_>) {
    if composition_sizes(context).into_values().any(|size| size > LARGEST) {
        return;
    }
    let mut left = MOST_STEPS;
    for (pointer, node) in context.nodes().filter(|(_, node)| node.reference.is_none()) {
        let schema = join(pointer, "schema");
        match node.kind {
            Kind::MediaType | Kind::Parameter | Kind::Header => {
                for (_, example) in context.members(&join(pointer, "examples")) {
                    let place = join(&example.pointer, "value");
                    look(context, std::slice::from_ref(&schema), &place, &mut left, report);
                }
                look(context, &[schema], &join(pointer, "example"), &mut left, report);
            }
            Kind::Schema => {
                look(context, &[pointer.to_owned()], &join(pointer, "example"), &mut left, report)
            }
            _ => {}
        }
    }
}

/// Looks at the value at `place`, which is described by any of the schemas at the pointers.
fn look(
    context: &Context<'_>,
    schemas: &[String],
    place: &str,
    left: &mut usize,
    report: &mut Report<'_, '_>,
) {
    let Some(value) = context.document.value().pointer(place) else { return };
    let described = gather(context, schemas, left);
    match value {
        Value::Object(members) if !described.properties.is_empty() => {
            object(context, &described, members, place, left, report);
        }
        Value::Object(members) => {
            for name in members.keys().filter(|_| !described.others.is_empty()) {
                look(context, &described.others, &join(place, name), left, report);
            }
        }
        Value::Array(items) if !described.items.is_empty() => {
            for index in 0..items.len() {
                look(context, &described.items, &format!("{place}/{index}"), left, report);
            }
        }
        _ => {}
    }
}

fn object(
    context: &Context<'_>,
    described: &Described,
    members: &Map<String, Value>,
    place: &str,
    left: &mut usize,
    report: &mut Report<'_, '_>,
) {
    for name in members.keys() {
        match described.properties.get(name) {
            Some(schemas) => look(context, schemas, &join(place, name), left, report),
            None if described.open => {}
            None => {
                let what = format!("The schema does not describe the member `{name}` of this example.");
                let why =
                    "The client would not read it. It is a slip, or something that the schema has to learn.";
                let known = described.properties.keys().map(String::as_str);
                let fix =
                    suggestion(name, known, "Describe it in the schema, or delete it from the example.");
                report.add(&join(place, name), what, why, fix);
            }
        }
    }
}

/// What several schemas, all forms included, say about one value.
#[derive(Default)]
struct Described {
    /// The pointers of the schemas of each member, under each of its names.
    properties: BTreeMap<String, Vec<String>>,
    items: Vec<String>,
    /// The pointers of the schemas of members without a name.
    others: Vec<String>,
    /// Whether there may be members of any name.
    open: bool,
}

fn gather(context: &Context<'_>, schemas: &[String], left: &mut usize) -> Described {
    let mut described = Described::default();
    let mut waiting = schemas.to_vec();
    while let Some(place) = waiting.pop() {
        if *left == 0 {
            return Described { open: true, ..Described::default() };
        }
        *left -= 1;
        let Some(schema) = context.used(&place) else { continue };
        let pointer = schema.pointer;
        for (name, property) in
            schema.value.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            let aliases = property.get("x-aliases").and_then(Value::as_array).into_iter().flatten();
            let place = join(&join(&pointer, "properties"), name);
            for name in aliases.filter_map(Value::as_str).chain([name.as_str()]) {
                described.properties.entry(name.to_owned()).or_default().push(place.clone());
            }
        }
        match schema.value.get("additionalProperties") {
            Some(Value::Object(_)) => {
                described.open = true;
                described.others.push(join(&pointer, "additionalProperties"));
            }
            Some(Value::Bool(true)) => described.open = true,
            _ => {}
        }
        described.items.extend(schema.value.get("items").map(|_| join(&pointer, "items")));
        for list in ["allOf", "anyOf", "oneOf"] {
            let parts = schema.value.get(list).and_then(Value::as_array).map_or(0, Vec::len);
            waiting.extend((0..parts).map(|index| format!("{pointer}/{list}/{index}")));
        }
    }
    described
}
