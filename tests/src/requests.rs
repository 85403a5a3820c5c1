//! Whether a request that went out is what the spec asks for, and nothing more.

use std::collections::BTreeMap;

use broker_session_codegen::spec::Operation;
use httpmock::HttpMockRequest;
use serde_json::Value;

use crate::{
    Spec,
    arguments::{expected_header, expected_path},
};

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
            let members = pairs.into_iter().map(|(name, value)| (name, Value::from(value)));
            (Value::Object(members.collect()), again)
        }
        other => return Err(format!("no test knows bodies of {other:?}")),
    };
    if value != *expected {
        return Err(format!("the body is {text} in place of {expected}"));
    }
    // The order of the members is the client's; every byte besides is given by the format.
    match text == again {
        true => Ok(()),
        false => Err(format!("the body is written `{text}` in place of `{again}`")),
    }
}
