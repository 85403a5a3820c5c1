//! Links name the next call after a response. Tools that follow links silently skip a broken one.

use broker_session_openapi::{join, operations, suggestion, unescape};
use serde_json::Value;

use super::{context::Context, report::Report, secret_names::is_secret};

/// What begins an expression for a part of a response's body (OpenAPI 3.0.3, "Runtime Expressions").
const BODY: &str = "$response.body#";
/// What begins an expression.
const EXPRESSIONS: [&str; 7] =
    ["$method", "$request.", "$response.body", "$response.header.", "$statusCode", "$url", BODY];

/// Links to unknown operations, without a required parameter, or to a field that no example has.
pub(super) fn target(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let why = "Tools that follow the link silently stop here.";
    let operations = operations(context.document);
    for (pointer, link) in context.objects("Link") {
        let id = link.get("operationId").and_then(Value::as_str).unwrap_or_default();
        let Some(operation) = operations.iter().find(|operation| operation.id == id) else {
            let fix =
                suggestion(id, operations.iter().map(|known| known.id.as_str()), "Write `operationId:`.");
            let place = if id.is_empty() { pointer.to_owned() } else { join(pointer, "operationId") };
            report.add(&place, format!("There is no operation `{id}`."), why, fix);
            continue;
        };
        let given = link.get("parameters").and_then(Value::as_object);
        let given: Vec<(&str, &str, &Value)> =
            given.into_iter().flatten().map(|(name, value)| (name.as_str(), bare(name), value)).collect();
        for parameter in operation.parameters.iter().filter(|parameter| parameter.required) {
            if !given.iter().any(|(_, name, _)| *name == parameter.name) {
                let what = format!("The link leaves out `{}`, which `{id}` requires.", parameter.name);
                let fix = format!("Add `{}:` with the part of the response that holds it.", parameter.name);
                report.add(pointer, what, why, fix);
            }
        }
        let body = link.get("requestBody").and_then(Value::as_object).into_iter().flatten();
        for (name, value) in body {
            if let Some(what) =
                value.as_str().and_then(|value| problem(context, pointer, is_secret(name), value))
            {
                let place = join(&join(pointer, "requestBody"), name);
                report.add(&place, what, why, "Correct the JSON pointer of the field.");
            }
        }
        for (key, name, value) in given {
            let place = join(&join(pointer, "parameters"), key);
            let Some(parameter) = operation.parameters.iter().find(|known| known.name == name) else {
                let known = operation.parameters.iter().map(|known| known.name.as_str());
                let fix = suggestion(name, known, "Write the name of one of its parameters.");
                report.add(&place, format!("`{id}` has no parameter `{name}`."), why, fix);
                continue;
            };
            let Some(found) =
                value.as_str().and_then(|value| problem(context, pointer, parameter.secret, value))
            else {
                continue;
            };
            let fix =
                format!("Write `{BODY}/<field>` with the JSON pointer of the field that holds `{name}`.");
            report.add(&place, found, why, fix);
        }
    }
}

/// The name of a parameter; its place may stand before it, as in `path.id`.
fn bare(name: &str) -> &str {
    ["path.", "query.", "header."].iter().find_map(|place| name.strip_prefix(place)).unwrap_or(name)
}

/// The problem of the value for a parameter.
fn problem(context: &Context<'_>, link: &str, secret: bool, value: &str) -> Option<String> {
    let looks_like_one = value.starts_with('$') || value.contains("response.") || value.contains("request.");
    if looks_like_one && !EXPRESSIONS.iter().any(|known| value.starts_with(known)) {
        return Some(format!("`{value}` is not an expression, and would be sent literally."));
    }
    // A link among the components belongs to every response that refers to it.
    let (response, _) = link.rsplit_once("/links/").filter(|(response, _)| *response != "/components")?;
    let part = value.strip_prefix(BODY)?;
    let examples = context.examples(response);
    if !examples
        .iter()
        .any(|example| example.value.get("value").is_some_and(|value| value.pointer(part).is_some()))
    {
        return Some(format!("No example of the response has anything at `{part}`."));
    }
    let field = unescape(part.rsplit('/').next().unwrap_or_default());
    (is_secret(&field) != secret).then(|| format!("Of the parameter and `{field}` only one is a secret."))
}
