//! Runs a broker's sandbox.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::running::Running;

/// The settings of a sandbox.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// Arguments of `broker-session sandbox BROKER`.
    arguments: Vec<String>,
    /// Variables for the sandbox and for the clients: the account's credentials, all made up.
    pub(crate) environment: BTreeMap<String, String>,
}

/// A running sandbox.
pub(crate) struct Sandbox {
    running: Running,
}

impl Settings {
    /// Reads `arguments` and `environment` from a file; without the file there are none.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let table: toml::Table = text.parse().with_context(|| format!("cannot read {}", path.display()))?;
        let wrong = || format!("the values in {} must be strings", path.display());
        let mut settings = Self::default();
        for (name, value) in table {
            match (name.as_str(), value) {
                ("arguments", toml::Value::Array(items)) => {
                    let strings = items.into_iter().map(string);
                    settings.arguments = strings.collect::<Option<_>>().with_context(wrong)?;
                }
                ("environment", toml::Value::Table(fields)) => {
                    let strings = fields.into_iter().map(|(name, value)| Some((name, string(value)?)));
                    settings.environment = strings.collect::<Option<_>>().with_context(wrong)?;
                }
                (name, _) => anyhow::bail!(
                    "`{name}` in {} is neither `arguments` (a list) nor `environment` (a table)",
                    path.display()
                ),
            }
        }
        Ok(settings)
    }
}

fn string(value: toml::Value) -> Option<String> {
    match value {
        toml::Value::String(string) => Some(string),
        _ => None,
    }
}

impl Sandbox {
    /// Starts the sandbox of a broker on a free port, and waits until it listens.
    pub(crate) fn start(program: &Path, broker: &str, settings: &Settings) -> Result<Self> {
        let given = settings.arguments.iter().map(String::as_str);
        let arguments: Vec<&str> = ["sandbox", broker, "--port", "0"].into_iter().chain(given).collect();
        Ok(Self { running: Running::start(program, &arguments, &settings.environment)? })
    }

    /// The base URL for clients.
    pub(crate) fn base_url(&self) -> &str {
        self.running.reported("/base_url").unwrap_or_default()
    }

    /// The variables for a client that the sandbox has reported.
    pub(crate) fn environment(&self) -> impl Iterator<Item = (&str, &str)> {
        let variables = self.running.report().get("environment").and_then(Value::as_object);
        variables.into_iter().flatten().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
    }
}
