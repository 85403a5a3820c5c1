//! Runs a broker's sandbox in a process, which ends when the value is dropped.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::tools;

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
    process: Child,
    base_url: String,
    environment: BTreeMap<String, String>,
}

/// Builds the program with the sandboxes, and returns its path.
pub(crate) fn build() -> Result<PathBuf> {
    let mut command = Command::new(tools::cargo());
    // As a member like the others, so that what `cargo run` has built is used.
    command.args(["build", "--quiet", "--locked", "--bin", "broker-session"]);
    tools::succeed(
        &mut command,
        "the program with the sandboxes does not build; see the compiler's messages",
    )?;
    Ok(tools::target_folder().join("debug/broker-session"))
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
        let mut command = Command::new(program);
        command.args(["sandbox", broker, "--port", "0", "--json"]).args(&settings.arguments);
        command.envs(&settings.environment).stdin(Stdio::null()).stdout(Stdio::piped());
        let process = command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        // Dropping the value stops the process, also after an error below.
        let mut sandbox = Self { process, base_url: String::new(), environment: BTreeMap::new() };
        let mut line = String::new();
        if let Some(output) = sandbox.process.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let report: Value = serde_json::from_str(&line)
            .with_context(|| format!("the sandbox of {broker} does not listen; see its error above"))?;
        sandbox.base_url = report.get("base_url").and_then(Value::as_str).unwrap_or_default().to_owned();
        let variables = report.get("environment").and_then(Value::as_object).into_iter().flatten();
        sandbox.environment =
            variables.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect();
        Ok(sandbox)
    }

    /// The base URL for clients.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The variables for a client that the sandbox has reported.
    pub(crate) fn environment(&self) -> &BTreeMap<String, String> {
        &self.environment
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // An error means that the process has ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
