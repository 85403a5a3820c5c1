//! Answers that come in several forms.
//!
//! A spec lists the forms under `anyOf`, and the first one whose required members are all there, and not
//! null, is meant.
//! serde's untagged enums go further down the list when a form does not decode; then a form without
//! required members takes anything, and a fault of an odd shape comes out as an empty success. So the
//! decoder is written here.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;
use syn::{Attribute, Item, ItemEnum, Path, Token, punctuated::Punctuated};

use crate::Document;

/// Gives the enums of `anyOf` schemas their decoder.
pub(super) fn decode_by_required_members(document: &Document, items: &mut Vec<Item>) -> syn::Result<()> {
    let mut decoders = Vec::new();
    for item in items.iter_mut() {
        let Item::Enum(item) = item else { continue };
        let pointer = format!("/components/schemas/{}/anyOf", item.ident);
        let Some(forms) = document.value().pointer(&pointer).and_then(Value::as_array) else { continue };
        let required: Vec<Vec<String>> =
            (0..forms.len()).map(|index| required(document, &format!("{pointer}/{index}"))).collect();
        if required.len() == item.variants.len() {
            remove_derived_decoder(&mut item.attrs)?;
            decoders.push(syn::parse2(decoder(item, &required))?);
        }
    }
    items.extend(decoders);
    Ok(())
}

/// The required members of a form.
fn required(document: &Document, pointer: &str) -> Vec<String> {
    let schema = document.resolve(pointer);
    let names = schema.and_then(|(_, schema)| schema.get("required")).and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Takes `Deserialize` out of what is derived.
pub(super) fn remove_derived_decoder(attributes: &mut [Attribute]) -> syn::Result<()> {
    for attribute in attributes.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        let derived = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)?;
        let is_decoder = |path: &Path| path.segments.last().is_some_and(|last| last.ident == "Deserialize");
        let others = derived.into_iter().filter(|path| !is_decoder(path));
        *attribute = syn::parse_quote! { #[derive(#(#others),*)] };
    }
    Ok(())
}

fn decoder(item: &ItemEnum, required: &[Vec<String>]) -> TokenStream {
    let name = &item.ident;
    let decode = |variant: &syn::Variant| {
        let variant = &variant.ident;
        quote! { value.read().map(Self::#variant).map_err(D::Error::custom) }
    };
    let forms: Vec<_> = item.variants.iter().zip(required).collect();
    let choices = forms.iter().take_while(|(_, required)| !required.is_empty()).map(|(variant, required)| {
        let decode = decode(variant);
        quote! {
            if #(broker_session_runtime::has(&value, #required))&&* {
                return #decode;
            }
        }
    });
    // A form without required members takes what no form before it has taken, and leaves nothing over.
    let last = match forms.iter().find(|(_, required)| required.is_empty()) {
        Some((variant, _)) => decode(variant),
        None => quote! { Err(D::Error::custom("none of the forms has all its required members")) },
    };
    quote! {
        impl<'de> ::serde::Deserialize<'de> for #name {
            /// The first form whose required members are all there is meant.
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                use ::serde::de::Error as _;
                let value: broker_session_runtime::Json = broker_session_runtime::object(deserializer)?;
                #(#choices)*
                #last
            }
        }
    }
}
