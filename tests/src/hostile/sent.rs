//! What leaves again, and what does not although it is asked for.

use std::time::Duration;

use broker_session::{Connection, Deadlines, RetryPolicy};

use super::expected::is_safe;
use crate::{AT_ONCE, Answer, Broker, Reaction, Report, Scene};

const PAGE: &str = "<html><body><h1>Later</h1></body></html>";

/// What may have passed when the call is made again; `success` is what breaks off.
fn troubles<B: Broker>(success: &Answer) -> Vec<(&'static str, Reaction)> {
    let page = |status| Answer::new(status, "text/html", PAGE);
    let half = |answer: &Answer| answer.cut_by(answer.body.len().div_ceil(2));
    let mut troubles = vec![
        ("a reset", Reaction::Reset),
        ("an end without an answer", Reaction::Answer(Vec::new())),
        ("silence", Reaction::Stall(Vec::new())),
        ("a cut body", Reaction::Answer(half(success))),
        ("503", Reaction::Answer(page(503).bytes())),
        ("a slow 503", Reaction::Stall(half(&page(503)))),
        ("502", Reaction::Answer(page(502).bytes())),
        ("504", Reaction::Answer(page(504).bytes())),
    ];
    // A penalty is waited out by whoever is called next.
    if B::api().penalty.is_none() {
        let with_time = page(429).header("retry-after", "0");
        troubles.push(("429 with a time", Reaction::Answer(with_time.bytes())));
    }
    troubles
}

/// On a paused clock there is time for everything, so that the broker's limits keep nothing from being repeated.
fn patient() -> Connection {
    let day = Duration::from_secs(24 * 60 * 60);
    let deadlines = Deadlines { total: day, ..Deadlines::default() };
    Connection::new().retry(AT_ONCE).deadlines(deadlines)
}

/// What may be sent only once is sent once, whatever documented failure it meets, although that asks to be called again.
pub async fn check_sent_once<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    for reach in B::reaches().iter().filter(|reach| !is_safe(reach.of(spec))) {
        let operation = reach.of(spec);
        let failures =
            spec.cases().filter(|case| case.operation.id == reach.operation && case.kind().is_some());
        for case in failures {
            let bytes = Answer::from(&case).header("retry-after", "0").bytes();
            let scene =
                Scene::hostile::<B>(spec, operation, move |_| Some(Reaction::Answer(bytes.clone()))).await;
            let outcome = (reach.drive)(&scene.at_held(patient())).await;
            let found = (
                outcome.is_err_and(|error| !error.is_retryable() && !error.is_unsent()),
                scene.count(operation),
            );
            report.same(case.label(), &found, &(true, 1));
        }
    }
    report
}

/// What may be repeated gets through once the trouble has passed, unless the caller wants nothing to be repeated.
pub async fn check_repeated<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    for reach in B::reaches().iter().filter(|reach| is_safe(reach.of(spec))) {
        let operation = reach.of(spec);
        let success = Answer::from(&spec.first_success(&operation.id));
        for (name, reaction) in troubles::<B>(&success) {
            let passing = move |before| (before < 2).then(|| reaction.clone());
            let scene = Scene::hostile::<B>(spec, operation, passing).await;
            let outcome = (reach.drive)(&scene.at_held(patient())).await;
            let found = (outcome.map(drop).map_err(|error| error.to_string()), scene.count(operation));
            report.same(format!("{}, {name}, which passes", operation.id), &found, &(Ok(()), 3));
        }
        let scene = Scene::hostile::<B>(spec, operation, |_| Some(Reaction::Reset)).await;
        let outcome = (reach.drive)(&scene.at_held(patient().retry(RetryPolicy::NEVER))).await;
        let found = (outcome.is_err_and(|error| error.is_retryable()), scene.count(operation));
        report.same(format!("{}, repeated by nobody but the caller", operation.id), &found, &(true, 1));
    }
    report
}
