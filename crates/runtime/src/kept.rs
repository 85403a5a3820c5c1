//! Answers that are not what the spec describes, kept whole.
//!
//! A generated client that cannot decode an answer forgets its status and its headers, which are just what
//! tells a gateway's page of apology from a wrong password. The transport therefore looks first, and
//! passes such an answer on as an unexpected response with a [`Kept`] among its extensions.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;

use crate::{Secret, Words};

/// Why an answer is not what the spec describes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfit {
    /// The spec does not know this status for the operation.
    UnknownStatus,
    /// A redirect, which is never followed.
    Redirect {
        /// The host that `Location` names, if it is not the one that was asked.
        elsewhere: Option<String>,
        /// Whether the path looks like that of a login page.
        to_login: bool,
    },
    /// There is no body where the spec has one.
    Empty,
    /// The body is not JSON.
    NotJson,
    /// The body is JSON, but not what the spec describes.
    Misfit,
    /// The body is longer than the limit in bytes; the rest was not read.
    TooLong(usize),
    /// The connection ended in the middle of the body.
    Cut,
    /// The deadline passed in the middle of the body.
    Slow,
    /// It is a failure, although its status says success.
    Failure,
    /// It says neither that it is a failure nor that what was asked for was done.
    Unconfirmed,
    /// There was no answer, because nothing was sent: the request was not within what the broker takes, and
    /// its turn would have come after the deadline. `Retry-After` says when it comes.
    HeldBack,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownStatus => f.write_str("the API does not describe this status"),
            Self::Redirect { elsewhere: Some(host), .. } => {
                write!(f, "a redirect to `{host}`, which was not followed")
            }
            Self::Redirect { elsewhere: None, .. } => f.write_str("a redirect, which was not followed"),
            Self::Empty => f.write_str("the body is empty"),
            Self::NotJson => f.write_str("the body is not JSON"),
            Self::Misfit => f.write_str("the body is not what the API describes"),
            Self::TooLong(limit) => write!(f, "the body is longer than {limit} bytes"),
            Self::Cut => f.write_str("the connection ended in the middle of the body"),
            Self::Slow => f.write_str("the deadline passed in the middle of the body"),
            Self::Failure => f.write_str("the body is that of a failure"),
            Self::Unconfirmed => f.write_str("the response does not confirm that it was done"),
            Self::HeldBack => {
                f.write_str("the request was held back, because the broker would take it amiss now")
            }
        }
    }
}

/// An answer that is not what the spec describes. Found with
/// `response.extensions().get::<Kept>()` on the response of an unexpected-response error.
#[derive(Clone)]
pub struct Kept {
    pub(crate) unfit: Unfit,
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

impl Kept {
    /// Why it is not what the spec describes.
    pub fn unfit(&self) -> &Unfit {
        &self.unfit
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Whether all of the body has arrived.
    pub fn is_whole(&self) -> bool {
        !matches!(self.unfit, Unfit::Cut | Unfit::Slow | Unfit::TooLong(_))
    }

    /// The broker's words, as far as any can be found, without the secrets.
    ///
    /// A successful response may hold tokens anywhere, and one that is not whole may end in the middle of an
    /// echoed secret; of these nothing is quoted. Of a failure with a status of success only its code and its sentences
    /// are.
    pub fn words<'a>(&self, secrets: impl IntoIterator<Item = &'a Secret>) -> Words {
        let is_quoted = match self.unfit {
            _ if !self.is_whole() => false,
            Unfit::Failure | Unfit::Unconfirmed => true,
            _ => !self.status.is_success(),
        };
        match is_quoted {
            true => Words::find(&self.body, secrets),
            false => Words::default(),
        }
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept")
            .field("unfit", &self.unfit)
            .field("status", &self.status)
            .field("body_length", &self.body.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_failure_is_quoted() {
        let quotes = |unfit: Unfit, status: StatusCode| {
            let body = Bytes::from_static(br#"{"message":"No."}"#);
            Kept { unfit, status, body }.words([]).message.is_some()
        };
        assert!(quotes(Unfit::Misfit, StatusCode::BAD_REQUEST));
        for unfit in [Unfit::Cut, Unfit::Slow, Unfit::TooLong(1)] {
            assert!(!quotes(unfit.clone(), StatusCode::BAD_REQUEST), "{unfit}");
        }
        assert!(!quotes(Unfit::Misfit, StatusCode::OK));
        assert!(quotes(Unfit::Failure, StatusCode::OK));
    }
}
