//! What a client was generated from, as data.
//!
//! The generator writes one [`Api`] per spec. The transport and the crate `broker-session` read from it what may be
//! repeated, which headers a call carries, which fields are secret and what a response means. So the spec stays the
//! only place where a person writes these facts.

use std::time::Duration;

use http::HeaderMap;
use serde_json::Value;

use crate::{
    Decoded, ErrorKind,
    broker_message::{Phrases, matches, may_match, normal},
    decode::decode_anything,
    failure::GIVE_PROXY_PASSWORD,
    lenient::has,
};

/// A broker's API as its spec describes it.
#[derive(Debug)]
pub struct Api {
    /// The title of the spec.
    pub title: &'static str,
    /// The version of the API that the spec describes.
    pub version: &'static str,
    /// The broker's servers, in the order in which they are tried. An operation may have others.
    pub servers: &'static [Server],
    /// The broker's domains: a response may name any host below one of them to carry on with.
    pub domains: &'static [&'static str],
    /// The ways a caller identifies itself.
    pub security_schemes: &'static [SecurityScheme],
    /// Every operation.
    pub operations: &'static [Operation],
    /// The broker's own error codes.
    pub error_codes: &'static [ErrorCode],
    /// How a person can fix a failure; the first hint that applies is shown.
    pub hints: &'static [Hint],
    /// How many requests the broker accepts, of all operations together.
    pub rate_limit: Option<RateLimit>,
    /// How long the broker blocks a caller that has sent too many requests, where this is documented.
    pub penalty: Option<Duration>,
    /// The spec itself, with the feature `drift` of the generated crate.
    pub document: Option<&'static str>,
}

impl Api {
    /// The operation with this id.
    pub fn operation(&self, id: &str) -> Option<&'static Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// The security scheme with this name.
    pub fn security_scheme(&self, name: &str) -> Option<&'static SecurityScheme> {
        self.security_schemes.iter().find(|scheme| scheme.name == name)
    }

    /// The base URLs of one environment, in the order in which they are tried.
    pub fn servers_of(&self, environment: Environment) -> impl Iterator<Item = &'static str> {
        self.servers.iter().filter(move |server| server.environment == environment).map(|server| server.url)
    }

    /// Every server of the spec, those of single operations included.
    pub fn all_servers(&self) -> impl Iterator<Item = &'static Server> {
        self.servers.iter().chain(self.operations.iter().flat_map(|operation| operation.servers))
    }

    /// The entry for a failure's codes and sentences. The operation's own entries win over those of the whole API, a code
    /// over a sentence, and an exact phrase over one with a `*` in it.
    pub(crate) fn known(
        &self,
        operation: Option<&Operation>,
        phrases: &Phrases,
    ) -> Option<&'static ErrorCode> {
        let tables = [operation.map_or(&[][..], |operation| operation.error_codes), self.error_codes];
        tables.into_iter().find_map(|table| {
            let mut with_star = None;
            for phrase in phrases.iter() {
                // Nearly all begin with another letter.
                for known in table.iter().filter(|known| may_match(known.code, phrase)) {
                    let has_star = known.code.contains('*');
                    if has_star && with_star.is_some() || !matches(known.code, phrase) {
                        continue;
                    }
                    if !has_star {
                        return Some(known);
                    }
                    with_star = Some(known);
                }
            }
            with_star
        })
    }

    /// Whether the spec knows this code by itself.
    pub(crate) fn is_code(&self, operation: Option<&Operation>, code: &str) -> bool {
        let own = operation.map_or(&[][..], |operation| operation.error_codes);
        let code = normal(code);
        own.iter().chain(self.error_codes).any(|known| matches(known.code, &code))
    }

    /// What a failure means. The broker's own codes win over the status. A status that the spec does not know is
    /// classified by its class (RFC 9110, section 15). A failure with a status of success means what the status in its
    /// body means, if the spec describes that one. Without an operation, 401 is the end of the session.
    pub(crate) fn error_kind(
        &self,
        operation: Option<&Operation>,
        status: u16,
        phrases: &Phrases,
    ) -> ErrorKind {
        let known = || self.known(operation, phrases).map(|known| known.kind);
        let documented = |status| operation?.status(status)?.kind;
        let by_status = || match status {
            200..=299 => documented(phrases.status()?),
            _ => documented(status),
        };
        known().or_else(by_status).unwrap_or(match status {
            // Only failures are classified here.
            200..=299 => ErrorKind::Refused,
            401 if operation.is_none() => ErrorKind::SessionExpired,
            401 => ErrorKind::Credentials,
            // A proxy's authentication, a timeout and "too early" do not come from the broker.
            407 | 408 | 425 => ErrorKind::Unavailable,
            429 => ErrorKind::RateLimited,
            400..=499 => ErrorKind::Refused,
            500..=599 => ErrorKind::Unavailable,
            _ => ErrorKind::Protocol,
        })
    }

    /// What a failed call means for a guess that it carried.
    pub(crate) fn verdict(&self, operation: &Operation, status: u16, phrases: &Phrases) -> Verdict {
        let known = self.known(Some(operation), phrases);
        let by_status = || {
            let status = if (200..300).contains(&status) { phrases.status()? } else { status };
            operation.status(status)
        };
        let by_kind = || match self.error_kind(Some(operation), status, phrases) {
            ErrorKind::SecondFactor | ErrorKind::Locked => Verdict::Judged,
            // The broker was busy with something else: the access token, the session, the form of the request.
            ErrorKind::Credentials
            | ErrorKind::SessionExpired
            | ErrorKind::LoginRequired
            | ErrorKind::Refused => Verdict::NotJudged,
            // The broker may have counted the guess before it failed, and a limit may be one of sign-ins.
            _ => Verdict::Unknown,
        };
        match known {
            Some(known) if known.judges => Verdict::Judged,
            Some(_) => by_kind(),
            // Only servers in between send these (RFC 9110, section 15.5.8; RFC 6585, section 6).
            None if matches!(status, 407 | 511) => Verdict::NotJudged,
            None if by_status().is_some_and(|status| status.judges) => Verdict::Unknown,
            // An unknown message that names the guess.
            None if operation.secret_fields.iter().any(|name| phrases.mention(name)) => Verdict::Unknown,
            None => by_kind(),
        }
    }

    /// How a person can fix a failure: the first hint that applies.
    pub(crate) fn hint(
        &self,
        operation: Option<&Operation>,
        status: u16,
        phrases: &Phrases,
        headers: &HeaderMap,
    ) -> Option<&'static str> {
        let is_reported = |known: &&str| phrases.iter().any(|phrase| matches(known, phrase));
        let is_called =
            |hint: &Hint| operation.is_some_and(|operation| hint.operations.contains(&operation.id));
        let has = |(name, pattern): (&str, &str)| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.is_some_and(|value| matches(pattern, &normal(value)))
        };
        let mut hints = self.hints.iter().chain(OF_SERVERS_IN_BETWEEN);
        let found = hints.find(|hint| {
            (hint.statuses.is_empty() || hint.statuses.contains(&status))
                && (hint.operations.is_empty() || is_called(hint))
                && (hint.codes.is_empty() || hint.codes.iter().any(&is_reported))
                && hint.header.is_none_or(has)
        });
        found.map(|hint| hint.text)
    }
}

/// Hints for failures of servers between the program and the broker.
const OF_SERVERS_IN_BETWEEN: &[Hint] = &[
    Hint { statuses: &[407], text: GIVE_PROXY_PASSWORD, ..Hint::EMPTY },
    Hint {
        statuses: &[511],
        text: "The network wants you to sign in first: open any page in a browser, sign in there, and try again.",
        ..Hint::EMPTY
    },
];

/// What a failed call means for the guess in it: a credential attempt (password, code, PIN) that the broker counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The broker has checked the guess, so it counts.
    Judged,
    /// The broker has refused something else and has not checked the guess.
    NotJudged,
    /// It is not known whether the guess counts.
    Unknown,
}

/// One of the broker's servers.
#[derive(Debug)]
pub struct Server {
    /// The base URL.
    pub url: &'static str,
    /// Which environment it belongs to.
    pub environment: Environment,
}

impl Server {
    /// A server of the environment with real money.
    pub const fn production(url: &'static str) -> Self {
        Self { url, environment: Environment::Production }
    }

    /// A server of the broker's own test environment.
    pub const fn sandbox(url: &'static str) -> Self {
        Self { url, environment: Environment::Sandbox }
    }
}

/// Which of the broker's environments a server belongs to. Credentials never cross from one to the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Environment {
    /// The one with real money.
    #[default]
    Production,
    /// The broker's own test environment.
    Sandbox,
}

/// One way a caller identifies itself (a `securityScheme` of the spec).
#[derive(Debug)]
pub struct SecurityScheme {
    /// Its name in the spec.
    pub name: &'static str,
    /// How it travels.
    pub kind: SecuritySchemeKind,
    /// Whether its value is a secret; some schemes only name the caller.
    pub secret: bool,
}

/// How a security scheme travels.
#[derive(Debug)]
pub enum SecuritySchemeKind {
    /// `Authorization: Bearer` (RFC 6750).
    Bearer,
    /// `Authorization: Basic` (RFC 7617).
    Basic,
    /// A header of its own.
    Header(&'static str),
}

/// One operation of the spec.
#[derive(Debug)]
pub struct Operation {
    /// The `operationId`.
    pub id: &'static str,
    /// The HTTP method, in capitals.
    pub method: &'static str,
    /// The path, with its parameters in braces.
    pub path: &'static str,
    /// Its own servers, if it is not called at those of the API.
    pub servers: &'static [Server],
    /// Whether it may be repeated.
    pub retry: Retry,
    /// The names of the security schemes that a call carries.
    pub security: &'static [&'static str],
    /// The header parameters that are secret.
    pub secret_headers: &'static [&'static str],
    /// The fields of the request body that are secret.
    pub secret_fields: &'static [&'static str],
    /// The documented statuses.
    pub statuses: &'static [Status],
    /// How many requests of this operation the broker accepts.
    pub rate_limit: Option<RateLimit>,
    /// What codes and sentences mean to this operation, where that differs from what they mean elsewhere.
    pub error_codes: &'static [ErrorCode],
    /// How long a code in the request is valid, if it is computed from the time (RFC 6238, section 4).
    pub time_step: Option<Duration>,
}

impl Operation {
    /// An operation without anything, for a table to begin with.
    pub const EMPTY: Self = Self {
        id: "",
        method: "",
        path: "",
        servers: &[],
        retry: Retry::Never,
        security: &[],
        secret_headers: &[],
        secret_fields: &[],
        statuses: &[],
        rate_limit: None,
        error_codes: &[],
        time_step: None,
    };

    /// The entry for this status.
    pub fn status(&self, code: u16) -> Option<&'static Status> {
        self.statuses.iter().find(|status| status.code == code)
    }
}

/// A documented status of an operation.
#[derive(Debug)]
pub struct Status {
    /// The HTTP status.
    pub code: u16,
    /// What it means, where the spec defines it.
    pub kind: Option<ErrorKind>,
    /// Decodes a body, if it is what the spec describes for this status.
    pub decode: fn(&[u8]) -> Result<Decoded, serde_json::Error>,
    /// Whether the body may be missing; it then means an object without fields.
    pub may_be_empty: bool,
    /// Whether an unknown message may be about the guess that the request carries.
    pub judges: bool,
    /// The fields that confirm a success, with the values that do: one must, and none may contradict. If there are none,
    /// the status is enough.
    pub success: &'static [(&'static str, &'static [&'static str])],
    /// The required fields of a success.
    pub required: &'static [&'static str],
    /// The forms of a failure that this status of success may have (`x-fault`).
    pub faults: &'static [Fault],
}

impl Status {
    /// A success whose body can be decoded. Nothing else is needed to recognise it.
    pub const fn success(code: u16, decode: fn(&[u8]) -> Result<Decoded, serde_json::Error>) -> Self {
        Self { code, decode, ..Self::failure(code, None) }
    }

    /// A failure. It is recognised by its status, so that its body may be any JSON.
    pub const fn failure(code: u16, kind: Option<ErrorKind>) -> Self {
        Self {
            code,
            kind,
            decode: decode_anything,
            may_be_empty: false,
            judges: false,
            success: &[],
            required: &[],
            faults: &[],
        }
    }

    /// The same, where an unknown message may be about the guess that the request carries.
    pub const fn judging(self) -> Self {
        Self { judges: true, ..self }
    }
}

/// A form of a failure with a status of success.
#[derive(Debug)]
pub struct Fault {
    /// Its required fields.
    pub required: &'static [&'static str],
    /// Whether it wins over the success. The others count only if a required field of the success is missing.
    pub first: bool,
}

impl Fault {
    /// A form that wins over the success.
    pub const fn first(required: &'static [&'static str]) -> Self {
        Self { required, first: true }
    }

    /// A form that counts only if a required field of the success is missing.
    pub const fn last(required: &'static [&'static str]) -> Self {
        Self { required, first: false }
    }

    /// Whether JSON has this form.
    pub(crate) fn is_in(&self, value: &Value) -> bool {
        has_all(value, self.required)
    }
}

/// Whether each of the fields is there, and neither null nor an empty string.
pub(crate) fn has_all(value: &Value, names: &[&str]) -> bool {
    names.iter().all(|name| has(value, name))
}

/// How many requests a broker accepts in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// The number of requests.
    pub requests: u32,
    /// The time.
    pub per: Duration,
}

/// Whether an operation may be repeated (`x-retry`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Any number of times.
    Safe,
    /// Only if the request provably never left.
    Unsent,
    /// Never.
    Never,
}

/// One of the broker's own error codes.
#[derive(Debug)]
pub struct ErrorCode {
    /// The code as a string, or a sentence, in which `*` stands for any characters.
    pub code: &'static str,
    /// The kind of error that it means.
    pub kind: ErrorKind,
    /// Whether it is about the guess that the request carried: a password, a code, a pin.
    pub judges: bool,
}

impl ErrorCode {
    /// A code that is not about a guess.
    pub const fn new(code: &'static str, kind: ErrorKind) -> Self {
        Self { code, kind, judges: false }
    }

    /// A code that is about the guess in the request.
    pub const fn judging(code: &'static str, kind: ErrorKind) -> Self {
        Self { code, kind, judges: true }
    }
}

/// How a person can fix a failure. It applies if all its conditions hold.
#[derive(Debug)]
pub struct Hint {
    /// The HTTP statuses; the response must have one of them.
    pub statuses: &'static [u16],
    /// The codes or sentences; the failure must have one of them.
    pub codes: &'static [&'static str],
    /// A header of the response, and its value.
    pub header: Option<(&'static str, &'static str)>,
    /// The operations; the call must be to one of them.
    pub operations: &'static [&'static str],
    /// What a person can do, in a sentence or two.
    pub text: &'static str,
}

impl Hint {
    /// A hint without conditions and text, for a table to begin with.
    pub const EMPTY: Self = Self { statuses: &[], codes: &[], header: None, operations: &[], text: "" };
}
