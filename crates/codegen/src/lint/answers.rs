//! Answers are described generously: what a broker sends is not ours to choose, and one member that does
//! not fit loses the whole answer.

use serde_json::{Map, Value};

use super::{
    context::{Context, text},
    report::Report,
};
use crate::document::{join, shape::Kind};

/// Members by which the generated type would refuse values.
const CONSTRAINTS: [&str; 14] = [
    "enum",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
];

/// The schemas that can be reached from responses.
fn answers<'c, 'a>(context: &'c Context<'a>) -> Vec<(&'c str, &'a Map<String, Value>)> {
    let responses = context.objects(Kind::Response).map(|(pointer, _)| pointer.to_owned());
    context.schemas_from(responses.collect::<Vec<_>>())
}

/// Integers of fewer bits.
pub(super) fn integers(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, schema) in answers(context) {
        if text(schema, "type") == Some("integer") && text(schema, "format") != Some("int64") {
            let why = "A number that does not fit, such as 3000000000 in an int32, fails the whole answer.";
            report.add(pointer, "An integer in an answer is not int64.", why, "Add `format: int64`.");
        }
    }
}

/// Whatever would refuse an unexpected value.
pub(super) fn constraints(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let why = "A value that breaks it fails the whole answer; a broker changes its values without notice.";
    for (pointer, schema) in answers(context) {
        for member in CONSTRAINTS.iter().filter(|member| schema.contains_key(**member)) {
            let what = format!("A schema of an answer has `{member}`.");
            let fix = "Delete it, and say in the description what is known of the values.";
            report.add(&join(pointer, member), what, why, fix);
        }
        if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
            let what = "A schema of an answer forbids further properties.";
            report.add(&join(pointer, "additionalProperties"), what, why, "Delete `additionalProperties`.");
        }
    }
}

/// Lists and maps of which nobody says whether they may be null.
pub(super) fn nulls(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, schema) in answers(context) {
        let required = schema.get("required").and_then(Value::as_array);
        for (name, property) in context.members(&join(pointer, "properties")) {
            let optional = required.is_none_or(|required| !required.iter().any(|required| required == name));
            let collection = match property.text("type") {
                Some("array") => true,
                Some("object") => property.value.get("properties").is_none(),
                _ => false,
            };
            if optional && collection && property.value.get("nullable").is_none() {
                let what = format!("The optional list or map `{name}` does not say whether it may be null.");
                let why = "It becomes a collection that is empty when it is missing; null then fails the whole \
                           answer.";
                let fix = "Add `nullable: true`, or `nullable: false` if it is certain.";
                report.add(&property.place, what, why, fix);
            }
        }
    }
}
