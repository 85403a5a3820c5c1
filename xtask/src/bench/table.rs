//! The table of results.

use std::{
    fmt::{self, Write},
    fs,
};

use anyhow::{Context, Result};

const RESULTS: &str = "bench/results.md";

/// Why there is a difference, and what limits it; written by hand.
const REASONS: &str = "bench/reasons.md";

/// The rows, in the order of the measurements.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<Row>);

#[derive(Debug)]
struct Row {
    what: String,
    ours: String,
    other: String,
    ratio: String,
    target: String,
}

/// A unit of measurement.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unit {
    Count,
    Bytes,
    Nanoseconds,
}

impl Table {
    /// A row with the ratio of two numbers that are the same each time.
    pub(crate) fn counted(&mut self, what: &str, unit: Unit, (ours, other): (f64, f64), target: &str) {
        let ratio = format!("{:.2}", ours / other);
        self.row(what, &unit.format(ours), &unit.format(other), &ratio, target);
    }

    /// A row with the median of the ratios of two measurements that were taken in turns, and the spread of the ratios.
    pub(crate) fn measured(&mut self, what: &str, unit: Unit, rounds: &[(f64, f64)], target: &str) {
        let ratios: Vec<f64> = sorted(rounds.iter().map(|(ours, other)| ours / other));
        let (least, most) = (ratios.first().copied(), ratios.last().copied());
        let spread = format!(
            "{:.2} ({:.2}–{:.2})",
            median(&ratios),
            least.unwrap_or(f64::NAN),
            most.unwrap_or(f64::NAN)
        );
        let ours = median(&sorted(rounds.iter().map(|(ours, _)| *ours)));
        let other = median(&sorted(rounds.iter().map(|(_, other)| *other)));
        self.row(what, &unit.format(ours), &unit.format(other), &spread, target);
    }

    /// A row of any other kind.
    pub(crate) fn row(&mut self, what: &str, ours: &str, other: &str, ratio: &str, target: &str) {
        let [what, ours, other, ratio, target] = [what, ours, other, ratio, target].map(str::to_owned);
        self.0.push(Row { what, ours, other, ratio, target });
    }

    /// Writes the file.
    pub(crate) fn write(&self) -> Result<()> {
        let reasons = fs::read_to_string(REASONS).with_context(|| format!("cannot read {REASONS}"))?;
        let text = format!(
            "# Results of `cargo xtask bench`\n\n<!-- Written by `cargo xtask bench`, from its measurements and \
             {REASONS}. -->\n\n{self}\n{reasons}"
        );
        fs::write(RESULTS, text).with_context(|| format!("cannot write {RESULTS}"))
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("| what | broker-session | compared with | ratio (least–most) | target |\n|---|---|---|---|---|\n")?;
        for Row { what, ours, other, ratio, target } in &self.0 {
            writeln!(f, "| {what} | {ours} | {other} | {ratio} | {target} |")?;
        }
        Ok(())
    }
}

impl Unit {
    /// A number with its unit.
    pub(crate) fn format(self, number: f64) -> String {
        match self {
            Self::Count => grouped(number),
            Self::Bytes if number >= 1_048_576.0 => format!("{:.1} MiB", number / 1_048_576.0),
            Self::Bytes => format!("{:.1} KiB", number / 1024.0),
            Self::Nanoseconds if number >= 1e9 => format!("{:.1} s", number / 1e9),
            Self::Nanoseconds if number >= 1e6 => format!("{:.1} ms", number / 1e6),
            Self::Nanoseconds if number >= 1e4 => format!("{:.0} µs", number / 1e3),
            Self::Nanoseconds => format!("{:.2} µs", number / 1e3),
        }
    }
}

/// A whole number with a comma between the thousands.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        let _ = grouped.write_char(digit);
    }
    grouped
}

fn sorted(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers
}

fn median(sorted: &[f64]) -> f64 {
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
