//! `cargo xtask coverage`: which documented answer was met by whom, counted from what tests have met while they ran.
//!
//! The rows come from the specs, the cells from records that the tests write where an assertion has held
//! (`tests/src/coverage.rs`). Nothing is declared, so nothing can be declared that does not hold.

mod missing;
mod records;
mod rows;
mod table;
#[cfg(test)]
mod tests;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{Outcome, apis::Api, say, tools};
use records::Records;
use rows::Coverage;

/// The environment variable that names the folder of the records to the tests.
const FOLDER: &str = "BROKER_SESSION_COVERAGE";

/// The tests that meet documented answers: these modules of each broker's test program.
const MODULES: [&str; 2] = ["suites", "plays"];

/// Where the records come from.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Takes the records of tests that ran before with `BROKER_SESSION_COVERAGE` set to this folder, instead of running
    /// the suites now.
    #[arg(long, value_name = "FOLDER")]
    from: Option<PathBuf>,
}

/// Draws up the table. Everything must have been met.
pub(crate) fn run(apis: &[Api], options: &Options) -> Result<Outcome> {
    let (folder, tests_are_fine) = match &options.from {
        Some(folder) => (given(folder)?, true),
        None => record()?,
    };
    let records = Records::read(&folder)?;
    let mut outcome = if tests_are_fine { Outcome::Fine } else { Outcome::Failed };
    let (mut specs, mut totals) = (Vec::new(), Vec::new());
    for api in apis {
        let document = match api.load() {
            Ok(document) => document,
            Err(problems) => {
                eprintln!("{problems}");
                outcome = Outcome::Failed;
                continue;
            }
        };
        specs.push((api.spec.clone(), document.hash()));
        let coverage = Coverage::new(api.spec.clone(), document, &records);
        say(&table::of(&coverage))?;
        let problems = missing::problems(&coverage);
        if !problems.is_empty() {
            eprintln!("{problems}\n");
            outcome = Outcome::Failed;
        }
        totals.push(table::total(&coverage));
    }
    for refusal in records.refusals(&specs) {
        eprintln!("{refusal}");
    }
    if !tests_are_fine {
        eprintln!("Some of the tests failed, see above; what they did not meet does not count.");
    }
    say(&totals.join("\n"))?;
    Ok(outcome)
}

/// The folder that was named. Paths are the workspace's, wherever this was started from.
fn given(folder: &Path) -> Result<PathBuf> {
    if !folder.is_dir() {
        bail!(
            "there is no folder {}; run the tests with {FOLDER}={} first, or leave `--from` out to run the suites now",
            folder.display(),
            folder.display()
        );
    }
    Ok(folder.to_owned())
}

/// Runs the suites with the records of an earlier run removed. Gives the folder, and whether all tests passed.
fn record() -> Result<(PathBuf, bool)> {
    let target = env::current_dir().context("there is no current folder")?.join(tools::target_folder());
    let folder = target.join("coverage");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut command = Command::new(tools::cargo());
    command.args(["test", "--quiet", "--locked", "--no-fail-fast", "--package", "contract-tests"]);
    for program in programs()? {
        command.args(["--test", &program]);
    }
    command.arg("--").args(MODULES.map(|module| format!("{module}::")));
    let status = command.env(FOLDER, &folder).status().context("cannot start cargo")?;
    Ok((folder, status.success()))
}

/// The test programs that have such modules.
fn programs() -> Result<Vec<String>> {
    let tests = Path::new("tests/tests");
    let listing = fs::read_dir(tests).with_context(|| format!("cannot list {}", tests.display()))?;
    let mut names = Vec::new();
    for entry in listing {
        let path = entry?.path();
        if MODULES.iter().any(|module| path.join(format!("{module}.rs")).exists()) {
            names.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
        }
    }
    if names.is_empty() {
        bail!("no test program in {} has one of the modules {}", tests.display(), MODULES.join(", "));
    }
    names.sort();
    Ok(names)
}
