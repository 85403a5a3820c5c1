//! Removes what was sent from what comes back.
//!
//! Servers echo: a gateway's error may quote the header it did not like, or the password it refused. What
//! was secret on the way out is secret on the way back.

use crate::Secret;

/// What stands in place of a secret.
const REPLACEMENT: &str = "[redacted]";

/// Shorter values are left alone: they would also match what is no secret.
const SHORTEST: usize = 4;

/// Replaces every secret in `text`, also where it is quoted as JSON writes it.
pub fn redact<'a>(text: &str, secrets: impl IntoIterator<Item = &'a Secret>) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        let plain = secret.expose();
        if plain.len() < SHORTEST {
            continue;
        }
        text = text.replace(plain, REPLACEMENT);
        let quoted = serde_json::Value::from(plain).to_string();
        let quoted = quoted.trim_matches('"');
        if quoted != plain {
            text = text.replace(quoted, REPLACEMENT);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_replaced_plain_and_quoted() {
        let secrets = [Secret::from("hunter2"), Secret::from("a\"b\\c")];
        assert_eq!(redact(r#"no hunter2, no a\"b\\c"#, &secrets), "no [redacted], no [redacted]");
    }

    #[test]
    fn very_short_values_do_not_tear_a_text_apart() {
        assert_eq!(redact("a nice day", &[Secret::from("a"), Secret::from("")]), "a nice day");
    }
}
