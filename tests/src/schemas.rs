//! Examples and almost-examples before three judges: the spec's schema, the generated type's schema, and the
//! generated decoder. What one accepts, all must accept.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use broker_session_codegen::spec::{schemas, secret_members};
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use crate::{
    Case, Generated, Report, Spec, as_encoded, mutations,
    mutations::{with, without},
};

/// Where the components stand.
const COMPONENTS: &str = "/components/schemas/";

/// Judges values by the schemas of a spec.
pub struct Judge<'a> {
    spec: &'a Spec,
    document: Value,
    known: RefCell<BTreeMap<String, Rc<Validator>>>,
}

/// A value that stands in the spec as an example of a component schema, alone or within another's.
#[derive(Clone, Debug)]
pub struct Fixture {
    /// The component schema.
    pub schema: String,
    /// Where it stands.
    pub label: String,
    /// The value.
    pub value: Value,
}

impl<'a> Judge<'a> {
    /// A judge by the schemas of this spec.
    pub fn new(spec: &'a Spec) -> Self {
        let components = spec.document.value()["components"]["schemas"].clone();
        Self { spec, document: json!({ "schemas": as_json_schema(components) }), known: RefCell::default() }
    }

    /// The same, and an object must have no members but those that its schema names.
    pub fn of_known_members(spec: &'a Spec) -> Self {
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

    /// Whether a decoder must take a value that is not quite what the schema says. Of several forms under
    /// `anyOf` the first one is meant whose required members all say something, and it is no other one because it
    /// does not fit; within a form only what is required must fit, since a member that may be missing is left
    /// out where it does not.
    pub fn must_decode(&self, pointer: &str, value: &Value) -> bool {
        let (pointer, schema) = self.spec.resolve(pointer);
        let places = |name: &str| {
            let count = schema[name].as_array().map_or(0, Vec::len);
            (0..count).map(|index| format!("{pointer}/{name}/{index}")).collect::<Vec<_>>()
        };
        let required = |form: &Value| -> Vec<String> {
            let names = form["required"].as_array().into_iter().flatten();
            names.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let there = |name: &String| value.get(name).is_some_and(|member| !member.is_null());
        if schema.get("anyOf").is_some() {
            let says_something = |name: &String| there(name) && value[name] != json!("");
            let meant = |place: &String| required(self.spec.resolve(place).1).iter().all(says_something);
            return places("anyOf")
                .iter()
                .find(|place| meant(place))
                .is_some_and(|place| self.must_decode(place, value));
        }
        if schema.get("oneOf").is_some() {
            return places("oneOf").iter().any(|place| self.must_decode(place, value));
        }
        if let (Some(items), "array") = (value.as_array(), schema["type"].as_str().unwrap_or_default()) {
            return items.iter().all(|item| self.must_decode(&format!("{pointer}/items"), item));
        }
        match schema["properties"].is_object() {
            true => {
                let member =
                    |name: &String| self.must_decode(&format!("{pointer}/properties/{name}"), &value[name]);
                value.is_object() && required(schema).iter().all(|name| there(name) && member(name))
            }
            false => self.accepts(&pointer, value),
        }
    }

    /// The fixtures in a value: itself and what it is made of, each under the schema that it is an example of.
    fn take_apart(&self, pointer: &str, value: &Value, label: &str, found: &mut Vec<Fixture>) {
        let (pointer, schema) = self.spec.resolve(pointer);
        if let Some(name) = pointer.strip_prefix(COMPONENTS).filter(|name| !name.contains('/')) {
            found.push(Fixture { schema: name.to_owned(), label: label.to_owned(), value: value.clone() });
        }
        for name in ["anyOf", "oneOf"] {
            let count = schema[name].as_array().map_or(0, Vec::len);
            let mut places = (0..count).map(|index| format!("{pointer}/{name}/{index}"));
            if let Some(place) = places.find(|place| self.accepts(place, value)) {
                self.take_apart(&place, value, label, found);
            }
        }
        for (name, member) in value.as_object().into_iter().flatten() {
            let place = match schema["properties"].get(name) {
                Some(_) => format!("{pointer}/properties/{name}"),
                None if schema["additionalProperties"].is_object() => {
                    format!("{pointer}/additionalProperties")
                }
                None => continue,
            };
            self.take_apart(&place, member, &format!("{label}/{name}"), found);
        }
        for item in value.as_array().into_iter().flatten() {
            self.take_apart(&format!("{pointer}/items"), item, label, found);
        }
    }
}

/// Every example of every component schema.
pub fn fixtures(spec: &Spec, judge: &Judge<'_>) -> Vec<Fixture> {
    let mut found = Vec::new();
    for operation in &spec.operations {
        let bodies = operation.body.iter();
        let answers = operation.responses.iter().flat_map(|response| &response.content);
        for media in bodies.chain(answers) {
            for example in &media.examples {
                let label = format!("{} {}", operation.id, example.name);
                judge.take_apart(&media.schema, &example.value, &label, &mut found);
            }
        }
    }
    found
}

/// Puts every example and every almost-example before the judges.
pub fn check_mutations<G: Generated>() -> Report {
    let spec = G::spec();
    let judge = Judge::new(spec);
    let types: BTreeMap<&str, Validator> = G::schemas()
        .into_iter()
        .map(|(name, schema)| {
            let validator = jsonschema::validator_for(schema.as_value());
            (name, validator.unwrap_or_else(|error| panic!("{name}: {error}")))
        })
        .collect();
    let mut report = Report::default();
    components(spec, &judge, &types, &mut report);
    answers::<G>(spec, &judge, &types, &mut report);
    report
}

/// Each component by itself: its examples fit, and what is required or secret is held to.
fn components(spec: &Spec, judge: &Judge<'_>, types: &BTreeMap<&str, Validator>, report: &mut Report) {
    let fixtures = fixtures(spec, judge);
    let with_examples: BTreeSet<&str> = fixtures.iter().map(|fixture| fixture.schema.as_str()).collect();
    for name in schemas(&spec.document) {
        let has_example = with_examples.contains(name.as_str());
        report.same(format!("{name} has an example"), &has_example, &true);
    }
    for Fixture { schema, label, value } in &fixtures {
        let pointer = format!("{COMPONENTS}{schema}");
        let verdicts = |value: &Value| {
            let of_type = types.get(schema.as_str()).map(|validator| validator.is_valid(value));
            (judge.accepts(&pointer, value), of_type)
        };
        let label = format!("{schema} in {label}");
        report.same(&label, &verdicts(value), &(true, Some(true)));
        let (_, of_spec) = spec.resolve(&pointer);
        for name in of_spec["required"].as_array().into_iter().flatten() {
            let name = name.as_str().unwrap_or_default();
            if let Some(mutation) = without(value, name) {
                report.same(
                    format!("{label}, {}", mutation.what),
                    &verdicts(&mutation.value),
                    &(false, Some(false)),
                );
            }
        }
        for name in secret_members(&spec.document, &pointer) {
            if value.get(&name).is_some() {
                let number = with(value, &name, json!(271_828));
                report.same(
                    format!("{label}, {name} as a number"),
                    &verdicts(&number),
                    &(false, Some(false)),
                );
            }
        }
    }
}

/// Each documented answer and each request body as a whole, before all three judges.
fn answers<G: Generated>(
    spec: &Spec,
    judge: &Judge<'_>,
    types: &BTreeMap<&str, Validator>,
    report: &mut Report,
) {
    for case in spec.cases().filter(Case::is_json) {
        let Some(media) = case.media else { continue };
        let status = G::api()
            .operation(&case.operation.id)
            .and_then(|operation| operation.status(case.response.status));
        let of_type = media.schema.strip_prefix(COMPONENTS).and_then(|name| types.get(name));
        for mutation in mutations(case.value()) {
            // Schemas know a member by its proper name only; the decoder takes the other spellings as well.
            let proper = as_encoded(spec, &media.schema, &mutation.value);
            let of_spec = judge.accepts(&media.schema, &proper);
            let of_type = of_type.map(|validator| validator.is_valid(&proper));
            let body = mutation.value.to_string();
            let of_decoder = status.map(|status| (status.fits)(body.as_bytes()).is_ok());
            let must_decode = judge.must_decode(&media.schema, &proper);
            report.same(
                format!("{}, {}", case.label(), mutation.what),
                &(of_type, of_decoder),
                &(Some(of_spec), Some(must_decode)),
            );
        }
    }
}

/// A schema that lets an object have no other members than it names, where it names any and says nothing of others.
fn closed(schema: Value) -> Value {
    match schema {
        Value::Object(members) => {
            let mut members: Map<String, Value> =
                members.into_iter().map(|(name, value)| (name, closed(value))).collect();
            if members.get("properties").is_some_and(Value::is_object) && members.contains_key("type") {
                members.entry("additionalProperties").or_insert(json!(false));
            }
            members.into()
        }
        Value::Array(items) => items.into_iter().map(closed).collect(),
        other => other,
    }
}

/// A schema of OpenAPI 3.0 as JSON Schema says it: `nullable` becomes a type of its own.
fn as_json_schema(schema: Value) -> Value {
    match schema {
        Value::Object(mut members) => {
            let nullable = members.shift_remove("nullable") == Some(Value::Bool(true));
            let mut members: Map<String, Value> =
                members.into_iter().map(|(name, value)| (name, as_json_schema(value))).collect();
            if let (true, Some(kind)) = (nullable, members.get("type").cloned()) {
                members.insert("type".to_owned(), json!([kind, "null"]));
            }
            members.into()
        }
        Value::Array(items) => items.into_iter().map(as_json_schema).collect(),
        other => other,
    }
}
