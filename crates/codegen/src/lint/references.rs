//! References and compositions. The other rules and the generator rely on them.

use std::collections::BTreeSet;

use broker_session_openapi::{join, section, suggestion};
use serde_json::{Map, Value};

use super::{context::Context, report::Report};

/// The longest chain of compositions; a longer one is a circle.
const MAX_COMPOSITIONS: usize = 32;

/// References to nothing, to another file, to the wrong kind or in a circle, and fields beside them.
pub(super) fn reference(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, node) in context.nodes() {
        let (Some(target), Some(section)) = (node.reference, section(node.kind)) else { continue };
        let place = join(pointer, "$ref");
        let components = format!("/components/{section}");
        let known = context.document.value().pointer(&components).and_then(Value::as_object);
        let known = || known.into_iter().flat_map(Map::keys).map(String::as_str);
        let name = target.strip_prefix(&format!("#{components}/"));
        if !name.is_some_and(|name| known().any(|known| known == name)) {
            let why = "The generator looks references up by name among the components of this kind.";
            let fix = suggestion(name.unwrap_or_default(), known(), format!("Refer to `#{components}/…`."));
            report.add(&place, format!("`{target}` does not lead to one of the {section}."), why, fix);
        } else if context.document.resolve(target).is_none() {
            let why = "No value can fit, and the generator would not end.";
            report.add(&place, format!("`{target}` leads in a circle."), why, "Break the circle.");
        }
        for key in node.object.keys().filter(|key| *key != "$ref" && !key.starts_with("x-")) {
            let why = "OpenAPI 3.0 ignores what stands beside `$ref` (\"Reference Object\").";
            let fix = "Delete it, or wrap the reference: `allOf: [{$ref: …}]`.";
            report.add(&join(pointer, key), format!("`{key}` stands beside `$ref`."), why, fix);
        }
    }
}

/// Compositions that the generator has no type for, or that lead back to themselves.
pub(super) fn composition(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, schema) in context.objects("Schema") {
        if schema.contains_key("not") {
            let why = "Rust has no type for it.";
            report.add(&join(pointer, "not"), "A schema has `not`.", why, "Describe what may stand there.");
        }
        for list in ["oneOf", "anyOf", "allOf"] {
            let Some(branches) = schema.get(list).and_then(Value::as_array) else { continue };
            let place = join(pointer, list);
            if branches.is_empty() || (list == "allOf" && branches.len() > 1) {
                let why = "Alternatives become an enum; `allOf` may only wrap one reference.";
                let fix = "Write the properties out, or refer to one schema.";
                report.add(&place, format!("`{list}` has {} schemas.", branches.len()), why, fix);
            }
            let mut seen = BTreeSet::new();
            for (index, branch) in branches.iter().enumerate() {
                let place = format!("{place}/{index}");
                let target = branch["$ref"].as_str();
                let what = match target {
                    None => format!("A branch of `{list}` has no name."),
                    Some(target) if !seen.insert(target) => format!("`{target}` stands in `{list}` twice."),
                    Some(target) if list != "allOf" && is_composed(context, target) => {
                        format!("`{target}` is composed itself.")
                    }
                    Some(target) if leads_round(context, target) => format!("`{target}` is made of itself."),
                    Some(_) => continue,
                };
                let why = "Alternatives become variants of an enum, which are named after component schemas.";
                report.add(
                    &place,
                    what,
                    why,
                    "Refer to different schemas of their own in `components/schemas`.",
                );
            }
        }
    }
}

fn is_composed(context: &Context<'_>, target: &str) -> bool {
    let target = context.document.resolve(target);
    target
        .is_some_and(|(_, schema)| ["allOf", "anyOf", "oneOf"].iter().any(|list| schema.get(list).is_some()))
}

/// Whether a chain of `allOf` does not end.
fn leads_round(context: &Context<'_>, target: &str) -> bool {
    let mut target = target.to_owned();
    for _ in 0..MAX_COMPOSITIONS {
        let Some((_, schema)) = context.document.resolve(&target) else { return false };
        let Some(next) = schema.pointer("/allOf/0/$ref").and_then(Value::as_str) else { return false };
        target = next.to_owned();
    }
    true
}
