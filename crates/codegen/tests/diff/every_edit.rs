//! Every member of the real specs is deleted, every value changed, every list turned round: something is said each
//! time, and where a spec can still be generated, the code has nothing against it.

use broker_session_codegen::{Document, diff};
use serde_json::{Map, Value};

use crate::support::{document, shown, text};

const SPECS: [&str; 1] = ["good.yaml"];

/// Every edit of a value: what it is, and the whole value with it.
fn edits(value: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    pointers(value, String::new(), &mut |pointer, inner| {
        let mut with = |word: &str, change: &dyn Fn(&mut Value)| {
            let mut edited = value.clone();
            change(edited.pointer_mut(pointer).unwrap());
            found.push((format!("{pointer}: {word}"), edited));
        };
        match inner {
            Value::Object(members) => {
                for key in members.keys() {
                    with(&format!("without {key}"), &|value| {
                        value.as_object_mut().unwrap().shift_remove(key);
                    });
                }
                with("with one more", &|value| {
                    value.as_object_mut().unwrap().insert("x-brand-new".to_owned(), Value::from(1));
                });
                if members.len() > 1 {
                    with("turned round", &|value| {
                        let members = value.as_object().unwrap().clone().into_iter();
                        *value = Value::Object(
                            members.collect::<Vec<_>>().into_iter().rev().collect::<Map<_, _>>(),
                        );
                    });
                }
            }
            Value::Array(items) => {
                for index in 0..items.len() {
                    with(&format!("without item {index}"), &|value| {
                        value.as_array_mut().unwrap().remove(index);
                    });
                }
                if items.iter().ne(items.iter().rev()) {
                    with("turned round", &|value| value.as_array_mut().unwrap().reverse());
                }
            }
            Value::String(_) => {
                with("changed", &|value| *value = Value::from(format!("{}x", value.as_str().unwrap())))
            }
            Value::Bool(_) => with("changed", &|value| *value = Value::from(!value.as_bool().unwrap())),
            Value::Number(_) => with("changed", &|value| *value = Value::from(value.as_i64().unwrap() + 1)),
            Value::Null => with("changed", &|value| *value = Value::from("x")),
        }
    });
    found
}

fn pointers(value: &Value, pointer: String, see: &mut dyn FnMut(&str, &Value)) {
    see(&pointer, value);
    let step = |key: &str| format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| pointers(value, step(key), see)),
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, value)| pointers(value, step(&index.to_string()), see));
        }
        _ => {}
    }
}

#[test]
fn no_edit_of_a_spec_passes_without_a_word() {
    let mut failures = String::new();
    for name in SPECS {
        let base = document(name, &text(name));
        let mut count = 0;
        for (edit, value) in edits(base.value()) {
            // JSON is YAML. What is no OpenAPI any more is refused before it is compared.
            let Ok(now) = Document::parse(name, &value.to_string()) else { continue };
            count += 1;
            let changes = diff::compare(&base, &now);
            let back = diff::compare(&now, &base);
            if changes.is_empty() || back.is_empty() {
                failures += &format!("{name}{edit}: {} there, {} back\n", changes.len(), back.len());
            }
            let vague = |change: &&diff::Change| {
                change.worst() == diff::Class::Unchanged || change.location.is_none()
            };
            if let Some(change) = changes.iter().find(vague) {
                failures += &format!("{name}{edit}: {}", shown(std::slice::from_ref(change)));
            }
        }
        assert!(count > 100, "{name}: only {count} edits could be read");
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn the_same_spec_has_no_difference() {
    for name in SPECS {
        let base = document(name, &text(name));
        let changes = diff::compare(&base, &base);
        assert!(changes.is_empty(), "{}", shown(&changes));
    }
}
