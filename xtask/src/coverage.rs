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
use broker_session_codegen::{Document, header_hash};

use crate::{Outcome, apis::Api, say, tools};
use records::Records;
use rows::Coverage;

/// The environment variable that names the folder of the records to the tests.
const FOLDER: &str = "BROKER_SESSION_COVERAGE";

/// The modules of each broker's test program that have tests which meet documented answers.
const MODULES: [&str; 2] = ["suites", "plays"];

/// Which of their tests do so. What one of another name would meet is missed, not overlooked: its cells stay empty.
const TESTS: [&str; 2] = ["suites::every_documented_answer", "plays::"];

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
    let Some(specs) = load(apis) else { return Ok(Outcome::Failed) };
    let (folder, tests_are_fine) = match &options.from {
        Some(folder) => (given(folder)?, true),
        None if is_stale(apis, &specs)? => return Ok(Outcome::NeedsUpdate),
        None => record()?,
    };
    let records = Records::read(&folder)?;
    if !tests_are_fine && records.is_empty() {
        bail!("the suites did not run; see above");
    }
    let tables: Vec<Coverage> =
        specs.into_iter().map(|(spec, document)| Coverage::new(spec, document, &records)).collect();
    for coverage in &tables {
        say(&table::of(coverage))?;
    }
    // The end of the output is what people read first.
    let mut outcome = if tests_are_fine { Outcome::Fine } else { Outcome::Failed };
    for problems in tables.iter().map(missing::problems).filter(|problems| !problems.is_empty()) {
        eprintln!("\n{problems}");
        outcome = Outcome::Failed;
    }
    for refusal in records.refusals(&tables) {
        eprintln!("\n{refusal}");
    }
    if !tests_are_fine {
        eprintln!("\nSome of the tests failed, see above; what they did not meet does not count.");
    }
    say("")?;
    for coverage in &tables {
        say(&table::total(coverage))?;
    }
    Ok(outcome)
}

/// Every spec by its path; nothing if one cannot be read, which has then been said.
fn load(apis: &[Api]) -> Option<Vec<(String, Document)>> {
    let mut specs = Vec::new();
    for api in apis {
        match api.load() {
            Ok(document) => specs.push((api.spec.clone(), document)),
            Err(problems) => eprintln!("{problems}"),
        }
    }
    (specs.len() == apis.len()).then_some(specs)
}

/// Whether a client was generated from another text of its spec, so that its tests could not be built; says so.
fn is_stale(apis: &[Api], specs: &[(String, Document)]) -> Result<bool> {
    let mut is_stale = false;
    for (api, (spec, document)) in apis.iter().zip(specs) {
        let current = api.current()?.unwrap_or_default();
        if header_hash(&current) != Some(&document.hash()) {
            eprintln!(
                "{} was not generated from {spec} as it is now; run `cargo xtask generate` first.",
                api.generated
            );
            is_stale = true;
        }
    }
    Ok(is_stale)
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
    command.arg("--").args(TESTS);
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
