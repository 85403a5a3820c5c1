//! Every member of the real specs is deleted, every value changed, every map and list turned round, and a member that
//! nobody knows is put everywhere: something is said each time.

use std::{fs, path::Path};

use serde_json::Value;

use super::{Change, Class, compare};
use crate::{Document, document::join};

/// A way to change a value.
#[derive(Clone, Debug)]
enum Edit {
    Without(String),
    OneMore,
    TurnedRound,
    Changed,
}

/// Every edit of the value at a pointer and of what is in it.
fn edits(value: &Value, pointer: String, found: &mut Vec<(String, Edit)>) {
    let mut add = |edit| found.push((pointer.clone(), edit));
    match value {
        Value::Object(members) => {
            members.keys().for_each(|key| add(Edit::Without(key.clone())));
            add(Edit::OneMore);
            if members.len() > 1 {
                add(Edit::TurnedRound);
            }
            for (key, inner) in members {
                // What is in an example is an example, however deep.
                if !(key == "value" && pointer.contains("/examples/")) {
                    edits(inner, join(&pointer, key), found);
                }
            }
        }
        Value::Array(items) => {
            (0..items.len()).for_each(|index| add(Edit::Without(index.to_string())));
            if items.iter().ne(items.iter().rev()) {
                add(Edit::TurnedRound);
            }
            for (index, inner) in items.iter().enumerate() {
                edits(inner, join(&pointer, &index.to_string()), found);
            }
        }
        _ => add(Edit::Changed),
    }
}

fn apply(edit: &Edit, value: &mut Value) {
    match (edit, value) {
        (Edit::Without(key), Value::Object(members)) => drop(members.shift_remove(key)),
        (Edit::Without(index), Value::Array(items)) => drop(items.remove(index.parse().unwrap())),
        (Edit::OneMore, Value::Object(members)) => {
            drop(members.insert("x-brand-new".to_owned(), Value::from(1)))
        }
        (Edit::TurnedRound, Value::Object(members)) => {
            *members = std::mem::take(members).into_iter().rev().collect();
        }
        (Edit::TurnedRound, Value::Array(items)) => items.reverse(),
        (_, Value::Bool(flag)) => *flag = !*flag,
        (_, Value::String(text)) => text.push('x'),
        (_, value) => *value = Value::from(value.as_i64().unwrap_or_default() + 1),
    }
}

/// What is wrong with what is said, in words.
fn complaint(changes: &[Change]) -> Option<String> {
    let vague = |change: &&Change| {
        change.worst() == Class::Unchanged || change.location.is_none() || change.what.is_empty()
    };
    match changes {
        [] => Some("nothing is said".to_owned()),
        changes => changes.iter().find(vague).map(|change| format!("{change:?}")),
    }
}

/// Every how many of the edits of a large spec are tried. All of them take minutes; the small spec has every kind.
const STEP: usize = 7;

fn nothing_passes_without_a_word(path: &str, step: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = fs::read_to_string(&path).unwrap();
    let base = Document::parse("spec", &text).unwrap();
    let mut now = base.clone();
    let mut all = Vec::new();
    edits(base.value(), String::new(), &mut all);
    assert!(all.len() > 100, "only {} edits", all.len());
    let mut failures = String::new();
    for (pointer, edit) in all.iter().step_by(step) {
        let place = now.value_mut().pointer_mut(pointer).unwrap();
        let saved = place.clone();
        apply(edit, place);
        let said = compare(&base, &now);
        let unclassed = said.iter().any(|change| change.what.contains("not classed"));
        if let Some(complaint) = complaint(&said) {
            failures += &format!("{pointer}: {edit:?}: {complaint}\n");
        } else if unclassed && !matches!(edit, Edit::OneMore | Edit::Changed) {
            failures += &format!("{pointer}: {edit:?}: a change that OpenAPI knows has no class: {said:?}\n");
        }
        *now.value_mut().pointer_mut(pointer).unwrap() = saved;
    }
    assert!(compare(&base, &now).is_empty(), "the same spec differs from itself");
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn no_edit_of_a_small_spec_passes_without_a_word() {
    nothing_passes_without_a_word("tests/fixtures/small.yaml", 1);
}

#[test]
fn no_edit_of_the_kotak_spec_passes_without_a_word() {
    nothing_passes_without_a_word("../../openapi/kotak-session.yaml", STEP);
}

#[test]
fn no_edit_of_the_ibkr_spec_passes_without_a_word() {
    nothing_passes_without_a_word("../../openapi/ibkr-session.yaml", STEP);
}

#[test]
fn no_edit_of_the_neo_spec_passes_without_a_word() {
    nothing_passes_without_a_word("../../openapi/kotak-neo-session.yaml", STEP);
}
