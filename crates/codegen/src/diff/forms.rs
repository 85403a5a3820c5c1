//! Schemas made of schemas. Of `anyOf` and `oneOf` the generated code takes the first form that fits, so that their
//! order is behaviour, though not on the wire.

use super::{
    change::Judgement,
    said::{said, shown},
    walk::{Diff, Effect, Spot, Two},
};
use crate::document::shape::Kind;

/// `anyOf` and `oneOf`.
pub(super) fn forms<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    let lists = Lists::of(member);
    let variant = "The enum gets a variant, and a `match` that names them all does not compile.";
    lists.tell(diff, member, Effect::Wider, variant, "The variant of the enum is gone.");
    if let Some((old, new)) = lists.reordered() {
        let what = format!("The order of the forms changes: {old} → {new}.");
        let wire = Judgement::unchanged("The same messages are allowed.");
        let rust = "The first form that fits is meant, so the same answer may be read as another variant.";
        diff.tell(member, what, wire, Judgement::breaking(rust));
    }
}

/// `allOf`.
pub(super) fn parts<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    let lists = Lists::of(member);
    let merged = "The type is made of all parts.";
    lists.tell(diff, member, Effect::Narrower, merged, merged);
    if let Some((old, new)) = lists.reordered() {
        let what = format!("The order of the parts changes: {old} → {new}.");
        let wire = Judgement::unchanged("The same messages are allowed.");
        let rust = Judgement::breaking(
            "The generator merges the parts in their order; what several of them describe may come out differently.",
        );
        diff.tell(member, what, wire, rust);
    }
}

/// Two lists of schemas, matched.
struct Lists<'a> {
    /// In the order of today.
    kept: Vec<(Spot<'a>, Spot<'a>)>,
    gone: Vec<Spot<'a>>,
    new: Vec<Spot<'a>>,
}

impl<'a> Lists<'a> {
    /// The same reference or the same schema matches; of the rest, as many are taken for the same as stand in the
    /// same order and are as many.
    fn of(member: &Two<'a>) -> Lists<'a> {
        let mut old = member.old.items();
        let (mut kept, mut new) = (Vec::new(), Vec::new());
        for spot in member.new.items() {
            let same = old.iter().position(|known| match (known.reference(), spot.reference()) {
                (Some(known), Some(target)) => known == target,
                _ => known.value == spot.value,
            });
            match same {
                Some(index) => kept.push((old.remove(index), spot)),
                None => new.push(spot),
            }
        }
        if old.len() == new.len() {
            kept.extend(old.drain(..).zip(new.drain(..)));
            kept.sort_by_key(|(_, new)| index(new));
        }
        Lists { kept, gone: old, new }
    }

    fn tell(&self, diff: &mut Diff<'a>, list: &Two<'a>, added: Effect, is_new: &str, is_gone: &str) {
        let removed = if added == Effect::Wider { Effect::Narrower } else { Effect::Wider };
        if list.old.value.is_none() || list.new.value.is_none() {
            let wire = diff.wire(list, Effect::of_constraint(list));
            let rust = Judgement::breaking("The type becomes another one.");
            return diff.tell(list, said(list), wire, rust);
        }
        for (old, new) in &self.kept {
            let two = Two { old: old.clone(), new: new.clone() };
            if two.differ() {
                diff.surely(&two, |diff| diff.inner(Kind::Schema, &two));
            }
        }
        for spot in &self.new {
            let wire = diff.wire(list, added);
            let what = format!("{} is new.", name(spot));
            diff.tell(&Two::only_new(&list.old, spot), what, wire, Judgement::breaking(is_new));
        }
        for spot in &self.gone {
            let wire = diff.wire(list, removed);
            let what = format!("{} is gone.", name(spot));
            diff.tell(&Two::only_old(spot, &list.new), what, wire, Judgement::breaking(is_gone));
        }
    }

    /// What both lists have, in the order of each, if that differs.
    fn reordered(&self) -> Option<(String, String)> {
        let mut before: Vec<_> = self.kept.iter().collect();
        before.sort_by_key(|(old, _)| index(old));
        let moved = before.iter().zip(&self.kept).any(|(old, new)| index(&old.1) != index(&new.1));
        let names = |list: Vec<String>| list.join(", ");
        moved.then(|| {
            let old = before.iter().map(|(old, _)| name(old)).collect();
            let new = self.kept.iter().map(|(_, new)| name(new)).collect();
            (names(old), names(new))
        })
    }
}

fn index(spot: &Spot<'_>) -> usize {
    spot.pointer.rsplit('/').next().and_then(|index| index.parse().ok()).unwrap_or_default()
}

fn name(spot: &Spot<'_>) -> String {
    match (spot.reference(), spot.value) {
        (Some(target), _) => format!("`{}`", target.rsplit('/').next().unwrap_or(target)),
        (None, Some(value)) => shown(value),
        (None, None) => "nothing".to_owned(),
    }
}
