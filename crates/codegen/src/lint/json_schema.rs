//! OpenAPI's dialect of JSON Schema as draft 4, which it comes from: only `nullable` is different.

use std::collections::HashMap;

use jsonschema::{Draft, Registry, ValidationError, Validator, error::ValidationErrorKind};
use serde_json::{Map, Value, json};

/// How much work the check of one value may be, in schemas tried. Alternatives inside alternatives are
/// tried anew at each level of a value.
const MOST_WORK: f64 = 1e6;

/// How many schemas are compiled in all, each counted with those it leads to.
const MOST_SCHEMAS: usize = 20_000;

/// What the components are called among schemas. Nothing is ever fetched from anywhere.
const COMPONENTS: &str = "spec:components";

/// Checks values against the schemas of a document.
pub(super) struct Schemas {
    /// The components, prepared once for all.
    components: Option<Registry<'static>>,
    largest_composition: u64,
    /// How many more schemas may be compiled.
    budget: usize,
    /// Compiled schemas by their text.
    compiled: HashMap<String, Option<Validator>>,
}

/// What does not fit.
pub(super) struct Mismatch {
    /// The JSON pointer inside the value.
    pub(super) pointer: String,
    pub(super) message: String,
}

impl Schemas {
    /// For a document whose components have compositions of this size at most.
    pub(super) fn new(document: &Value, largest_composition: u64) -> Schemas {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        let schemas: Map<String, Value> =
            schemas.into_iter().flatten().map(|(name, schema)| (name.clone(), convert(schema))).collect();
        let components = Registry::new()
            .draft(Draft::Draft4)
            .add(COMPONENTS, json!({ "components": { "schemas": schemas } }))
            .and_then(|components| components.prepare())
            .ok();
        Schemas { components, largest_composition, budget: MOST_SCHEMAS, compiled: HashMap::new() }
    }

    /// The first mismatch between a value and a schema of the document. `size` says how many schemas it
    /// leads to.
    pub(super) fn check(
        &mut self,
        schema: &Value,
        size: impl FnOnce() -> usize,
        value: &Value,
    ) -> Option<Mismatch> {
        let exponent = depth(value).try_into().unwrap_or(i32::MAX);
        if (self.largest_composition as f64).powi(exponent) > MOST_WORK {
            return unchecked("it is too deep to be checked against schemas with so many alternatives");
        }
        let schema = convert(schema);
        let key = schema.to_string();
        if !self.compiled.contains_key(&key) {
            // Nothing is counted any more once the budget is spent: that would take as long as the check.
            self.budget = if self.budget == 0 { 0 } else { self.budget.saturating_sub(size()) };
            if self.budget == 0 {
                return unchecked("there are too many schemas in the document for all to be checked");
            }
        }
        let components = &self.components;
        let compiled = self.compiled.entry(key).or_insert_with(|| compile(&schema, components.as_ref()?));
        // A schema that cannot be compiled breaks a rule of its own.
        let error = compiled.as_ref()?.validate(value).err()?;
        let error = innermost(&error);
        let message = match error.kind() {
            ValidationErrorKind::OneOfMultipleValid { .. } => SEVERAL.to_owned(),
            _ => error.masked_with("the value").to_string(),
        };
        Some(Mismatch { pointer: error.instance_path().to_string(), message })
    }
}

const SEVERAL: &str =
    "several branches of its `oneOf` take it, and each needs a required member that the others lack";

fn unchecked(message: &str) -> Option<Mismatch> {
    Some(Mismatch { pointer: String::new(), message: message.to_owned() })
}

/// Whether a text is a regular expression.
pub(super) fn check_pattern(pattern: &str) -> Result<(), String> {
    let schema = json!({ "pattern": pattern });
    jsonschema::options()
        .with_draft(Draft::Draft4)
        .offline()
        .build(&schema)
        .map_err(|error| error.to_string())?;
    Ok(())
}

fn compile(schema: &Value, components: &Registry<'static>) -> Option<Validator> {
    jsonschema::options().with_draft(Draft::Draft4).with_registry(components).offline().build(schema).ok()
}

/// Of the branches of alternatives that did not fit, the one that got farthest is most likely the one that
/// was meant.
fn innermost<'e>(error: &'e ValidationError<'e>) -> &'e ValidationError<'e> {
    let branches = match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => context,
        _ => return error,
    };
    let steps = |error: &ValidationError<'_>| error.instance_path().to_string().matches('/').count();
    branches
        .iter()
        .flatten()
        .map(|inner| innermost(inner))
        .filter(|inner| steps(inner) > steps(error))
        .max_by_key(|inner| steps(inner))
        .unwrap_or(error)
}

/// How many maps and lists stand in each other.
fn depth(value: &Value) -> usize {
    match value {
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn convert(schema: &Value) -> Value {
    let Value::Object(members) = schema else {
        return schema.clone();
    };
    if let Some(Value::String(target)) = members.get("$ref") {
        return json!({ "$ref": format!("{COMPONENTS}{target}") });
    }
    let mut converted: Map<String, Value> =
        members.iter().filter_map(|(key, value)| Some((key.clone(), member(key, value)?))).collect();
    if members.get("nullable") != Some(&Value::Bool(true)) {
        return converted.into();
    }
    if let Some(Value::Array(values)) = converted.get_mut("enum") {
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

/// A member as draft 4 has it; nothing for what only OpenAPI has.
fn member(key: &str, value: &Value) -> Option<Value> {
    match (key, value) {
        ("allOf" | "oneOf" | "anyOf", Value::Array(schemas)) => Some(schemas.iter().map(convert).collect()),
        ("properties", Value::Object(properties)) => Some(
            properties
                .iter()
                .map(|(name, schema)| (name.clone(), convert(schema)))
                .collect::<Map<_, _>>()
                .into(),
        ),
        ("items" | "not" | "additionalProperties", schema) => Some(convert(schema)),
        // Draft 4 does not have the empty list, which demands nothing.
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
