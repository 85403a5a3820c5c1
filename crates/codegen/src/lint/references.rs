//! Rules about `$ref`: everything after them follows references without a second look.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    context::{Context, component},
    names::suggestion,
    report::Report,
};
use crate::document::{join, shape::Kind};

/// How many schemas one may be composed of, counted with repetition. Tools unfold compositions, so what is
/// small on paper may be exponential in time.
const LARGEST_COMPOSITION: u64 = 500;
/// How many steps of a circle are shown.
const SHOWN_STEPS: usize = 8;

/// References that lead nowhere, out of the file, or to the wrong kind.
pub(super) fn target(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, node) in context.nodes() {
        let (Some(target), Some(section)) = (node.reference, node.kind.section()) else {
            continue;
        };
        let pointer = join(pointer, "$ref");
        let wanted = format!("`#/components/{section}/…`");
        let why = "The generator looks references up by their last part among the components of this kind.";
        let Some(name) = target.strip_prefix(&format!("#/components/{section}/")) else {
            let what = if target.starts_with("#/") {
                format!("`{target}` does not lead to a {}.", node.kind.name())
            } else {
                format!("`{target}` leads out of this file.")
            };
            report.add(&pointer, what, why, format!("Refer to {wanted}."));
            continue;
        };
        let components =
            context.document.value().pointer(&format!("/components/{section}")).and_then(Value::as_object);
        if !components.is_some_and(|components| components.contains_key(name)) {
            let known = components.into_iter().flat_map(Map::keys).map(String::as_str);
            let fix = suggestion(name, known, format!("Add `{name}` to `components/{section}`."));
            report.add(&pointer, format!("`{target}` leads nowhere."), why, fix);
        }
    }
}

/// Members beside `$ref`, which are lost.
pub(super) fn siblings(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, node) in context.nodes().filter(|(_, node)| node.reference.is_some()) {
        for key in node.object.keys().filter(|key| *key != "$ref" && !key.starts_with("x-")) {
            let what = format!("`{key}` stands beside `$ref`.");
            let why = "OpenAPI 3.0 ignores what stands beside `$ref` (\"Reference Object\").";
            let fix = "Delete it, or wrap the reference: `allOf: [{$ref: …}]`.";
            report.add(&join(pointer, key), what, why, fix);
        }
    }
}

/// Circles that consist of references and compositions only.
pub(super) fn circular(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let edges = circles(edges(context));
    for start in edges.keys() {
        let mut way = vec![name(start)];
        let mut at = *start;
        while let Some(next) = edges.get(at).and_then(|targets| targets.iter().next()) {
            way.push(name(next));
            at = next;
            if at == *start || way.len() > SHOWN_STEPS {
                break;
            }
        }
        let what = format!("`{}` is made of itself: {}.", name(start), way.join(" → "));
        let why = "No value could ever fit, and the generator would not end.";
        report.add(start, what, why, "Break the circle, or put a property between.");
    }
}

/// Compositions that are too large when they are unfolded.
pub(super) fn composition_size(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, size) in composition_sizes(context) {
        if size > LARGEST_COMPOSITION {
            let what = format!("`{}` is composed of more than {LARGEST_COMPOSITION} schemas.", name(pointer));
            let why = "Compositions are unfolded, so that one of compositions grows exponentially.";
            report.add(pointer, what, why, "Compose it of fewer schemas, or use properties.");
        }
    }
}

/// How many schemas each component is composed of, itself included and repetitions counted. Circles are
/// left out.
pub(super) fn composition_sizes<'c>(context: &'c Context<'_>) -> BTreeMap<&'c str, u64> {
    let edges = edges(context);
    let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
    for node in bottom_up(&edges) {
        let inner = edges.get(node).into_iter().flatten();
        let size =
            inner.fold(1, |sum: u64, target| sum.saturating_add(sizes.get(target).copied().unwrap_or(0)));
        sizes.insert(node, size);
    }
    sizes
}

/// Merged schemas that lead to recursive ones. The generator merges the parts of `allOf` member by member,
/// and members that are recursive on either side are merged again without end.
pub(super) fn recursive_merge(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let mut edges = Edges::new();
    for (pointer, node) in context.nodes() {
        if let Some(component) = component(pointer) {
            edges.entry(component).or_default().extend(node.target());
        }
    }
    let plain: BTreeSet<&str> = bottom_up(&edges).into_iter().collect();
    let recursive = |pointer: &str| component(pointer).is_some_and(|component| !plain.contains(component));
    for (pointer, schema) in context.objects(Kind::Schema) {
        let Some(parts) = schema.get("allOf").and_then(Value::as_array) else { continue };
        let own = ["properties", "oneOf", "anyOf"].iter().filter(|key| schema.contains_key(**key)).count();
        let mut targets = parts.iter().filter_map(|part| part.get("$ref")?.as_str()?.strip_prefix('#'));
        if parts.len() + own > 1 && (recursive(pointer) || targets.any(recursive)) {
            let why = "The generator merges the parts, and would merge what leads back to them for ever.";
            let fix = "Write the properties out, or refer to one schema only.";
            report.add(&join(pointer, "allOf"), "`allOf` merges schemas that are recursive.", why, fix);
        }
    }
}

type Edges<'c> = BTreeMap<&'c str, Vec<&'c str>>;

/// From each component to those it is, or is composed of.
fn edges<'c>(context: &'c Context<'_>) -> Edges<'c> {
    let mut edges = Edges::new();
    for (pointer, node) in context.nodes() {
        if !is_component(pointer) {
            continue;
        }
        let targets = edges.entry(pointer).or_default();
        match node.reference {
            Some(target) => targets.extend(target.strip_prefix('#')),
            None if node.kind == Kind::Schema => composed_of(node.object, targets),
            None => {}
        }
    }
    edges
}

/// Whether the pointer is `/components/<section>/<name>`.
fn is_component(pointer: &str) -> bool {
    pointer.strip_prefix("/components/").is_some_and(|rest| rest.matches('/').count() == 1)
}

fn composed_of<'c>(schema: &'c Map<String, Value>, targets: &mut Vec<&'c str>) {
    let lists = ["allOf", "oneOf", "anyOf"].iter().filter_map(|key| schema.get(*key)?.as_array()).flatten();
    for branch in lists.chain(schema.get("not")).filter_map(Value::as_object) {
        match branch.get("$ref").and_then(Value::as_str) {
            Some(target) => targets.extend(target.strip_prefix('#')),
            None => composed_of(branch, targets),
        }
    }
}

/// The nodes from which only finished nodes can be reached, each after those.
fn bottom_up<'c>(edges: &Edges<'c>) -> Vec<&'c str> {
    let mut users: BTreeMap<&str, Vec<&'c str>> = BTreeMap::new();
    let mut open: BTreeMap<&str, usize> = BTreeMap::new();
    for (node, targets) in edges {
        let targets: Vec<_> = targets.iter().filter(|target| edges.contains_key(*target)).collect();
        open.insert(node, targets.len());
        for target in targets {
            users.entry(target).or_default().push(node);
        }
    }
    let mut order: Vec<&'c str> =
        edges.keys().copied().filter(|node| open.get(node).is_some_and(|count| *count == 0)).collect();
    let mut next = 0;
    while let Some(node) = order.get(next).copied() {
        next += 1;
        for user in users.get(node).into_iter().flatten() {
            if let Some(count) = open.get_mut(user) {
                *count -= 1;
                if *count == 0 {
                    order.push(user);
                }
            }
        }
    }
    order
}

/// Only the nodes and edges that lie on a circle or between two.
fn circles(edges: Edges<'_>) -> Edges<'_> {
    let without =
        |edges: Edges<'_>| -> BTreeSet<String> { bottom_up(&edges).into_iter().map(str::to_owned).collect() };
    let ends = without(edges.clone());
    let mut reversed = Edges::new();
    for (node, targets) in &edges {
        reversed.entry(node).or_default();
        for target in targets {
            reversed.entry(target).or_default().push(node);
        }
    }
    let starts = without(reversed);
    let stays = |node: &str| !ends.contains(node) && !starts.contains(node);
    edges
        .into_iter()
        .filter(|(node, _)| stays(node))
        .map(|(node, targets)| (node, targets.into_iter().filter(|target| stays(target)).collect()))
        .collect()
}

fn name(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or(pointer)
}
