//! Examples have the members that their schemas describe. Answers are open, so nothing else would notice a slip.

use serde_json::Value;

use super::{
    context::Context,
    example_values::{ExampleValue, each},
    names::suggestion,
    report::Report,
};
use crate::document::join;

/// Members of examples that no schema describes.
pub(super) fn members(context: &Context<'_>, report: &mut Report<'_, '_>) {
    each(context, &mut |example| check(example, report));
}

fn check(example: &ExampleValue<'_, '_>, report: &mut Report<'_, '_>) {
    let described = example.described;
    let Value::Object(members) = example.value else { return };
    // What is described by no member is a map, or not described at all.
    if described.open || described.properties.is_empty() {
        return;
    }
    for name in members.keys().filter(|name| !described.properties.contains_key(*name)) {
        let what = format!("The schema does not describe the member `{name}` of this example.");
        let why = "The client would not read it. It is a slip, or something that the schema has to learn.";
        let known = described.properties.keys().map(String::as_str);
        let fix = suggestion(name, known, "Describe it in the schema, or delete it from the example.");
        report.add(&join(example.place, name), what, why, fix);
    }
}
