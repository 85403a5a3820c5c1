//! The objects of OpenAPI 3.0: a table of their fields, and one walk that finds the objects, references and errors of a
//! document.
//!
//! The table is `objects.txt`, a line for each object of the specification: its name and its fields. `!` marks
//! what is required. A field holds a JSON type, one of some words (`=a|b`), an object, a reference or an
//! object (`&Schema`), true, false or either of these (`?Schema`), a list (`[…]`) or a map (`{…}`).

use std::{collections::HashMap, sync::LazyLock};

use serde_json::{Map, Value};

use crate::{document::suggestion, escape};

/// The number of errors that are reported at once; rendering millions would take too long.
pub(crate) const MAX_MISFITS: usize = 50;

static OBJECTS: LazyLock<HashMap<&'static str, Vec<Field>>> = LazyLock::new(|| {
    let lines = include_str!("objects.txt").lines();
    let object = |line: &'static str| {
        let mut words = line.split(' ');
        Some((words.next()?, words.filter_map(Field::parse).collect()))
    };
    lines.filter_map(object).collect()
});

struct Field {
    name: &'static str,
    is_required: bool,
    shape: &'static str,
}

impl Field {
    fn parse(word: &'static str) -> Option<Self> {
        let (name, shape) = word.split_once(':')?;
        Some(Self { name: name.trim_end_matches('!'), is_required: name.ends_with('!'), shape })
    }
}

fn fields(kind: &str) -> &'static [Field] {
    OBJECTS.get(kind).map_or(&[], Vec::as_slice)
}

/// The map under `components` that holds shared objects of a kind: `schemas` for `Schema`.
pub fn section(kind: &str) -> Option<&'static str> {
    let fields = fields("Components").iter();
    fields.filter(|field| field.shape == format!("{{&{kind}}}")).map(|field| field.name).next()
}

/// An object of OpenAPI, or a reference where one may stand.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    /// Its JSON pointer.
    pub pointer: String,
    /// Its name in the specification, without spaces: `Schema`, `MediaType`.
    pub kind: &'static str,
    /// Its fields.
    pub object: &'a Map<String, Value>,
    /// The `$ref`, if it is a reference.
    pub reference: Option<&'a str>,
}

/// Something that the specification does not allow.
pub(crate) struct Misfit {
    pub(crate) pointer: String,
    pub(crate) what: String,
    pub(crate) fix: String,
}

/// Walks a document in its own order. The recursion is bounded, because the reader limits the depth of the value.
pub(crate) fn walk(root: &Value) -> (Vec<Node<'_>>, Vec<Misfit>) {
    let mut walk = Walk { pointer: String::new(), nodes: Vec::new(), misfits: Vec::new() };
    walk.visit("OpenAPI", root);
    (walk.nodes, walk.misfits)
}

struct Walk<'a> {
    pointer: String,
    nodes: Vec<Node<'a>>,
    misfits: Vec<Misfit>,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, shape: &'static str, value: &'a Value) {
        let inner = shape.get(1..shape.len().saturating_sub(1)).unwrap_or_default();
        let kind = shape.trim_start_matches(['&', '?']);
        match (shape, value) {
            ("any", _)
            | ("boolean", Value::Bool(_))
            | ("number", Value::Number(_))
            | ("string", Value::String(_)) => {}
            ("count", Value::Number(number))
                if number.as_u64().is_some_and(|count| u32::try_from(count).is_ok()) => {}
            (_, Value::Bool(_)) if shape.starts_with('?') => {}
            (_, Value::String(word)) if shape.starts_with('=') && words(shape).any(|known| known == word) => {
            }
            (_, Value::Array(items)) if shape.starts_with('[') => {
                for (index, value) in items.iter().enumerate() {
                    self.step(&index.to_string(), |walk| walk.visit(inner, value));
                }
            }
            (_, Value::Object(fields)) if shape.starts_with('{') => {
                for (key, value) in fields {
                    self.step(key, |walk| walk.visit(inner, value));
                }
            }
            (_, Value::Object(object)) if OBJECTS.contains_key(kind) => {
                let reference = object.get("$ref").and_then(Value::as_str).filter(|_| shape != kind);
                let pointer = self.pointer.clone();
                self.nodes.push(Node { pointer, kind, object, reference });
                if reference.is_none() {
                    self.object(kind, object);
                }
            }
            _ => self
                .misfit(format!("Expected {}, found {}.", expected(shape), found(value)), mend(shape, value)),
        }
    }

    fn object(&mut self, kind: &'static str, object: &'a Map<String, Value>) {
        let known = fields(kind);
        let mut missing: Vec<_> =
            known.iter().filter(|field| field.is_required).map(|field| field.name).collect();
        missing.retain(|name| !object.contains_key(*name));
        if matches!(kind, "Parameter" | "Header")
            && !object.contains_key("content")
            && !object.contains_key("schema")
        {
            missing.push("schema");
        }
        for name in missing {
            self.misfit(format!("The {} lacks its field `{name}`.", title(kind)), format!("Add `{name}:`."));
        }
        for (key, value) in object.iter().filter(|(key, _)| !key.starts_with("x-")) {
            let shape = known.iter().find(|field| field.name == key).map(|field| field.shape);
            let shape = shape.or_else(|| keyed(kind, key));
            self.step(key, |walk| match shape {
                Some(shape) => walk.visit(shape, value),
                None => {
                    let fix = match kind {
                        "Paths" => "Write a path, which starts with a slash.",
                        "Responses" => "Write an HTTP status from 200 to 599.",
                        _ => "Delete it; a name of your own starts with `x-`.",
                    };
                    let fix = suggestion(key, known.iter().map(|field| field.name), fix);
                    walk.misfit(format!("`{key}` is not a field of the {}.", title(kind)), fix);
                }
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

    fn misfit(&mut self, what: String, fix: impl Into<String>) {
        if self.misfits.len() < MAX_MISFITS {
            self.misfits.push(Misfit { pointer: self.pointer.clone(), what, fix: fix.into() });
        }
    }
}

/// The value's shape under a key of an object with arbitrary keys.
fn keyed(kind: &str, key: &str) -> Option<&'static str> {
    let is_status =
        matches!(key.as_bytes(), [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'] | [b'1'..=b'5', b'X', b'X']);
    match kind {
        "Paths" if key.starts_with('/') => Some("PathItem"),
        "Callback" => Some("PathItem"),
        "Responses" if is_status => Some("&Response"),
        _ => None,
    }
}

fn words(shape: &str) -> impl Iterator<Item = &str> {
    shape.trim_start_matches('=').split('|')
}

/// The name of an object in the specification: `Media Type Object`.
fn title(kind: &str) -> String {
    let mut title = String::new();
    for (index, letter) in kind.char_indices() {
        let begins_word = letter.is_uppercase() && title.ends_with(|last: char| last.is_lowercase());
        if index > 0 && begins_word && kind != "OpenAPI" {
            title.push(' ');
        }
        title.push(letter);
    }
    title + " Object"
}

fn expected(shape: &str) -> String {
    match shape.chars().next() {
        Some('[') => "a list".to_owned(),
        Some('{') => "a map".to_owned(),
        Some('=') => format!("one of {}", words(shape).collect::<Vec<_>>().join(", ")),
        Some('&') => format!("a map, the {} or a reference to one", title(shape.trim_start_matches('&'))),
        Some('?') => format!("true, false, or a map, the {}", title(shape.trim_start_matches('?'))),
        _ if shape == "count" => format!("a whole number from 0 to {}", u32::MAX),
        _ if shape == "boolean" => "true or false".to_owned(),
        _ if OBJECTS.contains_key(shape) => format!("a map, the {}", title(shape)),
        _ => format!("a {shape}"),
    }
}

fn found(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(string) if string.chars().count() <= 40 => format!("\"{}\"", string.escape_debug()),
        Value::String(_) => "a string".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a map".to_owned(),
    }
}

fn mend(shape: &str, value: &Value) -> String {
    match (shape, value) {
        ("string", Value::Bool(_) | Value::Number(_)) => "Put the value in quotes.",
        (_, Value::Null) => "Write the value, or delete the key; a value that starts with `#` needs quotes.",
        ("boolean" | "number" | "count", Value::String(_)) => "Write the value without quotes.",
        (_, Value::String(word)) if shape.starts_with('=') => {
            return suggestion(word, words(shape), "Replace the value.");
        }
        _ => "Replace the value.",
    }
    .to_owned()
}
