//! The documentation of a generated method beyond the broker's description: evidence, retries, limits, headers and
//! failures. So a caller does not need the spec.

use std::collections::BTreeSet;

use heck::ToUpperCamelCase;
use serde_json::Value;
use syn::{ImplItem, Item, parse_quote};

use crate::{
    Document,
    spec::{self, Operation, Response},
};

/// Adds it to the method of every operation.
pub(super) fn add(document: &Document, items: &mut [Item]) {
    let operations = spec::operations(document);
    let blocks = items.iter_mut().filter_map(|item| match item {
        Item::Impl(block) if block.trait_.is_none() => Some(block),
        _ => None,
    });
    for item in blocks.flat_map(|block| &mut block.items) {
        let ImplItem::Fn(function) = item else { continue };
        if let Some(operation) = operations.iter().find(|operation| function.sig.ident == operation.id) {
            let paragraphs = paragraphs(document, operation);
            function.attrs.push(parse_quote! { #[doc = #paragraphs] });
        }
    }
}

fn paragraphs(document: &Document, operation: &Operation) -> String {
    let mut paragraphs = Vec::new();
    if operation.deprecated {
        paragraphs.push("Deprecated by the broker.".to_owned());
    }
    paragraphs.push(evidence(&operation.evidence));
    paragraphs.push(format!("{}{}", retry(&operation.retry), limit(operation)));
    paragraphs.extend(carried(document, operation));
    paragraphs.push(format!("# Errors\n{}", errors(&operation.responses)));
    paragraphs.push(ERRORS.to_owned());
    format!("\n{}", paragraphs.join("\n\n"))
}

const ERRORS: &str = "A status without a kind means what its class does, and the broker's own codes win over the \
                      status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).";

fn evidence(word: &str) -> String {
    let meaning = match word {
        "documented" => "the broker's documentation states it",
        "observed" => "observed in traffic or in the broker's own client",
        _ => "no source states it; it is our best reading",
    };
    format!("Evidence: {word}; {meaning}.")
}

fn retry(class: &str) -> String {
    let meaning = match class {
        "safe" => "May be repeated",
        "unsent" => "Is repeated only if the request provably never left",
        _ => "Is never repeated",
    };
    format!("{meaning} (retry class `{class}`).")
}

fn limit(operation: &Operation) -> String {
    let of = |count: u64, what: &str| match count {
        1 => format!("one {what}"),
        _ => format!("{count} {what}s"),
    };
    operation.rate_limit.map_or_else(String::new, |limit| {
        let (requests, time) = (of(limit.requests.into(), "request"), of(limit.seconds, "second"));
        format!(" The broker accepts {requests} in {time}.")
    })
}

/// The headers that identify the caller. The transport adds them, so they are not parameters.
fn carried(document: &Document, operation: &Operation) -> Option<String> {
    let schemes = document.value().pointer("/components/securitySchemes");
    let header = |name: &String| {
        let scheme = schemes?.get(name)?;
        let own = scheme.get("name").and_then(Value::as_str);
        Some(format!("`{}`", own.unwrap_or("Authorization")))
    };
    let headers: Vec<String> = operation.security.iter().filter_map(header).collect();
    let (last, others) = headers.split_last()?;
    let list = match others {
        [] => format!("the header {last}"),
        _ => format!("the headers {} and {last}", others.join(", ")),
    };
    Some(format!("Carries {list}, which the transport supplies."))
}

/// A line for each status that is a failure or may be one.
fn errors(responses: &[Response]) -> String {
    let lines = responses.iter().filter_map(|response| {
        let kinds = kinds(response);
        let is_success = (200..300).contains(&response.status);
        let description = response.description.trim().replace('\n', "\n  ");
        match (is_success, kinds.is_empty()) {
            (true, true) => None,
            (true, false) => Some(format!("- {}, with a failure in the body: {kinds}.", response.status)),
            (false, true) => Some(format!("- {}: {description}", response.status)),
            (false, false) => Some(format!("- {}, {kinds}: {description}", response.status)),
        }
    });
    lines.map(|line| format!("\n{line}")).collect()
}

/// The kinds of error that the spec names for a response and for its examples.
fn kinds(response: &Response) -> String {
    let examples = response.content.iter().flat_map(|media| &media.examples);
    let of_examples: BTreeSet<&str> = examples.filter_map(|example| example.kind.as_deref()).collect();
    let others = of_examples.into_iter().filter(|kind| response.kind.as_deref() != Some(kind));
    let all = response.kind.as_deref().into_iter().chain(others);
    let links = all
        .map(|kind| format!("[`{kind}`](broker_session_runtime::ErrorKind::{})", kind.to_upper_camel_case()));
    links.collect::<Vec<_>>().join(" or ")
}
