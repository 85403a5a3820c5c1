//! The document as the rules need it: objects by kind, operations, and references followed.

use std::collections::{BTreeMap, BTreeSet};

use broker_session_openapi::{self as openapi, Document, join};
use serde_json::{Map, Value};

/// An object of the document, or a reference where one may stand.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    pub(super) kind: &'static str,
    pub(super) object: &'a Map<String, Value>,
    /// The `$ref`, if the node is a reference.
    pub(super) reference: Option<&'a str>,
}

/// An operation under `paths`.
pub(super) struct Operation<'a> {
    pub(super) pointer: String,
    /// The JSON pointer of the path item.
    pub(super) item: String,
    pub(super) object: &'a Map<String, Value>,
}

impl Operation<'_> {
    /// The HTTP method, in small letters.
    pub(super) fn method(&self) -> &str {
        self.pointer.rsplit('/').next().unwrap_or_default()
    }
}

/// An object that is used somewhere, found by following references.
#[derive(Clone)]
pub(super) struct Used<'a> {
    /// The pointer at which it is used.
    pub(super) place: String,
    /// The pointer at which it is defined.
    pub(super) pointer: String,
    pub(super) value: &'a Value,
}

impl<'a> Used<'a> {
    /// A field that is a string.
    pub(super) fn string(&self, field: &str) -> Option<&'a str> {
        self.value.get(field).and_then(Value::as_str)
    }

    /// The last step of the pointer: the name of a component.
    pub(super) fn name(&self) -> &str {
        self.pointer.rsplit('/').next().unwrap_or_default()
    }
}

/// The document, indexed for the rules.
pub(super) struct Context<'a> {
    pub(super) document: &'a Document,
    pub(super) operations: Vec<Operation<'a>>,
    nodes: BTreeMap<String, Node<'a>>,
}

impl<'a> Context<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        let mut nodes = BTreeMap::new();
        let mut operations = Vec::new();
        for openapi::Node { pointer, kind, object, reference } in document.nodes() {
            if kind == "Operation" {
                operations.extend(operation(&pointer, object));
            }
            nodes.insert(pointer, Node { kind, object, reference });
        }
        Self { document, operations, nodes }
    }

    /// Every object and reference with its JSON pointer.
    pub(super) fn nodes(&self) -> impl DoubleEndedIterator<Item = (&str, Node<'a>)> {
        self.nodes.iter().map(|(pointer, node)| (pointer.as_str(), *node))
    }

    /// Every object of a kind (references to one are left out).
    pub(super) fn objects(
        &self,
        kind: &'static str,
    ) -> impl DoubleEndedIterator<Item = (&str, &'a Map<String, Value>)> {
        self.nodes()
            .filter(move |(_, node)| node.kind == kind && node.reference.is_none())
            .map(|(pointer, node)| (pointer, node.object))
    }

    /// The value at a pointer, references followed.
    pub(super) fn used(&self, place: &str) -> Option<Used<'a>> {
        let (pointer, value) = self.document.resolve(place)?;
        Some(Used { place: place.to_owned(), pointer, value })
    }

    /// Each field of the map or item of the list at a pointer, references followed, with its key.
    pub(super) fn fields(&self, pointer: &str) -> Vec<(&'a str, Used<'a>)> {
        let keys: Vec<(&'a str, String)> = match self.document.value().pointer(pointer) {
            Some(Value::Object(fields)) => {
                fields.keys().map(|key| (key.as_str(), join(pointer, key))).collect()
            }
            Some(Value::Array(items)) => {
                (0..items.len()).map(|index| ("", format!("{pointer}/{index}"))).collect()
            }
            _ => Vec::new(),
        };
        keys.into_iter().filter_map(|(key, place)| Some((key, self.used(&place)?))).collect()
    }

    /// The responses of an operation by status.
    pub(super) fn responses(&self, operation: &Operation<'_>) -> Vec<(&'a str, Used<'a>)> {
        let mut responses = self.fields(&join(&operation.pointer, "responses"));
        responses.retain(|(status, _)| !status.starts_with("x-"));
        responses
    }

    /// The named examples of a response or a request body, in every media type.
    pub(super) fn examples(&self, pointer: &str) -> Vec<Used<'a>> {
        let media = self.fields(&join(pointer, "content"));
        let examples = media.iter().flat_map(|(_, media)| self.fields(&join(&media.pointer, "examples")));
        examples.map(|(_, example)| example).collect()
    }

    /// The parameters of an operation, its own before those of the path with the same name and place.
    pub(super) fn parameters(&self, operation: &Operation<'_>) -> Vec<Used<'a>> {
        let mut all: Vec<Used<'a>> = Vec::new();
        for holder in [&operation.pointer, &operation.item] {
            for (_, parameter) in self.fields(&join(holder, "parameters")) {
                let is_same = |own: &Used<'_>| {
                    ["name", "in"].iter().all(|field| own.string(field) == parameter.string(field))
                };
                // The public linters report a second one in the same list.
                if !all.iter().any(is_same) {
                    all.push(parameter);
                }
            }
        }
        all
    }

    /// The forms of a schema; the schema itself if it has none.
    pub(super) fn forms(&self, place: &str) -> Vec<Used<'a>> {
        let Some(schema) = self.used(place) else { return Vec::new() };
        let lists = ["anyOf", "oneOf"].iter().map(|list| self.fields(&join(&schema.pointer, list)));
        let forms: Vec<Used<'a>> = lists.flatten().map(|(_, form)| form).collect();
        if forms.is_empty() { vec![schema] } else { forms }
    }

    /// Every object and reference at or below the given pointers, references followed.
    pub(super) fn reach(&self, roots: impl IntoIterator<Item = String>) -> BTreeSet<&str> {
        let mut waiting: Vec<String> = roots.into_iter().collect();
        let mut begun: BTreeSet<String> = waiting.iter().cloned().collect();
        let mut reached = BTreeSet::new();
        while let Some(root) = waiting.pop() {
            let inside = format!("{root}/");
            let below =
                self.nodes.range(inside.clone()..).take_while(|(pointer, _)| pointer.starts_with(&inside));
            for (pointer, node) in self.nodes.get_key_value(&root).into_iter().chain(below) {
                reached.insert(pointer.as_str());
                let target = node.reference.and_then(|target| target.strip_prefix('#'));
                waiting.extend(target.filter(|target| begun.insert((*target).to_owned())).map(str::to_owned));
            }
        }
        reached
    }
}

/// The operation at `/paths/<path>/<method>`. Those of callbacks are not called by a client.
fn operation<'a>(pointer: &str, object: &'a Map<String, Value>) -> Option<Operation<'a>> {
    let (item, _) = pointer.rsplit_once('/')?;
    item.strip_prefix("/paths/").filter(|path| !path.contains('/'))?;
    Some(Operation { pointer: pointer.to_owned(), item: item.to_owned(), object })
}

/// A field that is a string.
pub(super) fn string<'a>(object: &'a Map<String, Value>, field: &str) -> Option<&'a str> {
    object.get(field).and_then(Value::as_str)
}
