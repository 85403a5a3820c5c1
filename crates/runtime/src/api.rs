//! What a client was generated from, as data.
//!
//! The generator writes one [`Api`] per spec. The transport and the ergonomic crate read from it what may
//! be repeated, which headers a call carries, which members are secret and what an answer means; so the
//! spec stays the only place where a person writes these things down.

use std::time::Duration;

use serde::{
    Deserialize,
    de::{DeserializeOwned, Error, IgnoredAny},
};

use crate::{ErrorKind, Shape, Words};

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

    /// The kind that the broker's own words name. A broker without codes is known by its sentences.
    pub fn kind_of(&self, words: &Words) -> Option<ErrorKind> {
        let said = [words.code.as_deref(), words.message.as_deref()];
        let mut known = said.into_iter().flatten().filter_map(|said| {
            self.error_codes.iter().find(|known| known.code.eq_ignore_ascii_case(said.trim()))
        });
        known.next().map(|known| known.kind)
    }

    /// What an answer means: the broker's own words win over the status, and a status that the spec does
    /// not know is understood by its class (RFC 9110, section 15).
    pub fn error_kind(&self, operation: &Operation, status: u16, words: &Words) -> ErrorKind {
        let by_status = || operation.status(status)?.kind;
        self.kind_of(words).or_else(by_status).unwrap_or(match status {
            401 => ErrorKind::Credentials,
            408 | 504 => ErrorKind::Unavailable,
            429 => ErrorKind::RateLimited,
            400..=499 => ErrorKind::Refused,
            500..=599 => ErrorKind::Unavailable,
            _ => ErrorKind::Protocol,
        })
    }
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
    /// The code as text, or the sentence by which a broker without codes is known.
    pub code: &'static str,
    /// What a client should make of it.
    pub kind: ErrorKind,
    /// What it means, in one sentence.
    pub meaning: &'static str,
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
