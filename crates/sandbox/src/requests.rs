//! Checks requests against the broker's spec, so that a client's mistake shows in its own tests.
//!
//! Only what the spec demands is checked. Unknown fields, headers and parameters are let through, as the brokers do.
//! Each broker decides how it responds to a request that breaks the spec, and what it checks before.

use std::{collections::HashMap, fmt};

use broker_session_openapi::{self as openapi, Document, Operation, Schemas, join};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use jsonschema::{
    ValidationError, Validator,
    error::{TypeKind, ValidationErrorKind},
};
use serde_json::{Map, Value, json};

use crate::routes::ReceivedRequest;

/// What a spec demands of the requests of each operation, by its id.
#[derive(Clone, Debug)]
pub(crate) struct Requests(HashMap<String, Demands>);

/// What is demanded of one operation's requests.
#[derive(Clone, Debug)]
struct Demands {
    /// The headers that identify the caller come first.
    parameters: Vec<Parameter>,
    body: Option<Body>,
}

#[derive(Clone, Debug)]
struct Parameter {
    place: Place,
    name: String,
    required: bool,
    /// The scheme of `Authorization`.
    scheme: Option<String>,
    validator: Validator,
    is_string: bool,
}

/// A body, which is always required.
#[derive(Clone, Debug)]
struct Body {
    /// In small letters.
    media_type: String,
    validator: Validator,
    /// The fields that it has, and whether each is a string: a form has nothing else.
    fields: HashMap<String, bool>,
}

impl Requests {
    /// What a spec demands. The error names the operation and what of it cannot be understood.
    pub(crate) fn of(document: &Document, operations: &[Operation]) -> Result<Self, String> {
        let schemas = Schemas::new(document)?;
        let demands = operations.iter().map(|operation| {
            let demands = Demands::new(document, &schemas, operation);
            let demands = demands.map_err(|why| format!("{} ({}): {why}", operation.id, operation.path))?;
            Ok((operation.id.clone(), demands))
        });
        demands.collect::<Result<_, _>>().map(Self)
    }

    /// The first way in which a request of this operation breaks the spec, apart from missing headers with these names.
    /// Nothing is demanded of operations that the spec does not know.
    pub(crate) fn violation(
        &self,
        operation: &str,
        request: &ReceivedRequest,
        may_be_missing: &[&str],
    ) -> Option<Violation> {
        let Demands { parameters, body } = self.0.get(operation)?;
        let check = |parameter: &Parameter| parameter.check(request, may_be_missing);
        let body = || Some(body.as_ref()?.check(request, request.body.as_ref()?));
        parameters.iter().try_for_each(check).err().or_else(|| body()?.err())
    }
}

impl Demands {
    fn new(document: &Document, schemas: &Schemas, operation: &Operation) -> Result<Self, String> {
        let schema = |pointer: &str| {
            let schema = document.value().pointer(pointer);
            schema.ok_or_else(|| format!("`{pointer}` leads nowhere"))
        };
        let parameter = |parameter: &openapi::Parameter| {
            let place = match parameter.location.as_str() {
                "header" => Place::Header,
                "path" => Place::Path,
                "query" => Place::Query,
                other => return Err(format!("a parameter is in the {other}")),
            };
            let schema = schema(&parameter.schema)?;
            Ok(Parameter {
                place,
                name: parameter.name.clone(),
                required: parameter.required,
                scheme: None,
                validator: schemas.compile(schema)?,
                is_string: is_string(schema),
            })
        };
        let body = |media: &openapi::Media| {
            let mut fields = HashMap::new();
            properties(document, &media.schema, &mut fields);
            let media_type = media.media_type.to_ascii_lowercase();
            Ok::<_, String>(Body { media_type, validator: schemas.compile(schema(&media.schema)?)?, fields })
        };
        let credentials = operation.security.iter().map(|name| credential(document, schemas, name));
        let parameters = credentials.chain(operation.parameters.iter().map(parameter));
        let parameters = parameters.collect::<Result<_, _>>()?;
        Ok(Self { parameters, body: operation.body.as_ref().map(body).transpose()? })
    }
}

/// The header that a security scheme demands.
fn credential(document: &Document, schemas: &Schemas, name: &str) -> Result<Parameter, String> {
    let scheme = document.value().pointer(&join("/components/securitySchemes", name)).unwrap_or(&Value::Null);
    let field = |field: &str| scheme[field].as_str().map(str::to_owned);
    let (name, scheme) = match (scheme["type"].as_str(), field("name"), field("scheme")) {
        (Some("apiKey"), Some(name), _) if scheme["in"] == "header" => (name, None),
        (Some("http"), _, Some(scheme)) => ("authorization".to_owned(), Some(scheme)),
        _ => return Err(format!("the security scheme `{name}` is neither a header nor of HTTP")),
    };
    let validator = schemas.compile(&json!({}))?;
    Ok(Parameter { place: Place::Header, name, required: true, scheme, validator, is_string: true })
}

/// The properties of a schema and of those that it is put together from, and whether each is a string.
fn properties(document: &Document, schema: &str, found: &mut HashMap<String, bool>) {
    let Some((pointer, schema)) = document.resolve(schema) else { return };
    for (name, _) in schema["properties"].as_object().into_iter().flatten() {
        let property = document.resolve(&join(&format!("{pointer}/properties"), name));
        found.insert(name.clone(), property.is_some_and(|(_, property)| is_string(property)));
    }
    for index in 0..schema["allOf"].as_array().map_or(0, Vec::len) {
        properties(document, &format!("{pointer}/allOf/{index}"), found);
    }
}

/// Whether a string stands for itself: it does unless the schema asks for a number or a boolean.
fn is_string(schema: &Value) -> bool {
    !matches!(schema["type"].as_str(), Some("boolean" | "integer" | "number"))
}

impl Parameter {
    fn check(&self, request: &ReceivedRequest, may_be_missing: &[&str]) -> Result<(), Violation> {
        let Self { place, name, .. } = self;
        let values: Vec<String> = match (place, &self.scheme) {
            (Place::Header, Some(scheme)) => {
                request.authorization(scheme).map(str::to_owned).into_iter().collect()
            }
            (Place::Header, None) => {
                let values = request.head.headers.get_all(name).iter();
                values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect()
            }
            (Place::Path, _) => request.path_parameters.get(name).cloned().into_iter().collect(),
            (Place::Query | Place::Body, _) => {
                fields(request.head.uri.query().unwrap_or_default().as_bytes())
                    .filter_map(|(found, value)| (found == *name).then_some(value))
                    .collect()
            }
        };
        if values.is_empty() && self.required && !may_be_missing.contains(&name.as_str()) {
            return Err(Violation::Missing { place: *place, name: name.clone() });
        }
        values.iter().try_for_each(|value| {
            let value = read(value, self.is_string);
            let wrong = |error| Violation::Wrong { place: *place, name: name.clone(), must: must(&error) };
            self.validator.validate(&value).map_err(wrong)
        })
    }
}

impl Body {
    fn check(&self, request: &ReceivedRequest, bytes: &Bytes) -> Result<(), Violation> {
        if bytes.is_empty() {
            return Err(Violation::NoBody);
        }
        let named = request.header_or_empty(CONTENT_TYPE.as_str());
        let named = named.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if named != self.media_type {
            return Err(Violation::MediaType { named, expected: self.media_type.clone() });
        }
        let value = match &*named {
            "application/x-www-form-urlencoded" => self.form(bytes)?,
            "text/plain" => String::from_utf8_lossy(bytes).into(),
            _ => serde_json::from_slice(bytes).map_err(|_| Violation::NotAnObject)?,
        };
        // What is missing comes first, in the order of the schema.
        let mut violations: Vec<Violation> =
            self.validator.iter_errors(&value).map(|error| in_body(&error)).collect();
        violations.sort_by_key(|violation| !matches!(violation, Violation::Missing { .. }));
        violations.into_iter().next().map_or(Ok(()), Err)
    }

    /// A form as an object, whose fields are strings unless the schema demands otherwise. A field without a value counts
    /// as left out. A field of the schema that comes twice is an error (RFC 6749, section 3.2).
    fn form(&self, bytes: &[u8]) -> Result<Value, Violation> {
        let mut object = Map::new();
        for (name, value) in fields(bytes).filter(|(_, value)| !value.is_empty()) {
            let Some(is_string) = self.fields.get(&name) else { continue };
            if object.insert(name.clone(), read(&value, *is_string)).is_some() {
                return Err(Violation::Repeated { name });
            }
        }
        Ok(object.into())
    }
}

fn fields(bytes: &[u8]) -> impl Iterator<Item = (String, String)> {
    url::form_urlencoded::parse(bytes).into_owned()
}

fn read(value: &str, is_string: bool) -> Value {
    let read = if is_string { None } else { serde_json::from_str(value).ok() };
    read.unwrap_or_else(|| value.into())
}

/// What an error within a body means. A field that is null counts as missing.
fn in_body(error: &ValidationError<'_>) -> Violation {
    let path = error.instance_path().to_string();
    let name = path.trim_start_matches('/').replace('/', ".");
    let missing = |name| Violation::Missing { place: Place::Body, name };
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let field = property.as_str().unwrap_or_default();
            missing(if name.is_empty() { field.to_owned() } else { format!("{name}.{field}") })
        }
        ValidationErrorKind::Type { .. } if name.is_empty() => Violation::NotAnObject,
        ValidationErrorKind::Type { .. } if error.instance().is_null() => missing(name),
        _ => Violation::Wrong { place: Place::Body, name, must: must(error) },
    }
}

/// What goes on after "must", without the value.
fn must(error: &ValidationError<'_>) -> String {
    match error.kind() {
        ValidationErrorKind::Type { kind: TypeKind::Single(kind) } => {
            let kind = kind.as_str();
            let article = if kind.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
            format!("be {article} {kind}")
        }
        ValidationErrorKind::Enum { options } => format!("be one of {options}"),
        kind => format!("keep to the `{}` of the spec", kind.keyword()),
    }
}

/// Where something stands in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Header,
    Path,
    Query,
    Body,
}

/// How a request breaks the spec. Names what is wrong, and never quotes a value: it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Violation {
    /// A required parameter or field is not there, or is null.
    Missing { place: Place, name: String },
    /// A parameter or field is not what it must be: `must` goes on after its name and "must".
    Wrong { place: Place, name: String, must: String },
    /// A field of a form comes more than once.
    Repeated { name: String },
    /// There is no body, and there must be one.
    NoBody,
    /// The body has a media type that the operation does not accept; empty if it has none.
    MediaType { named: String, expected: String },
    /// The body is no object of its media type.
    NotAnObject,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { name, .. } => write!(f, "{name} is missing"),
            Self::Wrong { name, must, .. } => write!(f, "{name} must {must}"),
            Self::Repeated { name } => write!(f, "{name} must come once"),
            Self::NoBody => f.write_str("the body is missing"),
            Self::MediaType { named, expected } if named.is_empty() => {
                write!(f, "the content type is missing; it must be {expected}")
            }
            Self::MediaType { expected, .. } => write!(f, "the content type must be {expected}"),
            Self::NotAnObject => f.write_str("the body must be a JSON object"),
        }
    }
}

#[cfg(test)]
mod tests;
