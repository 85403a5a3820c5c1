//! Responses in several forms. The first form applies that has all its required fields, so the order and the required
//! fields decide what a response is.

use std::collections::BTreeSet;

use broker_session_openapi::join;
use serde_json::Value;

use super::{
    context::{Context, Used},
    names::type_name,
    report::Report,
};

const SCHEMAS: &str = "/components/schemas/";

/// Forms that never apply, and lists of forms without a decoder.
pub(super) fn order(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (form, earlier) in pairs(context) {
        let (own, needed) = (required(form.value), required(earlier.value));
        if needed.is_subset(&own) {
            let what = format!(
                "The form `{}` never applies, because of `{}` before it.",
                form.name(),
                earlier.name()
            );
            let why = format!(
                "The first form applies that has its required fields; that one requires {}.",
                list(&needed)
            );
            let fix = format!("Move `{}` up, or correct the required fields of either.", form.name());
            report.add(&form.place, what, why, fix);
        }
    }
    for (pointer, _) in context.objects("Schema").filter(|(_, schema)| schema.contains_key("anyOf")) {
        let name = pointer.strip_prefix(SCHEMAS).filter(|name| !name.contains('/'));
        if name.is_none_or(|name| type_name(name) != name) {
            let what = "This list of forms is not a component schema with the name of a Rust type.";
            let why = "The generator finds the decoder of forms by the name of the schema.";
            let fix = "Move the `anyOf` to `components/schemas`, under a name in PascalCase.";
            report.add(&join(pointer, "anyOf"), what, why, fix);
        }
    }
}

/// Forms that lose some of their responses, because these may have the required fields of an earlier form.
pub(super) fn shadowed(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (form, earlier) in pairs(context) {
        let (own, needed) = (required(form.value), required(earlier.value));
        let described: BTreeSet<&str> = form.value["properties"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str())
            .collect();
        // A form that requires more than the later one is a special case of it, and must come first.
        let is_related = needed.is_subset(&own) || own.is_subset(&needed);
        if !needed.is_empty() && needed.is_subset(&described) && !is_related {
            let (this, other) = (form.name(), earlier.name());
            let what =
                format!("A response of the form `{this}` that has {} is read as `{other}`.", list(&needed));
            let why = format!(
                "The first form applies that has its required fields; fields of `{this}` alone are lost."
            );
            report.add(&form.place, what, why, format!("Move `{this}` before `{other}`."));
        }
    }
}

/// Each form with each form before it. A fault after the success counts only if the success does not fit.
fn pairs<'a>(context: &Context<'a>) -> Vec<(Used<'a>, Used<'a>)> {
    let is_fault = |form: &Used<'_>| form.value["x-fault"] == true;
    let mut pairs = Vec::new();
    for (pointer, schema) in context.objects("Schema") {
        for list in ["anyOf", "oneOf"].into_iter().filter(|list| schema.contains_key(*list)) {
            let forms = context.fields(&join(pointer, list));
            let forms: Vec<_> = forms.into_iter().map(|(_, form)| form).collect();
            for (index, form) in
                forms.iter().enumerate().filter(|(_, form)| form.value.get("properties").is_some())
            {
                let earlier = forms.iter().take(index).filter(|earlier| {
                    earlier.value.get("properties").is_some() && (is_fault(earlier) || !is_fault(form))
                });
                pairs.extend(earlier.map(|earlier| (form.clone(), earlier.clone())));
            }
        }
    }
    pairs
}

fn required(form: &Value) -> BTreeSet<&str> {
    form["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn list(names: &BTreeSet<&str>) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

/// `x-fault` on anything but a component schema with required fields, or a list of such schemas.
pub(super) fn fault(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, _) in context.objects("Schema").filter(|(_, schema)| schema.contains_key("x-fault")) {
        let is_component = pointer.strip_prefix(SCHEMAS).is_some_and(|name| !name.contains('/'));
        let forms = context.forms(pointer);
        let is_known = |form: &Used<'_>| {
            form.value["x-fault"] == true
                && form.string("type") == Some("object")
                && !required(form.value).is_empty()
        };
        if !is_component || !forms.iter().all(is_known) {
            let what = "The transport cannot recognise this `x-fault`.";
            let why = "A response is a failure if it has all required fields of the fault.";
            let fix =
                "Mark component schemas of the type object with `required`, or an `anyOf` of such schemas.";
            report.add(&join(pointer, "x-fault"), what, why, fix);
        }
    }
}

/// `x-aliases` without effect, or with another property's name.
pub(super) fn aliases(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let mut read = BTreeSet::new();
    let why = "The property is read under each of these names.";
    let components = context.objects("Schema");
    for (pointer, schema) in components.filter(|(pointer, _)| pointer.matches('/').count() == 3) {
        let properties = schema.get("properties").and_then(Value::as_object);
        let mut taken: BTreeSet<&str> =
            properties.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        for (name, property) in properties.into_iter().flatten() {
            let place = join(&join(&join(pointer, "properties"), name), "x-aliases");
            let Some(aliases) = property.get("x-aliases") else { continue };
            let names: Option<Vec<&str>> =
                aliases.as_array().map(|names| names.iter().filter_map(Value::as_str).collect());
            match names {
                Some(names) if !names.is_empty() && Some(names.len()) == aliases.as_array().map(Vec::len) => {
                    for (index, name) in names.into_iter().enumerate().filter(|(_, name)| !taken.insert(name))
                    {
                        let what = format!("`{name}` is the name of another property, or a duplicate.");
                        report.add(&format!("{place}/{index}"), what, why, "Delete one of them.");
                    }
                }
                _ => report.add(
                    &place,
                    "`x-aliases` is not a list of names.",
                    why,
                    "Write a list, such as `[userID]`.",
                ),
            }
            read.insert(place);
        }
    }
    for (pointer, _) in context.objects("Schema").filter(|(_, schema)| schema.contains_key("x-aliases")) {
        let place = join(pointer, "x-aliases");
        if !read.contains(&place) {
            let why = "Only properties of component schemas can have other names.";
            report.add(
                &place,
                "`x-aliases` has no effect here.",
                why,
                "Move it to such a property, or delete it.",
            );
        }
    }
}
