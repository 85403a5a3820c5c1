//! The codes and sentences of `x-error-codes` and `x-hints`, compared with the examples as the client compares them with
//! responses: without regard to case, to runs of blanks and to a full stop at the end; `*` stands for anything.

use std::collections::BTreeSet;

use broker_session_openapi::{join, listed, suggestion};
use serde_json::{Map, Value};

use super::{context::Context, errors::KINDS, example_values::each, names::words, report::Report};

/// The length from which a string is a code; shorter ones are statuses and flags (bytes).
const MIN_CODE_BYTES: usize = 5;
/// The fields of a hint; all but the last are conditions.
const HINT: [&str; 5] = ["status", "code", "header", "operation", "hint"];

/// The form of a code or a sentence for comparisons.
pub(super) fn normal(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").trim_end_matches('.').trim_end().to_lowercase()
}

/// Whether a phrase matches a string in its [`normal`] form.
fn matches(phrase: &str, text: &str) -> bool {
    let phrase = normal(phrase);
    let mut parts = phrase.split('*');
    let Some(mut left) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(end) = parts.pop() else { return left.is_empty() };
    for part in parts {
        match left.split_once(part) {
            Some((_, after)) => left = after,
            None => return false,
        }
    }
    left.ends_with(end)
}

struct Code<'a> {
    place: String,
    code: &'a str,
    kind: &'a str,
}

/// The codes of the document or of an operation at `pointer`.
fn codes<'a>(pointer: &str, object: Option<&'a Map<String, Value>>) -> Vec<Code<'a>> {
    let codes = object.and_then(|object| object.get("x-error-codes")?.as_object()).into_iter().flatten();
    let codes = codes.filter_map(|(code, entry)| {
        let place = join(&join(pointer, "x-error-codes"), code);
        Some(Code { place, code, kind: entry.get("kind")?.as_str()? })
    });
    // The rule `error-codes` reports other kinds.
    codes.filter(|code| KINDS.contains(&code.kind)).collect()
}

fn all_codes<'a>(context: &Context<'a>) -> Vec<Code<'a>> {
    let of_operations = context.operations.iter();
    let of_operations = of_operations.flat_map(|operation| codes(&operation.pointer, Some(operation.object)));
    codes("", context.document.value().as_object()).into_iter().chain(of_operations).collect()
}

/// The codes of a table that the strings contain: those without a `*`, and if there are none the others.
fn met<'c, 'a>(table: &'c [Code<'a>], phrases: &[String]) -> Vec<&'c Code<'a>> {
    let find = |with_star: bool| -> Vec<&'c Code<'a>> {
        let codes = table.iter().filter(|code| code.code.contains('*') == with_star);
        codes.filter(|code| phrases.iter().any(|phrase| matches(code.code, phrase))).collect()
    };
    let found = find(false);
    if found.is_empty() { find(true) } else { found }
}

/// Every string and number in a value, in the form for comparisons.
fn phrases(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => fields.values().flat_map(phrases).collect(),
        Value::Array(items) => items.iter().flat_map(phrases).collect(),
        Value::String(text) => vec![normal(text)],
        Value::Number(number) => vec![number.to_string()],
        _ => Vec::new(),
    }
}

/// Codes that no example has, and examples with another kind than their code.
pub(super) fn kinds(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let of_document = codes("", context.document.value().as_object());
    let mut seen = BTreeSet::new();
    for operation in &context.operations {
        let own = codes(&operation.pointer, Some(operation.object));
        for (_, response) in context.responses(operation) {
            for example in context.examples(&response.pointer) {
                let phrases = example.value.get("value").map(phrases).unwrap_or_default();
                let (of_operation, of_document) = (met(&own, &phrases), met(&of_document, &phrases));
                seen.extend(of_operation.iter().chain(&of_document).map(|code| code.place.clone()));
                // The operation's own codes win.
                let meant = if of_operation.is_empty() { of_document } else { of_operation };
                let kinds: BTreeSet<&str> = meant.iter().map(|code| code.kind).collect();
                let stated = example.string("x-error-kind").or_else(|| response.string("x-error-kind"));
                let ([code, ..], Some(stated), 1) = (meant.as_slice(), stated, kinds.len()) else { continue };
                if stated != code.kind {
                    let what = format!(
                        "The code `{}` means `{}`, but this example `{stated}`.",
                        code.code, code.kind
                    );
                    let why = "The code wins over the status, and the client acts on the kind.";
                    let fix = "Correct one of the kinds; if the code means something else to this operation, add \
                               `x-error-codes` to that.";
                    report.add(&example.place, what, why, fix);
                }
            }
        }
    }
    for Code { place, code, .. } in all_codes(context) {
        if !seen.contains(&place) {
            let what = format!("No example has the code `{code}`.");
            let why = "A code without an example is untested, so a typo in it stays unnoticed.";
            report.add(&place, what, why, "Add an example of a response with it, or correct the code.");
        }
    }
}

/// Codes in examples that are nearly a documented one. No schema rejects them, because codes are open.
pub(super) fn nearly_known(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let codes = all_codes(context);
    each(context, &mut |example| {
        let text = match example.value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return,
        };
        let is_code = words(example.name).last().is_some_and(|word| word == "code");
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        let is_known = codes.iter().any(|code| matches(code.code, &normal(&text)));
        if (is_number && !is_code) || text.len() < MIN_CODE_BYTES || is_known {
            return;
        }
        if let Some(Code { code, .. }) = codes.iter().find(|code| is_slip(&text, code.code)) {
            let what = format!("`{text}` is nearly `{code}`, but is not in `x-error-codes`.");
            let why = "The client classifies by the code, so it would classify this response wrongly.";
            let fix =
                format!("Write what the broker sends in both places, or add `{text}` to `x-error-codes`.");
            report.add(example.place, what, why, fix);
        }
    });
}

/// Whether one is most likely a typo of the other: in a letter, or, for numbers, in the last two digits.
fn is_slip(text: &str, code: &str) -> bool {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if code.len() < MIN_CODE_BYTES
        || text.len().abs_diff(code.len()) > 1
        || is_number(text) != is_number(code)
    {
        return false;
    }
    let start = code.len().saturating_sub(2);
    let ends_differ = is_number(code) && text.len() == code.len() && text.get(..start) == code.get(..start);
    ends_differ || strsim::damerau_levenshtein(&text.to_lowercase(), &code.to_lowercase()) == 1
}

/// Hints without a condition, without a sentence, or with a condition that nothing meets.
pub(super) fn hints(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let responses = context.objects("Response").flat_map(|(pointer, _)| context.examples(pointer));
    let examples: Vec<String> =
        responses.filter_map(|example| example.value.get("value").map(phrases)).flatten().collect();
    let hints = context.document.value().get("x-hints").and_then(Value::as_array);
    for (index, hint) in hints.into_iter().flatten().enumerate() {
        let place = format!("/x-hints/{index}");
        let why = "The client would show it never, or always.";
        let fields = || hint.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
        for name in fields().filter(|name| !HINT.contains(name)) {
            let fix = suggestion(name, HINT, "Delete it.");
            report.add(&join(&place, name), format!("`{name}` is not a field of a hint."), why, fix);
        }
        if !fields().any(|name| name != "hint") {
            report.add(
                &place,
                "The hint has no condition.",
                why,
                "Add `status:`, `code:`, `header:` or `operation:`.",
            );
        }
        let is_sentence =
            |text: &str| text.ends_with(['.', '!']) && text.starts_with(|first: char| !first.is_lowercase());
        if !hint["hint"].as_str().is_some_and(is_sentence) {
            let why = "It is shown to a person as it is.";
            report.add(
                &place,
                "The hint is not a sentence.",
                why,
                "Add `hint:` with what the person can do.",
            );
        }
        for name in ["status", "operation", "code"] {
            for value in listed(hint.get(name)) {
                let is_met = match name {
                    "status" => value.parse().is_ok_and(|status: u16| (200..=599).contains(&status)),
                    "code" => examples.iter().any(|text| matches(&value, text)),
                    _ => context.operations.iter().any(|known| known.object["operationId"] == value.as_str()),
                };
                if !is_met {
                    let what = format!("No example or response has the {name} `{value}`.");
                    report.add(&join(&place, name), what, why, "Write an existing one, or add an example.");
                }
            }
        }
        let header = hint.get("header");
        let one = header.and_then(Value::as_object).filter(|header| header.len() == 1);
        if header.is_some() && !one.is_some_and(|header| header.values().all(Value::is_string)) {
            let fix = "Write `header: {<name>: <value>}`; in the value `*` matches any characters.";
            report.add(&join(&place, "header"), "`header` is not one header.", why, fix);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{is_slip, matches, normal};

    #[test]
    fn phrases_are_compared_as_the_client_does() {
        for (phrase, text) in [
            ("Account locked.", " ACCOUNT\tlocked "),
            ("id: *, error: invalid consumer", "id: 39687, error: invalid consumer"),
            ("*a*b*", "xxaxxbxx"),
        ] {
            assert!(matches(phrase, &normal(text)), "{phrase} {text}");
        }
        for (phrase, text) in
            [("Account locked", "Accountlocked"), ("a*a", "a"), ("locked*", "is locked"), ("a", "ab")]
        {
            assert!(!matches(phrase, &normal(text)), "{phrase} {text}");
        }
    }

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
