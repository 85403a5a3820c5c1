//! The spec as a table: the `API` constant of a generated file.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{GenericArgument, PathArguments, ReturnType, Type};

use super::{client::Client, shapes::Shapes};
use crate::{Document, spec};

/// `pub static API`, and the module `shapes` that it refers to.
pub(super) fn table(document: &Document, client: &Client) -> TokenStream {
    let info = &document.openapi().info;
    let (title, version) = (&info.title, &info.version);
    let servers = spec::servers(document);
    let servers = servers.iter().map(server);
    let domains = spec::domains(document);
    let schemes = members(document, "/components/securitySchemes").map(|(name, scheme)| {
        let kind = match (text(scheme, "type"), text(scheme, "scheme")) {
            ("http", "basic") => quote! { Basic },
            ("http", _) => quote! { Bearer },
            _ => {
                let header = text(scheme, "name");
                quote! { Header(#header) }
            }
        };
        let secret = scheme.get("x-secret").and_then(Value::as_bool).unwrap_or(true);
        quote! { SecurityScheme { name: #name, kind: SecuritySchemeKind::#kind, secret: #secret } }
    });
    let codes = spec::error_codes(document.value());
    let codes = error_codes(&codes);
    let hints = spec::hints(document);
    let hints = hints.iter().map(hint);
    let rate_limit = optional(spec::rate_limit(document).map(rate_limit));
    let penalty = spec::penalty_seconds(document);
    let penalty = optional(penalty.map(|seconds| quote! { Duration::from_secs(#seconds) }));
    let operations = spec::operations(document);
    let mut shapes = Shapes::new(document);
    let operations: Vec<_> = operations
        .iter()
        .map(|operation| self::operation(document, client, operation, &mut shapes))
        .collect();
    let shapes = shapes.module();
    quote! {
        #shapes

        /// What this client was generated from.
        pub static API: broker_session_runtime::Api = {
            #[allow(unused_imports, reason = "generated; few specs need all of them")]
            use {
                broker_session_runtime::{
                    Api, Environment, ErrorCode, ErrorKind, Hint, Operation, RateLimit, Retry, SecurityScheme,
                    SecuritySchemeKind, Server, Shape, Status, fits, fits_nothing, fits_object,
                },
                shapes::*,
                std::time::Duration,
            };
            Api {
                title: #title,
                version: #version,
                servers: &[#(#servers),*],
                domains: &[#(#domains),*],
                security_schemes: &[#(#schemes),*],
                operations: &[#(#operations),*],
                error_codes: &[#(#codes),*],
                hints: &[#(#hints),*],
                rate_limit: #rate_limit,
                penalty: #penalty,
            }
        };
    }
}

fn operation(
    document: &Document,
    client: &Client,
    operation: &spec::Operation,
    shapes: &mut Shapes<'_>,
) -> TokenStream {
    let spec::Operation { id, method, path, security, .. } = operation;
    let retry = match operation.retry.as_str() {
        "safe" => quote! { Safe },
        "unsent" => quote! { Unsent },
        _ => quote! { Never },
    };
    let secret =
        operation.parameters.iter().filter(|parameter| parameter.secret && parameter.location == "header");
    let secret_headers = secret.map(|parameter| &parameter.name);
    let body = operation.body.as_ref();
    let secret_members = body.map(|body| spec::secret_members(document, &body.schema)).unwrap_or_default();
    let (success, failure) =
        client.methods.get(id).map(|method| outcome(&method.sig.output)).unwrap_or_default();
    let statuses = operation.responses.iter().map(|response| {
        let code = response.status;
        let kind = optional(response.kind.as_deref().map(error_kind));
        let typed = match code {
            200..=299 => &success,
            // What a redirect's body says is never looked at.
            300..=399 => &None,
            _ => &failure,
        };
        let fits = match typed.as_ref().filter(|_| !response.content.is_empty()) {
            Some(typed) if response.content.iter().any(|media| is_object(document, &media.schema)) => {
                quote! { fits_object::<#typed> }
            }
            Some(typed) => quote! { fits::<#typed> },
            None => quote! { fits_nothing },
        };
        let (may_be_empty, judges) = (response.may_be_empty, response.judges);
        let shape = optional(shapes.of(response));
        let success = response.success.iter().map(|(name, values)| quote! { (#name, &[#(#values),*]) });
        quote! {
            Status {
                code: #code,
                kind: #kind,
                fits: #fits,
                may_be_empty: #may_be_empty,
                judges: #judges,
                success: &[#(#success),*],
                shape: #shape
            }
        }
    });
    let statuses: Vec<_> = statuses.collect();
    let rate_limit = optional(operation.rate_limit.map(rate_limit));
    let servers = operation.servers.iter().map(server);
    let codes = error_codes(&operation.error_codes);
    let time_step = optional(operation.time_step.map(|seconds| quote! { Duration::from_secs(#seconds) }));
    quote! {
        Operation {
            id: #id,
            method: #method,
            path: #path,
            servers: &[#(#servers),*],
            retry: Retry::#retry,
            security: &[#(#security),*],
            secret_headers: &[#(#secret_headers),*],
            secret_members: &[#(#secret_members),*],
            statuses: &[#(#statuses),*],
            rate_limit: #rate_limit,
            error_codes: &[#(#codes),*],
            time_step: #time_step,
        }
    }
}

fn error_codes(codes: &[spec::ErrorCode]) -> impl Iterator<Item = TokenStream> {
    codes.iter().map(|spec::ErrorCode { code, kind, judges, meaning }| {
        let kind = error_kind(kind);
        quote! { ErrorCode { code: #code, kind: #kind, judges: #judges, meaning: #meaning } }
    })
}

fn hint(hint: &spec::Hint) -> TokenStream {
    let spec::Hint { statuses, codes, header, operations, text } = hint;
    let header = optional(header.as_ref().map(|(name, pattern)| quote! { (#name, #pattern) }));
    quote! {
        Hint {
            statuses: &[#(#statuses),*],
            codes: &[#(#codes),*],
            header: #header,
            operations: &[#(#operations),*],
            text: #text,
        }
    }
}

/// Whether the schema is an object's, and not one of several forms, which look at that themselves.
fn is_object(document: &Document, schema: &str) -> bool {
    let schema = document.resolve(schema).map(|(_, schema)| schema);
    schema.is_some_and(|schema| {
        schema.get("type").is_some_and(|of| of == "object") || schema.get("allOf").is_some()
    })
}

fn server(server: &spec::Server) -> TokenStream {
    let spec::Server { url, is_sandbox } = server;
    let environment = if *is_sandbox {
        quote! { Sandbox }
    } else {
        quote! { Production }
    };
    quote! { Server { url: #url, environment: Environment::#environment } }
}

/// The two types of `Result<ResponseValue<A>, Error<B>>`.
fn outcome(output: &ReturnType) -> (Option<Type>, Option<Type>) {
    let ReturnType::Type(_, result) = output else {
        return (None, None);
    };
    let mut sides = arguments(result).into_iter().map(|side| arguments(&side).into_iter().next());
    (sides.next().flatten(), sides.next().flatten())
}

/// The type arguments of a path type.
fn arguments(of: &Type) -> Vec<Type> {
    let Type::Path(path) = of else { return Vec::new() };
    match path.path.segments.last().map(|segment| &segment.arguments) {
        Some(PathArguments::AngleBracketed(list)) => list
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(argument) => Some(argument.clone()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn rate_limit(limit: spec::RateLimit) -> TokenStream {
    let spec::RateLimit { requests, seconds } = limit;
    quote! { RateLimit { requests: #requests, per: Duration::from_secs(#seconds) } }
}

fn optional(value: Option<TokenStream>) -> TokenStream {
    value.map_or_else(|| quote! { None }, |value| quote! { Some(#value) })
}

/// `second_factor` as `ErrorKind::SecondFactor`; the linter has checked the names.
fn error_kind(name: &str) -> TokenStream {
    let camel: String = name
        .split('_')
        .map(|word| {
            let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
            format!("{}{rest}", first.to_ascii_uppercase())
        })
        .collect();
    let variant = format_ident!("{camel}");
    quote! { ErrorKind::#variant }
}

/// The members of an object, or the items of an array with an empty name.
fn members<'a>(document: &'a Document, pointer: &str) -> Box<dyn Iterator<Item = (&'a str, &'a Value)> + 'a> {
    match document.value().pointer(pointer) {
        Some(Value::Object(members)) => Box::new(members.iter().map(|(name, value)| (name.as_str(), value))),
        Some(Value::Array(items)) => Box::new(items.iter().map(|value| ("", value))),
        _ => Box::new(std::iter::empty()),
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
