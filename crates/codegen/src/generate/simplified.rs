//! A spec reduced to what progenitor generates code from: requests and successes.
//!
//! The transport recognises failures before anything is decoded, so that they need no types. The types of error
//! responses, and of the forms of a success that are failures (`x-fault`), are therefore left out.

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::OpenAPI;
use serde_json::Value;

use crate::{Document, Problem, Problems, spec::escape};

const SCHEMAS: &str = "/components/schemas/";

/// The reduced document.
pub(super) struct Simplified {
    pub(super) openapi: OpenAPI,
    /// The names of the properties that may wrap a schema (`x-envelope`), by the schema's name.
    pub(super) envelopes: BTreeMap<String, Vec<String>>,
}

/// One of the forms of a response (an item of its `anyOf`).
pub(super) struct Form<'a> {
    /// The JSON pointer of its schema, references followed.
    pub(super) pointer: String,
    pub(super) kind: FormKind,
    /// Its required properties.
    pub(super) required: Vec<&'a str>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FormKind {
    /// A failure (`x-fault`).
    Fault,
    /// A success below a property of its own (`x-envelope`).
    Envelope,
    Success,
}

/// The forms of the schema at `pointer`; the schema itself if it has no `anyOf`.
pub(super) fn forms<'a>(document: &'a Document, pointer: &str) -> Vec<Form<'a>> {
    let Some((pointer, schema)) = document.resolve(pointer) else { return Vec::new() };
    let places = match schema.get("anyOf").and_then(Value::as_array) {
        Some(forms) => (0..forms.len()).map(|index| format!("{pointer}/anyOf/{index}")).collect(),
        None => vec![pointer],
    };
    places
        .iter()
        .filter_map(|place| document.resolve(place))
        .map(|(pointer, schema)| form(pointer, schema))
        .collect()
}

fn form(pointer: String, schema: &Value) -> Form<'_> {
    let is = |extension: &str| schema.get(extension) == Some(&Value::Bool(true));
    let kind = if is("x-fault") {
        FormKind::Fault
    } else if is("x-envelope") {
        FormKind::Envelope
    } else {
        FormKind::Success
    };
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    Form { pointer, kind, required: required.filter_map(Value::as_str).collect() }
}

/// Reduces a document: no error responses, no redirects, one form of each success, only the schemas that these need, and
/// secrets without extensions.
///
/// # Errors
/// If a part of it is not OpenAPI.
pub(super) fn simplify(document: &Document) -> Result<Simplified, Problems> {
    let mut value = document.value().clone();
    keep_successes(&mut value);
    let mut envelopes = BTreeMap::new();
    let only = only_forms(document, &mut envelopes);
    follow(&mut value, &only);
    forms_as_one_of(&mut value);
    keep_used(&mut value);
    only_secret(&mut value);
    let openapi = serde_path_to_error::deserialize(value).map_err(|error| {
        let what = format!("This cannot be read as OpenAPI 3.0, at `{}`: {}.", error.path(), error.inner());
        let why = "The generator has a type for every object, and a value here does not fit.";
        let fix = "Compare this part with the OpenAPI 3.0.3 specification.";
        Problems::from(Problem::new("not-openapi", document.name(), what, why, fix))
    })?;
    Ok(Simplified { openapi, envelopes })
}

/// Removes every response that is not a success.
fn keep_successes(value: &mut Value) {
    let paths = value.get_mut("paths").and_then(Value::as_object_mut).into_iter();
    let items = paths.flat_map(|paths| paths.values_mut()).filter_map(Value::as_object_mut);
    let operations = items.flat_map(|item| item.values_mut());
    let responses = operations.filter_map(|operation| operation.get_mut("responses")?.as_object_mut());
    responses.for_each(|responses| responses.retain(|status, _| status.starts_with('2')));
}

/// The component schemas with one successful form, and that form: both as JSON pointers. Adds the envelopes of the form.
fn only_forms(
    document: &Document,
    envelopes: &mut BTreeMap<String, Vec<String>>,
) -> BTreeMap<String, String> {
    let schemas = document.value().pointer(SCHEMAS.trim_end_matches('/')).and_then(Value::as_object);
    let lists = schemas.into_iter().flatten().filter(|(_, schema)| schema.get("anyOf").is_some());
    let mut only = BTreeMap::new();
    for (name, _) in lists {
        let pointer = format!("{SCHEMAS}{}", escape(name));
        let forms = forms(document, &pointer);
        let mut successes = forms.iter().filter(|form| form.kind == FormKind::Success);
        let (Some(success), None) = (successes.next(), successes.next()) else { continue };
        if let Some(name) = success.pointer.strip_prefix(SCHEMAS).filter(|name| !name.contains('/')) {
            let around = forms.iter().filter(|form| form.kind == FormKind::Envelope);
            let names = around.flat_map(|form| &form.required).map(|&name| name.to_owned());
            let known: &mut Vec<String> = envelopes.entry(name.to_owned()).or_default();
            known.extend(names);
            only.insert(pointer, success.pointer.clone());
        }
    }
    envelopes.retain(|_, names| !names.is_empty());
    only
}

/// Redirects each reference to a list of forms to its only form.
fn follow(value: &mut Value, only: &BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get_mut("$ref")
                && let Some(form) = only.get(reference.trim_start_matches('#'))
            {
                *reference = format!("#{form}");
            }
            fields.values_mut().for_each(|value| follow(value, only));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| follow(value, only)),
        _ => {}
    }
}

/// Renames `anyOf` to `oneOf`: progenitor merges the forms of an `anyOf`, and makes an enum of a `oneOf`.
fn forms_as_one_of(value: &mut Value) {
    let schemas = value.pointer_mut(SCHEMAS.trim_end_matches('/')).and_then(Value::as_object_mut);
    for schema in
        schemas.into_iter().flat_map(|schemas| schemas.values_mut()).filter_map(Value::as_object_mut)
    {
        if let Some(forms) = schema.remove("anyOf") {
            schema.insert("oneOf".to_owned(), forms);
        }
    }
}

/// Removes the component schemas that no operation refers to.
fn keep_used(value: &mut Value) {
    let mut open = Vec::new();
    references(value.get("paths").unwrap_or(&Value::Null), &mut open);
    let mut used = BTreeSet::new();
    while let Some(reference) = open.pop() {
        let pointer = reference.trim_start_matches('#').to_owned();
        if !used.contains(&pointer) {
            references(value.pointer(&pointer).unwrap_or(&Value::Null), &mut open);
            used.insert(pointer);
        }
    }
    if let Some(schemas) = value.pointer_mut(SCHEMAS.trim_end_matches('/')).and_then(Value::as_object_mut) {
        schemas.retain(|name, _| used.contains(&format!("{SCHEMAS}{}", escape(name))));
    }
}

/// Every reference in a value.
pub(super) fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

/// progenitor recognises a secret by its whole schema. With an extension or `nullable` it would silently become a plain
/// string. (An optional property may always be null.)
fn only_secret(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.get("format").and_then(Value::as_str) == Some("password") {
                fields.retain(|name, _| matches!(name.as_str(), "type" | "format" | "description"));
            }
            fields.values_mut().for_each(only_secret);
        }
        Value::Array(items) => items.iter_mut().for_each(only_secret),
        _ => {}
    }
}
