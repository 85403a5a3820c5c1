//! Calls by name: how contract tests walk a spec without listing its operations.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{FnArg, Pat, Type};

use super::{client::Client, decoding::within};
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
            let (key, of) = (wire_name(operation, &ident.to_string()), annotation(given));
            quote! { let #ident #of = argument(arguments, #key)?; }
        });
        let passed = parameters.iter().map(|(ident, given)| match (given, reference(given)) {
            (Type::Reference(_), _) => quote! { &#ident },
            (_, Some(to)) if is_str(to) => quote! { #ident.as_deref() },
            (_, Some(_)) => quote! { #ident.as_ref() },
            (_, None) => quote! { #ident },
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

            /// The JSON schema of every generated type, by the name of its schema in the spec.
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

/// The type to decode an argument into, where the method's parameter does not decide it.
fn annotation(given: &Type) -> Option<TokenStream> {
    let to = reference(given)?;
    let owned = if is_str(to) {
        quote! { String }
    } else {
        quote! { #to }
    };
    match given {
        Type::Reference(_) => is_str(to).then(|| quote! { : String }),
        _ => Some(quote! { : Option<#owned> }),
    }
}

/// What a reference is to, or an optional one.
fn reference(given: &Type) -> Option<&Type> {
    match within("Option", given).unwrap_or(given) {
        Type::Reference(reference) => Some(&reference.elem),
        _ => None,
    }
}

fn is_str(given: &Type) -> bool {
    matches!(given, Type::Path(path) if path.path.is_ident("str"))
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
