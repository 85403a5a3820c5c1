//! cargo-fuzz: installed below the target folder, and told to do without a nightly toolchain.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result};

use super::FOLDER;
use crate::tools::{self, cargo, succeed, target_folder};

/// The version that is installed.
const VERSION: &str = "0.13.2";

/// Makes sure that cargo-fuzz is there. Does nothing if it is.
pub(super) fn install() -> Result<()> {
    let mut command = Command::new(cargo());
    command.args(["install", "--quiet", "--locked", "--version", VERSION, "--root"]);
    command.arg(tools::folder()).arg("cargo-fuzz");
    succeed(&mut command, "cargo-fuzz cannot be installed")
}

/// Builds one target or all of them, with the versions of the lock file.
pub(super) fn build(target: Option<&str>) -> Result<()> {
    let mut metadata = Command::new(cargo());
    metadata.args(["metadata", "--locked", "--format-version", "1", "--manifest-path"]);
    metadata.arg(Path::new(FOLDER).join("Cargo.toml")).stdout(Stdio::null());
    let stale = "fuzz/Cargo.lock does not fit the workspace any more; run `cp Cargo.lock fuzz/ && cargo metadata --manifest-path fuzz/Cargo.toml --format-version 1 > /dev/null` and review the difference";
    succeed(&mut metadata, stale)?;
    let mut command = cargo_fuzz("build");
    command.args(target);
    succeed(&mut command, "the fuzz targets do not build")
}

/// Runs a target to its end. Says whether it ended well, and what it has written to standard error.
pub(super) fn run(target: &str, inputs: &[PathBuf], settings: &[String]) -> Result<(bool, String)> {
    let mut command = cargo_fuzz("run");
    command.arg(target).args(inputs).arg("--").args(settings).stdout(Stdio::null());
    let log = folder().join(format!("{target}.log"));
    let file = fs::File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
    let status = command.stderr(file).status().context("cannot start cargo-fuzz")?;
    let text = fs::read(&log).with_context(|| format!("cannot read {}", log.display()))?;
    Ok((status.success(), String::from_utf8_lossy(&text).into_owned()))
}

/// How a person runs one input again.
pub(super) fn again(target: &str, input: &str) -> String {
    let program = tools::folder().join("bin/cargo-fuzz");
    format!(
        "{} run --sanitizer none --fuzz-dir {FOLDER} --target-dir {} {target} {input}",
        program.display(),
        folder().display()
    )
}

/// Where the targets are built, and their logs are.
pub(super) fn folder() -> PathBuf {
    target_folder().join("fuzz")
}

fn cargo_fuzz(task: &str) -> Command {
    let mut command = Command::new(tools::folder().join("bin/cargo-fuzz"));
    command.args([task, "--sanitizer", "none", "--fuzz-dir", FOLDER, "--target-dir"]).arg(folder());
    // It is the workspace's toolchain that counts, and its settings.
    command.env_remove("CARGO_MANIFEST_DIR").env_remove("CARGO_INCREMENTAL");
    command
}
