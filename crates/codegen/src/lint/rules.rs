//! The table of rules.

use super::{
    codes, context::Context, errors, example_secrets, examples, extensions, forms, generator, hosts, limits,
    links, references, report::Report, retries, secrets, servers,
};

/// A rule about specs.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Rule {
    /// The id of the rule in messages, in kebab-case.
    pub id: &'static str,
    /// The requirement, in a sentence.
    pub summary: &'static str,
    /// Whether an object may list it under `x-lint-allow`: neither the generator nor the safety of accounts relies on it.
    pub may_be_allowed: bool,
    pub(super) stage: Stage,
    pub(super) check: Option<Check>,
}

/// Reports what breaks a rule.
pub(super) type Check = fn(&Context<'_>, &mut Report<'_, '_>);

/// When a rule is checked. After a problem in one stage, later stages do not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// While the document is loaded, or after all other rules.
    Elsewhere,
    /// Before the rules that rely on it.
    Structure,
    Content,
}

const fn elsewhere(id: &'static str, summary: &'static str) -> Rule {
    Rule { id, summary, may_be_allowed: false, stage: Stage::Elsewhere, check: None }
}

const fn structure(id: &'static str, summary: &'static str, check: Check) -> Rule {
    Rule { stage: Stage::Structure, ..rule(id, summary, check) }
}

const fn rule(id: &'static str, summary: &'static str, check: Check) -> Rule {
    Rule { id, summary, may_be_allowed: false, stage: Stage::Content, check: Some(check) }
}

const fn judgement(id: &'static str, summary: &'static str, check: Check) -> Rule {
    Rule { may_be_allowed: true, ..rule(id, summary, check) }
}

/// Every rule, in the order in which they are checked.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    elsewhere("unreadable-file", "The file exists, may be read, and is UTF-8."),
    elsewhere("too-large", "The file has at most 1 MiB."),
    elsewhere("control-character", "The file has no control characters and no invisible ones."),
    elsewhere("yaml", "The file is one YAML document with JSON values."),
    elsewhere("duplicate-key", "No map has the same key twice."),
    elsewhere("openapi-version", "The document is OpenAPI 3.0."),
    elsewhere("wrong-shape", "Objects have the fields of the OpenAPI specification, of the right type."),
    structure("reference", "References lead to a component of the right kind, with nothing beside them.", references::reference),
    structure("composition", "Alternatives are different component schemas, not composed themselves.", references::composition),
    rule("extension-value", "Extensions have valid values.", extensions::value),
    rule("extension-place", "Extensions are in objects that use them.", extensions::place),
    judgement("unknown-extension", "Extensions are known.", extensions::unknown),
    rule("evidence", "Operations have their evidence: documented, observed or inferred.", extensions::evidence),
    rule("secret-format", "Fields and parameters with the name of a secret are marked as secrets.", secrets::format),
    rule("secret-in-url", "No path and no query contains a secret.", secrets::url),
    rule("secret-reason", "`x-secret: false` has a reason.", secrets::reason),
    judgement("secret-value", "Fields with a secret's value in an example are marked as secrets.", secrets::value),
    judgement("example-secret", "Secrets in examples look made up.", example_secrets::secrets),
    rule("retry", "Operations have a retry class: safe, unsent or never.", retries::retry),
    rule("retry-secret", "An operation that sends a guess or a one-time token is never safe to repeat.", retries::secret),
    judgement("retry-effect", "Operations with an effect at the broker are not safe to repeat.", retries::effect),
    judgement("retry-reading", "A GET that sends no guess is safe to repeat.", retries::reading),
    rule("rate-limit", "Limits are plausible numbers, narrower for an operation than for all.", limits::rate_limit),
    rule("error-codes", "Every code has a kind, a meaning and evidence.", errors::codes),
    rule("error-kind-missing", "Every error response has a kind.", errors::missing),
    judgement("error-kind-status", "The kind of an error fits its status.", errors::status),
    judgement("error-code-kind", "Every code has an example of the same kind.", codes::kinds),
    judgement("example-code", "Codes in examples are not typos of documented ones.", codes::nearly_known),
    rule("guess-judged", "The broker's message identifies a wrong guess, not a status.", errors::judged),
    rule("success-condition", "A response can meet `x-success`.", errors::success),
    rule("hint", "A hint is a sentence, with a condition that something meets.", codes::hints),
    rule("server-url", "Servers are plain https URLs.", servers::url),
    rule("server-environment", "Every server belongs to one environment.", servers::environment),
    judgement("server-domain", "Servers are in the same domain.", servers::neighbours),
    judgement("example-host", "Addresses in examples are the broker's, and encrypted.", hosts::foreign),
    rule("security", "A call carries one set of headers that the transport can supply.", servers::security),
    rule("form-order", "Every form can apply, and has a decoder.", forms::order),
    judgement("form-shadow", "No form applies to responses of a later one.", forms::shadowed),
    rule("fault", "A fault can be recognised by its required fields.", forms::fault),
    rule("aliases", "Other spellings of a property are unique.", forms::aliases),
    judgement("example-missing", "Responses, request bodies and parameters have examples.", examples::missing),
    rule("example-invalid", "Examples and defaults fit their schema.", examples::invalid),
    rule("example-kind", "An example of a failure with a status of success has a kind.", examples::kinds),
    judgement("example-field", "Examples have the fields that their schemas describe.", examples::fields),
    rule("may-be-empty", "`{}` fits every response that may be empty.", examples::may_be_empty),
    rule("operation-id", "An `operationId` is the name of its method.", generator::operation_id),
    rule("path", "Paths are in their normal form.", generator::path),
    rule("parameter", "The generated method can send every parameter.", generator::parameter),
    rule("request-body", "A request body is JSON or a form, and always sent.", generator::request_body),
    rule("response", "Responses have a registered status, JSON with a schema, and redirects a `Location`.", generator::response),
    judgement("response-schema", "Schemas of responses do not constrain values.", generator::response_schema),
    judgement("schema", "Schemas and properties have descriptions, and names in ASCII.", generator::schema),
    judgement("link-target", "Links name operations and their parameters.", links::target),
    elsewhere("lint-allow", "`x-lint-allow` lists only rules that may be broken and are broken there."),
];
