//! Lets Schemathesis try every spec on its sandbox: requests as the spec has them and requests that break it, one by one
//! and one after another. Whatever does not go with the spec fails the task.
//!
//! What belongs to a broker stands in `xtask/conformance/BROKER/`: `sandbox.toml` says what the sandbox is started with,
//! `schemathesis.toml` has the credentials and, each with its reason, the exceptions, and `hooks.py` puts live tokens
//! where the spec has made-up ones. None of them is needed by a broker that can do without.

mod report;

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result};

use crate::{
    Outcome,
    apis::{self, Api},
    sandbox::{self, Sandbox, Settings},
    say, tools,
};
use report::Report;

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

/// Tries one spec on its sandbox. False: something was found, and has been said.
fn conform(api: &Api, schemathesis: &Path, program: &Path, options: &Options) -> Result<bool> {
    let broker = api.broker();
    let files = Path::new(FOLDER).join(broker);
    let settings = Settings::read(&files.join("sandbox.toml"))?;
    let sandbox = Sandbox::start(program, broker, &settings)?;
    let results = tools::target_folder().join("conformance");
    fs::create_dir_all(&results).with_context(|| format!("cannot create {}", results.display()))?;
    let events = results.join(format!("{broker}.ndjson"));
    let mut command = Command::new(schemathesis);
    let config = files.join("schemathesis.toml");
    if config.is_file() {
        command.arg("--config-file").arg(&config);
    }
    command.arg("run").arg(&api.spec).args(["--url", sandbox.base_url()]);
    command.args(["--checks=all", "--phases=examples,coverage,fuzzing,stateful", "--mode=all"]);
    command.args(["--continue-on-failure", "--no-color", "--request-timeout=10"]);
    // How fast the machine is, is no property of the sandbox; and no run may depend on an earlier one.
    command.args(["--suppress-health-check=too_slow", "--generation-database=none"]);
    command.arg(format!("--max-examples={}", options.examples)).arg(format!("--seed={}", options.seed));
    command.arg("--report=ndjson").arg("--report-ndjson-path").arg(&events);
    command.envs(&settings.environment).envs(sandbox.environment());
    let output = command.output().context("cannot start Schemathesis")?;
    let report = Report::read(&events, api)?;
    drop(sandbox);
    let never = report.without_success();
    let is_fine = output.status.success() && never.is_empty();
    if !output.status.success() {
        say(&String::from_utf8_lossy(&output.stdout))?;
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
    }
    for operation in &never {
        say(&format!(
            "{broker}: `{operation}` was never answered with success, so its answer has not been tried. Let {} put \
             live credentials into its requests.",
            files.join("hooks.py").display()
        ))?;
    }
    say(&format!("{broker}: {}, {report}", if is_fine { "conforms" } else { "does not conform" }))?;
    Ok(is_fine)
}
