//! What is missing, each with its place in the YAML and what to do about it.

use broker_session_codegen::{Problem, Problems};

use super::rows::{Column, Coverage, Row};

/// How many of the operations that share an answer are named; the table has all of them.
const NAMED: usize = 3;

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
            let of_operation = coverage.rows.iter().filter(|row| row.operation == first.operation);
            // An operation of which nothing was met is one thing to do, not as many as it has answers.
            let is_whole = of_operation.clone().all(|row| !row.is_met(column));
            let is_same = |row: &&Row| match is_whole {
                true => row.operation == first.operation,
                false => row.pointer == first.pointer && row.name() == first.name(),
            };
            let (same, others): (Vec<&Row>, Vec<&Row>) = left.into_iter().partition(is_same);
            problems.push(match is_whole {
                true => whole(coverage, column, first, of_operation.count()),
                false => one(coverage, column, first, &same),
            });
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

/// An operation that a column lacks.
fn whole(coverage: &Coverage, column: Column, row: &Row, count: usize) -> Problem {
    let id = &row.answer.operation;
    let (what, fix) = match column {
        Column::Client => (
            format!("no test of the generated client has met any of the {count} answers of `{id}`"),
            "run `cargo test -p contract-tests -- every_documented_answer`; it says why",
        ),
        Column::Ergonomic => (
            format!("no test of the ergonomic crate has met any of the {count} answers of `{id}`"),
            "add a `Reach` that leads to the operation to the broker's `reach.rs` in tests/src/brokers/",
        ),
        Column::Sandbox => (
            format!("no test has had any of the {count} answers of `{id}` from the sandbox"),
            "add the operation to the broker's `operation.rs` in crates/sandbox/src/, and play it in `calls.rs`",
        ),
    };
    coverage.document.problem(rule(column), &row.operation, what, why(column), fix)
}

/// An answer that a column lacks, on each of the operations that share it.
fn one(coverage: &Coverage, column: Column, row: &Row, same: &[&Row]) -> Problem {
    let (status, operations) = (row.answer.status, operations(same));
    let answer = match &row.answer.example {
        Some(example) => format!("the example `{example}` of the answer {status}"),
        None if row.is_missing => format!("the answer {status} with its body left out"),
        None => format!("the answer {status} without a body"),
    };
    let what = match column {
        Column::Client => format!("no test of the generated client has met {answer} of {operations}"),
        Column::Ergonomic => format!("no test of the ergonomic crate has met {answer} of {operations}"),
        Column::Sandbox => format!("no test has had {answer} of {operations} from the sandbox"),
    };
    let fix = format!(
        "run `cargo test -p contract-tests -- every_documented_answer`; it says what came in its place, unless `{}` \
         has left it out",
        suite(column)
    );
    coverage.document.problem(rule(column), &row.pointer, what, why(column), fix)
}

fn why(column: Column) -> &'static str {
    match column {
        Column::Client => "an answer that no test has met may come out as anything",
        Column::Ergonomic => "a caller may be told anything where it comes",
        Column::Sandbox => "nobody can try what a program does when it comes",
    }
}

/// The operations of these answers, the first few by name.
fn operations(rows: &[&Row]) -> String {
    let mut names: Vec<String> = rows.iter().map(|row| format!("`{}`", row.answer.operation)).collect();
    names.dedup();
    match names.get(..NAMED) {
        Some(first) if names.len() > NAMED => {
            format!("{} and {} more", first.join(", "), names.len() - NAMED)
        }
        _ => names.join(", "),
    }
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
