//! Parameters. What holds for an operation is compared, whether it stands there or at the path.

use serde_json::Value;

use super::{
    change::Judgement,
    said::said,
    walk::{Diff, Effect, Half, Spot, Two},
};
use crate::document::shape::Kind;

/// A parameter of an operation.
struct Parameter<'a> {
    /// Where the operation or the path lists it.
    listed: Spot<'a>,
    /// Where it is written.
    written: Spot<'a>,
}

impl Parameter<'_> {
    /// What a call says it with. Names of headers are the same in either case.
    fn identity(&self) -> (Option<&str>, Option<String>) {
        let place = self.written.text("in");
        let name = self.written.text("name");
        let name = name
            .map(|name| if place == Some("header") { name.to_ascii_lowercase() } else { name.to_owned() });
        (place, name)
    }

    fn name(&self) -> &str {
        self.written.text("name").unwrap_or("?")
    }

    fn required(&self) -> bool {
        self.written.child("required").value == Some(&Value::Bool(true))
    }
}

fn listed<'a>(half: &Half<'a>, operation: &Spot<'a>, item: &Spot<'a>) -> Vec<Parameter<'a>> {
    let mut all: Vec<Parameter<'a>> = Vec::new();
    for list in [operation, item] {
        let of_list = list.child("parameters").items().into_iter().map(|listed| {
            let written = half.resolved(&listed);
            Parameter { listed, written }
        });
        let of_list: Vec<_> =
            of_list.filter(|one| all.iter().all(|known| known.identity() != one.identity())).collect();
        all.extend(of_list);
    }
    all
}

/// The parameters of an operation.
pub(super) fn effective<'a>(diff: &mut Diff<'a>, operation: &Two<'a>, item: &Two<'a>) {
    let mut old = listed(&diff.old, &operation.old, &item.old);
    let mut left = Vec::new();
    let before: Vec<_> =
        old.iter().map(|one| (one.identity().0.map(str::to_owned), one.identity().1)).collect();
    let mut after = Vec::new();
    for new in listed(&diff.new, &operation.new, &item.new) {
        after.push((new.identity().0.map(str::to_owned), new.identity().1));
        let same = |known: &Parameter<'a>| {
            let one =
                known.listed.reference().is_some() && known.listed.reference() == new.listed.reference();
            one || known.identity() == new.identity()
        };
        match old.iter().position(same) {
            Some(index) => {
                let known = old.remove(index);
                let two = Two { old: known.listed, new: new.listed };
                if two.differ() {
                    diff.surely(&two, |diff| diff.inner(Kind::Parameter, &two));
                }
            }
            None => left.push(new),
        }
    }
    // One that has gone and one that has come, described alike: another name, or another place.
    left.retain(|new| {
        let alike =
            |known: &Parameter<'a>| known.written.child("schema").value == new.written.child("schema").value;
        let by_name = |known: &Parameter<'a>| known.name() == new.name();
        let index = old.iter().position(by_name).or_else(|| old.iter().position(alike));
        let Some(index) = index else { return true };
        let known = old.remove(index);
        let two = Two { old: known.written, new: new.written.clone() };
        diff.object(Kind::Parameter, &two);
        false
    });
    for gone in &old {
        let what = format!("The parameter `{}` is gone.", gone.name());
        let wire = Judgement::breaking("The broker takes no notice of it any more, or refuses it.");
        let rust = Judgement::breaking("The method loses an argument.");
        diff.tell(&Two::only_old(&gone.listed, &operation.new.child("parameters")), what, wire, rust);
    }
    for new in &left {
        let word = if new.required() { "required" } else { "optional" };
        let what = format!("The {word} parameter `{}` is new.", new.name());
        let wire = match new.required() {
            true => Judgement::breaking("A call without it, as it was made until now, is refused."),
            false => Judgement::additive("Nobody has to send it."),
        };
        let rust = Judgement::breaking("The method gets another argument, which every caller must give.");
        diff.tell(&Two::only_new(&operation.old.child("parameters"), &new.listed), what, wire, rust);
    }
    // One with another name or place has been told of.
    let mut sorted = (before.clone(), after.clone());
    sorted.0.sort();
    sorted.1.sort();
    if before != after && sorted.0 == sorted.1 {
        let own = operation.child("parameters");
        let place = if own.differ() { own } else { item.child("parameters") };
        let wire = Judgement::unchanged("They are known by name.");
        let rust = Judgement::documentation("The generator sorts the arguments itself.");
        diff.tell(&place, "The parameters stand in another order.", wire, rust);
    }
}

/// `name` and `in`.
pub(super) fn identity<'a>(diff: &mut Diff<'a>, parameter: &Two<'a>, member: &Two<'a>) {
    let place = |spot: &Spot<'a>| spot.text("in");
    let header = place(&parameter.old) == Some("header") && place(&parameter.new) == Some("header");
    let path = place(&parameter.old) == Some("path") && place(&parameter.new) == Some("path");
    let lower = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_ascii_lowercase);
    let same_header = header && member.key() == "name" && lower(member.old.value) == lower(member.new.value);
    let wire = if same_header {
        Judgement::unchanged("Names of headers are the same in upper and lower case (RFC 9110, section 5.1).")
    } else if path && member.key() == "name" {
        Judgement::unchanged("The name of a parameter in a path is not sent.")
    } else {
        Judgement::breaking("What is sent as before is not found.")
    };
    let rust = "The arguments of the method are named, and ordered, by it.";
    diff.tell(member, said(member), wire, Judgement::breaking(rust));
}

/// `required` of a parameter or of a header.
pub(super) fn required<'a>(diff: &mut Diff<'a>, parameter: &Two<'a>, member: &Two<'a>) {
    let is = |value: Option<&Value>| value == Some(&Value::Bool(true));
    let effect = match (is(member.old.value), is(member.new.value)) {
        (false, true) => Effect::Narrower,
        (true, false) => Effect::Wider,
        _ => return super::rules::words(diff, parameter, member),
    };
    let wire = diff.wire(member, effect);
    let rust = "The argument of the method is an `Option` if it is not required.";
    diff.tell(member, said(member), wire, Judgement::breaking(rust));
}

/// How a value is written in a URL, a header or a form.
pub(super) fn written<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    let wire = Judgement::breaking("The same value is written differently.");
    let rust =
        Judgement::breaking("The signature is the same, but the client sends something else, or should.");
    diff.tell(member, said(member), wire, rust);
}
