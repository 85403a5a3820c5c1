//! Values that are almost right.

use serde_json::{Value, json};

/// A value with one thing changed.
#[derive(Clone, Debug)]
pub struct Mutation {
    /// What was changed, for the message of a failing test.
    pub what: String,
    /// The value.
    pub value: Value,
}

/// Every single change: each member left out, and each value turned into one of another type. Null is not
/// among them: the clients take it for a member that is not there, whatever a spec says.
pub fn mutations(value: &Value) -> Vec<Mutation> {
    let mut all = replacements(value);
    for (step, child) in children(value) {
        if let Some(mutation) = without(value, &step) {
            all.push(mutation);
        }
        all.extend(mutations(child).into_iter().map(|mutation| Mutation {
            what: format!("{step}/{}", mutation.what),
            value: with(value, &step, mutation.value),
        }));
    }
    all
}

/// What a value is made of, each by the step that leads to it.
pub(crate) fn children(value: &Value) -> Vec<(String, &Value)> {
    match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect()
        }
        _ => Vec::new(),
    }
}

/// `value` without one of its members; nothing if it is no object.
pub(crate) fn without(value: &Value, name: &str) -> Option<Mutation> {
    let mut members = value.as_object()?.clone();
    members.shift_remove(name)?;
    Some(Mutation { what: format!("{name} left out"), value: members.into() })
}

/// `value` with another value in one of its places.
pub(crate) fn with(value: &Value, step: &str, other: Value) -> Value {
    let mut copy = value.clone();
    match &mut copy {
        Value::Object(members) => {
            members.insert(step.to_owned(), other);
        }
        Value::Array(items) => {
            let index: usize = step.parse().expect("the index of an item");
            items[index] = other;
        }
        _ => {}
    }
    copy
}

fn replacements(value: &Value) -> Vec<Mutation> {
    let others = match value {
        Value::String(_) => vec![json!(271_828), json!(true), json!([]), json!("no such value")],
        Value::Number(_) => vec![json!("no number"), json!(2.5), json!(false), json!({})],
        Value::Array(_) => vec![json!({}), json!("no list"), json!([271_828]), json!([[]])],
        Value::Object(_) => vec![json!([]), json!("no object"), json!(271_828)],
        Value::Bool(_) | Value::Null => vec![json!("no flag"), json!(271_828)],
    };
    others.into_iter().map(|value| Mutation { what: format!("turned into {value}"), value }).collect()
}
