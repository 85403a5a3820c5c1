//! What is missing, each with its place in the YAML and what to do about it.

use broker_session_codegen::{Problem, Problems};

use super::rows::{Column, Coverage, Row};

/// What keeps the coverage of a spec from being whole. What operations share is named once.
pub(super) fn problems(coverage: &Coverage) -> Problems {
    let mut problems = Problems::new();
    for (pointer, answer) in &coverage.without_example {
        problems.push(coverage.document.problem(
            "coverage-example",
            pointer,
            format!("the answer {answer} has a body and no example"),
            "nobody can meet an answer that nobody knows",
            "add a named example that fits the schema",
        ));
    }
    for column in Column::ALL {
        if coverage.count(column) == 0 && !coverage.rows.is_empty() {
            problems.push(nothing(coverage, column));
            continue;
        }
        let mut left: Vec<&Row> = coverage.rows.iter().filter(|row| !row.is_met(column)).collect();
        while let Some(first) = left.first().copied() {
            let is_same = |row: &&Row| row.pointer == first.pointer && row.name() == first.name();
            let (same, others): (Vec<&Row>, Vec<&Row>) = left.into_iter().partition(is_same);
            problems.push(one(coverage, column, first, &same));
            left = others;
        }
    }
    for answer in &coverage.unknown {
        problems.push(Problem::new(
            "coverage-unknown",
            &coverage.spec,
            format!("a test has met an answer that the spec does not document: {answer:?}"),
            "the tests and this command must count the same answers",
            "let both walk over `broker_session_codegen::spec::documented`",
        ));
    }
    problems
}

/// A column without a single entry.
fn nothing(coverage: &Coverage, column: Column) -> Problem {
    let who = match column {
        Column::Client => "of the generated client",
        Column::Ergonomic => "of the ergonomic crate",
        Column::Sandbox => "of the sandbox",
    };
    Problem::new(
        rule(column),
        &coverage.spec,
        format!("no test {who} has met any of the {} documented answers", coverage.rows.len()),
        "a column without a single entry means that the suite did not run, or that there is none",
        format!("add `{}` to tests/tests/<broker>/suites.rs, or look above for why it failed", suite(column)),
    )
}

/// An answer that a column lacks, on each of the operations that share it.
fn one(coverage: &Coverage, column: Column, row: &Row, same: &[&Row]) -> Problem {
    let status = row.answer.status;
    let mut operations: Vec<String> = same.iter().map(|row| format!("`{}`", row.answer.operation)).collect();
    operations.dedup();
    let operations = operations.join(", ");
    let what = match &row.answer.example {
        Some(example) => format!("the example `{example}` of the answer {status}"),
        None if row.is_missing => format!("the answer {status} with its body left out"),
        None => format!("the answer {status} without a body"),
    };
    let (what, why, fix) = match column {
        Column::Client => (
            format!("no test of the generated client has met {what} of {operations}"),
            "an answer that no test has met may come out as anything",
            format!("see why `{}` does not meet it: it failed, it was filtered out, or it left this one out", suite(column)),
        ),
        Column::Ergonomic => (
            format!("no test of the ergonomic crate has met {what} of {operations}"),
            "a caller may be told anything where it comes",
            "let a `Reach` in tests/src/brokers/ lead to the operation, and see why `ergonomic_suite!` does not meet the answer".to_owned(),
        ),
        Column::Sandbox => (
            format!("no test has had {what} of {operations} from the sandbox"),
            "users could not try what their programs do when it comes",
            "add the operation to the sandbox (`operation.rs` of the broker), and see why `sandbox_suite!` does not have it from there".to_owned(),
        ),
    };
    coverage.document.problem(rule(column), &row.pointer, what, why, fix)
}

fn rule(column: Column) -> &'static str {
    match column {
        Column::Client => "coverage-client",
        Column::Ergonomic => "coverage-ergonomic",
        Column::Sandbox => "coverage-sandbox",
    }
}

/// The macro with the tests that fill a column.
fn suite(column: Column) -> &'static str {
    match column {
        Column::Client => "generated_suite!",
        Column::Ergonomic => "ergonomic_suite!",
        Column::Sandbox => "sandbox_suite!",
    }
}
