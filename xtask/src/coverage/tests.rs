//! The computation on records that are made up: what fills a cell, what does not, and what is said of the rest.

use std::path::{Path, PathBuf};

use broker_session_codegen::Document;
use serde_json::json;

use super::{
    missing,
    records::Records,
    rows::{Column, Coverage},
    table,
};

const SPEC: &str = "openapi/made-up-session.yaml";

const YAML: &str = "\
openapi: 3.0.3
info: { title: Made up, version: 1.0.0 }
paths:
  /one:
    get:
      operationId: one
      responses:
        '200':
          description: Fine.
          x-may-be-empty: true
          content:
            application/json:
              schema: { type: object }
              examples:
                fine: { value: {} }
        '400': { $ref: '#/components/responses/Bad' }
  /two:
    delete:
      operationId: two
      responses:
        '204': { description: Gone. }
        '400': { $ref: '#/components/responses/Bad' }
components:
  responses:
    Bad:
      description: Bad.
      content:
        application/json:
          schema: { type: object }
          examples:
            bad:
              value: {}
";

type Key = (&'static str, u16, Option<&'static str>, Option<&'static str>);

const JSON: Option<&str> = Some("application/json");

/// Every answer of the spec.
const ALL: [Key; 5] = [
    ("one", 200, JSON, Some("fine")),
    ("one", 200, JSON, None),
    ("one", 400, JSON, Some("bad")),
    ("two", 204, None, None),
    ("two", 400, JSON, Some("bad")),
];

fn document(yaml: &str) -> Document {
    Document::parse(SPEC, yaml).unwrap()
}

fn line(key: Key, column: &str, hash: &str, built: &str) -> String {
    let (operation, status, media_type, example) = key;
    json!({
        "spec": "made-up-session.yaml", "spec_sha256": hash, "operation": operation, "status": status,
        "media_type": media_type, "example": example, "column": column, "test": "a", "program": "/p", "built": built,
    })
    .to_string()
}

/// All columns of these answers filled, by a program that was built at "1".
fn lines(keys: &[Key]) -> Vec<String> {
    let hash = document(YAML).hash();
    let columns = ["client", "ergonomic", "sandbox-told"];
    keys.iter().flat_map(|key| columns.map(|column| line(*key, column, &hash, "1"))).collect()
}

/// What is counted if the program is the one that was built at `built`.
fn records(lines: &[String], built: Option<&str>) -> Records {
    let text = (PathBuf::from("1.jsonl"), lines.join("\n"));
    Records::parse(&[text], |_: &Path| built.map(str::to_owned)).unwrap()
}

fn coverage(records: &Records) -> Coverage {
    Coverage::new(SPEC.to_owned(), document(YAML), records)
}

fn counts(coverage: &Coverage) -> [usize; 3] {
    Column::ALL.map(|column| coverage.count(column))
}

#[test]
fn what_everybody_has_met_is_whole() {
    for built in [Some("1"), None] {
        let coverage = coverage(&records(&lines(&ALL), built));
        assert_eq!(counts(&coverage), [5, 5, 5]);
        assert!(missing::problems(&coverage).is_empty(), "{}", missing::problems(&coverage));
        assert!(!table::of(&coverage).contains("MISSING"));
        assert_eq!(
            table::total(&coverage),
            "openapi/made-up-session.yaml: 5 documented answers; client 5 (100 %), ergonomic 5 (100 %), sandbox 5 \
             (100 %), of those 0 by itself."
        );
    }
}

#[test]
fn each_missing_cell_is_named_with_its_place_once_for_all_operations_that_share_it() {
    for (left_out, line, words) in [
        (vec![0], 15, "the example `fine` of the answer 200 of `one`"),
        (vec![1], 8, "the answer 200 with its body left out of `one`"),
        (vec![3], 21, "the answer 204 without a body of `two`"),
        (vec![2], 31, "the example `bad` of the answer 400 of `one`"),
        (vec![2, 4], 31, "the example `bad` of the answer 400 of `one`, `two`"),
        (vec![0, 1, 2], 5, "any of the 3 answers of `one`"),
        (vec![3, 4], 18, "any of the 2 answers of `two`"),
    ] {
        let kept = ALL.iter().enumerate().filter(|(index, _)| !left_out.contains(index)).map(|(_, key)| *key);
        let kept: Vec<Key> = kept.collect();
        let coverage = coverage(&records(&lines(&kept), Some("1")));
        let problems = missing::problems(&coverage);
        let found = problems.iter().map(|problem| {
            let line = problem.location.map(|location| location.line);
            (problem.rule, problem.what.trim_end_matches(" from the sandbox"), line)
        });
        let expected = [
            ("coverage-client", format!("no test of the generated client has met {words}")),
            ("coverage-ergonomic", format!("no test of the ergonomic crate has met {words}")),
            ("coverage-sandbox", format!("no test has had {words}")),
        ];
        let expected: Vec<_> =
            expected.iter().map(|(rule, what)| (*rule, what.as_str(), Some(line))).collect();
        assert_eq!(found.collect::<Vec<_>>(), expected);
        assert_eq!(table::of(&coverage).matches("MISSING").count(), 3 * left_out.len());
        assert!(!table::total(&coverage).contains("100 %"), "{}", table::total(&coverage));
    }
}

#[test]
fn a_cell_of_one_column_fills_no_other() {
    let mut lines = lines(&ALL);
    lines.retain(|line| !(line.contains("ergonomic") && line.contains("fine")));
    let coverage = coverage(&records(&lines, Some("1")));
    assert_eq!(counts(&coverage), [5, 4, 5]);
    let problems = missing::problems(&coverage);
    assert_eq!(problems.iter().map(|problem| problem.rule).collect::<Vec<_>>(), ["coverage-ergonomic"]);
}

#[test]
fn a_column_without_an_entry_is_one_problem() {
    let mut lines = lines(&ALL);
    lines.retain(|line| !line.contains("sandbox-told"));
    let problems = missing::problems(&coverage(&records(&lines, Some("1"))));
    assert_eq!(problems.len(), 1, "{problems}");
    assert!(problems.to_string().contains("no test of the sandbox has met any of the 5"), "{problems}");
}

#[test]
fn what_the_sandbox_gives_by_itself_is_told_from_what_it_gives_when_told() {
    let mut lines = lines(&ALL);
    lines.retain(|line| !(line.contains("sandbox-told") && line.contains("fine")));
    lines.push(line(ALL[0], "sandbox-played", &document(YAML).hash(), "1"));
    let coverage = coverage(&records(&lines, Some("1")));
    assert_eq!(counts(&coverage), [5, 5, 5]);
    assert!(table::total(&coverage).ends_with("of those 1 by itself."), "{}", table::total(&coverage));
    assert_eq!(table::of(&coverage).matches("by itself").count(), 1);
}

#[test]
fn records_of_another_text_of_the_spec_do_not_count_and_are_named() {
    let lines: Vec<String> = ALL.iter().map(|key| line(*key, "client", "another", "1")).collect();
    let records = records(&lines, Some("1"));
    let coverage = coverage(&records);
    assert_eq!(counts(&coverage), [0, 0, 0]);
    assert_eq!(
        records.refusals(&[coverage]),
        ["5 records do not count: they are of another text of made-up-session.yaml. Run the tests again."]
    );
}

#[test]
fn records_of_a_program_that_was_built_anew_do_not_count_and_are_named() {
    let records = records(&lines(&ALL), Some("2"));
    assert_eq!(counts(&coverage(&records)), [0, 0, 0]);
    assert_eq!(
        records.refusals(&[]),
        ["15 records do not count: /p was built anew after it had written them. Run the tests again."]
    );
}

#[test]
fn a_record_of_what_nobody_documents_is_a_problem() {
    let mut lines = lines(&ALL);
    lines.push(line(("one", 500, None, None), "client", &document(YAML).hash(), "1"));
    let problems = missing::problems(&coverage(&records(&lines, Some("1"))));
    assert_eq!(problems.iter().map(|problem| problem.rule).collect::<Vec<_>>(), ["coverage-unknown"]);
}

#[test]
fn a_body_without_an_example_is_a_problem() {
    let yaml = YAML.replace("              examples:\n                fine: { value: {} }\n", "");
    let yaml = yaml.replace("          x-may-be-empty: true\n", "");
    let coverage = Coverage::new(SPEC.to_owned(), document(&yaml), &Records::default());
    let problems = missing::problems(&coverage);
    let found = problems.iter().find(|problem| problem.rule == "coverage-example").unwrap();
    assert!(found.to_string().contains("the answer 200 of `one` has a body and no example"), "{found}");
}

#[test]
fn a_line_that_is_no_record_is_an_error_with_its_place() {
    let texts = [(PathBuf::from("a.jsonl"), format!("{}\n{{", lines(&ALL).join("\n")))];
    let error = Records::parse(&texts, |_: &Path| None).unwrap_err().to_string();
    assert!(error.contains("a.jsonl:16: this is no record"), "{error}");
}
