//! Reports when a broker changes its responses.
//!
//! The generated types accept more than the spec describes, so that a new field does not break a sign-in. A broker's
//! silent change therefore stays unnoticed until something depends on it. An observer compares each response with
//! the schema in the spec and reports each difference by its JSON pointer, without values.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, iter,
    sync::{Arc, Mutex, PoisonError},
};

use broker_session_openapi::{Document, escape};
use jsonschema::{
    Draft, JsonType, ValidationError, Validator,
    error::{TypeKind, ValidationErrorKind},
    paths::LocationSegment,
};
use serde_json::{Map, Value, json};

use crate::{Api, Json, Operation, Secret, Secrets, has, redaction::REPLACEMENT};

/// The differences that an observer reports in its lifetime. More mean another API, and the names from a hostile server
/// must not fill the memory.
const MAX_REPORTS: usize = 256;
/// The differences that are reported of one response.
const MAX_REPORTS_PER_RESPONSE: usize = 32;

/// A place where a response is not what the spec describes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// The `operationId`.
    pub operation: &'static str,
    /// The HTTP status, as it was understood: an undocumented success is compared with that of 200.
    pub status: u16,
    /// The JSON pointer (RFC 6901) of the field in the response. `[redacted]` stands for a name that does not look
    /// like one, or holds a secret of the client or of the response.
    pub pointer: String,
    /// The difference.
    pub change: Change,
}

/// How a field is not what the spec describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// The spec does not know it.
    Unknown,
    /// The spec requires it, and it is not there.
    Missing,
    /// It is there with another type: a number in place of a string, a null where there may be none, or an object that
    /// has none of the forms in the spec.
    Retyped {
        /// The type in the spec: `string`, `integer`, `number`, `boolean`, `array`, `object` or `one of several forms`.
        expected: &'static str,
        /// The type in the response: the same words, and `null`.
        found: &'static str,
    },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown"),
            Self::Missing => f.write_str("missing"),
            Self::Retyped { expected, found } => write!(f, "{found} in place of {expected}"),
        }
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, status, pointer, change } = self;
        write!(
            f,
            "the response {status} of `{operation}` is not what the spec describes at `{pointer}`: {change}"
        )
    }
}

type Report = dyn Fn(&Drift) + Send + Sync;

/// Compares responses with the spec. Cheap to clone; the clones are one observer.
#[derive(Clone)]
pub struct DriftObserver(Arc<Inner>);

struct Inner {
    report: Box<Report>,
    /// The differences that were reported, with all items of a list as one.
    reported: Mutex<BTreeSet<String>>,
}

/// The specs in use, by their source. To read one takes long, so all observers share them.
static SPECS: Mutex<BTreeMap<&'static str, Spec>> = Mutex::new(BTreeMap::new());

impl DriftObserver {
    /// An observer that reports each difference once: as a `tracing` event at the level `WARN`, and to `report`. `report`
    /// runs before the response is returned, so it should be quick, and it must not panic.
    pub fn new(report: impl Fn(&Drift) + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner { report: Box::new(report), reported: Mutex::default() }))
    }

    /// Compares a response with what the spec describes for this status. A body that is not JSON is not compared: it is
    /// an error, or the spec describes it as something else.
    pub(crate) fn observe(
        &self,
        api: &Api,
        operation: &Operation,
        status: u16,
        body: &[u8],
        secrets: &Secrets,
    ) {
        let Some((text, value)) = api.document.zip(serde_json::from_slice::<Json>(body).ok()) else { return };
        let differences = {
            let mut specs = SPECS.lock().unwrap_or_else(PoisonError::into_inner);
            let spec = specs.entry(text).or_insert_with(|| Spec::new(text));
            spec.compare(operation, status, &value, secrets)
        };
        let new = {
            let mut reported = self.0.reported.lock().unwrap_or_else(PoisonError::into_inner);
            let is_new = |(place, drift): &(String, Drift)| {
                let Drift { operation, status, change, .. } = drift;
                reported.len() < MAX_REPORTS
                    && reported.insert(format!("{operation} {status} {place} {change}"))
            };
            differences.into_iter().filter(is_new).collect::<Vec<_>>()
        };
        for (_, drift) in new {
            let Drift { operation, status, pointer, change } = &drift;
            tracing::warn!(operation, status, pointer, %change, "the response is not what the spec describes");
            (self.0.report)(&drift);
        }
    }
}

impl fmt::Debug for DriftObserver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DriftObserver").finish_non_exhaustive()
    }
}

/// A spec with its schemas compiled for comparisons.
struct Spec {
    /// The document, with its schemas as strict JSON schemas.
    document: Option<Value>,
    /// The validators, by the reference to their schema; none for what cannot be one.
    validators: BTreeMap<String, Option<Validator>>,
}

impl Spec {
    fn new(text: &str) -> Self {
        let document =
            Document::parse("openapi.yaml", text).ok().map(|document| strict(document.value().clone()));
        Self { document, validators: BTreeMap::new() }
    }

    /// The differences, each with its pointer in which all items of a list are one.
    fn compare(
        &mut self,
        operation: &Operation,
        status: u16,
        value: &Value,
        secrets: &Secrets,
    ) -> Vec<(String, Drift)> {
        let Some(reference) = self.form(operation, status, value) else { return Vec::new() };
        let Self { document: Some(document), validators } = self else { return Vec::new() };
        let mut of_response = Vec::new();
        collect_secrets(document, &json!({ "$ref": reference }), value, &mut of_response);
        let validator =
            validators.entry(reference).or_insert_with_key(|reference| validator(document, reference));
        let errors = validator.iter().flat_map(|validator| validator.iter_errors(value));
        let differences = errors.flat_map(|error| differences(&error)).take(MAX_REPORTS_PER_RESPONSE);
        let shown = |name: &str| {
            let is_secret = secrets.clean(name) != name
                || of_response.iter().any(|secret| name.contains(secret.expose()));
            if is_secret || !is_a_name(name) { REPLACEMENT.to_owned() } else { name.to_owned() }
        };
        let of = |(path, change): (Vec<Step>, Change)| {
            let pointer = |item: &dyn Fn(usize) -> String| -> String {
                let token = |step: &Step| match step {
                    Step::Item(index) => item(*index),
                    Step::Field(name) => shown(name),
                };
                path.iter().map(|step| format!("/{}", token(step))).collect()
            };
            let drift = Drift {
                operation: operation.id,
                status,
                pointer: pointer(&|index| index.to_string()),
                change,
            };
            (pointer(&|_| "*".to_owned()), drift)
        };
        differences.map(of).collect()
    }

    /// The schema of this response. Of several forms it is the first that has its required fields, else the first of
    /// those with the most fields in common with the value.
    fn form(&self, operation: &Operation, status: u16, value: &Value) -> Option<String> {
        let document = self.document.as_ref()?;
        let method = operation.method.to_ascii_lowercase();
        let response = format!("/paths/{}/{method}/responses/{status}", escape(operation.path));
        let content = resolve(document, document.pointer(&response)?).get("content")?.as_object()?;
        let (_, media) = content.iter().find(|(media_type, _)| media_type.contains("json"))?;
        let reference = |schema: &Value| Some(schema.get("$ref")?.as_str()?.to_owned());
        let schema = media.get("schema")?;
        let resolved = resolve(document, schema);
        let mut forms = ["anyOf", "oneOf"].into_iter().filter_map(|list| resolved.get(list)?.as_array());
        let Some(forms) = forms.next() else { return reference(schema) };
        let required =
            |form: &Value| form.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let applies = |form: &&Value| {
            let form = resolve(document, form);
            value.is_object() && required(form).iter().filter_map(Value::as_str).all(|name| has(value, name))
        };
        let in_common = |form: &Value| {
            let properties = resolve(document, form).get("properties").and_then(Value::as_object);
            properties.into_iter().flatten().filter(|(name, _)| value.get(name).is_some()).count()
        };
        let most = || {
            let most = forms.iter().map(in_common).max().filter(|most| *most > 0)?;
            forms.iter().find(|form| in_common(form) == most)
        };
        forms.iter().find(applies).or_else(most).map_or_else(|| reference(schema), reference)
    }
}

/// The validator of the schema at a reference into the document.
fn validator(document: &Value, reference: &str) -> Option<Validator> {
    let mut root = document.as_object()?.clone();
    root.insert("$ref".to_owned(), reference.into());
    // In this draft nothing beside a reference counts, and 1.0 is an integer.
    jsonschema::options().with_draft(Draft::Draft7).build(&root.into()).ok()
}

/// What a reference leads to.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let target = value
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| document.pointer(reference.trim_start_matches('#')));
    target.unwrap_or(value)
}

/// The document with every schema of an object closed, with null as a type, and with each property under all of its names.
fn strict(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Map<String, Value> =
                fields.into_iter().map(|(name, value)| (name, strict(value))).collect();
            if let (Some(Value::Bool(true)), Some(kind)) =
                (fields.get("nullable"), fields.get("type").cloned())
            {
                fields.insert("type".to_owned(), json!([kind, "null"]));
            }
            if fields.contains_key("type") && fields.get("properties").is_some_and(Value::is_object) {
                fields.entry("additionalProperties").or_insert(Value::Bool(false));
                add_aliases(&mut fields);
            }
            fields.into()
        }
        Value::Array(items) => items.into_iter().map(strict).collect(),
        other => other,
    }
}

/// Adds the other spellings of properties (`x-aliases`). A required property may be there under any of them.
fn add_aliases(schema: &mut Map<String, Value>) {
    let Some(Value::Object(properties)) = schema.get_mut("properties") else { return };
    let aliases = |property: &Value| property.get("x-aliases").and_then(Value::as_array).cloned();
    let known = properties.iter().map(|(name, property)| (name.clone(), property.clone(), aliases(property)));
    let known: Vec<_> =
        known.filter_map(|(name, property, others)| Some((name, property, others?))).collect();
    for (_, property, others) in &known {
        let others = others.iter().filter_map(Value::as_str);
        properties.extend(others.map(|other| (other.to_owned(), property.clone())));
    }
    for (name, _, others) in known {
        let Some(Value::Array(required)) = schema.get_mut("required") else { return };
        if let Some(index) = required.iter().position(|required| *required == *name) {
            required.remove(index);
            let others: Vec<Value> = others.into_iter().map(|other| json!({ "required": [other] })).collect();
            let rule = json!({ "if": { "not": { "anyOf": others } }, "then": { "required": [name] } });
            let rules = schema.entry("allOf").or_insert_with(|| json!([]));
            rules.as_array_mut().into_iter().for_each(|rules| rules.push(rule.clone()));
        }
    }
}

/// A step from a value to one inside it.
enum Step {
    Field(String),
    Item(usize),
}

/// The places at which a validator's error is a difference.
fn differences(error: &ValidationError<'_>) -> Vec<(Vec<Step>, Change)> {
    let path = || -> Vec<Step> {
        let steps = error.instance_path().into_iter();
        steps
            .map(|segment| match segment {
                LocationSegment::Property(name) => Step::Field(name.into_owned()),
                LocationSegment::Index(index) => Step::Item(index),
            })
            .collect()
    };
    let below = |name: &str| path().into_iter().chain(iter::once(Step::Field(name.to_owned()))).collect();
    let found = type_name(error.instance());
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            unexpected.iter().map(|name| (below(name), Change::Unknown)).collect()
        }
        ValidationErrorKind::Required { property } => {
            property.as_str().map(|name| (below(name), Change::Missing)).into_iter().collect()
        }
        ValidationErrorKind::AnyOf { .. } | ValidationErrorKind::OneOfNotValid { .. } => {
            let retyped = (path(), Change::Retyped { expected: "one of several forms", found });
            let fields = error.instance().as_object().into_iter().flat_map(Map::keys);
            iter::once(retyped).chain(fields.map(|name| (below(name), Change::Unknown))).collect()
        }
        ValidationErrorKind::Type { kind } => {
            vec![(path(), Change::Retyped { expected: expected(kind), found })]
        }
        // The spec of a response has no other constraints.
        _ => Vec::new(),
    }
}

/// The types that the schema allows, as one name.
fn expected(kind: &TypeKind) -> &'static str {
    match kind {
        TypeKind::Single(kind) => kind.as_str(),
        TypeKind::Multiple(kinds) => {
            kinds.iter().map(JsonType::as_str).find(|name| *name != "null").unwrap_or("null")
        }
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number)
            if !number.is_f64() || number.as_f64().is_some_and(|number| number.fract() == 0.0) =>
        {
            "integer"
        }
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The secrets (`format: password`) in a value. One of them may be the name of a field elsewhere.
fn collect_secrets(document: &Value, schema: &Value, value: &Value, found: &mut Vec<Secret>) {
    let schema = resolve(document, schema);
    if schema.get("format").and_then(Value::as_str) == Some("password") {
        found.extend(value.as_str().filter(|secret| !secret.is_empty()).map(Secret::from));
    }
    let parts = ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|list| schema.get(list)?.as_array());
    parts.flatten().for_each(|part| collect_secrets(document, part, value, found));
    if let Some(items) = schema.get("items") {
        value.as_array().into_iter().flatten().for_each(|item| collect_secrets(document, items, item, found));
    }
    for (name, value) in value.as_object().into_iter().flatten() {
        let property = schema.get("properties").and_then(|properties| properties.get(name));
        if let Some(schema) = property.or_else(|| schema.get("additionalProperties")) {
            collect_secrets(document, schema, value, found);
        }
    }
}

/// Whether this looks like the name of a field, and not like a value that became a name: an account number, an address
/// or a token. Names consist of words, and the words of a random string are too short.
fn is_a_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.$".contains(&byte);
    if !(1..=40).contains(&name.len()) || !name.bytes().all(is_plain) {
        return false;
    }
    let count = |is: fn(&u8) -> bool| name.bytes().filter(is).count();
    let (digits, letters) = (count(u8::is_ascii_digit), count(u8::is_ascii_alphabetic));
    let few_digits = digits == 0 || digits <= 3 && name.bytes().any(|byte| byte.is_ascii_lowercase());
    let before = iter::once(b'_').chain(name.bytes());
    let after = name.bytes().skip(1).chain([b'_']);
    let (mut words, mut is_torn) = (0, false);
    for ((before, byte), after) in before.zip(name.bytes()).zip(after) {
        let turns = byte.is_ascii_uppercase() && (before.is_ascii_lowercase() || after.is_ascii_lowercase());
        words += usize::from(byte.is_ascii_alphabetic() && (!before.is_ascii_alphabetic() || turns));
        is_torn |= before.is_ascii_digit() && byte.is_ascii_lowercase();
    }
    few_digits && !is_torn && 4 * words <= letters + 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_look_like_names() {
        for name in [
            "kId",
            "isNRI",
            "isSsoValid",
            "USER_NAME",
            "MAC",
            "access_token",
            "line2",
            "is2FAEnabled",
            "_id",
            "$ref",
            "a",
            "x-request-id",
        ] {
            assert!(is_a_name(name), "{name}");
        }
    }

    #[test]
    fn account_numbers_addresses_and_tokens_do_not() {
        for value in [
            "",
            "1",
            "U1234567",
            "XY12Z",
            "12345",
            "a@b.example",
            "+911234567890",
            "made up",
            "q7Zk2LmX",
            "dGhpc0lzQVRva2Vu",
            "QmFzZTY0VGV4dA",
            "a3f9c",
            "5eb63bbbe01eeed0",
            "eyJhbGciOiJub25lIn0.e30.",
        ] {
            assert!(!is_a_name(value), "{value}");
        }
    }
}
