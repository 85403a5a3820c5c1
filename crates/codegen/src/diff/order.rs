//! The order of the members of maps, which YAML and JSON give no meaning, so that the comparison of values does not
//! see it.

use serde_json::Value;

use super::{
    change::{Direction, Judgement},
    walk::{Diff, Two},
};

/// Says where the members that both documents have stand in another order.
pub(super) fn orders<'a>(diff: &mut Diff<'a>, two: &Two<'a>) {
    match (two.old.value, two.new.value) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let before = old.keys().filter(|key| new.contains_key(*key));
            let after: Vec<_> = new.keys().filter(|key| old.contains_key(*key)).collect();
            if !before.eq(after.iter().copied()) {
                moved(diff, two, old.keys().next() != new.keys().next());
            }
            for key in after {
                orders(diff, &two.child(key));
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) if old.len() == new.len() => {
            for index in 0..old.len() {
                orders(diff, &two.child(&index.to_string()));
            }
        }
        _ => {}
    }
}

fn moved<'a>(diff: &mut Diff<'a>, two: &Two<'a>, other_first: bool) {
    let request = diff.reached(two).iter().any(|(_, way)| *way == Direction::Request);
    let what = "The members stand in another order.";
    let wire = Judgement::unchanged("The order of members means nothing.");
    let rust = match two.key() == "content" && request && other_first && !two.differ() {
        true => Judgement::breaking("The client sends the first media type that is listed."),
        false => Judgement::documentation("Only what is generated stands in another order."),
    };
    diff.tell(two, what, wire, rust);
}
