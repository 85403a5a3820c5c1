//! How often a call leaves, whatever becomes of it.

use std::time::Duration;

use broker_session::{Connection, Deadlines, ErrorKind, RetryPolicy};

use broker_session_codegen::spec::Operation;

use super::expected::{check_error, is_read, is_safe, kind_of, may_be_empty};
use crate::{AT_ONCE, Answer, Broker, Reach, Reaction, Report, Scene, Spec};

const PAGE: &str = "<html><body><h1>Later</h1></body></html>";

/// Something that goes wrong with one call.
struct Trouble {
    name: String,
    reaction: Reaction,
    /// What is known of it: a kind and a status.
    expected: Expected,
    /// How often a call that may be repeated is made, of three times at most.
    attempts: usize,
}

enum Expected {
    /// No answer.
    Kind(ErrorKind),
    /// By its status.
    Status(u16),
    /// A success that is none.
    Unfit(ErrorKind),
    /// Nothing with a successful status.
    Nothing,
}

/// Everything that can go wrong with one call; `success` is what breaks off.
fn troubles(success: &Answer, has_penalty: bool) -> Vec<Trouble> {
    let page = |status| Answer::new(status, "text/html", PAGE);
    let now = |answer: Answer| answer.header("retry-after", "0");
    let whole = |name: &str, answer: Answer, attempts| Trouble {
        name: name.to_owned(),
        expected: Expected::Status(answer.status),
        reaction: Reaction::Answer(answer.bytes()),
        attempts,
    };
    let lost = |name: &str, reaction, kind, attempts| Trouble {
        name: name.to_owned(),
        reaction,
        expected: Expected::Kind(kind),
        attempts,
    };
    let unfit = |name: &str, reaction, kind, attempts| Trouble {
        name: name.to_owned(),
        reaction,
        expected: Expected::Unfit(kind),
        attempts,
    };
    let half = |answer: &Answer| answer.cut_by(answer.body.len().div_ceil(2));
    let at_last = if has_penalty { 1 } else { 3 };
    vec![
        lost("a reset", Reaction::Reset, ErrorKind::Unavailable, 3),
        lost("an end without an answer", Reaction::Answer(Vec::new()), ErrorKind::Unavailable, 3),
        lost("no HTTP", Reaction::Answer(b"no HTTP at all\r\n\r\n".to_vec()), ErrorKind::Unavailable, 3),
        lost("half a status", Reaction::Answer(b"HTTP/1.1 2".to_vec()), ErrorKind::Unavailable, 3),
        lost("silence", Reaction::Stall(Vec::new()), ErrorKind::Timeout, 3),
        unfit("a cut body", Reaction::Answer(half(success)), ErrorKind::Protocol, 3),
        unfit("a slow body", Reaction::Stall(half(success)), ErrorKind::Timeout, 1),
        whole("503", page(503), 3),
        whole("503 with a time", now(page(503)), 3),
        Trouble { reaction: Reaction::Answer(half(&page(503))), ..whole("a cut 503", page(503), 3) },
        Trouble { reaction: Reaction::Stall(half(&page(503))), ..whole("a slow 503", page(503), 3) },
        whole("502", page(502), 3),
        whole("504", page(504), 3),
        whole("429 with a time", now(page(429)), at_last),
        whole("429 without a time", page(429), 1),
        whole("500", page(500), 1),
        whole("nothing with 500", Answer::empty(500), 1),
        whole("401", page(401), 1),
        unfit("a page with 200", Reaction::Answer(page(200).bytes()), ErrorKind::Protocol, 1),
        Trouble {
            expected: Expected::Nothing,
            ..whole("nothing with 200", Answer::new(200, "application/json", ""), 1)
        },
    ]
}

fn troubles_of<B: Broker>(spec: &Spec, operation: &Operation) -> Vec<Trouble> {
    let success = spec.first_success(&operation.id);
    let mut success = Answer::from(&success);
    if success.body.is_empty() {
        // From whose successes nothing is read may say anything.
        success.body = b"nothing".to_vec();
    }
    troubles(&success, B::api().penalty.is_some())
}

/// On a paused clock there is time for everything, so that the broker's limits keep nothing from being repeated.
fn patient() -> Connection {
    let day = Duration::from_secs(24 * 60 * 60);
    let deadlines = Deadlines { total: day, ..Deadlines::default() };
    Connection::new().retry(AT_ONCE).deadlines(deadlines)
}

/// What may be sent only once is sent once, whatever goes wrong, the documented failures included.
pub async fn check_sent_once<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    for reach in B::reaches().iter().filter(|reach| !is_safe(reach.of(spec))) {
        let operation = reach.of(spec);
        for trouble in troubles_of::<B>(spec, operation) {
            one::<B>(spec, reach, trouble, 1, &mut report).await;
        }
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

/// What may be repeated is repeated where that may help, three times at most, and gets through once the trouble has
/// passed.
pub async fn check_repeated<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    for reach in B::reaches().iter().filter(|reach| is_safe(reach.of(spec))) {
        let operation = reach.of(spec);
        for trouble in troubles_of::<B>(spec, operation) {
            let attempts = trouble.attempts;
            one::<B>(spec, reach, trouble, attempts, &mut report).await;
        }
        for trouble in troubles_of::<B>(spec, operation).into_iter().filter(|trouble| trouble.attempts == 3) {
            let (name, reaction) = (trouble.name, trouble.reaction);
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

async fn one<B: Broker>(spec: &Spec, reach: &Reach, trouble: Trouble, attempts: usize, report: &mut Report) {
    let operation = reach.of(spec);
    let Trouble { name, reaction, expected, .. } = trouble;
    let scene = Scene::hostile::<B>(spec, operation, move |_| Some(reaction.clone())).await;
    let at = scene.at_held(patient());
    let is_good = match expected {
        Expected::Nothing => !is_read(operation) || may_be_empty(operation),
        _ => false,
    };
    let outcome = match (reach.drive)(&at).await {
        Ok(_) if is_good || (matches!(expected, Expected::Unfit(_)) && !is_read(operation)) => Ok(()),
        Ok(_) => Err("came out as a success".to_owned()),
        Err(error) => {
            let (kind, status) = match expected {
                Expected::Kind(kind) => (kind, None),
                Expected::Unfit(kind) => (kind, Some(200)),
                Expected::Nothing => (ErrorKind::Protocol, Some(200)),
                Expected::Status(status) => (kind_of(operation, status), Some(status)),
            };
            check_error::<B>(operation, &at, &error, kind, status)
        }
    };
    report.add(format!("{}, {name}", operation.id), outcome);
    report.same(
        format!("{}, {name}, how often it was sent", operation.id),
        &scene.count(operation),
        &attempts,
    );
}
