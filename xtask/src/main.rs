//! Maintenance of this workspace. Started with `cargo xtask`.

mod apis;
mod bench;
mod check;
mod clients;
mod codegen_feature;
mod conformance;
mod examples;
mod generate;
mod lint;
mod running;
mod sandbox;
mod served;
mod tools;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

/// Keeps the specs and the code that is generated from them together.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    after_help = "Exit status: 0 fine, 4 something needs updating, 1 failed, 2 wrong usage."
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Generates the client of every spec in openapi/ anew.
    Generate,
    /// Shows what `generate` would change, and that the feature `codegen` gives the same code.
    Check,
    /// Checks the specs without generating anything.
    Lint(lint::Options),
    /// Tries the specs on the sandboxes with Schemathesis. Needs Python 3.
    Conformance(conformance::Options),
    /// Tries published clients on the sandboxes: each signs in, keeps its session alive and signs out. Others go through
    /// `broker-session serve`, as do the examples of its page. Needs Python 3, Node.js, curl and Chromium.
    Clients(clients::Options),
    /// Compares programs on broker-session with the same calls by hand, and writes bench/results.md. Needs valgrind.
    Bench(bench::Options),
}

/// The result of a task; its number is the exit status, for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Fine,
    Failed,
    NeedsUpdate,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Fine => 0,
            Outcome::Failed => 1,
            Outcome::NeedsUpdate => 4,
        })
    }
}

fn main() -> ExitCode {
    // First, so that `--help` works even if the workspace is broken.
    let task = Arguments::parse().task;
    let result = apis::find().and_then(|apis| match task {
        Task::Generate => generate::run(&apis),
        Task::Check => check::run(&apis),
        Task::Lint(options) => lint::run(&apis, &options),
        Task::Conformance(options) => conformance::run(&apis, &options),
        Task::Clients(options) => clients::run(&apis, &options),
        Task::Bench(options) => bench::run(&options),
    });
    match result {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            eprintln!("error: {error:#}.");
            Outcome::Failed.into()
        }
    }
}

/// Writes to standard output; a closed pipe is an error, not a panic.
fn print(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(io::stdout(), "{}", text.trim_end())?)
}
