//! Documents, edits of them, and what is said of two.

use std::path::PathBuf;

use broker_session_codegen::{
    Document,
    diff::{self, Change, Class},
};

/// The text of a fixture, or of one of the real specs.
pub(crate) fn text(name: &str) -> String {
    let crate_folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let fixture = crate_folder.join("tests/fixtures").join(name);
    let path = if fixture.exists() { fixture } else { crate_folder.join("../../openapi").join(name) };
    std::fs::read_to_string(path).unwrap()
}

pub(crate) fn document(name: &str, text: &str) -> Document {
    Document::parse(name, text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The worst classes on the wire and in Rust.
pub(crate) fn worst(changes: &[Change]) -> (Class, Class) {
    (diff::worst_on_the_wire(changes), diff::worst_in_rust(changes))
}

/// Changes as a failing test shows them.
pub(crate) fn shown(changes: &[Change]) -> String {
    let line = |change: &Change| {
        format!(
            "  {} | {} | wire {}: {} | rust {}: {} | {:?}\n",
            change.subject,
            change.what,
            change.wire.class,
            change.wire.why,
            change.rust.class,
            change.rust.why,
            change.operations
        )
    };
    changes.iter().map(line).collect()
}
