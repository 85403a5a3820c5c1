//! How the generated types clean their strings (`broker_session_runtime::Clean`).

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, Index, Item, Member};

/// Adds the implementation of the trait for each type.
pub(super) fn add(items: &mut Vec<Item>) -> syn::Result<()> {
    let implementations: TokenStream = items.iter().filter_map(implementation).collect();
    let file: syn::File = syn::parse2(implementations)?;
    items.extend(file.items);
    Ok(())
}

fn implementation(item: &Item) -> Option<TokenStream> {
    match item {
        Item::Struct(item) => {
            let name = &item.ident;
            let fields = item.fields.iter().enumerate().map(|(index, field)| match &field.ident {
                Some(name) => Member::Named(name.clone()),
                None => Member::Unnamed(Index::from(index)),
            });
            Some(quote! { broker_session_runtime::clean_fields!(#name #(, #fields)*); })
        }
        Item::Enum(item) => {
            let name = &item.ident;
            if item.variants.iter().all(|variant| variant.fields.is_empty()) {
                return Some(quote! { broker_session_runtime::clean_fields!(#name); });
            }
            // A variant is a name, or holds one value.
            let arms = item.variants.iter().map(|variant| {
                let name = &variant.ident;
                match &variant.fields {
                    Fields::Unit => quote! { Self::#name => {} },
                    _ => {
                        quote! { Self::#name(value) => broker_session_runtime::Clean::clean(value, secrets), }
                    }
                }
            });
            Some(quote! {
                impl broker_session_runtime::Clean for #name {
                    fn clean(&mut self, secrets: &broker_session_runtime::Secrets) {
                        match self { #(#arms)* }
                    }
                }
            })
        }
        _ => None,
    }
}
