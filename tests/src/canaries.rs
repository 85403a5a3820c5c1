//! A broker's own secrets, replaced by ones that a watch finds.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::Spec;

/// The value with every text that its schema calls a password replaced by what `secret` makes of its name. The names
/// are noted.
pub(crate) fn with_secrets(
    spec: &Spec,
    schema: &str,
    value: &Value,
    secret: fn(&str) -> String,
    names: &mut BTreeSet<String>,
) -> Value {
    let (pointer, schema) = spec.resolve(schema);
    let alternatives = ["anyOf", "oneOf", "allOf"]
        .into_iter()
        .flat_map(|name| (0..schema[name].as_array().map_or(0, Vec::len)).map(move |index| (name, index)));
    // Each alternative replaces only what it knows, so each may have its turn.
    let value = alternatives.fold(value.clone(), |value, (name, index)| {
        with_secrets(spec, &format!("{pointer}/{name}/{index}"), &value, secret, names)
    });
    match value {
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| {
                let place = match schema["properties"].get(&name) {
                    Some(_) => format!("{pointer}/properties/{name}"),
                    None => return (name, value),
                };
                let is_secret = spec.resolve(&place).1["format"] == "password";
                let value = match is_secret && value.is_string() {
                    true => {
                        names.insert(name.clone());
                        secret(&name).into()
                    }
                    false => with_secrets(spec, &place, &value, secret, names),
                };
                (name, value)
            })
            .collect(),
        Value::Array(items) if schema.get("items").is_some() => {
            let place = format!("{pointer}/items");
            items.iter().map(|item| with_secrets(spec, &place, item, secret, names)).collect()
        }
        other => other,
    }
}
