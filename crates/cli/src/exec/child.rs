//! The program that `exec` runs: in place of this one where nothing is left to do, or else beside it.

use std::{convert::Infallible, future::pending, io, pin::pin, process::Command};

use crate::{failure::Failure, provided::Provided, signals::Signals};

/// What shells report for a program that is not there, and for one that cannot be started.
const NOT_FOUND: u8 = 127;
const NOT_STARTED: u8 = 126;

/// Runs the program until it ends. A session that times out is kept alive meanwhile.
///
/// # Errors
/// If the program cannot be started; else its exit status, if it is not 0.
#[cfg(unix)]
pub(super) async fn run(mut command: Command, provided: Provided) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;
    if provided.times_out {
        return beside(command, keep(provided)).await;
    }
    let error = command.exec();
    Err(cannot_start(&command, &error))
}

#[cfg(not(unix))]
pub(super) async fn run(command: Command, provided: Provided) -> Result<(), Failure> {
    beside(command, keep(provided)).await
}

/// Keeps a provider.
async fn keep(_provided: Provided) -> Infallible {
    pending().await
}

/// Runs the program until it ends, passes signals on to it, and does something else meanwhile.
///
/// # Errors
/// Those of [`run`].
pub(super) async fn beside(
    command: Command,
    meanwhile: impl Future<Output = Infallible>,
) -> Result<(), Failure> {
    // Caught before the program is there, so that none ends this one alone.
    let mut signals = Signals::catch()?;
    let mut command = tokio::process::Command::from(command);
    let mut child = command.spawn().map_err(|error| cannot_start(command.as_std(), &error))?;
    let mut meanwhile = pin!(meanwhile);
    let status = loop {
        tokio::select! {
            status = child.wait() => break status,
            never = &mut meanwhile => match never {},
            signal = signals.next() => {
                // As long as nobody has waited for its end, the number is the program's.
                if let Some(id) = child.id() {
                    system::pass_on(signal, id);
                }
            }
        }
    };
    let status =
        status.map_err(|error| Failure::other(format!("the program's end is not known: {error}.")))?;
    match system::exit_status(status) {
        0 => Ok(()),
        status => Err(Failure::ended_with(status)),
    }
}

fn cannot_start(command: &Command, error: &io::Error) -> Failure {
    let program = command.get_program().to_string_lossy();
    let (status, cure) = match error.kind() {
        io::ErrorKind::NotFound => (NOT_FOUND, "Correct the name, or write the path."),
        _ => (NOT_STARTED, "Look whether it is a program that you may run."),
    };
    let text = format!("the program `{program}` cannot be started: {error}. {cure}");
    Failure::other(text).with_hint(cure).with_status(status)
}

#[cfg(unix)]
mod system {
    use std::{io, os::unix::process::ExitStatusExt, process::ExitStatus};

    use rustix::{
        process::{self, Pid, getpgrp, kill_process},
        termios::tcgetpgrp,
    };

    use crate::signals::Signal;

    /// Sends a signal to the program, unless the terminal has done so: Ctrl-C reaches all programs in front.
    pub(super) fn pass_on(signal: Signal, id: u32) {
        let is_in_front = || tcgetpgrp(io::stdin()).is_ok_and(|front| front == getpgrp());
        if signal == Signal::Interrupt && is_in_front() {
            return;
        }
        let signal = match signal {
            Signal::Interrupt => process::Signal::INT,
            Signal::Terminate => process::Signal::TERM,
            Signal::HangUp => process::Signal::HUP,
        };
        if let Some(id) = i32::try_from(id).ok().and_then(Pid::from_raw) {
            // If it fails, the program has ended.
            let _ = kill_process(id, signal);
        }
    }

    pub(super) fn exit_status(status: ExitStatus) -> u8 {
        let status = status.code().or_else(|| Some(128 + status.signal()?));
        status.and_then(|status| u8::try_from(status).ok()).unwrap_or(1)
    }
}

#[cfg(not(unix))]
mod system {
    use std::process::ExitStatus;

    use crate::signals::Signal;

    /// Ctrl-C reaches the program by itself.
    pub(super) fn pass_on(_: Signal, _: u32) {}

    pub(super) fn exit_status(status: ExitStatus) -> u8 {
        status.code().and_then(|status| u8::try_from(status).ok()).unwrap_or(1)
    }
}
