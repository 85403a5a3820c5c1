//! Secrets in examples must look made up: a spec is public, and a real token in it is a leak.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use super::{context::Context, example_values::each, report::Report, secret_names::is_secret};

/// Words that mark a value as made up.
const MADE_UP: [&str; 9] =
    ["made-up", "made_up", "madeup", "made up", "sample", "example", "dummy", "fake", "placeholder"];
/// Shorter values are flags and numbers (characters).
const MIN_CHARS: usize = 8;
/// Shorter values of secrets are flags (characters).
const MIN_SECRET_CHARS: usize = 4;

/// Values in examples that could be real secrets.
pub(super) fn secrets(context: &Context<'_>, report: &mut Report<'_, '_>) {
    each(context, &mut |example| {
        let Value::String(text) = example.value else { return };
        let is_named_so = is_secret(example.name) && !example.has("x-secret", false);
        let secret = example.has("format", "password") || is_named_so;
        if let Some(what) = suspicion(text, secret) {
            let why = "A spec is public. A reader must see that no real secret stands in it.";
            let fix = "Write an obviously made-up one: `made-up-token`, zeros, or a token with a made-up signature. \
                       If it was real, revoke it.";
            report.add(example.place, what, why, fix);
        }
    });
}

/// The reason why a string may be a real secret.
fn suspicion(text: &str, secret: bool) -> Option<String> {
    let shortest = if secret { MIN_SECRET_CHARS } else { MIN_CHARS };
    if text.chars().count() < shortest || is_made_up(text) {
        return None;
    }
    if secret {
        return Some("The value of a secret in an example does not look made up.".to_owned());
    }
    // A part of a URL or of a sentence may be the secret, too.
    let word = text.split(|character: char| character.is_whitespace() || "\"'<>,;|&?=:".contains(character));
    word.into_iter()
        .any(|word| !is_made_up(word) && (is_token(word) || is_random(word)))
        .then(|| "A value in an example looks like a real token or key.".to_owned())
}

/// Whether a string is marked as made up, or repeats a few characters.
fn is_made_up(text: &str) -> bool {
    let lower = text.to_lowercase();
    if MADE_UP.iter().any(|word| lower.contains(word)) {
        return true;
    }
    match signature(text) {
        Some(signature) => {
            let text = String::from_utf8_lossy(&signature).to_lowercase();
            let is_printable = signature.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
            is_printable && MADE_UP.iter().any(|word| text.contains(word))
        }
        None => distinct(&lower) <= 3,
    }
}

/// The number of different letters and digits.
fn distinct(text: &str) -> usize {
    let mut characters: Vec<char> = text.chars().filter(|character| character.is_alphanumeric()).collect();
    characters.sort_unstable();
    characters.dedup();
    characters.len()
}

/// The signature of a string in the form of a signed token (RFC 7519).
fn signature(text: &str) -> Option<Vec<u8>> {
    let mut parts = text.split('.');
    let (Some(head), Some(_), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    head.starts_with("eyJ").then(|| URL_SAFE_NO_PAD.decode(signature).unwrap_or_default())
}

/// Whether a word has the form of a signed token.
pub(super) fn is_token(word: &str) -> bool {
    signature(word).is_some()
}

/// Whether a word looks random: 32 hexadecimal digits, or 24 characters of base64.
fn is_random(word: &str) -> bool {
    let plain: String = word.chars().filter(|character| *character != '-').collect();
    let is_hex = plain.len() >= 32 && plain.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex {
        return distinct(&plain.to_lowercase()) >= 8;
    }
    let is_base64 = plain.len() >= 24
        && plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_".contains(&byte));
    let has = |kind: fn(&u8) -> bool| plain.bytes().filter(kind).count() >= 3;
    is_base64
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && distinct(&plain) >= 14
}

#[cfg(test)]
mod tests {
    use super::suspicion;

    #[test]
    fn what_could_be_real_is_found_wherever_it_stands() {
        for text in [
            "9f86d081884c7d659a2feaa0c55ad015",
            "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "Zk9tQ1xWb3RlU2VjcmV0VG9rZW4xMjM0NTY3ODkw",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJBMSJ9.K7x9Qm2vT4yLwR8sZ1nB6cJ3fH5gD0aEpUoXiVtYkMq",
            "https://broker.invalid/?key=9f86d081884c7d659a2feaa0c55ad015",
        ] {
            assert!(suspicion(text, false).is_some(), "{text}");
        }
        assert!(suspicion("Tr4ding!2024", true).is_some());
    }

    #[test]
    fn what_is_plainly_made_up_is_left_alone() {
        for text in [
            "made-up-password",
            "00000000-0000-0000-0000-000000000002",
            "AAAAA0000A",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJBMSJ9.bWFkZS11cC1zaWduYXR1cmU",
            "",
            "Y",
        ] {
            assert_eq!(suspicion(text, true), None, "{text}");
        }
        for text in [
            "https://uattradeapi.kotaksecurities.com/chartiqtrade/something-rather-long",
            "Request can not be processed, please process your request through provided domain",
            "SUPERMULTIPLEOPTION",
            "98:F2:B3:23:BF:A0",
        ] {
            assert_eq!(suspicion(text, false), None, "{text}");
        }
    }
}
