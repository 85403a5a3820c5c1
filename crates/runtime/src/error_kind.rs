//! The kinds of failure a caller can act on.
//!
//! Programs decide by kind, not by message. The kinds are few, and each calls for a different next step. They live
//! beside the transport because the specs name them (`x-error-kind`) and the generated tables carry them.

use std::fmt;

/// Makes the enum and everything that each kind must have, so that none can lack a part.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident: $name:literal, $advice:literal;)*) => {
        /// What went wrong, in terms of what to do next.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $($(#[$doc])* $kind,)*
        }

        impl ErrorKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// The kind's name in snake_case, as the specs and the program's JSON output write it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }

            /// What a person can do about it: one sentence.
            pub const fn advice(self) -> &'static str {
                match self {
                    $(Self::$kind => $advice,)*
                }
            }
        }
    };
}

kinds! {
    /// The password, the access token or another credential of the application was refused.
    Credentials: "credentials", "Check the password or one-time password, the access token and the application's key; wrong guesses lock the account.";
    /// The code, PIN or proof of the second factor was refused; another one may be tried.
    SecondFactor: "second_factor", "Check the code, PIN or proof; wrong guesses lock the account.";
    /// The account is locked; only the broker can unlock it.
    Locked: "locked", "Unlock the account with the broker before the next attempt.";
    /// The session is over; sign in again.
    SessionExpired: "session_expired", "Sign in again.";
    /// The sign-in has to start again from its beginning, perhaps by a person in a browser.
    LoginRequired: "login_required", "Start the sign-in again from its beginning.";
    /// The broker understood the request and does not do it.
    Refused: "refused", "Read the broker's message; repeating the same request will not help.";
    /// Too many requests; wait before the next one.
    RateLimited: "rate_limited", "Wait before the next request.";
    /// The broker could not be reached or could not respond.
    Unavailable: "unavailable", "Check the network and the broker's status, then try again.";
    /// No response in time.
    Timeout: "timeout", "Check the network, or allow more time; look whether the request took effect before repeating it.";
    /// The response is not what the API describes.
    Protocol: "protocol", "The broker may have changed its API, or something in between responded in its place.";
    /// The host is not on the allow-list, or its certificate is not the trusted one. No credentials were sent.
    HostNotAllowed: "host_not_allowed", "If the host and its certificate are really the broker's, allow the host or trust the certificate; otherwise somebody may be after the credentials.";
    /// The place where sessions are kept cannot be used. Nobody signs in without it, so that no guess leaves twice.
    Store: "store", "Make the session store reachable; a session that is in memory can be used meanwhile.";
    /// The settings are incomplete or contradict each other; nothing was sent.
    Config: "config", "Correct the settings.";
}

impl ErrorKind {
    /// The kind with this name in snake_case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
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
            assert_eq!(ErrorKind::from_name(kind.as_str()), Some(*kind));
        }
        assert_eq!(ErrorKind::from_name("nonsense"), None);
    }
}
