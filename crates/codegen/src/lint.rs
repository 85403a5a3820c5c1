//! The rules that a spec must keep: those that generation relies on, and those of the design (secrets,
//! retries, evidence, examples). Each is a small function in a file by theme, listed in one table.

pub(crate) mod addresses;
mod aliases;
mod answers;
mod bodies;
mod components;
mod context;
mod described;
mod empty_answers;
mod error_kinds;
mod example_codes;
mod example_members;
mod example_values;
mod examples;
mod extensions;
mod failures;
mod forms;
mod guesses;
mod hints;
mod hosts;
mod json_schema;
mod limits;
mod links;
mod made_up;
mod names;
mod operations;
mod parameters;
mod paths;
mod phrases;
mod policies;
mod prose;
mod redirects;
mod references;
mod report;
mod responses;
mod retries;
mod rules;
mod schemas;
mod secret_values;
mod secrets;
mod security;
mod servers;
mod silences;
mod structure;
mod tags;

pub use rules::{RULES, Rule};

use crate::{Document, Problems};
use context::Context;
use report::Report;
use rules::Stage;
use silences::Silences;

/// All that is wrong with a document that could be loaded, in the order of its text.
///
/// While a rule about the document's own structure is broken (an unknown member, a reference to nothing, a
/// circle), only those rules are reported: the others would be guessing. A rule of judgement says nothing about a line
/// that silences it with a comment, `# lint: allow(rule-id) reason`.
pub fn lint(document: &Document) -> Problems {
    let context = Context::new(document);
    let mut problems = Problems::new();
    let mut silences = Silences::new(document);
    let mut all = true;
    for stage in [Stage::Structure, Stage::Content] {
        if !problems.is_empty() {
            all = false;
            break;
        }
        for rule in RULES.iter().filter(|rule| rule.stage() == stage) {
            if let Some(check) = rule.check() {
                let mut report = Report::new(document, rule.id, &mut silences);
                check(&context, &mut report);
                problems.extend(report.into_problems());
            }
        }
    }
    problems.extend(silences.into_problems(all));
    problems.sort();
    problems
}
