//! Nasty edits, each with what it means on the wire and in Rust.

mod answers;
mod document;
mod requests;

use broker_session_codegen::diff::{self, Class};

use crate::support::{document, shown, text, worst};

/// An edit: the spec, what is replaced (once) by what, the class on the wire, the class in Rust, and words that the
/// finding has.
pub(crate) type Edit = (&'static str, &'static str, &'static str, Class, Class, &'static str);

pub(crate) const GOOD: &str = "small.yaml";
const KOTAK: &str = "kotak-session.yaml";
const IBKR: &str = "ibkr-session.yaml";
const NEO: &str = "kotak-neo-session.yaml";

/// All of them.
pub(crate) fn edits() -> impl Iterator<Item = &'static Edit> {
    [document::EDITS, requests::EDITS, answers::EDITS].into_iter().flatten()
}

#[test]
fn every_edit_has_its_classes_and_its_words() {
    let mut failures = String::new();
    for (name, from, to, wire, rust, words) in edits() {
        let base = text(name);
        assert!(base.contains(from), "{name} has no `{from}`");
        let changes = diff::compare(&document(name, &base), &document(name, &base.replacen(from, to, 1)));
        let said = changes.iter().any(|change| {
            [&change.what, &change.wire.why, &change.rust.why].iter().any(|text| text.contains(words))
        });
        if worst(&changes) != (*wire, *rust) || !said {
            failures += &format!(
                "{name}: `{from}` → `{to}`\n expected wire {wire}, rust {rust}, and `{words}`; found\n{}\n",
                shown(&changes)
            );
        }
    }
    assert!(failures.is_empty(), "{failures}");
}
