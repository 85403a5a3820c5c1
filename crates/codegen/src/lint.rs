//! The rules that a spec must keep and that no public linter knows: those of the design (secrets, guesses, retries,
//! evidence, hosts, examples), and those that the generated client relies on.

mod codes;
mod context;
mod errors;
mod example_secrets;
mod example_values;
mod examples;
mod extensions;
mod forms;
mod generator;
mod hosts;
mod limits;
mod links;
mod names;
mod references;
mod report;
mod retries;
mod rules;
mod secret_names;
mod secrets;
mod servers;

use std::collections::BTreeSet;

use broker_session_openapi::{Document, Problems};

pub use errors::KINDS;
pub use rules::{RULES, Rule};

use context::Context;
use report::{Report, allowances};
use rules::Stage;

/// All problems of a loaded document, in the order of its lines.
///
/// While a rule about the structure of the document is broken (a reference to nothing, a circle), only those
/// rules are reported: the others rely on them. An object may list rules that need not hold for it, under
/// `x-lint-allow`.
pub fn lint(document: &Document) -> Problems {
    let context = Context::new(document);
    let mut problems = Vec::new();
    let mut needed = BTreeSet::new();
    for stage in [Stage::Structure, Stage::Content] {
        if !problems.is_empty() {
            break;
        }
        for rule in RULES.iter().filter(|rule| rule.stage == stage) {
            let mut report = Report::new(document, rule.id, &mut needed);
            rule.check.into_iter().for_each(|check| check(&context, &mut report));
            problems.extend(report.into_problems());
        }
        if stage == Stage::Content {
            let allowable = RULES.iter().filter(|rule| rule.may_be_allowed).map(|rule| rule.id);
            problems.extend(allowances(document, &allowable.collect::<Vec<_>>(), &needed));
        }
    }
    let mut problems: Problems = problems.into_iter().collect();
    problems.sort();
    problems
}
