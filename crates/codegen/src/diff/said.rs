//! How values are quoted: so short that they can be read, and from where they differ.

use serde_json::Value;

use super::walk::Two;

/// The longest value that is shown in a message (characters).
const LONGEST_SHOWN: usize = 80;

/// The old and the new value as a sentence.
pub(super) fn said(two: &Two<'_>) -> String {
    let key = two.key();
    match (two.old.value, two.new.value) {
        (None, Some(new)) => format!("`{key}` is new: {}.", shown(new)),
        (Some(old), None) => format!("`{key}` is gone; it was {}.", shown(old)),
        (Some(old), Some(new)) => {
            let (old, new) = (old.to_string(), new.to_string());
            let from = first_shown(&old, &new);
            format!("`{key}`: {} → {}.", cut(&old, from), cut(&new, from))
        }
        (None, None) => format!("`{key}`: nothing → nothing."),
    }
}

/// A value as JSON, cut where it is long.
pub(super) fn shown(value: &Value) -> String {
    cut(&value.to_string(), 0)
}

/// The character to begin with, so that what differs is seen although the texts are long.
fn first_shown(old: &str, new: &str) -> usize {
    if old.chars().count().max(new.chars().count()) <= LONGEST_SHOWN {
        return 0;
    }
    let same = old.chars().zip(new.chars()).take_while(|(old, new)| old == new).count();
    same.saturating_sub(LONGEST_SHOWN / 3)
}

/// So much of a text as is shown, from a character on.
fn cut(text: &str, from: usize) -> String {
    let before = if from > 0 { "…" } else { "" };
    let mut rest = text.chars().skip(from);
    let shown: String = rest.by_ref().take(LONGEST_SHOWN).collect();
    let after = if rest.next().is_some() { "…" } else { "" };
    format!("{before}{shown}{after}")
}
