//! What every call of every broker's client must withstand, whatever the broker.
//!
//! What comes of a fault that lasts is in the matrix ([`crate::matrix`]). Here is the rest: proxies, limits of the caller's,
//! trouble that passes, and messages that are made to do harm. The checks walk the [`crate::Scenario`]s of a broker.

mod network;

use std::time::Duration;

use broker_session::{ClientOptions, Deadlines, Error, ErrorKind, RetryPolicy};
use broker_session_openapi::Operation;
use serde_json::Value;
use tokio::time::Instant;

use crate::{AT_ONCE, Broker, FaultyBroker, MockResponse, Reaction, Report, Scenario, Spec, Target, once};

pub use self::network::{
    check_certificates, check_proxied, check_proxy_gone, check_proxy_password, check_tls_through_proxy,
};

/// What a status means by itself: what the spec says, else what its class does (RFC 9110, section 15).
pub(crate) fn kind_of(operation: &Operation, status: u16) -> ErrorKind {
    let mut responses = operation.responses.iter();
    let documented = responses.find(|response| response.status == status);
    let named = documented.and_then(|response| response.kind.as_deref());
    named.and_then(ErrorKind::from_name).unwrap_or(match status {
        401 => ErrorKind::Credentials,
        407 | 408 | 425 => ErrorKind::Unavailable,
        429 => ErrorKind::RateLimited,
        400..=499 => ErrorKind::Refused,
        500..=599 => ErrorKind::Unavailable,
        _ => ErrorKind::Protocol,
    })
}

/// Whether a success of the operation holds something that is read.
fn is_read(operation: &Operation) -> bool {
    operation.responses.iter().any(|response| response.status < 300 && !response.content.is_empty())
}

/// Whether the operation may be sent again after its request has left.
fn is_safe(operation: &Operation) -> bool {
    operation.retry == "safe"
}

/// Compares kind and status, and holds an error to what is true of all of them.
fn check_error<B: Broker>(
    operation: &Operation,
    at: &Target,
    error: &Error,
    kind: ErrorKind,
    status: Option<u16>,
) -> Result<(), String> {
    let found = (error.kind(), error.status(), error.operation());
    let expected = (kind, status, Some(operation.id.as_str()));
    if found != expected {
        return Err(format!("{found:?} in place of {expected:?}: {error}"));
    }
    if error.is_unsent() {
        return Err(format!("it has left, and is said not to: {error}"));
    }
    if error.is_retryable() && !is_safe(operation) {
        return Err(format!("it may be sent only once, and is said to be retryable: {error}"));
    }
    B::check_error(at, error)
}

const PAGE: &str = "<html><body><h1>Later</h1></body></html>";

/// What may have passed when the call is made again; `success` is what breaks off.
fn troubles<B: Broker>(success: &MockResponse) -> Vec<(&'static str, Reaction)> {
    let page = |status| MockResponse::new(status, "text/html", PAGE);
    let half = |response: &MockResponse| response.cut_by(response.body.len().div_ceil(2));
    let mut troubles = vec![
        ("a reset", Reaction::Reset),
        ("an end without a response", Reaction::Respond(Vec::new())),
        ("silence", Reaction::Stall(Vec::new())),
        ("a cut body", Reaction::Respond(half(success))),
        ("503", Reaction::Respond(page(503).bytes())),
        ("a slow 503", Reaction::Stall(half(&page(503)))),
        ("502", Reaction::Respond(page(502).bytes())),
        ("504", Reaction::Respond(page(504).bytes())),
    ];
    // The next call waits for the end of a penalty.
    if B::api().penalty.is_none() {
        let with_time = page(429).header("retry-after", "0");
        troubles.push(("429 with a time", Reaction::Respond(with_time.bytes())));
    }
    troubles
}

/// On a paused clock there is time for everything, so that the broker's limits keep nothing from being repeated.
fn patient() -> ClientOptions {
    let day = Duration::from_secs(24 * 60 * 60);
    let deadlines = Deadlines { total: day, ..Deadlines::default() };
    ClientOptions::new().retry(AT_ONCE).deadlines(deadlines)
}

/// What may be sent only once is sent once, whatever documented failure it meets, although that asks to be called again.
pub async fn check_sent_once<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    for scenario in B::scenarios().iter().filter(|scenario| !is_safe(scenario.of(spec))) {
        let operation = scenario.of(spec);
        let failures =
            spec.cases().filter(|case| case.operation.id == scenario.operation && case.kind().is_some());
        for case in failures {
            let bytes = MockResponse::from(&case).header("retry-after", "0").bytes();
            let faulty =
                FaultyBroker::hostile::<B>(spec, operation, move |_| Some(Reaction::Respond(bytes.clone())))
                    .await;
            let outcome = (scenario.drive)(&faulty.at_paused(patient())).await;
            let found = (
                outcome.is_err_and(|error| !error.is_retryable() && !error.is_unsent()),
                faulty.count(operation),
            );
            report.same(case.label(), &found, &(true, 1));
        }
    }
    report
}

/// What may be repeated gets through once the trouble has passed, unless the caller wants nothing to be repeated.
pub async fn check_repeated<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    for scenario in B::scenarios().iter().filter(|scenario| is_safe(scenario.of(spec))) {
        let operation = scenario.of(spec);
        let success = MockResponse::from(&spec.first_success(&operation.id));
        for (name, reaction) in troubles::<B>(&success) {
            let passing = move |before| (before < 2).then(|| reaction.clone());
            let faulty = FaultyBroker::hostile::<B>(spec, operation, passing).await;
            let outcome = (scenario.drive)(&faulty.at_paused(patient())).await;
            let found = (outcome.map(drop).map_err(|error| error.to_string()), faulty.count(operation));
            report.same(format!("{}, {name}, which passes", operation.id), &found, &(Ok(()), 3));
        }
        let faulty = FaultyBroker::hostile::<B>(spec, operation, |_| Some(Reaction::Reset)).await;
        let outcome = (scenario.drive)(&faulty.at_paused(patient().retry(RetryPolicy::NEVER))).await;
        let found = (outcome.is_err_and(|error| error.is_retryable()), faulty.count(operation));
        report.same(format!("{}, repeated by nobody but the caller", operation.id), &found, &(true, 1));
    }
    report
}

/// A response without end is not read to it, and the error names the limit, the caller's where there is one.
pub async fn check_endless<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    let endless = Reaction::Endless(format!("{head}\r\n\"").into_bytes(), vec![b'x'; 4096]);
    for scenario in B::scenarios() {
        let operation = scenario.of(spec);
        if !is_read(operation) {
            report.add(&operation.id, Ok::<(), String>(()));
            continue;
        }
        for (name, reaction, options, limit) in [
            ("endless", endless.clone(), once(), "65536"),
            ("endless, with a limit of the caller's", endless.clone(), limited(), "10000"),
        ] {
            let faulty = FaultyBroker::hostile::<B>(spec, operation, move |_| Some(reaction.clone())).await;
            let at = faulty.at_paused(options);
            let outcome = match (scenario.drive)(&at).await {
                Ok(_) => Err("came out as a success".to_owned()),
                Err(error) if !error.to_string().contains(limit) => {
                    Err(format!("does not name the limit: {error}"))
                }
                Err(error) => check_error::<B>(operation, &at, &error, ErrorKind::Protocol, Some(200)),
            };
            report.add(format!("{}, {name}", operation.id), outcome);
        }
    }
    report
}

fn limited() -> ClientOptions {
    once().body_limit(10_000)
}

/// Who asks to be left alone is, for as long, where there is time for it, and is then called again.
pub async fn check_waits<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    for scenario in B::scenarios() {
        asked_to_wait::<B>(spec, scenario, &mut report).await;
    }
    report
}

fn later(status: u16, wait: &str) -> Reaction {
    Reaction::Respond(MockResponse::empty(status).header("retry-after", wait).bytes())
}

/// Deadlines that only this test sets, and none for the broker's own limits.
fn within(attempt: Duration, total: Duration) -> ClientOptions {
    ClientOptions::new().retry(AT_ONCE).deadlines(Deadlines { attempt, total, ..Deadlines::default() })
}

async fn asked_to_wait<B: Broker>(spec: &Spec, scenario: &Scenario, report: &mut Report) {
    let (operation, wait, hour) = (scenario.of(spec), Duration::from_secs(7), Duration::from_secs(3600));
    let first = |before| (before == 0).then(|| later(503, "7"));
    let faulty = FaultyBroker::hostile::<B>(spec, operation, first).await;
    let started = Instant::now();
    let outcome = (scenario.drive)(&faulty.at_paused(within(hour, hour))).await;
    let found = match outcome {
        Ok(_) => Ok(started.elapsed() >= wait),
        Err(error) => Err(error.retry_after()),
    };
    let expected = if is_safe(operation) { (Ok(true), 2) } else { (Err(Some(wait)), 1) };
    report.same(format!("{}, asked to wait", operation.id), &(found, faulty.count(operation)), &expected);
}

/// What a terminal would obey.
const COMMANDS: &str = "red\u{1b}[31m\u{1b}[2J\u{7}\r\ntwo\u{9b}31m\u{202e}lines";

/// Whatever stands in a documented failure, what an error says can be shown on a terminal, and fits on it. Counts the
/// failures that do quote the broker.
pub async fn check_words<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    let endless = "x".repeat(100_000);
    for scenario in B::scenarios() {
        let operation = scenario.of(spec);
        let cases = spec.cases().filter(|case| case.operation.id == scenario.operation && case.is_json());
        for case in cases.filter(|case| case.kind().is_some()) {
            for text in [COMMANDS, &endless] {
                let response = MockResponse::json(case.response.status, &with_strings(case.value(), text));
                let faulty = FaultyBroker::hostile::<B>(spec, operation, move |_| {
                    Some(Reaction::Respond(response.bytes()))
                })
                .await;
                let Err(error) = (scenario.drive)(&faulty.at_paused(once())).await else { continue };
                let said =
                    (error.broker_code().unwrap_or_default(), error.broker_message().unwrap_or_default());
                let shown = format!("{error}{}{}", said.0, said.1);
                if !shown.contains("red") && !shown.contains("xxx") {
                    continue;
                }
                let outcome = match shown.len() {
                    _ if shown.chars().any(char::is_control) => Err(format!("has commands: {shown:?}")),
                    0..2000 => Ok(()),
                    length => Err(format!("has {length} characters")),
                };
                report.add(case.label(), outcome);
            }
        }
    }
    report
}

/// The value with every string in it replaced.
pub(crate) fn with_strings(value: &Value, text: &str) -> Value {
    match value {
        Value::String(_) => text.into(),
        Value::Array(items) => items.iter().map(|item| with_strings(item, text)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), with_strings(value, text))).collect()
        }
        other => other.clone(),
    }
}
