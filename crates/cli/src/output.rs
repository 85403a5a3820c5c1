//! The program's output: stdout for results, stderr for everything else, and what it logs there.
//!
//! With `--json` stdout holds JSON objects, most often one, and nothing else. The macros of the standard library panic
//! when nobody reads any more; these functions do not.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice, stream::RawStream};
use anstyle::{AnsiColor, Style};
use broker_session::is_command;
use clap::ValueEnum;
use serde_json::Value;
use tracing::Level;
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{failure::Failure, settings::variable};

/// The first part of the names of the crates whose logs `--verbose` shows.
const OWN_CRATES: &str = "broker_session";

/// Where the runtime logs what `--report-drift` reports in any case.
const DRIFT_TARGET: &str = "broker_session_runtime::drift";

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// A JSON object on each line.
    Json,
}

/// The form of what is written to stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// One JSON object.
    Json,
    /// Lists as tables, everything else as by default.
    Table,
}

/// Where and how results are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
    table: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self::of(json, None)
    }

    /// The output that the options ask for.
    pub(crate) fn of(json: bool, form: Option<Form>) -> Self {
        Self { json: json || form == Some(Form::Json), table: form == Some(Form::Table) }
    }

    /// Whether a person wants lists as tables.
    pub(crate) fn is_table(self) -> bool {
        self.table
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
        if self.json { print(&json.to_string()) } else { print(text) }
    }

    /// Writes something to stderr besides the result.
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
            // If this fails, there is no reader left.
            let _ = print(&failure.to_json().to_string());
        }
        self.note(&format!("error: {failure}"));
    }
}

/// Writes lines to stdout. A reader that has gone away is no failure: it has read enough.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    print_to_reader(text).map(drop)
}

/// Writes lines to stdout. Returns whether there still is a reader.
pub(crate) fn print_to_reader(text: &str) -> Result<bool, Failure> {
    let mut stdout = io::stdout().lock();
    let written = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::other(format!("the output cannot be written: {error}."))),
    }
}

/// Writes lines to stderr. If that fails, there is no reader left.
pub(crate) fn say(text: &str) {
    let marked = MARKS.iter().find_map(|(mark, colour)| Some((*mark, *colour, text.strip_prefix(mark)?)));
    let mut stderr = io::stderr().lock();
    let _ = match marked {
        Some((mark, colour, rest)) => {
            writeln!(stderr, "{}{rest}", painted(mark, colour.on_default().bold(), &io::stderr()))
        }
        None => writeln!(stderr, "{text}"),
    };
}

/// How lines begin that have a colour there.
const MARKS: [(&str, AnsiColor); 2] = [("error:", AnsiColor::Red), ("warning:", AnsiColor::Yellow)];

/// Whether there are colours: at a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` asks for them everywhere.
pub(crate) fn has_colours(stream: &impl RawStream) -> bool {
    AutoStream::choice(stream) != ColorChoice::Never
}

/// A string in a style, where there are colours.
pub(crate) fn painted(text: &str, style: Style, stream: &impl RawStream) -> String {
    if has_colours(stream) { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

/// A string from outside, without what a terminal would act upon: control characters, and those that change the direction of
/// the rest of the line.
pub(crate) fn printable(text: &str) -> String {
    text.chars().filter(|c| !is_command(*c)).collect()
}

/// The same text as the beginning of a sentence.
pub(crate) fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// A value as a shell reads it.
pub(crate) fn quoted(value: &str) -> String {
    let plain = value.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:".contains(c));
    if plain { value.to_owned() } else { format!("'{}'", printable(value).replace('\'', r"'\''")) }
}

/// Host and port of a URL, for people to read.
pub(crate) fn host_of(url: &str) -> String {
    let parsed = broker_session::url::Url::parse(url).ok();
    let host = parsed.as_ref().and_then(|parsed| {
        let host = parsed.host_str()?;
        Some(match parsed.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        })
    });
    host.unwrap_or_else(|| "the broker".to_owned())
}

/// Starts logging to stderr, as `--verbose` or else `RUST_LOG` asks for.
pub(crate) fn start_log(verbose: u8, format: LogFormat) -> Result<(), Failure> {
    let targets = match (verbose, variable("RUST_LOG")?) {
        (0, None) => return Ok(()),
        (0, Some(text)) => text.parse::<Targets>().map_err(|_| {
            Failure::config("RUST_LOG cannot be understood. Write a level (error, warn, info, debug, trace), or target=level.")
        })?,
        (1, _) => Targets::new().with_target(OWN_CRATES, Level::DEBUG),
        _ => Targets::new().with_target(OWN_CRATES, Level::TRACE),
    };
    let targets = targets.with_target(DRIFT_TARGET, LevelFilter::OFF);
    let layer = fmt::layer().with_writer(io::stderr).with_ansi(false);
    let layer = match format {
        LogFormat::Text => layer.boxed(),
        LogFormat::Json => layer.json().boxed(),
    };
    // It fails only if logging was started before.
    let _ = tracing_subscriber::registry().with(targets).with(layer).try_init();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_acts_upon_is_left_out() {
        let text = "a\u{1b}\n\u{200e}\u{200f}\u{202a}\u{202e}\u{2066}\u{2069}\u{200d}é";
        assert_eq!(printable(text), "a\u{200d}é");
    }
}
