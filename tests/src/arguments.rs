//! What an operation is called with: the examples of its parameters and of its body, and made-up
//! credentials.

use base64::{Engine, engine::general_purpose::STANDARD};
use broker_session_codegen::spec::Operation;
use broker_session_runtime::{Credential, Secret, SecurityScheme, SecuritySchemeKind};
use serde_json::{Map, Value};

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

/// The header that [`credential`] becomes, as the spec describes the scheme.
pub(crate) fn expected_header(scheme_name: &str, scheme: &Value) -> (String, String) {
    let text = credential_text(scheme_name);
    let member = |name: &str| scheme[name].as_str().unwrap_or_default().to_ascii_lowercase();
    match (member("type").as_str(), member("scheme").as_str(), member("in").as_str()) {
        ("http", "bearer", _) => ("authorization".to_owned(), format!("Bearer {text}")),
        ("http", "basic", _) => {
            let pair = STANDARD.encode(format!("made-up-user:{text}"));
            ("authorization".to_owned(), format!("Basic {pair}"))
        }
        ("apikey", _, "header") => (member("name"), text),
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
