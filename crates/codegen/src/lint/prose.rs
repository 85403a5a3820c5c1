//! Descriptions become rustdoc as they are, so whatever rustdoc would run or warn of must not stand there.

use pulldown_cmark::{BrokenLink, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use serde_json::Value;

use super::{context::Context, report::Report};
use crate::document::join;

/// The members of which the generator makes docs.
const PROSE: [&str; 3] = ["summary", "description", "title"];
/// Words in a code block's language that make rustdoc take it for Rust ("Documentation tests").
const RUST: [&str; 6] = ["rust", "ignore", "should_panic", "no_run", "compile_fail", "test_harness"];

/// Every text of the document that becomes docs, with its JSON pointer.
fn texts<'a>(context: &Context<'a>) -> Vec<(String, &'a str)> {
    context
        .nodes()
        .filter(|(_, node)| node.reference.is_none())
        .flat_map(|(pointer, node)| {
            PROSE.into_iter().filter_map(move |member| {
                let text = node.object.get(member).and_then(Value::as_str)?;
                Some((join(pointer, member), text))
            })
        })
        .collect()
}

/// The extensions that rustdoc turns on.
fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION
}

/// Code that rustdoc would compile.
pub(super) fn code(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, text) in texts(context) {
        let blocks = Parser::new_ext(text, options()).filter_map(|event| match event {
            Event::Start(Tag::CodeBlock(kind)) => Some(kind),
            _ => None,
        });
        for block in blocks {
            let what = match &block {
                CodeBlockKind::Indented => "Lines that are indented by four spaces are code.",
                CodeBlockKind::Fenced(language) if is_rust(language) => {
                    "A code block has no language, or Rust's."
                }
                CodeBlockKind::Fenced(_) => continue,
            };
            let why = "It becomes rustdoc, which compiles and runs such code as a test.";
            report.add(&pointer, what, why, "Write the language after the fence: ```text, ```json.");
        }
    }
}

fn is_rust(language: &str) -> bool {
    let mut words = language.split([',', ' ', '\t']).filter(|word| !word.is_empty()).peekable();
    words.peek().is_none() || words.any(|word| RUST.contains(&word) || word.starts_with("edition"))
}

/// Markup of which rustdoc would warn.
pub(super) fn markup(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, text) in texts(context) {
        for found in suspicious(text) {
            let what = format!("The description has {found}.");
            let why = "It becomes rustdoc, which takes it for HTML or a link and warns.";
            report.add(&pointer, what, why, "Put it in backticks; a URL may stand in `<` and `>`.");
        }
    }
}

/// What rustdoc would take for something else, in words.
fn suspicious(text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    let mut found = Vec::new();
    let callback = |link: BrokenLink<'_>| {
        broken.push(format!("`[{}]` outside of backticks", link.reference));
        None
    };
    let mut quoted = 0_usize;
    for event in Parser::new_with_broken_link_callback(text, options(), Some(callback)) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                found.push(format!("`{}` outside of backticks", html.trim()));
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                quoted += 1;
                if !["http://", "https://", "mailto:", "#"].iter().any(|start| dest_url.starts_with(start)) {
                    found.push(format!("a link to `{dest_url}`, which is no URL"));
                }
            }
            Event::Start(Tag::CodeBlock(_)) => quoted += 1,
            Event::End(TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock) => quoted = quoted.saturating_sub(1),
            Event::Text(text) if quoted == 0 && (text.contains("http://") || text.contains("https://")) => {
                found.push("a bare URL".to_owned());
            }
            _ => {}
        }
    }
    found.extend(broken);
    found
}

#[cfg(test)]
mod tests {
    use super::{is_rust, suspicious};

    #[test]
    fn code_without_a_language_is_rust() {
        for language in ["", " ", "rust", "rust,ignore", "no_run", "edition2021"] {
            assert!(is_rust(language), "{language}");
        }
        for language in ["text", "json", "http", "yaml title=x"] {
            assert!(!is_rust(language), "{language}");
        }
    }

    #[test]
    fn markup_is_found_outside_of_code_only() {
        for text in ["Bearer <token>.", "See [Word].", "At https://example.com/.", "[a](Word)", "<br>"] {
            assert!(!suspicious(text).is_empty(), "{text}");
        }
        for text in
            ["`<token>` and `[Word]`", "```text\n<a> [b] https://c\n```", "<https://example.com>", "a < b"]
        {
            assert_eq!(suspicious(text), Vec::<String>::new(), "{text}");
        }
    }
}
