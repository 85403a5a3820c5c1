//! The person at the terminal: questions, and the signals that end the program.
//!
//! Questions are asked only where standard input is a terminal: a program that a script runs must never wait for
//! a person to type. Secrets are typed without echo.

use std::io::{self, IsTerminal, Write};

use broker_session::Secret;

use crate::failure::Failure;

/// Whether there is a person to ask.
pub(crate) fn is_there() -> bool {
    io::stdin().is_terminal()
}

/// How many columns stdout has, if it is a terminal.
pub(crate) fn width() -> Option<usize> {
    #[cfg(unix)]
    return match rustix::termios::tcgetwinsize(io::stdout()) {
        Ok(size) if size.ws_col > 0 => Some(size.ws_col.into()),
        _ => None,
    };
    #[cfg(not(unix))]
    None
}

/// Asks for a secret, without echo. Check [`is_there`] before.
pub(crate) async fn ask_secret(question: &str) -> Result<Secret, Failure> {
    let prompt = format!("{question}: ");
    let typed = typed(move || rpassword::prompt_password(prompt)).await?;
    not_empty(question, Secret::new(typed), Secret::is_empty)
}

/// Asks for a string that is no secret. Check [`is_there`] before.
pub(crate) async fn ask_text(question: &str) -> Result<String, Failure> {
    not_empty(question, ask(format!("{question}: ")).await?, String::is_empty)
}

/// Asks a question for yes or no; anything but yes is no. Check [`is_there`] before.
pub(crate) async fn confirm(question: &str) -> Result<bool, Failure> {
    let reply = ask(format!("{question} [y/N] ")).await?;
    Ok(matches!(reply.to_ascii_lowercase().as_str(), "y" | "yes"))
}

async fn ask(prompt: String) -> Result<String, Failure> {
    let typed = typed(move || {
        let mut stderr = io::stderr();
        stderr.write_all(prompt.as_bytes())?;
        stderr.flush()?;
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        Ok(line)
    });
    Ok(typed.await?.trim().to_owned())
}

fn not_empty<T>(question: &str, value: T, is_empty: impl Fn(&T) -> bool) -> Result<T, Failure> {
    if is_empty(&value) {
        return Err(Failure::config(format!(
            "nothing was typed for \"{question}\". Start again and type it."
        )));
    }
    Ok(value)
}

/// Reads on a thread of its own, so that a signal can end the waiting.
async fn typed(read: impl FnOnce() -> io::Result<String> + Send + 'static) -> Result<String, Failure> {
    let _echo = Echo::keep();
    let read = tokio::task::spawn_blocking(read).await;
    match read.map_err(io::Error::other).flatten() {
        Ok(typed) => Ok(typed),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(Failure::interrupted()),
        Err(error) => Err(Failure::config(format!(
            "nothing can be asked at this terminal: {error}. Set the environment variables instead."
        ))),
    }
}

/// Puts the terminal's settings back when the waiting for a person ends, however it ends: the thread that
/// reads does not get to it when the program is interrupted.
pub(crate) struct Echo {
    #[cfg(unix)]
    settings: Option<rustix::termios::Termios>,
}

impl Echo {
    /// The settings as they are now, if there is a terminal.
    pub(crate) fn keep() -> Self {
        Self {
            #[cfg(unix)]
            settings: rustix::termios::tcgetattr(io::stdin()).ok(),
        }
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(settings) = &self.settings {
            // If it fails the terminal is gone.
            let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, settings);
        }
    }
}

/// Runs a command until it is done or a signal ends the program.
pub(crate) async fn interruptible<T>(
    command: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let stop = stop()?;
    tokio::select! {
        outcome = command => outcome,
        () = stop => Err(Failure::interrupted()),
    }
}

/// Resolves at SIGINT, or on Unix at SIGTERM. Signals are caught from the call on, not only from the first
/// poll.
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
