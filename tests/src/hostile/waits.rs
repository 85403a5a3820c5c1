//! How long a call takes: what a server asks for, and what the caller allows.

use std::time::Duration;

use broker_session::{Connection, Deadlines, ErrorKind};
use tokio::time::Instant;

use super::expected::is_safe;
use crate::{AT_ONCE, Answer, Broker, Reach, Reaction, Report, Scene, Spec};

/// Who asks to be left alone is, for as long, where there is time for it; and all attempts together keep to the
/// deadline.
pub async fn check_waits<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    for reach in B::reaches() {
        asked_to_wait::<B>(spec, reach, &mut report).await;
        asked_for_too_much::<B>(spec, reach, &mut report).await;
        silent::<B>(spec, reach, &mut report).await;
    }
    report
}

fn later(status: u16, wait: &str) -> Reaction {
    Reaction::Answer(Answer::empty(status).header("retry-after", wait).bytes())
}

/// Deadlines that only this test sets, and none for the broker's own limits.
fn within(attempt: Duration, total: Duration) -> Connection {
    Connection::new().retry(AT_ONCE).deadlines(Deadlines { attempt, total, ..Deadlines::default() })
}

async fn asked_to_wait<B: Broker>(spec: &Spec, reach: &Reach, report: &mut Report) {
    let (operation, wait, hour) = (reach.of(spec), Duration::from_secs(7), Duration::from_secs(3600));
    let first = |before| (before == 0).then(|| later(503, "7"));
    let scene = Scene::hostile::<B>(spec, operation, first).await;
    let started = Instant::now();
    let outcome = (reach.drive)(&scene.at_held(within(hour, hour))).await;
    let found = match outcome {
        Ok(_) => Ok(started.elapsed() >= wait),
        Err(error) => Err(error.retry_after()),
    };
    let expected = if is_safe(operation) { (Ok(true), 2) } else { (Err(Some(wait)), 1) };
    report.same(format!("{}, asked to wait", operation.id), &(found, scene.count(operation)), &expected);
}

async fn asked_for_too_much<B: Broker>(spec: &Spec, reach: &Reach, report: &mut Report) {
    let operation = reach.of(spec);
    let (long, hour) = (Duration::from_secs(3600), ["3600", "Fri, 31 Dec 2100 23:59:59 GMT"]);
    for (status, wait) in [503, 429].into_iter().flat_map(|status| hour.map(|wait| (status, wait))) {
        // Where a penalty is documented, it is that one.
        if status == 429 && B::api().penalty.is_some() {
            continue;
        }
        let scene = Scene::hostile::<B>(spec, operation, move |_| Some(later(status, wait))).await;
        let error = (reach.drive)(&scene.at_held(Connection::new().retry(AT_ONCE))).await.err();
        let found = error.map(|error| {
            (error.retry_after().is_some_and(|wait| wait >= long), error.is_retryable(), error.status())
        });
        let expected = Some((true, is_safe(operation), Some(status)));
        let label = format!("{}, asked to wait until {wait}", operation.id);
        report.same(label, &(found, scene.count(operation)), &(expected, 1));
    }
}

async fn silent<B: Broker>(spec: &Spec, reach: &Reach, report: &mut Report) {
    let operation = reach.of(spec);
    let (attempt, total) = (Duration::from_millis(100), Duration::from_millis(250));
    let scene = Scene::hostile::<B>(spec, operation, |_| Some(Reaction::Stall(Vec::new()))).await;
    let started = Instant::now();
    let error = (reach.drive)(&scene.at_held(within(attempt, total))).await.err();
    let found = error.map(|error| (error.kind(), error.is_retryable(), started.elapsed() <= total));
    let expected = Some((ErrorKind::Timeout, is_safe(operation), true));
    report.same(format!("{}, silent", operation.id), &found, &expected);
    let attempts = scene.count(operation);
    let most = if is_safe(operation) { 3 } else { 1 };
    report.same(format!("{}, {attempts} attempts", operation.id), &(1..=most).contains(&attempts), &true);
}
