//! What went wrong, in the forms the program reports it in: an exit status, a JSON object and words.

use std::{fmt, time::Duration};

use broker_session::{Error, ErrorKind, SavedSession};
use serde_json::{Value, json};

use crate::output::{capitalized, quoted};

/// The exit status of everything that is no kind of the library's.
const OTHER_STATUS: u8 = 1;
/// What shells report for a program that ended by SIGINT.
const INTERRUPTED_STATUS: u8 = 130;

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    /// What the library reports of it.
    error: Option<Error>,
    /// For a person: what happened, why, and what to do about it.
    text: String,
    /// Whether the result that the command has written contains it already.
    shown: bool,
    /// How to fix it, where the library does not say it.
    hint: Option<String>,
    /// The page for a person, where the library does not say it.
    login_url: Option<String>,
    /// The exit status in place of that of the kind.
    status: Option<u8>,
}

/// What a failure means to a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A kind of the library's.
    Of(ErrorKind),
    /// A signal has ended the program.
    Interrupted,
    /// Something that has nothing to do with a broker.
    Other,
}

impl Kind {
    /// The name, as JSON has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Of(kind) => kind.as_str(),
            Self::Interrupted => "interrupted",
            Self::Other => "other",
        }
    }
}

impl From<ErrorKind> for Kind {
    fn from(kind: ErrorKind) -> Self {
        Self::Of(kind)
    }
}

impl Failure {
    /// A failure that the program itself has found, of one of the library's kinds.
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

    /// A signal has ended the program.
    pub(crate) fn interrupted() -> Self {
        let text = "interrupted. If a request was on its way, it may have taken effect.";
        Self::new(Kind::Interrupted, text)
    }

    /// A failure of this kind that the written result contains already, so that only the exit status is left.
    pub(crate) fn shown(kind: impl Into<Kind>) -> Self {
        Self { shown: true, ..Self::new(kind.into(), "") }
    }

    /// Another program has run, and has ended with this status. There is nothing to report.
    pub(crate) fn ended_with(status: u8) -> Self {
        Self { shown: true, ..Self::other("") }.with_status(status)
    }

    fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self { kind, error: None, text: text.into(), shown: false, hint: None, login_url: None, status: None }
    }

    /// What the library reports of it.
    pub(crate) fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// The session that has begun all the same.
    pub(crate) fn session(&self) -> Option<&SavedSession> {
        self.error.as_ref()?.session()
    }

    /// The option that allows the host which would have to be allowed.
    pub(crate) fn allow_host(&self) -> Option<String> {
        let host = self.error.as_ref()?.host_to_allow()?;
        Some(format!("--allow-host {}", quoted(&host)))
    }

    /// The kind of a failure that is about the server's certificate.
    pub(crate) fn certificate_problem(&self) -> Option<ErrorKind> {
        self.error.as_ref().filter(|error| error.is_certificate_refused()).map(Error::kind)
    }

    /// Adds a sentence for a person.
    pub(crate) fn with_note(mut self, note: &str) -> Self {
        self.text.push(' ');
        self.text.push_str(note);
        self
    }

    /// States the fix, in a sentence or two.
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Names the page that a person must open in a browser.
    pub(crate) fn with_login_url(mut self, url: Option<&str>) -> Self {
        self.login_url = url.map(str::to_owned);
        self
    }

    /// The same failure with another exit status.
    pub(crate) fn with_status(mut self, status: u8) -> Self {
        self.status = Some(status);
        self
    }

    /// The same failure as another kind.
    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.kind = Kind::Of(kind);
        self
    }

    /// Whether it is of this kind.
    pub(crate) fn is(&self, kind: ErrorKind) -> bool {
        self.kind == Kind::Of(kind)
    }

    /// What it means to a script.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Why it happened, and how to fix it. The text has both, in this order.
    pub(crate) fn explained(&self) -> (String, String) {
        let advice = self.error.as_ref().map(|error| error.hint().unwrap_or(error.kind().advice()));
        if let Some((why, advice)) = advice.and_then(|advice| Some((self.text.strip_suffix(advice)?, advice)))
        {
            let why = why.trim_end();
            return match why.trim_end_matches('.').rsplit_once("; ") {
                Some((why, cure)) if is_cure(cure) => (format!("{why}."), format!("{}.", capitalized(cure))),
                _ => (why.to_owned(), advice.to_owned()),
            };
        }
        match (self.text.rsplit_once(". "), self.kind) {
            (Some((why, cure)), _) => (format!("{why}."), cure.to_owned()),
            (None, Kind::Of(kind)) => (self.text.clone(), kind.advice().to_owned()),
            (None, _) => (self.text.clone(), "Correct it and try again.".to_owned()),
        }
    }

    /// How long to wait before the next attempt.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        self.error.as_ref()?.retry_after()
    }

    /// Whether there is nothing more to report.
    pub(crate) fn is_shown(&self) -> bool {
        self.shown
    }

    /// The status that the program exits with.
    pub(crate) fn exit_status(&self) -> u8 {
        self.status.unwrap_or_else(|| match self.kind {
            Kind::Of(kind) => exit_status(kind),
            Kind::Interrupted => INTERRUPTED_STATUS,
            Kind::Other => OTHER_STATUS,
        })
    }

    /// The JSON object for scripts. Its `message` is the broker's own where there is one.
    pub(crate) fn to_json(&self) -> Value {
        let error = self.error.as_ref();
        json!({ "error": {
            "kind": self.kind.name(),
            "status": error.and_then(Error::status),
            "code": error.and_then(Error::broker_code),
            "message": error.and_then(Error::broker_message).unwrap_or(&self.text),
            "operation": error.and_then(Error::operation),
            "hint": self.hint.as_deref().or_else(|| error.map(|error| error.hint().unwrap_or(error.kind().advice()))),
            "login_url": self.login_url.as_deref().or_else(|| error.and_then(Error::login_url)),
            "host_to_allow": error.and_then(Error::host_to_allow),
            "retry_after": error.and_then(Error::retry_after).map(|wait| wait.as_secs()),
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
        let failure = Self::new(Kind::Of(error.kind()), error.to_string());
        let failure = Self { error: Some(error), ..failure };
        match failure.allow_host() {
            Some(flag) if failure.session().is_none() => {
                failure.with_note(&format!("To allow it, add {flag}."))
            }
            _ => failure,
        }
    }
}

/// Whether a clause says what to do.
pub(crate) fn is_cure(clause: &str) -> bool {
    let verbs = ["copy", "correct", "give", "keep", "make", "remove", "use", "write"];
    verbs.iter().any(|verb| clause.split([' ', '\u{2019}']).next() == Some(verb))
}

/// The exit status for an error kind. Scripts rely on it, so a number never changes its meaning.
fn exit_status(kind: ErrorKind) -> u8 {
    match kind {
        // Also clap's.
        ErrorKind::Config => 2,
        ErrorKind::Credentials => 10,
        ErrorKind::SecondFactor => 11,
        ErrorKind::Locked => 12,
        ErrorKind::SessionExpired => 13,
        ErrorKind::LoginRequired => 14,
        ErrorKind::Refused => 15,
        ErrorKind::RateLimited => 16,
        ErrorKind::Unavailable => 17,
        ErrorKind::Timeout => 18,
        ErrorKind::Protocol => 19,
        ErrorKind::HostNotAllowed => 20,
        ErrorKind::Store => 21,
        // A kind of a newer library. A test holds that there is none.
        _ => OTHER_STATUS,
    }
}

/// The list of exit statuses for `--help`.
pub(crate) fn exit_statuses() -> String {
    let mut lines = vec![
        "Exit statuses (and error kinds, as --json names them):".to_owned(),
        "    0  Fine.".to_owned(),
        format!(
            "    {OTHER_STATUS}  other: anything that is not listed here, for instance output that cannot be written."
        ),
        format!(
            "  {:>3}  config: the usage or the settings are wrong; nothing was sent.",
            exit_status(ErrorKind::Config)
        ),
    ];
    let kinds = ErrorKind::ALL.iter().filter(|kind| **kind != ErrorKind::Config);
    lines.extend(kinds.map(|kind| format!("  {:>3}  {kind}: {}", exit_status(*kind), kind.advice())));
    lines.push(format!("  {INTERRUPTED_STATUS}  interrupted: SIGINT or SIGTERM."));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_kind_has_its_own_exit_status() {
        let statuses: BTreeSet<u8> = ErrorKind::ALL.iter().copied().map(exit_status).collect();
        assert_eq!(statuses.len(), ErrorKind::ALL.len());
        for taken in [0, OTHER_STATUS, INTERRUPTED_STATUS] {
            assert!(!statuses.contains(&taken));
        }
        assert_eq!(exit_status(ErrorKind::Config), 2);
        assert_eq!(exit_status(ErrorKind::Credentials), 10);
    }

    #[test]
    fn a_text_ends_with_what_to_do() {
        let failure = Failure::config("the file `a.b` cannot be read: no. Correct the path.");
        let expected = ("the file `a.b` cannot be read: no.".to_owned(), "Correct the path.".to_owned());
        assert_eq!(failure.explained(), expected);
        let client = broker_session::ibkr::Client::builder().trust_certificate("made up").build();
        let (why, cure) = Failure::from(client.err().unwrap()).explained();
        assert!(why.ends_with("is not a readable PEM certificate."), "{why}");
        assert!(cure.starts_with("Give the server's own one"), "{cure}");
        let (why, cure) = Failure::config("made up").explained();
        assert_eq!((why.as_str(), cure.as_str()), ("made up", ErrorKind::Config.advice()));
    }

    #[test]
    fn the_help_lists_every_kind() {
        let help = exit_statuses();
        for kind in ErrorKind::ALL.iter().copied() {
            assert!(help.contains(&format!("{}  {kind}: ", exit_status(kind))), "{kind}");
        }
    }
}
