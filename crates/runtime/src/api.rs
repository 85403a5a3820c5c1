//! What a client was generated from, as data.
//!
//! The generator writes one [`Api`] per spec. The transport and the ergonomic crate read from it what may
//! be repeated, which headers a call carries, which members are secret and what an answer means; so the
//! spec stays the only place where a person writes these things down.

use std::time::Duration;

use http::HeaderMap;
use serde::{
    Deserialize,
    de::{DeserializeOwned, Error, IgnoredAny},
};

use crate::{
    ErrorKind, Shape, Words,
    phrase::{matches, normal},
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
    /// The ways out of a failure, for a person; the first that applies is shown.
    pub hints: &'static [Hint],
    /// How many requests the broker takes, of all operations together.
    pub rate_limit: Option<RateLimit>,
    /// How long the broker keeps a caller out that has sent too many requests, where it says so.
    pub penalty: Option<Duration>,
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

    /// What the spec says of a failure's codes and sentences: the operation's own meaning wins over that of the whole API,
    /// a code over a sentence, and a phrase as it stands over one with a `*` in it.
    pub fn known(&self, operation: Option<&Operation>, words: &Words) -> Option<&'static ErrorCode> {
        let phrases: Vec<String> = words.phrases.iter().map(|phrase| normal(phrase)).collect();
        let tables = [operation.map_or(&[][..], |operation| operation.error_codes), self.error_codes];
        tables.into_iter().find_map(|table| {
            let find = |with_star: bool| {
                phrases.iter().find_map(|phrase| {
                    let mut table = table.iter().filter(|known| known.code.contains('*') == with_star);
                    table.find(|known| matches(known.code, phrase))
                })
            };
            find(false).or_else(|| find(true))
        })
    }

    /// Whether a code by itself is one that the spec knows.
    pub(crate) fn is_code(&self, operation: Option<&Operation>, code: &str) -> bool {
        let own = operation.map_or(&[][..], |operation| operation.error_codes);
        let code = normal(code);
        own.iter().chain(self.error_codes).any(|known| matches(known.code, &code))
    }

    /// What a response means: the broker's own words win over the status, and a status that the spec does
    /// not know is understood by its class (RFC 9110, section 15). A failure with a status of success means what the
    /// status in its body does, if the spec describes that one.
    pub fn error_kind(&self, operation: &Operation, status: u16, words: &Words) -> ErrorKind {
        let known = || self.known(Some(operation), words).map(|known| known.kind);
        let documented = |status| operation.status(status)?.kind;
        let by_status = || match status {
            200..=299 => documented(words.status()?),
            _ => documented(status),
        };
        known().or_else(by_status).unwrap_or(match status {
            // A success would not have got here.
            200..=299 => ErrorKind::Refused,
            401 => ErrorKind::Credentials,
            // Too early, and what a proxy wants to know: neither is the broker's answer.
            407 | 408 | 425 => ErrorKind::Unavailable,
            429 => ErrorKind::RateLimited,
            400..=499 => ErrorKind::Refused,
            500..=599 => ErrorKind::Unavailable,
            _ => ErrorKind::Protocol,
        })
    }

    /// What a failed call means for a guess that it carried.
    pub fn verdict(&self, operation: &Operation, status: u16, words: &Words) -> Verdict {
        let known = self.known(Some(operation), words);
        let by_status = || {
            let status = if (200..300).contains(&status) { words.status()? } else { status };
            operation.status(status)
        };
        let by_kind = || match self.error_kind(operation, status, words) {
            ErrorKind::SecondFactor | ErrorKind::Locked => Verdict::Judged,
            // The broker was busy with something else: the access token, the session, the form of the request.
            ErrorKind::Credentials
            | ErrorKind::SessionExpired
            | ErrorKind::LoginRequired
            | ErrorKind::Refused => Verdict::NotJudged,
            // It may have counted the guess before it failed; and a limit may be one of sign-ins.
            _ => Verdict::Unknown,
        };
        match known {
            Some(known) if known.judges => Verdict::Judged,
            Some(_) => by_kind(),
            // Servers in between say these, and no broker (RFC 9110, section 15.5.8; RFC 6585, section 6).
            None if matches!(status, 407 | 511) => Verdict::NotJudged,
            None if by_status().is_some_and(|status| status.judges) => Verdict::Unknown,
            // Words that the spec does not know, and that name the guess.
            None if operation.secret_members.iter().any(|name| words.mention(name)) => Verdict::Unknown,
            None => by_kind(),
        }
    }

    /// The way out of a failure, for a person: the first of the hints that applies.
    pub fn hint(
        &self,
        operation: &Operation,
        status: u16,
        words: &Words,
        headers: &HeaderMap,
    ) -> Option<&'static str> {
        let phrases: Vec<String> = words.phrases.iter().map(|phrase| normal(phrase)).collect();
        let is_said = |known: &&str| phrases.iter().any(|phrase| matches(known, phrase));
        let has = |(name, pattern): (&str, &str)| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.is_some_and(|value| matches(pattern, &normal(value)))
        };
        let mut hints = self.hints.iter().chain(OF_SERVERS_IN_BETWEEN);
        let found = hints.find(|hint| {
            (hint.statuses.is_empty() || hint.statuses.contains(&status))
                && (hint.operations.is_empty() || hint.operations.contains(&operation.id))
                && (hint.codes.is_empty() || hint.codes.iter().any(&is_said))
                && hint.header.is_none_or(has)
        });
        found.map(|hint| hint.text)
    }
}

/// What servers between the program and the broker want, whichever broker it is.
const OF_SERVERS_IN_BETWEEN: &[Hint] = &[
    Hint {
        statuses: &[407],
        codes: &[],
        header: None,
        operations: &[],
        text: "A proxy between this machine and the broker wants a user name and a password: give them in the proxy's URL.",
    },
    Hint {
        statuses: &[511],
        codes: &[],
        header: None,
        operations: &[],
        text: "The network wants you to sign in first: open any page in a browser, sign in there, and try again.",
    },
];

/// What a failed call means for a guess that it carried: a password, a code, a pin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The broker has looked at the guess, so it counts.
    Judged,
    /// The broker has refused something else and has not looked at it.
    NotJudged,
    /// Nobody knows.
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

/// Which of the broker's environments a server belongs to. Credentials never cross from one to the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Environment {
    /// Where real money is.
    #[default]
    Production,
    /// The broker's own place for trying things out.
    Sandbox,
}

/// One way a caller identifies itself (a `securityScheme` of the spec).
#[derive(Debug)]
pub struct SecurityScheme {
    /// Its name in the spec.
    pub name: &'static str,
    /// How it travels.
    pub kind: SecuritySchemeKind,
    /// Whether its value is a secret; a few name the caller without proving anything.
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
    /// Where it is called, if not at the servers of the API.
    pub servers: &'static [Server],
    /// Whether it may be repeated.
    pub retry: Retry,
    /// The names of the security schemes that a call carries.
    pub security: &'static [&'static str],
    /// The header parameters that are secret.
    pub secret_headers: &'static [&'static str],
    /// The members of the request body that are secret.
    pub secret_members: &'static [&'static str],
    /// The documented statuses.
    pub statuses: &'static [Status],
    /// How often the broker takes this operation.
    pub rate_limit: Option<RateLimit>,
    /// What codes and sentences mean to this operation, where that differs from what they mean elsewhere.
    pub error_codes: &'static [ErrorCode],
    /// How long a code that the request carries is good for, if it is made from the time (RFC 6238, section 4).
    pub time_step: Option<Duration>,
}

impl Operation {
    /// What the spec says about this status.
    pub fn status(&self, code: u16) -> Option<&'static Status> {
        self.statuses.iter().find(|status| status.code == code)
    }
}

/// A documented status of an operation.
#[derive(Debug)]
pub struct Status {
    /// The HTTP status.
    pub code: u16,
    /// What it means, where the spec says so.
    pub kind: Option<ErrorKind>,
    /// Whether a body is what the spec describes for this status.
    pub fits: fn(&[u8]) -> Result<(), serde_json::Error>,
    /// Whether the body may be missing; it then means an object without members.
    pub may_be_empty: bool,
    /// Whether words that the spec does not know may be about the guess that the request carries.
    pub judges: bool,
    /// The fields of which one must confirm a success, and none contradict it, with the values that do. None: the status
    /// is enough.
    pub success: &'static [(&'static str, &'static [&'static str])],
    /// What its JSON looks like to the letter; nothing if it has none.
    pub shape: Option<&'static Shape>,
}

/// How many requests a broker takes in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many.
    pub requests: u32,
    /// In which time.
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
    /// The code as text, or a sentence, in which `*` stands for any run of characters.
    pub code: &'static str,
    /// What a client should make of it.
    pub kind: ErrorKind,
    /// Whether it is about the guess that the request carried: a password, a code, a pin.
    pub judges: bool,
    /// What it means, in one sentence.
    pub meaning: &'static str,
}

/// A way out of a failure, and when it applies: all conditions that are there must hold.
#[derive(Debug)]
pub struct Hint {
    /// The HTTP statuses of which one must be met.
    pub statuses: &'static [u16],
    /// The codes or sentences of which one must be met.
    pub codes: &'static [&'static str],
    /// A header of the response, and what it must hold.
    pub header: Option<(&'static str, &'static str)>,
    /// The operations of which one must be meant.
    pub operations: &'static [&'static str],
    /// What a person can do, in a sentence or two.
    pub text: &'static str,
}

/// Whether `body` decodes into `T`. Generated tables refer to it.
///
/// JSON is UTF-8 (RFC 8259, section 8.1), in members that nobody reads as well.
pub fn fits<T: DeserializeOwned>(body: &[u8]) -> Result<(), serde_json::Error> {
    match std::str::from_utf8(body) {
        Ok(text) => serde_json::from_str::<T>(text).map(drop),
        Err(error) => {
            // What would not be JSON in any encoding is a page, and not JSON that went wrong.
            serde_json::from_slice::<IgnoredAny>(body)?;
            Err(serde_json::Error::custom(error))
        }
    }
}

/// The same where an object is meant: serde would also fill a type from a list, and of one whose members are all
/// optional an empty list would make an empty success.
pub fn fits_object<T: DeserializeOwned>(body: &[u8]) -> Result<(), serde_json::Error> {
    fits::<T>(body)?;
    match body.trim_ascii_start().first() {
        Some(b'{') => Ok(()),
        _ => Err(serde_json::Error::custom("an object is meant here")),
    }
}

/// For a status without a body. RFC 7009, section 2.2, lets a client ignore what a revocation is answered with; this one
/// looks. An object without members says as little; anything else is somebody's failure or page,
/// and to take it for a success would leave a token good that its user believes to be revoked.
pub fn fits_nothing(body: &[u8]) -> Result<(), serde_json::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}

    match body.trim_ascii().is_empty() {
        true => Ok(()),
        false => fits_object::<Nothing>(body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "only read")]
    struct Optional {
        #[serde(default)]
        text: Option<String>,
    }

    #[test]
    fn where_nothing_is_meant_nothing_fits_but_an_object_without_members() {
        for body in ["", " \r\n", "{}", " { }\n"] {
            assert!(fits_nothing(body.as_bytes()).is_ok(), "{body}");
        }
        for body in
            ["{\"error\":\"invalid_client\"}", "{\"fault\":null}", "<html>", "[]", "null", "0", "{}{}", "OK"]
        {
            assert!(fits_nothing(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn what_is_no_utf_8_is_no_json_even_in_a_member_that_nobody_reads() {
        assert!(fits::<Optional>(b"{\"other\":\"\xc3\xa9\"}").is_ok());
        assert!(fits::<Optional>(b"{\"other\":\"\xe9\"}").unwrap_err().is_data());
        assert!(fits::<Optional>(b"<html>\xe9</html>").unwrap_err().is_syntax());
    }

    #[test]
    fn a_list_is_no_object_even_where_every_member_is_optional() {
        for body in ["{}", " \n{\"text\":\"a\"}"] {
            assert!(fits_object::<Optional>(body.as_bytes()).is_ok(), "{body}");
        }
        for body in ["[]", " [\"a\"]", "[{}]", "null", "1", ""] {
            assert!(fits_object::<Optional>(body.as_bytes()).is_err(), "{body}");
        }
        assert!(fits::<Optional>(b"[]").is_ok(), "serde takes it");
    }
}
