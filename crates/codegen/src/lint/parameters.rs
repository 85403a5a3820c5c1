//! Rules about the parameters of operations.

use std::collections::HashMap;

use http::HeaderName;
use serde_json::Value;

use super::{
    context::{Context, Operation, text},
    names::field_name,
    report::Report,
};
use crate::document::{join, shape::Kind};

/// Headers of which OpenAPI ignores a parameter ("Parameter Object").
const RESERVED: [&str; 3] = ["accept", "content-type", "authorization"];
/// Headers by which client and server come to terms about the connection and the body.
const OF_THE_CONNECTION: [&str; 8] =
    ["api-version", "connection", "content-length", "cookie", "host", "te", "transfer-encoding", "upgrade"];

/// Paths whose template and parameters do not agree.
pub(super) fn path_template(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        match template(&operation.path) {
            Ok(names) => path_parameters(context, operation, &names, report),
            Err(what) => {
                let why = "The client fills the parts in braces with parameters.";
                report.add(&operation.item, what, why, "Write each parameter as `{name}`, once.");
            }
        }
    }
}

fn path_parameters(
    context: &Context<'_>,
    operation: &Operation<'_>,
    names: &[&str],
    report: &mut Report<'_, '_>,
) {
    let declared: Vec<_> = context
        .parameters(operation)
        .into_iter()
        .filter(|parameter| parameter.text("in") == Some("path"))
        .collect();
    let why =
        "Every part in braces is filled with the path parameter of the same name, and no other is sent.";
    for name in names {
        let count = declared.iter().filter(|parameter| parameter.text("name") == Some(name)).count();
        if count != 1 {
            let what = format!("The path parameter `{name}` is declared {count} times.");
            report.add(&operation.pointer, what, why, format!("Declare `{name}` once, `in: path`."));
        }
    }
    for parameter in &declared {
        let name = parameter.text("name").unwrap_or_default();
        if !names.contains(&name) {
            let what = format!("The path `{}` has no part `{{{name}}}`.", operation.path);
            report.add(&parameter.place, what, why, "Delete the parameter, or add the part to the path.");
        } else if parameter.value.get("required") != Some(&Value::Bool(true)) {
            let what = format!("The path parameter `{name}` is not required.");
            let why = "A path without one of its parts is another path (\"Parameter Object\").";
            report.add(&parameter.place, what, why, "Add `required: true`.");
        }
    }
}

/// The names in braces.
fn template(path: &str) -> Result<Vec<&str>, String> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some(brace) = rest.find(['{', '}', '?', '#']) {
        let (_, tail) = rest.split_at(brace);
        let Some((name, after)) = tail.strip_prefix('{').and_then(|tail| tail.split_once('}')) else {
            return Err(format!(
                "The path `{path}` has a `{}` out of place.",
                tail.get(..1).unwrap_or_default()
            ));
        };
        if name.is_empty() || name.contains(['{', '/', '?', '#']) {
            return Err(format!("The path `{path}` has an odd name in its braces: `{name}`."));
        }
        if names.contains(&name) {
            return Err(format!("The path `{path}` has `{{{name}}}` twice."));
        }
        names.push(name);
        rest = after;
    }
    Ok(names)
}

/// Cookies.
pub(super) fn place(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, parameter) in context.objects(Kind::Parameter) {
        if text(parameter, "in") == Some("cookie") {
            let fix = "Set the cookie in the client's hooks, or declare a header.";
            report.add(
                &join(pointer, "in"),
                "A parameter is a cookie.",
                "The generator has no cookies.",
                fix,
            );
        }
    }
}

/// Headers that are no parameters.
pub(super) fn header(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, parameter) in context.objects(Kind::Parameter) {
        let name = text(parameter, "name").unwrap_or_default();
        if text(parameter, "in") != Some("header") {
            continue;
        }
        let place = join(pointer, "name");
        let lower = name.to_lowercase();
        if RESERVED.contains(&lower.as_str()) {
            let why = "OpenAPI ignores parameters of this name (\"Parameter Object\").";
            let fix = "Describe `Authorization` under `security`, the others by the content.";
            report.add(&place, format!("`{name}` is declared as a parameter."), why, fix);
        } else if OF_THE_CONNECTION.contains(&lower.as_str()) {
            let why = "The HTTP client sets it by itself, for every request.";
            report.add(&place, format!("`{name}` is declared as a parameter."), why, "Delete the parameter.");
        } else if HeaderName::try_from(name).is_err() {
            let what = format!("`{name}` cannot be the name of a header.");
            let fix = "Write letters, digits and `-`.";
            report.add(&place, what, "HTTP forbids it (RFC 9110, section 5.1).", fix);
        }
    }
}

/// Parameters with content instead of a schema. That one of the two exists is checked on loading.
pub(super) fn schema(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, parameter) in context.objects(Kind::Parameter) {
        if parameter.contains_key("content") {
            let why = "The generator takes parameters with a schema only.";
            report.add(
                &join(pointer, "content"),
                "A parameter has `content`.",
                why,
                "Write `schema:` instead.",
            );
        }
    }
}

/// Parameters that would have to be written in another way than the generator does.
pub(super) fn style(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, parameter) in context.objects(Kind::Parameter) {
        let query = text(parameter, "in") == Some("query");
        let style = if query { "form" } else { "simple" };
        let usual = [
            ("style", Value::from(style)),
            ("explode", Value::from(query)),
            ("allowReserved", Value::from(false)),
            ("allowEmptyValue", Value::from(false)),
        ];
        for (member, usual) in usual {
            if parameter.get(member).is_some_and(|found| *found != usual)
                && text(parameter, "in") != Some("cookie")
            {
                let what = format!("A parameter has a `{member}` other than {usual}.");
                let why = "The generator writes parameters in the default way only.";
                report.add(&join(pointer, member), what, why, format!("Delete `{member}`."));
            }
        }
    }
}

/// Parameters of one operation that would be the same argument.
pub(super) fn name(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        let mut arguments: HashMap<String, &str> = HashMap::new();
        if operation.object.contains_key("requestBody") {
            arguments.insert("body".to_owned(), "the request body");
        }
        let mut headers: HashMap<String, &str> = HashMap::new();
        for parameter in context.parameters(operation) {
            let name = parameter.text("name").unwrap_or_default();
            let is_header = parameter.text("in") == Some("header");
            let same = is_header.then(|| headers.insert(name.to_ascii_lowercase(), name)).flatten();
            if let Some(other) = same.filter(|other| *other != name) {
                let what = format!("`{name}` and `{other}` are the same header.");
                let why = "HTTP does not tell names of headers apart by case (RFC 9110, section 5.1).";
                report.add(&parameter.place, what, why, "Delete one of the two.");
            }
            if let Some(other) = arguments.insert(field_name(name), name) {
                let what = format!("`{name}` and `{other}` both become the argument `{}`.", field_name(name));
                let why = "Each parameter becomes an argument of the method; one of the two would be lost.";
                report.add(&parameter.place, what, why, "Rename one, or drop it.");
            }
        }
    }
}
