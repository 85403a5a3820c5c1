//! Runs the fuzz targets of `fuzz/`, each for a bounded time, beginning with the examples of the specs.
//!
//! It works with the stable toolchain: coverage is what a fuzzer needs, and `-C passes=sancov-module` is stable. The
//! sanitizers are not, and there is no unsafe code here for them to watch.

mod outcome;
mod seeds;
mod tools;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::{Outcome, apis::Api, say};
use outcome::Run;

/// Where the targets are.
const FOLDER: &str = "fuzz";

/// The longest input that is made up, in bytes. The longest seed has half of it.
const LONGEST_INPUT: usize = 16 * 1024;

/// How long one input may take, in seconds. Most take less than a thousandth, but a machine may have much to do.
const LONGEST_RUN: u32 = 30;

/// How long, and what.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How long each target runs, in seconds.
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// Only this target; all of them unless told.
    #[arg(long)]
    target: Option<String>,
    /// Where chance begins, so that two runs try much the same; another start each time unless told.
    #[arg(long)]
    seed: Option<u32>,
}

/// Builds and runs the targets, and says what came of it.
pub(crate) fn run(apis: &[Api], options: &Options) -> Result<Outcome> {
    let known = targets()?;
    let chosen: Vec<String> = match &options.target {
        Some(name) if known.contains(name) => vec![name.clone()],
        Some(name) => bail!("there is no target `{name}`; there are: {}", known.join(", ")),
        None => known,
    };
    seeds::write(apis)?;
    tools::install()?;
    tools::build(options.target.as_deref())?;
    let mut runs = Vec::new();
    for target in &chosen {
        say(&format!("fuzzing {target} for {} s", options.seconds))?;
        runs.push(fuzz(target, options)?);
    }
    say(&outcome::table(&runs))?;
    let failed: Vec<&Run> = runs.iter().filter(|run| !run.is_fine()).collect();
    for run in &failed {
        say(&outcome::advice(run))?;
    }
    Ok(if failed.is_empty() { Outcome::Fine } else { Outcome::Failed })
}

/// One target. Its inputs are a corpus that grows, what fuzzing has found before, and what people have written.
fn fuzz(target: &str, options: &Options) -> Result<Run> {
    let corpus = seeds::corpus(target);
    fs::create_dir_all(&corpus).with_context(|| format!("cannot create {}", corpus.display()))?;
    let kept = ["regressions", "seeds"].map(|folder| Path::new(FOLDER).join(folder).join(target));
    let inputs = kept.into_iter().filter(|folder| folder.is_dir());
    let mut arguments: Vec<PathBuf> = vec![corpus];
    arguments.extend(inputs);
    let words = seeds::words(target);
    let mut settings = vec![
        format!("-max_total_time={}", options.seconds),
        format!("-max_len={LONGEST_INPUT}"),
        format!("-timeout={LONGEST_RUN}"),
        "-rss_limit_mb=2048".to_owned(),
        "-print_final_stats=1".to_owned(),
    ];
    settings.extend(options.seed.map(|seed| format!("-seed={seed}")));
    if words.is_file() {
        settings.push(format!("-dict={}", words.display()));
    }
    let (is_fine, log) = tools::run(target, &arguments, &settings)?;
    Ok(Run::read(target, is_fine, &log))
}

/// The names of the targets, as the manifest has them.
fn targets() -> Result<Vec<String>> {
    let path = Path::new(FOLDER).join("Cargo.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let table: toml::Table = text.parse().with_context(|| format!("cannot read {}", path.display()))?;
    let binaries = table.get("bin").and_then(toml::Value::as_array).context("there is no target")?;
    let names = binaries.iter().filter_map(|binary| binary.get("name")?.as_str());
    Ok(names.map(str::to_owned).collect())
}
