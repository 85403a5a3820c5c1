//! The values of all examples, each with the schemas that describe it.

use std::collections::BTreeMap;

use broker_session_openapi::{Document, join, unescape};
use serde_json::Value;

use super::context::Context;

/// The number of schemas that are read for one document.
const MAX_STEPS: usize = 200_000;

/// A value in an example, at any depth.
pub(super) struct ExampleValue<'e, 'a> {
    /// Its JSON pointer.
    pub(super) place: &'e str,
    /// The name of the field or the parameter; for an item, the name of its list.
    pub(super) name: &'e str,
    pub(super) value: &'a Value,
    pub(super) described: &'e Described<'a>,
}

impl ExampleValue<'_, '_> {
    /// Whether one of the schemas has this field with this value.
    pub(super) fn has(&self, field: &str, value: impl Into<Value>) -> bool {
        let value = value.into();
        self.described.own.iter().any(|own| own.get(field) == Some(&value))
    }
}

/// Calls `visit` for every value in every example and default, nested values included.
pub(super) fn each<'a>(context: &Context<'a>, visit: &mut dyn FnMut(&ExampleValue<'_, 'a>)) {
    let mut walk = Walk { context, left: MAX_STEPS, visit };
    for (pointer, node) in context.nodes().filter(|(_, node)| node.reference.is_none()) {
        match node.kind {
            "MediaType" | "Parameter" | "Header" => {
                let name = match node.kind {
                    "MediaType" => "",
                    "Header" => pointer.rsplit('/').next().unwrap_or_default(),
                    _ => node.object.get("name").and_then(Value::as_str).unwrap_or_default(),
                };
                let schema = [join(pointer, "schema")];
                for (_, example) in context.fields(&join(pointer, "examples")) {
                    walk.look(&schema, &join(&example.pointer, "value"), name);
                }
                walk.look(&schema, &join(pointer, "example"), name);
            }
            "Schema" => {
                let property = pointer.rsplit_once("/properties/").map_or("", |(_, name)| name);
                let name = unescape(property.split('/').next().unwrap_or_default());
                for field in ["example", "default"] {
                    walk.look(&[pointer.to_owned()], &join(pointer, field), &name);
                }
            }
            _ => {}
        }
    }
}

struct Walk<'w, 'a> {
    context: &'w Context<'a>,
    left: usize,
    visit: &'w mut dyn FnMut(&ExampleValue<'_, 'a>),
}

impl<'a> Walk<'_, 'a> {
    /// Visits the value at `place`, which any of the schemas at the pointers describes.
    fn look(&mut self, schemas: &[String], place: &str, name: &str) {
        let document: &'a Document = self.context.document;
        let Some(value) = document.value().pointer(place) else { return };
        let described = gather(self.context, schemas, &mut self.left);
        // A description that was not read completely may lack any field.
        if self.left == 0 {
            return;
        }
        (self.visit)(&ExampleValue { place, name, value, described: &described });
        match value {
            Value::Object(fields) => {
                for name in fields.keys() {
                    let schemas = described.properties.get(name).unwrap_or(&described.others);
                    self.look(schemas, &join(place, name), name);
                }
            }
            Value::Array(items) => {
                for index in 0..items.len() {
                    self.look(&described.items, &format!("{place}/{index}"), name);
                }
            }
            _ => {}
        }
    }
}

/// The merged description of one value by several schemas and all their forms.
#[derive(Default)]
pub(super) struct Described<'a> {
    /// The pointers of the schemas of each field, under each of its names.
    pub(super) properties: BTreeMap<String, Vec<String>>,
    pub(super) items: Vec<String>,
    /// The pointers of the schemas of other fields.
    pub(super) others: Vec<String>,
    /// Whether fields of any name are allowed.
    pub(super) open: bool,
    /// The schemas that describe it, and the references that lead to them.
    pub(super) own: Vec<&'a Value>,
}

fn gather<'a>(context: &Context<'a>, schemas: &[String], left: &mut usize) -> Described<'a> {
    let mut described = Described::default();
    let mut waiting = schemas.to_vec();
    while let Some(place) = waiting.pop() {
        if *left == 0 {
            return Described { open: true, ..Described::default() };
        }
        *left -= 1;
        let Some(schema) = context.used(&place) else { continue };
        let pointer = schema.pointer;
        described.own.extend(context.document.value().pointer(&place));
        described.own.push(schema.value);
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
