//! Rules about responses.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::Value;

use super::{
    bodies::JSON,
    context::{Context, Used},
    names::{nearest, suggestion},
    redirects::only_redirects,
    report::Report,
};
use crate::document::{join, shape::Kind};

/// Statuses that the generated client or its mock cannot take.
pub(super) fn status(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        for (status, response) in context.responses(operation) {
            let (what, fix) = match status {
                "default" => ("`default` stands for statuses that nobody described.", NAME_THEM),
                _ if status.ends_with("XX") => {
                    ("A range stands for statuses that nobody described.", NAME_THEM)
                }
                _ => match status.parse::<StatusCode>() {
                    Ok(code) if code.canonical_reason().is_none() => {
                        ("This status is not registered.", "Use the registered status that is nearest.")
                    }
                    Ok(code) if !code.is_informational() => continue,
                    _ => ("This status is no answer yet.", "Describe it in the text instead."),
                },
            };
            let why = "The client tells success from error by the status, and the mock names each one.";
            report.add(&response.place, what, why, fix);
        }
    }
}

const NAME_THEM: &str = "Name the statuses; the client knows what to make of one that is not documented.";

/// Operations that cannot succeed.
pub(super) fn success(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        if !context.responses(operation).iter().any(|(status, _)| is_success(status)) {
            let why = "The generator would make up an untyped success.";
            let what = "No status from 200 to 299 is described.";
            report.add(&join(&operation.pointer, "responses"), what, why, "Add the response of success.");
        }
    }
}

fn is_success(status: &str) -> bool {
    status.starts_with('2') && status != "2XX"
}

/// Content that would not be typed, or not be served by the tests.
pub(super) fn content(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let redirects = only_redirects(context);
    for (pointer, _) in context.objects(Kind::Response) {
        let place = join(pointer, "content");
        let Some(content) = context.document.value().pointer(&place) else {
            continue;
        };
        if content.get(JSON).is_none() && !redirects.contains(pointer) {
            let why = "Only JSON with a schema becomes a type; anything else would be a stream of bytes.";
            let fix = format!("Add `{JSON}`, or delete `content` if the body has no meaning.");
            report.add(&place, "A response has content, but no JSON.", why, fix);
        }
        for (name, media) in context.members(&place) {
            if media.value.get("schema").is_none() {
                let what = format!("A response's `{name}` has no schema.");
                let why = "What is not described is neither typed nor tested.";
                report.add(&media.place, what, why, "Add `schema:`; for text it is `{type: string}`.");
            }
            if let Some((what, fix)) = unusual(name) {
                let why = "The tests serve it as it stands, and the client looks for JSON.";
                report.add(&media.place, what, why, fix);
            }
            if media.value.get("encoding").is_some() {
                let what = "A response has `encoding`.";
                let why = "`encoding` is for request bodies only (\"Media Type Object\").";
                report.add(&join(&media.place, "encoding"), what, why, "Delete `encoding`.");
            }
        }
    }
}

/// What is wrong with the name of a media type, and how to mend it.
fn unusual(name: &str) -> Option<(String, String)> {
    let is_plain = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte))
    };
    if MEDIA.contains(&name) {
        return None;
    }
    let fix = || suggestion(name, MEDIA, format!("Write one of {}.", MEDIA.join(", ")));
    if !name.split_once('/').is_some_and(|(kind, rest)| is_plain(kind) && is_plain(rest)) {
        return Some((format!("`{name}` is no plain media type."), fix()));
    }
    if name.ends_with("+json") || name.ends_with("/json") {
        return Some((
            format!("`{name}` is JSON that the client would not read."),
            format!("Write `{JSON}`."),
        ));
    }
    nearest(name, MEDIA).map(|_| (format!("`{name}` looks like a slip."), fix()))
}

/// The media types in which brokers answer.
const MEDIA: [&str; 5] = [JSON, "application/xml", "text/html", "text/plain", "text/xml"];

/// Answers that HTTP does not let have a body, and that have one.
pub(super) fn bodiless(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        for (status, response) in context.responses(operation) {
            if matches!(status, "204" | "205" | "304") && response.value.get("content").is_some() {
                let what = format!("The response with the status {status} has content.");
                let why = "HTTP ends such an answer after its headers (RFC 9110, section 15.3.5).";
                report.add(
                    &response.place,
                    what,
                    why,
                    "Delete its `content`, or give the status that it has.",
                );
            }
        }
    }
}

/// Operations with several types of success or of error.
pub(super) fn types(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        let mut first: BTreeMap<bool, (String, &str)> = BTreeMap::new();
        for (status, response) in context.responses(operation) {
            let success = is_success(status);
            if !success && !status.starts_with(['4', '5']) {
                continue;
            }
            let found = type_of(&response);
            let (other, other_status) = first.entry(success).or_insert_with(|| (found.clone(), status));
            if *other != found {
                let class = if success { "success" } else { "error" };
                let what = format!("{status} answers with {found}, {other_status} with {other}.");
                let why = format!("An operation has one type of {class}: its `Result` has room for one.");
                let fix = "Use one component schema for all of them, with `oneOf` inside if need be.";
                report.add(&response.place, what, why, fix);
            }
        }
    }
}

/// What the body of a response becomes, in words that are equal for equal types. A schema without a name is
/// a type of its own each time.
fn type_of(response: &Used<'_>) -> String {
    match response.value.get("content").and_then(Value::as_object) {
        None => "no body".to_owned(),
        Some(content) if content.is_empty() => "no body".to_owned(),
        Some(content) => match content.get(JSON).and_then(|json| json.get("schema")) {
            None => "bytes".to_owned(),
            Some(schema) => schema.get("$ref").and_then(Value::as_str).map_or_else(
                || format!("a schema without a name (`{}`)", response.pointer),
                |target| format!("`{}`", target.rsplit('/').next().unwrap_or(target)),
            ),
        },
    }
}
