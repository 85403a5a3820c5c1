//! The comments of a document. They are not in its value, yet some of them are meant for the linter.
//!
//! The parser drops comments, but says where each scalar begins and ends. Outside of scalars a `#` that starts a line
//! or follows white space always begins a comment (YAML 1.2.2, section 6.6); inside, it never does. So nothing here
//! needs to know how quotes, block scalars or plain scalars of several lines are written.

use saphyr_parser::{Marker, Span};

use crate::problem::Location;

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comment {
    /// From its `#` to the end of the line.
    pub(crate) location: Location,
    /// What follows the `#`, without white space around.
    pub(crate) text: String,
    /// Whether nothing stands before it on its line.
    pub(crate) alone: bool,
}

/// Every comment, in the order of the text. `scalars` are the places of all scalars in the same order.
pub(super) fn find(text: &str, scalars: &[Span]) -> Vec<Comment> {
    let mut comments = Vec::new();
    let mut scalars = scalars.iter().peekable();
    for (content, line) in text.split('\n').zip(1..) {
        let mut before = None;
        for ((byte, character), column) in content.char_indices().zip(0..) {
            while scalars.next_if(|scalar| position(&scalar.end) <= (line, column)).is_some() {}
            let inside = scalars.peek().is_some_and(|scalar| position(&scalar.start) <= (line, column));
            if character == '#' && !inside && before.is_none_or(is_blank) {
                let comment = content.get(byte..).unwrap_or_default();
                comments.push(Comment {
                    location: Location {
                        line,
                        column: column + 1,
                        width: comment.trim_end().chars().count(),
                    },
                    text: comment.trim_start_matches('#').trim().to_owned(),
                    alone: content.get(..byte).is_some_and(|start| start.chars().all(is_blank)),
                });
                break;
            }
            before = Some(character);
        }
    }
    comments
}

fn position(marker: &Marker) -> (usize, usize) {
    (marker.line(), marker.col())
}

/// White space that separates in YAML.
fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t')
}

#[cfg(test)]
mod tests {
    use crate::Document;

    fn comments(rest: &str) -> Vec<(usize, String, bool)> {
        let text = format!("openapi: 3.0.3\ninfo: {{title: t, version: \"1\"}}\npaths: {{}}\n{rest}");
        let document = Document::parse("made-up.yaml", &text).unwrap();
        let found = document.comments().iter();
        found.map(|comment| (comment.location.line - 3, comment.text.clone(), comment.alone)).collect()
    }

    #[test]
    fn a_comment_ends_a_line_or_fills_one() {
        let found = comments("# one\nx-a: 1 # two\nx-b:   # three\n  - [1, # four\n  2]\n  # five\n");
        let expected = [(1, "one", true), (2, "two", false), (3, "three", false), (4, "four", false)];
        let expected = expected.into_iter().chain([(6, "five", true)]);
        assert_eq!(
            found,
            expected.map(|(line, text, alone)| (line, text.to_owned(), alone)).collect::<Vec<_>>()
        );
    }

    #[test]
    fn what_looks_like_a_comment_inside_of_a_text_is_none() {
        for text in [
            "x-a: 'a # b'\n",
            "x-a: \"a\n  # b\"\n",
            "x-a: a#b\n",
            "x-a: |\n  a # b\n  # c\n",
            "x-a: >-\n  # c\n\n  # d\n",
            "x-a: {'b # c': 'd # e'}\n",
            "'x-# a': 1\n",
        ] {
            assert_eq!(comments(text), [], "{text}");
        }
    }

    #[test]
    fn a_comment_may_stand_around_a_text_of_several_lines() {
        let found = comments("x-a: | # one\n  é # no\n# two\nx-é: \"é\n  é\" # three\nx-c: é\n  é # four\n");
        let texts: Vec<_> = found.iter().map(|(line, text, _)| (*line, text.as_str())).collect();
        assert_eq!(texts, [(1, "one"), (3, "two"), (5, "three"), (7, "four")]);
    }
}
