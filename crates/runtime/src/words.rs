//! The broker's words in an answer that has no known form.
//!
//! Gateways answer in HTML, XML and JSON of their own. A person still wants to read what they say.

use serde_json::Value;

/// The longest text that is passed on, in characters.
const LONGEST: usize = 200;

/// A code and a message, as far as the broker gave them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The broker's own error code.
    pub code: Option<String>,
    /// What the broker says.
    pub message: Option<String>,
}

impl Words {
    /// Finds a code and a message in a body of any form.
    pub fn find(body: &[u8]) -> Self {
        match serde_json::from_slice::<Value>(body) {
            Ok(value) => Self::in_json(&value, 2),
            Err(_) => Self { code: None, message: clean(&without_tags(&String::from_utf8_lossy(body))) },
        }
    }

    /// A message without a code.
    pub fn said(message: Option<&str>) -> Self {
        Self { code: None, message: Self::text(message) }
    }

    /// Several texts as one line: empty ones are left out, and so is one that says what stands before it.
    pub fn text<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<String> {
        let mut lines: Vec<String> = texts.into_iter().filter_map(clean).collect();
        lines.dedup();
        (!lines.is_empty()).then(|| lines.join(": "))
    }

    /// Looks among the members, then among theirs.
    fn in_json(value: &Value, depth: usize) -> Self {
        let inner: Vec<&Value> = match value {
            Value::Array(items) => items.iter().collect(),
            Value::Object(members) => members.values().collect(),
            Value::String(text) => {
                return Self { code: None, message: clean(text) };
            }
            _ => return Self::default(),
        };
        let code =
            ["code", "errorCode", "stCode", "statusCode"].iter().find_map(|name| match value.get(name)? {
                Value::String(code) => clean(code),
                Value::Number(code) => Some(code.to_string()),
                _ => None,
            });
        let message = ["message", "errMsg", "error_description", "description", "error"]
            .iter()
            .find_map(|name| clean(value.get(name)?.as_str()?));
        let here = Self { code, message };
        if here != Self::default() || depth == 0 {
            return here;
        }
        inner
            .into_iter()
            .filter(|value| value.is_object() || value.is_array())
            .map(|value| Self::in_json(value, depth - 1))
            .find(|words| *words != Self::default())
            .unwrap_or_default()
    }
}

/// One line of printable text, or nothing.
fn clean(text: &str) -> Option<String> {
    let printable: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line: Vec<&str> = printable.split_whitespace().collect();
    let line: String = line.join(" ").chars().take(LONGEST).collect();
    (!line.is_empty()).then_some(line)
}

/// The text of a page, without its tags and without what stands in `style` and `script`.
fn without_tags(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    while let Some((before, tag_on)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        let hidden = ["style", "script"]
            .into_iter()
            .find(|name| tag_on.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)));
        let after = match hidden {
            Some(name) => tag_on.split_once(&format!("</{name}")).map(|(_, after)| after),
            None => Some(tag_on),
        };
        rest = after.and_then(|after| after.split_once('>')).map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_reduced_to_its_text() {
        let page = b"<html><head><style>b { color: red }</style><title>503</title></head>\n<body><h1>Service Unavailable</h1></body>";
        assert_eq!(Words::find(page), Words { code: None, message: Some("503 Service Unavailable".into()) });
    }

    #[test]
    fn code_and_message_are_found_in_the_forms_that_gateways_use() {
        for (body, code, message) in [
            (
                r#"{"code":"900901","message":"Invalid Credentials","description":"x"}"#,
                Some("900901"),
                Some("Invalid Credentials"),
            ),
            (
                r#"{"error":[{"code":"10512","message":"Required header not found."}]}"#,
                Some("10512"),
                Some("Required header not found."),
            ),
            (r#"{"stCode":429,"errMsg":"Invalid UCC"}"#, Some("429"), Some("Invalid UCC")),
            (r#"{"error":"no session"}"#, None, Some("no session")),
            (r#""just words""#, None, Some("just words")),
            ("[]", None, None),
            ("", None, None),
        ] {
            let words = Words::find(body.as_bytes());
            assert_eq!((words.code.as_deref(), words.message.as_deref()), (code, message), "{body}");
        }
    }

    #[test]
    fn what_a_terminal_would_act_upon_is_removed_and_long_texts_are_cut() {
        let long = format!("\u{1b}[2J{}", "x".repeat(1000));
        let message = clean(&long).unwrap();
        assert!(!message.contains('\u{1b}'));
        assert_eq!(message.chars().count(), LONGEST);
    }
}
