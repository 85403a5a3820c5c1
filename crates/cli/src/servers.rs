//! Which of a broker's own hosts a command uses.

use broker_session::Environment;
use clap::ValueEnum;
use serde::Deserialize;

/// A broker's environment.
#[derive(Clone, Copy, Debug, Default, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Servers {
    /// Where real money is.
    #[default]
    Production,
    /// The broker's own place for trying things out.
    Sandbox,
}

impl From<Servers> for Environment {
    fn from(servers: Servers) -> Self {
        match servers {
            Servers::Production => Self::Production,
            Servers::Sandbox => Self::Sandbox,
        }
    }
}
