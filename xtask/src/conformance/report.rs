//! What was tried, from the events that Schemathesis writes: a run in which nothing is found proves little about an
//! operation that has only refused.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    io::{BufRead, BufReader},
    path::Path,
};

use anyhow::{Context, Result};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use broker_session_codegen::{Document, spec};
use serde_json::Value;

/// What one operation documents, and how often it was answered with which status.
#[derive(Debug)]
pub(super) struct Tried {
    /// The `operationId`.
    pub(super) id: String,
    /// The statuses that the spec has for it.
    pub(super) documented: BTreeSet<u16>,
    /// The statuses that came.
    pub(super) met: BTreeMap<u16, usize>,
}

/// What was met of a spec, in all the runs with it.
#[derive(Debug)]
pub(super) struct Report {
    /// By method and path as the spec has them.
    operations: BTreeMap<String, Tried>,
    /// The broker's own codes (`x-error-codes`), and whether one came in an answer.
    codes: BTreeMap<String, bool>,
}

impl Report {
    /// Nothing has been tried yet.
    pub(super) fn new(document: &Document) -> Self {
        let tried = |operation: spec::Operation| {
            let documented = operation.responses.iter().map(|response| response.status).collect();
            let label = format!("{} {}", operation.method, operation.path);
            (label, Tried { id: operation.id, documented, met: BTreeMap::new() })
        };
        let codes = document.value().get("x-error-codes").and_then(Value::as_object).into_iter().flatten();
        Self {
            operations: spec::operations(document).into_iter().map(tried).collect(),
            codes: codes.map(|(code, _)| (code.clone(), false)).collect(),
        }
    }

    /// Adds what a run has met.
    pub(super) fn add(&mut self, events: &Path) -> Result<()> {
        let file = fs::File::open(events).with_context(|| {
            format!("Schemathesis wrote no {}; run it by hand to see why", events.display())
        })?;
        for line in BufReader::new(file).lines() {
            let event: Value =
                serde_json::from_str(&line?).context("cannot read an event of Schemathesis")?;
            if let Some(recorder) = event.pointer("/ScenarioFinished/recorder") {
                self.note(recorder);
            }
        }
        Ok(())
    }

    /// Takes note of the requests of one scenario.
    pub(super) fn note(&mut self, recorder: &Value) {
        let interactions = recorder.get("interactions").and_then(Value::as_object);
        for (id, interaction) in interactions.into_iter().flatten() {
            let text = |pointer: &str| recorder.pointer(&format!("/cases/{id}/value/{pointer}"))?.as_str();
            let (Some(method), Some(path)) = (text("method"), text("path")) else { continue };
            let Some(tried) = self.operations.get_mut(&format!("{} {path}", method.to_uppercase())) else {
                continue;
            };
            let status = interaction.pointer("/response/status_code").and_then(Value::as_u64);
            let Some(status) = status.and_then(|status| u16::try_from(status).ok()) else { continue };
            *tried.met.entry(status).or_default() += 1;
            let body = interaction.pointer("/response/content/$base64").and_then(Value::as_str);
            let body = body.and_then(|body| BASE64_STANDARD.decode(body).ok());
            if let Some(body) = body.and_then(|body| serde_json::from_slice(&body).ok()) {
                self.note_codes(&body);
            }
        }
    }

    /// Takes note of the codes anywhere in an answer.
    fn note_codes(&mut self, value: &Value) {
        let said = match value {
            Value::Array(items) => return items.iter().for_each(|item| self.note_codes(item)),
            Value::Object(members) => return members.values().for_each(|member| self.note_codes(member)),
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(_) | Value::Null => return,
        };
        // As clients compare them.
        let is_said = |code: &str| code.eq_ignore_ascii_case(said.trim());
        self.codes.iter_mut().filter(|(code, _)| is_said(code)).for_each(|(_, is_met)| *is_met = true);
    }

    /// The operations.
    pub(super) fn operations(&self) -> impl Iterator<Item = &Tried> {
        self.operations.values()
    }

    /// The broker's codes, and whether each was met.
    pub(super) fn codes(&self) -> impl Iterator<Item = (&str, bool)> {
        self.codes.iter().map(|(code, is_met)| (code.as_str(), *is_met))
    }

    /// The operations whose success was never seen.
    pub(super) fn without_success(&self) -> Vec<&str> {
        let without = self.operations.iter().filter(|(_, tried)| tried.met.range(200..300).next().is_none());
        without.map(|(operation, _)| operation.as_str()).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
        for (status, count) in self.operations().flat_map(|tried| &tried.met) {
            *statuses.entry(*status).or_default() += count;
        }
        let answers: usize = statuses.values().sum();
        let each: Vec<String> = statuses.iter().map(|(status, count)| format!("{status}: {count}")).collect();
        let documented: usize = self.operations().map(|tried| tried.documented.len()).sum();
        let is_met = |tried: &Tried| tried.documented.iter().filter(|s| tried.met.contains_key(s)).count();
        let met: usize = self.operations().map(is_met).sum();
        let codes = self.codes().filter(|(_, is_met)| *is_met).count();
        write!(
            f,
            "{answers} answers of {} operations ({}); {met} of {documented} documented statuses and {codes} of {} \
             codes came up",
            self.operations.len(),
            each.join(", "),
            self.codes.len()
        )
    }
}
