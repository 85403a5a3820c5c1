//! The codes and sentences of `x-error-codes`, compared as the client compares them: without regard to case, to runs of
//! blanks and to a full stop at the end; `*` stands for any run of characters.

use serde_json::{Map, Value};

use super::error_kinds::KINDS;
use crate::document::join;

const CODES: &str = "x-error-codes";

/// A code or a sentence as it is compared.
pub(super) fn normal(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").trim_end_matches('.').trim_end().to_lowercase()
}

/// Whether a phrase matches a text in its [`normal`] form.
pub(super) fn matches(phrase: &str, text: &str) -> bool {
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

/// A code of `x-error-codes`, with a kind that there is.
pub(super) struct Code<'a> {
    pub(super) place: String,
    pub(super) code: &'a str,
    pub(super) kind: &'a str,
}

/// The codes of the document or of an operation at `pointer`.
pub(super) fn codes<'a>(pointer: &str, object: &'a Map<String, Value>) -> Vec<Code<'a>> {
    let codes = object.get(CODES).and_then(Value::as_object).into_iter().flatten();
    let codes = codes.filter_map(|(code, entry)| {
        let place = join(&join(pointer, CODES), code);
        Some(Code { place, code, kind: entry.get("kind")?.as_str()? })
    });
    // Other kinds are a matter of `error-kind`.
    codes.filter(|code| KINDS.contains(&code.kind)).collect()
}

/// The codes of a table that the texts have: those without a `*`, and if there are none the others.
pub(super) fn known<'c, 'a>(table: &'c [Code<'a>], texts: &[String]) -> Vec<&'c Code<'a>> {
    let find = |with_star: bool| -> Vec<&'c Code<'a>> {
        let codes = table.iter().filter(|code| code.code.contains('*') == with_star);
        codes.filter(|code| texts.iter().any(|text| matches(code.code, text))).collect()
    };
    let found = find(false);
    if found.is_empty() { find(true) } else { found }
}

/// Every text and number in a value, as it is compared.
pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => members.values().flat_map(texts).collect(),
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::String(text) => vec![normal(text)],
        Value::Number(number) => vec![number.to_string()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{matches, normal};

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
}
