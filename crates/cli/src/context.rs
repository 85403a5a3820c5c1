//! What every command is run with.

use std::{path::PathBuf, time::Duration};

use crate::{
    config::Config, failure::Failure, network::DEFAULT_TIMEOUT, output::Output, progress::Steps, store::Store,
};

/// The settings that belong to no broker.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) output: Output,
    pub(crate) config: Option<PathBuf>,
    pub(crate) profile: Option<String>,
    pub(crate) store: Option<PathBuf>,
    /// The time for all network steps together, if the user has set it.
    pub(crate) timeout: Option<Duration>,
}

impl Context {
    /// The profile in use.
    ///
    /// # Errors
    /// If the config file cannot be used.
    pub(crate) fn config(&self) -> Result<Config, Failure> {
        Config::load(self.config.as_deref(), self.profile.as_deref())
    }

    /// The session store.
    ///
    /// # Errors
    /// If there is no place for it.
    pub(crate) fn store(&self) -> Result<Store, Failure> {
        Store::open(self.store.as_deref(), self.output)
    }

    /// The steps of a command, which share its time.
    pub(crate) fn steps(&self) -> Steps {
        Steps::new(self.output, self.timeout.unwrap_or(DEFAULT_TIMEOUT))
    }
}
