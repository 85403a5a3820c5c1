//! The schemas of a spec, ready to judge. OpenAPI's dialect is that of JSON Schema's draft 4, but for `nullable`.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, Registry, ValidationError, Validator};
use serde_json::{Map, Value, json};

use super::breach::{Breach, Place};

/// What the components are called among schemas. Nothing is ever fetched from anywhere.
const COMPONENTS: &str = "spec:components";

/// The components of a spec, which its other schemas refer to.
pub(super) struct Schemas(Registry<'static>);

/// One schema.
#[derive(Clone, Debug)]
pub(super) struct Schema {
    validator: Validator,
    /// Whether a text stands for itself: it does unless the schema asks for a number or a truth value.
    is_text: bool,
}

impl Schemas {
    pub(super) fn new(spec: &Value) -> Result<Self, String> {
        let schemas = spec.pointer("/components/schemas").map_or_else(|| json!({}), converted);
        let components = json!({ "components": { "schemas": schemas } });
        let registry = Registry::new().draft(Draft::Draft4).add(COMPONENTS, components);
        let registry = registry.and_then(|registry| registry.prepare());
        registry.map(Self).map_err(|error| format!("the components: {error}"))
    }

    pub(super) fn compile(&self, schema: &Value) -> Result<Schema, String> {
        let options = jsonschema::options().with_draft(Draft::Draft4).with_registry(&self.0).offline();
        let validator = options.build(&converted(schema)).map_err(|error| error.to_string())?;
        Ok(Schema { validator, is_text: is_text(schema) })
    }
}

impl Schema {
    /// Judges a parameter, which comes as text.
    pub(super) fn check_text(&self, place: Place, name: &str, text: &str) -> Result<(), Breach> {
        let read = if self.is_text { None } else { serde_json::from_str(text).ok() };
        let value = read.unwrap_or_else(|| Value::from(text));
        let Err(error) = self.validator.validate(&value) else { return Ok(()) };
        Err(Breach::Wrong { place, name: name.to_owned(), must: must(&error) })
    }

    /// Judges a body: what is missing first, in the order of the schema.
    pub(super) fn check(&self, value: &Value) -> Result<(), Breach> {
        let breaches: Vec<Breach> = self.validator.iter_errors(value).map(|error| breach(&error)).collect();
        let (missing, others): (Vec<_>, Vec<_>) =
            breaches.into_iter().partition(|breach| matches!(breach, Breach::Missing { .. }));
        missing.into_iter().chain(others).next().map_or(Ok(()), Err)
    }
}

/// Whether a text stands for itself under a schema.
pub(super) fn is_text(schema: &Value) -> bool {
    !matches!(schema["type"].as_str(), Some("boolean" | "integer" | "number"))
}

/// What an error within a body means. A member that is null counts as missing.
fn breach(error: &ValidationError<'_>) -> Breach {
    let path = error.instance_path().to_string();
    let name = path.trim_start_matches('/').replace('/', ".");
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let member = property.as_str().unwrap_or_default();
            let name = if name.is_empty() { member.to_owned() } else { format!("{name}.{member}") };
            Breach::missing(Place::Body, &name)
        }
        ValidationErrorKind::Type { .. } if name.is_empty() => Breach::NotAnObject,
        ValidationErrorKind::Type { .. } if error.instance().is_null() => Breach::missing(Place::Body, &name),
        _ => Breach::wrong(name, must(error)),
    }
}

/// What goes on after "must". The value itself stays out of it.
fn must(error: &ValidationError<'_>) -> String {
    match error.kind() {
        ValidationErrorKind::Type { kind: TypeKind::Single(kind) } => {
            let kind = kind.as_str();
            let article = if kind.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
            format!("be {article} {kind}")
        }
        ValidationErrorKind::Enum { options } => format!("be one of {options}"),
        kind => format!("keep to the `{}` of the spec", kind.keyword()),
    }
}

/// A schema as draft 4 says it: what is nullable may be null, and references lead to the components.
fn converted(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            if let Some(target) = members.get("$ref").and_then(Value::as_str) {
                return json!({ "$ref": format!("{COMPONENTS}{target}") });
            }
            let mut schema: Map<String, Value> =
                members.iter().map(|(name, value)| (name.clone(), converted(value))).collect();
            // A property may have that name, too; then it is a schema and no flag.
            let nullable = schema.get("nullable").and_then(Value::as_bool);
            if nullable.is_some() {
                schema.remove("nullable");
            }
            if nullable == Some(true) {
                return json!({ "anyOf": [schema, { "enum": [null] }] });
            }
            schema.into()
        }
        Value::Array(items) => items.iter().map(converted).collect(),
        other => other.clone(),
    }
}
