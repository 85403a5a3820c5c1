//! Listens to everything that is traced, and collects everything that is printed.

use std::{
    any::type_name,
    cell::Cell,
    collections::BTreeSet,
    error::Error as _,
    fmt::Debug,
    fs, io,
    panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook},
    path::Path,
    sync::{Arc, LazyLock, Mutex},
};

use aho_corasick::AhoCorasick;
use broker_session::Error;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tracing_subscriber::{filter::LevelFilter, fmt::MakeWriter, util::SubscriberInitExt};

use crate::lock;

/// What every secret of a canary test begins with, so that even a part of one is found.
pub const CANARY: &str = "CANARY";

/// What begins what was said by a panic on purpose.
const PANIC: &str = "a panic on purpose: ";

/// The canaries as they are, and as hosts and the names of headers are written.
const MARKS: [&str; 2] = [CANARY, "canary-"];

/// What is exported and holds nothing that was sent or received: traits, settings, kinds, brokers, and what is public.
const WITHOUT_WORDS: [&str; 25] = [
    "Backoff",
    "BodyFilter",
    "BodyFilterMode",
    "BodyRefused",
    "Clock",
    "Compete",
    "Deadlines",
    "Environment",
    "ErrorKind",
    "Middleware",
    "FailedAttempt",
    "Fingerprint",
    "FingerprintError",
    "ForwardTimes",
    "Ibkr",
    "Kotak",
    "LockedFile",
    "Neo",
    "PresentedCertificate",
    "RetryPolicy",
    "Signer",
    "SingleSignOn",
    "TokenKind",
    "UnusableCertificate",
    "Upgrade",
];

/// A result that nobody expects.
fn unexpected<T>(value: &T) -> Result<(), &T> {
    Err(value)
}

/// What stands around a byte of a string.
fn surroundings(text: &str, place: usize) -> String {
    let start = text[..place].chars().count().saturating_sub(80);
    text.chars().skip(start).take(200).collect()
}

/// The types that a source file of `broker_session` exports.
fn types_of(file: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/broker-session/src").join(file);
    let source = fs::read_to_string(path).expect("a source file of broker_session");
    let mut types = BTreeSet::new();
    for export in source.split("\npub use ").skip(1) {
        let items = export.split(';').next().unwrap_or_default().split(['{', '}', ',']);
        // By their own names: those are what the compiler calls them.
        let paths = items.filter_map(|item| item.trim().split(" as ").next());
        let names = paths.filter_map(|path| path.rsplit("::").next());
        types.extend(names.filter(|name| name.starts_with(char::is_uppercase)).map(str::to_owned));
    }
    assert!(!types.is_empty(), "{file} exports nothing");
    types
}

/// A secret that differs from all others.
pub fn canary(name: &str) -> String {
    format!("{CANARY}-{name}")
}

/// What was traced and what was said, and the secrets in other clothes that are looked for besides.
#[derive(Default)]
pub struct LeakDetector {
    traces: Traces,
    said: Vec<(String, String)>,
    others: Vec<String>,
    /// The names of the types whose values were looked at.
    types: BTreeSet<&'static str>,
}

thread_local! {
    /// Whether this thread panics on purpose, and for nobody but the detector.
    static ON_PURPOSE: Cell<bool> = const { Cell::new(false) };
}

#[derive(Clone, Default)]
struct Traces(Arc<Mutex<Vec<u8>>>);

impl io::Write for Traces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.0).extend_from_slice(bytes);
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

impl LeakDetector {
    /// Listens at the finest level to every crate, to those that use `log` as well. All detectors of a process share what
    /// is traced in it.
    pub fn start() -> Self {
        static TRACES: LazyLock<Traces> = LazyLock::new(LeakDetector::listen);
        Self { traces: TRACES.clone(), ..Self::default() }
    }

    fn listen() -> Traces {
        let traces = Traces::default();
        tracing_log::LogTracer::init().expect("nobody else listens");
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
            .with_ansi(false)
            // The digits of a time might be those of a secret.
            .without_time()
            .with_writer(traces.clone());
        subscriber.finish().try_init().expect("nobody else listens");
        let (of_hook, others) = (traces.clone(), take_hook());
        set_hook(Box::new(move |panic| match ON_PURPOSE.get() {
            true => {
                let mut traces = lock(&of_hook.0);
                traces.extend_from_slice(format!("{PANIC}{panic}\n").as_bytes());
            }
            false => others(panic),
        }));
        traces
    }

    /// Looks for this as well: a secret as it looks encoded.
    pub fn also(&mut self, encoded: impl Into<String>) {
        self.others.push(encoded.into());
    }

    /// Notes a string.
    pub fn text(&mut self, label: &str, text: impl Into<String>) {
        self.said.push((label.to_owned(), text.into()));
    }

    /// Notes both forms of `Debug`, and what a program says that did not expect the value.
    pub fn debug<T: Debug>(&mut self, label: &str, value: &T) {
        self.types.insert(type_name::<T>());
        self.text(label, format!("{value:?}"));
        self.text(label, format!("{value:#?}"));
        ON_PURPOSE.set(true);
        let outcome = catch_unwind(AssertUnwindSafe(|| unexpected(value).expect("nothing of the kind")));
        ON_PURPOSE.set(false);
        let panic = outcome.expect_err("it panics");
        let said = panic.downcast::<String>().expect("a panic with words");
        self.text(label, *said);
    }

    /// Notes what a generated type prints, and what its decoder says to a secret of another type.
    pub fn look<T: DeserializeOwned + Debug>(&mut self, name: &str, value: Value) {
        let decoded: T = serde_json::from_value(value.clone()).expect("a value that fits");
        self.debug(name, &decoded);
        match serde_json::from_value::<T>(json!({ "a list": [value] })) {
            Ok(other) => self.debug(name, &other),
            Err(error) => self.debug(name, &error),
        }
        let fields = value.as_object().expect("an object");
        // What a decoder says to a misfit in place of no secret is the business of who decodes.
        let is_secret = |value: &Value| value.as_str().is_some_and(|text| text.starts_with(CANARY));
        for (field, _) in fields.iter().filter(|(_, value)| is_secret(value)) {
            for other in [json!(["CANARY-in-a-list"]), json!({ "CANARY-in-an-object": 1 })] {
                let mut copy = value.clone();
                copy[field] = other;
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
        let (code, message, page) = (error.broker_code(), error.broker_message(), error.login_url());
        self.text(label, format!("{code:?} {message:?} {page:?}"));
        let mut source = error.source();
        while let Some(error) = source {
            self.debug(label, &error);
            self.text(label, error.to_string());
            source = error.source();
        }
    }

    /// Fails the test if a type that `broker_session` gives to everybody, or that one of its modules does, was not looked
    /// at. The list is read from its sources, so that a new type is noticed.
    pub fn check_types(&self, module: &str) {
        let looked_at = |name: &str, paths: &[String]| {
            let end = format!("::{name}");
            let mut known = self.types.iter().filter_map(|known| known.split('<').next());
            known.any(|known| known.ends_with(&end) && paths.iter().any(|path| known.starts_with(path)))
        };
        let of_all = types_of("lib.rs").into_iter().map(|name| (name, vec!["broker_session".to_owned()]));
        let of_module = types_of(&format!("{module}.rs")).into_iter();
        let paths = vec![format!("broker_session::{module}::"), format!("{module}_session_api::")];
        let of_module = of_module.map(|name| (name, paths.clone()));
        let missing: Vec<_> = of_all
            .chain(of_module)
            .filter(|(name, path)| !WITHOUT_WORDS.contains(&name.as_str()) && !looked_at(name, path))
            .collect();
        assert!(missing.is_empty(), "nobody has looked at what these types print: {missing:?}");
    }

    /// Everything that was traced so far.
    pub fn traced(&self) -> String {
        let bytes = lock(&self.traces.0);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Everything that was noted so far.
    pub fn said(&self) -> String {
        self.said.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// Every string with a secret in it, with its label.
    pub fn leaks(&self) -> Vec<String> {
        let secrets = MARKS.into_iter().chain(self.others.iter().map(String::as_str));
        let secrets = AhoCorasick::new(secrets).expect("a few secrets");
        let traced = self.traced();
        let lines = traced.lines().map(|line| ("trace", line));
        let said = self.said.iter().map(|(label, text)| (label.as_str(), text.as_str()));
        lines
            .chain(said)
            .filter_map(|(label, text)| {
                let secret = secrets.find(text)?;
                Some(format!("{label}: {}", surroundings(text, secret.start())))
            })
            .collect()
    }

    /// Fails the test if there is a secret anywhere.
    pub fn finish(self) {
        let mut leaks = self.leaks();
        leaks.dedup_by_key(|leak| leak.split(':').next().map(str::to_owned));
        assert!(leaks.is_empty(), "{} leaks: {leaks:#?}", leaks.len());
    }
}
