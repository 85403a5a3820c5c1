//! Lets Schemathesis try every spec on its sandbox: requests as the spec has them and requests that break it, one by one
//! and one after another. Whatever does not go with the spec fails the task.
//!
//! What belongs to a broker stands in `xtask/conformance/BROKER/`: `sandbox.toml` says what the sandbox is started with,
//! `schemathesis.toml` has the credentials, and `hooks.py` puts live tokens where the spec has made-up ones and has, each
//! with its reason, the exceptions. None of them is needed by a broker that can do without.
//!
//! A folder in it with a `sandbox.toml` is a situation: a locked account, a closed penalty box, nobody signed in. Its
//! `hooks.py` brings it about. What was met in all of them together is held against what the spec documents: each status
//! and each of the broker's codes came up, or `unseen.toml` says why it cannot.

mod report;
mod situation;
mod unseen;

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use anyhow::{Context, Result, bail};

use crate::{
    Outcome,
    apis::{self, Api},
    sandbox::{self, Sandbox},
    say, tools,
};
use report::Report;
use situation::Situation;
use unseen::Unseen;

/// Where the brokers' files are.
const FOLDER: &str = "xtask/conformance";

/// How much, and of what.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only this broker, as its folder below `crates/` is called; all of them unless told.
    #[arg(long)]
    broker: Option<String>,
    /// How many requests are made up for each operation, beside the examples and the systematic ones.
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..))]
    examples: u32,
    /// Where chance begins, so that two runs try the same.
    #[arg(long, default_value_t = 1)]
    seed: u32,
}

/// Runs it for each broker, and says what came of it.
pub(crate) fn run(apis: &[Api], options: &Options) -> Result<Outcome> {
    let chosen = apis::choose(apis, options.broker.as_deref())?;
    let programs = tools::python("conformance")?;
    let program = sandbox::build()?;
    let mut outcome = Outcome::Fine;
    for api in chosen {
        let is_fine = conform(api, &programs.join("schemathesis"), &program, options)
            .with_context(|| format!("cannot try {} on its sandbox", api.spec))?;
        if !is_fine {
            outcome = Outcome::Failed;
        }
    }
    Ok(outcome)
}

/// Tries one spec on its sandbox, in every situation. False: something was found, and has been said.
fn conform(api: &Api, schemathesis: &Path, program: &Path, options: &Options) -> Result<bool> {
    let broker = api.broker();
    let files = Path::new(FOLDER).join(broker);
    let document = api
        .load()
        .map_err(|_| anyhow::anyhow!("{} has problems; `cargo xtask lint` says which", api.spec))?;
    let unseen = Unseen::read(&files.join("unseen.toml"))?;
    let mut report = Report::new(&document);
    let mut is_fine = true;
    for situation in Situation::all(Path::new(FOLDER), broker)? {
        let output = attempt(api, &situation, schemathesis, program, options, &mut report)?;
        if !output.status.success() {
            is_fine = false;
            say(&String::from_utf8_lossy(&output.stdout))?;
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
            say(&format!("{broker}: the files of this run are in {}", situation.folder.display()))?;
        }
    }
    for operation in report.without_success() {
        is_fine = false;
        say(&format!(
            "{broker}: `{operation}` was never answered with success, so its answer has not been tried. Let {} put \
             live credentials into its requests.",
            files.join("hooks.py").display()
        ))?;
    }
    for problem in unseen.problems(&report) {
        is_fine = false;
        say(&format!("{broker}: {problem}"))?;
    }
    say(&format!("{broker}: {}, {report}", if is_fine { "conforms" } else { "does not conform" }))?;
    Ok(is_fine)
}

/// Runs Schemathesis in a situation, and adds what it met to the report.
fn attempt(
    api: &Api,
    situation: &Situation,
    schemathesis: &Path,
    program: &Path,
    options: &Options,
    report: &mut Report,
) -> Result<Output> {
    let settings = situation.settings()?;
    let results = tools::target_folder().join("conformance");
    fs::create_dir_all(&results).with_context(|| format!("cannot create {}", results.display()))?;
    let file = |extension| results.join(format!("{}.{extension}", situation.name));
    let (config, events) = (file("toml"), file("ndjson"));
    fs::write(&config, situation.config()?).with_context(|| format!("cannot write {}", config.display()))?;
    // What an earlier run has left must not count for one that wrote nothing.
    if events.exists() {
        fs::remove_file(&events).with_context(|| format!("cannot remove {}", events.display()))?;
    }
    let sandbox = Sandbox::start(program, api.broker(), &settings)?;
    let mut command = Command::new(schemathesis);
    command.arg("--config-file").arg(&config).arg("run").arg(&api.spec).args([
        "--url",
        sandbox.base_url(),
        "--checks=all",
    ]);
    if situation.is_usual {
        command.args(["--phases=examples,coverage,fuzzing,stateful", "--mode=all"]);
    } else {
        // What the spec does not allow, and what lacks credentials, is refused before anybody looks at the situation; and in
        // it, the broker refuses what it accepts otherwise.
        command.args(["--phases=examples,coverage", "--mode=positive"]);
        command.arg("--exclude-checks=positive_data_acceptance,ignored_auth");
    }
    command.args(["--continue-on-failure", "--no-color", "--request-timeout=10"]);
    // How fast the machine is, is no property of the sandbox; and no run may depend on an earlier one.
    command.args(["--suppress-health-check=too_slow", "--generation-database=none"]);
    command.arg(format!("--max-examples={}", options.examples)).arg(format!("--seed={}", options.seed));
    command.arg("--report=ndjson").arg("--report-ndjson-path").arg(&events);
    command.envs(&settings.environment).envs(sandbox.environment());
    let output = command.output().context("cannot start Schemathesis")?;
    if !events.exists() {
        let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
        bail!(
            "Schemathesis could not begin with the files of {}, whose hooks.py brings the sandbox into its state; it \
             says:\n{}",
            situation.folder.display(),
            String::from_utf8_lossy(&said).trim_end()
        );
    }
    report.add(&events)?;
    Ok(output)
}
