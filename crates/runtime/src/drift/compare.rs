//! Compares a value with its shape.

use serde_json::{Map, Value};

use super::Change;
use crate::{Member, Secret, Shape, has};

/// How many differences of one answer are told; a hostile one may have thousands.
const MOST: usize = 32;

/// A step from a value to one inside it.
#[derive(Clone, Copy)]
pub(super) enum Step<'a> {
    Member(&'a str),
    Item(usize),
}

/// A place where the value is not what its shape says.
pub(super) struct Difference<'a> {
    pub(super) path: Vec<Step<'a>>,
    pub(super) change: Change,
}

/// The differences, and the secrets that stand where the shape has them.
pub(super) fn differences<'a>(shape: &'static Shape, value: &'a Value) -> (Vec<Difference<'a>>, Vec<Secret>) {
    let mut comparison = Comparison::default();
    comparison.compare(shape, value);
    (comparison.found, comparison.secrets)
}

#[derive(Default)]
struct Comparison<'a> {
    path: Vec<Step<'a>>,
    found: Vec<Difference<'a>>,
    secrets: Vec<Secret>,
}

impl<'a> Comparison<'a> {
    fn compare(&mut self, shape: &'static Shape, value: &'a Value) {
        match (shape, value) {
            (Shape::Any, _)
            | (Shape::OrNull(_), Value::Null)
            | (Shape::Text, Value::String(_))
            | (Shape::Boolean, Value::Bool(_))
            | (Shape::Number, Value::Number(_)) => {}
            (Shape::Integer, Value::Number(number)) if is_whole(number) => {}
            (Shape::Secret, Value::String(text)) => self.secrets.push(text.as_str().into()),
            (Shape::OrNull(shape), value) => self.compare(shape, value),
            (Shape::List(shape), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.inside(Step::Item(index), |inside| inside.compare(shape, item));
                }
            }
            (Shape::Object { members, others }, Value::Object(value)) => {
                self.members(members, *others, value)
            }
            (Shape::AnyOf(forms), value) => {
                let meant = forms.iter().find(|form| is_meant(form, value));
                match meant.copied().or_else(|| nearest(forms, value)) {
                    Some(form) => self.compare(form, value),
                    None => self.none_of(forms, value),
                }
            }
            (shape, value) => self.retyped(shape, value),
        }
    }

    fn members(
        &mut self,
        members: &'static [Member],
        others: Option<&'static Shape>,
        value: &'a Map<String, Value>,
    ) {
        for member in members.iter().filter(|member| member.required) {
            if !names(member).any(|name| value.contains_key(name)) {
                self.inside(Step::Member(member.name), |inside| inside.note(Change::Missing));
            }
        }
        for (name, value) in value {
            let known = members.iter().find(|member| names(member).any(|known| known == name));
            self.inside(Step::Member(name), |inside| match known.map(|member| member.shape).or(others) {
                Some(shape) => inside.compare(shape, value),
                None => inside.note(Change::Unknown),
            });
        }
    }

    /// It has nothing in common with any of the forms.
    fn none_of(&mut self, forms: &'static [&'static Shape], value: &'a Value) {
        self.retyped(&Shape::AnyOf(forms), value);
        for name in value.as_object().into_iter().flat_map(Map::keys) {
            self.inside(Step::Member(name), |inside| inside.note(Change::Unknown));
        }
    }

    fn retyped(&mut self, shape: &Shape, value: &Value) {
        self.note(Change::Retyped { expected: expected(shape), found: name_of(value) });
    }

    /// Looks at what is one step further in, to the end of the answer: a secret anywhere in it may be a name elsewhere.
    fn inside(&mut self, step: Step<'a>, look: impl FnOnce(&mut Self)) {
        self.path.push(step);
        look(self);
        self.path.pop();
    }

    fn note(&mut self, change: Change) {
        if self.found.len() < MOST {
            self.found.push(Difference { path: self.path.clone(), change });
        }
    }
}

/// Whether a value is of this form: the generated decoder asks the same.
fn is_meant(form: &Shape, value: &Value) -> bool {
    let is_there = |member: &Member| names(member).any(|name| has(value, name));
    match form {
        Shape::Object { members, .. } => {
            value.is_object() && members.iter().all(|member| !member.required || is_there(member))
        }
        Shape::AnyOf(forms) => forms.iter().any(|form| is_meant(form, value)),
        Shape::OrNull(form) => value.is_null() || is_meant(form, value),
        form => expected(form) == name_of(value) || matches!(form, Shape::Any),
    }
}

/// Of forms none of which is meant, the first of those that have the most members in common with the value.
fn nearest<'s>(forms: &[&'s Shape], value: &Value) -> Option<&'s Shape> {
    let in_common = |form: &Shape| match form {
        Shape::Object { members, .. } => {
            members.iter().filter(|member| names(member).any(|name| value.get(name).is_some())).count()
        }
        _ => 0,
    };
    let most = forms.iter().map(|form| in_common(form)).max().filter(|most| *most > 0)?;
    forms.iter().find(|form| in_common(form) == most).copied()
}

fn names(member: &Member) -> impl Iterator<Item = &'static str> {
    std::iter::once(member.name).chain(member.aliases.iter().copied())
}

fn is_whole(number: &serde_json::Number) -> bool {
    !number.is_f64() || number.as_f64().is_some_and(|number| number.fract() == 0.0)
}

fn expected(shape: &Shape) -> &'static str {
    match shape {
        Shape::Any => "anything",
        Shape::Text | Shape::Secret => "text",
        Shape::Integer => "integer",
        Shape::Number => "number",
        Shape::Boolean => "boolean",
        Shape::List(_) => "list",
        Shape::Object { .. } => "object",
        Shape::AnyOf(_) => "one of several forms",
        Shape::OrNull(shape) => expected(shape),
    }
}

fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if is_whole(number) => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}
