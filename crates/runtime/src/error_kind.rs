//! The kinds of failure a caller can act on.
//!
//! Programs decide by kind, not by text. The kinds are few, and each calls for something different to be
//! done next. They live beside the transport because the specs name them (`x-error-kind`) and the
//! generated tables carry them.

use std::fmt;

/// What went wrong, in terms of what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The password, the access token or another credential of the application was refused.
    Credentials,
    /// The code, pin or proof of the second factor was refused; another one may be tried.
    SecondFactor,
    /// The account is locked; only the broker can unlock it.
    Locked,
    /// The session is over; sign in again.
    SessionExpired,
    /// The sign-in has to start again from its beginning, perhaps by a person in a browser.
    LoginRequired,
    /// The broker understood the request and does not do it.
    Refused,
    /// Too many requests; wait before the next one.
    RateLimited,
    /// The broker could not be reached or could not answer.
    Unavailable,
    /// No answer in time.
    Timeout,
    /// The answer is not what the API describes.
    Protocol,
    /// Credentials were about to go to a host that is not on the allow-list, or whose certificate is not the
    /// trusted one; nothing was sent.
    HostNotAllowed,
    /// The settings are incomplete or contradict each other; nothing was sent.
    Config,
}

impl ErrorKind {
    /// Every kind, in the order of the exit statuses of the program.
    pub const ALL: [Self; 12] = [
        Self::Credentials,
        Self::SecondFactor,
        Self::Locked,
        Self::SessionExpired,
        Self::LoginRequired,
        Self::Refused,
        Self::RateLimited,
        Self::Unavailable,
        Self::Timeout,
        Self::Protocol,
        Self::HostNotAllowed,
        Self::Config,
    ];

    /// The kind's name in snake_case, as the specs and the program's JSON output write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::SecondFactor => "second_factor",
            Self::Locked => "locked",
            Self::SessionExpired => "session_expired",
            Self::LoginRequired => "login_required",
            Self::Refused => "refused",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::Protocol => "protocol",
            Self::HostNotAllowed => "host_not_allowed",
            Self::Config => "config",
        }
    }

    /// The kind with this name in snake_case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// What a person can do about it: one sentence.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Credentials => {
                "Check the password or one-time password, the access token and the application's key; wrong guesses lock the account."
            }
            Self::SecondFactor => {
                "Check the code, pin or proof, and that it is today's; wrong guesses lock the account."
            }
            Self::Locked => "Unlock the account with the broker before the next attempt.",
            Self::SessionExpired => "Sign in again.",
            Self::LoginRequired => "Start the sign-in again from its beginning.",
            Self::Refused => "Read the broker's words; repeating the same request will not help.",
            Self::RateLimited => "Wait before the next request.",
            Self::Unavailable => "Check the network and the broker's status, then try again.",
            Self::Timeout => {
                "Check the network, or allow more time; look whether the request took effect before repeating it."
            }
            Self::Protocol => {
                "The broker may have changed its API, or something in between answered in its place."
            }
            Self::HostNotAllowed => {
                "If the host and its certificate are really the broker's, allow the host or trust the certificate; otherwise somebody is after the credentials."
            }
            Self::Config => "Correct the settings.",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in ErrorKind::ALL {
            assert_eq!(ErrorKind::from_name(kind.as_str()), Some(kind));
        }
        assert_eq!(ErrorKind::from_name("nonsense"), None);
    }
}
