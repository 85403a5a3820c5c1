//! The schemas of a document as validators. OpenAPI's dialect is JSON Schema draft 4 with `nullable`.

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

use crate::Document;

/// The URI of the components for the validators, which never fetch anything.
const COMPONENTS: &str = "spec:components";

/// The component schemas of a document, which its other schemas refer to.
pub struct Schemas(Registry<'static>);

impl Schemas {
    /// Reads the components.
    ///
    /// # Errors
    /// If one of them is not a schema; the string is the reason.
    pub fn new(document: &Document) -> Result<Self, String> {
        let schemas = document.value().pointer("/components/schemas").and_then(Value::as_object);
        let schemas: Map<String, Value> =
            schemas.into_iter().flatten().map(|(name, schema)| (name.clone(), converted(schema))).collect();
        let components = json!({ "components": { "schemas": schemas } });
        let registry = Registry::new().draft(Draft::Draft4).add(COMPONENTS, components);
        let registry = registry.and_then(|registry| registry.prepare());
        registry.map(Self).map_err(|error| format!("the components: {error}"))
    }

    /// The validator of a schema of the document.
    ///
    /// # Errors
    /// If it is not a schema, or refers to an unknown component.
    pub fn compile(&self, schema: &Value) -> Result<Validator, String> {
        let options = jsonschema::options().with_draft(Draft::Draft4).with_registry(&self.0).offline();
        options.build(&converted(schema)).map_err(|error| error.to_string())
    }
}

fn converted(schema: &Value) -> Value {
    let Value::Object(fields) = schema else { return schema.clone() };
    if let Some(target) = fields.get("$ref").and_then(Value::as_str) {
        return json!({ "$ref": format!("{COMPONENTS}{target}") });
    }
    let mut converted: Map<String, Value> =
        fields.iter().filter_map(|(key, value)| Some((key.clone(), field(key, value)?))).collect();
    if fields.get("nullable") != Some(&Value::Bool(true)) {
        return converted.into();
    }
    if let Some(values) = converted.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
        values.dedup();
    }
    match converted.get_mut("type") {
        Some(kind) => {
            *kind = json!([kind, "null"]);
            converted.into()
        }
        None => json!({ "anyOf": [converted, { "type": "null" }] }),
    }
}

/// A field in draft 4; nothing for fields that only OpenAPI has.
fn field(key: &str, value: &Value) -> Option<Value> {
    match (key, value) {
        ("allOf" | "oneOf" | "anyOf", Value::Array(schemas)) => Some(schemas.iter().map(converted).collect()),
        ("properties", Value::Object(properties)) => {
            let properties = properties.iter().map(|(name, schema)| (name.clone(), converted(schema)));
            Some(properties.collect::<Map<_, _>>().into())
        }
        ("items" | "not" | "additionalProperties", schema) => Some(converted(schema)),
        // Draft 4 forbids the empty list, which requires nothing.
        ("required", Value::Array(names)) if names.is_empty() => None,
        (
            "required" | "type" | "format" | "enum" | "pattern" | "minLength" | "maxLength" | "minItems"
            | "maxItems" | "uniqueItems" | "minProperties" | "maxProperties" | "minimum" | "maximum"
            | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf",
            value,
        ) => Some(value.clone()),
        _ => None,
    }
}
