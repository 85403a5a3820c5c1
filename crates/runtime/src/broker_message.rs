//! The codes and sentences of a failure: as they arrived for the tables of the spec, cleaned for people.
//!
//! Gateways respond in HTML, XML and JSON of their own, and a person still wants to read the message. But it may hold
//! what was sent to them, and characters that a terminal acts upon. So a message is found in one place, which cleans it
//! before it is cut.

use zeroize::Zeroizing;

use crate::{
    Json, Secrets,
    json_failure::{Found, error_status_of, find},
    redaction::{cut, line},
    zeroizing::joined,
};

/// The longest sentence that is passed on, in characters.
const MAX_SENTENCE_CHARS: usize = 200;

/// The longest message that is passed on, in characters.
pub const MAX_MESSAGE_CHARS: usize = 1000;

/// A code and a message of a broker, as they may be shown: each is one line, without secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BrokerMessage {
    /// The broker's own error code.
    pub code: Option<String>,
    /// The broker's sentences.
    pub message: Option<String>,
}

/// The codes and sentences of a failure as they arrived. A code of the broker may equal a secret by chance, so the
/// tables of the spec are searched for these. They are never shown.
#[derive(Default)]
pub(crate) struct Phrases {
    /// Every code, every sentence and the whole message, in their [`normal`] form.
    all: Vec<Zeroizing<String>>,
    /// The HTTP status that the body names.
    status: Option<u16>,
}

impl BrokerMessage {
    /// Finds a code and a message in a body of any form.
    pub fn find(body: &[u8], secrets: &Secrets) -> Self {
        let json = std::str::from_utf8(body).ok().and_then(|text| serde_json::from_str::<Json>(text).ok());
        read(body, json.as_ref(), secrets).1
    }

    /// A code and the sentences that make up a message. Empty ones are left out, and so are repeated sentences.
    pub fn new<'a>(
        code: Option<&'a str>,
        sentences: impl IntoIterator<Item = &'a str>,
        secrets: &Secrets,
    ) -> Self {
        Self::of(code, sentences, secrets)
    }

    fn of<'a>(
        codes: impl IntoIterator<Item = &'a str>,
        sentences: impl IntoIterator<Item = &'a str>,
        secrets: &Secrets,
    ) -> Self {
        let clean = |text: &str| secrets.clean_line(text, MAX_SENTENCE_CHARS);
        let mut lines: Vec<String> = Vec::new();
        for sentence in sentences.into_iter().filter_map(clean) {
            if !lines.contains(&sentence) {
                lines.push(sentence);
            }
        }
        let code = codes.into_iter().find_map(clean);
        // A secret may contain two sentences.
        Self { code, message: secrets.clean_line(&lines.join(": "), MAX_MESSAGE_CHARS) }
    }
}

impl Phrases {
    pub(crate) fn of(found: &Found) -> Self {
        let lines = |found: &[Zeroizing<String>]| -> Vec<Zeroizing<String>> {
            let lines = found.iter().map(|text| line(text));
            let lines = lines.map(|line| Zeroizing::new(cut(&line, MAX_SENTENCE_CHARS).to_owned()));
            lines.filter(|line| !line.is_empty()).collect()
        };
        let (codes, mut sentences) = (lines(&found.codes), lines(&found.sentences));
        let mut seen: Vec<Zeroizing<String>> = Vec::new();
        sentences.retain(|sentence| {
            let is_new = !seen.contains(sentence);
            seen.push(sentence.clone());
            is_new
        });
        let message = (sentences.len() > 1).then(|| {
            let pieces = sentences.iter().flat_map(|sentence| [": ", sentence.as_str()]).skip(1);
            joined(&pieces.collect::<Vec<_>>())
        });
        let status = found.status.or_else(|| error_status_of(codes.first()?));
        let all = codes.iter().chain(&sentences).chain(&message).filter(|phrase| !phrase.is_empty());
        Self { all: all.map(|phrase| normal(phrase)).collect(), status }
    }

    /// All of them, in their [`normal`] form.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|phrase| phrase.as_str())
    }

    /// The HTTP status of an error that the body names; the status of the response may be another one.
    pub(crate) fn status(&self) -> Option<u16> {
        self.status
    }

    /// Whether they name a field of the request, in any case and with or without blanks: `accessCode` in "wrong Access
    /// Code".
    pub(crate) fn mention(&self, field: &str) -> bool {
        let plain = |text: &str| -> Zeroizing<String> {
            let mut plain = Zeroizing::new(String::with_capacity(text.len()));
            let letters = text.chars().filter(char::is_ascii_alphanumeric);
            letters.for_each(|c| plain.push(c.to_ascii_lowercase()));
            plain
        };
        let field = plain(field);
        self.iter().any(|phrase| plain(phrase).contains(field.as_str()))
    }
}

/// The codes and sentences of a body, as they arrived and as they may be shown. `json` is the body, if it is JSON.
pub(crate) fn read(body: &[u8], json: Option<&Json>, secrets: &Secrets) -> (Phrases, BrokerMessage) {
    // A string in two-byte characters would show a secret letter by letter.
    let Some(text) = std::str::from_utf8(body).ok().filter(|text| !text.contains('\0')) else {
        return Default::default();
    };
    let (found, shown) = match json {
        // JSON is decoded first: a secret may stand in a number by chance, and a character can be escaped in many ways.
        Some(json) => (find(json), None),
        // Cleaned as it stands: a secret with tags in it would be torn apart.
        None => (find_in_page(text), secrets.redact(text).map(|text| find_in_page(&text))),
    };
    let shown = shown.as_ref().unwrap_or(&found);
    let (codes, sentences) = (shown.codes.iter(), shown.sentences.iter());
    let message = BrokerMessage::of(
        codes.map(|code| code.as_str()),
        sentences.map(|sentence| sentence.as_str()),
        secrets,
    );
    (Phrases::of(&found), message)
}

/// The contents of a body that is not JSON.
fn find_in_page(text: &str) -> Found {
    let (codes, sentences) = (element(text, "code"), element(text, "message"));
    if codes.is_none() && sentences.is_none() {
        return Found { sentences: vec![without_tags(text)], ..Found::default() };
    }
    Found { codes: codes.into_iter().collect(), sentences: sentences.into_iter().collect(), status: None }
}

/// The content of the first XML element of this name, in any namespace.
fn element(text: &str, name: &str) -> Option<Zeroizing<String>> {
    text.split('<').find_map(|part| {
        let (tag, content) = part.split_once('>')?;
        let local = tag.rsplit(':').next()?;
        (!tag.starts_with('/') && local == name).then(|| Zeroizing::new(content.trim().to_owned()))
    })
}

/// The visible text of a page, without tags, styles and scripts.
fn without_tags(page: &str) -> Zeroizing<String> {
    // A blank takes the place of each `<`, so that it need not grow.
    let mut text = Zeroizing::new(String::with_capacity(page.len()));
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

/// The form of a code or a sentence for comparisons: lower case, single blanks, no full stop at the end.
pub(crate) fn normal(text: &str) -> Zeroizing<String> {
    // A letter in lower case has at most twice as many bytes.
    let mut normal = Zeroizing::new(String::with_capacity(2 * text.len()));
    for word in text.split_whitespace() {
        if !normal.is_empty() {
            normal.push(' ');
        }
        word.chars().flat_map(char::to_lowercase).for_each(|c| normal.push(c));
    }
    let length = normal.trim_end_matches('.').trim_end().len();
    normal.truncate(length);
    normal
}

/// Whether a phrase and a string in its [`normal`] form begin with the same letter, as far as that can be said.
pub(crate) fn may_match(phrase: &str, text: &str) -> bool {
    let first = phrase.bytes().next().filter(u8::is_ascii_alphanumeric);
    first.is_none_or(|first| text.as_bytes().first() == Some(&first.to_ascii_lowercase()))
}

/// Whether the phrase of a spec matches a code or a sentence in its [`normal`] form. A `*` in the phrase stands for any
/// characters: brokers write running numbers into their sentences.
pub(crate) fn matches(phrase: &str, text: &str) -> bool {
    // Every response is compared with many phrases. Nearly all begin with another letter, or are too long.
    if !may_match(phrase, text) || phrase.bytes().filter(u8::is_ascii_alphanumeric).count() > text.len() {
        return false;
    }
    if phrase.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return phrase.eq_ignore_ascii_case(text);
    }
    let phrase = normal(phrase);
    let Some((start, rest)) = phrase.split_once('*') else { return phrase.as_str() == text };
    let Some(mut left) = text.strip_prefix(start) else { return false };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        match left.split_once(part) {
            Some((_, after)) => left = after,
            None => return false,
        }
    }
    left.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    fn find(body: &str) -> (Option<String>, Option<String>) {
        let BrokerMessage { code, message } = BrokerMessage::find(body.as_bytes(), &Secrets::default());
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
    fn commands_of_a_terminal_are_removed_and_long_sentences_are_cut() {
        let long = format!("\u{1b}[2J{}", "x".repeat(1000));
        let sentences = [long.as_str(), "a", "a", ""].into_iter().chain(["b"]);
        let found = BrokerMessage::new(Some("1\u{1b}[2J"), sentences, &Secrets::default());
        let message = found.message.unwrap();
        assert_eq!(found.code.as_deref(), Some("1 [2J"));
        assert_eq!(message, format!("[2J{}: a: b", "x".repeat(MAX_SENTENCE_CHARS - 3)));
        let many: Vec<String> = (0..1000).map(|number| format!("sentence {number}")).collect();
        let found = BrokerMessage::new(None, many.iter().map(String::as_str), &Secrets::default());
        assert_eq!(found.message.unwrap().chars().count(), MAX_MESSAGE_CHARS);
    }

    #[test]
    fn a_secret_is_removed_in_any_escaping() {
        let secrets = Secrets::new(["p\u{e4}ssw\u{f6}rd/9".into()]);
        for body in
            [r#"{"message":"p\u00e4ssw\u00f6rd/9"}"#, r#"{"error":{"message":"p\u00e4ssw\u00f6rd\/9"}}"#]
        {
            let message = BrokerMessage::find(body.as_bytes(), &secrets).message;
            assert_eq!(message.as_deref(), Some("[redacted]"), "{body}");
        }
        let page = BrokerMessage::find(
            b"<b>0000</b> <i>0<b>000</i>",
            &Secrets::new(["0000".into(), "0<b>000".into()]),
        );
        assert_eq!(page.message.as_deref(), Some("[redacted] [redacted]"));
    }

    #[test]
    fn a_secret_in_a_number_does_not_cost_the_message() {
        let secrets = Secrets::new(["0000".into()]);
        let found = BrokerMessage::find(br#"{"code":100008,"message":"0000 is wrong"}"#, &secrets);
        assert_eq!(found.message.as_deref(), Some("[redacted] is wrong"));
        assert_eq!(found.code.as_deref(), Some("1[redacted]8"));
    }

    #[test]
    fn a_secret_does_not_appear_when_sentences_are_joined_or_cut() {
        let secrets = Secrets::new(["hunter two", "one: two", "hunter  three"].map(Secret::from));
        for sentences in [vec!["the hunter\ttwo"], vec!["the hunter \r\n two"], vec!["the one", "two"]] {
            let message = BrokerMessage::new(None, sentences, &secrets).message;
            assert_eq!(message.as_deref(), Some("the [redacted]"));
        }
        let long = format!("{} hunter  three", "x".repeat(MAX_SENTENCE_CHARS - 8));
        let message = BrokerMessage::new(None, [long.as_str()], &secrets).message.unwrap();
        assert!(!message.contains("hunter"), "{message}");
    }

    #[test]
    fn phrases_match_in_any_case_and_spacing() {
        for text in ["Account locked", "account locked.", " ACCOUNT \t locked . ", "Account\nlocked..."] {
            assert!(matches("Account locked.", &normal(text)), "{text}");
        }
        for text in ["Account locked!", "Account is locked", "Accountlocked", ""] {
            assert!(!matches("Account locked.", &normal(text)), "{text}");
        }
    }

    #[test]
    fn a_star_matches_any_characters() {
        for (phrase, text) in [
            ("id: *, error: invalid consumer", "id: 39687, error: invalid consumer"),
            ("id: *, error: invalid consumer", "ID: , Error: invalid consumer."),
            ("*locked", "User locked"),
            ("locked*", "locked for 5 minutes"),
            ("*a*b*", "xxaxxbxx"),
            ("a*a", "aba"),
            ("*", ""),
        ] {
            assert!(matches(phrase, &normal(text)), "{phrase} {text}");
        }
        for (phrase, text) in [
            ("id: *, error: invalid consumer", "id: 39687, error: invalid signature"),
            ("*locked", "locked out"),
            ("locked*", "is locked"),
            ("*a*b*", "ba"),
            ("a*a", "a"),
        ] {
            assert!(!matches(phrase, &normal(text)), "{phrase} {text}");
        }
    }
}
