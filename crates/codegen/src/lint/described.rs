//! Specs are read, and become docs: what the client offers is described, in words that are there.

use serde_json::Value;

use super::{
    context::{Context, text},
    report::Report,
};
use crate::document::{join, shape::Kind};

/// What stands in for words that were to come.
const PLACEHOLDERS: [&str; 6] = ["todo", "fixme", "tbd", "xxx", "tba", "n/a"];

/// Operations, parameters, schemas and their members without a description.
pub(super) fn described(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let why = "It becomes the documentation of the client, and nobody else knows what is meant.";
    for operation in &context.operations {
        for member in ["summary", "description"] {
            let fix = match member {
                "summary" => "Add `summary:` with one sentence: what a call does.",
                _ => "Add `description:` with what a caller has to know: what it needs, changes and costs.",
            };
            if !operation.object.contains_key(member) {
                let name = text(operation.object, "operationId").unwrap_or(&operation.path);
                report.add(
                    &operation.pointer,
                    format!("The operation `{name}` has no `{member}`."),
                    why,
                    fix,
                );
            }
        }
    }
    let fix = "Add `description:` with its meaning, and its unit and form where it has one.";
    for (pointer, node) in context.nodes().filter(|(_, node)| node.reference.is_none()) {
        let whose = match node.kind {
            Kind::Parameter => "parameter",
            Kind::SecurityScheme => "security scheme",
            Kind::Tag => "tag",
            Kind::Schema => match is_named(pointer) {
                Some(whose) => whose,
                None => continue,
            },
            _ => continue,
        };
        if !node.object.contains_key("description") {
            let last = crate::document::unescape(pointer.rsplit('/').next().unwrap_or_default());
            let name = text(node.object, "name").unwrap_or(&last);
            report.add(pointer, format!("The {whose} `{name}` has no description."), why, fix);
        }
    }
    for (pointer, node) in context.nodes() {
        for member in ["summary", "description", "title"] {
            if node.object.get(member).and_then(Value::as_str).is_some_and(is_empty) {
                let what = format!("This `{member}` says nothing.");
                report.add(&join(pointer, member), what, why, "Write what there is to say, or delete it.");
            }
        }
    }
}

/// What a schema is that has a name; nothing for those inside of others.
fn is_named(pointer: &str) -> Option<&'static str> {
    let (parent, _) = pointer.rsplit_once('/')?;
    match parent.rsplit('/').next()? {
        "schemas" if parent == "/components/schemas" => Some("schema"),
        "properties" if parent.starts_with("/components/schemas/") => Some("member"),
        _ => None,
    }
}

fn is_empty(text: &str) -> bool {
    let words = text.trim().trim_end_matches(['.', ':', '!', '…', '?']).to_lowercase();
    !words.chars().any(char::is_alphanumeric)
        || words
            .split_whitespace()
            .next()
            .is_some_and(|first| PLACEHOLDERS.contains(&first.trim_end_matches(':')))
}

#[cfg(test)]
mod tests {
    use super::is_empty;

    #[test]
    fn a_text_that_says_nothing_is_told_from_one_that_does() {
        for text in ["", " ", "-", "TODO", "todo: say more", "FIXME.", "..."] {
            assert!(is_empty(text), "{text}");
        }
        for text in ["`PLAIN`.", "Its name.", "Todorov's number."] {
            assert!(!is_empty(text), "{text}");
        }
    }
}
