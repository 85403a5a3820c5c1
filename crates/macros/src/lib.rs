//! Derives the blocking form of `broker-session` from its `impl` blocks, so that no signature is written twice.

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::quote;
use syn::{
    Attribute, Error, Expr, ExprLit, FnArg, GenericArgument, Ident, ImplItem, ImplItemFn, ItemImpl, Lit,
    Meta, Pat, PathArguments, ReceiverKind, Result, ReturnType, Type, Visibility, parse_macro_input,
};

/// The types that have a blocking form, by the last part of their path. In a public signature these names mean no other
/// type, unless it is borrowed.
const TYPES: [&str; 18] = [
    "Client",
    "ClientBuilder",
    "Initialized",
    "Lease",
    "Pending",
    "Receiver",
    "Response",
    "Session",
    "SessionProvider",
    "SessionProviderBuilder",
    "SessionRequest",
    "SharedSession",
    "SignIn",
    "StoredSession",
    "Supervisor",
    "SupervisorBuilder",
    "Totp",
    "ViewSession",
];

/// An enum of such types, which has a counterpart of its own.
const ENUM: &str = "Turn";

/// Leaves an `impl` block of a type as it is, and adds one of `Blocking<Type>`, for the public functions that `Deref` alone
/// does not make usable: those that are async, take no reference to `self`, or have a type with a blocking form in their
/// signature.
///
/// What is async or can fail runs in the runtime of `broker_session::blocking`, and returns a `Result`.
#[proc_macro_attribute]
pub fn blocking(_: TokenStream, block: TokenStream) -> TokenStream {
    let block = parse_macro_input!(block as ItemImpl);
    let blocking = blocking_impl(&block).unwrap_or_else(|error| error.to_compile_error());
    quote!(#block #blocking).into()
}

fn blocking_impl(block: &ItemImpl) -> Result<Tokens> {
    let of = &block.self_ty;
    let Some((name, _)) = last_part(of).filter(|(name, _)| TYPES.iter().any(|known| name == known)) else {
        return Err(Error::new_spanned(of, "`TYPES` in broker-session-macros does not list this type"));
    };
    let methods = block.items.iter().filter_map(|item| match item {
        ImplItem::Fn(method) if matches!(method.vis, Visibility::Public(_)) => {
            blocking_method(of, name, method).transpose()
        }
        _ => None,
    });
    let methods = methods.collect::<Result<Vec<_>>>()?;
    let (generics, _, bounds) = block.generics.split_for_impl();
    Ok(quote!(impl #generics crate::blocking::Blocking<#of> #bounds { #(#methods)* }))
}

/// The blocking form of a method, if it needs one.
fn blocking_method(of: &Type, of_name: &Ident, method: &ImplItemFn) -> Result<Option<Tokens>> {
    let (name, mut signature) = (&method.sig.ident, method.sig.clone());
    let is_async = signature.asyncness.take().is_some();
    signature.constness = None;
    let mut is_lent =
        signature.receiver().is_some_and(|receiver| matches!(receiver.kind, ReceiverKind::Reference(..)));
    let mut arguments = Vec::new();
    for input in &mut signature.inputs {
        match input {
            FnArg::Receiver(receiver) => receiver.mutability = None,
            FnArg::Typed(argument) => {
                if let Pat::Ident(pattern) = &mut *argument.pat {
                    pattern.mutability = None;
                }
                let name = &argument.pat;
                // Either form is taken.
                arguments.push(match blocking_form(&argument.ty, quote!(#name)) {
                    Some((blocking, value)) => {
                        *argument.ty = syn::parse2(quote!(impl Into<#blocking>))?;
                        is_lent = false;
                        quote!(#value.into_inner())
                    }
                    None => quote!(#name),
                });
            }
        }
    }
    let call = match signature.receiver() {
        Some(_) => quote!(self.0.#name(#(#arguments),*)),
        None => quote!(<#of>::#name(#(#arguments),*)),
    };
    let output = match &method.sig.output {
        ReturnType::Default => syn::parse2(quote!(()))?,
        ReturnType::Type(_, output) => (**output).clone(),
    };
    // Only a `Result` can say that nothing may block here.
    let is_result = last_part(&output).is_some_and(|(name, _)| name == "Result");
    let value = match (is_async, is_result) {
        (true, true) => quote!(crate::blocking::block_on(#call).flatten()),
        (true, false) => quote!(crate::blocking::block_on(#call)),
        (false, true) => quote!(crate::blocking::block_on(async move { #call }).flatten()),
        (false, false) => call,
    };
    let output = match is_async && !is_result {
        true => syn::parse2(quote!(Result<#output, crate::Error>))?,
        false => output,
    };
    let form = blocking_form(&output, value.clone());
    if is_lent && !is_async && form.is_none() {
        return Ok(None);
    }
    let (output, value) = form.unwrap_or((output, value));
    signature.output = syn::parse2(quote!(-> #output))?;
    let (doc, others) = documentation(&method.attrs);
    let see = format!("See [`{of_name}::{name}`], of which it is the blocking form.");
    Ok(Some(quote!(#(#others)* #[doc = #doc] #[doc = ""] #[doc = #see] pub #signature { #value })))
}

/// The blocking form of a type, if it has one, and what makes it of a value.
fn blocking_form(of: &Type, value: Tokens) -> Option<(Type, Tokens)> {
    let (name, inner) = last_part(of)?;
    let form = match name.to_string().as_str() {
        // It is the other one in the other `impl` block.
        "Self" => quote!(Self),
        ENUM => quote!(crate::blocking::shared_session::#name),
        name if TYPES.contains(&name) => quote!(crate::blocking::Blocking<#of>),
        "Option" | "Result" | "Vec" => {
            let (form, change) = blocking_form(inner?, quote!(value))?;
            let mut changed = of.clone();
            if let Type::Path(path) = &mut changed
                && let PathArguments::AngleBracketed(inner) = &mut path.path.segments.last_mut()?.arguments
            {
                *inner.args.first_mut()? = GenericArgument::Type(form);
            }
            let change = match name == "Vec" {
                true => quote!(#value.into_iter().map(|value| #change).collect()),
                false => quote!(#value.map(|value| #change)),
            };
            return Some((changed, change));
        }
        _ => return None,
    };
    Some((syn::parse2(form).ok()?, quote!(#value.into())))
}

/// The last part of a type's path, and its first argument.
fn last_part(of: &Type) -> Option<(&Ident, Option<&Type>)> {
    let Type::Path(path) = of else { return None };
    let last = path.path.segments.last()?;
    let inner = match &last.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.first(),
        _ => None,
    };
    let inner = inner.and_then(|inner| match inner {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    });
    Some((&last.ident, inner))
}

/// The first paragraph of a doc comment, without the examples, which are async; and all other attributes.
fn documentation(attributes: &[Attribute]) -> (String, Vec<&Attribute>) {
    let line = |attribute: &Attribute| match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => Some(line.value()),
            _ => None,
        },
        _ => None,
    };
    let paragraph = attributes.iter().filter_map(line).take_while(|line| !line.trim().is_empty());
    let others = attributes.iter().filter(|attribute| line(attribute).is_none());
    (paragraph.collect::<Vec<_>>().join("\n"), others.collect())
}
