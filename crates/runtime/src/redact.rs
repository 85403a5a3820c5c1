//! Removes secrets from what comes back.
//!
//! Servers echo: a gateway's error may quote the header it did not like, or the password it refused, as it
//! stood or in the encoding of whatever it was quoted in. What was secret on the way out is secret on the
//! way back.

use std::mem;

use url::form_urlencoded::byte_serialize;
use zeroize::Zeroizing;

use crate::{
    Secret,
    wiped::{base64, joined},
};

/// What stands in place of a secret.
pub(crate) const REPLACEMENT: &str = "[redacted]";

/// Shorter values are left alone: they would also match what is no secret.
const SHORTEST: usize = 4;

/// Replaces every secret in `text`, plain and as JSON, HTML, forms, URLs, base64 and hexadecimal digits write it.
pub fn redact<'a>(text: &str, secrets: impl IntoIterator<Item = &'a Secret>) -> String {
    Redaction::of(secrets).redact(text)
}

/// The same for many texts: how secrets may be written is found out once.
pub(crate) struct Redaction(Vec<Zeroizing<String>>);

impl Redaction {
    pub(crate) fn of<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut spellings: Vec<_> = secrets.into_iter().flat_map(spellings).collect();
        spellings.retain(|spelling| spelling.len() >= SHORTEST);
        // The longest first: a secret may be a part of another one.
        spellings.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        spellings.dedup();
        Self(spellings)
    }

    pub(crate) fn redact(&self, text: &str) -> String {
        let mut text = Zeroizing::new(text.to_owned());
        for spelling in &self.0 {
            if text.contains(spelling.as_str()) {
                text = joined(&parts(&text, spelling));
            }
        }
        mem::take(&mut *text)
    }
}

/// A text with what stands in place of a secret.
fn parts<'a>(text: &'a str, spelling: &str) -> Vec<&'a str> {
    let parts = text.split(spelling).flat_map(|part| [REPLACEMENT, part]);
    parts.skip(1).collect()
}

/// The ways in which a secret may be written.
fn spellings(secret: &Secret) -> Vec<Zeroizing<String>> {
    let plain = secret.expose();
    let form = |space: &'static str, spell: fn(char) -> char| {
        let pieces =
            byte_serialize(plain.as_bytes()).map(move |piece| if piece == "+" { space } else { piece });
        written(plain, pieces.flat_map(str::chars).map(spell))
    };
    let html = |quote: &'static str, apostrophe: &'static str| {
        let pieces = plain.chars().flat_map(move |c| {
            let (escaped, other) = match c {
                '&' => ("&amp;", None),
                '<' => ("&lt;", None),
                '>' => ("&gt;", None),
                '"' => (quote, None),
                '\'' => (apostrophe, None),
                other => ("", Some(other)),
            };
            escaped.chars().chain(other)
        });
        written(plain, pieces)
    };
    let hex = |spell: fn(char) -> char| {
        let digits = plain.bytes().flat_map(|byte| [byte >> 4, byte & 0xf]);
        written(plain, digits.filter_map(|digit| char::from_digit(digit.into(), 16)).map(spell))
    };
    let base64 = without_padding(base64(plain));
    let for_urls = |c: char| match c {
        '+' => '-',
        '/' => '_',
        other => other,
    };
    let mut all = vec![
        written(plain, plain.chars()),
        written(plain, plain.chars().flat_map(char::to_lowercase)),
        written(plain, plain.chars().flat_map(char::to_uppercase)),
        json(plain),
        form("%20", |c| c),
        form("+", |c| c.to_ascii_lowercase()),
        form("+", |c| c),
        html("&quot;", "&#39;"),
        html("&#34;", "&#x27;"),
        html("&quot;", "&#x27;"),
        html("&quot;", "&#039;"),
        html("&quot;", "&apos;"),
        html("\"", "'"),
        hex(|c| c),
        hex(|c| c.to_ascii_uppercase()),
        written(plain, base64.chars().map(for_urls)),
        base64,
    ];
    all.dedup();
    all
}

/// Characters as a text that was made in one place: no spelling has more than this many bytes for one.
fn written(plain: &str, characters: impl Iterator<Item = char>) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(6 * plain.len()));
    characters.for_each(|character| text.push(character));
    text
}

/// The text as a JSON string, without its quotation marks.
fn json(plain: &str) -> Zeroizing<String> {
    let mut quoted = Zeroizing::new(Vec::with_capacity(6 * plain.len() + 2));
    // Nothing can fail that is written to memory.
    let _ = serde_json::to_writer(&mut *quoted, plain);
    let inner = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    joined(&[std::str::from_utf8(inner).unwrap_or_default()])
}

fn without_padding(mut encoded: Zeroizing<String>) -> Zeroizing<String> {
    let length = encoded.trim_end_matches('=').len();
    encoded.truncate(length);
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_replaced_in_every_encoding_of_an_echo() {
        let secret = [Secret::from("a\"b\\c d&e+<f>'g")];
        for echo in [
            "a\"b\\c d&e+<f>'g",
            r#"a\"b\\c d&e+<f>'g"#,
            "a%22b%5Cc+d%26e%2B%3Cf%3E%27g",
            "a%22b%5Cc%20d%26e%2B%3Cf%3E%27g",
            "a&quot;b\\c d&amp;e+&lt;f&gt;&#39;g",
            "a&#34;b\\c d&amp;e+&lt;f&gt;&#x27;g",
            "YSJiXGMgZCZlKzxmPidn",
            "6122625c63206426652b3c663e2767",
            "6122625C63206426652B3C663E2767",
        ] {
            assert_eq!(redact(&format!("no {echo}, no"), &secret), "no [redacted], no", "{echo}");
        }
    }

    #[test]
    fn base64_is_known_with_the_letters_for_urls_as_well() {
        for echo in ["Pz8/Pj4+", "Pz8_Pj4-"] {
            assert_eq!(redact(echo, &[Secret::from("???>>>")]), "[redacted]", "{echo}");
        }
    }

    #[test]
    fn a_secret_within_another_does_not_leave_the_rest_behind() {
        let secrets = [Secret::from("hunter2"), Secret::from("hunter2-and-more")];
        assert_eq!(redact("hunter2-and-more", &secrets), "[redacted]");
    }

    #[test]
    fn very_short_values_do_not_tear_a_text_apart() {
        assert_eq!(redact("a nice day", &[Secret::from("a"), Secret::from("")]), "a nice day");
    }
}
