//! Compares programs on broker-session with the same calls by hand, and writes the table `bench/results.md`.
//!
//! Absolute numbers drift from machine to machine and from hour to hour. So every row is a ratio of two measurements that
//! were taken in turns, with the smallest and the largest ratio of the rounds. Instructions, allocations, crates and
//! connections are counted, and are the same each time.

mod budgets;
mod builds;
mod programs;
mod proxy;
mod sessions;
mod table;

use std::cell::OnceCell;

use anyhow::Result;

use crate::{Outcome, print};
use programs::{Programs, Server};
use table::Table;

/// The options of `cargo xtask bench`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only these parts, by name; by default all of them.
    #[arg(long, value_enum)]
    only: Vec<Part>,
    /// How often measurements of time are taken in turns.
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// Only what has a budget in bench/budgets.toml. Fails if one is exceeded by 5 %.
    #[arg(long, conflicts_with = "only")]
    budgets: bool,
}

/// A part of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// A sign-in and sign-out: instructions, allocations, time, connections.
    SignIn,
    /// Putting a session on a request.
    Authorize,
    /// Responses of 1, 10 and 64 KiB.
    Bodies,
    /// A sign-in of the program `broker-session` as a process, and of the broker's own Python client.
    Process,
    /// Sizes of binaries.
    Size,
    /// Builds from nothing, and the number of crates.
    Build,
    /// The tasks `generate` and `check`.
    Tasks,
    /// Supervised sessions in one process, for a minute each.
    Sessions,
    /// The proxy of `serve`: latency, throughput, WebSockets, a minute of faults.
    Proxy,
}

const PARTS: [Part; 9] = [
    Part::SignIn,
    Part::Authorize,
    Part::Bodies,
    Part::Process,
    Part::Size,
    Part::Build,
    Part::Tasks,
    Part::Sessions,
    Part::Proxy,
];

/// Takes the measurements. The file is written only if all parts were measured.
pub(crate) fn run(options: &Options) -> Result<Outcome> {
    let chosen = |part: &Part| options.only.is_empty() || options.only.contains(part);
    if options.budgets {
        return budgets::check(&Programs::build_for_budgets()?, &Server::start_built("debug")?);
    }
    let programs = OnceCell::new();
    // Some parts need none of them.
    let programs = || match programs.get() {
        Some(built) => Ok(built),
        None => Programs::build().map(|built| programs.get_or_init(|| built)),
    };
    let server = Server::start()?;
    let mut table = Table::default();
    for part in PARTS.iter().filter(|part| chosen(part)) {
        let rounds = options.rounds.max(1);
        match part {
            Part::SignIn => programs()?.sign_in(&server, rounds, &mut table)?,
            Part::Authorize => programs()?.authorize(&server, rounds, &mut table)?,
            Part::Bodies => programs()?.bodies(&server, &mut table)?,
            Part::Process => programs()?.process(&server, rounds, &mut table)?,
            Part::Size => programs()?.sizes(&mut table)?,
            Part::Build => builds::from_nothing(&mut table)?,
            Part::Tasks => builds::tasks(&mut table)?,
            Part::Sessions => sessions::supervised(&server, &mut table)?,
            Part::Proxy => proxy::compared(&server, rounds, &mut table)?,
        }
    }
    print(&table.to_string())?;
    if options.only.is_empty() {
        table.write()?;
    }
    Ok(Outcome::Fine)
}
