//! Every rule of the linter is broken by one fixture, at the line that says so.
#![cfg(feature = "generate")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod fixtures;

use std::collections::BTreeSet;

use broker_session_codegen::{Document, Problems, RULES, lint};
use fixtures::{fixtures, read};

/// Ends the line at which the problem of a fixture is.
const MARK: &str = "# <- here";
/// Rules that no text can break; the tests of loading break them.
const NOT_IN_A_TEXT: [&str; 3] = ["unreadable-file", "not-utf8", "too-large"];

fn problems(name: &str, text: &str) -> Problems {
    match Document::parse(name, text) {
        Ok(document) => lint(&document),
        Err(problems) => problems,
    }
}

#[test]
fn a_good_document_has_no_problem() {
    let problems = problems("good.yaml", &read("good.yaml"));
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn servers_in_one_domain_and_on_the_machine_itself_are_neighbours() {
    let text = fixtures()["server-domain"].replace(MARK, "");
    let strange = "https://api.broker.example.evil.example/api";
    for fine in ["https://localhost:5000/api", "https://gw.api.broker.example/api"] {
        let problems = problems("servers.yaml", &text.replace(strange, fine));
        assert!(!problems.iter().any(|problem| problem.rule == "server-domain"), "{fine}: {problems}");
    }
}

#[test]
fn every_rule_has_a_fixture_and_every_fixture_a_rule() {
    let fixtures: BTreeSet<String> = fixtures().into_keys().collect();
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
        let rule = RULES.iter().find(|rule| rule.id == name).unwrap();
        let expected: BTreeSet<_> = (1..)
            .zip(text.split('\n'))
            .filter(|(_, line)| line.ends_with(MARK))
            .map(|(line, _)| (rule.id, Some(line)))
            .collect();
        let problems = problems(&name, &text);
        let found: BTreeSet<_> =
            problems.iter().map(|problem| (problem.rule, problem.location.map(|place| place.line))).collect();
        if expected.is_empty() || found != expected {
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
