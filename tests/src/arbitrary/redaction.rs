//! Texts with secrets in them.

use broker_session_runtime::{Secret, Words, redact};

use super::memory::{FORMS, with_secrets, written};

/// Shorter ones are left alone: they would also match what is no secret.
const SHORTEST: usize = 4;

/// The first two lines of the input are secrets, and the rest is a text with places for them (`$` and two characters;
/// see [`super::Memory`]). What was put into the text is not in what is shown of it.
pub fn redaction(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.splitn(3, '\n');
    let secrets: Vec<String> = lines.by_ref().take(2).map(str::to_owned).collect();
    if !secrets.iter().all(|secret| is_fair(secret)) {
        return;
    }
    let template = lines.next().unwrap_or_default();
    let text = with_secrets(template.as_bytes(), &secrets);
    let known: Vec<Secret> = secrets.iter().map(|secret| Secret::from(secret.as_str())).collect();
    let plain = String::from_utf8_lossy(&text);
    let mut shown = vec![redact(&plain, &known)];
    let found = Words::find(&text, &known);
    let told = Words::new(Some(&plain), [plain.as_ref(), template], &known);
    shown.extend([found, told].into_iter().flat_map(|words| [words.code, words.message]).flatten());
    for shown in &shown {
        for form in secrets.iter().flat_map(|secret| FORMS.map(|form| written(form, secret))) {
            assert!(!shown.contains(&form) || is_replacement(&form), "`{form}` shows in {shown:?}");
        }
    }
    for words in &shown[1..] {
        assert!(!words.chars().any(char::is_control), "a terminal obeys: {words:?}");
        assert!(words.chars().count() <= 500, "words without end: {words}");
    }
}

/// A secret that is long enough, and cannot be told together of what stands in place of secrets.
fn is_fair(secret: &str) -> bool {
    secret.len() >= SHORTEST && !secret.contains(['[', ']', '$']) && !is_replacement(secret)
}

/// Whether it is a part of what stands in place of secrets.
fn is_replacement(text: &str) -> bool {
    "[redacted]".contains(&text.to_ascii_lowercase())
}
