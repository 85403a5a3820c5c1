//! The extensions that decide how a client behaves: what it repeats, how fast it goes, how it understands an answer.

use serde_json::Value;

use super::{
    change::{Class, Judgement},
    said::said,
    walk::{Diff, Effect, Two},
};

/// `x-retry`.
pub(super) fn retry<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    let freedom = |value: Option<&Value>| match value.and_then(Value::as_str) {
        Some("safe") => 2,
        Some("unsent") => 1,
        _ => 0,
    };
    let (old, new) = (freedom(member.old.value), freedom(member.new.value));
    let (wire, rust) = if new < old {
        (
            Judgement::breaking("A client that repeats the call as it was allowed to may now do harm."),
            "The signature is the same, but a call that was repeated by itself now fails with the first attempt.",
        )
    } else if new > old {
        (
            Judgement::additive("The call may be repeated more freely."),
            "The signature is the same, but the client may now send the call again where it did not: be sure that it neither spends nor guesses anything.",
        )
    } else {
        (
            Judgement::unchanged("An operation that says nothing is never repeated."),
            "The value is none that the generator knows; it takes it for `never`.",
        )
    };
    let same = new == old && member.old.value.is_none_or(known) && member.new.value.is_none_or(known);
    let rust = match same {
        true => Judgement::documentation("An operation that says nothing is never repeated."),
        false => Judgement::breaking(rust),
    };
    diff.tell(member, said(member), wire, rust);
}

fn known(value: &Value) -> bool {
    matches!(value.as_str(), Some("safe" | "unsent" | "never"))
}

/// `x-rate-limit`.
pub(super) fn rate_limit<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    // Requests per second; no limit is infinitely many.
    let rate = |value: Option<&Value>| match value {
        None => Some(f64::INFINITY),
        Some(limit) => {
            let number = |name: &str| limit.get(name).and_then(Value::as_f64);
            Some(number("requests")? / number("seconds")?)
        }
    };
    let looser = match (rate(member.old.value), rate(member.new.value)) {
        (Some(old), Some(new)) => new > old,
        _ => false,
    };
    faster(diff, member, looser);
}

/// `x-penalty-seconds`.
pub(super) fn penalty<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    let seconds = |value: Option<&Value>| value.map_or(Some(0.0), Value::as_f64);
    let looser = match (seconds(member.old.value), seconds(member.new.value)) {
        (Some(old), Some(new)) => new < old,
        _ => false,
    };
    faster(diff, member, looser);
}

fn faster<'a>(diff: &mut Diff<'a>, member: &Two<'a>, looser: bool) {
    let (wire, rust) = match looser {
        true => (
            Judgement::additive("A client that keeps the old limit keeps the new one."),
            Judgement::breaking(
                "The signatures are the same, but the client may call sooner than it did, and a broker may punish that.",
            ),
        ),
        false => (
            Judgement::breaking("A client that keeps the old limit goes too fast."),
            Judgement::breaking(
                "The signatures are the same, but calls wait longer by themselves and may run into their deadlines.",
            ),
        ),
    };
    diff.tell(member, said(member), wire, rust);
}

/// `x-error-kind` of a response.
pub(super) fn error_kind<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    let wire = Judgement::documentation("The answer is the same; it is understood differently.");
    let rust = "The signature is the same, but the same answer becomes an error of another kind.";
    diff.tell(member, said(member), wire, Judgement::breaking(rust));
}

/// `x-error-codes`: each code.
pub(super) fn error_codes<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    for code in member.keys() {
        let entry = member.child(code);
        if entry.differ() {
            diff.surely(&entry, |diff| error_code(diff, &entry));
        }
    }
    if member.keys().is_empty() {
        super::rules::words(diff, member, member);
    }
}

fn error_code<'a>(diff: &mut Diff<'a>, entry: &Two<'a>) {
    match (entry.old.value, entry.new.value) {
        (None, _) => {
            let wire = Judgement::additive("Codes are open; the broker's answer has another one.");
            let rust =
                "The signatures are the same, but an answer with this code has had the kind of its status.";
            diff.tell(entry, said(entry), wire, Judgement::breaking(rust));
        }
        (_, None) => {
            let wire = Judgement::breaking("Who waits for this code waits in vain.");
            let rust =
                "The signatures are the same, but an answer with this code has only the kind of its status.";
            diff.tell(entry, said(entry), wire, Judgement::breaking(rust));
        }
        _ => {
            for key in entry.keys() {
                let part = entry.child(key);
                if !part.differ() {
                    continue;
                }
                match key {
                    "kind" => error_kind(diff, entry, &part),
                    "meaning" | "x-evidence" => super::rules::words(diff, entry, &part),
                    _ => diff.surely(&part, |_| ()),
                }
            }
        }
    }
}

/// `x-may-be-empty`.
pub(super) fn may_be_empty<'a>(diff: &mut Diff<'a>, response: &Two<'a>, member: &Two<'a>) {
    let is = |value: Option<&Value>| value == Some(&Value::Bool(true));
    let (effect, rust) = match (is(member.old.value), is(member.new.value)) {
        (false, true) => (
            Effect::Wider,
            Judgement::additive("An empty body, which was a failure, is read as an object without members."),
        ),
        (true, false) => (
            Effect::Narrower,
            Judgement::breaking("The signature is the same, but an empty body is a failure now."),
        ),
        _ => return super::rules::words(diff, response, member),
    };
    let wire = diff.wire(member, effect);
    diff.tell(member, said(member), wire, rust);
}

/// `x-aliases`: which spellings there are, and which of them wins.
pub(super) fn aliases<'a>(diff: &mut Diff<'a>, schema: &Two<'a>, member: &Two<'a>) {
    let list = |value: Option<&'a Value>| -> Vec<&'a Value> {
        value.and_then(Value::as_array).into_iter().flatten().collect()
    };
    let (old, new) = (list(member.old.value), list(member.new.value));
    let gone = old.iter().any(|alias| !new.contains(alias));
    let kept_order =
        new.iter().filter(|alias| old.contains(alias)).eq(old.iter().filter(|alias| new.contains(alias)));
    // A new spelling in front of a known one wins over it.
    let appended = new.starts_with(&old);
    if old == new {
        return super::rules::words(diff, schema, member);
    }
    let added = new.iter().any(|alias| !old.contains(alias));
    let wire = match (added, gone) {
        (true, false) => diff.wire(member, Effect::Wider),
        (false, true) => diff.wire(member, Effect::Narrower),
        (true, true) => diff.wire(member, Effect::Other),
        (false, false) => Judgement::new(Class::Unchanged, "The same spellings are known."),
    };
    let rust = if gone {
        Judgement::breaking(
            "The signature is the same, but a member in a spelling that was read is passed over now.",
        )
    } else if !kept_order || !appended {
        Judgement::breaking(
            "The first spelling that is there wins, so the same answer may give another value.",
        )
    } else {
        Judgement::additive("Another spelling is read as well.")
    };
    diff.tell(member, said(member), wire, rust);
}
