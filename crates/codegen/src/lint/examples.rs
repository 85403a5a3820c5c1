//! The tests serve and send the examples, so every part needs one, and each must be valid.

use std::collections::BTreeMap;

use broker_session_openapi::{Schemas, join, suggestion, unescape};
use jsonschema::{ValidationError, Validator, error::ValidationErrorKind};
use serde_json::{Value, json};

use super::{
    context::{Context, Used},
    example_values::each,
    generator::{FORM, JSON},
    report::Report,
};

/// Responses, request bodies and parameters without an example.
pub(super) fn missing(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let why = "The tests serve and send examples; parts without one are untested.";
    for operation in &context.operations {
        let responses = context.responses(operation).into_iter().map(|(_, response)| response);
        for holder in responses.chain(context.used(&join(&operation.pointer, "requestBody"))) {
            let place = join(&holder.pointer, "content");
            if !context.fields(&place).is_empty() && context.examples(&holder.pointer).is_empty() {
                report.add(
                    &place,
                    "This has no named example.",
                    why,
                    "Add `examples:` with a name and a `value`.",
                );
            }
        }
    }
    for (pointer, parameter) in context.objects("Parameter") {
        let schema = context.used(&join(pointer, "schema"));
        let of_schema = schema.is_some_and(|schema| schema.value.get("example").is_some());
        if !of_schema && !parameter.contains_key("example") && !parameter.contains_key("examples") {
            report.add(pointer, "The parameter has no example.", why, "Add `example:` with a made-up value.");
        }
    }
}

/// Examples and defaults that do not fit.
pub(super) fn invalid(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let Ok(schemas) = Schemas::new(context.document) else { return };
    let mut compiled = BTreeMap::new();
    for (pointer, node) in context.nodes().filter(|(_, node)| node.reference.is_none()) {
        let media = unescape(pointer.rsplit('/').next().unwrap_or_default());
        match node.kind {
            // No standard relates strings of other media types to a schema.
            "MediaType" if ![JSON, FORM].contains(&media.as_str()) => {}
            "MediaType" | "Parameter" | "Header" => {
                let examples =
                    context.fields(&join(pointer, "examples")).into_iter().map(|(_, example)| example);
                let mut places = vec![join(pointer, "example")];
                for example in examples {
                    if example.value.get("value").is_none() {
                        let why = "The tests serve examples, so the value must be in this file.";
                        report.add(&example.place, "An example has no value.", why, "Add `value:`.");
                    }
                    places.push(join(&example.pointer, "value"));
                }
                for place in places {
                    check(context, &schemas, &mut compiled, &join(pointer, "schema"), &place, report);
                }
            }
            "Schema" => {
                for field in ["example", "default"] {
                    check(context, &schemas, &mut compiled, pointer, &join(pointer, field), report);
                }
            }
            _ => {}
        }
    }
}

/// Checks the value at `place`, if there is one, against the schema at the other pointer.
fn check(
    context: &Context<'_>,
    schemas: &Schemas,
    compiled: &mut BTreeMap<String, Option<Validator>>,
    schema: &str,
    place: &str,
    report: &mut Report<'_, '_>,
) {
    let document = context.document.value();
    let Some(value) = document.pointer(place) else { return };
    // A form without required fields fits everything, so only the form that applies decides whether a value fits.
    let applies = applying(context, schema, value).map(|form| form.pointer);
    let schema = applies.unwrap_or_else(|| schema.to_owned());
    let Some(described) = document.pointer(&schema) else { return };
    let validator = compiled.entry(schema).or_insert_with(|| schemas.compile(described).ok());
    let Some(Err(error)) = validator.as_ref().map(|validator| validator.validate(value)) else { return };
    let error = innermost(&error);
    let message = error.masked_with("the value").to_string();
    let what = format!("This does not fit its schema: {}.", message.trim_end_matches('.'));
    let why = "The tests serve examples and readers trust them; the client cannot decode this one.";
    let place = format!("{place}{}", error.instance_path());
    report.add(&place, what, why, "Correct the example, or the schema.");
}

/// The branch of alternatives that came closest to fitting: most likely the intended one.
fn innermost<'e>(error: &'e ValidationError<'e>) -> &'e ValidationError<'e> {
    let branches = match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => context,
        _ => return error,
    };
    let steps = |error: &ValidationError<'_>| error.instance_path().to_string().matches('/').count();
    let inner = branches.iter().flatten().map(|inner| innermost(inner));
    inner.filter(|inner| steps(inner) > steps(error)).max_by_key(|inner| steps(inner)).unwrap_or(error)
}

/// The form of an `anyOf` that applies to an object, as the generated decoder chooses it.
fn applying<'a>(context: &Context<'a>, schema: &str, value: &Value) -> Option<Used<'a>> {
    let schema = context.used(schema)?;
    let mut forms = context.fields(&join(&schema.pointer, "anyOf")).into_iter().map(|(_, form)| form);
    let has_all = |form: &Used<'_>| {
        let mut required = form.value["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        required.all(|name| {
            value
                .get(name)
                .is_some_and(|value| ![json!(null), json!(""), json!([]), json!({})].contains(value))
        })
    };
    forms.find(|form| value.is_object() && has_all(form))
}

/// Examples of a failure with a status of success that lack the kind of error.
pub(super) fn kinds(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        let responses = context.responses(operation);
        for (_, response) in responses.iter().filter(|(status, _)| status.starts_with('2')) {
            let media = join(&join(&response.pointer, "content"), JSON);
            for (name, example) in context.fields(&join(&media, "examples")) {
                let form = example
                    .value
                    .get("value")
                    .and_then(|value| applying(context, &join(&media, "schema"), value));
                let Some(form) = form.filter(|form| form.value["x-fault"] == true) else { continue };
                if example.value.get("x-error-kind").is_none() {
                    let what = format!(
                        "The example `{name}` of a success has the form of the fault `{}`.",
                        form.name()
                    );
                    let why = "The tests must know the kind of error that the client reports.";
                    let fix = "Add `x-error-kind:` to the example; if it is a success, correct the example or the forms.";
                    report.add(&example.place, what, why, fix);
                }
            }
        }
    }
}

/// Fields of examples that no schema describes. Schemas of responses are open, so no other check finds a typo.
pub(super) fn fields(context: &Context<'_>, report: &mut Report<'_, '_>) {
    each(context, &mut |example| {
        let described = example.described;
        let Value::Object(fields) = example.value else { return };
        // A schema without properties is a map, or empty.
        if described.open || described.properties.is_empty() {
            return;
        }
        for name in fields.keys().filter(|name| !described.properties.contains_key(*name)) {
            let what = format!("The schema does not describe the field `{name}` of this example.");
            let why = "The client would not read it. It is a typo, or the schema lacks it.";
            let known = described.properties.keys().map(String::as_str);
            let fix = suggestion(name, known, "Describe it in the schema, or delete it from the example.");
            report.add(&join(example.place, name), what, why, fix);
        }
    });
}

/// Responses that may be empty, although an empty object fits none of their forms.
pub(super) fn may_be_empty(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, _) in
        context.objects("Response").filter(|(_, response)| response.contains_key("x-may-be-empty"))
    {
        let schema = join(&join(&join(pointer, "content"), JSON), "schema");
        let forms = context.forms(&schema);
        let takes_nothing = |form: &Used<'_>| form.value["required"].as_array().is_none_or(Vec::is_empty);
        if !forms.iter().any(takes_nothing) {
            let what = "`{}` does not fit the schema of a response that may be empty.";
            let why = "A missing body is read as an empty object.";
            let fix = "Add a form without required fields, or delete this.";
            report.add(&join(pointer, "x-may-be-empty"), what, why, fix);
        }
    }
}
