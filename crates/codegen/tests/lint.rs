//! One fixture breaks each rule of the linter, at the marked line.
#![cfg(feature = "generate")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod fixtures;

use std::{collections::BTreeSet, thread};

use broker_session_codegen::{RULES, lint};
use broker_session_openapi::{Document, Problems};
use fixtures::{fixtures, read, rule_of};

/// Ends a line at which a problem of a fixture is, before `here` for the fixture's own rule, or the id of another.
const MARK: &str = "# <- ";
/// Rules that no text can break; the tests of loading break them.
const NOT_IN_A_TEXT: [&str; 2] = ["unreadable-file", "too-large"];

fn problems(name: &str, text: &str) -> Problems {
    match Document::parse(name, text) {
        Ok(document) => lint(&document),
        Err(problems) => problems,
    }
}

/// A document with `schema` as its first component.
fn with_schema(schema: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths: {{}}\ncomponents: {{schemas: {{A: {schema}}}}}\n"
    )
}

#[test]
fn a_good_document_has_no_problem() {
    let problems = problems("good.yaml", &read("good.yaml"));
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn servers_in_one_domain_and_on_the_machine_itself_are_neighbours() {
    let text = fixtures()["server-domain"].replace("# <- here", "");
    let strange = "https://api.broker.example.evil.example/api";
    for fine in ["https://localhost:5000/api", "https://gw.api.broker.example/api"] {
        let problems = problems("servers.yaml", &text.replace(strange, fine));
        assert!(!problems.iter().any(|problem| problem.rule == "server-domain"), "{fine}: {problems}");
    }
}

#[test]
fn every_rule_has_a_fixture_and_every_fixture_a_rule() {
    let fixtures: BTreeSet<String> = fixtures().into_keys().map(|name| rule_of(&name).to_owned()).collect();
    let rules: BTreeSet<String> = RULES
        .iter()
        .map(|rule| rule.id.to_owned())
        .filter(|id| !NOT_IN_A_TEXT.contains(&id.as_str()))
        .collect();
    assert_eq!(fixtures, rules);
    assert_eq!(RULES.iter().map(|rule| rule.id).collect::<BTreeSet<_>>().len(), RULES.len());
}

#[test]
fn each_fixture_breaks_its_rule_at_the_marked_lines_and_no_other() {
    let mut failures = String::new();
    for (name, text) in fixtures() {
        let own = rule_of(&name);
        let marked =
            (1..).zip(text.split('\n')).filter_map(|(line, text)| Some((line, text.split_once(MARK)?.1)));
        let expected: BTreeSet<(&str, Option<usize>)> = marked
            .flat_map(|(line, rules)| rules.split(' ').map(move |rule| (rule, Some(line))))
            .map(|(rule, line)| (if rule == "here" { own } else { rule }, line))
            .collect();
        let problems = problems(&name, &text);
        let found: BTreeSet<_> =
            problems.iter().map(|problem| (problem.rule, problem.location.map(|place| place.line))).collect();
        if !expected.iter().any(|(rule, _)| *rule == own) || found != expected {
            failures += &format!("{name}: expected {expected:?}, found {found:?}\n{problems}\n\n");
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn every_message_says_what_why_and_how_in_sentences() {
    for (rule, text) in fixtures() {
        for problem in &problems(&rule, &text) {
            for sentence in [&problem.what, &problem.why, &problem.fix] {
                assert!(sentence.ends_with(['.', '?']), "{rule}: {sentence}");
            }
        }
    }
}

/// Every document that is one small slip away from a good one: a character deleted, doubled or replaced.
#[test]
fn no_slip_of_the_pen_makes_loading_or_checking_panic() {
    let good = read("good.yaml");
    let characters: Vec<char> = good.chars().collect();
    let slip = |position: usize| {
        let (before, after) = characters.split_at(position);
        let replacement =
            [None, Some("{"), Some(": "), Some("\n"), Some("*"), Some("- "), Some("'"), Some("é")]
                [position % 8];
        let mut text: String = before.iter().collect();
        text.extend(replacement);
        text.extend(after.iter().skip(usize::from(position.is_multiple_of(2))));
        match Document::parse("spec.yaml", &text) {
            Ok(document) => drop(lint(&document).to_string()),
            Err(problems) => assert!(!problems.to_string().is_empty()),
        }
    };
    let middle = characters.len() / 14 * 7;
    thread::scope(|scope| {
        scope.spawn(|| (0..middle).step_by(7).for_each(slip));
        (middle..characters.len()).step_by(7).for_each(slip);
    });
}

/// Runs on the stack of a test, which is a quarter of a main thread's.
#[test]
fn the_deepest_document_can_be_read_checked_and_dropped() {
    for (open, close) in [
        ("{not: ", "}"),
        ("{type: array, items: ", "}"),
        ("{allOf: [", "]}"),
        ("{additionalProperties: ", "}"),
    ] {
        let levels = if open.contains('[') { 13 } else { 26 };
        let text = with_schema(&format!("{}{{type: string}}{}", open.repeat(levels), close.repeat(levels)));
        let document = Document::parse("spec.yaml", &text).unwrap();
        assert!(!lint(&document).is_empty());
        drop(document.clone());
    }
}
