//! What a person reads.

use std::fmt::Write;

use broker_session_codegen::diff::{Change, Class, Direction, Judgement, Side, code::CodeChanges};

use super::version::Verdict;

/// How many operations are named at one change.
const MOST_OPERATIONS: usize = 6;
/// How many differences of the public API are listed of each class.
const MOST_ITEMS: usize = 12;

const CLASSES: [Class; 4] = [Class::Breaking, Class::Additive, Class::Documentation, Class::Unchanged];

/// The changes of a spec, the worst first.
pub(super) fn changes(spec: &str, revision: &str, changes: &[Change], text_differs: bool) -> String {
    if changes.is_empty() {
        return match text_differs {
            true => format!("{spec}: no change of meaning since {revision}, only comments or layout."),
            false => format!("{spec}: no change since {revision}."),
        };
    }
    let mut text = format!("{spec}: {} since {revision}\n", count(changes.len(), "change"));
    let tally = |class: &dyn Fn(&Change) -> Class| {
        let counted = CLASSES.iter().filter_map(|wanted| {
            let count = changes.iter().filter(|change| class(change) == *wanted).count();
            (count > 0).then(|| format!("{count} {wanted}"))
        });
        counted.collect::<Vec<_>>().join(", ")
    };
    let _ = writeln!(text, "  on the wire: {}", tally(&|change| change.wire.class));
    let _ = writeln!(text, "  in Rust:     {}\n", tally(&|change| change.rust.class));
    for change in changes {
        text.push_str(&one(spec, revision, change));
    }
    text
}

fn one(spec: &str, revision: &str, change: &Change) -> String {
    let place = change.location.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
    let side = match change.side {
        Side::Base => format!(" at {revision}"),
        Side::Now => String::new(),
    };
    let others = match change.others {
        0 => String::new(),
        others => format!(" (and the same at {})", count(others, "other place")),
    };
    let mut text = format!(
        "{}: {}\n  --> {spec}{place}{side}\n   = {}{others}\n",
        change.worst(),
        change.subject,
        change.what
    );
    let _ = writeln!(text, "   = wire: {}", judged(&change.wire));
    let _ = writeln!(text, "   = Rust: {}", judged(&change.rust));
    if !change.operations.is_empty() {
        let _ = writeln!(text, "   = reaches: {}", reached(&change.operations));
    }
    text.push('\n');
    text
}

fn judged(judgement: &Judgement) -> String {
    format!("{}. {}", judgement.class, judgement.why)
}

/// The operations, each once.
fn reached(operations: &[(String, Direction)]) -> String {
    let mut named: Vec<(&str, Vec<String>)> = Vec::new();
    for (id, direction) in operations {
        match named.iter_mut().find(|(known, _)| known == id) {
            Some((_, directions)) => directions.push(direction.to_string()),
            None => named.push((id, vec![direction.to_string()])),
        }
    }
    let more = named.len().saturating_sub(MOST_OPERATIONS);
    let mut names: Vec<String> = named
        .iter()
        .take(MOST_OPERATIONS)
        .map(|(id, directions)| format!("{id} ({})", directions.join(" and ")))
        .collect();
    if more > 0 {
        names.push(format!("{more} more"));
    }
    names.join(", ")
}

/// What the generated code says to it.
pub(super) fn code(changes: &[Change], code: &CodeChanges, objection: Option<&Judgement>) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let mut text = "\n".to_owned();
    if code.api.is_empty() {
        let breaks = changes.iter().any(|change| change.rust.class == Class::Breaking);
        text.push_str("The public API of the generated code is the same.");
        if breaks && objection.is_none() {
            text.push_str(" What breaks in Rust is behaviour; each change above says which.");
        }
        text.push('\n');
    } else {
        let _ = writeln!(text, "The public API of the generated code:");
        for class in [Class::Breaking, Class::Additive] {
            let of_class: Vec<_> = code.api.iter().filter(|change| change.class == class).collect();
            for change in of_class.iter().take(MOST_ITEMS) {
                let _ = writeln!(text, "  {class}: {}: {}", change.item, change.what);
            }
            let more = of_class.len().saturating_sub(MOST_ITEMS);
            if more > 0 {
                let _ = writeln!(text, "  {class}: {more} more");
            }
        }
    }
    if let Some(objection) = objection {
        let _ = writeln!(text, "{}: {}", objection.class, objection.why);
    }
    text
}

/// A verdict on a version.
pub(super) fn verdict(
    name: &str,
    base: &str,
    now: &str,
    worst: Class,
    whom: &str,
    verdict: &Verdict,
) -> String {
    let versions = match base == now {
        true => format!("is {now} as before"),
        false => format!("went from {base} to {now}"),
    };
    let changes = match worst {
        Class::Unchanged => format!("nothing has changed {whom}"),
        worst => format!("the worst change {whom} is {worst}"),
    };
    match verdict {
        Verdict::Enough => format!("Fine: {name} {versions}, and {changes}."),
        Verdict::Raise(to) => format!("Raise {name} to {to}: it {versions}, and {changes}."),
    }
}

/// A spec that has come.
pub(super) fn new_spec(spec: &str, revision: &str, version: &str) -> String {
    format!(
        "{spec}: new since {revision}\n  additive, on the wire and in Rust; its crate begins with version {version}.\n\n"
    )
}

/// A spec that has gone.
pub(super) fn gone_spec(spec: &str, revision: &str, verdict: &str) -> String {
    format!(
        "{spec}: gone since {revision}\n  breaking, on the wire and in Rust: nothing of its client is left.\n{verdict}\n\n"
    )
}

fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("one {what}"),
        _ => format!("{number} {what}s"),
    }
}
