//! What went wrong, in the forms the program reports it in: an exit status, a JSON object and words.
//!
//! The exit statuses are derived from the library's error kinds, so that a kind is listed in one place.

use std::fmt;

use broker_session::{Error, ErrorKind, SavedSession};
use serde_json::{Value, json};

use crate::output::quoted;

/// The exit status of usage and settings errors, which is also clap's.
const CONFIG_STATUS: u8 = 2;
/// The exit status of the first kind in [`ErrorKind::ALL`]; the others follow in their order.
const FIRST_STATUS: u8 = 10;
/// The exit status of everything that is no kind of the library's.
const OTHER_STATUS: u8 = 1;
/// What shells report for a program that ended by SIGINT.
const INTERRUPTED_STATUS: u8 = 130;

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    status: Option<u16>,
    code: Option<String>,
    operation: Option<Box<str>>,
    broker_message: Option<String>,
    /// The way out, where more is known than what the kind says.
    hint: Option<Box<str>>,
    /// For a person: what happened, why, and what to do about it.
    text: String,
    /// What there is to go on with.
    rest: Option<Box<Rest>>,
    /// Whether the result that the command has written says it already.
    shown: bool,
}

/// What there is to go on with where a host is not allowed.
#[derive(Debug)]
struct Rest {
    /// The session that has begun all the same.
    session: Option<SavedSession>,
    /// The host that would have to be allowed.
    host: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Of(ErrorKind),
    Interrupted,
    Other,
}

impl Failure {
    /// A failure of one of the library's kinds that the program itself has found.
    pub(crate) fn of(kind: ErrorKind, text: impl Into<String>) -> Self {
        Self::new(Kind::Of(kind), text)
    }

    /// The usage or the settings are wrong; nothing was sent.
    pub(crate) fn config(text: impl Into<String>) -> Self {
        Self::of(ErrorKind::Config, text)
    }

    /// Something that has nothing to do with the broker, for instance a file that cannot be written.
    pub(crate) fn other(text: impl Into<String>) -> Self {
        Self::new(Kind::Other, text)
    }

    /// The program was told to stop.
    pub(crate) fn interrupted() -> Self {
        let text = "interrupted. If a request was on its way, it may have taken effect.";
        Self::new(Kind::Interrupted, text)
    }

    /// A failure of this kind that the written result says already, so that only the exit status is left.
    pub(crate) fn shown(kind: ErrorKind) -> Self {
        Self { shown: true, ..Self::of(kind, "") }
    }

    fn new(kind: Kind, text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            kind,
            status: None,
            code: None,
            operation: None,
            broker_message: None,
            hint: None,
            text,
            rest: None,
            shown: false,
        }
    }

    /// Takes out the session that has begun all the same.
    pub(crate) fn take_session(&mut self) -> Option<SavedSession> {
        self.rest.as_mut()?.session.take()
    }

    /// The flag that allows the host which would have to be allowed.
    pub(crate) fn allow_host(&self) -> Option<String> {
        let host = self.rest.as_ref()?.host.as_ref()?;
        Some(format!("--allow-host {}", quoted(host)))
    }

    /// Names the operation of the broker's API that was under way.
    pub(crate) fn during(mut self, operation: &str) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// Adds a sentence for a person.
    pub(crate) fn with_note(mut self, note: &str) -> Self {
        self.text.push(' ');
        self.text.push_str(note);
        self
    }

    /// The same failure, understood as another kind.
    pub(crate) fn understood_as(mut self, kind: ErrorKind) -> Self {
        self.kind = Kind::Of(kind);
        self
    }

    /// Whether it is of this kind.
    pub(crate) fn is(&self, kind: ErrorKind) -> bool {
        self.kind == Kind::Of(kind)
    }

    /// Whether there is nothing more to report.
    pub(crate) fn is_shown(&self) -> bool {
        self.shown
    }

    /// The status that the program exits with.
    pub(crate) fn exit_status(&self) -> u8 {
        match self.kind {
            Kind::Of(kind) => exit_status(kind),
            Kind::Interrupted => INTERRUPTED_STATUS,
            Kind::Other => OTHER_STATUS,
        }
    }

    /// The JSON object for scripts. Its `message` holds the broker's own words where there are any.
    pub(crate) fn to_json(&self) -> Value {
        let kind = match self.kind {
            Kind::Of(kind) => kind.as_str(),
            Kind::Interrupted => "interrupted",
            Kind::Other => "other",
        };
        json!({ "error": {
            "kind": kind,
            "status": self.status,
            "code": self.code,
            "message": self.broker_message.as_ref().unwrap_or(&self.text),
            "operation": self.operation,
            "hint": self.hint,
        }})
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let host = error.host_to_allow();
        let has_session = error.session().is_some();
        let has_rest = has_session || host.is_some();
        let failure = Self {
            kind: Kind::Of(error.kind()),
            status: error.status(),
            code: error.broker_code().map(str::to_owned),
            operation: error.operation().map(Box::from),
            broker_message: error.broker_message().map(str::to_owned),
            hint: error.hint().map(Box::from),
            text: error.to_string(),
            rest: has_rest.then(|| Box::new(Rest { session: error.session().cloned(), host })),
            shown: false,
        };
        match (failure.allow_host(), has_session) {
            (Some(flag), false) => failure.with_note(&format!("To allow it, add {flag}.")),
            _ => failure,
        }
    }
}

/// The exit status for an error kind; that of everything else for a kind this program does not know yet.
fn exit_status(kind: ErrorKind) -> u8 {
    if kind == ErrorKind::Config {
        return CONFIG_STATUS;
    }
    let mut numbered =
        ErrorKind::ALL.into_iter().filter(|kind| *kind != ErrorKind::Config).zip(FIRST_STATUS..);
    numbered.find(|(known, _)| *known == kind).map_or(OTHER_STATUS, |(_, status)| status)
}

/// The list of exit statuses for `--help`.
pub(crate) fn exit_statuses() -> String {
    let mut lines = vec![
        "Exit statuses (and error kinds, as --json names them):".to_owned(),
        "    0  Fine.".to_owned(),
        format!(
            "    {OTHER_STATUS}  other: anything that is not listed here, for instance a store that cannot be written."
        ),
        format!("    {CONFIG_STATUS}  config: the usage or the settings are wrong; nothing was sent."),
    ];
    let kinds = ErrorKind::ALL.into_iter().filter(|kind| *kind != ErrorKind::Config);
    lines.extend(kinds.map(|kind| format!("  {:>3}  {kind}: {}", exit_status(kind), kind.advice())));
    lines.push(format!("  {INTERRUPTED_STATUS}  interrupted: SIGINT or SIGTERM."));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_has_an_exit_status_of_its_own() {
        let statuses: BTreeSet<u8> = ErrorKind::ALL.into_iter().map(exit_status).collect();
        assert_eq!(statuses.len(), ErrorKind::ALL.len());
        for taken in [0, OTHER_STATUS, INTERRUPTED_STATUS] {
            assert!(!statuses.contains(&taken));
        }
        assert_eq!(exit_status(ErrorKind::Config), 2);
        assert_eq!(exit_status(ErrorKind::Credentials), 10);
    }

    #[test]
    fn the_help_lists_every_kind() {
        let help = exit_statuses();
        for kind in ErrorKind::ALL {
            assert!(help.contains(&format!("{}  {kind}: ", exit_status(kind))), "{kind}");
        }
    }
}
