//! The table of rules.

use super::{
    aliases, answers, bodies, components, context::Context, described, empty_answers, error_kinds,
    example_codes, example_members, examples, extensions, failures, forms, guesses, hints, hosts, limits,
    links, made_up, operations, parameters, paths, policies, prose, redirects, references, report::Report,
    responses, retries, schemas, secret_values, secrets, security, servers, structure, tags,
};

/// A rule about specs.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Rule {
    /// What the rule is called in messages, in kebab-case.
    pub id: &'static str,
    /// What it demands, in a sentence.
    pub summary: &'static str,
    stage: Stage,
    reliance: Reliance,
    check: Option<Check>,
}

/// What relies on a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reliance {
    /// Whatever reads the document, the other rules among them.
    Everything,
    /// The generator: it would fail, or its code would not compile, or do something else than the spec says.
    Generator,
    /// The safety of secrets and accounts.
    Safety,
    /// Nothing but the judgement of readers.
    Judgement,
}

/// Looks for what breaks a rule.
pub(super) type Check = fn(&Context<'_>, &mut Report<'_, '_>);

/// When a rule is checked. A problem in one stage keeps the later ones from being looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// While the document is loaded.
    Load,
    /// What every later rule relies on.
    Structure,
    /// Everything else.
    Content,
    /// After everything else: whether each silence was needed.
    Silences,
}

impl Rule {
    pub(super) fn stage(&self) -> Stage {
        self.stage
    }

    pub(super) fn check(&self) -> Option<Check> {
        self.check
    }

    /// Why the rule cannot be silenced by a comment in a spec; nothing if it can be.
    pub fn must_hold(&self) -> Option<&'static str> {
        match self.reliance {
            Reliance::Everything => Some("Every other rule, and whatever else reads the spec, relies on it."),
            Reliance::Generator => Some("The generator relies on it, and every client that it writes."),
            Reliance::Safety => Some("The safety of secrets and accounts relies on it."),
            Reliance::Judgement => None,
        }
    }
}

const fn load(id: &'static str, summary: &'static str) -> Rule {
    Rule { id, summary, stage: Stage::Load, reliance: Reliance::Everything, check: None }
}

const fn structure(id: &'static str, summary: &'static str, check: Check) -> Rule {
    Rule { id, summary, stage: Stage::Structure, reliance: Reliance::Everything, check: Some(check) }
}

const fn generator(id: &'static str, summary: &'static str, check: Check) -> Rule {
    Rule { id, summary, stage: Stage::Content, reliance: Reliance::Generator, check: Some(check) }
}

const fn safety(id: &'static str, summary: &'static str, check: Check) -> Rule {
    Rule { id, summary, stage: Stage::Content, reliance: Reliance::Safety, check: Some(check) }
}

const fn judgement(id: &'static str, summary: &'static str, check: Check) -> Rule {
    Rule { id, summary, stage: Stage::Content, reliance: Reliance::Judgement, check: Some(check) }
}

const fn silence(id: &'static str, summary: &'static str) -> Rule {
    Rule { id, summary, stage: Stage::Silences, reliance: Reliance::Everything, check: None }
}

/// Every rule, in the order in which they are checked.
pub const RULES: &[Rule] = &[
    load("unreadable-file", "The file exists and may be read."),
    load("not-utf8", "The file is UTF-8."),
    load("too-large", "The file has at most 1 MiB."),
    load("control-character", "The text has no control characters and no invisible ones."),
    load("yaml-syntax", "The text is YAML."),
    load("yaml-document", "The file holds exactly one YAML document."),
    load("yaml-alias", "No YAML anchors and aliases; shared parts stand under `components`."),
    load("yaml-tag", "No YAML tags."),
    load("yaml-key", "Keys are text, or whole numbers such as HTTP statuses."),
    load("yaml-ambiguous", "Plain texts mean the same in YAML 1.1 and 1.2: no bare `no`, `0123` or date."),
    load("yaml-number", "Numbers can be represented in JSON and in 64 bits."),
    load("duplicate-key", "No map has a key twice."),
    load("too-deep", "At most 64 maps and lists stand in each other."),
    load("openapi-version", "The document is OpenAPI 3.0."),
    load("wrong-shape", "Every member has the type of the OpenAPI specification; none is missing."),
    load("not-openapi", "The document can be read as OpenAPI 3.0."),
    structure(
        "unknown-member",
        "Objects have the members of the specification only.",
        structure::unknown_member,
    ),
    structure("path-item-reference", "A path item is no reference.", structure::path_item_reference),
    structure(
        "reference-target",
        "References lead to a component of the right kind in the same file.",
        references::target,
    ),
    structure("reference-siblings", "Nothing but extensions stands beside `$ref`.", references::siblings),
    structure(
        "circular-reference",
        "No circle of references without a property or an item between.",
        references::circular,
    ),
    structure("composition-size", "Schemas are composed of few others.", references::composition_size),
    generator("component-name", "Component names are plain and give different Rust names.", components::name),
    judgement("unused-component", "Every component is used.", components::unused),
    generator("operation-id", "Every operation has an `operationId`.", operations::id),
    generator(
        "operation-id-case",
        "An `operationId` is in snake_case and free for a method.",
        operations::id_case,
    ),
    generator(
        "operation-id-duplicate",
        "Operations have different names, in Rust too.",
        operations::id_duplicate,
    ),
    generator(
        "path-parameter",
        "The parameters of a path are those in its template.",
        parameters::path_template,
    ),
    generator("parameter-place", "Parameters stand in the path, the query or a header.", parameters::place),
    generator(
        "parameter-header",
        "Headers that HTTP or security sets are no parameters.",
        parameters::header,
    ),
    generator("parameter-schema", "A parameter has a schema, not content.", parameters::schema),
    generator("parameter-style", "Parameters are written in the default style.", parameters::style),
    generator(
        "parameter-name",
        "The parameters of an operation have different names, in Rust too.",
        parameters::name,
    ),
    generator("request-body", "A request body is JSON or a form, and has a schema.", bodies::request),
    generator("form-body", "A form has plain values only.", bodies::form),
    generator(
        "response-status",
        "Responses have a registered status of success, redirect or error.",
        responses::status,
    ),
    generator(
        "success-missing",
        "Every operation has a response with a status from 200 to 299.",
        responses::success,
    ),
    generator("response-content", "A response with content has JSON with a schema.", responses::content),
    generator(
        "redirect",
        "A redirect has a kind of error, an example of `Location`, and no content but text.",
        redirects::described,
    ),
    generator("may-be-empty", "Where a body may be missing, `{}` fits.", empty_answers::may_be_empty),
    generator("response-type", "An operation has one type of success and one of error.", responses::types),
    generator("schema-type", "A type is one of the six of OpenAPI 3.0.", schemas::types),
    generator("schema-member", "The members of a schema belong to its type.", schemas::members),
    generator("required-property", "Required properties exist and are named once.", schemas::required),
    generator(
        "property-name",
        "The properties of a schema have different Rust names.",
        schemas::property_names,
    ),
    generator("aliases", "Other spellings of a property are names of their own.", aliases::spelling),
    generator("enum-value", "The values of an enum differ and have its type.", schemas::enum_values),
    generator(
        "schema-format",
        "Formats are `password`, `int32`, `int64`, `float` and `double`.",
        schemas::formats,
    ),
    generator("schema-pattern", "A pattern is a regular expression.", schemas::patterns),
    generator("exclusive-bound", "An exclusive bound has a bound.", schemas::exclusive_bound),
    generator("composition", "Alternatives are different component schemas.", schemas::composition),
    generator("recursive-merge", "`allOf` does not merge recursive schemas.", references::recursive_merge),
    judgement("answer-integer", "Integers in answers are int64.", answers::integers),
    judgement("answer-constraint", "Schemas of answers do not constrain.", answers::constraints),
    judgement(
        "answer-null",
        "Optional lists and maps in answers say whether they may be null.",
        answers::nulls,
    ),
    safety("secret-format", "What is named like a secret is marked as one.", secrets::format),
    safety("secret-in-url", "No secret stands in a path or a query.", secrets::url),
    safety("secret-reason", "What is declared not to be a secret has a reason.", secrets::reason),
    generator(
        "evidence",
        "Operations say what is known of them: documented, observed or inferred.",
        policies::evidence,
    ),
    safety("server-url", "Servers are plain https URLs, of a known environment.", servers::url),
    safety("retry", "Operations say whether they may be repeated: safe, unsent or never.", retries::retry),
    safety(
        "retry-secret",
        "An operation that sends a secret in its body, or spends a code or a one-time token, is never safe to repeat.",
        retries::secret,
    ),
    safety("rate-limit", "Limits and penalties are whole numbers from 1.", limits::rate_limit),
    generator("error-kind", "Error kinds are those of the client.", error_kinds::known),
    judgement(
        "example-missing",
        "Every response and request body with content has a named example, every parameter an example.",
        examples::missing,
    ),
    generator("example-invalid", "Examples and defaults fit their schema.", examples::invalid),
    generator("prose-code", "Code in descriptions says its language, and that is not Rust.", prose::code),
    judgement(
        "prose-markup",
        "Descriptions have no HTML, no bare URLs and no links to nothing.",
        prose::markup,
    ),
    generator("path-form", "Paths are plain, and differ in more than the names of their parts.", paths::form),
    generator("response-body", "A status without a body has no content.", responses::bodiless),
    generator("form-order", "Every form can be meant, and gets its decoder.", forms::order),
    generator("error-kind-missing", "Every error response says what it means.", error_kinds::missing),
    generator(
        "example-kind",
        "An example of a failure with a status of success says what it means.",
        failures::kinds,
    ),
    generator("extension-place", "Extensions stand where they are read.", extensions::place),
    safety(
        "security-scheme",
        "Callers are identified by headers that the transport can supply.",
        security::scheme,
    ),
    safety(
        "security",
        "Every operation says what a call carries, by schemes that exist.",
        security::requirement,
    ),
    safety("server-environment", "Every server belongs to an environment.", servers::environment),
    safety("rate-limit-wider", "The limit of an operation is narrower than that of all.", limits::wider),
    judgement("server-used", "The document has servers; each is used, and named once.", servers::used),
    judgement("error-kind-status", "The kind of an error goes with its status.", error_kinds::status),
    judgement("retry-effect", "What changes something at the broker is not safe to repeat.", retries::effect),
    judgement("retry-reading", "A GET that spends nothing is safe to repeat.", retries::reading),
    judgement(
        "description-missing",
        "Operations, parameters, schemas and members are described.",
        described::described,
    ),
    judgement("tags", "Operations have tags, and tags operations and a description.", tags::tags),
    judgement("form-shadow", "No form takes answers that are meant for a later one.", forms::shadowed),
    judgement(
        "link-target",
        "Links lead to operations, with what they need, taken from where it stands.",
        links::targets,
    ),
    judgement("unknown-extension", "Extensions mean something here.", extensions::unknown),
    judgement(
        "example-member",
        "Examples have the members that their schemas describe.",
        example_members::members,
    ),
    judgement("example-secret", "Examples look made up.", made_up::secrets),
    judgement("example-host", "Addresses in examples are the broker's, and encrypted.", hosts::foreign),
    judgement(
        "example-code",
        "Codes in examples are not nearly those of `x-error-codes`.",
        example_codes::nearly_known,
    ),
    judgement(
        "error-code-kind",
        "Every code of `x-error-codes` has an example, which means what the code means.",
        example_codes::kinds,
    ),
    safety("guess-judged", "A wrong guess is known by the broker's words, not by a status.", guesses::judged),
    safety("success-said", "What a response must say to be a success can be said.", guesses::success),
    generator("hint", "A hint is a sentence, with a condition that something meets.", hints::hints),
    judgement("server-domain", "Servers are in the same domain.", servers::neighbours),
    judgement(
        "secret-value",
        "What holds a secret's value in an example is marked as one.",
        secret_values::unmarked,
    ),
    silence("silence-form", "A comment for the linter is a silence: `# lint: allow(rule-id) reason`."),
    silence("silence-rule", "A silence names a rule."),
    silence("silence-forbidden", "A silence names a rule that may be silenced."),
    silence("silence-reason", "A silence has a reason."),
    silence("silence-unused", "A silence silences something."),
];
