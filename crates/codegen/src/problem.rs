//! What is wrong with a document, said so that the reader can mend it: where, what happened, why it is
//! wrong, how to fix it.

use std::fmt;

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};

/// Longest line (in characters) that is shown below a problem. Longer ones would bury the message.
const LONGEST_EXCERPT: usize = 300;

/// A place in the text of a document. Lines and columns start at 1; columns and widths count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The line.
    pub line: usize,
    /// The column of the first character.
    pub column: usize,
    /// How many characters on this line belong to the place; at least 1.
    pub width: usize,
}

/// One thing that is wrong with a document.
///
/// [`Display`](fmt::Display) renders it in the form of `rustc`'s messages, with the line in question.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The id of the rule that was broken, in kebab-case; one of [`RULES`](crate::RULES).
    pub rule: &'static str,
    /// The document, as it was named when it was loaded.
    pub file: String,
    /// The place, where there is one. A file that cannot be read has none.
    pub location: Option<Location>,
    /// What was found.
    pub what: String,
    /// Why that is wrong.
    pub why: String,
    /// How to mend it.
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
    ) -> Problem {
        Problem {
            rule,
            file: file.into(),
            location: None,
            what: what.into(),
            why: why.into(),
            fix: fix.into(),
            excerpt: None,
        }
    }

    /// The same problem at a place in `text`, which is the document's whole text with LF line endings.
    pub(crate) fn at(mut self, location: Location, text: &str) -> Problem {
        self.excerpt = text
            .split('\n')
            .nth(location.line.saturating_sub(1))
            .filter(|line| line.chars().count() <= LONGEST_EXCERPT)
            .map(str::to_owned);
        self.location = Some(location);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The path stands in the message as `file:line:column`, which editors and terminals follow. It is
        // given as an origin of its own, because a snippet would count its column in display width.
        let report = Level::ERROR
            .primary_title(self.what.as_str())
            .id(self.rule)
            .element(self.place())
            .element(Level::NOTE.message(self.why.as_str()))
            .element(Level::HELP.message(self.fix.as_str()));
        f.write_str(&Renderer::plain().render(&[report]))
    }
}

impl Problem {
    fn place(&self) -> Element<'_> {
        let origin = Origin::path(self.file.as_str());
        let Some(location) = self.location else {
            return origin.into();
        };
        let Some(line) = &self.excerpt else {
            return origin.line(location.line).char_column(location.column).into();
        };
        let byte =
            |characters: usize| line.char_indices().nth(characters).map_or(line.len(), |(byte, _)| byte);
        let start = byte(location.column.saturating_sub(1));
        let end = byte(location.column.saturating_sub(1).saturating_add(location.width));
        Snippet::source(line.as_str())
            .line_start(location.line)
            .path(self.file.as_str())
            .annotation(AnnotationKind::Primary.span(start..end))
            .into()
    }
}

impl std::error::Error for Problem {}

/// All that is wrong with a document; empty when nothing is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// No problem yet.
    pub fn new() -> Problems {
        Problems::default()
    }

    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The problems in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }

    /// Turns "nothing is wrong" into `Ok`.
    ///
    /// # Errors
    /// The problems themselves, when there is at least one.
    pub fn into_result(self) -> Result<(), Problems> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Sorts by place, so that a reader goes through the file once, and drops repetitions: what is shared in
    /// a document is reached on many ways. Problems without a place come first.
    pub(crate) fn sort(&mut self) {
        self.0.sort_by(|a, b| (a.location, a.rule, &a.what).cmp(&(b.location, b.rule, &b.what)));
        self.0.dedup();
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
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
    fn from(problem: Problem) -> Problems {
        Problems(vec![problem])
    }
}

impl FromIterator<Problem> for Problems {
    fn from_iter<I: IntoIterator<Item = Problem>>(problems: I) -> Problems {
        Problems(problems.into_iter().collect())
    }
}

impl Extend<Problem> for Problems {
    fn extend<I: IntoIterator<Item = Problem>>(&mut self, problems: I) {
        self.0.extend(problems);
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
