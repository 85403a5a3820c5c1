//! Asks a person at the terminal.
//!
//! Only where standard input is a terminal: a program that a script runs must never wait for somebody to
//! type. Secrets are typed without echo.

use std::io::{self, IsTerminal, Write};

use broker_session::Secret;

use crate::failure::Failure;

/// Whether there is somebody to ask.
pub(crate) fn is_there() -> bool {
    io::stdin().is_terminal()
}

/// Asks for a secret, without echo. Check [`is_there`] before.
///
/// # Errors
/// If nothing is typed, or if the terminal cannot be used.
pub(crate) async fn ask_secret(question: &str) -> Result<Secret, Failure> {
    let prompt = format!("{question}: ");
    let typed = typed(move || rpassword::prompt_password(prompt)).await?;
    needed(question, Secret::new(typed), Secret::is_empty)
}

/// Asks for a text that is no secret. Check [`is_there`] before.
///
/// # Errors
/// If nothing is typed, or if the terminal cannot be used.
pub(crate) async fn ask_text(question: &str) -> Result<String, Failure> {
    needed(question, ask(format!("{question}: ")).await?, String::is_empty)
}

/// Asks a question that is answered with yes or no; what is not yes is no. Check [`is_there`] before.
///
/// # Errors
/// If the terminal cannot be used.
pub(crate) async fn confirm(question: &str) -> Result<bool, Failure> {
    let answer = ask(format!("{question} [y/N] ")).await?;
    Ok(matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes"))
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

fn needed<T>(question: &str, value: T, is_empty: impl Fn(&T) -> bool) -> Result<T, Failure> {
    match is_empty(&value) {
        true => {
            Err(Failure::config(format!("nothing was typed for \"{question}\". Start again and type it.")))
        }
        false => Ok(value),
    }
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
struct Echo {
    #[cfg(unix)]
    settings: Option<rustix::termios::Termios>,
}

impl Echo {
    fn keep() -> Self {
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
