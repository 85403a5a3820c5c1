//! The walk through two documents at once, along the table of what OpenAPI has where.
//!
//! No difference can get lost: every member that differs goes to the check that [`rules`](super::rules) has for it,
//! and where there is none, or the check finds nothing to say, the walk itself says that the change has no class.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    change::{Change, Class, Direction, Judgement, Side},
    operations,
    reach::{Reach, Reached, component},
    rules,
    said::said,
};
use crate::{
    Document,
    document::{join, shape::Kind, unescape},
};

/// What a change does to the set of messages that are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Fewer than before.
    Narrower,
    /// More than before.
    Wider,
    /// Others.
    Other,
}

impl Effect {
    /// The effect of a constraint that comes, goes or changes.
    pub(super) fn of_constraint(two: &Two<'_>) -> Effect {
        match (two.old.value, two.new.value) {
            (None, _) => Effect::Narrower,
            (_, None) => Effect::Wider,
            _ => Effect::Other,
        }
    }
}

/// A place in one of the documents, and the value there, if there is one.
#[derive(Clone, Debug)]
pub(super) struct Spot<'a> {
    pub(super) pointer: String,
    pub(super) value: Option<&'a Value>,
}

impl<'a> Spot<'a> {
    pub(super) fn child(&self, key: &str) -> Spot<'a> {
        let value = self.value.and_then(|value| match value {
            Value::Array(items) => items.get(key.parse::<usize>().ok()?),
            value => value.get(key),
        });
        Spot { pointer: join(&self.pointer, key), value }
    }

    pub(super) fn object(&self) -> Option<&'a Map<String, Value>> {
        self.value?.as_object()
    }

    /// The items of a list, each with its place; nothing if there is no list.
    pub(super) fn items(&self) -> Vec<Spot<'a>> {
        let count = self.value.and_then(Value::as_array).map_or(0, Vec::len);
        (0..count).map(|index| self.child(&index.to_string())).collect()
    }

    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.value?.get(key)?.as_str()
    }

    pub(super) fn reference(&self) -> Option<&'a str> {
        self.text("$ref")
    }
}

/// The same thing in both documents.
#[derive(Clone, Debug)]
pub(super) struct Two<'a> {
    pub(super) old: Spot<'a>,
    pub(super) new: Spot<'a>,
}

impl<'a> Two<'a> {
    pub(super) fn child(&self, key: &str) -> Two<'a> {
        Two { old: self.old.child(key), new: self.new.child(key) }
    }

    pub(super) fn differ(&self) -> bool {
        self.old.value != self.new.value
    }

    /// The last step of the pointer.
    pub(super) fn key(&self) -> String {
        let pointer = if self.new.value.is_some() { &self.new.pointer } else { &self.old.pointer };
        unescape(pointer.rsplit('/').next().unwrap_or_default())
    }

    /// The keys of either object, each once, those of today first.
    pub(super) fn keys(&self) -> Vec<&'a str> {
        let new = self.new.object().into_iter().flat_map(Map::keys);
        let gone = self.old.object().into_iter().flat_map(Map::keys);
        let gone = gone.filter(|key| self.new.object().is_none_or(|new| !new.contains_key(*key)));
        new.chain(gone).map(String::as_str).collect()
    }

    /// Only what was there.
    pub(super) fn only_old(old: &Spot<'a>, new: &Spot<'a>) -> Two<'a> {
        Two { old: old.clone(), new: Spot { pointer: new.pointer.clone(), value: None } }
    }

    /// Only what is there now.
    pub(super) fn only_new(old: &Spot<'a>, new: &Spot<'a>) -> Two<'a> {
        Two { old: Spot { pointer: old.pointer.clone(), value: None }, new: new.clone() }
    }
}

/// One document and what reaches what in it.
pub(super) struct Half<'a> {
    pub(super) document: &'a Document,
    pub(super) reach: Reach,
}

impl<'a> Half<'a> {
    fn new(document: &'a Document) -> Half<'a> {
        Half { document, reach: Reach::new(document) }
    }

    pub(super) fn at(&self, pointer: &str) -> Spot<'a> {
        Spot { pointer: pointer.to_owned(), value: self.document.value().pointer(pointer) }
    }

    /// The spot itself, or where its reference leads.
    pub(super) fn resolved(&self, spot: &Spot<'a>) -> Spot<'a> {
        let target = spot.reference().and_then(|target| self.document.resolve(target));
        target.map_or_else(|| spot.clone(), |(pointer, value)| Spot { pointer, value: Some(value) })
    }
}

/// The walk, and what it has found.
pub(super) struct Diff<'a> {
    pub(super) old: Half<'a>,
    pub(super) new: Half<'a>,
    pub(super) changes: Vec<Change>,
    /// The ids of today, by those of the base.
    renamed: BTreeMap<String, String>,
    /// How often something was said, or left to be said elsewhere.
    told: usize,
    /// What different references have led to, so that it is compared once.
    compared: BTreeSet<(String, String, BTreeSet<Direction>)>,
    /// What the reference that led to what is being compared reaches.
    via: Option<Reached>,
}

impl<'a> Diff<'a> {
    pub(super) fn new(old: &'a Document, new: &'a Document) -> Diff<'a> {
        let (old, new) = (Half::new(old), Half::new(new));
        let pairs = operations::matched(&old.reach, &new.reach).pairs;
        Diff {
            renamed: pairs.into_iter().map(|(old, new)| (old.id, new.id)).collect(),
            old,
            new,
            changes: Vec::new(),
            told: 0,
            compared: BTreeSet::new(),
            via: None,
        }
    }

    /// Compares the members of two objects of a kind; a reference counts as one without its target.
    pub(super) fn object(&mut self, kind: Kind, two: &Two<'a>) {
        for key in two.keys().into_iter().filter(|key| *key != "$ref") {
            let member = two.child(key);
            if member.differ() {
                self.surely(&member, |diff| {
                    if let Some(check) = rules::check(kind, key) {
                        check(diff, two, &member);
                    }
                });
            }
        }
    }

    /// Runs a check on something that differs; that nothing comes out of it is itself a finding.
    pub(super) fn surely(&mut self, two: &Two<'a>, check: impl FnOnce(&mut Self)) {
        let before = self.told;
        check(self);
        if self.told == before {
            let why = "This change has no class, so it is treated as breaking.";
            let what = format!("{} This is not classed.", said(two));
            self.tell(two, what, Judgement::breaking(why), Judgement::breaking(why));
        }
    }

    /// Compares two objects of a kind, either of which may be a reference.
    pub(super) fn inner(&mut self, kind: Kind, two: &Two<'a>) {
        let (old_target, new_target) = (two.old.reference(), two.new.reference());
        if old_target == new_target {
            return self.object(kind, two);
        }
        let (old, new) = (self.old.resolved(&two.old), self.new.resolved(&two.new));
        self.reference(kind, two, &old, &new);
        let reached = self.reached(two);
        let directions = reached.iter().map(|(_, direction)| *direction).collect();
        if self.compared.insert((old.pointer.clone(), new.pointer.clone(), directions)) {
            let outer = self.via.take();
            self.via = Some(reached);
            self.object(kind, &Two { old, new });
            self.via = outer;
        }
        if old_target.is_some() && new_target.is_some() {
            self.object(kind, two);
        }
    }

    /// Says that a reference leads elsewhere, or has come or gone.
    fn reference(&mut self, kind: Kind, two: &Two<'a>, old: &Spot<'a>, new: &Spot<'a>) {
        let name = |spot: &Spot<'_>| match spot.reference() {
            Some(target) => format!("`{}`", unescape(target.rsplit('/').next().unwrap_or(target))),
            None => "what is written out".to_owned(),
        };
        let what = format!("Refers to {} instead of {}.", name(&two.new), name(&two.old));
        let wire = Judgement::unchanged("What differs in what they describe is said apart.");
        let secret = |spot: &Spot<'_>| spot.text("format") == Some("password");
        let rust = match kind {
            Kind::Schema if !(secret(old) && secret(new)) => {
                Judgement::breaking("Types are named after the schemas that stand under `components`.")
            }
            _ => Judgement::documentation("No name in Rust comes from it."),
        };
        self.tell(two, what, wire, rust);
    }

    /// What is said stands somewhere else.
    pub(super) fn elsewhere(&mut self) {
        self.told += 1;
    }

    /// How much has been said so far.
    pub(super) fn told(&self) -> usize {
        self.told
    }

    /// Says something about a place: in today's text if there is something, else in the base's.
    pub(super) fn tell(&mut self, two: &Two<'a>, what: impl Into<String>, wire: Judgement, rust: Judgement) {
        let (side, spot) = match two.new.value {
            Some(_) => (Side::Now, &two.new),
            None => (Side::Base, &two.old),
        };
        let half = if side == Side::Now { &self.new } else { &self.old };
        let (wire, rust) = self.capped(spot, wire, rust);
        let change = Change {
            side,
            pointer: spot.pointer.clone(),
            location: half.document.locate_nearest(&spot.pointer),
            subject: self.subject(two, spot, half),
            what: what.into(),
            wire,
            rust,
            operations: self.reached(two).into_iter().collect(),
            others: 0,
        };
        self.told += 1;
        self.add(change);
    }

    /// Adds a change; the same one at another place is counted, and told once.
    fn add(&mut self, change: Change) {
        let same = self.changes.iter_mut().find(|known| {
            let said = known.what == change.what && known.wire == change.wire && known.rust == change.rust;
            let there = known.pointer == change.pointer && known.side == change.side;
            said && (there || change.what.starts_with("Refers to "))
        });
        let Some(known) = same else { return self.changes.push(change) };
        known.others += usize::from(known.pointer != change.pointer);
        known.operations.extend(change.operations);
        known.operations.sort();
        known.operations.dedup();
    }

    /// The generated client does not look at headers of answers, so nothing in them is more than words in Rust.
    fn capped(&self, spot: &Spot<'_>, wire: Judgement, rust: Judgement) -> (Judgement, Judgement) {
        let in_header = spot.pointer.starts_with("/components/headers/")
            || (spot.pointer.contains("/headers/") && spot.pointer.contains("/responses/"));
        let rust = match rust.class {
            Class::Additive | Class::Breaking if in_header => {
                Judgement::documentation("The generated client has no type for headers of answers.")
            }
            _ => rust,
        };
        (wire, rust)
    }

    /// The operations that a place reaches in either document.
    pub(super) fn reached(&self, two: &Two<'_>) -> Reached {
        if let Some(via) = &self.via {
            return via.clone();
        }
        let mut reached = self.new.reach.of(&two.new.pointer);
        let before = self.old.reach.of(&two.old.pointer).into_iter();
        reached.extend(before.map(|(id, way)| (self.renamed.get(&id).cloned().unwrap_or(id), way)));
        reached
    }

    /// What a change of the allowed messages means on the wire, by the way they travel.
    pub(super) fn wire(&self, two: &Two<'_>, effect: Effect) -> Judgement {
        let reached = self.reached(two);
        let travels = |wanted| reached.iter().any(|(_, direction)| *direction == wanted);
        // What nothing refers to is judged as if everything did.
        let request = travels(Direction::Request) || reached.is_empty();
        let response = travels(Direction::Response) || reached.is_empty();
        match effect {
            Effect::Other => Judgement::breaking("Other values are meant than before."),
            Effect::Narrower if request => {
                Judgement::breaking("The broker takes less than before in a request.")
            }
            Effect::Wider if response => {
                Judgement::breaking("An answer may hold what its readers do not expect.")
            }
            Effect::Narrower => {
                Judgement::additive("An answer holds less variety; its readers are prepared for it.")
            }
            Effect::Wider => Judgement::additive("The broker takes more than before in a request."),
        }
    }

    fn subject(&self, two: &Two<'_>, spot: &Spot<'_>, half: &Half<'_>) -> String {
        let operation = half.reach.operations.iter().find(|operation| {
            spot.pointer
                .strip_prefix(&operation.pointer)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        let root = component(&spot.pointer);
        let (head, rest) = match (operation, &root) {
            (Some(operation), _) => {
                let rest = spot.pointer.strip_prefix(&operation.pointer).unwrap_or_default();
                (format!("operation `{}`", operation.id), rest)
            }
            (None, Some(root)) => {
                let rest = spot.pointer.strip_prefix(root.as_str()).unwrap_or_default();
                let mut tokens = root.split('/').skip(2).map(unescape);
                let section = tokens.next().unwrap_or_default();
                let section = section.strip_suffix("ies").map_or_else(
                    || section.strip_suffix('s').unwrap_or(&section).to_owned(),
                    |stem| format!("{stem}y"),
                );
                (format!("{section} `{}`", tokens.next().unwrap_or_default()), rest)
            }
            (None, None) => ("document".to_owned(), spot.pointer.as_str()),
        };
        let mut subject = head;
        for token in rest.split('/').skip(1) {
            subject.push_str(" › ");
            subject.push_str(&unescape(token));
        }
        let was = component(&two.old.pointer).filter(|old| component(&two.new.pointer).as_ref() != Some(old));
        if let Some(was) = was.filter(|_| two.old.value.is_some() && two.new.value.is_some()) {
            subject
                .push_str(&format!(" (in place of `{}`)", unescape(was.rsplit('/').next().unwrap_or(&was))));
        }
        subject
    }
}
