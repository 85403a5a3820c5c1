//! The walk along the table.

use serde_json::{Map, Value};

use super::table::{Kind, Shape};
use crate::document::escape;

/// Something on the way through a document.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Seen<'a> {
    /// An object, before its members.
    Object(Kind, &'a Map<String, Value>),
    /// A Reference Object that stands where an object of this kind may; `&str` is its `$ref`.
    Reference(Kind, &'a Map<String, Value>, &'a str),
    /// Something that does not fit.
    Misfit(Misfit<'a>),
}

/// What does not fit.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Misfit<'a> {
    /// The value at the pointer is not what the specification has there.
    Wrong { expected: Shape, found: &'a Value },
    /// The object at the pointer lacks this member.
    Missing(Kind, &'static str),
    /// The pointer's last step is no member of the object around it.
    Unknown(Kind, &'a str),
}

/// Goes through the document in its own order. `see` gets the JSON pointer of what is seen.
///
/// The depth of the recursion is the depth of the value, which loading limits.
pub(crate) fn walk<'a>(root: &'a Value, see: &mut dyn FnMut(&str, Seen<'a>)) {
    Walk { pointer: String::new(), see }.visit(Shape::Object(Kind::Root), root);
}

struct Walk<'w, 'a> {
    pointer: String,
    see: &'w mut dyn FnMut(&str, Seen<'a>),
}

impl<'a> Walk<'_, 'a> {
    fn visit(&mut self, shape: Shape, value: &'a Value) {
        let fits = match (shape, value) {
            (Shape::Any, _)
            | (Shape::Bool | Shape::BoolOrRefOr(_), Value::Bool(_))
            | (Shape::Number, Value::Number(_))
            | (Shape::Text, Value::String(_)) => true,
            (Shape::Count, value) => value.as_u64().is_some_and(|count| u32::try_from(count).is_ok()),
            (Shape::Word(words), Value::String(word)) => words.contains(&word.as_str()),
            (Shape::List(item), Value::Array(items)) => {
                for (index, value) in items.iter().enumerate() {
                    self.step(&index.to_string(), |walk| walk.visit(*item, value));
                }
                true
            }
            (Shape::Map(member), Value::Object(members)) => {
                for (key, value) in members {
                    self.step(key, |walk| walk.visit(*member, value));
                }
                true
            }
            (Shape::Object(kind), Value::Object(object)) => {
                self.object(kind, object);
                true
            }
            (Shape::RefOr(kind) | Shape::BoolOrRefOr(kind), Value::Object(object)) => {
                match object.get("$ref") {
                    None => self.object(kind, object),
                    Some(Value::String(target)) => self.say(Seen::Reference(kind, object, target)),
                    Some(target) => self.step("$ref", |walk| walk.visit(Shape::Text, target)),
                }
                true
            }
            _ => false,
        };
        if !fits {
            self.say(Seen::Misfit(Misfit::Wrong { expected: shape, found: value }));
        }
    }

    fn object(&mut self, kind: Kind, object: &'a Map<String, Value>) {
        self.say(Seen::Object(kind, object));
        for member in kind.members() {
            if member.required && !object.contains_key(member.name) {
                self.say(Seen::Misfit(Misfit::Missing(kind, member.name)));
            }
        }
        self.conditions(kind, object);
        for (key, value) in object {
            if key.starts_with("x-") {
                continue;
            }
            let member = kind.members().iter().find(|member| member.name == key);
            let shape = member.map(|member| member.shape).or_else(|| kind.keyed(key));
            self.step(key, |walk| match shape {
                Some(shape) => walk.visit(shape, value),
                None => walk.say(Seen::Misfit(Misfit::Unknown(kind, key))),
            });
        }
    }

    /// What the table cannot say: members that depend on others.
    fn conditions(&mut self, kind: Kind, object: &'a Map<String, Value>) {
        let described = object.contains_key("schema") || object.contains_key("content");
        if matches!(kind, Kind::Parameter | Kind::Header) && !described {
            self.say(Seen::Misfit(Misfit::Missing(kind, "schema")));
        }
        let styles: &[&str] = match object.get("in").and_then(Value::as_str) {
            Some("path") => &["simple", "label", "matrix"],
            Some("query") => &["form", "spaceDelimited", "pipeDelimited", "deepObject"],
            Some("header") => &["simple"],
            _ => &["form"],
        };
        if let (Kind::Parameter, Some(style)) = (kind, object.get("style"))
            && !styles.iter().any(|allowed| style == allowed)
        {
            self.step("style", |walk| {
                walk.say(Seen::Misfit(Misfit::Wrong { expected: Shape::Word(styles), found: style }));
            });
        }
    }

    fn step(&mut self, token: &str, inner: impl FnOnce(&mut Self)) {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(&escape(token));
        inner(self);
        self.pointer.truncate(length);
    }

    fn say(&mut self, seen: Seen<'a>) {
        (self.see)(&self.pointer, seen);
    }
}
