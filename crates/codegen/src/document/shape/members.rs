//! The members of the objects of OpenAPI 3.0.3, as its section "Schema" lists them.

use super::table::{
    Kind,
    Shape::{self, Any, Bool, BoolOrRefOr, Count, List, Map, Number, Object, RefOr, Text, Word},
};

/// A member that an object may have.
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
}

const fn may(name: &'static str, shape: Shape) -> Member {
    Member { name, shape, required: false }
}

const fn must(name: &'static str, shape: Shape) -> Member {
    Member { name, shape, required: true }
}

impl Kind {
    /// The members.
    pub(crate) fn members(self) -> &'static [Member] {
        match self {
            Kind::Callback | Kind::Paths => &[],
            Kind::Components => {
                const {
                    &[
                        may("schemas", Map(&RefOr(Kind::Schema))),
                        may("responses", Map(&RefOr(Kind::Response))),
                        may("parameters", Map(&RefOr(Kind::Parameter))),
                        may("examples", Map(&RefOr(Kind::Example))),
                        may("requestBodies", Map(&RefOr(Kind::RequestBody))),
                        may("headers", Map(&RefOr(Kind::Header))),
                        may("securitySchemes", Map(&RefOr(Kind::SecurityScheme))),
                        may("links", Map(&RefOr(Kind::Link))),
                        may("callbacks", Map(&RefOr(Kind::Callback))),
                    ]
                }
            }
            Kind::Contact => const { &[may("name", Text), may("url", Text), may("email", Text)] },
            Kind::Discriminator => const { &[must("propertyName", Text), may("mapping", Map(&Text))] },
            Kind::Encoding => {
                const {
                    &[
                        may("contentType", Text),
                        may("headers", Map(&RefOr(Kind::Header))),
                        may("style", Word(&["form", "spaceDelimited", "pipeDelimited", "deepObject"])),
                        may("explode", Bool),
                        may("allowReserved", Bool),
                    ]
                }
            }
            Kind::Example => {
                const {
                    &[
                        may("summary", Text),
                        may("description", Text),
                        may("value", Any),
                        may("externalValue", Text),
                    ]
                }
            }
            Kind::ExternalDocumentation => const { &[may("description", Text), must("url", Text)] },
            Kind::Header => {
                const {
                    &[
                        may("description", Text),
                        may("required", Bool),
                        may("deprecated", Bool),
                        may("allowEmptyValue", Bool),
                        may("style", Word(&["simple"])),
                        may("explode", Bool),
                        may("allowReserved", Bool),
                        may("schema", RefOr(Kind::Schema)),
                        may("example", Any),
                        may("examples", Map(&RefOr(Kind::Example))),
                        may("content", Map(&Object(Kind::MediaType))),
                    ]
                }
            }
            Kind::Info => {
                const {
                    &[
                        must("title", Text),
                        may("description", Text),
                        may("termsOfService", Text),
                        may("contact", Object(Kind::Contact)),
                        may("license", Object(Kind::License)),
                        must("version", Text),
                    ]
                }
            }
            Kind::License => const { &[must("name", Text), may("url", Text)] },
            Kind::Link => {
                const {
                    &[
                        may("operationRef", Text),
                        may("operationId", Text),
                        may("parameters", Map(&Any)),
                        may("requestBody", Any),
                        may("description", Text),
                        may("server", Object(Kind::Server)),
                    ]
                }
            }
            Kind::MediaType => {
                const {
                    &[
                        may("schema", RefOr(Kind::Schema)),
                        may("example", Any),
                        may("examples", Map(&RefOr(Kind::Example))),
                        may("encoding", Map(&Object(Kind::Encoding))),
                    ]
                }
            }
            Kind::OauthFlow => {
                const {
                    &[
                        may("authorizationUrl", Text),
                        may("tokenUrl", Text),
                        may("refreshUrl", Text),
                        must("scopes", Map(&Text)),
                    ]
                }
            }
            Kind::OauthFlows => {
                const {
                    &[
                        may("implicit", Object(Kind::OauthFlow)),
                        may("password", Object(Kind::OauthFlow)),
                        may("clientCredentials", Object(Kind::OauthFlow)),
                        may("authorizationCode", Object(Kind::OauthFlow)),
                    ]
                }
            }
            Kind::Operation => {
                const {
                    &[
                        may("tags", List(&Text)),
                        may("summary", Text),
                        may("description", Text),
                        may("externalDocs", Object(Kind::ExternalDocumentation)),
                        may("operationId", Text),
                        may("parameters", List(&RefOr(Kind::Parameter))),
                        may("requestBody", RefOr(Kind::RequestBody)),
                        must("responses", Object(Kind::Responses)),
                        may("callbacks", Map(&RefOr(Kind::Callback))),
                        may("deprecated", Bool),
                        may("security", List(&Map(&List(&Text)))),
                        may("servers", List(&Object(Kind::Server))),
                    ]
                }
            }
            Kind::Parameter => {
                const {
                    &[
                        must("name", Text),
                        must("in", Word(&["query", "header", "path", "cookie"])),
                        may("description", Text),
                        may("required", Bool),
                        may("deprecated", Bool),
                        may("allowEmptyValue", Bool),
                        may("style", Text),
                        may("explode", Bool),
                        may("allowReserved", Bool),
                        may("schema", RefOr(Kind::Schema)),
                        may("example", Any),
                        may("examples", Map(&RefOr(Kind::Example))),
                        may("content", Map(&Object(Kind::MediaType))),
                    ]
                }
            }
            Kind::PathItem => {
                const {
                    &[
                        may("$ref", Text),
                        may("summary", Text),
                        may("description", Text),
                        may("get", Object(Kind::Operation)),
                        may("put", Object(Kind::Operation)),
                        may("post", Object(Kind::Operation)),
                        may("delete", Object(Kind::Operation)),
                        may("options", Object(Kind::Operation)),
                        may("head", Object(Kind::Operation)),
                        may("patch", Object(Kind::Operation)),
                        may("trace", Object(Kind::Operation)),
                        may("servers", List(&Object(Kind::Server))),
                        may("parameters", List(&RefOr(Kind::Parameter))),
                    ]
                }
            }
            Kind::RequestBody => {
                const {
                    &[
                        may("description", Text),
                        must("content", Map(&Object(Kind::MediaType))),
                        may("required", Bool),
                    ]
                }
            }
            Kind::Response => {
                const {
                    &[
                        must("description", Text),
                        may("headers", Map(&RefOr(Kind::Header))),
                        may("content", Map(&Object(Kind::MediaType))),
                        may("links", Map(&RefOr(Kind::Link))),
                    ]
                }
            }
            Kind::Responses => const { &[may("default", RefOr(Kind::Response))] },
            Kind::Root => {
                const {
                    &[
                        must("openapi", Text),
                        must("info", Object(Kind::Info)),
                        may("servers", List(&Object(Kind::Server))),
                        must("paths", Object(Kind::Paths)),
                        may("components", Object(Kind::Components)),
                        may("security", List(&Map(&List(&Text)))),
                        may("tags", List(&Object(Kind::Tag))),
                        may("externalDocs", Object(Kind::ExternalDocumentation)),
                    ]
                }
            }
            Kind::Schema => SCHEMA,
            Kind::SecurityScheme => {
                const {
                    &[
                        must("type", Word(&["apiKey", "http", "oauth2", "openIdConnect"])),
                        may("description", Text),
                        may("name", Text),
                        may("in", Word(&["query", "header", "cookie"])),
                        may("scheme", Text),
                        may("bearerFormat", Text),
                        may("flows", Object(Kind::OauthFlows)),
                        may("openIdConnectUrl", Text),
                    ]
                }
            }
            Kind::Server => {
                const {
                    &[
                        must("url", Text),
                        may("description", Text),
                        may("variables", Map(&Object(Kind::ServerVariable))),
                    ]
                }
            }
            Kind::ServerVariable => {
                const { &[may("enum", List(&Text)), must("default", Text), may("description", Text)] }
            }
            Kind::Tag => {
                const {
                    &[
                        must("name", Text),
                        may("description", Text),
                        may("externalDocs", Object(Kind::ExternalDocumentation)),
                    ]
                }
            }
            Kind::Xml => {
                const {
                    &[
                        may("name", Text),
                        may("namespace", Text),
                        may("prefix", Text),
                        may("attribute", Bool),
                        may("wrapped", Bool),
                    ]
                }
            }
        }
    }
}

const SCHEMA: &[Member] = &[
    may("title", Text),
    may("multipleOf", Number),
    may("maximum", Number),
    may("exclusiveMaximum", Bool),
    may("minimum", Number),
    may("exclusiveMinimum", Bool),
    may("maxLength", Count),
    may("minLength", Count),
    may("pattern", Text),
    may("maxItems", Count),
    may("minItems", Count),
    may("uniqueItems", Bool),
    may("maxProperties", Count),
    may("minProperties", Count),
    may("required", List(&Text)),
    may("enum", List(&Any)),
    may("type", Text),
    may("allOf", List(&RefOr(Kind::Schema))),
    may("oneOf", List(&RefOr(Kind::Schema))),
    may("anyOf", List(&RefOr(Kind::Schema))),
    may("not", RefOr(Kind::Schema)),
    may("items", RefOr(Kind::Schema)),
    may("properties", Map(&RefOr(Kind::Schema))),
    may("additionalProperties", BoolOrRefOr(Kind::Schema)),
    may("description", Text),
    may("format", Text),
    may("default", Any),
    may("nullable", Bool),
    may("discriminator", Object(Kind::Discriminator)),
    may("readOnly", Bool),
    may("writeOnly", Bool),
    may("xml", Object(Kind::Xml)),
    may("externalDocs", Object(Kind::ExternalDocumentation)),
    may("example", Any),
    may("deprecated", Bool),
];
