//! What a check has found, and how all of it is reported.

use std::{borrow::Cow, io};

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use crate::{
    failure::{Failure, Kind},
    output::{Output, painted, print},
};

/// The result of a check, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// It could not be checked, or need not be.
    Skipped,
    Ok,
    /// It may be the reason.
    Warning,
    /// It is a reason: of a failure of this kind.
    Problem(Kind),
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem(_) => "problem",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Skipped => Style::new().dimmed(),
            Self::Ok => AnsiColor::Green.on_default(),
            Self::Warning => AnsiColor::Yellow.on_default(),
            Self::Problem(_) => AnsiColor::Red.on_default().bold(),
        }
    }

    fn kind(self) -> Option<Kind> {
        match self {
            Self::Problem(kind) => Some(kind),
            _ => None,
        }
    }
}

/// What a check has found.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    name: Cow<'static, str>,
    outcome: Outcome,
    /// What there is: a clause about what was checked.
    what: String,
    why: Option<String>,
    cure: Option<String>,
}

impl Finding {
    fn new(name: impl Into<Cow<'static, str>>, outcome: Outcome, what: impl Into<String>) -> Self {
        Self { name: name.into(), outcome, what: what.into(), why: None, cure: None }
    }

    /// It is as it should be.
    pub(crate) fn ok(name: impl Into<Cow<'static, str>>, what: impl Into<String>) -> Self {
        Self::new(name, Outcome::Ok, what)
    }

    /// It was not checked.
    pub(crate) fn skipped(
        name: impl Into<Cow<'static, str>>,
        what: impl Into<String>,
        why: impl Into<String>,
    ) -> Self {
        Self { why: Some(why.into()), ..Self::new(name, Outcome::Skipped, what) }
    }

    /// It may be a reason why a sign-in fails.
    pub(crate) fn warning(
        name: impl Into<Cow<'static, str>>,
        what: impl Into<String>,
        why: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Self { why: Some(why.into()), cure: Some(cure.into()), ..Self::new(name, Outcome::Warning, what) }
    }

    /// It is a reason why a sign-in fails: with this kind of error.
    pub(crate) fn problem(
        kind: impl Into<Kind>,
        name: impl Into<Cow<'static, str>>,
        what: impl Into<String>,
        why: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Self { outcome: Outcome::Problem(kind.into()), ..Self::warning(name, what, why, cure) }
    }

    /// The problem that a failure is.
    pub(crate) fn of(name: impl Into<Cow<'static, str>>, what: impl Into<String>, failure: &Failure) -> Self {
        let (why, cure) = failure.explained();
        Self::problem(failure.kind(), name, what, why, cure)
    }

    /// The same, where it is no reason for a failure now.
    pub(crate) fn into_warning(self) -> Self {
        Self { outcome: Outcome::Warning, ..self }
    }

    /// The same problem with another cure.
    pub(crate) fn with_cure(self, cure: impl Into<String>) -> Self {
        Self { cure: Some(cure.into()), ..self }
    }

    pub(super) fn is_problem(&self) -> bool {
        self.outcome.kind().is_some()
    }

    /// The fields for scripts.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "name": self.name,
            "result": self.outcome.name(),
            "kind": self.outcome.kind().map(Kind::name),
            "what": self.what,
            "why": self.why,
            "cure": self.cure,
        })
    }

    /// Lines for a person.
    fn lines(&self) -> String {
        let outcome = painted(&format!("{:<8}", self.outcome.name()), self.outcome.style(), &io::stdout());
        let mut lines = vec![format!("{outcome} {}: {}", self.name, self.what)];
        for (what, text) in [("why", &self.why), ("cure", &self.cure)] {
            lines.extend(text.as_ref().map(|text| format!("{:9}{what}: {text}", "")));
        }
        lines.join("\n")
    }
}

/// What was found so far. A person reads each finding as soon as there is one.
#[derive(Debug)]
pub(crate) struct Findings {
    output: Output,
    all: Vec<Finding>,
    written: Result<(), Failure>,
}

impl Findings {
    pub(crate) fn new(output: Output) -> Self {
        Self { output, all: Vec::new(), written: Ok(()) }
    }

    /// Adds one.
    pub(crate) fn add(&mut self, finding: Finding) {
        if !self.output.is_json() && self.written.is_ok() {
            self.written = print(&finding.lines());
        }
        self.all.push(finding);
    }

    /// All of them, for scripts.
    pub(crate) fn to_json(&self) -> Vec<Value> {
        self.all.iter().map(Finding::to_json).collect()
    }

    /// Adds the problem that a failure is, unless it was found before.
    pub(crate) fn add_failure(&mut self, name: &'static str, what: &str, failure: &Failure) {
        let finding = Finding::of(name, what, failure);
        if self.all.iter().all(|known| (&known.why, &known.cure) != (&finding.why, &finding.cure)) {
            self.add(finding);
        }
    }

    /// Whether nothing was found yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether there is a problem.
    pub(crate) fn has_problem(&self) -> bool {
        self.problem().is_some()
    }

    /// The kind of the first problem: what comes after it may follow from it.
    fn problem(&self) -> Option<Kind> {
        self.all.iter().find_map(|finding| finding.outcome.kind())
    }

    fn count(&self, is_counted: impl Fn(Outcome) -> bool) -> usize {
        self.all.iter().filter(|finding| is_counted(finding.outcome)).count()
    }

    /// Writes the end of the report. `object` makes that for scripts from the findings and the worst result.
    ///
    /// # Errors
    /// The kind of the first problem; the report is written already.
    pub(crate) fn conclude(self, object: impl FnOnce(Vec<Value>, &str) -> Value) -> Result<(), Failure> {
        let problem = self.problem();
        let problems = self.count(|outcome| outcome.kind().is_some());
        let warnings = self.count(|outcome| outcome == Outcome::Warning);
        let (worst, text) = match (problems, warnings) {
            (0, 0) => ("ok", "Nothing is wrong as far as it was checked.".to_owned()),
            (0, _) => ("warning", format!("No problems, and {warnings} warning(s).")),
            _ => {
                ("problem", format!("{problems} problem(s) and {warnings} warning(s). Begin with the first."))
            }
        };
        let object = object(self.to_json(), worst);
        self.written?;
        self.output.result(&object, &text)?;
        problem.map_or(Ok(()), |kind| Err(Failure::shown(kind)))
    }
}
