//! Maintenance of this workspace. Started with `cargo xtask`.

mod apis;
mod check;
mod codegen_feature;
mod conformance;
mod coverage;
mod diff;
mod fuzz;
mod generate;
mod lint;
mod new_broker;
mod portability;
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
    /// Runs the suites and shows which documented answers the clients and the sandboxes have met in them.
    Coverage(coverage::Options),
    /// Says what has changed in the specs since a revision, what it breaks, and whether the versions were raised
    /// enough.
    Diff(diff::Options),
    /// Feeds everything that reads foreign bytes with whatever a fuzzer makes up. Needs no nightly toolchain.
    Fuzz(fuzz::Options),
    /// Lets OpenAPI Generator make clients in other languages of every spec, and the Python ones sign in to the
    /// sandboxes. Needs Java, Python 3 and Node.js.
    Portability(portability::Options),
    /// Scaffolds a new broker: spec, API crate, sandbox, library module, contract tests. See CONTRIBUTING.md.
    NewBroker(new_broker::Options),
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
        Task::Coverage(options) => coverage::run(&apis, &options),
        Task::Diff(options) => diff::run(&apis, &options),
        Task::Fuzz(options) => fuzz::run(&apis, &options),
        Task::Portability(options) => portability::run(&apis, &options),
        Task::NewBroker(options) => new_broker::run(&options),
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
