//! A broker's sandbox in a process of its own, which ends with the value that stands for it.

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

/// What a sandbox is started with.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// Arguments of `broker-session sandbox BROKER`.
    arguments: Vec<String>,
    /// Variables for the sandbox and for what is tried on it: the account's credentials, all made up.
    pub(crate) environment: BTreeMap<String, String>,
}

/// A sandbox that listens.
pub(crate) struct Sandbox {
    process: Child,
    base_url: String,
    environment: BTreeMap<String, String>,
}

/// The program that has the sandboxes, built from what is there now.
pub(crate) fn build() -> Result<PathBuf> {
    let mut command = Command::new(tools::cargo());
    command.args(["build", "--quiet", "--locked", "--package", "broker-session-cli"]);
    tools::succeed(&mut command, "the program with the sandboxes cannot be built; the compiler says why")?;
    Ok(tools::target_folder().join("debug/broker-session"))
}

impl Settings {
    /// Reads `arguments` and `environment` from a file; nothing is set if there is none.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let table: toml::Table = text.parse().with_context(|| format!("cannot read {}", path.display()))?;
        let wrong = || format!("{} has something else than texts in it", path.display());
        let mut settings = Self::default();
        for (name, value) in table {
            match (name.as_str(), value) {
                ("arguments", toml::Value::Array(items)) => {
                    let texts = items.into_iter().map(text_of);
                    settings.arguments = texts.collect::<Option<_>>().with_context(wrong)?;
                }
                ("environment", toml::Value::Table(members)) => {
                    let texts = members.into_iter().map(|(name, value)| Some((name, text_of(value)?)));
                    settings.environment = texts.collect::<Option<_>>().with_context(wrong)?;
                }
                (name, _) => anyhow::bail!(
                    "{} has `{name}`, which is none of `arguments` (a list) and `environment` (a table)",
                    path.display()
                ),
            }
        }
        Ok(settings)
    }
}

fn text_of(value: toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text),
        _ => None,
    }
}

impl Sandbox {
    /// Starts the sandbox of a broker on a free port, and waits until it says that it listens.
    pub(crate) fn start(program: &Path, broker: &str, settings: &Settings) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(["sandbox", broker, "--port", "0", "--json"]).args(&settings.arguments);
        command.envs(&settings.environment).stdin(Stdio::null()).stdout(Stdio::piped());
        let process = command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        // From here on it is stopped, whatever happens.
        let mut sandbox = Self { process, base_url: String::new(), environment: BTreeMap::new() };
        let mut line = String::new();
        if let Some(output) = sandbox.process.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let said: Value = serde_json::from_str(&line).with_context(|| {
            format!("the sandbox of {broker} did not say that it listens; its error says why")
        })?;
        sandbox.base_url = said.get("base_url").and_then(Value::as_str).unwrap_or_default().to_owned();
        let variables = said.get("environment").and_then(Value::as_object).into_iter().flatten();
        sandbox.environment =
            variables.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect();
        Ok(sandbox)
    }

    /// Where a client finds it.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// What a client's environment needs besides what the sandbox was given.
    pub(crate) fn environment(&self) -> &BTreeMap<String, String> {
        &self.environment
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
