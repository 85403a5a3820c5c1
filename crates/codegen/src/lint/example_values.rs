//! The values of all examples, each with what the schemas say about it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{context::Context, references::composition_sizes};
use crate::document::{join, shape::Kind, unescape};

/// How many schemas are looked at for one document; more are not read.
const MOST_STEPS: usize = 200_000;
/// Compositions above this size are left to the other rules.
const LARGEST: u64 = 200;

/// A value in an example, at any depth.
pub(super) struct ExampleValue<'e, 'a> {
    /// Where it stands.
    pub(super) place: &'e str,
    /// The name of the member, or of the parameter, that it is the value of; for an item that of its list.
    pub(super) name: &'e str,
    pub(super) value: &'a Value,
    pub(super) described: &'e Described<'a>,
}

/// Calls `visit` for every value in every example and default, those inside of others included.
pub(super) fn each<'a>(context: &Context<'a>, visit: &mut dyn FnMut(&ExampleValue<'_, 'a>)) {
    let too_large = composition_sizes(context).into_values().any(|size| size > LARGEST);
    let mut walk = Walk { context, left: if too_large { 0 } else { MOST_STEPS }, visit };
    for (pointer, node) in context.nodes().filter(|(_, node)| node.reference.is_none()) {
        match node.kind {
            Kind::MediaType | Kind::Parameter | Kind::Header => {
                let name = match node.kind {
                    Kind::MediaType => "",
                    Kind::Header => pointer.rsplit('/').next().unwrap_or_default(),
                    _ => node.object.get("name").and_then(Value::as_str).unwrap_or_default(),
                };
                let schema = [join(pointer, "schema")];
                for (_, example) in context.members(&join(pointer, "examples")) {
                    walk.look(&schema, &join(&example.pointer, "value"), name);
                }
                walk.look(&schema, &join(pointer, "example"), name);
            }
            Kind::Schema => {
                let member = pointer.rsplit_once("/properties/").map_or("", |(_, name)| name);
                let name = unescape(member.split('/').next().unwrap_or_default());
                for member in ["example", "default"] {
                    walk.look(&[pointer.to_owned()], &join(pointer, member), &name);
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
    /// Looks at the value at `place`, which is described by any of the schemas at the pointers.
    fn look(&mut self, schemas: &[String], place: &str, name: &str) {
        let document: &'a crate::Document = self.context.document;
        let Some(value) = document.value().pointer(place) else { return };
        let described = gather(self.context, schemas, &mut self.left);
        // Of what was not read to its end nobody can say what it lacks.
        if self.left == 0 {
            return;
        }
        (self.visit)(&ExampleValue { place, name, value, described: &described });
        match value {
            Value::Object(members) => {
                for name in members.keys() {
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

/// What several schemas, all forms included, say about one value.
#[derive(Default)]
pub(super) struct Described<'a> {
    /// The pointers of the schemas of each member, under each of its names.
    pub(super) properties: BTreeMap<String, Vec<String>>,
    pub(super) items: Vec<String>,
    /// The pointers of the schemas of members without a name.
    pub(super) others: Vec<String>,
    /// Whether there may be members of any name.
    pub(super) open: bool,
    /// The schemas that describe it, and the references that lead to them.
    pub(super) own: Vec<&'a Value>,
}

pub(super) fn gather<'a>(context: &Context<'a>, schemas: &[String], left: &mut usize) -> Described<'a> {
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
