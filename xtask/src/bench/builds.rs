//! What it costs to build.

use std::{collections::BTreeSet, fs, process::Command, time::Instant};

use anyhow::{Context, Result};

use super::{
    programs::programs,
    table::{Table, Unit},
};
use crate::tools;

/// How often each build from nothing is taken, in turns.
const ROUNDS: usize = 2;

/// Builds from nothing without optimisations, with one broker and with all of them, and by hand on reqwest.
pub(crate) fn from_nothing(table: &mut Table) -> Result<()> {
    let (by_hand, one, all) = ("by-hand", "ergonomic", "all-brokers");
    let mut rounds = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        let other = build(by_hand)?;
        for (ours, rounds) in [one, all].into_iter().zip(&mut rounds) {
            rounds.push((build(ours)?, other));
        }
    }
    for (rounds, (what, target)) in rounds.iter().zip([("one broker", "≤ 1.2"), ("all brokers", "")]) {
        table.measured(&format!("build from nothing, {what}"), Unit::Nanoseconds, rounds, target);
    }
    let reqwest = crates(by_hand)?;
    for (ours, what, target) in [(one, "one broker", "≤ +25"), (all, "all brokers", "")] {
        let ours = crates(ours)?;
        let added = format!("+{}", ours - reqwest);
        table.row(&format!("crates, {what}"), &ours.to_string(), &reqwest.to_string(), &added, target);
    }
    Ok(())
}

/// The tasks `generate` and `check`, once everything is built. There is nothing to compare them with.
pub(crate) fn tasks(table: &mut Table) -> Result<()> {
    for task in ["generate", "check"] {
        let run = || {
            let mut command = Command::new(tools::cargo());
            command.args(["xtask", task]).env_remove("CARGO_TARGET_DIR");
            let output = command.output().with_context(|| format!("cannot start `cargo xtask {task}`"))?;
            anyhow::ensure!(
                output.status.success(),
                "`cargo xtask {task}` failed: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            Ok::<_, anyhow::Error>(())
        };
        run()?;
        let started = Instant::now();
        run()?;
        let seconds = format!("{:.1} s", started.elapsed().as_secs_f64());
        table.row(&format!("`cargo xtask {task}`, warm"), &seconds, "–", "–", "");
    }
    Ok(())
}

/// The nanoseconds of a build into an empty folder. Everything was downloaded before.
fn build(feature: &str) -> Result<f64> {
    let folder = tools::target_folder().join("bench/build");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    let mut command = Command::new(tools::cargo());
    command.args(["build", "--quiet", "--locked", "--offline"]).args(programs(feature));
    command.arg("--target-dir").arg(&folder);
    let started = Instant::now();
    tools::succeed(&mut command, "a program does not build; see the compiler's messages")?;
    let nanoseconds = started.elapsed().as_secs_f64() * 1e9;
    fs::remove_dir_all(&folder)?;
    Ok(nanoseconds)
}

/// The number of crates of a program for one broker.
pub(crate) fn crates_of_one_broker() -> Result<f64> {
    Ok(crates("ergonomic")? as f64)
}

/// The number of crates that a program is built from, build scripts and macros included.
fn crates(feature: &str) -> Result<usize> {
    let mut command = Command::new(tools::cargo());
    command.args(["tree", "--locked", "--offline", "--prefix=none", "--edges=normal,build", "--format={p}"]);
    let output = command.args(programs(feature)).output().context("cannot start `cargo tree`")?;
    let text = String::from_utf8(output.stdout)?;
    // A crate that stands in several places is marked in all but the first.
    let names: BTreeSet<&str> = text.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    anyhow::ensure!(!names.is_empty(), "`cargo tree` failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(names.len())
}
