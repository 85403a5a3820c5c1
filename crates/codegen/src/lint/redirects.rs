//! Redirects. A client never follows one; what it means is all that can be said of it.

use std::collections::BTreeSet;

use http::HeaderValue;
use serde_json::Value;

use super::{
    context::{Context, Used},
    report::Report,
};
use crate::{document::join, spec};

/// Whether a key of a Responses Object is a redirect's status.
pub(super) fn is_redirect(status: &str) -> bool {
    status.starts_with('3') && status.parse::<u16>().is_ok()
}

/// The responses that stand for redirects only.
pub(super) fn only_redirects(context: &Context<'_>) -> BTreeSet<String> {
    let all = context.operations.iter().flat_map(|operation| context.responses(operation));
    let (redirects, others): (Vec<_>, Vec<_>) = all.partition(|(status, _)| is_redirect(status));
    let others: BTreeSet<String> = others.into_iter().map(|(_, response)| response.pointer).collect();
    let redirects = redirects.into_iter().map(|(_, response)| response.pointer);
    redirects.filter(|pointer| !others.contains(pointer)).collect()
}

/// Redirects that say too little, or more than can be told a client.
pub(super) fn described(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let mut seen = BTreeSet::new();
    for operation in &context.operations {
        for (status, response) in context.responses(operation) {
            if is_redirect(status) && seen.insert(response.pointer.clone()) {
                check(context, &response, report);
            }
        }
    }
}

fn check(context: &Context<'_>, response: &Used<'_>, report: &mut Report<'_, '_>) {
    let why = "No redirect is followed, so the client has to be told what it means.";
    if response.value.get("x-error-kind").is_none() {
        let fix = "Add `x-error-kind:`, such as `login_required`.";
        report.add(&response.pointer, "The redirect has no kind of error.", why, fix);
    }
    let why = "The tests serve the redirect as a server would.";
    let fix = "Add `headers: {Location: {schema: {type: string}, example: <where it leads>}}`.";
    match spec::location(context.document, &response.pointer) {
        None => report.add(&response.pointer, "The redirect has no header `Location`.", why, fix),
        Some((place, example)) if !example.is_some_and(is_header_value) => {
            report.add(&place, "The header `Location` has no example that can be sent.", why, fix);
        }
        Some(_) => {}
    }
    for (media, content) in context.members(&join(&response.pointer, "content")) {
        if !media.starts_with("text/") {
            let what = format!("The redirect has content of the type `{media}`.");
            let why = "Nothing reads the body of a redirect, so it becomes no type.";
            report.add(&content.place, what, why, "Delete it, or describe it as text.");
        }
    }
}

fn is_header_value(example: &Value) -> bool {
    example.as_str().is_some_and(|text| !text.is_empty() && HeaderValue::from_str(text).is_ok())
}
