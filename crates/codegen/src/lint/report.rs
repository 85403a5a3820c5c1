//! Where a rule puts its findings.

use crate::{Document, Problem, Problems};

/// How many findings of one rule are told. More are not read.
const MOST: usize = 50;

/// The findings of one rule.
pub(super) struct Report<'a> {
    document: &'a Document,
    rule: &'static str,
    problems: Vec<Problem>,
}

impl<'a> Report<'a> {
    pub(super) fn new(document: &'a Document, rule: &'static str) -> Report<'a> {
        Report { document, rule, problems: Vec::new() }
    }

    /// Adds a finding at a JSON pointer, unless there are too many already.
    pub(super) fn add(
        &mut self,
        pointer: &str,
        what: impl Into<String>,
        why: impl Into<String>,
        fix: impl Into<String>,
    ) {
        if self.problems.len() < MOST {
            self.problems.push(self.document.problem(self.rule, pointer, what, why, fix));
        }
    }

    /// The findings.
    pub(super) fn into_problems(self) -> Problems {
        self.problems.into_iter().collect()
    }
}
