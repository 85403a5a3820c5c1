//! What has changed between two states of a spec, and what that means: on the wire, and for a user of the generated
//! crate.
//!
//! The spec is compared as what it is, an OpenAPI document with extensions of ours, member by member along the table
//! that loading uses. Libraries exist, and do not do: `drift` 0.2 knows neither ids, nullable members, security nor
//! servers, and calls most of what happens to schemas unhandled; oasdiff is a Go program that judges for the wire
//! alone; none knows what our extensions and our generator make of a change.
//!
//! Rust has a second opinion ([`code`]): the public API of what the generator makes of both documents. It is read with
//! `syn`, because `cargo-semver-checks` and `public-api` need rustdoc's JSON, which is for nightly compilers, and a
//! build of everything twice. The worse of the two opinions counts.
//!
//! What counts as breaking, where one may argue:
//! - A public field more in what is sent is breaking, since callers build it from its fields. In what only answers
//!   hold it is additive: answers come from the client, and mocks can be made from JSON. A pattern without `..` or a
//!   literal in a test breaks all the same (the Cargo book would call it major), and the finding says so.
//! - A variant more is breaking everywhere: programs `match` on answers.
//! - Behaviour counts though every signature stays: what is repeated, where credentials go, which form of an answer
//!   is meant, which kind an error has.

mod change;
pub mod code;
mod components;
mod content;
mod documents;
#[cfg(test)]
mod every_edit;
mod forms;
mod links;
mod operations;
mod order;
mod parameters;
mod policies;
mod reach;
mod rules;
mod said;
mod schemas;
mod security;
mod servers;
mod walk;

pub use change::{Change, Class, Direction, Judgement, Side};

use crate::{Document, document::shape::Kind};
use walk::{Diff, Two};

/// Every difference between two documents, the worst first, and then in the order of the text.
pub fn compare(base: &Document, now: &Document) -> Vec<Change> {
    let mut diff = Diff::new(base, now);
    let root = Two { old: diff.old.at(""), new: diff.new.at("") };
    diff.object(Kind::Root, &root);
    order::orders(&mut diff, &root);
    let mut changes = diff.changes;
    let place = |change: &Change| (change.side, change.location, change.pointer.clone());
    changes.sort_by(|a, b| b.worst().cmp(&a.worst()).then_with(|| place(a).cmp(&place(b))));
    changes
}

/// The worst class that a change has in Rust.
pub fn worst_in_rust(changes: &[Change]) -> Class {
    changes.iter().map(|change| change.rust.class).max().unwrap_or(Class::Unchanged)
}

/// The worst class that a change has on the wire.
pub fn worst_on_the_wire(changes: &[Change]) -> Class {
    changes.iter().map(|change| change.wire.class).max().unwrap_or(Class::Unchanged)
}

/// What the generated code says against the changes of the spec, as a sentence with the class that counts then: its
/// public API has changed in a worse way, or it does something else although no change of the spec says so.
pub fn objection(changes: &[Change], code: &code::CodeChanges) -> Option<Judgement> {
    let said = worst_in_rust(changes);
    if code.worst() > said {
        let worse: Vec<_> = code.api.iter().filter(|change| change.class > said).collect();
        let first = worse.first().map(|change| format!("`{}`", change.item)).unwrap_or_default();
        let why = format!(
            "The changes of the spec look {said} in Rust, but those of the generated code's public API are {}: {first} and {} more. The worse counts.",
            code.worst(),
            worse.len().saturating_sub(1),
        );
        return Some(Judgement::new(code.worst(), why));
    }
    if said <= Class::Documentation && !code.tokens.is_empty() {
        let words: Vec<_> = code.tokens.keys().take(5).map(|word| format!("`{word}`")).collect();
        let why = format!(
            "No change of the spec means anything in Rust, but the generated code differs in more than its documentation ({}). This is not classed, so it is treated as breaking.",
            words.join(", "),
        );
        return Some(Judgement::new(Class::Breaking, why));
    }
    None
}
