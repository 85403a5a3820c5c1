//! Accounts, and the wrong guesses that lock them.

use std::{io, ops::DerefMut};

use crate::broker::Broker;

/// Wrong guesses, of any kind, after which an account is locked. The guess that reaches the number still counts
/// as wrong; every later one finds the account locked (inferred).
pub const MAX_BAD_TRIES: u32 = 3;

/// A broker whose users have accounts, which wrong guesses lock.
pub trait Accounts: Broker {
    /// A user of the broker, with the credentials it accepts.
    type Account;

    /// The first account.
    fn account(&self) -> &Self::Account;

    /// The broker's users.
    fn users(&self) -> impl DerefMut<Target: Users<Account = Self::Account>>;
}

/// What the broker remembers of its users.
pub trait Users {
    /// A user's account.
    type Account;

    /// Changes a user's account. The user's id stays.
    ///
    /// # Errors
    /// There is no such user, or a secret is not valid.
    fn change_account(&mut self, user: &str, change: impl FnOnce(&mut Self::Account)) -> io::Result<()>;

    /// The guesses at a user's credentials; `None` for an unknown user.
    fn guesses(&mut self, user: &str) -> Option<&mut Guesses>;

    /// How many sessions of the user are alive.
    fn live_sessions(&self, user: &str) -> usize;

    /// Ends the user's sessions.
    fn end_sessions(&mut self, user: &str);
}

/// Writes how an `Account` becomes a client's environment, and how it is made from one. The account has `by_name`.
macro_rules! credentials {
    ($user:literal, $base_url:literal $(, $(#[$doc:meta])*)?) => {
        impl Account {
            /// The default account with the named values in place of its own, by the names that
            /// [`Account::credentials`] uses, so that the process's environment can be passed as it is.
            /// Other names and empty values are ignored.
            pub fn from_credentials<K: AsRef<str>, V: Into<String>>(
                pairs: impl IntoIterator<Item = (K, V)>,
            ) -> Self {
                let mut account = Self::default();
                for (name, value) in pairs {
                    let value = value.into();
                    let field = account.by_name().into_iter().find(|(known, _)| *known == name.as_ref());
                    if let Some((_, field)) = field.filter(|_| !value.is_empty()) {
                        *field = value;
                    }
                }
                account
            }

            /// What the account accepts, as names and values for a client's environment.
            $($(#[$doc])*)?
            pub fn credentials(&self) -> Vec<(&'static str, String)> {
                let mut account = self.clone();
                account.by_name().into_iter().map(|(name, value)| (name, std::mem::take(value))).collect()
            }

            /// All that a client's environment needs. Public are the user's id and what the default account has as well.
            pub(super) fn environment(&self, base_url: &str) -> Vec<crate::Variable> {
                let made_up = Self::default().credentials();
                let variables = self.credentials().into_iter().map(|variable| {
                    let is_public = variable.0 == $user || made_up.contains(&variable);
                    crate::Variable { name: variable.0, value: variable.1, is_public }
                });
                variables.chain([crate::Variable::public($base_url, base_url)]).collect()
            }
        }
    };
}

pub(crate) use credentials;

/// The error for an unknown user.
pub(crate) fn no_such_user(user: &str) -> io::Error {
    let message = format!("the sandbox has no user `{user}`. Add an account before it starts.");
    io::Error::new(io::ErrorKind::NotFound, message)
}

/// The guesses at one user's credentials.
#[derive(Clone, Copy, Debug, Default)]
pub struct Guesses {
    pub(crate) bad_tries: u32,
    pub(crate) is_locked: bool,
}

impl Guesses {
    /// Counts a wrong guess; the last one locks the account.
    pub(crate) fn bad_try(&mut self) {
        self.bad_tries += 1;
        self.is_locked = self.bad_tries >= MAX_BAD_TRIES;
    }

    /// Locks or unlocks the account; either way the count starts again.
    pub(crate) fn set_locked(&mut self, is_locked: bool) {
        *self = Self { bad_tries: 0, is_locked };
    }
}
