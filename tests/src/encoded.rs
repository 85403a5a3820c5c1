//! What an example looks like once it was decoded and encoded again, and every single change of a value.
//!
//! Three things may change in coding: a field that is null is left out, because both mean that there is no value; a field in
//! another spelling (`x-aliases`) gets its proper name, unless one in an earlier spelling is there; and what is in an
//! envelope (`x-envelope`) is taken out of it.

use serde_json::{Map, Value, json};

use crate::Spec;

/// `value` as a client that loses nothing encodes it; `schema` is the JSON pointer of its schema.
pub fn as_encoded(spec: &Spec, schema: &str, value: &Value) -> Value {
    let (pointer, schema) = spec.resolve(schema);
    if let Some((name, inner)) = in_envelope(schema, value) {
        return as_encoded(spec, &format!("{pointer}/properties/{name}"), inner);
    }
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
        Value::Object(fields) => Value::Object(object(spec, &pointer, schema, fields)),
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

/// What an envelope (`x-envelope`) wraps, and the name of its property. The client unwraps it.
pub(crate) fn in_envelope<'a>(schema: &'a Value, value: &'a Value) -> Option<(&'a String, &'a Value)> {
    let properties = schema.get("x-envelope").and_then(|_| schema["properties"].as_object())?;
    let (name, _) = properties.iter().next()?;
    Some((name, value.get(name).filter(|inner| !inner.is_null())?))
}

fn object(spec: &Spec, pointer: &str, schema: &Value, fields: Map<String, Value>) -> Map<String, Value> {
    let mut present: Vec<(String, usize, Value)> = fields
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

/// The field that knows `name` as another spelling of its own, and which one it is, from 1.
fn proper_name(schema: &Value, name: &str) -> Option<(String, usize)> {
    let properties = schema["properties"].as_object()?;
    properties.iter().find_map(|(proper, field)| {
        let position = field["x-aliases"].as_array()?.iter().position(|alias| alias == name)?;
        Some((proper.clone(), position + 1))
    })
}

/// A value with one thing changed.
#[derive(Clone, Debug)]
pub struct Mutation {
    /// What was changed, for the message of a failing test.
    pub what: String,
    /// The value.
    pub value: Value,
}

/// Every single change: each field left out, and each value turned into one of another type. Null is not
/// among them: the clients take it for a field that is not there, whatever a spec says.
pub fn mutations(value: &Value) -> Vec<Mutation> {
    let mut all = replacements(value);
    for (step, child) in children(value) {
        if let Value::Object(fields) = value {
            let mut fields = fields.clone();
            fields.shift_remove(&step);
            all.push(Mutation { what: format!("{step} left out"), value: fields.into() });
        }
        all.extend(mutations(child).into_iter().map(|mutation| Mutation {
            what: format!("{step}/{}", mutation.what),
            value: with(value, &step, mutation.value),
        }));
    }
    all
}

/// What a value is made of, each by the step that leads to it.
pub(crate) fn children(value: &Value) -> Vec<(String, &Value)> {
    match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect()
        }
        _ => Vec::new(),
    }
}

/// `value` with another value in one of its places.
pub(crate) fn with(value: &Value, step: &str, other: Value) -> Value {
    let mut copy = value.clone();
    match &mut copy {
        Value::Object(fields) => {
            fields.insert(step.to_owned(), other);
        }
        Value::Array(items) => {
            let index: usize = step.parse().expect("the index of an item");
            items[index] = other;
        }
        _ => {}
    }
    copy
}

fn replacements(value: &Value) -> Vec<Mutation> {
    let others = match value {
        Value::String(_) => vec![json!(271_828), json!(true), json!([]), json!("no such value")],
        Value::Number(_) => vec![json!("no number"), json!(2.5), json!(false), json!({})],
        Value::Array(_) => vec![json!({}), json!("no list"), json!([271_828]), json!([[]])],
        Value::Object(_) => vec![json!([]), json!("no object"), json!(271_828)],
        Value::Bool(_) | Value::Null => vec![json!("no flag"), json!(271_828)],
    };
    others.into_iter().map(|value| Mutation { what: format!("turned into {value}"), value }).collect()
}
