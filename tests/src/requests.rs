//! What an operation is called with, made of the spec's examples, and what its request must be.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use broker_session_openapi::Operation;
use broker_session_runtime::{
    Api, Credential, RetryPolicy, Secret, SecurityScheme, SecuritySchemeKind, Transport, TransportBuilder,
};
use httpmock::HttpMockRequest;
use serde_json::{Map, Value};

use crate::Spec;

/// The arguments for a call by name: every parameter's example, and one of the body's.
pub fn arguments(operation: &Operation, body: Option<&Value>) -> Value {
    let parameters = operation.parameters.iter().map(|parameter| {
        let example = parameter.example.clone();
        let example =
            example.unwrap_or_else(|| panic!("`{}` of {} has no example", parameter.name, operation.id));
        (parameter.name.clone(), example)
    });
    let mut arguments: Map<String, Value> = parameters.collect();
    if let Some(body) = body {
        arguments.insert("body".to_owned(), body.clone());
    }
    arguments.into()
}

/// The made-up secret of a security scheme.
pub fn credential_text(scheme: &str) -> String {
    format!("made-up-{scheme}")
}

/// A made-up credential for a security scheme of the generated table.
pub fn credential(scheme: &SecurityScheme) -> Credential {
    let text = Secret::new(credential_text(scheme.name));
    match scheme.kind {
        SecuritySchemeKind::Basic => Credential::Basic { username: "made-up-user".into(), password: text },
        _ => Credential::Token(text),
    }
}

/// A transport that has them all, and makes each call once.
pub(crate) fn transport(api: &'static Api) -> TransportBuilder {
    let transport = Transport::builder(api).retry(RetryPolicy::NEVER);
    let schemes = api.security_schemes.iter();
    schemes.fold(transport, |transport, scheme| transport.credential(scheme.name, credential(scheme)))
}

/// The header that [`credential`] becomes, as the spec describes the scheme.
pub(crate) fn expected_header(scheme_name: &str, scheme: &Value) -> (String, String) {
    let text = credential_text(scheme_name);
    let field = |name: &str| scheme[name].as_str().unwrap_or_default().to_ascii_lowercase();
    match (field("type").as_str(), field("scheme").as_str(), field("in").as_str()) {
        ("http", "bearer", _) => ("authorization".to_owned(), format!("Bearer {text}")),
        ("http", "basic", _) => {
            let pair = STANDARD.encode(format!("made-up-user:{text}"));
            ("authorization".to_owned(), format!("Basic {pair}"))
        }
        ("apikey", _, "header") => (field("name"), text),
        _ => panic!("the security scheme `{scheme_name}` is of a kind that no header can carry"),
    }
}

/// The path of a request, with the parameters' examples in it.
pub(crate) fn expected_path(operation: &Operation) -> String {
    let parameters = operation.parameters.iter();
    parameters.filter(|parameter| parameter.location == "path").fold(
        operation.path.clone(),
        |path, parameter| {
            let example = parameter.example.as_ref().and_then(Value::as_str);
            path.replace(&format!("{{{}}}", parameter.name), example.unwrap_or_default())
        },
    )
}

/// Whether `path`, below `prefix` or not, is one that the template means.
pub(crate) fn fits_path(template: &str, prefix: &str, path: &str) -> bool {
    let path = path.strip_prefix(prefix).unwrap_or(path);
    let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(&path).all(|(wanted, found)| wanted.starts_with('{') || wanted == found)
}

/// Headers whose value is the HTTP client's own affair.
const OWN: [&str; 3] = ["content-length", "host", "user-agent"];

/// Compares a request with the operation it was made for: method, path, every header, and the body.
///
/// # Errors
/// What differs.
pub fn check_request(
    spec: &Spec,
    operation: &Operation,
    body: Option<&Value>,
    prefix: &str,
    request: &HttpMockRequest,
) -> Result<(), String> {
    let uri = request.uri();
    let asked = uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let found = format!("{} {asked}", request.method_str());
    let expected = format!("{} {prefix}{}{}", operation.method, expected_path(operation), query(operation));
    if found != expected {
        return Err(format!("asked for `{found}` in place of `{expected}`"));
    }
    check_headers(spec, operation, request)?;
    check_body(operation, body, request.body_ref())
}

/// The query of a request, with the parameters' examples in it.
fn query(operation: &Operation) -> String {
    let parameters = operation.parameters.iter().filter(|parameter| parameter.location == "query");
    let pairs = parameters.filter_map(|parameter| Some((&parameter.name, parameter.example.as_ref()?)));
    let text = |example: &Value| example.as_str().map_or_else(|| example.to_string(), str::to_owned);
    let pairs: Vec<(&String, String)> = pairs.map(|(name, example)| (name, text(example))).collect();
    match pairs.is_empty() {
        true => String::new(),
        false => {
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            format!("?{query}")
        }
    }
}

fn check_headers(spec: &Spec, operation: &Operation, request: &HttpMockRequest) -> Result<(), String> {
    let found: Vec<(String, String)> = request
        .headers_vec()
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
        .collect();
    let by_name: BTreeMap<String, String> = found.iter().cloned().collect();
    if by_name.len() != found.len() {
        let names: Vec<&String> = found.iter().map(|(name, _)| name).collect();
        return Err(format!("a header was sent twice: {names:?}"));
    }
    let mut expected: BTreeMap<String, String> = operation
        .security
        .iter()
        .map(|name| {
            let (_, scheme) = spec.resolve(&format!("/components/securitySchemes/{name}"));
            expected_header(name, scheme)
        })
        .collect();
    for parameter in &operation.parameters {
        if parameter.location == "header" {
            let example = parameter.example.as_ref().and_then(Value::as_str);
            expected.insert(parameter.name.to_ascii_lowercase(), example.unwrap_or_default().to_owned());
        }
    }
    expected.insert("accept".to_owned(), "application/json".to_owned());
    if let Some(media) = &operation.body {
        expected.insert("content-type".to_owned(), media.media_type.clone());
        let length = request.body_ref().len().to_string();
        if by_name.get("content-length") != Some(&length) {
            return Err("content-length is not the length of the body".to_owned());
        }
    } else if by_name.contains_key("content-length") && by_name["content-length"] != "0" {
        return Err("there is a content-length, but the operation has no body".to_owned());
    }
    for own in ["host", "user-agent"] {
        if by_name.get(own).is_none_or(String::is_empty) {
            return Err(format!("the header {own} is missing"));
        }
    }
    let found: BTreeMap<String, String> =
        by_name.into_iter().filter(|(name, _)| !OWN.contains(&name.as_str())).collect();
    match found == expected {
        true => Ok(()),
        false => Err(format!("the headers differ:\n    found    {found:?}\n    expected {expected:?}")),
    }
}

fn check_body(operation: &Operation, expected: Option<&Value>, found: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(found).into_owned();
    let Some(expected) = expected else {
        return match found.is_empty() {
            true => Ok(()),
            false => Err("there is a body, but the operation has none".to_owned()),
        };
    };
    let media_type = operation.body.as_ref().map(|body| body.media_type.as_str());
    let (value, again) = match media_type {
        Some("application/json") => {
            let value: Value = serde_json::from_slice(found).map_err(|error| error.to_string())?;
            let again = value.to_string();
            (value, again)
        }
        Some("application/x-www-form-urlencoded") => {
            let pairs: Vec<(String, String)> = url::form_urlencoded::parse(found).into_owned().collect();
            let again = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            let fields = pairs.into_iter().map(|(name, value)| (name, Value::from(value)));
            (Value::Object(fields.collect()), again)
        }
        Some("text/plain") => (Value::from(text.clone()), text.clone()),
        other => return Err(format!("no test knows bodies of {other:?}")),
    };
    if value != *expected {
        return Err(format!("the body is {text} in place of {expected}"));
    }
    // The order of the fields is the client's; every byte besides is given by the format.
    match text == again {
        true => Ok(()),
        false => Err(format!("the body is written `{text}` in place of `{again}`")),
    }
}
