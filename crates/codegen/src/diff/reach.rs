//! Which operations a place in a document reaches, and which way: a member that must be there breaks callers when it
//! travels to the broker, and nobody when it comes from there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::change::Direction;
use crate::{
    Document,
    document::{escape, join, shape::Kind},
};

/// Operations by id, each with a direction.
pub(super) type Reached = BTreeSet<(String, Direction)>;

const BOTH: [Direction; 2] = [Direction::Request, Direction::Response];

/// An operation and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) path: String,
    pub(super) method: String,
    pub(super) pointer: String,
    /// The path item's pointer.
    pub(super) item: String,
}

/// The operations of a document, and what of it each of them reaches.
pub(super) struct Reach {
    pub(super) operations: Vec<Operation>,
    components: BTreeMap<String, Reached>,
}

impl Reach {
    pub(super) fn new(document: &Document) -> Reach {
        let mut reach = Reach { operations: operations(document), components: BTreeMap::new() };
        let refers = refers(document);
        for operation in reach.operations.clone() {
            let mut open = Vec::new();
            let value = |pointer: &str| document.value().pointer(pointer);
            if let Some(parameters) = value(&join(&operation.item, "parameters")) {
                open.extend(references(parameters).map(|target| (target, Direction::Request)));
            }
            for (key, part) in value(&operation.pointer).and_then(Value::as_object).into_iter().flatten() {
                for direction in directions(key) {
                    open.extend(references(part).map(|target| (target, *direction)));
                }
            }
            let own = value(&join(&operation.pointer, "security"));
            let security = own.or_else(|| value("/security")).and_then(Value::as_array);
            let schemes = security.into_iter().flatten().filter_map(Value::as_object).flat_map(Map::keys);
            open.extend(
                schemes.map(|name| {
                    (format!("/components/securitySchemes/{}", escape(name)), Direction::Request)
                }),
            );
            while let Some((target, direction)) = open.pop() {
                let Some(root) = component(&target) else { continue };
                let reached = reach.components.entry(root.clone()).or_default();
                if reached.insert((operation.id.clone(), direction))
                    && let Some(targets) = refers.get(&root)
                {
                    open.extend(targets.iter().map(|target| (target.clone(), direction)));
                }
            }
        }
        reach
    }

    /// What the value at a JSON pointer reaches.
    pub(super) fn of(&self, pointer: &str) -> Reached {
        if let Some(root) = component(pointer) {
            return self.components.get(&root).cloned().unwrap_or_default();
        }
        let mut tokens = pointer.split('/').skip(1);
        let (Some("paths"), Some(path), key) = (tokens.next(), tokens.next(), tokens.next()) else {
            return self.all(&BOTH);
        };
        let item = format!("/paths/{path}");
        let operation = key.map(|key| format!("{item}/{key}"));
        let directions = match key {
            Some("parameters") => &BOTH[..1],
            _ => tokens.next().map_or(&BOTH[..], directions),
        };
        let inside = self.operations.iter().filter(|known| match &operation {
            Some(operation) if self.operations.iter().any(|any| any.pointer == *operation) => {
                known.pointer == *operation
            }
            _ => known.item == item,
        });
        with(inside, directions)
    }

    /// Every operation.
    fn all(&self, directions: &[Direction]) -> Reached {
        with(self.operations.iter(), directions)
    }
}

fn with<'o>(operations: impl Iterator<Item = &'o Operation>, directions: &[Direction]) -> Reached {
    operations
        .flat_map(|operation| directions.iter().map(|direction| (operation.id.clone(), *direction)))
        .collect()
}

/// Which way a member of an operation travels.
fn directions(key: &str) -> &'static [Direction] {
    match key {
        "parameters" | "requestBody" | "security" | "servers" => &[Direction::Request],
        "responses" => &[Direction::Response],
        _ => &BOTH,
    }
}

/// The component that a pointer leads into: `/components/<section>/<name>`.
pub(super) fn component(pointer: &str) -> Option<String> {
    let mut tokens = pointer.strip_prefix("/components/")?.split('/');
    Some(format!("/components/{}/{}", tokens.next()?, tokens.next()?))
}

/// What each component refers to.
fn refers(document: &Document) -> BTreeMap<String, BTreeSet<String>> {
    let sections = document.value().get("components").and_then(Value::as_object).into_iter().flatten();
    let sections = sections.filter_map(|(section, all)| Some((section, all.as_object()?)));
    sections
        .flat_map(|(section, all)| {
            let root = move |name: &str| format!("/components/{}/{}", escape(section), escape(name));
            all.iter().map(move |(name, value)| (root(name), references(value).collect()))
        })
        .collect()
}

/// The targets of all references in a value, as JSON pointers.
fn references(value: &Value) -> Box<dyn Iterator<Item = String> + '_> {
    match value {
        Value::Object(members) => {
            let own = members.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
            Box::new(own.map(str::to_owned).into_iter().chain(members.values().flat_map(references)))
        }
        Value::Array(items) => Box::new(items.iter().flat_map(references)),
        _ => Box::new(std::iter::empty()),
    }
}

fn operations(document: &Document) -> Vec<Operation> {
    let paths = document.value().get("paths").and_then(Value::as_object).into_iter().flatten();
    paths
        .filter_map(|(path, item)| Some((path, item.as_object()?)))
        .flat_map(|(path, members)| {
            let item = format!("/paths/{}", escape(path));
            let methods = members.iter().filter(|(key, _)| Kind::is_method(key));
            methods.map(move |(method, value)| {
                let id = value.get("operationId").and_then(Value::as_str);
                Operation {
                    id: id.map_or_else(|| format!("{method} {path}"), str::to_owned),
                    path: path.clone(),
                    method: method.clone(),
                    pointer: join(&item, method),
                    item: item.clone(),
                }
            })
        })
        .collect()
}
