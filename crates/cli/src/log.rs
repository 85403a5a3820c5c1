//! Logs to stderr, when asked to.

use std::io;

use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{environment, failure::Failure};

/// What the names of the crates begin with whose logs `--verbose` shows.
const OWN: &str = "broker_session";

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
    let layer = fmt::layer().with_writer(io::stderr).with_ansi(false);
    // It fails only if logging was started before.
    let _ = tracing_subscriber::registry().with(targets).with(layer).try_init();
    Ok(())
}
