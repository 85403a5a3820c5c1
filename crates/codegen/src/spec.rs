//! A spec as the generator and the contract tests see it.
//!
//! OpenAPI has many ways to say the same thing: references, inherited security, maps keyed by status. This
//! view has one: a list of operations with everything in its place.

mod documented;

use std::collections::BTreeSet;

use serde_json::Value;
use url::Url;

pub use crate::document::escape;
use crate::{
    Document,
    lint::addresses::{domain, is_in},
};

pub use documented::{Documented, documented};

/// The HTTP methods of a path item.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The `operationId`.
    pub id: String,
    /// The HTTP method, in capitals.
    pub method: String,
    /// The path, with its parameters in braces.
    pub path: String,
    /// Where it is called, if not at the servers of the document.
    pub servers: Vec<Server>,
    /// `x-retry`.
    pub retry: String,
    /// `x-evidence`.
    pub evidence: String,
    /// Whether the broker advises against it.
    pub deprecated: bool,
    /// `x-rate-limit`: how often the broker takes this operation.
    pub rate_limit: Option<RateLimit>,
    /// `x-error-codes` of the operation: what codes mean to it alone.
    pub error_codes: Vec<ErrorCode>,
    /// `x-time-step-seconds` of a member of the request's body: for how long a code is good that is made from the time.
    pub time_step: Option<u64>,
    /// The names of the security schemes that a call carries.
    pub security: Vec<String>,
    /// The parameters, those of the path item included.
    pub parameters: Vec<Parameter>,
    /// The request body.
    pub body: Option<Media>,
    /// The documented responses.
    pub responses: Vec<Response>,
}

/// A server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its base URL, without a slash at its end.
    pub url: String,
    /// `x-environment`: whether it is the broker's own place for trying things out.
    pub is_sandbox: bool,
}

/// How many requests a broker takes in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many.
    pub requests: u32,
    /// In how many seconds.
    pub seconds: u64,
}

/// One of the broker's own error codes, or a sentence (`x-error-codes`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorCode {
    /// The code or the sentence, in which `*` stands for any run of characters.
    pub code: String,
    /// What it means to a client.
    pub kind: String,
    /// `judges`: whether it is about the guess that the request carries.
    pub judges: bool,
    /// What it means, in words.
    pub meaning: String,
}

/// A way out of a failure (`x-hints`), and when it applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// `status`: the HTTP statuses of which one must be met.
    pub statuses: Vec<u16>,
    /// `code`: the codes or sentences of which one must be met.
    pub codes: Vec<String>,
    /// `header`: a header of the response, and what it must hold.
    pub header: Option<(String, String)>,
    /// `operation`: the operations of which one must be meant.
    pub operations: Vec<String>,
    /// `hint`: what a person can do.
    pub text: String,
}

/// A parameter of an operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name on the wire.
    pub name: String,
    /// `path`, `query` or `header`.
    pub location: String,
    /// Whether a call must have it.
    pub required: bool,
    /// Whether its schema says `format: password`.
    pub secret: bool,
    /// Its example.
    pub example: Option<Value>,
}

/// A documented response.
#[derive(Clone, Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// What it means, in words.
    pub description: String,
    /// `x-error-kind`.
    pub kind: Option<String>,
    /// Where a redirect leads to: the example of its header `Location`.
    pub location: Option<String>,
    /// `x-may-be-empty`: whether the body may be missing; it then means an object without members.
    pub may_be_empty: bool,
    /// `x-judges`: whether words that the spec does not know may be about the guess that the request carries.
    pub judges: bool,
    /// `x-success`: the fields that say of a success that it is one, and the values that do.
    pub success: Vec<(String, Vec<String>)>,
    /// What it may hold; nothing if it has no body.
    pub content: Vec<Media>,
}

impl Response {
    /// Whether the status is a redirect's. No redirect is ever followed, nor has it a type.
    pub fn is_redirect(&self) -> bool {
        (300..400).contains(&self.status)
    }
}

/// A body in one media type.
#[derive(Clone, Debug)]
pub struct Media {
    /// The media type.
    pub media_type: String,
    /// The JSON pointer of its schema, references followed.
    pub schema: String,
    /// The named examples.
    pub examples: Vec<Example>,
}

/// A named example.
#[derive(Clone, Debug)]
pub struct Example {
    /// Its name.
    pub name: String,
    /// The body.
    pub value: Value,
    /// `x-error-kind`: how a client must understand this very answer.
    pub kind: Option<String>,
}

/// Every operation of a document, in its order. What is missing or malformed is left out; the linter
/// reports it.
pub fn operations(document: &Document) -> Vec<Operation> {
    let paths = document.value().get("paths").and_then(Value::as_object);
    let items = paths.into_iter().flatten();
    items
        .flat_map(|(path, item)| {
            METHODS.iter().filter_map(move |method| operation(document, path, item, method))
        })
        .collect()
}

/// The names of the top-level members of an object schema that say `format: password`.
pub fn secret_members(document: &Document, schema: &str) -> Vec<String> {
    let Some((pointer, schema)) = document.resolve(schema) else { return Vec::new() };
    let members = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let is_secret = |name: &str| is_secret(document, &format!("{pointer}/properties/{}", escape(name)));
    members.filter(|(name, _)| is_secret(name)).map(|(name, _)| name.clone()).collect()
}

/// The servers of the document, in its order.
pub fn servers(document: &Document) -> Vec<Server> {
    servers_of(document.value().get("servers"))
}

/// The broker's domains: those that at least two production servers of the document and its operations are in. One host
/// alone says nothing about its neighbours, and a domain of short names (`co.in`) belongs to many.
pub fn domains(document: &Document) -> Vec<String> {
    let of_operations = operations(document).into_iter().flat_map(|operation| operation.servers);
    let all: BTreeSet<String> = servers(document)
        .into_iter()
        .chain(of_operations)
        .filter(|server| !server.is_sandbox)
        .filter_map(|server| Url::parse(&server.url).ok()?.host_str().map(str::to_owned))
        .collect();
    let domains: BTreeSet<&str> = all
        .iter()
        .map(|host| (host, domain(host)))
        .filter(|(host, domain)| host != domain)
        .map(|(_, domain)| domain)
        .collect();
    let is_shared = |domain: &&str| all.iter().filter(|host| is_in(host, domain)).count() > 1;
    domains.into_iter().filter(is_shared).map(str::to_owned).collect()
}

/// `x-rate-limit` of the document: how often the broker takes all operations together.
pub fn rate_limit(document: &Document) -> Option<RateLimit> {
    limit(document.value())
}

/// `x-penalty-seconds`: for how long the broker keeps a caller out that has sent too many requests.
pub fn penalty_seconds(document: &Document) -> Option<u64> {
    document.value().get("x-penalty-seconds")?.as_u64()
}

/// `x-error-codes` of a document or of an operation, in its order.
pub fn error_codes(of: &Value) -> Vec<ErrorCode> {
    let codes = of.get("x-error-codes").and_then(Value::as_object).into_iter().flatten();
    codes
        .map(|(code, entry)| {
            let text = |name| text(entry, name).unwrap_or_default();
            let kind = text("kind");
            // Nothing but a guess can be a wrong second factor.
            let judges = kind == "second_factor" || is_true(entry, "judges");
            ErrorCode { code: code.clone(), kind, judges, meaning: text("meaning") }
        })
        .collect()
}

/// `x-hints` of the document, in its order.
pub fn hints(document: &Document) -> Vec<Hint> {
    let hints = document.value().get("x-hints").and_then(Value::as_array).into_iter().flatten();
    hints
        .map(|hint| {
            let header =
                hint.get("header").and_then(Value::as_object).and_then(|header| header.iter().next());
            let statuses = listed(hint.get("status")).into_iter().filter_map(|status| status.parse().ok());
            Hint {
                statuses: statuses.collect(),
                codes: listed(hint.get("code")),
                header: header.and_then(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))),
                operations: listed(hint.get("operation")),
                text: text(hint, "hint").unwrap_or_default(),
            }
        })
        .collect()
}

/// One value or a list of them, as texts.
pub(crate) fn listed(value: Option<&Value>) -> Vec<String> {
    let one = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    };
    match value {
        Some(Value::Array(items)) => items.iter().filter_map(one).collect(),
        value => value.and_then(one).into_iter().collect(),
    }
}

/// The names of the component schemas, in their order.
pub fn schemas(document: &Document) -> Vec<String> {
    let schemas = document.value().pointer("/components/schemas").and_then(Value::as_object);
    schemas.into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

/// The example of the header `Location` of the response at `pointer`, and where the header stands.
pub(crate) fn location<'a>(document: &'a Document, pointer: &str) -> Option<(String, Option<&'a Value>)> {
    let headers = format!("{pointer}/headers");
    let names = document.value().pointer(&headers).and_then(Value::as_object);
    let name = names?.keys().find(|name| name.eq_ignore_ascii_case("location"))?;
    let (place, header) = document.resolve(&format!("{headers}/{}", escape(name)))?;
    let of_schema = || document.resolve(&format!("{place}/schema"))?.1.get("example");
    Some((place.clone(), header.get("example").or_else(of_schema)))
}

fn operation(document: &Document, path: &str, item: &Value, method: &str) -> Option<Operation> {
    let pointer = format!("/paths/{}", escape(path));
    let value = item.get(method)?;
    let of_path = parameters(document, &format!("{pointer}/parameters"));
    let of_operation = parameters(document, &format!("{pointer}/{method}/parameters"));
    let mut all = of_operation;
    for parameter in of_path {
        if !all.iter().any(|known| known.name == parameter.name && known.location == parameter.location) {
            all.push(parameter);
        }
    }
    let body = document.resolve(&format!("{pointer}/{method}/requestBody"));
    let statuses = value.get("responses").and_then(Value::as_object).into_iter().flatten();
    Some(Operation {
        id: text(value, "operationId")?,
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        servers: servers_of(value.get("servers").or_else(|| item.get("servers"))),
        retry: text(value, "x-retry").unwrap_or_else(|| "never".to_owned()),
        evidence: text(value, "x-evidence").unwrap_or_default(),
        deprecated: is_true(value, "deprecated"),
        rate_limit: limit(value),
        error_codes: error_codes(value),
        time_step: body.as_ref().and_then(|(pointer, _)| time_step(document, pointer)),
        security: security(value.get("security").or_else(|| document.value().get("security"))),
        parameters: all,
        body: body.and_then(|(pointer, _)| content(document, &pointer).into_iter().next()),
        responses: statuses
            .filter_map(|(status, _)| {
                response(document, &format!("{pointer}/{method}/responses/{status}"), status)
            })
            .collect(),
    })
}

fn parameters(document: &Document, pointer: &str) -> Vec<Parameter> {
    let list = document.value().pointer(pointer).and_then(Value::as_array).map_or(0, Vec::len);
    let parameter = |index| {
        let (place, value) = document.resolve(&format!("{pointer}/{index}"))?;
        Some(Parameter {
            name: text(value, "name")?,
            location: text(value, "in")?,
            required: is_true(value, "required"),
            secret: is_secret(document, &format!("{place}/schema")),
            example: value.get("example").cloned(),
        })
    };
    (0..list).filter_map(parameter).collect()
}

fn response(document: &Document, pointer: &str, status: &str) -> Option<Response> {
    let (pointer, value) = document.resolve(pointer)?;
    Some(Response {
        status: status.parse().ok()?,
        description: text(value, "description").unwrap_or_default(),
        kind: text(value, "x-error-kind"),
        location: location(document, &pointer).and_then(|(_, example)| example?.as_str()).map(str::to_owned),
        may_be_empty: is_true(value, "x-may-be-empty"),
        judges: is_true(value, "x-judges"),
        success: success(value),
        content: content(document, &pointer),
    })
}

/// `x-success` of a response.
fn success(response: &Value) -> Vec<(String, Vec<String>)> {
    let fields = response.get("x-success").and_then(Value::as_object).into_iter().flatten();
    fields.map(|(name, values)| (name.clone(), listed(Some(values)))).collect()
}

/// `x-time-step-seconds` of a property of the body at `pointer`.
fn time_step(document: &Document, pointer: &str) -> Option<u64> {
    let media = content(document, pointer).into_iter().next()?;
    let (_, schema) = document.resolve(&media.schema)?;
    let mut properties = schema.get("properties")?.as_object()?.values();
    properties.find_map(|property| property.get("x-time-step-seconds")?.as_u64())
}

/// The media types below `pointer`.
fn content(document: &Document, pointer: &str) -> Vec<Media> {
    let pointer = format!("{pointer}/content");
    let types = document.value().pointer(&pointer).and_then(Value::as_object).into_iter().flatten();
    types
        .filter_map(|(media_type, value)| {
            let pointer = format!("{pointer}/{}", escape(media_type));
            let (schema, _) = document.resolve(&format!("{pointer}/schema"))?;
            let examples = value.get("examples").and_then(Value::as_object).into_iter().flatten();
            let examples = examples.filter_map(|(name, _)| {
                let (_, example) = document.resolve(&format!("{pointer}/examples/{}", escape(name)))?;
                Some(Example {
                    name: name.clone(),
                    value: example.get("value")?.clone(),
                    kind: text(example, "x-error-kind"),
                })
            });
            Some(Media { media_type: media_type.clone(), schema, examples: examples.collect() })
        })
        .collect()
}

/// The schemes of the first alternative; our specs have one.
fn security(value: Option<&Value>) -> Vec<String> {
    let first = value.and_then(Value::as_array).and_then(|alternatives| alternatives.first());
    first.and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

fn servers_of(value: Option<&Value>) -> Vec<Server> {
    let server = |server: &Value| {
        let url = text(server, "url")?.trim_end_matches('/').to_owned();
        Some(Server { url, is_sandbox: text(server, "x-environment").as_deref() == Some("sandbox") })
    };
    value.and_then(Value::as_array).into_iter().flatten().filter_map(server).collect()
}

/// Whether the schema at `pointer`, references followed, says `format: password`.
fn is_secret(document: &Document, pointer: &str) -> bool {
    let schema = document.resolve(pointer);
    schema.and_then(|(_, schema)| schema.get("format")).and_then(Value::as_str) == Some("password")
}

/// `x-rate-limit` of an operation or of the document.
fn limit(value: &Value) -> Option<RateLimit> {
    let limit = value.get("x-rate-limit")?;
    let requests = limit.get("requests")?.as_u64()?;
    Some(RateLimit { requests: requests.try_into().ok()?, seconds: limit.get("seconds")?.as_u64()? })
}

fn is_true(value: &Value, name: &str) -> bool {
    value.get(name) == Some(&Value::Bool(true))
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned)
}
