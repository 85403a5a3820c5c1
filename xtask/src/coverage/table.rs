//! The table as people read it.

use super::rows::{Column, Coverage, Row};

/// What stands in a cell that is filled, and in one that is not.
const MET: &str = "yes";
const NOT_MET: &str = "MISSING";

/// Operation × status × example × who has met it. What is the same as in the row above is left out.
pub(super) fn of(coverage: &Coverage) -> String {
    let mut lines: Vec<[String; 6]> =
        vec![["operation", "status", "example", "client", "ergonomic", "sandbox"].map(str::to_owned)];
    let mut above: Option<&Row> = None;
    for row in &coverage.rows {
        let same_operation = above.is_some_and(|above| above.answer.operation == row.answer.operation);
        let same_status =
            same_operation && above.is_some_and(|above| above.answer.status == row.answer.status);
        let unless = |same: bool, text: String| if same { String::new() } else { text };
        let [client, ergonomic, sandbox] = Column::ALL.map(|column| cell(row, column).to_owned());
        lines.push([
            unless(same_operation, row.answer.operation.clone()),
            unless(same_status, row.answer.status.to_string()),
            row.name(),
            client,
            ergonomic,
            sandbox,
        ]);
        above = Some(row);
    }
    format!("\n{}\n\n{}", coverage.spec, aligned(&lines))
}

/// How much of each column is filled.
pub(super) fn total(coverage: &Coverage) -> String {
    let all = coverage.rows.len();
    let columns =
        Column::ALL.map(|column| format!("{} {}", column.head(), share(coverage.count(column), all)));
    let played = coverage.rows.iter().filter(|row| row.is_played()).count();
    format!(
        "{}: {all} documented answers; {}, of those {played} by itself.",
        coverage.spec,
        columns.join(", ")
    )
}

fn cell(row: &Row, column: Column) -> &'static str {
    match row.is_met(column) {
        true if column == Column::Sandbox && row.is_played() => "by itself",
        true if column == Column::Sandbox => "when told",
        true => MET,
        false => NOT_MET,
    }
}

/// A share in percent that is 100 only if nothing is missing.
fn share(count: usize, all: usize) -> String {
    let percent = count.saturating_mul(100).checked_div(all).unwrap_or(100);
    format!("{count} ({percent} %)")
}

/// Columns as wide as what stands in them.
fn aligned(lines: &[[String; 6]]) -> String {
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..6).map(width).collect();
    let written = lines.iter().map(|line| {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    });
    written.collect::<Vec<_>>().join("\n")
}
