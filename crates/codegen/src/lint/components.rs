//! Rules about what stands under `components`.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::{context::Context, names::type_name, report::Report};
use crate::document::{join, shape::Kind};

/// The kinds that can be shared, apart from security schemes, which are used by name.
const SHARED: [Kind; 8] = [
    Kind::Schema,
    Kind::Response,
    Kind::Parameter,
    Kind::Example,
    Kind::RequestBody,
    Kind::Header,
    Kind::Link,
    Kind::Callback,
];

/// Names that cannot be referred to, or that give the same Rust type as another.
pub(super) fn name(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for kind in SHARED.into_iter().chain([Kind::SecurityScheme]) {
        let Some(section) = kind.section() else { continue };
        let mut types: HashMap<String, &str> = HashMap::new();
        for (name, component) in context.members(&format!("/components/{section}")) {
            if name.is_empty() || !name.chars().all(is_plain) {
                let what = format!("`{name}` is no name for a component.");
                let why = "Names consist of A–Z, a–z, 0–9, `.`, `-` and `_` (\"Components Object\").";
                report.add(&component.place, what, why, "Rename it.");
            } else if kind == Kind::Schema
                && let Some(first) = types.insert(type_name(name), name)
            {
                let what = format!("`{name}` and `{first}` both become the Rust type `{}`.", type_name(name));
                report.add(&component.place, what, "Types need different names.", "Rename one of them.");
            }
        }
    }
}

fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_')
}

/// Components that no path leads to.
pub(super) fn unused(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let reached = context.reach(["/paths".to_owned()]);
    let schemes = security_schemes(context);
    let why = "Nobody would notice when it stops being true; it also makes dead code.";
    for kind in SHARED.into_iter().chain([Kind::SecurityScheme]) {
        let Some(section) = kind.section() else { continue };
        let section = format!("/components/{section}");
        let names = context.document.value().pointer(&section).and_then(Value::as_object);
        for name in names.into_iter().flat_map(|names| names.keys()) {
            let pointer = join(&section, name);
            let used = match kind {
                Kind::SecurityScheme => schemes.contains(name.as_str()),
                _ => reached.contains(pointer.as_str()),
            };
            if !used {
                report.add(&pointer, format!("`{name}` is not used."), why, "Use it, or delete it.");
            }
        }
    }
}

/// The names in the document's and the operations' security requirements.
fn security_schemes<'a>(context: &Context<'a>) -> BTreeSet<&'a str> {
    let own = context.operations.iter().filter_map(|operation| operation.object.get("security"));
    own.chain(context.document.value().get("security"))
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(Value::as_object)
        .flat_map(|requirement| requirement.keys().map(String::as_str))
        .collect()
}
