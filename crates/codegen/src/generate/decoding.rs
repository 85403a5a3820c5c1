//! How the generated types read what a broker sends.
//!
//! A broker that sends a number in place of a documented string must not break a sign-in. An optional property of a
//! response that does not fit is therefore left out. Properties that the flow needs are required in the spec, and stay
//! strict. Requests are strict, too.
//!
//! Only an object decodes into a type. serde would also accept a list, and an empty list would become an empty success of
//! a type with optional properties only.
//!
//! Properties with several spellings (`x-aliases`) and types in an envelope (`x-envelope`) are normalised first. serde's
//! own aliases refuse a response with two of the spellings.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;
use syn::{Fields, GenericArgument, Item, PathArguments, Type, parse_quote};

use super::simplified::references;
use crate::{Document, spec};

/// Adds the attributes and the decoders to the generated types.
pub(super) fn add(
    document: &Document,
    envelopes: &BTreeMap<String, Vec<String>>,
    items: &mut Vec<Item>,
) -> syn::Result<()> {
    tolerate_odd_values(document, items);
    let mut decoders = Vec::new();
    for item in items.iter_mut() {
        let Item::Struct(item) = item else { continue };
        let name = item.ident.to_string();
        let aliases = aliases(document, &name);
        let envelopes = envelopes.get(&name).map(Vec::as_slice).unwrap_or_default();
        if !aliases.is_empty() || !envelopes.is_empty() {
            // The derived code becomes functions of the type, and the traits call them.
            item.attrs.push(parse_quote! { #[serde(remote = #name)] });
            decoders.push(syn::parse2(decoder(&item.ident, envelopes, &aliases))?);
        }
    }
    items.extend(decoders);
    Ok(())
}

fn decoder(name: &syn::Ident, envelopes: &[String], aliases: &[(&str, Vec<&str>)]) -> TokenStream {
    let aliases = aliases.iter().map(|(name, others)| quote! { #name #(| #others)* });
    quote! { broker_session_runtime::read_normalized!(#name, [#(#envelopes),*], [#(#aliases),*]); }
}

/// The properties of a component schema that have aliases, with the aliases.
fn aliases<'a>(document: &'a Document, schema: &str) -> Vec<(&'a str, Vec<&'a str>)> {
    let pointer = format!("/components/schemas/{schema}/properties");
    let properties = document.value().pointer(&pointer).and_then(Value::as_object).into_iter().flatten();
    let with_others = properties.filter_map(|(name, property)| {
        let others = property.get("x-aliases")?.as_array()?;
        Some((name.as_str(), others.iter().filter_map(Value::as_str).collect()))
    });
    with_others.collect()
}

/// Lets optional properties of responses be left out when they do not fit.
fn tolerate_odd_values(document: &Document, items: &mut [Item]) {
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

/// The type in an `Option` or a `Vec`, if the type is one.
pub(super) fn within<'a>(container: &str, of: &'a Type) -> Option<&'a Type> {
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

/// The names of the schemas in requests.
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
