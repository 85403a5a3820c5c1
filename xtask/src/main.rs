//! Maintenance of this workspace. Started with `cargo xtask`.

mod apis;
mod check;
mod clients;
mod codegen_feature;
mod conformance;
mod fuzz;
mod generate;
mod lint;
mod sandbox;
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
    /// Tries other people's clients on the sandboxes: each signs in, keeps its session alive and signs out. Needs Python 3,
    /// Node.js and Chromium.
    Clients(clients::Options),
    /// Feeds everything that reads foreign bytes with whatever a fuzzer makes up. Needs no nightly toolchain.
    Fuzz(fuzz::Options),
}

/// What a task found; its number is the exit status, for scripts.
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
    // First, so that help and wrong usage are told whatever state the workspace is in.
    let task = Arguments::parse().task;
    let result = apis::find().and_then(|apis| match task {
        Task::Generate => generate::run(&apis),
        Task::Check => check::run(&apis),
        Task::Lint(options) => lint::run(&apis, &options),
        Task::Conformance(options) => conformance::run(&apis, &options),
        Task::Clients(options) => clients::run(&apis, &options),
        Task::Fuzz(options) => fuzz::run(&apis, &options),
    });
    match result {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            eprintln!("error: {error:#}.");
            Outcome::Failed.into()
        }
    }
}

/// Writes to standard output; a reader that has gone away is an error, not a panic.
fn say(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(io::stdout(), "{}", text.trim_end())?)
}
