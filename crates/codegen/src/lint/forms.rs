//! Answers in several forms. The first form whose required members are all there is meant, so that the order and the
//! required members decide what an answer is.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    context::{Context, Used},
    names::type_name,
    report::Report,
};
use crate::document::{join, shape::Kind};

/// Forms that are never meant, and lists of forms that would get no decoder.
pub(super) fn order(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, schema) in context.objects(Kind::Schema) {
        for list in ["anyOf", "oneOf"] {
            if schema.contains_key(list) {
                unreachable(context, &join(pointer, list), list, report);
            }
        }
        if schema.contains_key("anyOf") {
            decoder(pointer, report);
        }
    }
}

fn unreachable(context: &Context<'_>, pointer: &str, list: &str, report: &mut Report<'_, '_>) {
    let forms = context.members(pointer);
    let objects = forms.iter().filter(|(_, form)| form.value.get("properties").is_some());
    let forms: Vec<_> = objects.map(|(_, form)| (form, required(form.value))).collect();
    for (index, (form, members)) in forms.iter().enumerate() {
        let earlier = forms.iter().take(index).find(|(earlier, needed)| {
            // The same form twice is a matter of `composition`.
            earlier.pointer != form.pointer && needed.is_subset(members)
        });
        if let Some((earlier, needed)) = earlier {
            let name = |pointer: &str| pointer.rsplit('/').next().unwrap_or_default().to_owned();
            let (this, other) = (name(&form.pointer), name(&earlier.pointer));
            let what = format!(
                "The form `{this}` is never meant: `{other}` stands before it and takes whatever it takes."
            );
            let needed: Vec<_> = needed.iter().map(|name| format!("`{name}`")).collect();
            let why = match needed.is_empty() {
                true => format!(
                    "The first form whose required members are there is meant, and `{other}` requires none."
                ),
                false => format!(
                    "The first form whose required members are there is meant, and `{other}` requires no more than {}.",
                    needed.join(", ")
                ),
            };
            let fix =
                format!("Move `{this}` before `{other}` in the `{list}`, or mend what either requires.");
            report.add(&form.place, what, why, fix);
        }
    }
}

/// Forms that lose part of their answers: whatever an earlier form requires may stand in them, too.
pub(super) fn shadowed(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, schema) in context.objects(Kind::Schema) {
        for list in ["anyOf", "oneOf"].into_iter().filter(|list| schema.contains_key(*list)) {
            overshadowed(context, &join(pointer, list), list, report);
        }
    }
}

fn overshadowed(context: &Context<'_>, pointer: &str, list: &str, report: &mut Report<'_, '_>) {
    let forms = context.members(pointer);
    for (index, (_, form)) in forms.iter().enumerate() {
        let (own, described) = (required(form.value), described(form.value));
        let takes_part = |earlier: &&(&str, Used<'_>)| {
            let needed = required(earlier.1.value);
            let may_stand = !needed.is_empty() && needed.is_subset(&described);
            // What requires more than the later form does is a special case of it, and rightly comes first.
            may_stand && !needed.is_subset(&own) && !own.is_subset(&needed)
        };
        for (_, earlier) in forms.iter().take(index).filter(takes_part) {
            let name = |pointer: &str| pointer.rsplit('/').next().unwrap_or_default().to_owned();
            let (this, other) = (name(&form.pointer), name(&earlier.pointer));
            let needed: Vec<_> = required(earlier.value).iter().map(|name| format!("`{name}`")).collect();
            let needed = needed.join(", ");
            let what = format!("An answer of the form `{this}` that has {needed} is taken for a `{other}`.");
            let why = format!(
                "The first form whose required members are there is meant, and what `{this}` alone has is lost then."
            );
            let fix = format!("Move `{this}` before `{other}` in the `{list}`.");
            report.add(&form.place, what, why, fix);
        }
    }
}

/// The members that a form describes.
fn described(form: &Value) -> BTreeSet<&str> {
    let properties = form.get("properties").and_then(Value::as_object);
    properties.into_iter().flatten().map(|(name, _)| name.as_str()).collect()
}

fn required(form: &Value) -> BTreeSet<&str> {
    form.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn decoder(pointer: &str, report: &mut Report<'_, '_>) {
    let place = join(pointer, "anyOf");
    let why = "The generator writes the decoder of forms for component schemas that are named like their Rust type.";
    match pointer.strip_prefix("/components/schemas/").filter(|name| !name.contains('/')) {
        None => {
            let what = "Forms are listed outside of a component schema.";
            report.add(&place, what, why, "Move the `anyOf` to `components/schemas` and refer to it.");
        }
        Some(name) if type_name(name) != name => {
            let what =
                format!("Forms are listed in the schema `{name}`, whose Rust type is `{}`.", type_name(name));
            report.add(&place, what, why, format!("Rename the schema to `{}`.", type_name(name)));
        }
        Some(_) => {}
    }
}
