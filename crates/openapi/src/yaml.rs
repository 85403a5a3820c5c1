//! YAML to a JSON value, with the place of each key and value.

use std::{collections::HashMap, fmt};

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::{Error, Spanned, budget::BudgetBreach};

use crate::{Location, Problem, Problems, unescape};

/// The deepest nesting of maps and lists. Ours need 13, and a level takes 36 KiB of stack in a debug build.
const MAX_DEPTH: usize = 32;

/// The places of a value and of its parts. It is a tree, because a flat table of JSON pointers would grow with the square
/// of a hostile document.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) key: Option<Location>,
    pub(crate) value: Location,
    inner: Inner,
}

#[derive(Clone, Debug)]
enum Inner {
    Nothing,
    Map(HashMap<String, Place>),
    List(Vec<Place>),
}

impl Place {
    pub(crate) fn find(&self, pointer: &str) -> Option<&Self> {
        tokens(pointer).try_fold(self, Self::child)
    }

    /// The deepest place along a JSON pointer.
    pub(crate) fn nearest(&self, pointer: &str) -> &Self {
        tokens(pointer)
            .try_fold(self, |place, token| place.child(token).ok_or(place))
            .unwrap_or_else(|last| last)
    }

    fn child(&self, token: &str) -> Option<&Self> {
        match &self.inner {
            Inner::Nothing => None,
            Inner::Map(fields) => fields.get(&unescape(token)),
            Inner::List(items) => items.get(token.parse::<usize>().ok()?),
        }
    }

    fn new(node: Spanned<Node>, key: Option<Location>) -> (Value, Self) {
        let mut value = location(node.referenced);
        // The text has nothing for an omitted value, so its place is that of the key.
        if let (Value::Null, Some(key)) = (&node.value.value, key)
            && value.line != key.line
        {
            value = key;
        }
        (node.value.value, Self { key, value, inner: node.value.inner })
    }
}

/// The steps of a JSON pointer, still escaped.
fn tokens(pointer: &str) -> impl Iterator<Item = &str> {
    pointer.split('/').skip(1)
}

/// The value of the one document in `text`, and the places of all parts.
pub(crate) fn read(name: &str, text: &str) -> Result<(Value, Place), Problems> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        reject_unsupported_tags: true,
        with_snippet: false,
        budget: serde_saphyr::budget! { max_anchors: 0, max_aliases: 0, max_depth: MAX_DEPTH, max_documents: 1 },
    };
    let node = serde_saphyr::from_str_with_options::<Spanned<Node>>(text, options);
    node.map(|node| Place::new(node, None)).map_err(|error| problem(name, text, &error).into())
}

struct Node {
    value: Value,
    inner: Inner,
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        Self { value, inner: Inner::Nothing }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Value::Null.into())
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Value::from(value).into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Value::from(value).into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Value::from(value).into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Node, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("the number is not finite"))?;
        Ok(Value::Number(number).into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Value::from(value).into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let (mut values, mut places) = (Vec::new(), Vec::new());
        while let Some(item) = list.next_element()? {
            let (value, place) = Place::new(item, None);
            values.push(value);
            places.push(place);
        }
        Ok(Node { value: values.into(), inner: Inner::List(places) })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let (mut values, mut places) = (Map::new(), HashMap::new());
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            let (value, place) = Place::new(map.next_value()?, Some(location(key.referenced)));
            // The reader distinguishes the keys `200` and `'200'`; JSON does not.
            if values.insert(key.value.clone(), value).is_some() {
                let line = key.referenced.line();
                let what =
                    format!("the key `{}` stands here twice, the second time in line {line}", key.value);
                return Err(A::Error::custom(what));
            }
            places.insert(key.value, place);
        }
        Ok(Node { value: values.into(), inner: Inner::Map(places) })
    }
}

fn location(found: serde_saphyr::Location) -> Location {
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).max(1);
    let width = number(found.span().len());
    Location { line: number(found.line()), column: number(found.column()), width }
}

fn problem(name: &str, text: &str, error: &Error) -> Problem {
    let place = error.location();
    let location = place.map_or(Location { line: 1, column: 1, width: 1 }, location);
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    let (rule, what, why, fix) = match error {
        Error::DuplicateMappingKey { key, .. } => (
            "duplicate-key",
            format!("This map has the key `{}` twice.", key.as_deref().unwrap_or_default()),
            "Keys of a map are unique; one of the two values would be lost.",
            "Delete one of them, or rename it.",
        ),
        Error::Budget { breach: BudgetBreach::Anchors { .. } | BudgetBreach::Aliases { .. }, .. } => (
            "yaml",
            "This is a YAML anchor or alias.".to_owned(),
            "Not every tool reads them; shared parts belong under `components`.",
            "Delete the anchor, or put a string that starts with `&` or `*` in quotes.",
        ),
        Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => (
            "yaml",
            format!("More than {MAX_DEPTH} maps and lists are nested here."),
            "Deeper documents could exhaust the stack of a reader.",
            "Move inner schemas to `components/schemas`.",
        ),
        Error::Budget { breach: BudgetBreach::Documents { .. }, .. } | Error::MultipleDocuments { .. } => (
            "yaml",
            "A second YAML document starts here.".to_owned(),
            "A spec is one YAML document; what follows would be ignored.",
            "Delete the `---` or the second document.",
        ),
        _ => (
            "yaml",
            format!("This cannot be read as YAML: {message}."),
            "A spec is one YAML document with JSON values.",
            "Often it is the indentation, a missing space after a colon, or a value that needs quotes.",
        ),
    };
    Problem::new(rule, name, what, why, fix).at(location, text)
}
