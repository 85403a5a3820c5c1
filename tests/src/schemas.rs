//! Almost-examples before two judges: the spec's schema and the generated decoder. What one accepts, both must accept.
//! Failures have no types: any JSON is one.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use crate::{Case, Generated, Report, Spec, as_encoded, mutations};

/// Where the components stand.
pub(crate) const COMPONENTS: &str = "/components/schemas/";

/// Judges values by the schemas of a spec.
pub struct Judge<'a> {
    spec: &'a Spec,
    document: Value,
    known: RefCell<BTreeMap<String, Rc<Validator>>>,
}

/// What a body with a status of success means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A success.
    Success,
    /// A failure.
    Failure,
    /// Neither of them: it is not what the spec describes.
    Nothing,
}

impl<'a> Judge<'a> {
    /// A judge by the schemas of this spec.
    pub fn new(spec: &'a Spec) -> Self {
        let components = spec.document.value()["components"]["schemas"].clone();
        Self { spec, document: json!({ "schemas": as_json_schema(components) }), known: RefCell::default() }
    }

    /// The same, and an object must have no fields but those that its schema names.
    pub fn of_known_fields(spec: &'a Spec) -> Self {
        let components = spec.document.value()["components"]["schemas"].clone();
        Self {
            spec,
            document: json!({ "schemas": closed(as_json_schema(components)) }),
            known: RefCell::default(),
        }
    }

    /// Whether the schema at this JSON pointer accepts the value.
    pub fn accepts(&self, pointer: &str, value: &Value) -> bool {
        let known = self.known.borrow().get(pointer).cloned();
        let validator = known.unwrap_or_else(|| {
            let schema = json!({ "$ref": format!("#{pointer}"), "components": self.document });
            let options = jsonschema::options().with_draft(Draft::Draft202012);
            let validator = options.build(&schema);
            let validator = Rc::new(validator.unwrap_or_else(|error| panic!("{pointer}: {error}")));
            self.known.borrow_mut().insert(pointer.to_owned(), validator.clone());
            validator
        });
        validator.is_valid(value)
    }

    /// Whether a decoder must accept a value that is not quite what the schema describes: only what is required must fit,
    /// since a field that may be missing is left out where it does not.
    pub fn must_decode(&self, pointer: &str, value: &Value) -> bool {
        let (pointer, schema) = self.spec.resolve(pointer);
        let forms = schema["oneOf"].as_array().map_or(0, Vec::len);
        if forms > 0 {
            return (0..forms).any(|form| self.must_decode(&format!("{pointer}/oneOf/{form}"), value));
        }
        if let (Some(items), "array") = (value.as_array(), schema["type"].as_str().unwrap_or_default()) {
            return items.iter().all(|item| self.must_decode(&format!("{pointer}/items"), item));
        }
        if !schema["properties"].is_object() {
            return self.accepts(&pointer, value);
        }
        let fits = |name: &str| self.must_decode(&format!("{pointer}/properties/{name}"), &value[name]);
        let mut required = self.spec.required(&pointer).into_iter();
        value.is_object() && required.all(|name| !value[name].is_null() && fits(name))
    }

    /// What a body with a status of success means, by the forms of the schema at this pointer: a failure before the success
    /// wins over it, and one after it counts where the success does not fit.
    pub fn meaning(&self, pointer: &str, value: &Value) -> Meaning {
        let spec = self.spec;
        let (forms, success) = (spec.forms(pointer), spec.form_of_success(pointer));
        let place =
            forms.iter().position(|form| success.as_ref() == Some(form)).expect("a form of the success");
        let has = |name: &str| value.get(name).is_some_and(|field| !field.is_null() && *field != "");
        let is_fault = |form: &String| {
            spec.resolve(form).1["x-fault"] == true && spec.required(form).into_iter().all(has)
        };
        if forms[..place].iter().any(is_fault) {
            Meaning::Failure
        } else if self.must_decode(&forms[place], &as_encoded(spec, pointer, value)) {
            Meaning::Success
        } else if forms[place..].iter().any(is_fault) {
            Meaning::Failure
        } else {
            Meaning::Nothing
        }
    }
}

/// Puts every almost-right response before the schema and the decoder: what one accepts, the other must accept. That the
/// types have the schemas of the spec is checked elsewhere (`same_schema`).
pub fn check_mutations<G: Generated>() -> Report {
    let (spec, mut report) = (G::spec(), Report::default());
    let judge = Judge::new(spec);
    for case in spec.cases().filter(Case::is_json) {
        let Some(media) = case.media else { continue };
        let operation = G::api().operation(&case.operation.id);
        let status = operation.and_then(|operation| operation.status(case.response.status));
        let form = spec.form_of_success(&media.schema).filter(|_| case.is_success());
        for mutation in mutations(case.value()) {
            let found = status.map(|status| (status.decode)(mutation.value.to_string().as_bytes()).is_ok());
            // Schemas know a field by its proper name only; the decoder accepts the other spellings as well.
            let proper = as_encoded(spec, &media.schema, &mutation.value);
            // Of a failure the decoder accepts any JSON.
            let expected = form.as_ref().map_or(!case.is_success(), |form| judge.must_decode(form, &proper));
            report.same(format!("{}, {}", case.label(), mutation.what), &found, &Some(expected));
        }
    }
    report
}

/// A schema that lets an object have no other fields than it names, where it names any and says nothing of others.
fn closed(schema: Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let mut fields: Map<String, Value> =
                fields.into_iter().map(|(name, value)| (name, closed(value))).collect();
            if fields.get("properties").is_some_and(Value::is_object) && fields.contains_key("type") {
                fields.entry("additionalProperties").or_insert(json!(false));
            }
            fields.into()
        }
        Value::Array(items) => items.into_iter().map(closed).collect(),
        other => other,
    }
}

/// A schema of OpenAPI 3.0 as JSON Schema says it: `nullable` becomes a type of its own.
fn as_json_schema(schema: Value) -> Value {
    match schema {
        Value::Object(mut fields) => {
            let nullable = fields.shift_remove("nullable") == Some(Value::Bool(true));
            let mut fields: Map<String, Value> =
                fields.into_iter().map(|(name, value)| (name, as_json_schema(value))).collect();
            if let (true, Some(kind)) = (nullable, fields.get("type").cloned()) {
                fields.insert("type".to_owned(), json!([kind, "null"]));
            }
            fields.into()
        }
        Value::Array(items) => items.into_iter().map(as_json_schema).collect(),
        other => other,
    }
}
