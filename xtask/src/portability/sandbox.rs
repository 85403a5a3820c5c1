//! A broker's sandbox in a process of its own, which ends with the value that stands for it.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};
use serde_json::Value;

/// A sandbox that listens.
pub(super) struct Sandbox {
    process: Child,
    environment: BTreeMap<String, String>,
}

impl Sandbox {
    /// Starts the sandbox of a broker on a free port, and waits until it says that it listens.
    pub(super) fn start(program: &Path, broker: &str) -> Result<Self> {
        let mut command = Command::new(program);
        command
            .args(["sandbox", broker, "--port", "0", "--json"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let process = command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        // From here on it is stopped, whatever happens.
        let mut sandbox = Self { process, environment: BTreeMap::new() };
        let mut line = String::new();
        if let Some(output) = sandbox.process.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let said: Value = serde_json::from_str(&line).with_context(|| {
            format!("the sandbox of {broker} did not say that it listens; its error says why")
        })?;
        // What it has taken from this environment it does not tell; a client finds it there as well.
        let variables = said.get("environment").and_then(Value::as_object).into_iter().flatten();
        sandbox.environment =
            variables.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect();
        Ok(sandbox)
    }

    /// What a client's environment needs.
    pub(super) fn environment(&self) -> &BTreeMap<String, String> {
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
