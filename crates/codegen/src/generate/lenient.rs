//! Members of answers that nobody needs.
//!
//! A broker that sends a number where it documents a string must not cost a sign-in that is already live. An
//! optional member of an answer that does not fit is therefore left out; what the flow cannot go on without
//! is required in the spec, and stays strict. So does everything that is sent.
//!
//! Where an object is meant, only an object will do: serde would also fill a type from a list, and of one
//! whose members are all optional an empty list would make an empty success.

use std::collections::BTreeSet;

use serde_json::Value;
use syn::{Fields, GenericArgument, Item, PathArguments, Type, parse_quote};

use crate::{Document, spec};

/// Lets the optional members of answers be left out when they do not fit.
pub(super) fn tolerate_odd_members(document: &Document, items: &mut [Item]) {
    let requests = requests(document);
    let objects = objects(items);
    for item in items {
        let Item::Struct(item) = item else { continue };
        if requests.contains(&item.ident.to_string()) {
            continue;
        }
        let Fields::Named(fields) = &mut item.fields else { continue };
        for field in &mut fields.named {
            let inner = within("Option", &field.ty);
            let value = inner.unwrap_or(&field.ty);
            let reader = match within("Vec", value) {
                Some(item) if objects.contains(&name(item)) => Some("objects"),
                _ if objects.contains(&name(value)) => Some("object"),
                _ => None,
            };
            field.attrs.extend(match (inner, reader) {
                (Some(_), reader) => {
                    let reader = reader.map_or_else(String::new, |reader| format!("_{reader}"));
                    let path = format!("broker_session_runtime::lenient{reader}");
                    Some(parse_quote! { #[serde(default, deserialize_with = #path)] })
                }
                (None, Some(reader)) => {
                    let path = format!("broker_session_runtime::{reader}");
                    Some(parse_quote! { #[serde(deserialize_with = #path)] })
                }
                (None, None) => None,
            });
        }
    }
}

/// The names of the types that are objects on the wire.
fn objects(items: &[Item]) -> BTreeSet<String> {
    let structs = items.iter().filter_map(|item| match item {
        Item::Struct(item) if matches!(item.fields, Fields::Named(_)) => Some(item.ident.to_string()),
        _ => None,
    });
    structs.collect()
}

/// The last name in the path of a type.
fn name(of: &Type) -> String {
    let Type::Path(path) = of else { return String::new() };
    path.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default()
}

/// What is in an `Option` or a `Vec`, if the type is one.
fn within<'a>(container: &str, of: &'a Type) -> Option<&'a Type> {
    let Type::Path(path) = of else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == container)?;
    match &last.arguments {
        PathArguments::AngleBracketed(list) => match list.args.first()? {
            GenericArgument::Type(inner) => Some(inner),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a type is an `Option`.
pub(super) fn is_optional(of: &Type) -> bool {
    within("Option", of).is_some()
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
