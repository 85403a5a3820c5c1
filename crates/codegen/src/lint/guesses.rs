//! What a response says of the guess that a request carried, and of what was asked for: `x-judges`, `judges` of a code,
//! `x-time-step-seconds` and `x-success`. A slip here sends a guess once too often, or takes a refusal for a success.

use serde_json::Value;

use super::{context::Context, report::Report};
use crate::document::{join, shape::Kind};

/// What says that a guess was judged, or from what it is made.
pub(super) fn judged(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        for (status, response) in context.responses(operation) {
            if response.text("x-error-kind") == Some("second_factor") {
                let what =
                    format!("Whatever comes with the status {status} is taken for a wrong second factor.");
                let why = "Gateways and proxies answer with the same status, and then the next guess would be asked for \
                           and counted.";
                let fix = "Write `credentials`, and add the broker's words to `x-error-codes` with `kind: second_factor`.";
                report.add(&join(&response.pointer, "x-error-kind"), what, why, fix);
            }
        }
    }
    for (pointer, node) in context.nodes().filter(|(_, node)| node.reference.is_none()) {
        for (name, fits, fix) in [
            ("x-judges", Value::is_boolean as fn(&Value) -> bool, "Write `true`."),
            (
                "x-time-step-seconds",
                |value| value.as_u64().is_some_and(|seconds| (1..=3600).contains(&seconds)),
                "Write the seconds for which a code is good, as a whole number.",
            ),
        ] {
            if let Some(value) = node.object.get(name).filter(|value| !fits(value)) {
                let what = format!("{value} is no `{name}`.");
                report.add(
                    &join(pointer, name),
                    what,
                    "The client decides by it what a guess has come to.",
                    fix,
                );
            }
        }
    }
}

/// `x-success` that no response could meet.
pub(super) fn success(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let responses = context.objects(Kind::Response);
    for (pointer, response) in responses {
        let Some(success) = response.get("x-success") else { continue };
        let place = join(pointer, "x-success");
        let why = "The client takes a response for a success only if it says so.";
        let fix = "Write a map: `<field>: [<value>, …]`; in a value `*` stands for any run of characters.";
        let is_value = |value: &Value| {
            value.is_number()
                || value.is_boolean()
                || value.as_str().is_some_and(|text| !text.trim().is_empty())
        };
        let are_values = |value: &Value| match value.as_array() {
            Some(values) => !values.is_empty() && values.iter().all(is_value),
            None => is_value(value),
        };
        match success.as_object() {
            Some(fields) if !fields.is_empty() => {
                for (name, _) in fields.iter().filter(|(_, values)| !are_values(values)) {
                    report.add(&join(&place, name), format!("No value is given for `{name}`."), why, fix);
                }
            }
            _ => report.add(&place, "`x-success` names no field.", why, fix),
        }
    }
}
