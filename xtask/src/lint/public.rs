//! Public linters, for the general rules. Their settings are at the root of the workspace, where editors find them.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::{Outcome, apis::Api, print, tools};

/// Runs every public linter over every spec.
pub(super) fn run(apis: &[Api]) -> Result<Outcome> {
    let programs = tools::node("node")?.join("node_modules/.bin");
    let mut worst = Outcome::Fine;
    for api in apis {
        for (name, check) in [("Redocly CLI", redocly as Check), ("Spectral", spectral)] {
            if check(&programs, &api.spec)? {
                print(&format!("{} is fine for {name}.", api.spec))?;
            } else {
                worst = Outcome::Failed;
            }
        }
    }
    Ok(worst)
}

type Check = fn(&Path, &str) -> Result<bool>;

/// The counts in Redocly CLI's report.
#[derive(Deserialize)]
struct Report {
    totals: Totals,
}

#[derive(Deserialize)]
struct Totals {
    errors: u64,
    warnings: u64,
    /// The findings that a file of exceptions hides. It must not exist: redocly.yaml has the exceptions with reasons.
    ignored: u64,
}

/// Whether Redocly CLI finds nothing. Its exit status covers errors only, so this reads its report.
fn redocly(programs: &Path, spec: &str) -> Result<bool> {
    let command = |format: &str| {
        let mut command = Command::new(programs.join("redocly"));
        command.args(["lint", "--config", "redocly.yaml", "--format", format, spec]);
        // No telemetry, no check for updates.
        command.envs([("REDOCLY_TELEMETRY", "off"), ("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")]);
        command
    };
    let output = command("json").output().context("cannot start Redocly CLI")?;
    let Ok(Report { totals }) = serde_json::from_slice(&output.stdout) else {
        bail!("Redocly CLI cannot check {spec}: {}", String::from_utf8_lossy(&output.stderr).trim());
    };
    if totals.errors == 0 && totals.warnings == 0 && totals.ignored == 0 {
        return Ok(true);
    }
    eprintln!(
        "Redocly CLI reports problems in {spec}; fix them, or add an exception with its reason to redocly.yaml:"
    );
    if totals.ignored > 0 {
        eprintln!("A file of exceptions hides {} findings; delete it.", totals.ignored);
    }
    command("codeframe").status().context("cannot start Redocly CLI")?;
    Ok(false)
}

/// Whether Spectral finds nothing, not even a hint.
fn spectral(programs: &Path, spec: &str) -> Result<bool> {
    let mut command = Command::new(programs.join("spectral"));
    command.args(["lint", "--ruleset", ".spectral.yaml", "--fail-severity", "hint", "--quiet", spec]);
    let status = command.status().context("cannot start Spectral")?;
    if !status.success() {
        eprintln!(
            "Spectral reports problems in {spec}; fix them, or add an exception with its reason to .spectral.yaml."
        );
    }
    Ok(status.success())
}
