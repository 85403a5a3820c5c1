//! A spec as progenitor can take it.

use openapiv3::OpenAPI;
use serde_json::Value;

use crate::Document;

/// The document with `anyOf` as `oneOf`, without redirects, and with nothing at a secret but that it is one.
///
/// `anyOf` lists forms of which the first that fits is meant; that is what progenitor makes of `oneOf`, while
/// it would make a mixture of all forms from `anyOf`. A redirect is never followed and has no type, so that
/// it stands in the table of statuses only.
pub(super) fn for_progenitor(document: &Document) -> OpenAPI {
    let mut value = document.value().clone();
    if let Some(schemas) = value.pointer_mut("/components/schemas") {
        rename_any_of(schemas);
    }
    if let Some(paths) = value.get_mut("paths").and_then(Value::as_object_mut) {
        let operations =
            paths.values_mut().filter_map(Value::as_object_mut).flat_map(|item| item.values_mut());
        let responses = operations.filter_map(|operation| operation.get_mut("responses")?.as_object_mut());
        responses.for_each(|responses| responses.retain(|status, _| !status.starts_with('3')));
    }
    only_secret(&mut value);
    // The document has been read once, and neither a renamed nor a missing member changes that.
    serde_json::from_value(value).unwrap_or_else(|_| document.openapi().clone())
}

/// progenitor knows a secret by its schema as a whole: one with an extension, or one that may be null, would
/// silently become a plain text. (An optional member may be null in any case.)
fn only_secret(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if members.get("format").and_then(Value::as_str) == Some("password") {
                members.retain(|name, _| matches!(name.as_str(), "type" | "format" | "description"));
            }
            members.values_mut().for_each(only_secret);
        }
        Value::Array(items) => items.iter_mut().for_each(only_secret),
        _ => {}
    }
}

fn rename_any_of(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(forms) = members.remove("anyOf") {
                members.insert("oneOf".to_owned(), forms);
            }
            members.values_mut().for_each(rename_any_of);
        }
        Value::Array(items) => items.iter_mut().for_each(rename_any_of),
        _ => {}
    }
}
