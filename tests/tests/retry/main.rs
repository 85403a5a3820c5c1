//! A caller's own policy about repeating calls, with every operation of every broker: it is asked where the spec lets a
//! call be repeated, and nowhere else.
#![allow(clippy::unwrap_used, reason = "these functions are parts of tests")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use broker_session::{Backoff, Connection, Deadlines, FailedAttempt};
use contract_tests::{
    Answer, Broker, Reaction, Report, Scene,
    brokers::{ibkr::Ibkr, kotak::Kotak, neo::Neo},
};
use tokio::time::Instant;

/// How long the server asks to be left alone.
const ASKED: Duration = Duration::from_secs(3);

/// How long the policy waits on top of it.
const WAIT: Duration = Duration::from_secs(100);

/// Repeats every call four times, and keeps what it was asked.
#[derive(Clone, Default)]
struct Eager(Arc<Mutex<Vec<FailedAttempt>>>);

impl Backoff for Eager {
    fn wait(&self, failed: &FailedAttempt) -> Option<Duration> {
        self.0.lock().unwrap().push(failed.clone());
        (failed.attempts < 5).then_some(WAIT)
    }
}

/// Deadlines that only the policy ends, and the broker's own limits do not.
fn with(policy: &Eager) -> Connection {
    let day = Duration::from_secs(24 * 60 * 60);
    Connection::new().retry(policy.clone()).deadlines(Deadlines { total: day, ..Deadlines::default() })
}

async fn check<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    for reach in B::reaches() {
        let operation = reach.of(spec);
        let is_safe = operation.retry == "safe";
        let id = B::api().operation(&operation.id).unwrap().id;
        for answer in [Some(Answer::empty(503).header("retry-after", "3")), None] {
            let asked = answer.is_some().then_some(ASKED);
            let status = answer.as_ref().map(|answer| answer.status);
            let reaction = answer.map_or(Reaction::Reset, |answer| Reaction::Answer(answer.bytes()));
            let scene = Scene::hostile::<B>(spec, operation, move |_| Some(reaction.clone())).await;
            let (policy, started) = (Eager::default(), Instant::now());
            let outcome = (reach.drive)(&scene.at_held(with(&policy))).await;
            let label = format!("{}, {status:?}", operation.id);
            report.same(format!("{label}, it fails"), &outcome.is_err(), &true);
            let met = policy.0.lock().unwrap().clone();
            let met: Vec<_> =
                met.iter().map(|one| (one.operation, one.attempts, one.status, one.asked)).collect();
            let attempts = if is_safe { 5 } else { 1 };
            let expected: Vec<_> =
                (1..=attempts).filter(|_| is_safe).map(|attempt| (id, attempt, status, asked)).collect();
            report.same(format!("{label}, what the policy was asked"), &met, &expected);
            report.same(format!("{label}, how often it was sent"), &scene.count(operation), &attempts);
            let least = (asked.unwrap_or_default() + WAIT) * (attempts as u32 - 1);
            report.same(format!("{label}, how long it was waited"), &(started.elapsed() >= least), &true);
        }
    }
    report
}

#[tokio::test(start_paused = true)]
async fn kotak() {
    check::<Kotak>().await.finish(80);
}

#[tokio::test(start_paused = true)]
async fn ibkr() {
    check::<Ibkr>().await.finish(40);
}

#[tokio::test(start_paused = true)]
async fn neo() {
    check::<Neo>().await.finish(24);
}
