//! Secrets that their names do not tell, found by what examples hold: the value of a secret stands where nothing is
//! marked as one, or looks like what only secrets look like.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    context::Context,
    example_values::{ExampleValue, each},
    made_up::is_token,
    report::Report,
};

/// Shorter values are codes and numbers, which may be the same by chance (characters).
const SHORTEST: usize = 8;

const WHY: &str = "Only what has `format: password` is kept out of logs, Debug and freed memory.";
const FIX: &str = "Mark it in the schema: `type: string` and `format: password`; if it is no secret, say so there with \
                   `x-secret: false` and `x-secret-reason: <why>`.";

/// Values of secrets where the schema does not say so.
pub(super) fn unmarked(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let mut secrets: BTreeMap<&str, String> = BTreeMap::new();
    each(context, &mut |example| {
        if let (true, Some(text)) = (is_marked(example), long(example.value)) {
            secrets.entry(text).or_insert_with(|| example.name.to_owned());
        }
    });
    each(context, &mut |example| {
        let Some(text) = long(example.value) else { return };
        if is_marked(example) || is_harmless(example) {
            return;
        }
        let name = example.name;
        let what = match secrets.get(text) {
            Some(secret) => {
                format!("`{name}` has the value of the secret `{secret}`, but is not marked as one.")
            }
            None if is_token(text) => format!("`{name}` holds a token, but is not marked as a secret."),
            None if is_uuid(text) => {
                format!("`{name}` holds an id like those of sessions, but is not marked as a secret.")
            }
            None => return,
        };
        report.add(example.place, what, WHY, FIX);
    });
}

fn long(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| text.chars().count() >= SHORTEST)
}

fn is_marked(example: &ExampleValue<'_, '_>) -> bool {
    let marked = |schema: &&Value| schema.get("format").and_then(Value::as_str) == Some("password");
    example.described.own.iter().any(marked)
}

/// Whether somebody has said with a reason that it is no secret.
fn is_harmless(example: &ExampleValue<'_, '_>) -> bool {
    example.described.own.iter().any(|schema| schema.get("x-secret") == Some(&Value::Bool(false)))
}

/// 32 hexadecimal digits, with hyphens (RFC 9562) or without.
fn is_uuid(text: &str) -> bool {
    let plain: String = text.chars().filter(|letter| *letter != '-').collect();
    plain.len() == 32 && plain.bytes().all(|byte| byte.is_ascii_hexdigit())
}
