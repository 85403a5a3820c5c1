//! Failures that come with a status of success. The client finds out by the code or the words in the body; the example
//! has to say what it should find out.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    bodies::JSON,
    context::{Context, Operation, Used},
    report::Report,
};
use crate::document::join;

/// Examples of success that have the form of a failure, and do not say which kind it is.
pub(super) fn kinds(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        let failures = failures(context, operation);
        for (_, response) in context.responses(operation).iter().filter(|(status, _)| status.starts_with('2'))
        {
            let media = join(&join(&response.pointer, "content"), JSON);
            let forms = forms(context, &join(&media, "schema"));
            for (name, example) in context.members(&join(&media, "examples")) {
                let Some(value) = example.value.get("value") else { continue };
                let meant = forms.iter().find(|form| takes(form.value, value));
                let is_failure = meant.is_some_and(|form| failures.contains(&form.pointer));
                if let (true, Some(form), None) = (is_failure, meant, example.value.get("x-error-kind")) {
                    let form = form.pointer.rsplit('/').next().unwrap_or_default();
                    let what = format!(
                        "The example `{name}` of a success has the form `{form}`, which is a failure's."
                    );
                    let why = "The tests must know which error the client has to make of it.";
                    let fix = "Add `x-error-kind:` to the example; if it is a success, mend the example or the forms.";
                    report.add(&example.place, what, why, fix);
                }
            }
        }
    }
}

/// The pointers of the forms in which an operation's errors come.
fn failures(context: &Context<'_>, operation: &Operation<'_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, response) in
        context.responses(operation).iter().filter(|(status, _)| status.starts_with(['4', '5']))
    {
        let schema = join(&join(&join(&response.pointer, "content"), JSON), "schema");
        found.extend(forms(context, &schema).into_iter().map(|form| form.pointer));
    }
    found
}

/// The forms of a schema; the schema itself if it has none.
fn forms<'a>(context: &Context<'a>, place: &str) -> Vec<Used<'a>> {
    let Some(schema) = context.used(place) else { return Vec::new() };
    for list in ["anyOf", "oneOf"] {
        let forms = context.members(&join(&schema.pointer, list));
        if !forms.is_empty() {
            return forms.into_iter().map(|(_, form)| form).collect();
        }
    }
    vec![schema]
}

/// The form of an `anyOf` that an object is meant to have, as the generated decoder chooses it.
pub(super) fn meant<'a>(context: &Context<'a>, schema: &str, value: &Value) -> Option<Used<'a>> {
    let schema = context.used(schema)?;
    let forms = context.members(&join(&schema.pointer, "anyOf"));
    let mut forms = forms.into_iter().map(|(_, form)| form).filter(|_| value.is_object());
    forms.find(|form| takes(form.value, value))
}

/// Whether all required members are there and not empty.
fn takes(form: &Value, value: &Value) -> bool {
    let mut required = form.get("required").and_then(Value::as_array).into_iter().flatten();
    required
        .all(|name| name.as_str().and_then(|name| value.get(name)).is_some_and(|value| !is_nothing(value)))
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}
