//! The program's output: stdout for results, stderr for everything else.
//!
//! With `--json` stdout holds JSON objects, most often one, and nothing else. The macros of the standard library panic
//! when nobody reads any more; these functions do not.

use std::io::{self, IsTerminal, Write};

use serde_json::Value;

use crate::failure::Failure;

/// Where and how results are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether stdout is for a script.
    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// Whether a person may be reading stderr: always, unless a script runs the program unseen.
    pub(crate) fn speaks(self) -> bool {
        !self.json || io::stderr().is_terminal()
    }

    /// Writes a result, for a script or for a person.
    pub(crate) fn result(self, json: &Value, text: &str) -> Result<(), Failure> {
        match self.json {
            true => print(&json.to_string()),
            false => print(text),
        }
    }

    /// Says something on stderr besides the result.
    pub(crate) fn note(self, text: &str) {
        if self.speaks() {
            say(text);
        }
    }

    /// Warns on stderr, also beside JSON: a script that goes on without knowing may do harm.
    pub(crate) fn warn(self, text: &str) {
        say(&format!("warning: {text}"));
    }

    /// Reports why a command failed.
    pub(crate) fn failure(self, failure: &Failure) {
        if failure.is_shown() {
            return;
        }
        if self.json {
            // There is nobody left to tell if this fails.
            let _ = print(&failure.to_json().to_string());
        }
        self.note(&format!("error: {failure}"));
    }
}

/// Writes lines to stdout. A reader that has gone away has read enough, so that is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    print_to_reader(text).map(drop)
}

/// Writes lines to stdout. Says whether there still is a reader.
pub(crate) fn print_to_reader(text: &str) -> Result<bool, Failure> {
    let mut stdout = io::stdout().lock();
    let written = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::other(format!("the output cannot be written: {error}."))),
    }
}

/// Writes lines to stderr. If that fails there is nobody left to tell.
pub(crate) fn say(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = writeln!(stderr, "{text}");
}

/// A text from outside without anything that a terminal would act upon.
pub(crate) fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// A value as a shell reads it.
pub(crate) fn quoted(value: &str) -> String {
    let plain = value.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:".contains(c));
    match plain {
        true => value.to_owned(),
        false => format!("'{}'", printable(value).replace('\'', r"'\''")),
    }
}

/// Host and port of a URL, for people to read.
pub(crate) fn host_of(url: &str) -> String {
    let parsed = url::Url::parse(url).ok();
    let host = parsed.as_ref().and_then(|parsed| {
        let host = parsed.host_str()?;
        Some(match parsed.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        })
    });
    host.unwrap_or_else(|| "the broker".to_owned())
}
