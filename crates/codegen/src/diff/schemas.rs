//! What a value may be.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    change::{Class, Direction, Judgement},
    said::{said, shown},
    walk::{Diff, Effect, Two},
};
use crate::document::shape::Kind;

const TYPE: &str = "The type in Rust changes with it.";

fn list(value: Option<&Value>) -> Vec<&Value> {
    value.and_then(Value::as_array).into_iter().flatten().collect()
}

fn texts(value: Option<&Value>) -> BTreeSet<&str> {
    list(value).into_iter().filter_map(Value::as_str).collect()
}

/// `type`.
pub(super) fn kind<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    let text = |value: Option<&'a Value>| value.and_then(Value::as_str);
    let effect = match (text(member.old.value), text(member.new.value)) {
        (Some("integer"), Some("number")) => Effect::Wider,
        (Some("number"), Some("integer")) => Effect::Narrower,
        _ => Effect::of_constraint(member),
    };
    let wire = diff.wire(member, effect);
    diff.tell(member, said(member), wire, Judgement::breaking(TYPE));
}

/// `format`.
pub(super) fn format<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    let text = |value: Option<&'a Value>| value.and_then(Value::as_str);
    let (old, new) = (text(member.old.value), text(member.new.value));
    // On the wire a secret is any text.
    let bare = |format: Option<&'a str>| format.filter(|format| *format != "password");
    let effect = match (bare(old), bare(new)) {
        (old, new) if old == new => None,
        (None, Some(_)) | (Some("int64"), Some("int32")) | (Some("double"), Some("float")) => {
            Some(Effect::Narrower)
        }
        (Some(_), None) | (Some("int32"), Some("int64")) | (Some("float"), Some("double")) => {
            Some(Effect::Wider)
        }
        _ => Some(Effect::Other),
    };
    let wire = match effect {
        Some(effect) => diff.wire(member, effect),
        None => Judgement::unchanged("A secret looks like any other text on the wire."),
    };
    let rust = match (old, new) {
        (_, Some("password")) => "The type becomes `Secret`, which is wiped and never printed.",
        (Some("password"), _) => {
            "The type is no longer `Secret`: what is a secret would be printed, logged and left in memory."
        }
        _ => TYPE,
    };
    diff.tell(member, said(member), wire, Judgement::breaking(rust));
}

/// `nullable`.
pub(super) fn nullable<'a>(diff: &mut Diff<'a>, schema: &Two<'a>, member: &Two<'a>) {
    let is = |value: Option<&Value>| value == Some(&Value::Bool(true));
    let effect = match (is(member.old.value), is(member.new.value)) {
        (false, true) => Effect::Wider,
        (true, false) => Effect::Narrower,
        _ => return super::rules::words(diff, schema, member),
    };
    let wire = diff.wire(member, effect);
    let answers_only = !diff.reached(member).iter().any(|(_, way)| *way == Direction::Request);
    let optional = is_optional(diff, schema) && answers_only;
    let rust = match optional {
        true => Judgement::additive(
            "An optional member of an answer is an `Option` either way, and null was read as nothing before; only the report of changed answers tells the difference.",
        ),
        false => Judgement::breaking("What may be null is an `Option`, and what is behind it is not."),
    };
    diff.tell(member, said(member), wire, rust);
}

/// Whether a schema is that of a member which need not be there, before and now.
fn is_optional<'a>(diff: &Diff<'a>, schema: &Two<'a>) -> bool {
    let of = |half: &super::walk::Half<'a>, pointer: &str| {
        let (object, name) = pointer.rsplit_once("/properties/")?;
        let required = half.at(object).child("required");
        let name = crate::document::unescape(name);
        Some(!name.contains('/') && !texts(required.value).contains(name.as_str()))
    };
    of(&diff.old, &schema.old.pointer) == Some(true) && of(&diff.new, &schema.new.pointer) == Some(true)
}

/// `properties`: each member by its name.
pub(super) fn properties<'a>(diff: &mut Diff<'a>, schema: &Two<'a>, member: &Two<'a>) {
    if member.keys().is_empty() {
        let why = "An object without members is not the same as one of which nothing is said.";
        return diff.tell(member, said(member), Judgement::breaking(why), Judgement::breaking(why));
    }
    for name in member.keys() {
        let property = member.child(name);
        if property.differ() {
            diff.surely(&property, |diff| match (property.old.value, property.new.value) {
                (Some(_), Some(_)) => diff.inner(Kind::Schema, &property),
                (None, _) => added(diff, schema, member, &property),
                _ => removed(diff, member, &property),
            });
        }
    }
}

fn added<'a>(diff: &mut Diff<'a>, schema: &Two<'a>, all: &Two<'a>, property: &Two<'a>) {
    let name = property.key();
    let required = texts(schema.new.child("required").value).contains(name.as_str());
    let reached = diff.reached(property);
    let request = reached.is_empty() || reached.iter().any(|(_, way)| *way == Direction::Request);
    let word = if required { "required" } else { "optional" };
    let renamed = likely(all, |other| other.new.value.is_none() && other.old.value == property.new.value);
    let hint = renamed.map_or_else(String::new, |old| {
        format!(" It is described as `{old}` was, which is gone; perhaps it is its new name.")
    });
    let what = format!("The {word} member `{name}` is new.{hint}");
    let wire = match (request, required) {
        (true, true) => Judgement::breaking("A request without it, as it was sent until now, is refused."),
        (true, false) => Judgement::additive("Nobody has to send it."),
        (false, _) => Judgement::additive("Readers of answers pass over what they do not know."),
    };
    let rust = match (request, required) {
        (true, _) => Judgement::breaking(
            "The struct gets a public field, and those who build a request from its fields must name it.",
        ),
        (false, true) => Judgement::breaking(
            "An answer without it, which was read until now, no longer fits the type or is taken for another form.",
        ),
        (false, false) => Judgement::additive(
            "The struct gets a public field. Answers come from the client; a pattern without `..`, or a literal in a test, does not compile any more, which counts as additive here.",
        ),
    };
    diff.tell(property, what, wire, rust);
}

fn removed<'a>(diff: &mut Diff<'a>, all: &Two<'a>, property: &Two<'a>) {
    let renamed = likely(all, |other| other.old.value.is_none() && other.new.value == property.old.value);
    let hint = renamed.map_or_else(String::new, |new| {
        format!(" `{new}`, which is new, is described as it was; perhaps it is its new name.")
    });
    let what = format!("The member `{}` is gone.{hint}", property.key());
    let wire = Judgement::breaking("Whoever sends or reads it is not understood, or finds nothing.");
    diff.tell(property, what, wire, Judgement::breaking("The field of the struct is gone."));
}

fn likely<'a>(all: &Two<'a>, wanted: impl Fn(&Two<'a>) -> bool) -> Option<&'a str> {
    all.keys().into_iter().find(|name| wanted(&all.child(name)))
}

/// `required`: each name. Of members that have come or gone the member itself says so.
pub(super) fn required<'a>(diff: &mut Diff<'a>, schema: &Two<'a>, member: &Two<'a>) {
    let (old, new) = (texts(member.old.value), texts(member.new.value));
    let properties = schema.child("properties");
    let existed = |name: &str| properties.old.child(name).value.is_some();
    let exists = |name: &str| properties.new.child(name).value.is_some();
    for name in new.difference(&old) {
        if exists(name) && !existed(name) {
            diff.elsewhere();
            continue;
        }
        let wire = diff.wire(member, Effect::Narrower);
        let rust =
            "The field is no longer an `Option`, and what lacks it no longer fits the type or the form.";
        diff.tell(member, format!("`{name}` is now required."), wire, Judgement::breaking(rust));
    }
    for name in old.difference(&new) {
        if existed(name) && !exists(name) {
            diff.elsewhere();
            continue;
        }
        let wire = diff.wire(member, Effect::Wider);
        let rust = "The field becomes an `Option`, and the form that it belongs to is chosen without it.";
        diff.tell(member, format!("`{name}` is no longer required."), wire, Judgement::breaking(rust));
    }
    if old == new {
        super::rules::words(diff, schema, member);
    }
}

/// `additionalProperties`.
pub(super) fn additional<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    let is_schema = |value: Option<&Value>| value.is_some_and(Value::is_object);
    if is_schema(member.old.value) && is_schema(member.new.value) {
        return diff.inner(Kind::Schema, member);
    }
    // 0: none; 1: those of a schema; 2: any.
    let freedom = |value: Option<&Value>| match value {
        Some(Value::Bool(false)) => 0,
        Some(Value::Object(_)) => 1,
        _ => 2,
    };
    let effect = match freedom(member.old.value).cmp(&freedom(member.new.value)) {
        std::cmp::Ordering::Less => Effect::Wider,
        std::cmp::Ordering::Greater => Effect::Narrower,
        std::cmp::Ordering::Equal => Effect::Other,
    };
    let wire = match effect {
        Effect::Other => Judgement::unchanged("Any others are allowed before and now."),
        effect => diff.wire(member, effect),
    };
    let rust = "It decides whether the type is a struct or a map, and whether unknown members are refused.";
    diff.tell(member, said(member), wire, Judgement::breaking(rust));
}

/// `items`.
pub(super) fn items<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    if member.old.value.is_some() && member.new.value.is_some() {
        return diff.inner(Kind::Schema, member);
    }
    let wire = diff.wire(member, Effect::of_constraint(member));
    diff.tell(member, said(member), wire, Judgement::breaking(TYPE));
}

/// `enum`: each value, and the order.
pub(super) fn values<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    let (old, new) = (list(member.old.value), list(member.new.value));
    if member.old.value.is_none() || member.new.value.is_none() {
        let wire = diff.wire(member, Effect::of_constraint(member));
        return diff.tell(member, said(member), wire, Judgement::breaking(TYPE));
    }
    let mut same = true;
    for (from, to, effect, word, rust) in [
        (
            &old,
            &new,
            Effect::Wider,
            "is new",
            "The enum gets a variant, and a `match` that names them all does not compile.",
        ),
        (&new, &old, Effect::Narrower, "is gone", "The variant of the enum is gone."),
    ] {
        for value in to.iter().filter(|value| !from.contains(value)) {
            same = false;
            let wire = diff.wire(member, effect);
            diff.tell(member, format!("The value {} {word}.", shown(value)), wire, Judgement::breaking(rust));
        }
    }
    if same {
        let wire = Judgement::unchanged("The same values are allowed.");
        let rust = Judgement::breaking("The variants are ordered as they are listed, and so compared.");
        diff.tell(member, format!("Listed differently: {}", said(member)), wire, rust);
    }
}

/// `default`.
pub(super) fn default<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    let wire = Judgement::breaking("What is left out means something else.");
    let rust = Judgement::breaking("A member with a default is no `Option`, and is filled with it.");
    diff.tell(member, said(member), wire, rust);
}

/// An upper bound.
pub(super) fn upper<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    bound(diff, member, 1.0);
}

/// A lower bound.
pub(super) fn lower<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    bound(diff, member, -1.0);
}

fn bound<'a>(diff: &mut Diff<'a>, member: &Two<'a>, sign: f64) {
    let number = |value: Option<&Value>| value.and_then(Value::as_f64).map(|number| number * sign);
    let effect = match (number(member.old.value), number(member.new.value)) {
        (Some(old), Some(new)) if new > old => Effect::Wider,
        (Some(old), Some(new)) if new < old => Effect::Narrower,
        _ => Effect::of_constraint(member),
    };
    limit(diff, member, effect);
}

/// A constraint that is true or false.
pub(super) fn flag<'a>(diff: &mut Diff<'a>, schema: &Two<'a>, member: &Two<'a>) {
    let is = |value: Option<&Value>| value == Some(&Value::Bool(true));
    match (is(member.old.value), is(member.new.value)) {
        (false, true) => limit(diff, member, Effect::Narrower),
        (true, false) => limit(diff, member, Effect::Wider),
        _ => super::rules::words(diff, schema, member),
    }
}

/// A constraint that cannot be weighed against another.
pub(super) fn constraint<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    limit(diff, member, Effect::of_constraint(member));
}

fn limit<'a>(diff: &mut Diff<'a>, member: &Two<'a>, effect: Effect) {
    let wire = diff.wire(member, effect);
    let rust = Judgement::breaking(
        "The generated type enforces it: its constructor or its decoder refuses other values.",
    );
    diff.tell(member, said(member), wire, rust);
}

/// `readOnly` and `writeOnly`.
pub(super) fn one_way<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    let wire = Judgement::breaking("It decides in which direction the member is sent.");
    let rust = Judgement::breaking(
        "The type has the member in both directions, so the code does not show it; requests that set it, or answers read for it, go wrong.",
    );
    diff.tell(member, said(member), wire, rust);
}

/// `title`: the generator may take it as the name of a type that is written out in place.
pub(super) fn title<'a>(diff: &mut Diff<'a>, schema: &Two<'a>, member: &Two<'a>) {
    let named =
        schema.new.pointer.matches('/').count() == 3 && schema.new.pointer.starts_with("/components/");
    let wire = Judgement::documentation("It is for people.");
    let rust = match named {
        true => Judgement::new(Class::Documentation, "The type is named after the component."),
        false => Judgement::breaking("A type that is written out in place takes its name from it."),
    };
    diff.tell(member, said(member), wire, rust);
}
