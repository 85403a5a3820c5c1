//! Other spellings of a member.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{context::Context, report::Report};
use crate::document::{join, shape::Kind};

const NAME: &str = "x-aliases";

/// Spellings that nobody reads, or that are another member's.
pub(super) fn spelling(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let mut read = BTreeSet::new();
    for (pointer, schema) in context.objects(Kind::Schema).filter(|(pointer, _)| is_component(pointer)) {
        let Some(Value::Object(properties)) = schema.get("properties") else { continue };
        let mut taken: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        for (name, property) in properties {
            let place = join(&join(pointer, "properties"), name);
            if let Some(aliases) = property.get(NAME) {
                check(&join(&place, NAME), aliases, &mut taken, report);
            }
            read.insert(place);
        }
    }
    for (pointer, node) in context.nodes() {
        if node.object.contains_key(NAME) && !read.contains(pointer) {
            let why = "Only the properties of component schemas are read under other names.";
            let fix = "Move it to such a property, or delete it.";
            report.add(&join(pointer, NAME), format!("`{NAME}` means nothing here."), why, fix);
        }
    }
}

fn is_component(pointer: &str) -> bool {
    pointer.strip_prefix("/components/schemas/").is_some_and(|name| !name.contains('/'))
}

fn check<'a>(place: &str, aliases: &'a Value, taken: &mut BTreeSet<&'a str>, report: &mut Report<'_, '_>) {
    let why = "The member is read under each of these names.";
    let Some(aliases) = aliases.as_array().filter(|aliases| !aliases.is_empty()) else {
        let fix = "Write a list, such as `[userID]`.";
        return report.add(place, format!("`{NAME}` is no list of names."), why, fix);
    };
    for (index, alias) in aliases.iter().enumerate() {
        let place = format!("{place}/{index}");
        match alias.as_str() {
            None => report.add(&place, format!("{alias} is no name."), why, "Write a text."),
            Some(name) if !taken.insert(name) => {
                let what = format!("`{name}` is a name of another member, or stands here twice.");
                report.add(&place, what, why, "Delete one of them.");
            }
            Some(_) => {}
        }
    }
}
