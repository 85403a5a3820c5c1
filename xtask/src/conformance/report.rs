//! What was tried, from the events that Schemathesis writes: a run in which nothing is found proves little about an
//! operation that has only refused.

use std::{
    collections::BTreeMap,
    fmt, fs,
    io::{BufRead, BufReader},
    path::Path,
};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::apis::Api;

/// How often each operation was answered with which status, by its method and path as the spec has them.
#[derive(Debug, Default)]
pub(super) struct Report(BTreeMap<String, BTreeMap<u64, usize>>);

impl Report {
    /// Reads the events of a run with a spec. Operations that were not tried are in it, too.
    pub(super) fn read(events: &Path, api: &Api) -> Result<Self> {
        let document = api
            .load()
            .map_err(|_| anyhow::anyhow!("{} has problems; `cargo xtask lint` says which", api.spec))?;
        let operations = document.openapi().operations();
        let mut report = Self(
            operations
                .map(|(path, method, _)| (format!("{} {path}", method.to_uppercase()), BTreeMap::new()))
                .collect(),
        );
        let file = fs::File::open(events)
            .with_context(|| format!("Schemathesis wrote no {}; it says why above", events.display()))?;
        for line in BufReader::new(file).lines() {
            let event: Value =
                serde_json::from_str(&line?).context("cannot read an event of Schemathesis")?;
            if let Some(recorder) = event.pointer("/ScenarioFinished/recorder") {
                report.note(recorder);
            }
        }
        Ok(report)
    }

    /// Takes note of the requests of one scenario.
    fn note(&mut self, recorder: &Value) {
        let interactions = recorder.get("interactions").and_then(Value::as_object);
        for (id, interaction) in interactions.into_iter().flatten() {
            let text = |pointer: &str| recorder.pointer(&format!("/cases/{id}/value/{pointer}"))?.as_str();
            let (Some(method), Some(path)) = (text("method"), text("path")) else { continue };
            let Some(statuses) = self.0.get_mut(&format!("{} {path}", method.to_uppercase())) else {
                continue;
            };
            let status = interaction.pointer("/response/status_code").and_then(Value::as_u64);
            let Some(status) = status else { continue };
            *statuses.entry(status).or_default() += 1;
        }
    }

    /// The operations whose success was never seen.
    pub(super) fn without_success(&self) -> Vec<&str> {
        let without = self.0.iter().filter(|(_, statuses)| statuses.range(200..300).next().is_none());
        without.map(|(operation, _)| operation.as_str()).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut statuses: BTreeMap<u64, usize> = BTreeMap::new();
        for (status, count) in self.0.values().flatten() {
            *statuses.entry(*status).or_default() += count;
        }
        let answers: usize = statuses.values().sum();
        let each: Vec<String> = statuses.iter().map(|(status, count)| format!("{status}: {count}")).collect();
        write!(f, "{answers} answers of {} operations ({})", self.0.len(), each.join(", "))
    }
}
