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
            let is_object = objects.contains(&innermost(&field.ty));
            field.attrs.extend(match (is_optional(&field.ty), is_object) {
                (true, true) => Some(parse_quote! {
                    #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
                }),
                (true, false) => Some(parse_quote! {
                    #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                }),
                (false, true) => Some(parse_quote! {
                    #[serde(deserialize_with = "broker_session_runtime::object")]
                }),
                (false, false) => None,
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

/// The name of a type, or of what is in its `Option`.
fn innermost(of: &Type) -> String {
    let Type::Path(path) = of else { return String::new() };
    let Some(last) = path.path.segments.last() else { return String::new() };
    match &last.arguments {
        PathArguments::AngleBracketed(list) if last.ident == "Option" => match list.args.first() {
            Some(GenericArgument::Type(inner)) => innermost(inner),
            _ => String::new(),
        },
        _ => last.ident.to_string(),
    }
}

/// Whether a type is an `Option`.
pub(super) fn is_optional(of: &Type) -> bool {
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
