//! Paths, which are appended to a server's URL as they stand.

use std::collections::BTreeMap;

use serde_json::Value;

use super::report::Report;
use crate::{document::join, lint::context::Context};

/// Paths that would not become the URL that is meant, and paths that cannot be told apart.
pub(super) fn form(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let paths = context.document.value().get("paths").and_then(Value::as_object);
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    for path in paths.into_iter().flat_map(|paths| paths.keys()).filter(|path| path.starts_with('/')) {
        let place = join("/paths", path);
        let why = "The path is appended to the server's URL as it stands.";
        let found = path.chars().find(|character| !is_plain(*character));
        if let Some(character) = found {
            let fix = "Delete it; what varies is a part in braces.";
            report.add(&place, format!("The path `{path}` has a `{}`.", character.escape_debug()), why, fix);
        } else if path.contains('%') || path.split('/').any(|part| matches!(part, "." | "..")) {
            let what = format!("The path `{path}` is written in a roundabout way.");
            let why = "Clients write URLs in their normal form before they call (RFC 3986, section 6.2.2), and mocks wait \
                       for the path as it stands here.";
            report.add(
                &place,
                what,
                why,
                "Write the letters themselves for `%`, and no part that is `.` or `..`.",
            );
        } else if path.contains("//") {
            report.add(
                &place,
                format!("The path `{path}` has an empty part."),
                why,
                "Delete one of the slashes.",
            );
        } else if path.len() > 1 && path.ends_with('/') {
            let why = "Servers tell a path with a slash at its end from the same without.";
            let fix = "Delete the last slash; if the broker wants it, silence this with where that is said.";
            report.add(&place, format!("The path `{path}` ends with a slash."), why, fix);
        }
        if let Some(other) = first.insert(nameless(path), path) {
            let what = format!("`{path}` and `{other}` are the same path.");
            let why = "Names in braces tell nothing apart on the wire (\"Paths Object\").";
            report.add(&place, what, why, "Put the operations under one of them.");
        }
    }
}

fn is_plain(character: char) -> bool {
    // `?` and `#` are a matter of `path-parameter`.
    character.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/%{}?#".contains(character)
}

/// The path without the names in its braces, and in one case: brokers' servers do not tell case apart reliably.
fn nameless(path: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_lowercase() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}
