//! What an example looks like once it was decoded and encoded again.
//!
//! Two things may change: a member that is null is left out, because both mean that there is no value; and a
//! member in another spelling (`x-aliases`) gets its proper name, unless one in an earlier spelling is there.
//! Everything else must come back as it was.

use serde_json::{Map, Value};

use crate::Spec;

/// `value` as a client that loses nothing encodes it; `schema` is the JSON pointer of its schema.
pub fn as_encoded(spec: &Spec, schema: &str, value: &Value) -> Value {
    let (pointer, schema) = spec.resolve(schema);
    let alternatives = ["anyOf", "oneOf", "allOf"]
        .into_iter()
        .filter_map(|name| Some((name, schema.get(name)?.as_array()?.len())));
    let places: Vec<String> = alternatives
        .flat_map(|(name, count)| (0..count).map(move |index| format!("{name}/{index}")))
        .map(|step| format!("{pointer}/{step}"))
        .collect();
    // An alternative renames only what it knows by another name, so each may have its turn.
    let value = places.iter().fold(value.clone(), |value, place| as_encoded(spec, place, &value));
    match value {
        Value::Object(members) => Value::Object(object(spec, &pointer, schema, members)),
        Value::Array(items) => {
            let place = format!("{pointer}/items");
            let known = schema.get("items").is_some();
            let item = |item: Value| match known {
                true => as_encoded(spec, &place, &item),
                false => item,
            };
            items.into_iter().map(item).collect()
        }
        other => other,
    }
}

fn object(spec: &Spec, pointer: &str, schema: &Value, members: Map<String, Value>) -> Map<String, Value> {
    let mut present: Vec<(String, usize, Value)> = members
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| match proper_name(schema, &name) {
            Some((proper, rank)) => (proper, rank, value),
            None => (name, 0, value),
        })
        .collect();
    // What comes last stays: the earliest spelling.
    present.sort_by_key(|(_, rank, _)| std::cmp::Reverse(*rank));
    present
        .into_iter()
        .map(|(name, _, value)| {
            let place = match schema["properties"].get(&name) {
                Some(_) => format!("{pointer}/properties/{name}"),
                None if schema["additionalProperties"].is_object() => {
                    format!("{pointer}/additionalProperties")
                }
                None => return (name, value),
            };
            let value = as_encoded(spec, &place, &value);
            (name, value)
        })
        .collect()
}

/// The member that knows `name` as another spelling of its own, and which one it is, from 1.
fn proper_name(schema: &Value, name: &str) -> Option<(String, usize)> {
    let properties = schema["properties"].as_object()?;
    properties.iter().find_map(|(proper, member)| {
        let position = member["x-aliases"].as_array()?.iter().position(|alias| alias == name)?;
        Some((proper.clone(), position + 1))
    })
}
