//! A spec of whatever text.

use broker_session_codegen::{Document, Problems, generate, lint};

/// The longest line of a message, in characters; what is quoted of a document is cut.
const LONGEST_MESSAGE: usize = 4000;

/// Loads, lints and generates. Whatever is wrong is said with its place in the text; and what the linter has nothing
/// against, the generator takes.
pub fn spec(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let document = match Document::parse("openapi/made-up.yaml", &text) {
        Ok(document) => document,
        // Places count the lines of the text as it is parsed: each carriage return ends one.
        Err(problems) => return check_problems(&problems, &text.replace("\r\n", "\n").replace('\r', "\n")),
    };
    let problems = lint(&document);
    if !problems.is_empty() {
        return check_problems(&problems, document.text());
    }
    match generate(&document) {
        Ok(code) => assert!(code.contains(&document.hash()), "the code does not name its spec"),
        Err(problems) => {
            let places = problems.iter().all(|problem| problem.location.is_some());
            assert!(places, "the linter let through what the generator does not take: {problems}");
            check_problems(&problems, document.text());
        }
    }
}

/// Every problem names a place that is there, and can be shown.
fn check_problems(problems: &Problems, text: &str) {
    assert!(!problems.is_empty(), "something is wrong, and nothing is said of it");
    let lines: Vec<&str> = text.split('\n').collect();
    for problem in problems.iter() {
        let location = problem.location.unwrap_or_else(|| panic!("nobody knows where: {problem}"));
        assert!(location.width > 0 && location.column > 0, "{problem}");
        // What is missing at the end is shown after the last line.
        assert!((1..=lines.len() + 1).contains(&location.line), "{location:?} in {} lines", lines.len());
        let shown = problem.to_string();
        assert!(shown.contains(&format!(":{}:", location.line)), "{shown}");
        let longest = shown.lines().map(|line| line.chars().count()).max().unwrap_or_default();
        assert!(longest <= LONGEST_MESSAGE, "a message of {longest} characters in a line");
        for part in [&problem.what, &problem.why, &problem.fix] {
            assert!(!part.is_empty(), "{shown}");
        }
    }
}
