//! A broker's code that is nearly one of `x-error-codes`: a slip of the pen that no schema notices, because codes are open.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{context::Context, error_kinds::KINDS, example_values::each, names::words, report::Report};
use crate::document::{join, shape::Kind};

/// Shorter ones are statuses and flags (characters).
const SHORTEST: usize = 5;

/// Codes in examples that differ in one or two places from a documented one.
pub(super) fn nearly_known(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let codes = context.document.value().get("x-error-codes").and_then(Value::as_object);
    let codes: Vec<&str> = codes.into_iter().flatten().map(|(code, _)| code.as_str()).collect();
    let known: BTreeSet<String> = codes.iter().map(|code| code.to_lowercase()).collect();
    each(context, &mut |example| {
        let text = match example.value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return,
        };
        let is_code = words(example.name).last().is_some_and(|word| word == "code");
        if (!is_code && text.bytes().all(|byte| byte.is_ascii_digit()))
            || text.len() < SHORTEST
            || known.contains(&text.to_lowercase())
        {
            return;
        }
        let nearest = codes.iter().filter(|code| is_slip(&text, code));
        if let Some(code) = nearest.min_by_key(|code| strsim::damerau_levenshtein(&text, code)) {
            let what = format!("`{text}` is nearly `{code}`, but is not in `x-error-codes`.");
            let why = "The client goes by the code: it would take this answer for another kind of failure.";
            let fix = format!(
                "Write the one that the broker has in both places; if it has both, add `{text}` to `x-error-codes` with \
                 its kind and meaning."
            );
            report.add(example.place, what, why, fix);
        }
    });
}

/// Codes that no example has, and examples that are said to mean something else than their code.
pub(super) fn kinds(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let codes = context.document.value().get("x-error-codes").and_then(Value::as_object);
    let kinds: BTreeMap<String, (&str, &str)> = codes
        .into_iter()
        .flatten()
        .filter_map(|(code, entry)| {
            Some((code.to_lowercase(), (code.as_str(), entry.get("kind")?.as_str()?)))
        })
        // Other kinds are a matter of `error-kind`.
        .filter(|(_, (_, kind))| KINDS.contains(kind))
        .collect();
    let mut met = BTreeSet::new();
    for (pointer, response) in context.objects(Kind::Response) {
        for (_, media) in context.members(&join(pointer, "content")) {
            for (_, example) in context.members(&join(&media.pointer, "examples")) {
                let mut found = BTreeSet::new();
                let value = example.value.get("value").unwrap_or(&Value::Null);
                texts(value, &mut |text| found.extend(kinds.get_key_value(&text.to_lowercase())));
                met.extend(found.iter().map(|(code, _)| code.as_str()));
                let said = example.text("x-error-kind").or_else(|| response.get("x-error-kind")?.as_str());
                let [(_, (code, kind))] = Vec::from_iter(found)[..] else { continue };
                if let Some(said) = said.filter(|said| said != kind) {
                    let what = format!(
                        "This answer has the code `{code}`, which means `{kind}`, but is said to mean `{said}`."
                    );
                    let why = "The client goes by the code before it goes by the status, and acts on the kind: what is \
                               unavailable it repeats, and a locked account it leaves alone.";
                    let fix = format!(
                        "Mend the kind of `{code}` in `x-error-codes`, or what is said of this answer; silence this where \
                         both are true."
                    );
                    report.add(&example.place, what, why, fix);
                }
            }
        }
    }
    for (lower, (code, _)) in &kinds {
        if !met.contains(lower.as_str()) {
            let what = format!("No example has the code `{code}`.");
            let why = "What no example has is untested; if it is a slip of the pen, nobody would notice.";
            let fix = "Add an example of an answer with it, or mend the code.";
            report.add(&join("/x-error-codes", code), what, why, fix);
        }
    }
}

/// Every text and number in a value, as text.
fn texts(value: &Value, visit: &mut dyn FnMut(&str)) {
    match value {
        Value::Object(members) => members.values().for_each(|value| texts(value, visit)),
        Value::Array(items) => items.iter().for_each(|value| texts(value, visit)),
        Value::String(text) => visit(text),
        Value::Number(number) => visit(&number.to_string()),
        _ => {}
    }
}

/// Whether one is most likely the other, mistyped: a letter more, less, or another, two that have changed places; of a
/// number the last two digits.
fn is_slip(text: &str, code: &str) -> bool {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if code.len() < SHORTEST || text.len().abs_diff(code.len()) > 1 || is_number(text) != is_number(code) {
        return false;
    }
    let same_start = || text.get(..code.len().saturating_sub(2)) == code.get(..code.len().saturating_sub(2));
    let ends_differ = is_number(code) && text.len() == code.len() && same_start();
    ends_differ || strsim::damerau_levenshtein(&text.to_lowercase(), &code.to_lowercase()) == 1
}

#[cfg(test)]
mod tests {
    use super::is_slip;

    #[test]
    fn slips_are_told_from_other_codes() {
        for (text, code) in
            [("900910", "900901"), ("70010", "70009"), ("9000901", "900901"), ("no sesion", "no session")]
        {
            assert!(is_slip(text, code), "{text} {code}");
        }
        for (text, code) in
            [("900800", "900901"), ("10512", "50001"), ("400", "401"), ("System failed", "no session")]
        {
            assert!(!is_slip(text, code), "{text} {code}");
        }
    }
}
