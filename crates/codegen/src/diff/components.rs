//! What is shared. A component is compared once, under its own name; what refers to it says no more about it.

use serde_json::Value;

use super::{
    change::Judgement,
    rules::Check,
    walk::{Diff, Two},
};
use crate::document::shape::Kind;

const SECTIONS: [Kind; 8] = [
    Kind::Schema,
    Kind::Response,
    Kind::Parameter,
    Kind::Example,
    Kind::RequestBody,
    Kind::Header,
    Kind::SecurityScheme,
    Kind::Link,
];

/// Every section.
pub(super) fn sections<'a>(diff: &mut Diff<'a>, _: &Two<'a>, components: &Two<'a>) {
    diff.object(Kind::Components, components);
}

/// The check of a section.
pub(super) fn check(section: &str) -> Option<Check> {
    SECTIONS.iter().any(|kind| kind.section() == Some(section)).then_some(one as Check)
}

/// The components of a section.
fn one<'a>(diff: &mut Diff<'a>, _: &Two<'a>, section: &Two<'a>) {
    let name = section.key();
    let Some(kind) = SECTIONS.into_iter().find(|kind| kind.section() == Some(name.as_str())) else { return };
    for name in section.keys() {
        let component = section.child(name);
        if !component.differ() {
            continue;
        }
        diff.surely(&component, |diff| match (component.old.value, component.new.value) {
            (Some(_), Some(_)) => diff.inner(kind, &component),
            (Some(gone), None) => removed(diff, kind, section, &component, gone),
            _ => added(diff, kind, section, &component),
        });
    }
    // An empty section is nothing, but it has been written or deleted.
    if section.keys().is_empty() {
        super::rules::words(diff, section, section);
    }
}

fn removed<'a>(diff: &mut Diff<'a>, kind: Kind, section: &Two<'a>, component: &Two<'a>, gone: &Value) {
    let key = component.key();
    let same = section.keys().into_iter().find(|name| {
        let other = section.child(name);
        other.old.value.is_none() && other.new.value.is_some_and(|new| alike(gone, new))
    });
    let what = match same {
        Some(name) => format!("`{key}` is gone; `{name}` looks the same, so perhaps it is its new name."),
        None => format!("`{key}` is gone."),
    };
    let wire = Judgement::unchanged("What that means is said of what referred to it.");
    let rust = match kind {
        Kind::Schema if is_secret(gone) => Judgement::documentation("A secret has no type of its own."),
        Kind::Schema => Judgement::breaking("The type of that name is gone."),
        Kind::SecurityScheme => Judgement::breaking("Credentials are handed over under that name."),
        _ => Judgement::documentation("No name in Rust comes from it."),
    };
    diff.tell(component, what, wire, rust);
}

fn added<'a>(diff: &mut Diff<'a>, kind: Kind, section: &Two<'a>, component: &Two<'a>) {
    let key = component.key();
    let new = component.new.value;
    let same = section.keys().into_iter().find(|name| {
        let other = section.child(name);
        other.new.value.is_none() && other.old.value.zip(new).is_some_and(|(old, new)| alike(old, new))
    });
    let what = match same {
        Some(name) => format!("`{key}` is new, and looks like `{name}`, which is gone."),
        None => format!("`{key}` is new."),
    };
    let wire = Judgement::unchanged("What that means is said of what refers to it.");
    let rust = match kind {
        Kind::Schema if !new.is_some_and(is_secret) => Judgement::additive("A type of that name is new."),
        Kind::SecurityScheme => Judgement::additive("Credentials may be handed over under that name."),
        _ => Judgement::documentation("No name in Rust comes from it."),
    };
    diff.tell(component, what, wire, rust);
}

fn is_secret(schema: &Value) -> bool {
    schema.get("format").and_then(Value::as_str) == Some("password")
}

/// Whether two components are the same but for what describes them.
fn alike(old: &Value, new: &Value) -> bool {
    let bare = |value: &Value| {
        let mut value = value.clone();
        if let Some(members) = value.as_object_mut() {
            members.retain(|key, _| key != "description");
        }
        value
    };
    bare(old) == bare(new)
}
