//! Extensions: the known ones, their places and their values. Tools silently ignore unknown ones, so only this finds a
//! typo.

use broker_session_openapi::{join, suggestion};
use serde_json::Value;

use super::{context::Context, errors::KINDS, report::Report};

/// The values that an extension may have.
enum Allowed {
    /// One of these words.
    Word(&'static [&'static str]),
    /// This value of true and false; the other one is the default.
    Only(bool),
    /// A whole number from 1.
    UpTo(u64),
    /// A value with its own rule.
    Other,
}

use Allowed::{Only, Other, UpTo, Word};

/// The longest plausible wait; longer ones are milliseconds by mistake (seconds).
pub(super) const DAY: u64 = 86_400;

/// The extensions, the objects that may have them (any, if none is named), and their values.
const EXTENSIONS: [(&str, &[&str], Allowed); 18] = [
    ("x-aliases", &["Schema"], Other),
    ("x-envelope", &["Schema"], Only(true)),
    ("x-environment", &["Server"], Word(&["production", "sandbox"])),
    ("x-error-codes", &["OpenAPI", "Operation"], Other),
    ("x-error-kind", &["Response", "Example"], Word(&KINDS)),
    ("x-evidence", &[], Word(&EVIDENCE)),
    ("x-fault", &["Schema"], Only(true)),
    ("x-hints", &["OpenAPI"], Other),
    ("x-judges", &["Response"], Only(true)),
    ("x-lint-allow", &[], Other),
    ("x-may-be-empty", &["Response"], Only(true)),
    ("x-penalty-seconds", &["OpenAPI"], UpTo(DAY)),
    ("x-rate-limit", &["OpenAPI", "Operation"], Other),
    ("x-retry", &["Operation"], Word(&["safe", "unsent", "never"])),
    ("x-secret", &["Schema", "Parameter", "SecurityScheme"], Only(false)),
    ("x-secret-reason", &["Schema", "Parameter", "SecurityScheme"], Other),
    ("x-success", &["Response"], Other),
    ("x-time-step-seconds", &["Schema"], UpTo(3600)),
];
/// The evidence for a fact: documented by the broker, observed in traffic, or inferred.
pub(super) const EVIDENCE: [&str; 3] = ["documented", "observed", "inferred"];

/// Unknown extensions.
pub(super) fn unknown(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, node) in context.nodes() {
        let extensions = node.object.keys().filter(|key| key.starts_with("x-"));
        for key in extensions.filter(|key| EXTENSIONS.iter().all(|(known, ..)| known != key)) {
            let what = format!("The extension `{key}` is unknown.");
            let fix = suggestion(key, EXTENSIONS.iter().map(|(known, ..)| *known), "Delete it.");
            report.add(&join(pointer, key), what, "Tools silently ignore unknown extensions.", fix);
        }
    }
}

/// Extensions in objects in which they have no effect.
pub(super) fn place(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, node) in context.nodes() {
        let known = EXTENSIONS.iter().filter(|(name, ..)| node.object.contains_key(*name));
        for (name, kinds, _) in known.filter(|(_, kinds, _)| !kinds.is_empty()) {
            let is_lost = node.reference.is_some() && !name.starts_with("x-secret");
            if is_lost || !kinds.contains(&node.kind) {
                let here = if is_lost { "Reference" } else { node.kind };
                let what = format!("`{name}` has no effect in a {here} Object.");
                let why = format!("It belongs to: {}. Elsewhere tools silently ignore it.", kinds.join(", "));
                report.add(
                    &join(pointer, name),
                    what,
                    why,
                    "Move it there, or delete it; check the indentation.",
                );
            }
        }
    }
}

/// Invalid values of extensions.
pub(super) fn value(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, node) in context.nodes() {
        for (name, _, allowed) in &EXTENSIONS {
            if let Some(found) = node.object.get(*name) {
                check(&join(pointer, name), name, found, allowed, report);
            }
        }
    }
}

fn check(place: &str, name: &str, found: &Value, allowed: &Allowed, report: &mut Report<'_, '_>) {
    let fix = match allowed {
        Word(words) if words.iter().any(|word| found == word) => return,
        Only(flag) if found == flag => return,
        UpTo(max) if found.as_u64().is_some_and(|number| (1..=*max).contains(&number)) => return,
        Other => return,
        Word(words) => {
            let fix = format!("Write one of: {}.", words.join(", "));
            suggestion(found.as_str().unwrap_or_default(), words.iter().copied(), fix)
        }
        Only(flag) => format!("Write `{flag}`, or delete it."),
        UpTo(max) => format!("Write a whole number from 1 to {max}, without quotes."),
    };
    let why = "The client, its tests and its docs depend on it.";
    report.add(place, format!("`{name}` cannot be {found}."), why, fix);
}

/// Operations without evidence.
pub(super) fn evidence(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in
        context.operations.iter().filter(|operation| !operation.object.contains_key("x-evidence"))
    {
        let why = "Readers and the generated docs need the evidence for every operation.";
        let fix = format!("Add `x-evidence:` with one of: {}.", EVIDENCE.join(", "));
        report.add(&operation.pointer, "The operation has no `x-evidence`.", why, fix);
    }
}
