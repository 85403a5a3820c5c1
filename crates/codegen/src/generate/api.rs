//! The spec as a table: the `API` constant of a generated file.

use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use serde_json::Value;
use syn::{GenericArgument, PathArguments, ReturnType, Type};

use super::{
    client::Client,
    simplified::{Form, FormKind, forms},
};
use crate::{Document, spec};

/// `pub static API`.
pub(super) fn table(document: &Document, client: &Client) -> TokenStream {
    let info = &document.value()["info"];
    let (title, version) = (string(info, "title"), string(info, "version"));
    let servers = spec::servers(document);
    let servers = servers.iter().map(server);
    let domains = spec::domains(document);
    let schemes = fields(document, "/components/securitySchemes").map(|(name, scheme)| {
        let kind = match (string(scheme, "type"), string(scheme, "scheme")) {
            ("http", "basic") => quote! { Basic },
            ("http", _) => quote! { Bearer },
            _ => {
                let header = string(scheme, "name");
                quote! { Header(#header) }
            }
        };
        let secret = scheme.get("x-secret").and_then(Value::as_bool).unwrap_or(true);
        quote! { SecurityScheme { name: #name, kind: SecuritySchemeKind::#kind, secret: #secret } }
    });
    let codes = spec::error_codes(document.value());
    let codes = codes.iter().map(error_code);
    let hints = spec::hints(document);
    let hints = hints.iter().map(hint);
    let rate_limit = optional(spec::rate_limit(document).map(rate_limit));
    let penalty = spec::penalty_seconds(document);
    let penalty = optional(penalty.map(|seconds| quote! { Duration::from_secs(#seconds) }));
    let operations = spec::operations(document);
    let ids = operations.iter().map(|operation| constant(&operation.id));
    let table = operations.iter().map(|operation| self::operation(document, client, operation));
    quote! {
        #[allow(unused_imports, reason = "few specs need all of them")]
        use {
            broker_session_runtime::{
                Api, ErrorCode, ErrorKind::*, Fault, Hint, Operation, RateLimit, Retry, SecurityScheme,
                SecuritySchemeKind, Server, Status, decode, decode_nothing, decode_object,
            },
            std::time::Duration,
        };

        /// The ids of the operations.
        pub mod operations {
            #(#ids)*
        }

        /// The broker's own error codes.
        const ERROR_CODES: &[ErrorCode] = &[#(#codes),*];

        /// What this client was generated from.
        pub static API: Api = Api {
            title: #title,
            version: #version,
            servers: &[#(#servers),*],
            domains: &[#(#domains),*],
            security_schemes: &[#(#schemes),*],
            operations: &[#(#table),*],
            error_codes: ERROR_CODES,
            hints: &[#(#hints),*],
            rate_limit: #rate_limit,
            penalty: #penalty,
            document: if cfg!(feature = "drift") { Some(include_str!(env!("OPENAPI_DOCUMENT"))) } else { None },
        };
    }
}

/// `pub const LOGOUT: &str = "logout"`.
fn constant(id: &str) -> TokenStream {
    let (name, doc) = (format_ident!("{}", id.to_uppercase()), format!("`{id}`"));
    quote! {
        #[doc = #doc]
        pub const #name: &str = #id;
    }
}

fn operation(document: &Document, client: &Client, operation: &spec::Operation) -> TokenStream {
    let spec::Operation { id, method, path, security, .. } = operation;
    let retry = match operation.retry.as_str() {
        "safe" => quote! { Safe },
        "unsent" => quote! { Unsent },
        _ => quote! { Never },
    };
    let secret =
        operation.parameters.iter().filter(|parameter| parameter.secret && parameter.location == "header");
    let secret_headers = list("secret_headers", secret.map(|parameter| &parameter.name));
    let body = operation.body.as_ref();
    let secret_fields = body.map(|body| spec::secret_fields(document, &body.schema)).unwrap_or_default();
    let secret_fields = list("secret_fields", secret_fields);
    let success = client.methods.get(id).and_then(|method| success_type(&method.sig.output));
    let statuses = operation.responses.iter().map(|response| status(document, success.as_ref(), response));
    let servers = list("servers", operation.servers.iter().map(server));
    let security = list("security", security);
    let rate_limit = operation.rate_limit.map(rate_limit);
    let rate_limit = rate_limit.map(|limit| quote! { rate_limit: Some(#limit), });
    let codes = list("error_codes", operation.error_codes.iter().map(error_code));
    let time_step = operation.time_step;
    let time_step = time_step.map(|seconds| quote! { time_step: Some(Duration::from_secs(#seconds)), });
    quote! {
        Operation {
            id: #id,
            method: #method,
            path: #path,
            #servers
            retry: Retry::#retry,
            #security
            #secret_headers
            #secret_fields
            statuses: &[#(#statuses),*],
            #rate_limit
            #codes
            #time_step
            ..Operation::EMPTY
        }
    }
}

fn status(document: &Document, success: Option<&Type>, response: &spec::Response) -> TokenStream {
    let code = response.status;
    let kind = response.kind.as_deref().map(error_kind);
    if !(200..300).contains(&code) {
        let kind = optional(kind);
        let failure = quote! { Status::failure(#code, #kind) };
        return if response.judges {
            quote! { #failure.judging() }
        } else {
            failure
        };
    }
    let media = response.content.first();
    let forms = media.map(|media| forms(document, &media.schema)).unwrap_or_default();
    let decode = match success {
        Some(success) if forms.iter().any(|form| is_object(document, form)) => {
            quote! { decode_object::<#success> }
        }
        Some(success) if media.is_some() => quote! { decode::<#success> },
        _ => quote! { decode_nothing },
    };
    let kind = kind.map(|kind| quote! { kind: Some(#kind), });
    let may_be_empty = response.may_be_empty.then(|| quote! { may_be_empty: true, });
    let judges = response.judges.then(|| quote! { judges: true, });
    let confirming = response.success.iter().map(|(name, values)| quote! { (#name, &[#(#values),*]) });
    let confirming = list("success", confirming);
    let successful = forms.iter().position(|form| form.kind != FormKind::Fault);
    let required = forms.iter().find(|form| form.kind == FormKind::Success).map(|form| &form.required);
    let required = list("required", required.into_iter().flatten());
    let faults =
        forms.iter().enumerate().filter(|(_, form)| form.kind == FormKind::Fault).map(|(index, form)| {
            let required = &form.required;
            match successful {
                Some(success) if index < success => quote! { Fault::first(&[#(#required),*]) },
                _ => quote! { Fault::last(&[#(#required),*]) },
            }
        });
    let faults = list("faults", faults);
    let fields = quote! { #kind #may_be_empty #judges #confirming #required #faults };
    let success = quote! { Status::success(#code, #decode) };
    if fields.is_empty() {
        return success;
    }
    quote! { Status { #fields ..#success } }
}

/// A field with a list, or nothing if the list is empty.
fn list<T: ToTokens>(name: &str, items: impl IntoIterator<Item = T>) -> Option<TokenStream> {
    let items: Vec<T> = items.into_iter().collect();
    let name = format_ident!("{name}");
    (!items.is_empty()).then(|| quote! { #name: &[#(#items),*], })
}

/// Whether the form is a success that is an object, and not one of several types.
fn is_object(document: &Document, form: &Form<'_>) -> bool {
    let schema = document.resolve(&form.pointer).map(|(_, schema)| schema);
    form.kind == FormKind::Success
        && schema.is_some_and(|schema| {
            schema.get("type").is_some_and(|of| of == "object") || schema.get("allOf").is_some()
        })
}

fn error_code(spec::ErrorCode { code, kind, judges }: &spec::ErrorCode) -> TokenStream {
    let (kind, new) = (error_kind(kind), format_ident!("{}", if *judges { "judging" } else { "new" }));
    quote! { ErrorCode::#new(#code, #kind) }
}

fn hint(hint: &spec::Hint) -> TokenStream {
    let spec::Hint { statuses, codes, header, operations, text } = hint;
    let header = header.as_ref().map(|(name, pattern)| quote! { header: Some((#name, #pattern)), });
    let (statuses, codes) = (list("statuses", statuses), list("codes", codes));
    let operations = list("operations", operations);
    quote! { Hint { #statuses #codes #header #operations text: #text, ..Hint::EMPTY } }
}

fn server(spec::Server { url, is_sandbox }: &spec::Server) -> TokenStream {
    let environment = format_ident!("{}", if *is_sandbox { "sandbox" } else { "production" });
    quote! { Server::#environment(#url) }
}

/// The type `A` of `Result<ResponseValue<A>, Error<B>>`.
fn success_type(output: &ReturnType) -> Option<Type> {
    let ReturnType::Type(_, result) = output else { return None };
    arguments(arguments(result).first()?).into_iter().next()
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

/// `second_factor` as `SecondFactor`, a variant of `ErrorKind`; the linter has checked the names.
fn error_kind(name: &str) -> TokenStream {
    let variant = format_ident!("{}", name.to_upper_camel_case());
    quote! { #variant }
}

/// The fields of an object, or the items of an array with an empty name.
fn fields<'a>(document: &'a Document, pointer: &str) -> Box<dyn Iterator<Item = (&'a str, &'a Value)> + 'a> {
    match document.value().pointer(pointer) {
        Some(Value::Object(fields)) => Box::new(fields.iter().map(|(name, value)| (name.as_str(), value))),
        Some(Value::Array(items)) => Box::new(items.iter().map(|value| ("", value))),
        _ => Box::new(std::iter::empty()),
    }
}

fn string<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
