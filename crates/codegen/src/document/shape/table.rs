//! The kinds of objects in OpenAPI 3.0.3, what they are called and which keys they take besides members.

/// A kind of object in an OpenAPI document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Callback,
    Components,
    Contact,
    Discriminator,
    Encoding,
    Example,
    ExternalDocumentation,
    Header,
    Info,
    License,
    Link,
    MediaType,
    OauthFlow,
    OauthFlows,
    Operation,
    Parameter,
    PathItem,
    Paths,
    RequestBody,
    Response,
    Responses,
    Root,
    Schema,
    SecurityScheme,
    Server,
    ServerVariable,
    Tag,
    Xml,
}

/// What a member holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Anything.
    Any,
    Bool,
    /// A whole number from 0, small enough for every tool.
    Count,
    Number,
    Text,
    /// One of these texts.
    Word(&'static [&'static str]),
    Object(Kind),
    /// The object, or a Reference Object that names one.
    RefOr(Kind),
    /// True, false, or what `RefOr` allows.
    BoolOrRefOr(Kind),
    List(&'static Shape),
    Map(&'static Shape),
}

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

impl Kind {
    /// Whether a key of a Path Item Object is a method.
    pub(crate) fn is_method(key: &str) -> bool {
        METHODS.contains(&key)
    }

    /// The name in the specification.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Callback => "Callback Object",
            Kind::Components => "Components Object",
            Kind::Contact => "Contact Object",
            Kind::Discriminator => "Discriminator Object",
            Kind::Encoding => "Encoding Object",
            Kind::Example => "Example Object",
            Kind::ExternalDocumentation => "External Documentation Object",
            Kind::Header => "Header Object",
            Kind::Info => "Info Object",
            Kind::License => "License Object",
            Kind::Link => "Link Object",
            Kind::MediaType => "Media Type Object",
            Kind::OauthFlow => "OAuth Flow Object",
            Kind::OauthFlows => "OAuth Flows Object",
            Kind::Operation => "Operation Object",
            Kind::Parameter => "Parameter Object",
            Kind::PathItem => "Path Item Object",
            Kind::Paths => "Paths Object",
            Kind::RequestBody => "Request Body Object",
            Kind::Response => "Response Object",
            Kind::Responses => "Responses Object",
            Kind::Root => "OpenAPI Object",
            Kind::Schema => "Schema Object",
            Kind::SecurityScheme => "Security Scheme Object",
            Kind::Server => "Server Object",
            Kind::ServerVariable => "Server Variable Object",
            Kind::Tag => "Tag Object",
            Kind::Xml => "XML Object",
        }
    }

    /// The map under `components` that holds shared objects of this kind.
    pub(crate) fn section(self) -> Option<&'static str> {
        Some(match self {
            Kind::Callback => "callbacks",
            Kind::Example => "examples",
            Kind::Header => "headers",
            Kind::Link => "links",
            Kind::Parameter => "parameters",
            Kind::RequestBody => "requestBodies",
            Kind::Response => "responses",
            Kind::Schema => "schemas",
            Kind::SecurityScheme => "securitySchemes",
            _ => return None,
        })
    }

    /// What stands under a key that is not one of [`Kind::members`]: for the objects whose keys are data.
    pub(crate) fn keyed(self, key: &str) -> Option<Shape> {
        match self {
            Kind::Paths if key.starts_with('/') => Some(Shape::Object(Kind::PathItem)),
            Kind::Callback => Some(Shape::Object(Kind::PathItem)),
            Kind::Responses if is_status(key) => Some(Shape::RefOr(Kind::Response)),
            _ => None,
        }
    }

    /// What keys the object takes besides its members, in words.
    pub(crate) fn key_hint(self) -> Option<&'static str> {
        match self {
            Kind::Paths => Some("a path, which starts with a slash"),
            Kind::Responses => Some("an HTTP status from 200 to 599"),
            _ => None,
        }
    }
}

/// Whether a key of a Responses Object is a status or a range of them.
fn is_status(key: &str) -> bool {
    matches!(key.as_bytes(), [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'] | [b'1'..=b'5', b'X', b'X'])
}
