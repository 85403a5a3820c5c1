//! Generates the client and its types with progenitor.

use std::{
    cell::Cell,
    collections::BTreeMap,
    panic::{self, AssertUnwindSafe, catch_unwind},
    sync::Once,
};

use openapiv3::OpenAPI;
use proc_macro2::{Group, Literal, TokenStream, TokenTree};
use progenitor_impl::{GenerationSettings, Generator, HooksMode, InterfaceStyle};
use quote::{ToTokens, quote};
use schemars_08::schema::{InstanceType, SchemaObject};
use syn::{ExprPath, Ident, ImplItem, ImplItemFn, Item, LitStr, parse_quote, visit_mut::VisitMut};

use super::{
    cleaning, decoding, documentation, short_paths,
    simplified::{Simplified, simplify},
};
use crate::{Document, Problem, Problems, spec};

/// The output of progenitor for a spec.
pub(super) struct Client {
    /// The client and the module `types`.
    pub(super) code: TokenStream,
    /// The typed mocks.
    pub(super) mock: TokenStream,
    /// The method of each operation, by its id.
    pub(super) methods: BTreeMap<String, ImplItemFn>,
    /// The names of the types in the module `types`.
    pub(super) types: Vec<String>,
}

/// Generates the client.
pub(super) fn generate(document: &Document) -> Result<Client, Problems> {
    let Simplified { openapi, envelopes } = &simplify(document)?;
    let tokens = run(openapi, |generator, openapi| generator.generate_tokens(openapi))
        .map_err(|why| blame(document, &why))?;
    let mock = run(openapi, |generator, openapi| generator.httpmock(openapi, "crate"))
        .map_err(|why| blame(document, &why))?;
    let mut file: syn::File = syn::parse2(tokens).map_err(|error| blame(document, &error.to_string()))?;
    for item in &mut file.items {
        if let Item::Mod(module) = item
            && module.ident == "types"
            && let Some((_, items)) = &mut module.content
        {
            let added = decoding::add(document, envelopes, items).and_then(|()| cleaning::add(items));
            added.map_err(|error| blame(document, &error.to_string()))?;
            short_paths::leave_out_parsing(items);
            short_paths::shorten(items);
        }
    }
    // Its client would follow redirects and has a deadline of its own.
    remove_constructor(&mut file.items);
    // The transport has decoded the body already.
    TakeDecoded.visit_file_mut(&mut file);
    documentation::add(document, &mut file.items);
    Ok(Client {
        methods: methods(&file.items),
        types: types(&file.items),
        code: file.to_token_stream(),
        mock: with_any_base_path(mock),
    })
}

fn settings() -> GenerationSettings {
    let secret = SchemaObject {
        instance_type: Some(InstanceType::String.into()),
        format: Some("password".to_owned()),
        ..SchemaObject::default()
    };
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote! { broker_session_runtime::Transport })
        .with_derive("PartialEq")
        .with_derive("schemars::JsonSchema")
        .with_map_type("std::collections::BTreeMap")
        .with_conversion(secret, "broker_session_runtime::SerializableSecret", std::iter::empty());
    settings
}

/// Runs progenitor. Its error, or the message of its panic, is a string.
fn run(
    openapi: &OpenAPI,
    work: fn(&mut Generator, &OpenAPI) -> progenitor_impl::Result<TokenStream>,
) -> Result<TokenStream, String> {
    caught(|| work(&mut Generator::new(&settings()), openapi))?.map_err(|error| error.to_string())
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`. If it panics, returns the message and prints nothing: progenitor asserts what it does not support, and a
/// maintainer needs the place in the spec, not a backtrace.
fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = panic::take_hook();
        // All threads share the hook, so it stays installed and checks a flag of the thread.
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                previous(info);
            }
        }));
    });
    QUIET.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    QUIET.set(false);
    outcome.map_err(|payload| {
        let message = payload.downcast_ref::<String>().map(String::as_str);
        message.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no reason given").to_owned()
    })
}

/// progenitor does not report the part of the spec that it does not support, so this tries each part alone.
fn blame(document: &Document, why: &str) -> Problems {
    let fails =
        |openapi: &OpenAPI| run(openapi, |generator, openapi| generator.generate_tokens(openapi)).err();
    let problem = |pointer: &str, what: String, why: &str| {
        Problems::from(document.problem(
            "progenitor",
            pointer,
            what,
            format!("progenitor reports: {}", why.lines().next().unwrap_or_default()),
            "Describe it in a simpler way; the other rules of `cargo xtask lint` name the forms that work.",
        ))
    };
    let whole = match simplify(document) {
        Ok(simplified) => simplified.openapi,
        Err(problems) => return problems,
    };
    let mut alone = whole.clone();
    alone.paths.paths.clear();
    if fails(&alone).is_some() {
        for name in spec::schemas(document) {
            let mut one = alone.clone();
            if let Some(components) = &mut one.components {
                components.schemas.retain(|known, _| *known == name);
            }
            if let Some(why) = fails(&one) {
                let pointer = format!("/components/schemas/{}", spec::escape(&name));
                return problem(&pointer, format!("The schema `{name}` cannot be generated."), &why);
            }
        }
        return problem("/components/schemas", "The schemas cannot be generated together.".to_owned(), why);
    }
    for operation in spec::operations(document) {
        let mut one = whole.clone();
        one.paths.paths.retain(|path, _| *path == operation.path);
        for (_, item) in &mut one.paths.paths {
            if let openapiv3::ReferenceOr::Item(item) = item {
                only(item, &operation.id);
            }
        }
        if let Some(why) = fails(&one) {
            let method = operation.method.to_ascii_lowercase();
            let pointer = format!("/paths/{}/{method}", spec::escape(&operation.path));
            return problem(&pointer, format!("The operation `{}` cannot be generated.", operation.id), &why);
        }
    }
    Problems::from(Problem::new(
        "progenitor",
        document.name(),
        "The client cannot be generated, although each of its operations and schemas can.",
        format!("progenitor reports: {}", why.lines().next().unwrap_or_default()),
        "Look for two names that become the same in Rust.",
    ))
}

/// Leaves one operation in a path item.
fn only(item: &mut openapiv3::PathItem, id: &str) {
    let all = [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
        &mut item.options,
        &mut item.head,
        &mut item.patch,
        &mut item.trace,
    ];
    for operation in all {
        if operation.as_ref().is_some_and(|operation| operation.operation_id.as_deref() != Some(id)) {
            *operation = None;
        }
    }
}

fn remove_constructor(items: &mut [Item]) {
    for item in items {
        if let Item::Impl(block) = item {
            block.items.retain(|item| !matches!(item, ImplItem::Fn(function) if function.sig.ident == "new"));
        }
    }
}

/// Replaces `ResponseValue::from_response(response)`, which would decode the body.
struct TakeDecoded;

impl VisitMut for TakeDecoded {
    fn visit_expr_path_mut(&mut self, path: &mut ExprPath) {
        if path.path.segments.last().is_some_and(|last| last.ident == "from_response") {
            *path = parse_quote! { broker_session_runtime::decoded };
        }
    }
}

/// progenitor's mocks expect the API at the root of a server; ours are served below a base path as well.
fn with_any_base_path(mock: TokenStream) -> TokenStream {
    mock.into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => {
                let inner = with_any_base_path(group.stream());
                TokenTree::Group(Group::new(group.delimiter(), inner))
            }
            TokenTree::Literal(literal) => match syn::parse_str::<LitStr>(&literal.to_string()) {
                Ok(text) if text.value().starts_with("^/") => {
                    TokenTree::Literal(Literal::string(text.value().trim_start_matches('^')))
                }
                _ => TokenTree::Literal(literal),
            },
            other => other,
        })
        .collect()
}

fn methods(items: &[Item]) -> BTreeMap<String, ImplItemFn> {
    let blocks = items.iter().filter_map(|item| match item {
        Item::Impl(block) if block.trait_.is_none() => Some(block),
        _ => None,
    });
    let functions = blocks.flat_map(|block| &block.items).filter_map(|item| match item {
        ImplItem::Fn(function) if function.sig.asyncness.is_some() => Some(function),
        _ => None,
    });
    functions.map(|function| (function.sig.ident.to_string(), function.clone())).collect()
}

fn types(items: &[Item]) -> Vec<String> {
    let inside = items.iter().filter_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content.as_ref(),
        _ => None,
    });
    inside.flat_map(|(_, items)| type_names(items)).map(Ident::to_string).collect()
}

/// The names of the types among these items.
pub(super) fn type_names(items: &[Item]) -> impl Iterator<Item = &Ident> {
    items.iter().filter_map(|item| match item {
        Item::Struct(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        _ => None,
    })
}
