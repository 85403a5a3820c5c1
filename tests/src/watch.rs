//! Listens to everything that is traced, and collects everything that is printed.

use std::{
    error::Error as _,
    fmt::Debug,
    io,
    sync::{Arc, Mutex, PoisonError},
};

use broker_session::Error;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tracing_subscriber::{filter::LevelFilter, fmt::MakeWriter, util::SubscriberInitExt};

/// What every secret of a canary test begins with, so that even a part of one is found.
pub const CANARY: &str = "CANARY";

/// A secret that can be told from all others.
pub fn canary(name: &str) -> String {
    format!("{CANARY}-{name}")
}

/// What was traced and what was said, and the secrets in other clothes that are looked for besides.
#[derive(Default)]
pub struct Watch {
    traces: Traces,
    said: Vec<(String, String)>,
    others: Vec<String>,
}

#[derive(Clone, Default)]
struct Traces(Arc<Mutex<Vec<u8>>>);

impl io::Write for Traces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Traces {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Watch {
    /// Listens at the finest level to every crate, to those that use `log` as well.
    pub fn start() -> Self {
        let watch = Self::default();
        tracing_log::LogTracer::init().expect("nobody else listens");
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
            .with_ansi(false)
            // The digits of a time might be those of a secret.
            .without_time()
            .with_writer(watch.traces.clone());
        subscriber.finish().try_init().expect("nobody else listens");
        watch
    }

    /// Looks for this as well: a secret as it looks encoded.
    pub fn also(&mut self, encoded: impl Into<String>) {
        self.others.push(encoded.into());
    }

    /// Notes a text.
    pub fn text(&mut self, label: &str, text: impl Into<String>) {
        self.said.push((label.to_owned(), text.into()));
    }

    /// Notes both forms of `Debug`.
    pub fn debug(&mut self, label: &str, value: &impl Debug) {
        self.text(label, format!("{value:?}"));
        self.text(label, format!("{value:#?}"));
    }

    /// Notes what a generated type prints, and what its decoder says to a secret of another type.
    pub fn look<T: DeserializeOwned + Debug>(&mut self, name: &str, value: Value) {
        let decoded: T = serde_json::from_value(value.clone()).expect("a value that fits");
        self.debug(name, &decoded);
        match serde_json::from_value::<T>(json!({ "a list": [value] })) {
            Ok(other) => self.debug(name, &other),
            Err(error) => self.debug(name, &error),
        }
        let members = value.as_object().expect("an object");
        // What a decoder says to a misfit in place of no secret is the business of who decodes.
        let is_secret = |value: &Value| value.as_str().is_some_and(|text| text.starts_with(CANARY));
        for (member, _) in members.iter().filter(|(_, value)| is_secret(value)) {
            for other in [json!(["CANARY-in-a-list"]), json!({ "CANARY-in-an-object": 1 })] {
                let mut copy = value.clone();
                copy[member] = other;
                if let Err(error) = serde_json::from_value::<T>(copy) {
                    self.text(name, error.to_string());
                }
            }
        }
    }

    /// Notes an error in every form, and its whole chain of sources.
    pub fn error(&mut self, label: &str, error: &Error) {
        self.debug(label, error);
        self.text(label, error.to_string());
        self.text(label, format!("{:?} {:?}", error.broker_code(), error.broker_message()));
        let mut source = error.source();
        while let Some(error) = source {
            self.debug(label, &error);
            self.text(label, error.to_string());
            source = error.source();
        }
    }

    /// Everything that was traced so far.
    pub fn traced(&self) -> String {
        let bytes = self.traces.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Everything that was noted so far.
    pub fn said(&self) -> String {
        self.said.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// Every text with a secret in it, with its label.
    pub fn leaks(&self) -> Vec<String> {
        let traced = self.traced();
        let lines = traced.lines().map(|line| ("trace", line));
        let said = self.said.iter().map(|(label, text)| (label.as_str(), text.as_str()));
        lines
            .chain(said)
            .filter(|(_, text)| self.is_leak(text))
            .map(|(label, text)| format!("{label}: {}", self.around(text)))
            .collect()
    }

    /// The surroundings of the secret in a text.
    fn around(&self, text: &str) -> String {
        let places = std::iter::once(CANARY).chain(self.others.iter().map(String::as_str));
        let start = places.filter_map(|secret| text.find(secret)).min().unwrap_or_default();
        let start = text[..start].chars().count().saturating_sub(80);
        text.chars().skip(start).take(200).collect()
    }

    fn is_leak(&self, text: &str) -> bool {
        text.contains(CANARY) || self.others.iter().any(|other| text.contains(other))
    }

    /// Fails the test if there is a secret anywhere.
    pub fn finish(self) {
        let mut leaks = self.leaks();
        leaks.dedup_by_key(|leak| leak.split(':').next().map(str::to_owned));
        assert!(leaks.is_empty(), "{} leaks: {leaks:#?}", leaks.len());
    }
}
