//! What the tests have written down, as far as it counts.
//!
//! A record counts if it speaks of the text of the spec as it is now, and if the test program that wrote it has not been
//! built anew since: what an earlier text or an earlier program has met says nothing about these.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use anyhow::{Context, Result};
use serde::Deserialize;

use super::rows::Coverage;

/// Who has met an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Met {
    /// The generated client.
    Client,
    /// The ergonomic crate.
    Ergonomic,
    /// The sandbox has given it when it was told to.
    SandboxTold,
    /// The sandbox has given it by itself.
    SandboxPlayed,
}

/// Which answer of an operation is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(super) struct Answer {
    pub(super) operation: String,
    pub(super) status: u16,
    pub(super) media_type: Option<String>,
    pub(super) example: Option<String>,
}

/// A line.
#[derive(Clone, Debug, Deserialize)]
struct Record {
    /// The name of the spec's file.
    spec: String,
    spec_sha256: String,
    #[serde(flatten)]
    answer: Answer,
    column: Met,
    program: PathBuf,
    /// When the program was built, in nanoseconds since 1970.
    built: String,
}

/// All lines of a folder.
#[derive(Debug, Default)]
pub(super) struct Records {
    fresh: Vec<Record>,
    /// The programs that have been built anew, and how many lines they had written before.
    outdated: BTreeMap<PathBuf, usize>,
}

impl Records {
    /// Reads every file of records in a folder.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let mut texts = Vec::new();
        let listing = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
        for entry in listing {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "jsonl") {
                let text = fs::read_to_string(&path);
                texts.push((path.clone(), text.with_context(|| format!("cannot read {}", path.display()))?));
            }
        }
        Self::parse(&texts, built)
    }

    /// The same of texts. `built` says when a program was built, if it is there.
    pub(super) fn parse(
        texts: &[(PathBuf, String)],
        built: impl Fn(&Path) -> Option<String>,
    ) -> Result<Self> {
        let (mut records, mut known) = (Self::default(), BTreeMap::new());
        for (path, text) in texts {
            for (number, line) in text.lines().enumerate() {
                let record: Record = serde_json::from_str(line).with_context(|| {
                    format!(
                        "{}:{}: this is no record; empty the folder and run the tests again",
                        path.display(),
                        number + 1
                    )
                })?;
                let program = &record.program;
                let now = known.entry(program.clone()).or_insert_with(|| built(program));
                // A program that is not there may have run on another machine.
                match now.as_ref().is_none_or(|now| *now == record.built) {
                    true => records.fresh.push(record),
                    false => *records.outdated.entry(program.clone()).or_default() += 1,
                }
            }
        }
        Ok(records)
    }

    /// The answers that were met of the spec at this path with this hash, and who has met each.
    pub(super) fn of(&self, spec: &str, hash: &str) -> BTreeMap<Answer, Vec<Met>> {
        let mut met: BTreeMap<Answer, Vec<Met>> = BTreeMap::new();
        let of_spec = self.fresh.iter().filter(|record| is_of(record, spec) && record.spec_sha256 == hash);
        for record in of_spec {
            met.entry(record.answer.clone()).or_default().push(record.column);
        }
        met
    }

    /// Whether there is none, not even one that does not count.
    pub(super) fn is_empty(&self) -> bool {
        self.fresh.is_empty() && self.outdated.is_empty()
    }

    /// What was not taken, and why. `tables` are those of all specs.
    pub(super) fn refusals(&self, tables: &[Coverage]) -> Vec<String> {
        let programs = self.outdated.iter().map(|(program, count)| {
            format!(
                "{count} records do not count: {} was built anew after it had written them. Run the tests again.",
                program.display()
            )
        });
        let mut other: BTreeMap<&str, usize> = BTreeMap::new();
        for record in &self.fresh {
            let is_of_table =
                |table: &Coverage| is_of(record, &table.spec) && record.spec_sha256 == table.hash;
            if !tables.iter().any(is_of_table) {
                *other.entry(&record.spec).or_default() += 1;
            }
        }
        let texts = other.iter().map(|(spec, count)| {
            format!("{count} records do not count: they are of another text of {spec}. Run the tests again.")
        });
        programs.chain(texts).collect()
    }
}

/// Whether a record is of the spec at this path.
fn is_of(record: &Record, spec: &str) -> bool {
    spec.rsplit('/').next() == Some(&record.spec)
}

/// When a file was written last, in nanoseconds since 1970.
fn built(program: &Path) -> Option<String> {
    let modified = program.metadata().ok()?.modified().ok()?;
    Some(modified.duration_since(UNIX_EPOCH).ok()?.as_nanos().to_string())
}
