//! How long a server is left alone that asks for it, and what comes then.

use std::time::Duration;

use broker_session::{Connection, Deadlines};
use tokio::time::Instant;

use super::expected::is_safe;
use crate::{AT_ONCE, Answer, Broker, Reach, Reaction, Report, Scene, Spec};

/// Who asks to be left alone is, for as long, where there is time for it, and is then called again.
pub async fn check_waits<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    for reach in B::reaches() {
        asked_to_wait::<B>(spec, reach, &mut report).await;
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
