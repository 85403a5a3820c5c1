//! The operations of a document.
//!
//! OpenAPI has several notations for the same fact: references, inherited security, maps by status. This view has one: a
//! list of operations with references followed and inheritance applied.

use std::collections::BTreeSet;

use serde_json::Value;
use url::Url;

use crate::{
    Document, escape,
    hosts::{domain, is_in_domain},
};

const JSON: &str = "application/json";
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
    /// Its own servers, if it has other ones than the document.
    pub servers: Vec<Server>,
    /// `x-retry`.
    pub retry: String,
    /// `x-evidence`.
    pub evidence: String,
    /// Whether the broker advises against it.
    pub deprecated: bool,
    /// `x-rate-limit`: how often the broker accepts this operation.
    pub rate_limit: Option<RateLimit>,
    /// `x-error-codes` of the operation, which win over those of the document.
    pub error_codes: Vec<ErrorCode>,
    /// `x-time-step-seconds` of a property of the request's body: how long a code is valid that is computed from the time.
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
    /// `x-environment`: whether it is the broker's sandbox.
    pub is_sandbox: bool,
}

/// How many requests a broker accepts in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// The number of requests.
    pub requests: u32,
    /// The time in seconds.
    pub seconds: u64,
}

/// One of the broker's own error codes, or a sentence (`x-error-codes`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorCode {
    /// The code or the sentence; `*` matches any characters.
    pub code: String,
    /// The kind of error that it means.
    pub kind: String,
    /// `judges`: whether it is about the guess that the request carries.
    pub judges: bool,
}

/// How a person can fix a failure (`x-hints`), and when it applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// `status`: the HTTP statuses; the response must have one of them.
    pub statuses: Vec<u16>,
    /// `code`: the codes or sentences; the failure must have one of them.
    pub codes: Vec<String>,
    /// `header`: a header of the response, and its value.
    pub header: Option<(String, String)>,
    /// `operation`: the operations; the call must be to one of them.
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
    /// The JSON pointer of its schema, references followed.
    pub schema: String,
    /// Whether its schema has `format: password`.
    pub secret: bool,
    /// Its example.
    pub example: Option<Value>,
}

/// A documented response.
#[derive(Clone, Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The description.
    pub description: String,
    /// `x-error-kind`.
    pub kind: Option<String>,
    /// Where a redirect leads to: the example of its header `Location`.
    pub location: Option<String>,
    /// `x-may-be-empty`: whether the body may be missing; it then means an object without fields.
    pub may_be_empty: bool,
    /// `x-judges`: whether an unknown message may be about the guess in the request.
    pub judges: bool,
    /// `x-success`: the fields that confirm a success, with their values.
    pub success: Vec<(String, Vec<String>)>,
    /// The bodies by media type; empty if it has no body.
    pub content: Vec<Media>,
}

impl Response {
    /// Whether the status is a redirect. The client never follows one, so it has no type.
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
    /// `x-error-kind`: the kind of error of this response.
    pub kind: Option<String>,
}

/// Every operation of a document, in its order. Omits missing and malformed parts; the linter reports them.
pub fn operations(document: &Document) -> Vec<Operation> {
    let paths = document.value().get("paths").and_then(Value::as_object);
    let items = paths.into_iter().flatten();
    items
        .flat_map(|(path, item)| {
            METHODS.iter().filter_map(move |method| operation(document, path, item, method))
        })
        .collect()
}

/// The names of the top-level properties of an object schema that are marked as secrets.
pub fn secret_fields(document: &Document, schema: &str) -> Vec<String> {
    let Some((pointer, schema)) = document.resolve(schema) else { return Vec::new() };
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let is_secret = |name: &str| is_secret(document, &format!("{pointer}/properties/{}", escape(name)));
    properties.filter(|(name, _)| is_secret(name)).map(|(name, _)| name.clone()).collect()
}

/// The servers of the document, in its order.
pub fn servers(document: &Document) -> Vec<Server> {
    servers_of(document.value().get("servers"))
}

/// The broker's domains: those of at least two production servers of the document and its operations. One host alone does
/// not prove that the domain is the broker's, and a domain of short names (`co.in`) may be a public suffix.
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
    let is_shared = |domain: &&str| all.iter().filter(|host| is_in_domain(host, domain)).count() > 1;
    domains.into_iter().filter(is_shared).map(str::to_owned).collect()
}

/// `x-rate-limit` of the document: how often the broker accepts all operations together.
pub fn rate_limit(document: &Document) -> Option<RateLimit> {
    limit(document.value())
}

/// `x-penalty-seconds`: how long the broker blocks a caller that has sent too many requests.
pub fn penalty_seconds(document: &Document) -> Option<u64> {
    document.value().get("x-penalty-seconds")?.as_u64()
}

/// `x-error-codes` of a document or of an operation, in its order.
pub fn error_codes(of: &Value) -> Vec<ErrorCode> {
    let codes = of.get("x-error-codes").and_then(Value::as_object).into_iter().flatten();
    codes
        .map(|(code, entry)| {
            let kind = string(entry, "kind").unwrap_or_default();
            // Only a guess can be a wrong second factor.
            let judges = kind == "second_factor" || is_true(entry, "judges");
            ErrorCode { code: code.clone(), kind, judges }
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
                text: string(hint, "hint").unwrap_or_default(),
            }
        })
        .collect()
}

/// One value or a list of them, as strings.
pub fn listed(value: Option<&Value>) -> Vec<String> {
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

/// The example of the header `Location` of the response at `pointer`, and the header's pointer.
pub fn location<'a>(document: &'a Document, pointer: &str) -> Option<(String, Option<&'a Value>)> {
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
        id: string(value, "operationId")?,
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        servers: servers_of(value.get("servers").or_else(|| item.get("servers"))),
        retry: string(value, "x-retry").unwrap_or_else(|| "never".to_owned()),
        evidence: string(value, "x-evidence").unwrap_or_default(),
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
            name: string(value, "name")?,
            location: string(value, "in")?,
            required: is_true(value, "required"),
            schema: document.resolve(&format!("{place}/schema"))?.0,
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
        description: string(value, "description").unwrap_or_default(),
        kind: string(value, "x-error-kind"),
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
                    kind: string(example, "x-error-kind"),
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
        let url = string(server, "url")?.trim_end_matches('/').to_owned();
        Some(Server { url, is_sandbox: string(server, "x-environment").as_deref() == Some("sandbox") })
    };
    value.and_then(Value::as_array).into_iter().flatten().filter_map(server).collect()
}

/// Whether the schema at `pointer`, references followed, has `format: password`.
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

fn string(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// One documented response: an operation, a status, a media type and a named example.
#[derive(Clone, Copy, Debug)]
pub struct Documented<'a> {
    /// The operation that is called.
    pub operation: &'a Operation,
    /// The documented response.
    pub response: &'a Response,
    /// The media type, if there is a body.
    pub media: Option<&'a Media>,
    /// The named example, if there is a body. None with a media type: the body is missing, see
    /// [`Documented::is_missing`].
    pub example: Option<&'a Example>,
}

impl Documented<'_> {
    /// Whether the body is missing, as `x-may-be-empty` allows, and so means an empty object.
    pub fn is_missing(&self) -> bool {
        self.media.is_some() && self.example.is_none()
    }
}

/// Every documented response of an operation, in the order of the text: each named example, each response without a
/// body, and each JSON body that may be missing.
pub fn documented(operation: &Operation) -> impl Iterator<Item = Documented<'_>> {
    operation.responses.iter().flat_map(move |response| {
        let bare = Documented { operation, response, media: None, example: None };
        let empty = response.content.is_empty().then_some(bare);
        let with_body = response.content.iter().flat_map(move |media| {
            let examples = media.examples.iter();
            examples.map(move |example| Documented { media: Some(media), example: Some(example), ..bare })
        });
        let json = response.content.iter().find(|media| media.media_type == JSON);
        let missing =
            json.filter(|_| response.may_be_empty).map(|media| Documented { media: Some(media), ..bare });
        empty.into_iter().chain(with_body).chain(missing)
    })
}
