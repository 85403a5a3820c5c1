//! What a call must identify itself with.

use serde_json::{Map, Value};

use super::{
    change::Judgement,
    said::said,
    walk::{Diff, Half, Spot, Two},
};

/// `security` of the document: what operations inherit.
pub(super) fn of_document<'a>(diff: &mut Diff<'a>, _: &Two<'a>, security: &Two<'a>) {
    requirements(diff, security);
}

/// `security` of an operation, where it has one of its own before or now.
pub(super) fn effective<'a>(diff: &mut Diff<'a>, operation: &Two<'a>, _: &Two<'a>) {
    let own = operation.child("security");
    if !own.differ() {
        return;
    }
    let or_inherited = |own: &Spot<'a>, half: &Half<'a>| {
        if own.value.is_some() { own.clone() } else { half.at("/security") }
    };
    let two = Two { old: or_inherited(&own.old, &diff.old), new: or_inherited(&own.new, &diff.new) };
    if two.differ() {
        // The place is the operation's, even where what holds is inherited.
        let before = diff.changes.len();
        requirements(diff, &two);
        let half = if own.new.value.is_some() { &diff.new } else { &diff.old };
        let pointer = if own.new.value.is_some() { &own.new.pointer } else { &own.old.pointer };
        let side = if own.new.value.is_some() { super::Side::Now } else { super::Side::Base };
        let (location, reached) = (half.document.locate_nearest(pointer), diff.reached(&own));
        let id = reached.iter().next().map(|(id, _)| id.clone()).unwrap_or_default();
        for change in diff.changes.iter_mut().skip(before) {
            change.side = side;
            change.pointer = pointer.clone();
            change.location = location;
            change.subject = format!("operation `{id}` › security");
            change.operations = reached.iter().cloned().collect();
        }
    }
}

fn requirements<'a>(diff: &mut Diff<'a>, security: &Two<'a>) {
    let alternatives = |spot: &Spot<'a>, half: &Half<'a>| -> Vec<Vec<String>> {
        spot.items().iter().map(|one| on_the_wire(one, half)).collect()
    };
    let old = alternatives(&security.old, &diff.old);
    let new = alternatives(&security.new, &diff.new);
    let met = |sent: &Vec<String>| {
        new.is_empty() || new.iter().any(|need| need.iter().all(|one| sent.contains(one)))
    };
    let none = Vec::new();
    let wire = if old == new {
        Judgement::unchanged("The same headers are sent.")
    } else if old.iter().all(met) && (!old.is_empty() || met(&none)) {
        Judgement::additive("What a call has carried until now is still enough.")
    } else {
        Judgement::breaking("A call that identifies itself as before is refused.")
    };
    let first = |spot: &Spot<'a>| {
        spot.child("0").object().map(|one| one.keys().collect::<Vec<_>>()).unwrap_or_default()
    };
    let rust = if first(&security.old) == first(&security.new) {
        Judgement::documentation("The generated client uses the first alternative, which is the same.")
    } else {
        Judgement::breaking(
            "The signatures are the same, but calls carry other credentials, and programs must hand them over.",
        )
    };
    let what = format!(
        "Calls must identify themselves with {} instead of {}.",
        named(&security.new),
        named(&security.old)
    );
    diff.tell(security, what, wire, rust);
}

/// The alternatives by the names of their schemes.
fn named(spot: &Spot<'_>) -> String {
    let one = |spot: &Spot<'_>| {
        let names = spot.object().into_iter().flat_map(Map::keys);
        let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        if names.is_empty() { "nothing".to_owned() } else { names.join(" and ") }
    };
    let all: Vec<String> = spot.items().iter().map(one).collect();
    if all.is_empty() { "nothing".to_owned() } else { all.join(", or ") }
}

/// What an alternative puts into a request, whatever its schemes are called.
fn on_the_wire(alternative: &Spot<'_>, half: &Half<'_>) -> Vec<String> {
    let schemes = alternative.object().into_iter().flatten();
    let mut all: Vec<String> = schemes
        .map(|(name, scopes)| {
            let pointer = format!("/components/securitySchemes/{}", crate::document::escape(name));
            let scheme = half.resolved(&half.at(&pointer));
            let parts = ["type", "in", "name", "scheme", "flows", "openIdConnectUrl"];
            let parts = parts.map(|key| scheme.child(key).value.map(Value::to_string).unwrap_or_default());
            format!("{} {scopes}", parts.join(" "))
        })
        .collect();
    all.sort();
    all
}

/// What a scheme is.
pub(super) fn scheme<'a>(diff: &mut Diff<'a>, scheme: &Two<'a>, member: &Two<'a>) {
    let lower = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_ascii_lowercase);
    let in_header = |spot: &Spot<'a>| spot.text("in") == Some("header");
    let same = member.key() == "name"
        && in_header(&scheme.old)
        && in_header(&scheme.new)
        && lower(member.old.value) == lower(member.new.value);
    if same {
        let why = "Names of headers are the same in upper and lower case (RFC 9110, section 5.1).";
        return diff.tell(member, said(member), Judgement::unchanged(why), Judgement::documentation(why));
    }
    let wire = Judgement::breaking("A call that identifies itself as before is refused.");
    let rust =
        Judgement::breaking("The signatures are the same, but the credentials are sent in another way.");
    diff.tell(member, said(member), wire, rust);
}

/// `x-secret` of a scheme, true unless it says otherwise.
pub(super) fn secret<'a>(diff: &mut Diff<'a>, scheme: &Two<'a>, member: &Two<'a>) {
    let is = |value: Option<&Value>| value != Some(&Value::Bool(false));
    let rust = match (is(member.old.value), is(member.new.value)) {
        (true, false) => {
            "The signatures are the same, but what was kept from logs and messages may show up in them."
        }
        (false, true) => {
            "The signatures are the same, but what was shown in logs and messages is kept from them."
        }
        _ => return super::rules::words(diff, scheme, member),
    };
    diff.tell(
        member,
        said(member),
        Judgement::unchanged("It is sent in the same way."),
        Judgement::breaking(rust),
    );
}
