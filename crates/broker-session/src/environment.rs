//! Credentials from environment variables. An empty variable counts as one that is not set.

use crate::Error;

/// Gives a variable's value.
type Lookup = dyn Fn(&str) -> Option<String>;

/// Where variables are looked up.
pub(crate) struct Environment(Box<Lookup>);

impl Environment {
    /// The environment of this process.
    pub(crate) fn of_process() -> Self {
        Self::of(|name| std::env::var(name).ok())
    }

    /// Variables from elsewhere.
    pub(crate) fn of(lookup: impl Fn(&str) -> Option<String> + 'static) -> Self {
        Self(Box::new(lookup))
    }

    /// A variable, if it is set.
    pub(crate) fn given(&self, name: &str) -> Option<String> {
        self.0(name).filter(|value| !value.is_empty())
    }

    /// A variable that must be set.
    pub(crate) fn needed(&self, name: &str) -> Result<String, Error> {
        self.given(name).ok_or_else(|| Error::config(format!("the environment variable {name} is not set")))
    }
}
