//! Collects the findings of a rule.

use std::collections::BTreeSet;

use broker_session_openapi::{Document, Problem, join};
use serde_json::Value;

/// The extension that lists the rules that need not hold for an object.
pub(super) const ALLOW: &str = "x-lint-allow";
/// The number of findings that are reported of one rule.
const MAX_FINDINGS: usize = 50;

/// The findings of one rule.
pub(super) struct Report<'r, 'a> {
    document: &'a Document,
    rule: &'static str,
    /// The JSON pointers of the entries of `x-lint-allow` that were needed.
    needed: &'r mut BTreeSet<String>,
    problems: Vec<Problem>,
}

impl<'r, 'a> Report<'r, 'a> {
    pub(super) fn new(document: &'a Document, rule: &'static str, needed: &'r mut BTreeSet<String>) -> Self {
        Self { document, rule, needed, problems: Vec::new() }
    }

    /// Adds a finding at a JSON pointer, unless it is allowed there or there are too many already.
    pub(super) fn add(
        &mut self,
        pointer: &str,
        what: impl Into<String>,
        why: impl Into<String>,
        fix: impl Into<String>,
    ) {
        if !self.is_allowed(pointer) && self.problems.len() < MAX_FINDINGS {
            self.problems.push(self.document.problem(self.rule, pointer, what, why, fix));
        }
    }

    /// Whether the object at the pointer, or the object around a field there, lists the rule.
    fn is_allowed(&mut self, pointer: &str) -> bool {
        let around = pointer.rsplit_once('/').map_or("", |(around, _)| around);
        let entry = [pointer, around].into_iter().find_map(|object| {
            let list = join(object, ALLOW);
            let rules = self.document.value().pointer(&list)?.as_array()?;
            let index = rules.iter().position(|rule| rule == self.rule)?;
            Some(format!("{list}/{index}"))
        });
        let is_allowed = entry.is_some();
        self.needed.extend(entry);
        is_allowed
    }

    /// The findings.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }
}

/// Entries of `x-lint-allow` without effect, or for a rule that must hold.
pub(super) fn allowances(document: &Document, allowable: &[&str], needed: &BTreeSet<String>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for node in document.nodes() {
        let Some(rules) = node.object.get(ALLOW) else { continue };
        let place = join(&node.pointer, ALLOW);
        let entries: &[Value] = rules.as_array().map_or(std::slice::from_ref(rules), Vec::as_slice);
        for (index, entry) in entries.iter().enumerate() {
            let place = if rules.is_array() { format!("{place}/{index}") } else { place.clone() };
            let (what, why, fix) = match entry.as_str() {
                Some(rule) if !allowable.contains(&rule) => (
                    format!("`x-lint-allow` cannot list the rule `{rule}`."),
                    "There is no such rule, or the generator or the safety of accounts relies on it.",
                    format!("The rules that can: {}.", allowable.join(", ")),
                ),
                Some(rule) if !needed.contains(&place) => (
                    format!("Nothing here breaks the rule `{rule}`."),
                    "An unneeded exception hides the next mistake.",
                    "Delete it, or move it to the object that breaks the rule.".to_owned(),
                ),
                Some(_) => continue,
                None => (
                    format!("`{ALLOW}` is not a list of rules."),
                    "It lists the rules that need not hold here.",
                    format!("Write `{ALLOW}: [rule-id]`, with the reason in a comment."),
                ),
            };
            problems.push(document.problem("lint-allow", &place, what, why, fix));
        }
    }
    problems
}
