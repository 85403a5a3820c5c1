//! Ends the program when it is told to.

use std::io;

use crate::failure::Failure;

/// Runs a command until it is done or the program is told to stop.
pub(crate) async fn interruptible(command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let stop = stop()?;
    tokio::select! {
        outcome = command => outcome,
        () = stop => Err(Failure::interrupted()),
    }
}

/// Resolves at SIGINT, or on Unix at SIGTERM. Signals are caught from the call on, not only from the first
/// poll.
///
/// # Errors
/// If the platform does not let the program catch them.
pub(crate) fn stop() -> Result<impl Future<Output = ()>, Failure> {
    signals().map_err(|error| Failure::other(format!("signals cannot be caught: {error}.")))
}

#[cfg(unix)]
fn signals() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(windows)]
fn signals() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
