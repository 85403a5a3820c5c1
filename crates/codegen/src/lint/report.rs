//! Where a rule puts its findings.

use super::silences::Silences;
use crate::{Document, Problem, Problems};

/// How many findings of one rule are told. More are not read.
const MOST: usize = 50;

/// The findings of one rule.
pub(super) struct Report<'r, 'a> {
    document: &'a Document,
    rule: &'static str,
    silences: &'r mut Silences<'a>,
    problems: Vec<Problem>,
}

impl<'r, 'a> Report<'r, 'a> {
    pub(super) fn new(
        document: &'a Document,
        rule: &'static str,
        silences: &'r mut Silences<'a>,
    ) -> Report<'r, 'a> {
        Report { document, rule, silences, problems: Vec::new() }
    }

    /// Adds a finding at a JSON pointer, unless the rule is silent there or there are too many already.
    pub(super) fn add(
        &mut self,
        pointer: &str,
        what: impl Into<String>,
        why: impl Into<String>,
        fix: impl Into<String>,
    ) {
        let Some(location) = self.document.locate_nearest(pointer) else { return };
        if !self.silences.covers(self.rule, location.line) && self.problems.len() < MOST {
            self.problems.push(self.document.problem_at(self.rule, location, what, why, fix));
        }
    }

    /// The findings.
    pub(super) fn into_problems(self) -> Problems {
        self.problems.into_iter().collect()
    }
}
