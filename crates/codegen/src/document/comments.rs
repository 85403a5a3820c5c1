//! The comments of a document. They are not in its value, yet some of them are meant for the linter.
//!
//! The parser drops comments, but says where each scalar begins and how it is written, and where a plain or a block
//! scalar ends. (Of a quoted one it says where the next token begins, so that its end is looked for here.) Outside of
//! scalars a `#` that starts a line or follows white space always begins a comment (YAML 1.2.2, section 6.6); inside, it
//! never does.

use saphyr_parser::{Marker, ScalarStyle, Span};

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

/// Every comment, in the order of the text. `scalars` are the places and styles of all scalars in the same order.
pub(super) fn find(text: &str, scalars: &[(Span, ScalarStyle)]) -> Vec<Comment> {
    let mut comments = Vec::new();
    let mut scalars = scalars.iter().peekable();
    for (content, line) in text.split('\n').zip(1..) {
        let mut before = None;
        let mut characters = content.char_indices().zip(0..).peekable();
        while let Some(((byte, character), column)) = characters.next() {
            let here = (line, column);
            while scalars.next_if(|(span, _)| position(&span.end) <= here).is_some() {}
            match scalars.peek().filter(|(span, _)| position(&span.start) <= here) {
                Some((span, style)) => {
                    let opens = position(&span.start) == here;
                    let next = characters.peek().map(|((_, next), _)| *next);
                    match quoted(*style, character, next) {
                        _ if opens => {}
                        Quoted::Inside => {}
                        Quoted::Escape => drop(characters.next()),
                        Quoted::End => drop(scalars.next()),
                    }
                }
                None if character == '#' && before.is_none_or(is_blank) => {
                    comments.push(comment(content, byte, line, column));
                    break;
                }
                None => {}
            }
            before = Some(character);
        }
    }
    comments
}

fn comment(content: &str, byte: usize, line: usize, column: usize) -> Comment {
    let (before, comment) = content.split_at_checked(byte).unwrap_or((content, ""));
    Comment {
        location: Location { line, column: column + 1, width: comment.trim_end().chars().count() },
        text: comment.trim_start_matches('#').trim().to_owned(),
        alone: before.chars().all(is_blank),
    }
}

/// What a character is in a scalar, after the quote that opens it.
enum Quoted {
    Inside,
    /// It takes the next one along.
    Escape,
    End,
}

fn quoted(style: ScalarStyle, character: char, next: Option<char>) -> Quoted {
    match (style, character, next) {
        (ScalarStyle::DoubleQuoted, '\\', _) | (ScalarStyle::SingleQuoted, '\'', Some('\'')) => {
            Quoted::Escape
        }
        (ScalarStyle::DoubleQuoted, '"', _) | (ScalarStyle::SingleQuoted, '\'', _) => Quoted::End,
        _ => Quoted::Inside,
    }
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

    fn expect(text: &str, expected: &[(usize, &str, bool)]) {
        let expected: Vec<_> =
            expected.iter().map(|(line, text, alone)| (*line, (*text).to_owned(), *alone)).collect();
        assert_eq!(comments(text), expected, "{text}");
    }

    #[test]
    fn a_comment_ends_a_line_or_fills_one() {
        expect(
            "# one\nx-a: 1 # two\nx-b:   # three\n  - [1, # four\n     2]\n  # five\n",
            &[
                (1, "one", true),
                (2, "two", false),
                (3, "three", false),
                (4, "four", false),
                (6, "five", true),
            ],
        );
    }

    #[test]
    fn what_looks_like_a_comment_inside_of_a_text_is_none() {
        for text in [
            "x-a: 'a # b'\n",
            "x-a: \"a\n  # b\"\n",
            "x-a: a#b\n",
            "x-a: 'a'' # b'' # c'\n",
            "x-a: ''' # b'\n",
            "x-a: \"a\\\" # b\"\n",
            "x-a: \"a\\\n  # b\"\n",
            "x-a: |\n  a # b\n  # c\n",
            "x-a: >-\n  # c\n\n  # d\n",
            "x-a: {'b # c': 'd # e'}\n",
            "'x-# a': 1\n",
        ] {
            expect(text, &[]);
        }
    }

    #[test]
    fn a_comment_may_stand_around_a_text_of_several_lines() {
        expect(
            "x-a: | # one\n  é # no\n# two\nx-é: \"é\n  é\" # three\nx-c: é\n  é # four\n",
            &[(1, "one", false), (3, "two", true), (5, "three", false), (7, "four", false)],
        );
    }

    #[test]
    fn a_comment_may_follow_a_quoted_text_with_quotes_of_its_own() {
        for text in ["'' # one's", "'b''' # one's", "\"\\\\\" # one's", "['', \"\"] # one's", "\"'\" # one's"]
        {
            expect(&format!("x-a: {text}\n"), &[(1, "one's", false)]);
        }
    }
}
