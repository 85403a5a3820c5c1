//! The broker's words, as they may be shown.
//!
//! Gateways answer in HTML, XML and JSON of their own, and a person still wants to read what they say. But
//! their words may hold what was sent to them, and whatever a terminal acts upon; so there is one way to
//! them, and it redacts before it cuts.

use serde::Serialize;

use crate::{
    Json, Secret,
    failure::{Found, error_status_of, find},
    redact::Redaction,
};

/// The longest text that is passed on, in characters.
const LONGEST: usize = 200;

/// A code and a message, as far as the broker gave them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The broker's own error code.
    pub code: Option<String>,
    /// What the broker says.
    pub message: Option<String>,
    /// Every code, every sentence and the whole message, as [`crate::Api`] looks them up.
    pub(crate) phrases: Vec<String>,
    /// The HTTP status that the body names.
    pub(crate) status: Option<u16>,
}

impl Words {
    /// Whether they name a field of the request, in whatever case and with or without blanks: `accessCode` in "wrong
    /// Access Code".
    pub(crate) fn mention(&self, field: &str) -> bool {
        let plain = |text: &str| -> String {
            text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
        };
        let field = plain(field);
        self.phrases.iter().any(|phrase| plain(phrase).contains(&field))
    }

    /// A code and several sentences that make up a message, without the secrets, as one line each. What is
    /// empty is left out, and so is a sentence that stands there already.
    pub fn new<'a>(
        code: Option<&str>,
        sentences: impl IntoIterator<Item = &'a str>,
        secrets: impl IntoIterator<Item = &'a Secret>,
    ) -> Self {
        let sentences = sentences.into_iter().map(str::to_owned).collect();
        let found = Found { codes: code.map(str::to_owned).into_iter().collect(), sentences, status: None };
        Self::redacted(found, &Redaction::of(secrets))
    }

    fn redacted(found: Found, redaction: &Redaction) -> Self {
        let redact = |text: &str| redaction.redact(text);
        // Once as it stands, for a secret with blanks that a line does not keep, and once more as it is shown: other
        // blanks than a secret's become its own in a line. Only then it is cut.
        let clean = |text: &String| cut(&redact(&line(&redact(text))));
        let mut lines: Vec<String> = Vec::new();
        for sentence in found.sentences.iter().filter_map(clean) {
            if !lines.contains(&sentence) {
                lines.push(sentence);
            }
        }
        let codes: Vec<String> = found.codes.iter().filter_map(clean).collect();
        let message = (!lines.is_empty()).then(|| redact(&lines.join(": ")));
        let code = codes.first().cloned();
        let phrases = codes.into_iter().chain(lines).chain(message.clone()).collect();
        Self { code, message, phrases, status: found.status }
    }

    /// The HTTP status of an error that the body names, whatever the status of the response.
    pub fn status(&self) -> Option<u16> {
        self.status.or_else(|| error_status_of(self.code.as_deref()?))
    }

    /// Finds a code and a message in a body of any form, without the secrets.
    pub fn find<'a>(body: &[u8], secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        // Text in two-byte characters would show a secret letter by letter.
        let Some(text) = std::str::from_utf8(body).ok().filter(|text| !text.contains('\0')) else {
            return Self::default();
        };
        let redaction = Redaction::of(secrets);
        // JSON is decoded first: a secret may stand by chance in a number, and there are many ways to escape a
        // character. What is said in it is redacted below.
        let found = match serde_json::from_str::<Json>(text) {
            Ok(value) => find(&value),
            Err(_) => {
                // Redacted as it stands, too: a secret with tags in it would be torn apart.
                let text = redaction.redact(text);
                let (codes, sentences): (Vec<_>, Vec<_>) = (
                    element(&text, "code").into_iter().collect(),
                    element(&text, "message").into_iter().collect(),
                );
                match codes.is_empty() && sentences.is_empty() {
                    true => Found { sentences: vec![without_tags(&text)], ..Found::default() },
                    false => Found { codes, sentences, status: None },
                }
            }
        };
        Self::redacted(found, &redaction)
    }

    /// Finds a code and a message in a decoded failure, without the secrets.
    pub fn of<'a>(failure: &impl Serialize, secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let value = serde_json::to_value(failure).unwrap_or_default();
        Self::redacted(find(&value), &Redaction::of(secrets))
    }
}

/// The text of the first XML element of this name, in whatever namespace.
fn element(text: &str, name: &str) -> Option<String> {
    text.split('<').find_map(|part| {
        let (tag, content) = part.split_once('>')?;
        let local = tag.rsplit(':').next()?;
        (!tag.starts_with('/') && local == name).then(|| content.trim().to_owned())
    })
}

/// One line of printable text.
fn line(text: &str) -> String {
    // Controls, and what turns the direction of the rest of the line.
    let is_command = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let printable: String = text.chars().map(|c| if is_command(c) { ' ' } else { c }).collect();
    let words: Vec<&str> = printable.split_whitespace().collect();
    words.join(" ")
}

/// Not more than is shown of a line, or nothing.
fn cut(line: &str) -> Option<String> {
    let line: String = line.chars().take(LONGEST).collect();
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

    fn find(body: &str) -> (Option<String>, Option<String>) {
        let Words { code, message, .. } = Words::find(body.as_bytes(), []);
        (code, message)
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_page_is_reduced_to_its_text() {
        let page = "<html><head><style>b { color: red }</style><title>503</title></head>\n<body><h1>Service Unavailable</h1></body>";
        assert_eq!(find(page), (None, some("503 Service Unavailable")));
    }

    #[test]
    fn code_and_message_are_found_in_the_forms_that_gateways_use() {
        for (body, code, message) in [
            (
                r#"{"code":"900901","message":"Invalid Credentials","description":"x"}"#,
                "900901",
                "Invalid Credentials: x",
            ),
            (
                r#"{"error":[{"code":"10512","message":"Required header not found."}]}"#,
                "10512",
                "Required header not found.",
            ),
            (r#"{"stCode":429,"errMsg":"Invalid UCC"}"#, "429", "Invalid UCC"),
            (r#"{"error":"no session"}"#, "", "no session"),
            (r#""just words""#, "", "just words"),
            (
                "<ams:fault><ams:code>900901</ams:code><ams:message>Invalid</ams:message></ams:fault>",
                "900901",
                "Invalid",
            ),
            ("[]", "", ""),
            ("", "", ""),
            ("p\0a\0s\0s\0", "", ""),
        ] {
            let (found_code, found_message) = find(body);
            let found = (found_code.unwrap_or_default(), found_message.unwrap_or_default());
            assert_eq!((found.0.as_str(), found.1.as_str()), (code, message), "{body}");
        }
    }

    #[test]
    fn what_a_terminal_would_act_upon_is_removed_and_long_texts_are_cut() {
        let words = Words::new(Some("1\u{1b}[2J"), [format!("\u{1b}[2J{}", "x".repeat(1000)).as_str()], []);
        let (code, message) = (words.code.unwrap(), words.message.unwrap());
        assert!(!code.contains('\u{1b}') && !message.contains('\u{1b}'));
        assert_eq!(message.chars().count(), LONGEST);
    }

    #[test]
    fn a_secret_is_removed_however_its_characters_are_escaped() {
        let secret = [Secret::from("pässwörd/9")];
        for body in [r#"{"message":"p\u00e4ssw\u00f6rd/9"}"#, r#"{"error":{"message":"pässwörd\/9"}}"#] {
            let message = Words::find(body.as_bytes(), &secret).message;
            assert_eq!(message.as_deref(), Some("[redacted]"), "{body}");
        }
    }

    #[test]
    fn a_secret_that_stands_in_a_number_by_chance_does_not_cost_the_words() {
        let words = Words::find(br#"{"code":100008,"message":"0000 is wrong"}"#, &[Secret::from("0000")]);
        assert_eq!(words.message.as_deref(), Some("[redacted] is wrong"));
        let code = words.code.unwrap();
        assert!(code.starts_with('1') && code.ends_with('8') && !code.contains("0000"), "{code}");
    }

    #[test]
    fn a_secret_does_not_come_about_when_a_text_becomes_a_line() {
        let secret = [Secret::from("hunter two"), Secret::from("one: two")];
        for texts in [vec!["the hunter\ttwo"], vec!["the hunter \r\n two"], vec!["the one", "two"]] {
            let message = Words::new(None, texts, &secret).message;
            assert_eq!(message.as_deref(), Some("the [redacted]"));
        }
    }

    #[test]
    fn a_secret_is_removed_before_the_text_is_cut_or_its_spaces_are_joined() {
        let secret = [Secret::from("hunter  two")];
        let text = format!("{} hunter  two", "x".repeat(LONGEST - 8));
        let message = Words::new(None, [text.as_str()], &secret).message.unwrap();
        assert!(!message.contains("hunter"), "{message}");
    }
}
