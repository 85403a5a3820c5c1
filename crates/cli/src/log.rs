//! Logs to stderr, when asked to.

use std::io;

use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{environment, failure::Failure};

/// What the names of the crates begin with whose logs `--verbose` shows.
const OWN: &str = "broker_session";

/// Where the runtime logs what `--report-drift` tells in any case; nobody needs to read it twice.
const TOLD: &str = "broker_session_runtime::drift";

/// Starts logging as `--verbose` says, or else as `RUST_LOG` does.
///
/// # Errors
/// If `RUST_LOG` cannot be understood.
pub(crate) fn start(verbose: u8) -> Result<(), Failure> {
    use tracing::Level;
    let targets = match (verbose, environment::text("RUST_LOG")?) {
        (0, None) => return Ok(()),
        (0, Some(text)) => text.parse::<Targets>().map_err(|_| {
            Failure::config("RUST_LOG cannot be understood. Write a level (error, warn, info, debug, trace), or target=level.")
        })?,
        (1, _) => Targets::new().with_target(OWN, Level::DEBUG),
        _ => Targets::new().with_target(OWN, Level::TRACE),
    };
    let targets = targets.with_target(TOLD, LevelFilter::OFF);
    let layer = fmt::layer().with_writer(io::stderr).with_ansi(false);
    // It fails only if logging was started before.
    let _ = tracing_subscriber::registry().with(targets).with(layer).try_init();
    Ok(())
}
