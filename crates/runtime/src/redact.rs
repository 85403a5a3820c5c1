//! Removes secrets from what comes back.
//!
//! Servers echo: a gateway's error may quote the header it did not like, or the password it refused, as it
//! stood or in the encoding of whatever it was quoted in. What was secret on the way out is secret on the
//! way back.

use base64::{Engine, engine::general_purpose::STANDARD};
use url::form_urlencoded::byte_serialize;
use zeroize::Zeroizing;

use crate::Secret;

/// What stands in place of a secret.
const REPLACEMENT: &str = "[redacted]";

/// Shorter values are left alone: they would also match what is no secret.
const SHORTEST: usize = 4;

/// Replaces every secret in `text`, plain and as JSON, HTML, forms, URLs and base64 write it.
pub fn redact<'a>(text: &str, secrets: impl IntoIterator<Item = &'a Secret>) -> String {
    let mut spellings: Vec<_> = secrets.into_iter().flat_map(spellings).collect();
    // The longest first: a secret may be a part of another one.
    spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
    let mut text = text.to_owned();
    for spelling in spellings.iter().filter(|spelling| spelling.len() >= SHORTEST) {
        text = text.replace(spelling.as_str(), REPLACEMENT);
    }
    text
}

/// The ways in which a secret may be written.
fn spellings(secret: &Secret) -> Vec<Zeroizing<String>> {
    let plain = secret.expose();
    let json = serde_json::Value::from(plain).to_string();
    let form: String = byte_serialize(plain.as_bytes()).collect();
    let html = plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let all = [
        plain.to_owned(),
        plain.to_lowercase(),
        plain.to_uppercase(),
        json.trim_matches('"').to_owned(),
        form.replace('+', "%20"),
        form.to_lowercase(),
        form,
        html.replace('"', "&quot;").replace('\'', "&#39;"),
        html.replace('"', "&#34;").replace('\'', "&#x27;"),
        html.replace('"', "&quot;").replace('\'', "&#x27;"),
        html.replace('"', "&quot;").replace('\'', "&#039;"),
        html.replace('"', "&quot;").replace('\'', "&apos;"),
        html,
        STANDARD.encode(plain).trim_end_matches('=').to_owned(),
    ];
    let mut all: Vec<_> = all.into_iter().map(Zeroizing::new).collect();
    all.dedup();
    all
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
        ] {
            assert_eq!(redact(&format!("no {echo}, no"), &secret), "no [redacted], no", "{echo}");
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
