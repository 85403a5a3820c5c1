//! What the rules ask of a document: its objects by kind, its operations, and what can be reached from where.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::Document;
use crate::document::{
    join,
    shape::{Kind, Misfit, Seen, walk},
    unescape,
};

/// An object of the document, or a reference where one is expected.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    pub(super) kind: Kind,
    pub(super) object: &'a Map<String, Value>,
    /// The `$ref`, if the node is a reference.
    pub(super) reference: Option<&'a str>,
}

impl<'a> Node<'a> {
    /// The pointer to which a reference leads.
    pub(super) fn target(&self) -> Option<&'a str> {
        self.reference?.strip_prefix('#')
    }
}

/// An operation under `paths`.
pub(super) struct Operation<'a> {
    pub(super) pointer: String,
    /// The JSON pointer of the path item.
    pub(super) item: String,
    /// The path with its templates.
    pub(super) path: String,
    pub(super) object: &'a Map<String, Value>,
}

/// An object that is used somewhere, found by following references.
#[derive(Clone)]
pub(super) struct Used<'a> {
    /// Where it is used.
    pub(super) place: String,
    /// Where it is written.
    pub(super) pointer: String,
    pub(super) value: &'a Value,
}

impl<'a> Used<'a> {
    /// A text member.
    pub(super) fn text(&self, member: &str) -> Option<&'a str> {
        self.value.get(member).and_then(Value::as_str)
    }
}

/// The document, sorted for asking.
pub(super) struct Context<'a> {
    pub(super) document: &'a Document,
    pub(super) operations: Vec<Operation<'a>>,
    /// Members that the specification does not know: pointer, kind of the object around, key.
    pub(super) unknown: Vec<(String, Kind, &'a str)>,
    nodes: BTreeMap<String, Node<'a>>,
}

impl<'a> Context<'a> {
    pub(super) fn new(document: &'a Document) -> Context<'a> {
        let mut nodes = BTreeMap::new();
        let mut operations = Vec::new();
        let mut unknown = Vec::new();
        walk(document.value(), &mut |pointer, seen| match seen {
            Seen::Object(kind, object) => {
                nodes.insert(pointer.to_owned(), Node { kind, object, reference: None });
                operations.extend((kind == Kind::Operation).then(|| operation(pointer, object)).flatten());
            }
            Seen::Reference(kind, object, target) => {
                nodes.insert(pointer.to_owned(), Node { kind, object, reference: Some(target) });
            }
            Seen::Misfit(Misfit::Unknown(kind, key)) => unknown.push((pointer.to_owned(), kind, key)),
            Seen::Misfit(_) => {}
        });
        Context { document, operations, unknown, nodes }
    }

    /// Every object and reference with its JSON pointer.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (&str, Node<'a>)> {
        self.nodes.iter().map(|(pointer, node)| (pointer.as_str(), *node))
    }

    /// Every object of a kind (references to one are left out).
    pub(super) fn objects(&self, kind: Kind) -> impl Iterator<Item = (&str, &'a Map<String, Value>)> {
        self.nodes()
            .filter(move |(_, node)| node.kind == kind && node.reference.is_none())
            .map(|(pointer, node)| (pointer, node.object))
    }

    /// The value at a pointer, behind whatever references stand there.
    pub(super) fn used(&self, place: &str) -> Option<Used<'a>> {
        let (pointer, value) = self.document.resolve(place)?;
        Some(Used { place: place.to_owned(), pointer, value })
    }

    /// Each member of the map or item of the list at a pointer, behind references, with its key.
    pub(super) fn members(&self, pointer: &str) -> Vec<(&'a str, Used<'a>)> {
        let keys: Vec<(&'a str, String)> = match self.document.value().pointer(pointer) {
            Some(Value::Object(members)) => {
                members.keys().map(|key| (key.as_str(), join(pointer, key))).collect()
            }
            Some(Value::Array(items)) => {
                (0..items.len()).map(|index| ("", format!("{pointer}/{index}"))).collect()
            }
            _ => Vec::new(),
        };
        keys.into_iter().filter_map(|(key, place)| Some((key, self.used(&place)?))).collect()
    }

    /// The responses of an operation by status, extensions left out.
    pub(super) fn responses(&self, operation: &Operation<'_>) -> Vec<(&'a str, Used<'a>)> {
        let mut responses = self.members(&join(&operation.pointer, "responses"));
        responses.retain(|(status, _)| !status.starts_with("x-"));
        responses
    }

    /// The parameters of an operation: the path's, unless the operation has its own of the same name and
    /// place, then its own.
    pub(super) fn parameters(&self, operation: &Operation<'_>) -> Vec<Used<'a>> {
        let list = |pointer: &str| {
            self.members(&join(pointer, "parameters")).into_iter().map(|(_, parameter)| parameter)
        };
        let own: Vec<Used<'a>> = list(&operation.pointer).collect();
        let overridden = |shared: &Used<'_>| {
            own.iter()
                .any(|own| own.text("name") == shared.text("name") && own.text("in") == shared.text("in"))
        };
        let mut all: Vec<Used<'a>> = list(&operation.item).filter(|shared| !overridden(shared)).collect();
        all.extend(own);
        all
    }

    /// Every object and reference at or below a pointer.
    pub(super) fn below(&self, root: &str) -> impl Iterator<Item = (&str, Node<'a>)> {
        let inside = format!("{root}/");
        let here = self.nodes.get_key_value(root).into_iter();
        let rest = self.nodes.range(inside.clone()..);
        here.chain(rest.take_while(move |(pointer, _)| pointer.starts_with(&inside)))
            .map(|(pointer, node)| (pointer.as_str(), *node))
    }

    /// Every object and reference at or below the given pointers, references followed.
    pub(super) fn reach(&self, roots: impl IntoIterator<Item = String>) -> BTreeSet<&str> {
        let mut waiting: Vec<String> = roots.into_iter().collect();
        let mut begun: BTreeSet<String> = waiting.iter().cloned().collect();
        let mut reached = BTreeSet::new();
        while let Some(root) = waiting.pop() {
            for (pointer, node) in self.below(&root) {
                reached.insert(pointer);
                if let Some(target) = node.target()
                    && begun.insert(target.to_owned())
                {
                    waiting.push(target.to_owned());
                }
            }
        }
        reached
    }

    /// The pointers of the components that hold something wanted or lead to it.
    pub(super) fn components_with(&self, wanted: impl Fn(Node<'a>) -> bool) -> BTreeSet<&str> {
        let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut found = BTreeSet::new();
        for (pointer, node) in self.nodes() {
            let Some(component) = component(pointer) else { continue };
            if let Some(target) = node.target() {
                users.entry(target).or_default().push(component);
            }
            if wanted(node) {
                found.insert(component);
            }
        }
        let mut waiting: Vec<&str> = found.iter().copied().collect();
        while let Some(component) = waiting.pop() {
            for user in users.get(component).into_iter().flatten() {
                if found.insert(user) {
                    waiting.push(user);
                }
            }
        }
        found
    }

    /// The schema objects that can be reached from the given pointers.
    pub(super) fn schemas_from(
        &self,
        roots: impl IntoIterator<Item = String>,
    ) -> Vec<(&str, &'a Map<String, Value>)> {
        let reached = self.reach(roots).into_iter();
        reached
            .filter_map(|pointer| Some((pointer, self.nodes.get(pointer)?)))
            .filter(|(_, node)| node.kind == Kind::Schema && node.reference.is_none())
            .map(|(pointer, node)| (pointer, node.object))
            .collect()
    }
}

/// The operation at `/paths/<path>/<method>`. Those of callbacks are not called by a client.
fn operation<'a>(pointer: &str, object: &'a Map<String, Value>) -> Option<Operation<'a>> {
    let (item, method) = pointer.rsplit_once('/')?;
    let path = item.strip_prefix("/paths/").filter(|path| !path.contains('/'))?;
    Kind::is_method(method).then(|| Operation {
        pointer: pointer.to_owned(),
        item: item.to_owned(),
        path: unescape(path),
        object,
    })
}

/// The `/components/<section>/<name>` in which a pointer lies.
pub(super) fn component(pointer: &str) -> Option<&str> {
    let rest = pointer.strip_prefix("/components/")?;
    let (section, rest) = rest.split_once('/')?;
    let name = rest.split('/').next()?;
    pointer.get(.."/components/".len() + section.len() + 1 + name.len())
}

/// A member as text.
pub(super) fn text<'a>(object: &'a Map<String, Value>, member: &str) -> Option<&'a str> {
    object.get(member).and_then(Value::as_str)
}
