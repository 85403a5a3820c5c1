//! The table: which check a member of an object gets when it differs.
//!
//! A member that stands in no line gets none, and the walk then says that the change has no class. So an addition to
//! OpenAPI, or a new extension, is never passed over; it costs a false alarm until it has a line here.

use super::{
    change::Judgement,
    components, content, documents, forms, links, operations, parameters, policies,
    said::said,
    schemas, security, servers,
    walk::{Diff, Two},
};
use crate::document::shape::Kind;

/// A check: the object around, and the member that differs.
pub(super) type Check = for<'a> fn(&mut Diff<'a>, &Two<'a>, &Two<'a>);

/// The check for a member of an object of a kind.
pub(super) fn check(kind: Kind, key: &str) -> Option<Check> {
    let extension: Option<Check> = match (kind, key) {
        // How sure we are of something, and why the linter should be quiet: for people.
        (_, "x-evidence" | "x-secret-reason") => Some(words),
        (Kind::SecurityScheme, "x-secret") => Some(security::secret),
        (Kind::Schema | Kind::Parameter, "x-secret") => Some(words),
        (Kind::Operation, "x-retry") => Some(policies::retry),
        (Kind::Operation | Kind::Root, "x-rate-limit") => Some(policies::rate_limit),
        (Kind::Root, "x-penalty-seconds") => Some(policies::penalty),
        (Kind::Root, "x-error-codes") => Some(policies::error_codes),
        (Kind::Response, "x-error-kind") => Some(policies::error_kind),
        (Kind::Example, "x-error-kind") => Some(words),
        (Kind::Response, "x-may-be-empty") => Some(policies::may_be_empty),
        (Kind::Schema, "x-aliases") => Some(policies::aliases),
        (Kind::Server, "x-environment") => Some(servers::environment),
        _ => None,
    };
    extension.or_else(|| standard(kind, key))
}

fn standard(kind: Kind, key: &str) -> Option<Check> {
    let check: Check = match (kind, key) {
        (
            Kind::Root | Kind::Operation | Kind::Schema | Kind::Tag,
            "externalDocs" | "tags" | "summary" | "description" | "openapi" | "name",
        )
        | (Kind::Info | Kind::Example, _)
        | (Kind::PathItem, "summary" | "description")
        | (
            Kind::Parameter
            | Kind::Header
            | Kind::RequestBody
            | Kind::Response
            | Kind::Server
            | Kind::SecurityScheme,
            "description",
        )
        | (Kind::SecurityScheme, "bearerFormat")
        | (Kind::Parameter | Kind::Header | Kind::Schema | Kind::MediaType, "example")
        | (Kind::Parameter | Kind::Header | Kind::Schema | Kind::Operation, "deprecated")
            if !key.starts_with("x-") =>
        {
            words
        }
        (Kind::Root, "info") => documents::info,
        (Kind::Root, "servers") => servers::of_document,
        (Kind::Root, "security") => security::of_document,
        (Kind::Root, "paths") => operations::paths,
        (Kind::Root, "components") => components::sections,
        (Kind::Components, section) => return components::check(section),
        // The operations are compared by `operations`, wherever they stand.
        (Kind::PathItem, key) if Kind::is_method(key) => said_elsewhere,
        (Kind::PathItem | Kind::Operation, "parameters" | "servers") | (Kind::Operation, "security") => {
            said_elsewhere
        }
        (Kind::Operation, "operationId") => operations::operation_id,
        (Kind::Operation, "requestBody") => content::request_body,
        (Kind::Operation, "responses") => content::responses,
        (Kind::Parameter, "name" | "in") => parameters::identity,
        (Kind::Parameter | Kind::Header, "required") => parameters::required,
        (Kind::Parameter | Kind::Header | Kind::MediaType, "schema") => content::schema,
        (Kind::Parameter | Kind::Header | Kind::MediaType, "examples") => content::examples,
        (Kind::Parameter | Kind::Header, "content") => content::media_types,
        (Kind::Parameter | Kind::Header, "style" | "explode" | "allowReserved" | "allowEmptyValue") => {
            parameters::written
        }
        (Kind::RequestBody, "required") => content::body_required,
        (Kind::RequestBody | Kind::Response, "content") => content::media_types,
        (Kind::Response, "headers") => content::headers,
        (Kind::Response, "links") => links::all,
        (Kind::Link, "description") => words,
        (Kind::Link, "operationId" | "operationRef" | "server") => links::target,
        (Kind::Link, "parameters") => links::parameters,
        (Kind::Link, "requestBody") => links::body,
        (Kind::MediaType, "encoding") => parameters::written,
        (Kind::Server, "url" | "variables") => servers::url,
        (Kind::SecurityScheme, "type" | "name" | "in" | "scheme" | "flows" | "openIdConnectUrl") => {
            security::scheme
        }
        (Kind::Schema, key) => return schema(key),
        _ => return None,
    };
    Some(check)
}

fn schema(key: &str) -> Option<Check> {
    let check: Check = match key {
        "title" => schemas::title,
        "type" => schemas::kind,
        "format" => schemas::format,
        "nullable" => schemas::nullable,
        "required" => schemas::required,
        "properties" => schemas::properties,
        "additionalProperties" => schemas::additional,
        "items" => schemas::items,
        "enum" => schemas::values,
        "default" => schemas::default,
        "maximum" | "maxLength" | "maxItems" | "maxProperties" => schemas::upper,
        "minimum" | "minLength" | "minItems" | "minProperties" => schemas::lower,
        "exclusiveMaximum" | "exclusiveMinimum" | "uniqueItems" => schemas::flag,
        "pattern" | "multipleOf" | "not" | "discriminator" => schemas::constraint,
        "readOnly" | "writeOnly" => schemas::one_way,
        "allOf" => forms::parts,
        "anyOf" | "oneOf" => forms::forms,
        _ => return None,
    };
    Some(check)
}

/// What is for people only.
pub(super) fn words<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    let why = "It is for people; neither the wire nor the code depends on it.";
    diff.tell(member, said(member), Judgement::documentation(why), Judgement::documentation(why));
}

fn said_elsewhere<'a>(diff: &mut Diff<'a>, _: &Two<'a>, _: &Two<'a>) {
    diff.elsewhere();
}
