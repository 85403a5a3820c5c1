//! Supervised sessions in one process.

use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::{
    programs::{Server, programs},
    table::{Table, Unit},
};
use crate::tools;

/// How many sessions there are.
const COUNTS: [u32; 3] = [100, 1_000, 10_000];

/// How often each is tickled, in milliseconds; as the program has it.
const PERIOD: f64 = 20_000.0;

/// What the program prints: bytes, and hundredths of a second.
#[derive(Deserialize)]
struct Report {
    heap: f64,
    resident: f64,
    cpu: f64,
}

/// How punctual the tickles were, by the server's clock.
struct Punctuality {
    /// The time by which the latest tickle came later than a period after the one before, in milliseconds.
    latest: f64,
    /// The number of tickles in the busiest second, for each one that there would be if all were spread evenly.
    crowd: f64,
}

/// Keeps sessions alive for a minute, with supervisors and by hand.
pub(crate) fn supervised(server: &Server, table: &mut Table) -> Result<()> {
    let mut command = Command::new(tools::cargo());
    command.args(["build", "--quiet", "--locked", "--release"]).args(programs("sessions"));
    tools::succeed(&mut command, "the program with sessions does not build; see the compiler's messages")?;
    for count in COUNTS {
        let (ours, punctual) = run(server, "supervised", count)?;
        let (sharing, _) = run(server, "supervised-shared", count)?;
        let (own, own_punctual) = run(server, "own-client", count)?;
        let (shared, _) = run(server, "shared-client", count)?;
        let each = |total: f64| total / f64::from(count);
        let mut row = |what: &str, other: &str, pair: (f64, f64), target: &str| {
            let what = format!("{count} supervised sessions, {what} of each, beside {other}");
            table.counted(&what, Unit::Bytes, (each(pair.0), each(pair.1)), target);
        };
        row("heap", "a client each", (ours.heap, own.heap), "+6 KiB");
        row("heap with a shared client", "a shared client", (sharing.heap, shared.heap), "≤ 12 KiB");
        row("resident memory", "a client each", (ours.resident, own.resident), "");
        let milliseconds = |report: &Report| format!("{:.1} ms", each(report.cpu * 10.0));
        let what = format!("{count} supervised sessions, time of a processor for each in a minute");
        let ratio = format!("{:.2}", ours.cpu / own.cpu);
        table.row(&what, &milliseconds(&ours), &milliseconds(&own), &ratio, "");
        let what = format!("{count} supervised sessions, the latest tickle");
        let late = |punctual: &Punctuality| format!("{:.0} ms late", punctual.latest);
        table.row(&what, &late(&punctual), &late(&own_punctual), "–", "");
        let what =
            format!("{count} supervised sessions, tickles in the busiest second, for each in an even second");
        let crowd = |punctual: &Punctuality| format!("{:.1}", punctual.crowd);
        table.row(&what, &crowd(&punctual), &crowd(&own_punctual), "–", "");
    }
    Ok(())
}

fn run(server: &Server, kind: &str, count: u32) -> Result<(Report, Punctuality)> {
    server.get("/tickles")?;
    let mut command = Command::new(tools::target_folder().join("release/bench-sessions"));
    command.args([kind, &server.base_url("ibkr"), &count.to_string()]);
    let output = command.output().context("cannot start the program with sessions")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success() && errors.is_empty(), "{kind}, {count} sessions: {errors}");
    let report = serde_json::from_slice(&output.stdout).context("the program does not print a report")?;
    let tickles: Vec<Vec<f64>> = serde_json::from_str(&server.get("/tickles")?)?;
    anyhow::ensure!(
        tickles.len() == count as usize,
        "{} of {count} sessions were kept alive ({kind})",
        tickles.len()
    );
    Ok((report, punctuality(&tickles)))
}

fn punctuality(tickles: &[Vec<f64>]) -> Punctuality {
    let intervals = tickles.iter().flat_map(|times| times.iter().zip(times.iter().skip(1)));
    let latest = intervals.map(|(one, next)| next - one - PERIOD).fold(0.0, f64::max);
    let mut times: Vec<f64> = tickles.iter().flatten().copied().collect();
    times.sort_by(f64::total_cmp);
    let within = |(place, start): (usize, &f64)| times.partition_point(|time| *time < start + 1000.0) - place;
    let busiest = times.iter().enumerate().map(within).max().unwrap_or_default();
    let seconds = times.last().zip(times.first()).map_or(1.0, |(last, first)| (last - first) / 1000.0);
    Punctuality { latest, crowd: busiest as f64 / (times.len() as f64 / seconds) }
}
