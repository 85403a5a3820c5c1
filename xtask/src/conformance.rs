//! Runs Schemathesis with every spec against its sandbox: valid and invalid requests, alone and in sequences. A response
//! that contradicts the spec fails the task.
//!
//! `xtask/conformance/BROKER/` has the files of a broker: `sandbox.toml` the sandbox's arguments and environment,
//! `schemathesis.toml` the credentials. `hooks.py` replaces the spec's made-up tokens by live ones, and lists the
//! exceptions, each with its reason.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use anyhow::{Context, Result};

use crate::{
    Outcome,
    apis::{self, Api},
    print, running,
    sandbox::{Sandbox, Settings},
    tools,
};

/// The folder of the brokers' files.
const FOLDER: &str = "xtask/conformance";

/// The options of `cargo xtask conformance`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only this broker, by the name of its folder below `crates/`; by default all of them.
    #[arg(long)]
    broker: Option<String>,
    /// How many random requests to make for each operation, besides the examples and the systematic ones.
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..))]
    examples: u32,
    /// The seed of the random requests, so that two runs are the same.
    #[arg(long, default_value_t = 1)]
    seed: u32,
}

/// Runs it for each broker, and prints the findings.
pub(crate) fn run(apis: &[Api], options: &Options) -> Result<Outcome> {
    let chosen = apis::choose(apis, options.broker.as_deref())?;
    let schemathesis = tools::python("conformance")?.join("schemathesis");
    let program = running::build()?;
    let mut outcome = Outcome::Fine;
    for api in chosen {
        let output = attempt(api, &schemathesis, &program, options)
            .with_context(|| format!("cannot try {} on its sandbox", api.spec))?;
        let conforms = output.status.success();
        if !conforms {
            outcome = Outcome::Failed;
            print(&String::from_utf8_lossy(&output.stdout))?;
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
        }
        print(&format!("{}: {}", api.broker(), if conforms { "conforms" } else { "does not conform" }))?;
    }
    Ok(outcome)
}

fn attempt(api: &Api, schemathesis: &Path, program: &Path, options: &Options) -> Result<Output> {
    let files = Path::new(FOLDER).join(api.broker());
    let settings = Settings::read(&files.join("sandbox.toml"))?;
    let results = tools::target_folder().join("conformance");
    fs::create_dir_all(&results).with_context(|| format!("cannot create {}", results.display()))?;
    let config = results.join(format!("{}.toml", api.broker()));
    fs::write(&config, configuration(&files)?)
        .with_context(|| format!("cannot write {}", config.display()))?;
    let sandbox = Sandbox::start(program, api.broker(), &settings)?;
    let mut command = Command::new(schemathesis);
    command.arg("--config-file").arg(&config).arg("run").arg(&api.spec);
    command.args(["--url", sandbox.base_url(), "--checks=all"]);
    command.args(["--phases=examples,coverage,fuzzing,stateful", "--mode=all"]);
    command.args(["--continue-on-failure", "--no-color", "--request-timeout=10"]);
    // The speed of the machine must not matter, and no run may depend on an earlier one.
    command.args(["--suppress-health-check=too_slow", "--generation-database=none"]);
    command.arg(format!("--max-examples={}", options.examples)).arg(format!("--seed={}", options.seed));
    command.envs(&settings.environment).envs(sandbox.environment());
    command.output().context("cannot start Schemathesis")
}

/// The configuration of Schemathesis: the broker's hooks, the common file, the broker's own file.
fn configuration(files: &Path) -> Result<String> {
    let mut text = String::new();
    let hooks = files.join("hooks.py");
    if hooks.is_file() {
        text.push_str(&format!("hooks = {:?}\n", hooks.to_string_lossy()));
    }
    for path in [Path::new(FOLDER).join("schemathesis.toml"), files.join("schemathesis.toml")] {
        if path.is_file() {
            text.push_str(
                &fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?,
            );
        }
    }
    Ok(text)
}
