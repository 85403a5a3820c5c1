//! Whether a spec's schema and a generated type's schema say the same.
//!
//! Both are brought into one plain form and compared. What only describes is left out, and so is null on a
//! member that may be missing: a generated type takes the one for the other.

use std::collections::BTreeMap;

use broker_session_codegen::spec::schemas;
use serde_json::{Map, Value, json};

use crate::{Generated, Report};

/// Compares every component schema with the type that was generated from it.
pub fn check_schemas<G: Generated>() -> Report {
    let spec = G::spec();
    let names = schemas(&spec.document);
    let types: BTreeMap<&str, Value> =
        G::schemas().into_iter().map(|(name, schema)| (name, schema.to_value())).collect();
    let mut report = Report::default();
    let of_types: Vec<&str> = types.keys().copied().collect();
    let mut of_spec: Vec<&str> = names.iter().map(String::as_str).collect();
    of_spec.sort_unstable();
    report.same("the names of the schemas", &of_types, &of_spec);
    let of_spec = Plain { names: &names, definitions: &spec.document.value()["components"]["schemas"] };
    for name in &names {
        let Some(schema) = types.get(name.as_str()) else {
            continue;
        };
        let of_type = Plain { names: &names, definitions: &schema["$defs"] };
        report.same(name, &of_type.schema(schema), &of_spec.schema(&of_spec.definitions[name]));
    }
    report
}

struct Plain<'a> {
    /// The component schemas: a reference to one of them stays a reference.
    names: &'a [String],
    /// Where other references are looked up.
    definitions: &'a Value,
}

impl Plain<'_> {
    fn schema(&self, schema: &Value) -> Value {
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap_or_default();
            return match self.names.iter().any(|known| known == name) {
                true => json!({ "schema": name }),
                false => self.schema(&self.definitions[name]),
            };
        }
        for alternatives in ["anyOf", "oneOf"] {
            if let Some(list) = schema[alternatives].as_array() {
                return self.one_of(list);
            }
        }
        if let Some(value) = schema.get("const") {
            return json!({ "enum": [value] });
        }
        if let Some(values) = schema["enum"].as_array() {
            return json!({ "enum": sorted(values.clone()) });
        }
        let kind = kind(schema);
        match kind.as_str() {
            Some("object") => self.object(schema),
            Some("array") => json!({ "type": kind, "items": self.schema(&schema["items"]) }),
            _ => match schema.get("format") {
                Some(format) => json!({ "type": kind, "format": format }),
                None => json!({ "type": kind }),
            },
        }
    }

    /// Alternatives in their order; the values of an enumeration as one.
    fn one_of(&self, list: &[Value]) -> Value {
        let list = list.iter().filter(|schema| kind(schema) != "null");
        let plain: Vec<Value> = list.map(|schema| self.schema(schema)).collect();
        if let [only] = plain.as_slice() {
            return only.clone();
        }
        let values: Option<Vec<Value>> = plain
            .iter()
            .map(|schema| schema["enum"].as_array().cloned())
            .collect::<Option<Vec<_>>>()
            .map(|lists| lists.concat());
        match values {
            Some(values) => json!({ "enum": sorted(values) }),
            None => json!({ "one of": plain }),
        }
    }

    fn object(&self, schema: &Value) -> Value {
        let properties = schema["properties"].as_object().cloned().unwrap_or_default();
        let mut plain: Vec<(String, Value)> =
            properties.iter().map(|(name, schema)| (name.clone(), self.schema(schema))).collect();
        plain.sort_by(|(left, _), (right, _)| left.cmp(right));
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let rest = match &schema["additionalProperties"] {
            Value::Object(_) => self.schema(&schema["additionalProperties"]),
            Value::Bool(false) => json!("none"),
            _ => json!("any"),
        };
        json!({
            "type": "object",
            "properties": plain.into_iter().collect::<Map<_, _>>(),
            "required": sorted(required),
            "others": rest,
        })
    }
}

/// The type, without the null that stands for a member that may be missing.
fn kind(schema: &Value) -> Value {
    match &schema["type"] {
        Value::Array(kinds) => {
            let mut kinds = kinds.iter().filter(|kind| *kind != "null");
            kinds.next().cloned().unwrap_or_default()
        }
        kind => kind.clone(),
    }
}

fn sorted(mut values: Vec<Value>) -> Vec<Value> {
    values.sort_by_key(Value::to_string);
    values.dedup();
    values
}
