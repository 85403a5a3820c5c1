//! Members that have been seen in several spellings (`x-aliases`).
//!
//! serde's aliases refuse an answer that holds two of the spellings at once. An optional member is therefore
//! read under each of them, and the first that is there and not null is meant; the proper name comes first.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Attribute, Field, Item, ItemStruct, parse_quote};

use super::{forms::remove_derived_decoder, lenient::is_optional};
use crate::Document;

/// Lets members be read under the other names that their schemas list in `x-aliases`.
pub(super) fn read_other_spellings(document: &Document, items: &mut Vec<Item>) -> syn::Result<()> {
    let mut decoders = Vec::new();
    for item in items.iter_mut() {
        let Item::Struct(item) = item else { continue };
        let pointer = format!("/components/schemas/{}/properties", item.ident);
        let Some(properties) = document.value().pointer(&pointer) else { continue };
        let mut several = false;
        for field in &mut item.fields {
            let aliases = aliases(properties, field);
            if is_optional(&field.ty) {
                several |= !aliases.is_empty();
            } else {
                // Of one that must be there, two spellings are more than anybody can understand.
                field.attrs.extend(aliases.iter().map(|alias| parse_quote! { #[serde(alias = #alias)] }));
            }
        }
        if several {
            decoders.push(syn::parse2(decoder(item, properties))?);
            remove_derived_decoder(&mut item.attrs)?;
        }
    }
    items.extend(decoders);
    Ok(())
}

/// The decoder: a type with a field for every spelling, and the way from it to the real one.
fn decoder(item: &ItemStruct, properties: &Value) -> TokenStream {
    let name = &item.ident;
    // What a message calls the type that somebody asked for.
    let shown = format!("struct {name}");
    let mut all = Vec::new();
    let mut members = Vec::new();
    for field in &item.fields {
        let Some(ident) = &field.ident else { continue };
        let aliases = if is_optional(&field.ty) { aliases(properties, field) } else { Vec::new() };
        let others = aliases.iter().enumerate().map(|(index, alias)| Field {
            ident: Some(format_ident!("{ident}_{index}")),
            attrs: as_alias(&field.attrs, alias),
            ..field.clone()
        });
        let others: Vec<Field> = others.collect();
        let spellings = others.iter().map(|other| &other.ident);
        members.push(quote! { #ident: all.#ident #(.or(all.#spellings))* });
        all.push(Field { attrs: of_serde(&field.attrs).cloned().collect(), ..field.clone() });
        all.extend(others);
    }
    quote! {
        impl<'de> ::serde::Deserialize<'de> for #name {
            /// Of several spellings of a member the first that is there, and not null, is meant.
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                #[derive(::serde::Deserialize)]
                #[serde(expecting = #shown)]
                struct AllSpellings {
                    #(#all),*
                }
                let all: AllSpellings = ::serde::Deserialize::deserialize(deserializer)?;
                Ok(Self { #(#members),* })
            }
        }
    }
}

/// The other names of a member.
fn aliases(properties: &Value, field: &Field) -> Vec<String> {
    let property = wire_name(field).and_then(|name| properties.get(name));
    let aliases = property.and_then(|property| property.get("x-aliases")).and_then(Value::as_array);
    aliases.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The attributes of a field for another name: the way to decode it stays.
fn as_alias(attributes: &[Attribute], alias: &str) -> Vec<Attribute> {
    let decodes = |attribute: &&Attribute| quote! { #attribute }.to_string().contains("deserialize_with");
    let mut kept: Vec<Attribute> = of_serde(attributes).filter(decodes).cloned().collect();
    kept.push(parse_quote! { #[serde(rename = #alias)] });
    kept
}

fn of_serde(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("serde"))
}

/// The name of a field on the wire.
fn wire_name(field: &Field) -> Option<String> {
    let mut name = field.ident.as_ref()?.to_string();
    for attribute in of_serde(&field.attrs) {
        // Other arguments (`default = "..."`) may stop the walk; the name found before stays.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                name = meta.value()?.parse::<syn::LitStr>()?.value();
            } else if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<syn::Expr>()?;
            }
            Ok(())
        });
    }
    Some(name)
}
