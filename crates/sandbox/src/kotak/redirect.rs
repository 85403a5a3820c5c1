//! Where the broker sends a user: `redirect.host`, and the two bases it can mean.

/// What `redirect.host` says in the answers of init and login.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Redirect {
    /// The base that was called.
    #[default]
    Own,
    /// The sandbox's second base. From then on the user's calls must come there; the first base answers
    /// them with code 999024, and only takes a new init.
    SecondBase,
    /// Any text at all, for clients that must not follow it.
    To(String),
}

/// One of the two bases a sandbox answers at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    First,
    Second,
}

/// Where an answer sends the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Base(Base),
    Text(String),
}

impl Redirect {
    /// Where the answer of a call to this base sends the user.
    pub(super) fn target(self, called: Base) -> Target {
        match self {
            Self::Own => Target::Base(called),
            Self::SecondBase => Target::Base(Base::Second),
            Self::To(text) => Target::Text(text),
        }
    }
}
