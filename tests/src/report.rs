//! What a walk over a spec found, so that one run names everything that is wrong.

use std::fmt::Display;

/// How much was checked, and what was wrong with it.
#[derive(Debug, Default)]
#[must_use]
pub struct Report {
    checked: usize,
    problems: Vec<String>,
}

impl Report {
    /// Counts one check; `outcome` says what is wrong, if anything.
    pub fn add<T, E: Display>(&mut self, label: impl Display, outcome: Result<T, E>) {
        self.checked += 1;
        if let Err(problem) = outcome {
            self.problems.push(format!("{label}: {problem}"));
        }
    }

    /// Counts one comparison.
    pub fn same<T: PartialEq + std::fmt::Debug>(&mut self, label: impl Display, found: &T, expected: &T) {
        let outcome = match found == expected {
            true => Ok(()),
            false => Err(format!("\n    found    {found:?}\n    expected {expected:?}")),
        };
        self.add(label, outcome);
    }

    /// Fails the test unless everything was right, and unless `at_least` this much was checked: a walk that
    /// finds nothing to walk over proves nothing.
    pub fn finish(self, at_least: usize) {
        let count = self.problems.len();
        assert!(
            self.problems.is_empty(),
            "{count} of {} checks failed:\n  {}",
            self.checked,
            self.problems.join("\n  ")
        );
        assert!(self.checked >= at_least, "only {} of at least {at_least} checks were made", self.checked);
    }
}
