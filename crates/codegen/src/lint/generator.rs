//! Parts of OpenAPI that the generated client cannot do, and that neither progenitor, the compiler nor a public linter
//! rejects.

use broker_session_openapi::join;
use http::{HeaderName, StatusCode};
use serde_json::Value;

use super::{
    context::{Context, string},
    names::field_name,
    report::Report,
};

pub(super) const JSON: &str = "application/json";
pub(super) const FORM: &str = "application/x-www-form-urlencoded";
/// A body that is a single string, like a signed token.
const TEXT: &str = "text/plain";
/// Methods that every generated client has.
const TAKEN: [&str; 9] =
    ["api_version", "baseurl", "client", "exec", "inner", "new", "new_with_client", "post", "pre"];
/// Headers that the HTTP client or the body sets, or that belong under `security`.
const RESERVED: [&str; 11] = [
    "accept",
    "api-version",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "host",
    "te",
    "transfer-encoding",
    "upgrade",
];
/// The media types in which brokers respond.
const MEDIA: [&str; 5] = [JSON, "application/xml", "text/html", "text/plain", "text/xml"];

/// Operations with an id that is not the name of a method.
pub(super) fn operation_id(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        let Some(id) = string(operation.object, "operationId") else { continue };
        if field_name(id) != id || TAKEN.contains(&id) || !id.is_ascii() {
            let what = format!("`{id}` cannot be the name of a method.");
            let why = "The table of operations and the client use the same name.";
            let fix =
                format!("Write a name in snake_case that is free, such as `{}_session`.", field_name(id));
            report.add(&join(&operation.pointer, "operationId"), what, why, fix);
        }
    }
}

/// Paths that HTTP clients rewrite, or that a broker's server may confuse.
pub(super) fn path(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, _) in context.objects("PathItem") {
        let path = broker_session_openapi::unescape(pointer.strip_prefix("/paths/").unwrap_or("/"));
        let is_plain =
            |letter: char| letter.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/{}".contains(letter);
        let is_odd = |part: &str| part.is_empty() || matches!(part, "." | "..");
        if !path.chars().all(is_plain) || path.split('/').skip(1).any(|part| is_odd(part) && path != "/") {
            let what = format!("The path `{path}` is not in its normal form.");
            let why = "Clients normalise URLs (RFC 3986, section 6.2.2), and mocks expect exactly this path.";
            let fix = "Write plain letters, and no empty part, `.` or `..`.";
            report.add(pointer, what, why, fix);
        }
    }
}

/// Parameters that the generated method does not send as specified.
pub(super) fn parameter(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, parameter) in context.objects("Parameter") {
        let (name, location) =
            (string(parameter, "name").unwrap_or_default(), string(parameter, "in").unwrap_or_default());
        let why = "The generator supports one style of parameters, and the HTTP client sets its own headers.";
        if location == "cookie" || parameter.contains_key("content") {
            let place = join(pointer, if location == "cookie" { "in" } else { "content" });
            let fix = "Declare a path, query or header parameter with `schema:`.";
            report.add(&place, format!("The parameter `{name}` cannot be sent."), why, fix);
        }
        let is_reserved =
            RESERVED.contains(&name.to_ascii_lowercase().as_str()) || HeaderName::try_from(name).is_err();
        if location == "header" && is_reserved {
            let fix = "Describe `Authorization` under `security`, and leave the others to the client.";
            report.add(&join(pointer, "name"), format!("`{name}` cannot be a header parameter."), why, fix);
        }
        let is_query = location == "query";
        let usual = [
            ("style", Value::from(if is_query { "form" } else { "simple" })),
            ("explode", is_query.into()),
            ("allowReserved", false.into()),
            ("allowEmptyValue", false.into()),
        ];
        for (field, usual) in usual {
            if parameter.get(field).is_some_and(|found| *found != usual) && location != "cookie" {
                let fix = format!("Write `{field}: {usual}`, or delete it.");
                report.add(&join(pointer, field), format!("`{name}` has an unusual style."), why, fix);
            }
        }
    }
}

/// Request bodies that the generated method does not send as specified.
pub(super) fn request_body(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let why = "The generated method always sends one body: JSON, a form with plain values, or one string.";
    for operation in
        context.operations.iter().filter(|operation| operation.object.contains_key("requestBody"))
    {
        if matches!(operation.method(), "get" | "head" | "delete" | "trace") {
            let what = format!("A {} has a request body.", operation.method().to_uppercase());
            let fix = "Send it with POST, or describe its fields as parameters.";
            report.add(
                &join(&operation.pointer, "requestBody"),
                what,
                "Servers may refuse it (RFC 9110).",
                fix,
            );
        }
    }
    for (pointer, body) in context.objects("RequestBody") {
        let content = join(pointer, "content");
        let media = context.fields(&content);
        if body.get("required") != Some(&Value::Bool(true)) {
            report.add(pointer, "A request body is not required.", why, "Add `required: true`.");
        }
        if media.len() != 1 {
            let what = format!("A request body has {} media types.", media.len());
            report.add(&content, what, why, format!("Keep exactly one, `{JSON}`, `{FORM}` or `{TEXT}`."));
        }
        for (name, media) in media {
            let schema = media.value.get("schema");
            let is_text = name == TEXT && schema.is_some_and(|schema| schema["type"] == "string");
            let is_known = is_text || [JSON, FORM].contains(&name) && schema.is_some();
            if !is_known || media.value.get("encoding").is_some() {
                let fix = format!(
                    "Write `{JSON}`, `{FORM}` or (for one string) `{TEXT}` with `schema:`, and no `encoding:`."
                );
                report.add(
                    &media.place,
                    format!("A request body `{name}` cannot be sent like this."),
                    why,
                    fix,
                );
            }
            let schema = context.used(&join(&media.pointer, "schema")).filter(|_| name == FORM);
            let properties = schema.map(|schema| context.fields(&join(&schema.pointer, "properties")));
            for (name, property) in properties.into_iter().flatten() {
                if !matches!(property.string("type"), Some("string" | "integer" | "number" | "boolean")) {
                    let what = format!("The field `{name}` of a form is not a plain value.");
                    report.add(&property.place, what, why, "Make it a string, a number or a boolean.");
                }
            }
        }
    }
}

/// Responses without a type, or that HTTP or the tests cannot serve.
pub(super) fn response(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        for (status, response) in context.responses(operation) {
            let code = status.parse::<StatusCode>().ok();
            if !code.is_some_and(|code| code.canonical_reason().is_some() && !code.is_informational()) {
                let what = format!("`{status}` is not a registered status of a response.");
                let why =
                    "The client distinguishes success and error by the status, and each status has a mock.";
                report.add(
                    &response.place,
                    what,
                    why,
                    "List the statuses; the client handles others by their class.",
                );
            }
            let is_redirect = code.is_some_and(|code| code.is_redirection());
            let content = join(&response.pointer, "content");
            let media = context.fields(&content);
            let has = |name: &str| media.iter().any(|(known, _)| *known == name);
            if matches!(status, "204" | "205" | "304") && !media.is_empty() {
                let what = format!("The response with the status {status} has content.");
                let why = "HTTP ends such a response after its headers (RFC 9110, section 15.3.5).";
                report.add(
                    &response.place,
                    what,
                    why,
                    "Delete its `content`, or give the status that it has.",
                );
            } else if !media.is_empty() && has(JSON) == is_redirect {
                let what = format!(
                    "The content of the status {status} {}.",
                    if has(JSON) { "is JSON" } else { "has no JSON" }
                );
                let why =
                    "Only JSON with a schema becomes a type; the client never reads the body of a redirect.";
                report.add(
                    &content,
                    what,
                    why,
                    format!("Describe a redirect as `text/html`, everything else as `{JSON}`."),
                );
            }
            for (name, media) in media {
                if !MEDIA.contains(&name) || media.value.get("schema").is_none() {
                    let what = format!("The content `{name}` has no schema, or is unknown.");
                    let why = "The tests serve it unchanged, and the client expects JSON.";
                    report.add(
                        &media.place,
                        what,
                        why,
                        format!("Write one of {}, with `schema:`.", MEDIA.join(", ")),
                    );
                }
            }
            if is_redirect {
                redirect(context, &response.pointer, report);
            }
        }
    }
}

/// Redirects without an example of `Location`, which the tests serve.
fn redirect(context: &Context<'_>, pointer: &str, report: &mut Report<'_, '_>) {
    let location = broker_session_openapi::location(context.document, pointer);
    let (place, example) = location.unwrap_or_else(|| (pointer.to_owned(), None));
    let example = example.and_then(Value::as_str).filter(|example| !example.is_empty());
    if example.is_none_or(|example| http::HeaderValue::from_str(example).is_err()) {
        let why = "The tests serve the redirect as a server would.";
        let fix = "Add `headers: {Location: {schema: {type: string}, example: <where it leads>}}`.";
        report.add(&place, "The redirect has no example of `Location` that can be sent.", why, fix);
    }
}

/// Schemas of responses that refuse what a broker may send.
pub(super) fn response_schema(context: &Context<'_>, report: &mut Report<'_, '_>) {
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
    let why = "A value that does not fit loses the field or the response, and brokers change values without notice.";
    let responses: Vec<String> = context.objects("Response").map(|(pointer, _)| pointer.to_owned()).collect();
    let reached = context.reach(responses);
    for (pointer, schema) in context.objects("Schema").filter(|(pointer, _)| reached.contains(pointer)) {
        for field in CONSTRAINTS.iter().filter(|field| schema.contains_key(**field)) {
            let fix = "Delete it, and describe the known values in the description.";
            report.add(&join(pointer, field), format!("`{field}` constrains a response."), why, fix);
        }
        if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
            let place = join(pointer, "additionalProperties");
            report.add(
                &place,
                "A response forbids further properties.",
                why,
                "Delete `additionalProperties`.",
            );
        }
        if string(schema, "type") == Some("integer") && string(schema, "format") != Some("int64") {
            report.add(pointer, "An integer in a response is not int64.", why, "Add `format: int64`.");
        }
        let required = schema.get("required").and_then(Value::as_array);
        let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|known| known == name));
        for (name, property) in context.fields(&join(pointer, "properties")) {
            let is_map =
                property.string("type") == Some("object") && property.value.get("properties").is_none();
            let is_collection = is_map || property.string("type") == Some("array");
            if is_collection && !is_required(name) && property.value.get("nullable").is_none() {
                let what = format!("The optional list or map `{name}` lacks `nullable`.");
                let fix = "Add `nullable: true`, or `nullable: false` if it is certain.";
                report.add(&property.place, what, why, fix);
            }
        }
    }
}

/// Schemas and properties without a description, and names with other letters than ASCII.
pub(super) fn schema(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, schema) in context.objects("Schema") {
        let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
        let is_component = parent == "/components/schemas";
        let is_property = parent.starts_with("/components/") && parent.ends_with("/properties");
        if !is_component && !is_property {
            continue;
        }
        let is_described = |text: &str| text.chars().any(char::is_alphanumeric) && !text.starts_with("TODO");
        if !string(schema, "description").is_some_and(is_described) {
            let why = "Descriptions become the docs of the client.";
            let fix = "Add `description:` with the meaning, the unit and the format.";
            report.add(pointer, format!("`{name}` has no description."), why, fix);
        }
        if !name.is_ascii() {
            let why = "A letter may look like another one, and the name on the wire would differ.";
            report.add(
                pointer,
                format!("`{name}` has letters other than A to Z."),
                why,
                "Write the name as the broker does.",
            );
        }
    }
}
