//! Calls by name: how contract tests walk a spec without listing its operations.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{FnArg, GenericArgument, Pat, PathArguments, Type};

use super::client::Client;
use crate::{Document, spec};

/// The module `contract`.
pub(super) fn calls(document: &Document, client: &Client) -> TokenStream {
    let operations = spec::operations(document);
    let arms = operations.iter().filter_map(|operation| {
        let method = client.methods.get(&operation.id)?;
        let parameters: Vec<_> = method.sig.inputs.iter().filter_map(parameter).collect();
        let id = &operation.id;
        let name = &method.sig.ident;
        let bindings = parameters.iter().map(|(ident, given)| {
            let (owned, optional) = owned(given);
            let key = wire_name(operation, &ident.to_string());
            match optional {
                true => quote! { let #ident: Option<#owned> = argument(arguments, #key)?; },
                false => quote! { let #ident: #owned = argument(arguments, #key)?; },
            }
        });
        let passed = parameters.iter().map(|(ident, given)| {
            let (reference, optional) = (is_reference(given), owned(given).1);
            match (reference, optional) {
                (true, true) => quote! { #ident.as_ref() },
                (true, false) => quote! { &#ident },
                (false, _) => quote! { #ident },
            }
        });
        Some(quote! {
            #id => {
                #(#bindings)*
                outcome(client.#name(#(#passed),*).await)
            }
        })
    });
    let schemas = spec::schemas(document);
    let schemas = schemas.iter().filter_map(|name| {
        let known = client.types.iter().find(|known| same(known, name))?;
        let known = format_ident!("{known}");
        Some(quote! { (#name, schemars::schema_for!(types::#known)) })
    });
    quote! {
        /// Calls by name, for tests that walk the spec.
        #[cfg(feature = "httpmock")]
        pub mod contract {
            use super::{Client, types};
            use broker_session_runtime::contract::{Outcome, argument, outcome, unknown};

            /// Calls the operation with this id. `arguments` holds the parameters by their names on the wire,
            /// and the request body as `body`.
            pub async fn call(client: &Client, operation: &str, arguments: &serde_json::Value) -> Result<Outcome, String> {
                match operation {
                    #(#arms)*
                    _ => unknown(operation),
                }
            }

            /// The JSON schema of every Rust type that a schema of the spec became, by the schema's name.
            pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
                vec![#(#schemas),*]
            }
        }
    }
}

fn parameter(argument: &FnArg) -> Option<(syn::Ident, Type)> {
    let FnArg::Typed(argument) = argument else {
        return None;
    };
    let Pat::Ident(pattern) = &*argument.pat else {
        return None;
    };
    Some((pattern.ident.clone(), (*argument.ty).clone()))
}

/// The type to decode an argument into, and whether it may be left out.
fn owned(given: &Type) -> (TokenStream, bool) {
    match given {
        Type::Reference(reference) => match &*reference.elem {
            Type::Path(path) if path.path.is_ident("str") => (quote! { String }, false),
            inner => (quote! { #inner }, false),
        },
        Type::Path(path) => match path.path.segments.last() {
            Some(last) if last.ident == "Option" => {
                let inner = match &last.arguments {
                    PathArguments::AngleBracketed(list) => list.args.first(),
                    _ => None,
                };
                match inner {
                    Some(GenericArgument::Type(inner)) => (owned(inner).0, true),
                    _ => (quote! { #given }, true),
                }
            }
            _ => (quote! { #given }, false),
        },
        _ => (quote! { #given }, false),
    }
}

fn is_reference(given: &Type) -> bool {
    let text = quote! { #given }.to_string();
    text.starts_with('&') || text.contains("< &")
}

/// The name on the wire of a Rust parameter.
fn wire_name(operation: &spec::Operation, ident: &str) -> String {
    let known = operation.parameters.iter().find(|parameter| same(&parameter.name, ident));
    known.map_or_else(|| ident.to_owned(), |parameter| parameter.name.clone())
}

/// Whether two names are the same but for case and separators, which is all that progenitor changes.
fn same(left: &str, right: &str) -> bool {
    let letters = |name: &str| {
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
    };
    letters(left) == letters(right)
}
