//! Checks requests against the broker's spec, so that a client's mistake shows in its own tests.
//!
//! Only what the spec demands is held against a request. Members, headers and parameters that it does not know are let
//! through, as the brokers do; what a broker says to a request that is found wanting, and what it looks at before, is
//! its own business.

mod breach;
mod schema;

use std::collections::HashMap;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use serde_json::{Map, Value};

pub(crate) use breach::{Breach, Place};
use schema::{Schema, Schemas};

/// What a spec demands of the requests of each operation, by its id.
#[derive(Clone, Debug)]
pub(crate) struct Requests(HashMap<String, Demands>);

/// What is demanded of one operation's requests.
#[derive(Clone, Debug)]
struct Demands {
    credentials: Vec<Credential>,
    parameters: Vec<Parameter>,
    body: Option<Body>,
}

/// What identifies the caller.
#[derive(Clone, Debug)]
enum Credential {
    /// A header with this name.
    Header(String),
    /// `Authorization` with this scheme.
    Scheme(String),
}

#[derive(Clone, Debug)]
struct Parameter {
    place: Place,
    name: String,
    required: bool,
    schema: Schema,
}

#[derive(Clone, Debug)]
struct Body {
    required: bool,
    /// By media type, in small letters.
    content: HashMap<String, Media>,
}

#[derive(Clone, Debug)]
struct Media {
    schema: Schema,
    /// The members that it has, and whether each is a text: a form has nothing else.
    members: HashMap<String, bool>,
}

/// A request, as far as the spec says something about it.
pub(crate) struct Request<'a> {
    pub(crate) head: &'a Parts,
    /// The parameters of the path, percent-decoded.
    pub(crate) path_parameters: &'a HashMap<String, String>,
    /// `None`: too long, or broken off.
    pub(crate) body: Option<&'a Bytes>,
}

impl Requests {
    /// What a spec demands. The text in the error says what of it cannot be understood.
    pub(crate) fn of(spec: &Value) -> Result<Self, String> {
        let document = Document { spec, schemas: Schemas::new(spec)? };
        let mut operations = HashMap::new();
        for (path, item) in members(&spec["paths"]) {
            for operation in members(item).map(|(_, operation)| operation) {
                let Some(id) = operation["operationId"].as_str() else { continue };
                let demands = document.demands(item, operation);
                operations.insert(id.to_owned(), demands.map_err(|why| format!("{id} ({path}): {why}"))?);
            }
        }
        Ok(Self(operations))
    }

    /// The first thing that the spec has against a request of this operation, apart from missing headers with these
    /// names. Nothing is demanded of operations that the spec does not know.
    pub(crate) fn breach(
        &self,
        operation: &str,
        request: &Request<'_>,
        may_be_missing: &[&str],
    ) -> Option<Breach> {
        self.0.get(operation)?.check(request, may_be_missing).err()
    }
}

impl Demands {
    fn check(&self, request: &Request<'_>, may_be_missing: &[&str]) -> Result<(), Breach> {
        let demanded = self.credentials.iter().filter(|credential| !credential.is_in(may_be_missing));
        demanded.into_iter().try_for_each(|credential| credential.check(request.head))?;
        self.parameters.iter().try_for_each(|parameter| parameter.check(request))?;
        match (&self.body, request.body) {
            (Some(body), Some(bytes)) => body.check(request.head, bytes),
            _ => Ok(()),
        }
    }
}

impl Credential {
    fn is_in(&self, names: &[&str]) -> bool {
        matches!(self, Self::Header(name) if names.contains(&name.as_str()))
    }

    fn check(&self, head: &Parts) -> Result<(), Breach> {
        let (name, is_there) = match self {
            Self::Header(name) => (name.as_str(), head.headers.contains_key(name)),
            Self::Scheme(scheme) => {
                let value = head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
                let found = value.and_then(|value| value.split_once(' '));
                (AUTHORIZATION.as_str(), found.is_some_and(|(found, _)| found.eq_ignore_ascii_case(scheme)))
            }
        };
        if is_there { Ok(()) } else { Err(Breach::missing(Place::Header, name)) }
    }
}

impl Parameter {
    fn check(&self, request: &Request<'_>) -> Result<(), Breach> {
        let values: Vec<String> = match self.place {
            Place::Header => {
                let values = request.head.headers.get_all(&self.name);
                values.iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect()
            }
            Place::Path => request.path_parameters.get(&self.name).cloned().into_iter().collect(),
            Place::Query => fields(request.head.uri.query().unwrap_or_default().as_bytes())
                .filter_map(|(name, value)| (name == self.name).then_some(value))
                .collect(),
            Place::Body => Vec::new(),
        };
        if values.is_empty() && self.required {
            return Err(Breach::missing(self.place, &self.name));
        }
        values.iter().try_for_each(|value| self.schema.check_text(self.place, &self.name, value))
    }
}

impl Body {
    fn check(&self, head: &Parts, bytes: &Bytes) -> Result<(), Breach> {
        if bytes.is_empty() {
            return if self.required { Err(Breach::NoBody) } else { Ok(()) };
        }
        let named = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = named.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let media = self.content.get(&essence).ok_or_else(|| Breach::MediaType {
            named: essence.clone(),
            expected: self.content.keys().cloned().collect::<Vec<_>>().join(" or "),
        })?;
        if essence == "application/x-www-form-urlencoded" {
            return media.schema.check(&form(bytes, &media.members)?);
        }
        media.schema.check(&serde_json::from_slice(bytes).map_err(|_| Breach::NotAnObject)?)
    }
}

/// A form as an object, whose members are texts unless the schema says otherwise. A field without a value counts as left
/// out, and one that comes twice is an error (RFC 6749, section 3.2); with those that the schema does not have, one may do
/// as one likes.
fn form(bytes: &[u8], members: &HashMap<String, bool>) -> Result<Value, Breach> {
    let mut object = Map::new();
    for (name, text) in fields(bytes).filter(|(_, value)| !value.is_empty()) {
        let Some(is_text) = members.get(&name) else { continue };
        let read = if *is_text { None } else { serde_json::from_str(&text).ok() };
        if object.insert(name.clone(), read.unwrap_or_else(|| text.into())).is_some() {
            return Err(Breach::Repeated { name });
        }
    }
    Ok(object.into())
}

fn fields(bytes: &[u8]) -> impl Iterator<Item = (String, String)> {
    url::form_urlencoded::parse(bytes).into_owned()
}

/// A spec whose references can be followed.
struct Document<'a> {
    spec: &'a Value,
    schemas: Schemas,
}

impl<'a> Document<'a> {
    fn resolve(&self, value: &'a Value) -> Result<&'a Value, String> {
        let Some(reference) = value["$ref"].as_str() else { return Ok(value) };
        let target = reference.strip_prefix('#').and_then(|pointer| self.spec.pointer(pointer));
        target.ok_or_else(|| format!("`{reference}` leads nowhere"))
    }

    fn demands(&self, item: &'a Value, operation: &'a Value) -> Result<Demands, String> {
        let parameters = [item, operation].into_iter().flat_map(|holder| items(&holder["parameters"]));
        Ok(Demands {
            credentials: self.credentials(operation)?,
            parameters: parameters.map(|parameter| self.parameter(parameter)).collect::<Result<_, _>>()?,
            body: operation.get("requestBody").map(|body| self.body(body)).transpose()?,
        })
    }

    /// The first of the alternatives; no spec here has several.
    fn credentials(&self, operation: &'a Value) -> Result<Vec<Credential>, String> {
        let security = operation.get("security").unwrap_or(&self.spec["security"]);
        let names = items(security).take(1).flat_map(members).map(|(name, _)| name);
        let schemes = self.spec.pointer("/components/securitySchemes").unwrap_or(&Value::Null);
        names
            .map(|name| match &schemes[name] {
                scheme if scheme["in"] == "header" => text(scheme, "name").map(Credential::Header),
                scheme if scheme["type"] == "http" => text(scheme, "scheme").map(Credential::Scheme),
                _ => Err(format!("the security scheme `{name}` is neither a header nor of HTTP")),
            })
            .collect()
    }

    fn parameter(&self, parameter: &'a Value) -> Result<Parameter, String> {
        let parameter = self.resolve(parameter)?;
        let place = match parameter["in"].as_str() {
            Some("header") => Place::Header,
            Some("path") => Place::Path,
            Some("query") => Place::Query,
            other => return Err(format!("a parameter is in {other:?}")),
        };
        Ok(Parameter {
            place,
            name: text(parameter, "name")?,
            required: parameter["required"] == true,
            schema: self.schemas.compile(&parameter["schema"])?,
        })
    }

    fn body(&self, body: &'a Value) -> Result<Body, String> {
        let body = self.resolve(body)?;
        let content = members(&body["content"])
            .map(|(name, media)| Ok((name.to_ascii_lowercase(), self.media(&media["schema"])?)));
        Ok(Body { required: body["required"] == true, content: content.collect::<Result<_, String>>()? })
    }

    fn media(&self, schema: &'a Value) -> Result<Media, String> {
        let properties = self.properties(schema)?;
        let texts = properties.into_iter();
        let texts = texts.map(|(name, member)| Ok((name.clone(), schema::is_text(self.resolve(member)?))));
        Ok(Media { schema: self.schemas.compile(schema)?, members: texts.collect::<Result<_, String>>()? })
    }

    /// The properties of a schema and of those that it is put together from.
    fn properties(&self, schema: &'a Value) -> Result<Vec<(&'a String, &'a Value)>, String> {
        let schema = self.resolve(schema)?;
        let mut properties: Vec<_> = members(&schema["properties"]).collect();
        for part in items(&schema["allOf"]) {
            properties.extend(self.properties(part)?);
        }
        Ok(properties)
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value, name: &str) -> Result<String, String> {
    value[name].as_str().map(str::to_owned).ok_or_else(|| format!("`{name}` is no text"))
}

#[cfg(test)]
mod tests;
