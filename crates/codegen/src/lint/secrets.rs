//! `format: password` marks secrets. Their generated type never prints the value.
//!
//! Names and examples reveal secrets. A harmless field with such a name (a fault's `code`, a flag) needs `x-secret:
//! false` and `x-secret-reason: <why>`.

use std::collections::BTreeMap;

use broker_session_openapi::join;
use serde_json::Value;

use super::{
    context::{Context, Used, string},
    example_secrets::is_token,
    example_values::{ExampleValue, each},
    report::Report,
    secret_names::{is_never_harmless, is_secret},
};

/// The length from which equal values are no coincidence (characters).
const MIN_VALUE_CHARS: usize = 8;
const WHY: &str = "Only `format: password` keeps a value out of logs, Debug and freed memory.";
const FIX: &str = "Write `type: string` and `format: password` in the schema; if it is not a secret, `x-secret: false` and \
                   `x-secret-reason: <why>`.";

/// A property or a parameter.
struct Named<'a> {
    name: &'a str,
    place: String,
    /// The object at the place, references not followed: `x-secret` belongs here.
    own: &'a Value,
    schema: Used<'a>,
    /// `path`, `query`, … for parameters.
    location: Option<&'a str>,
}

impl Named<'_> {
    fn is_harmless(&self) -> bool {
        self.own["x-secret"] == false
    }

    fn is_marked(&self) -> bool {
        self.schema.string("format") == Some("password")
    }

    /// Maps and lists hold secrets; they are not secrets themselves.
    fn is_container(&self) -> bool {
        matches!(self.schema.string("type"), Some("object" | "array"))
            || ["oneOf", "anyOf"].iter().any(|list| self.schema.value.get(list).is_some())
    }
}

fn named<'a>(context: &Context<'a>) -> Vec<Named<'a>> {
    let root = context.document.value();
    let properties = context.objects("Schema").flat_map(|(pointer, _)| {
        context.fields(&join(pointer, "properties")).into_iter().filter_map(|(name, schema)| {
            let own = root.pointer(&schema.place)?;
            Some(Named { name, place: schema.place.clone(), own, schema, location: None })
        })
    });
    let parameters = context.objects("Parameter").filter_map(|(pointer, parameter)| {
        Some(Named {
            name: string(parameter, "name")?,
            place: pointer.to_owned(),
            own: root.pointer(pointer)?,
            schema: context.used(&join(pointer, "schema"))?,
            location: string(parameter, "in"),
        })
    });
    properties.chain(parameters).collect()
}

/// Secrets that are not marked, and marks on other values than strings.
pub(super) fn format(context: &Context<'_>, report: &mut Report<'_, '_>) {
    // In a response such a name may be a flag: whether the user has a password.
    let sent =
        context.reach(context.operations.iter().map(|operation| join(&operation.pointer, "requestBody")));
    for named in named(context) {
        let is_expected = is_secret(named.name) && !named.is_harmless() && !named.is_container();
        if is_expected && !named.is_marked() {
            let what = format!("`{}` is named like a secret, but is not marked as one.", named.name);
            report.add(&named.place, what, WHY, FIX);
        }
        let is_sent = sent.contains(named.place.as_str()) && named.schema.string("type") == Some("string");
        if is_sent && named.is_harmless() && is_never_harmless(named.name) {
            let what = format!("`{}` is declared harmless.", named.name);
            let why = "Anyone with a string of that name can sign in.";
            report.add(&named.place, what, why, "Write `format: password` in place of `x-secret: false`.");
        }
    }
    for (pointer, schema) in context.objects("Schema") {
        if string(schema, "format") == Some("password") && string(schema, "type") != Some("string") {
            let what = "`format: password` is not on a string.";
            report.add(
                &join(pointer, "format"),
                what,
                "The type for secrets holds a string.",
                "Write `type: string`.",
            );
        }
    }
}

/// Secrets in URLs, which every server on the way may log.
pub(super) fn url(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for named in named(context) {
        let Some(location @ ("path" | "query")) = named.location else { continue };
        if named.is_marked() || (is_secret(named.name) && !named.is_harmless()) {
            let what = format!("The secret `{}` is in the {location}.", named.name);
            let why = "Servers and proxies on the way log URLs.";
            report.add(&named.place, what, why, "Send it in a header or in the body.");
        }
    }
}

/// `x-secret: false` without a reason of two words, or beside the mark of a secret.
pub(super) fn reason(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let why = "A reader must be able to distinguish a decision from a typo.";
    for (pointer, node) in context.nodes() {
        let has_reason =
            string(node.object, "x-secret-reason").is_some_and(|text| text.split_whitespace().count() > 1);
        let is_harmless = node.object.contains_key("x-secret");
        if is_harmless && string(node.object, "format") == Some("password") {
            let fix = "Delete `x-secret` and its reason, or `format: password`.";
            report.add(&join(pointer, "x-secret"), "A secret is declared harmless.", why, fix);
        } else if is_harmless && !has_reason {
            let fix = "Add `x-secret-reason:` with a sentence that states why the value is harmless.";
            report.add(&join(pointer, "x-secret"), "`x-secret` has no reason.", why, fix);
        } else if !is_harmless && node.object.contains_key("x-secret-reason") {
            let what = "`x-secret-reason` has no `x-secret: false`.";
            report.add(&join(pointer, "x-secret-reason"), what, why, "Add `x-secret: false`, or delete it.");
        }
    }
}

/// Secrets without a secret's name: the example of an unmarked field has the value of a secret, or looks like one.
pub(super) fn value(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let long = |value: &'_ Value| {
        value.as_str().filter(|text| text.chars().count() >= MIN_VALUE_CHARS).map(str::to_owned)
    };
    let mut secrets: BTreeMap<String, String> = BTreeMap::new();
    each(context, &mut |example| {
        if let (true, Some(text)) = (example.has("format", "password"), long(example.value)) {
            secrets.entry(text).or_insert_with(|| example.name.to_owned());
        }
    });
    each(context, &mut |example: &ExampleValue<'_, '_>| {
        let Some(text) = long(example.value) else { return };
        if example.has("format", "password") || example.has("x-secret", false) {
            return;
        }
        let name = example.name;
        let what = match secrets.get(&text) {
            Some(secret) => {
                format!("`{name}` has the value of the secret `{secret}`, but is not marked as one.")
            }
            None if is_token(&text) => format!("`{name}` holds a token, but is not marked as a secret."),
            None if is_uuid(&text) => {
                format!("`{name}` holds an id like a session's, but is not marked as a secret.")
            }
            None => return,
        };
        report.add(example.place, what, WHY, FIX);
    });
}

/// 32 hexadecimal digits, with hyphens (RFC 9562) or without.
fn is_uuid(text: &str) -> bool {
    let plain: String = text.chars().filter(|letter| *letter != '-').collect();
    plain.len() == 32 && plain.bytes().all(|byte| byte.is_ascii_hexdigit())
}
