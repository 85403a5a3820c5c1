//! Comments that silence a rule on a line: `# lint: allow(rule-id) reason`, at the end of the line, or alone above it.
//!
//! Only rules of judgement can be silenced. Those that the generator or the safety of secrets relies on cannot: a spec
//! that breaks one of them has to be mended. A silence that is wrong, or that silences nothing any more, is a finding.

use std::collections::HashMap;

use super::{names::suggestion, rules::RULES};
use crate::{Document, Location, Problem, Problems, document::comments::Comment};

/// What begins a comment that is meant for the linter.
const WORD: &str = "lint:";
const FORM: &str =
    "Write `# lint: allow(rule-id) reason`, at the end of the line or alone on the line above.";

/// How many silences are told to be wrong. More are not read.
const MOST: usize = 50;

/// The silences of a document.
pub(super) struct Silences<'a> {
    document: &'a Document,
    silences: Vec<Silence>,
    /// The index of the silence of a rule on a line.
    by_line: HashMap<(usize, &'static str), usize>,
    problems: Vec<Problem>,
}

struct Silence {
    rule: &'static str,
    location: Location,
    used: bool,
}

impl<'a> Silences<'a> {
    /// Those in the document's comments.
    pub(super) fn new(document: &'a Document) -> Silences<'a> {
        let mut found =
            Silences { document, silences: Vec::new(), by_line: HashMap::new(), problems: Vec::new() };
        for (comment, line) in lines_meant(document.comments()) {
            if is_for_linter(comment) {
                found.read(comment, line);
            }
        }
        found
    }

    /// Whether a rule is silent on a line. Asking uses the silence.
    pub(super) fn covers(&mut self, rule: &'static str, line: usize) -> bool {
        let silence = self.by_line.get(&(line, rule)).and_then(|index| self.silences.get_mut(*index));
        silence.map(|silence| silence.used = true).is_some()
    }

    /// What is wrong with the silences themselves. `all` says whether every rule has been checked: only then is it
    /// known which of them silence nothing.
    pub(super) fn into_problems(mut self, all: bool) -> Problems {
        let unused: Vec<_> = self.silences.iter().filter(|silence| all && !silence.used).collect();
        let unused = unused.into_iter().map(|Silence { rule, location, .. }| {
            let what = format!("`{rule}` has nothing against this line.");
            let why = "A silence that silences nothing hides the next mistake.";
            self.document.problem_at("silence-unused", *location, what, why, "Delete the comment.")
        });
        self.problems.extend(unused.take(MOST));
        self.problems.into_iter().collect()
    }

    fn read(&mut self, comment: &Comment, line: usize) {
        let location = comment.location;
        let Some((id, reason)) = parse(&comment.text) else {
            let why = "Written otherwise it silences nothing.";
            return self.add("silence-form", location, "This looks like a silence, but is none.", why, FORM);
        };
        let Some(rule) = RULES.iter().find(|rule| rule.id == id) else {
            let why = "It silences nothing.";
            let fix = "Write the id as it stands in the brackets of the message; `cargo xtask lint --rules` lists all.";
            let fix = suggestion(id, RULES.iter().map(|rule| rule.id), fix);
            return self.add("silence-rule", location, format!("There is no rule `{id}`."), why, fix);
        };
        if let Some(why) = rule.must_hold() {
            let what = format!("The rule `{id}` cannot be silenced.");
            let fix = "Mend what the rule has found, and delete the comment.";
            return self.add("silence-forbidden", location, what, why, fix);
        }
        if !is_reason(reason) {
            let what = format!("`{id}` is silenced without a reason of two words at least.");
            let why = "Whoever reads this has to be able to tell a decision from a slip.";
            let fix = "Say after the bracket why the rule is wrong here, in a few words.";
            self.add("silence-reason", location, what, why, fix);
        }
        let index = self.silences.len();
        self.silences.push(Silence { rule: rule.id, location, used: false });
        self.by_line.entry((line, rule.id)).or_insert(index);
    }

    fn add(
        &mut self,
        rule: &'static str,
        at: Location,
        what: impl Into<String>,
        why: &str,
        fix: impl Into<String>,
    ) {
        if self.problems.len() < MOST {
            self.problems.push(self.document.problem_at(rule, at, what, why, fix));
        }
    }
}

/// Whether a text gives a reason: two words at least.
pub(super) fn is_reason(text: &str) -> bool {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count() >= 2
}

/// Also what is written a little otherwise, so that it does not pass for an ordinary comment.
fn is_for_linter(comment: &Comment) -> bool {
    let text = comment.text.to_lowercase();
    let allows = text.starts_with("lint") && text.contains("allow");
    text.starts_with(WORD) || text.starts_with("nolint") || text.starts_with("allow(") || allows
}

/// Each comment with the line that it is about: its own, or below lines that are filled by comments the next.
fn lines_meant(comments: &[Comment]) -> Vec<(&Comment, usize)> {
    let mut meant: Vec<(&Comment, usize)> = Vec::with_capacity(comments.len());
    for comment in comments.iter().rev() {
        let below = comment.location.line + 1;
        let line = match meant.last() {
            _ if !comment.alone => comment.location.line,
            Some((next, line)) if next.alone && next.location.line == below => *line,
            _ => below,
        };
        meant.push((comment, line));
    }
    meant.reverse();
    meant
}

/// The id and the reason.
fn parse(text: &str) -> Option<(&str, &str)> {
    let (id, reason) = text.strip_prefix(WORD)?.trim_start().strip_prefix("allow(")?.split_once(')')?;
    Some((id.trim(), reason.trim()))
}
