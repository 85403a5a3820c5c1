//! Whether a spec's schema and a generated type's schema say the same.
//!
//! Both are brought into one plain form and compared. What only describes is left out, and so is null on a
//! field that may be missing: a generated type takes the one for the other.

use std::collections::{BTreeMap, BTreeSet};

use broker_session_openapi::schemas;
use serde_json::{Map, Value, json};

use crate::{Generated, Report, Spec, schemas::COMPONENTS};

/// Compares every component schema with the type that was generated from it.
pub fn check_schemas<G: Generated>() -> Report {
    let spec = G::spec();
    let names = schemas(&spec.document);
    let types: BTreeMap<&str, Value> =
        G::schemas().into_iter().map(|(name, schema)| (name, schema.to_value())).collect();
    let mut report = Report::default();
    let of_types: BTreeSet<String> = types.keys().map(|name| (*name).to_owned()).collect();
    report.same("the names of the schemas", &of_types, &typed(spec));
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

/// The component schemas that need a type: those that requests and successes are made of. A failure (`x-fault`) has none,
/// nor has what only wraps a success: an envelope (`x-envelope`) and a list of forms.
fn typed(spec: &Spec) -> BTreeSet<String> {
    let bodies = spec.operations.iter().filter_map(|operation| operation.body.as_ref());
    let responses = spec.operations.iter().flat_map(|operation| &operation.responses);
    let successes = responses.filter(|response| response.status < 300).flat_map(|response| &response.content);
    let mut typed = BTreeSet::new();
    bodies.chain(successes).for_each(|media| add_typed(spec, &media.schema, &mut typed));
    typed
}

fn add_typed(spec: &Spec, pointer: &str, typed: &mut BTreeSet<String>) {
    let (pointer, schema) = spec.resolve(pointer);
    if schema.get("x-fault").is_some() {
        return;
    }
    let form = spec.form_of_success(&pointer).filter(|form| *form != pointer);
    if let Some(form) = form.filter(|_| pointer.starts_with(COMPONENTS)) {
        return add_typed(spec, &form, typed);
    }
    let name = pointer.strip_prefix(COMPONENTS).filter(|name| !name.contains('/'));
    if name.is_some_and(|name| schema.get("x-envelope").is_none() && !typed.insert(name.to_owned())) {
        return;
    }
    let properties = schema["properties"].as_object().into_iter().flatten();
    let properties = properties.map(|(name, _)| format!("properties/{name}"));
    let others = ["items", "additionalProperties"].into_iter().filter(|name| schema[name].is_object());
    let lists = ["anyOf", "oneOf"].into_iter().flat_map(|name| {
        let count = schema[name].as_array().map_or(0, Vec::len);
        (0..count).map(move |index| format!("{name}/{index}"))
    });
    let steps = properties.chain(others.map(str::to_owned)).chain(lists);
    steps.for_each(|step| add_typed(spec, &format!("{pointer}/{step}"), typed));
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

/// The type, without the null that stands for a field that may be missing.
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
