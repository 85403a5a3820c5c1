//! An error in a document: where, what, why, and how to fix it.

use std::fmt;

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};

/// The longest line that is shown below a problem; a longer one would hide the message.
const MAX_EXCERPT_CHARS: usize = 300;

/// A place in the text of a document. Lines and columns start at 1; columns and widths count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The line.
    pub line: usize,
    /// The column of the first character.
    pub column: usize,
    /// The number of characters, at least 1.
    pub width: usize,
}

/// One error in a document.
///
/// [`Display`](fmt::Display) renders it in the form of `rustc`'s messages, with the line in question.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The id of the rule that was broken, in kebab-case.
    pub rule: &'static str,
    /// The document, as it was named when it was loaded.
    pub file: String,
    /// The place. A file that cannot be read has none.
    pub location: Option<Location>,
    /// The error.
    pub what: String,
    /// Why it is an error.
    pub why: String,
    /// How to fix it.
    pub fix: String,
    /// The line of `location`, for the rendering.
    excerpt: Option<String>,
}

impl Problem {
    /// A problem without a place in the text.
    pub fn new(
        rule: &'static str,
        file: impl Into<String>,
        what: impl Into<String>,
        why: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        let (what, why, fix) = (what.into(), why.into(), fix.into());
        Self { rule, file: file.into(), location: None, what, why, fix, excerpt: None }
    }

    /// The same problem at a place in `text`, which is the whole text of the document with LF line endings.
    #[must_use]
    pub fn at(mut self, location: Location, text: &str) -> Self {
        let line = text.split('\n').nth(location.line.saturating_sub(1));
        let line = line.filter(|line| line.chars().count() <= MAX_EXCERPT_CHARS);
        self.excerpt = line.map(str::to_owned);
        self.location = Some(location);
        self
    }

    fn place(&self) -> Element<'_> {
        // Editors and terminals follow `file:line:column`. It is a separate origin, because a snippet would count the
        // column in display width.
        let origin = Origin::path(self.file.as_str());
        let Some(location) = self.location else { return origin.into() };
        let Some(line) = &self.excerpt else {
            return origin.line(location.line).char_column(location.column).into();
        };
        let byte = |chars: usize| line.char_indices().nth(chars).map_or(line.len(), |(byte, _)| byte);
        let start = location.column.saturating_sub(1);
        let span = byte(start)..byte(start.saturating_add(location.width));
        Snippet::source(line.as_str())
            .line_start(location.line)
            .path(self.file.as_str())
            .annotation(AnnotationKind::Primary.span(span))
            .into()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = Level::ERROR
            .primary_title(self.what.as_str())
            .id(self.rule)
            .element(self.place())
            .element(Level::NOTE.message(self.why.as_str()))
            .element(Level::HELP.message(self.fix.as_str()));
        f.write_str(&Renderer::plain().render(&[report]))
    }
}

impl std::error::Error for Problem {}

/// All problems of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Adds a problem.
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// The number of problems.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no problems.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The problems, in the order in which they were added.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }

    /// `Ok` if there are no problems.
    ///
    /// # Errors
    /// The problems, if there are any.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Sorts by place, so that a person fixes the file from top to bottom, and drops duplicates.
    pub fn sort(&mut self) {
        self.0.sort_by(|a, b| (a.location, a.rule, &a.what).cmp(&(b.location, b.rule, &b.what)));
        self.0.dedup();
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.iter().enumerate() {
            f.write_str(if index > 0 { "\n\n" } else { "" })?;
            problem.fmt(f)?;
        }
        if self.len() > 1 {
            write!(f, "\n\n{} problems.", self.len())?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl FromIterator<Problem> for Problems {
    fn from_iter<I: IntoIterator<Item = Problem>>(problems: I) -> Self {
        Self(problems.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
