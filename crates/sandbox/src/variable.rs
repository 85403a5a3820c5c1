//! The environment of a client that is to use a sandbox.

use std::fmt;

/// A variable of a client's environment. `Debug` shows the value only if it is public.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Variable {
    /// Its name, for example `KOTAK_USERID`.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// Whether the value may be shown: it is no secret, or it is one that this crate has made up.
    pub is_public: bool,
}

impl Variable {
    /// A variable that is no secret.
    pub(crate) fn public(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into(), is_public: true }
    }

    /// An account's credentials: the user's id is public, and what the made-up account has as well.
    pub(crate) fn of_account<'a>(
        credentials: Vec<(&'static str, String)>,
        made_up: &'a [(&'static str, String)],
        user_id: &'a str,
    ) -> impl Iterator<Item = Self> + 'a {
        credentials.into_iter().map(move |(name, value)| {
            let is_made_up = made_up.iter().any(|known| (known.0, &known.1) == (name, &value));
            let is_public = is_made_up || name == user_id;
            Self { name, value, is_public }
        })
    }
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.is_public { &self.value } else { "[redacted]" };
        f.debug_struct("Variable").field("name", &self.name).field("value", &value).finish_non_exhaustive()
    }
}
