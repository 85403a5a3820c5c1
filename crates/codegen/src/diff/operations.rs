//! Operations, matched by method and path, and else by their ids: a call that has moved is not another call.

use serde_json::Value;

use super::{
    change::Judgement,
    parameters,
    reach::{Operation, Reach},
    said::said,
    security, servers,
    walk::{Diff, Two},
};
use crate::document::shape::Kind;

/// `paths`.
pub(super) fn paths<'a>(diff: &mut Diff<'a>, _: &Two<'a>, paths: &Two<'a>) {
    let Matched { pairs, gone, added } = matched(&diff.old.reach, &diff.new.reach);
    items(diff, paths, &pairs);
    for (old, new) in &pairs {
        pair(diff, old, new);
    }
    for operation in &gone {
        let spot = diff.old.at(&operation.pointer);
        let what = format!("The operation is gone: {} {}.", operation.method.to_uppercase(), operation.path);
        let two = Two::only_old(&spot, &diff.new.at(&operation.pointer));
        let wire = Judgement::breaking("Nobody answers the call any more.");
        diff.tell(&two, what, wire, Judgement::breaking("The method of the client is gone."));
    }
    for operation in &added {
        let spot = diff.new.at(&operation.pointer);
        let what = format!("The operation is new: {} {}.", operation.method.to_uppercase(), operation.path);
        let two = Two::only_new(&diff.old.at(&operation.pointer), &spot);
        let wire = Judgement::additive("Nobody has to call it.");
        diff.tell(&two, what, wire, Judgement::additive("The client gets a method."));
    }
}

/// The operations of two documents.
pub(super) struct Matched {
    pub(super) pairs: Vec<(Operation, Operation)>,
    gone: Vec<Operation>,
    added: Vec<Operation>,
}

/// Which operations are the same: those at the same place, and of the others those with the same id.
pub(super) fn matched(old: &Reach, new: &Reach) -> Matched {
    let mut gone = old.operations.clone();
    let mut pairs = Vec::new();
    let mut added = Vec::new();
    let same_place = |old: &Operation, new: &Operation| {
        old.method == new.method && template(&old.path) == template(&new.path)
    };
    for operation in new.operations.clone() {
        match gone.iter().position(|known| same_place(known, &operation)) {
            Some(index) => pairs.push((gone.remove(index), operation)),
            None => added.push(operation),
        }
    }
    added.retain(|operation| match gone.iter().position(|known| known.id == operation.id) {
        Some(index) => {
            pairs.push((gone.remove(index), operation.clone()));
            false
        }
        None => true,
    });
    Matched { pairs, gone, added }
}

/// A path without the names of its parameters.
fn template(path: &str) -> String {
    let mut inside = false;
    path.chars()
        .filter(|character| {
            let was_inside = inside;
            inside = match character {
                '{' => true,
                '}' => false,
                _ => inside,
            };
            !was_inside || *character == '}'
        })
        .collect()
}

/// What path items say besides their operations.
fn items<'a>(diff: &mut Diff<'a>, paths: &Two<'a>, pairs: &[(Operation, Operation)]) {
    for path in paths.keys() {
        let item = paths.child(path);
        if !item.differ() {
            continue;
        }
        let has_operations = |two: &Two<'a>| two.keys().iter().any(|key| Kind::is_method(key));
        match (item.old.value, item.new.value) {
            (Some(_), Some(_)) => diff.object(Kind::PathItem, &item),
            // The operations say that they are gone, new, or have moved.
            _ if path.starts_with('/') && has_operations(&item) => beside(diff, &item, pairs),
            _ if path.starts_with('/') => {
                let why = "There is no operation in it.";
                diff.tell(&item, said(&item), Judgement::documentation(why), Judgement::documentation(why));
            }
            _ => diff.surely(&item, |_| ()),
        }
    }
}

/// What stands beside the operations of a path that has come.
fn beside<'a>(diff: &mut Diff<'a>, item: &Two<'a>, pairs: &[(Operation, Operation)]) {
    let moved = pairs.iter().find(|(_, new)| new.item == item.new.pointer && item.old.value.is_none());
    if let Some((old, new)) = moved {
        let two = Two { old: diff.old.at(&old.item), new: diff.new.at(&new.item) };
        diff.object(Kind::PathItem, &two);
    }
}

fn pair<'a>(diff: &mut Diff<'a>, old: &Operation, new: &Operation) {
    let two = Two { old: diff.old.at(&old.pointer), new: diff.new.at(&new.pointer) };
    if old.path != new.path || old.method != new.method {
        let what = format!(
            "Moved: {} {} → {} {}.",
            old.method.to_uppercase(),
            old.path,
            new.method.to_uppercase(),
            new.path
        );
        let rust = Judgement::documentation("The method stays; what it needs besides is said apart.");
        let wire = match template(&old.path) == template(&new.path) && old.method == new.method {
            true => Judgement::unchanged("Only the names of parameters differ, which are not sent."),
            false => Judgement::breaking("Nobody answers the call where it was."),
        };
        let rust = if wire.class == super::Class::Breaking {
            Judgement::breaking(
                "The signature is the same, but another place is called: mocks, proxies and rules of firewalls do not \
                 know it.",
            )
        } else {
            rust
        };
        diff.tell(&two, what, wire, rust);
    }
    diff.object(Kind::Operation, &two);
    // These may stand at the operation, at its path or at the document, so that what holds is compared.
    for (key, check) in [
        ("parameters", parameters::effective as fn(&mut Diff<'a>, &Two<'a>, &Two<'a>)),
        ("servers", servers::effective),
        ("security", security::effective),
    ] {
        let item = Two { old: diff.old.at(&old.item), new: diff.new.at(&new.item) };
        let (own, shared) = (two.child(key), item.child(key));
        if own.differ() || shared.differ() {
            let before = diff.told();
            check(diff, &two, &item);
            if diff.told() == before {
                let why = "The same holds as before; it is written elsewhere.";
                let place = if own.differ() { own } else { shared };
                let what = format!("`{key}` is written differently.");
                diff.tell(&place, what, Judgement::documentation(why), Judgement::documentation(why));
            }
        }
    }
}

/// `operationId`.
pub(super) fn operation_id<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    let wire = Judgement::unchanged("Ids are not sent.");
    let same = |value: Option<&Value>| value.and_then(Value::as_str).map(|id| id.to_ascii_lowercase());
    let rust = match same(member.old.value) == same(member.new.value) {
        true => "The id is how the operation is called in tables, mocks and logs.",
        false => "The method of the client, and its mocks, are named after it.",
    };
    diff.tell(member, said(member), wire, Judgement::breaking(rust));
}
