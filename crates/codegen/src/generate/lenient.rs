//! Members of answers that nobody needs.
//!
//! A broker that sends a number where it documents a string must not cost a sign-in that is already live. An
//! optional member of an answer that does not fit is therefore left out; what the flow cannot go on without
//! is required in the spec, and stays strict. So does everything that is sent.

use std::collections::BTreeSet;

use serde_json::Value;
use syn::{Fields, Item, Type, parse_quote};

use crate::{Document, spec};

/// Lets the optional members of answers be left out when they do not fit.
pub(super) fn tolerate_odd_members(document: &Document, items: &mut [Item]) {
    let requests = requests(document);
    for item in items {
        let Item::Struct(item) = item else { continue };
        if requests.contains(&item.ident.to_string()) {
            continue;
        }
        let Fields::Named(fields) = &mut item.fields else { continue };
        for field in fields.named.iter_mut().filter(|field| is_optional(&field.ty)) {
            field.attrs.push(parse_quote! {
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
            });
        }
    }
}

fn is_optional(of: &Type) -> bool {
    let Type::Path(path) = of else { return false };
    path.path.segments.last().is_some_and(|last| last.ident == "Option")
}

/// The names of the schemas that requests are made of.
fn requests(document: &Document) -> BTreeSet<String> {
    let bodies = spec::operations(document).into_iter().filter_map(|operation| operation.body);
    let mut open: Vec<String> = bodies.map(|body| body.schema).collect();
    let mut names = BTreeSet::new();
    while let Some(pointer) = open.pop() {
        let Some((pointer, schema)) = document.resolve(&pointer) else { continue };
        let name = pointer.rsplit('/').next().unwrap_or_default();
        if names.insert(name.to_owned()) {
            references(schema, &mut open);
        }
    }
    names
}

/// Every reference in a schema.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}
