//! Runs the program in a process with an environment and folders of its own. Both end when the value is dropped.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};
use serde_json::Value;
use tempfile::TempDir;

use crate::tools;

/// A running program.
pub(crate) struct Running {
    process: Child,
    report: Value,
    folder: TempDir,
}

/// Builds the program, and returns its path.
pub(crate) fn build() -> Result<PathBuf> {
    let mut command = Command::new(tools::cargo());
    // As a member like the others, so that what `cargo run` has built is used.
    command.args(["build", "--quiet", "--locked", "--bin", "broker-session"]);
    tools::succeed(&mut command, "the program does not build; see the compiler's messages")?;
    Ok(tools::target_folder().join("debug/broker-session"))
}

impl Running {
    /// Starts the program with `--json`, and waits for the object that it prints when it is ready. Its only variables are
    /// these: a developer's own account stays out of it.
    pub(crate) fn start<N: AsRef<OsStr>, V: AsRef<OsStr>>(
        program: &Path,
        arguments: &[&str],
        environment: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self> {
        let folder = TempDir::new().context("there is no folder for temporary files")?;
        let mut command = Command::new(program);
        command.args(arguments).arg("--json").env_clear().envs(environment);
        command.env("HOME", folder.path()).env("TMPDIR", folder.path());
        let process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let process = process.with_context(|| format!("cannot start {}", program.display()))?;
        // Dropping the value stops the process, also after an error below.
        let mut running = Self { process, report: Value::Null, folder };
        let mut line = String::new();
        if let Some(output) = running.process.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        running.report = serde_json::from_str(&line).with_context(|| {
            format!("`broker-session {}` does not start; see its error above", arguments.join(" "))
        })?;
        Ok(running)
    }

    /// The object that it has printed.
    pub(crate) fn report(&self) -> &Value {
        &self.report
    }

    /// A string of the object, by a JSON pointer.
    pub(crate) fn reported(&self, pointer: &str) -> Result<&str> {
        let value = self.report.pointer(pointer).and_then(Value::as_str);
        value.with_context(|| format!("the program has not printed `{pointer}`"))
    }

    /// Its home.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // An error means that the process has ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
