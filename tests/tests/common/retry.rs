//! A caller's own policy about repeating calls, with every operation of every broker: it is asked where the spec lets a
//! call be repeated, and nowhere else.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use broker_session::{Backoff, ClientOptions, Deadlines, FailedAttempt};
use contract_tests::{
    Broker, FaultyBroker, MockResponse, Reaction, Report,
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
    fn next_delay(&self, failed: &FailedAttempt) -> Option<Duration> {
        self.0.lock().unwrap().push(failed.clone());
        (failed.attempts < 5).then_some(WAIT)
    }
}

/// Deadlines that only the policy ends, and the broker's own limits do not.
fn with(policy: &Eager) -> ClientOptions {
    let day = Duration::from_secs(24 * 60 * 60);
    ClientOptions::new().retry(policy.clone()).deadlines(Deadlines { total: day, ..Deadlines::default() })
}

async fn check<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    for scenario in B::scenarios() {
        let operation = scenario.of(spec);
        let is_safe = operation.retry == "safe";
        let id = B::api().operation(&operation.id).unwrap().id;
        for response in [Some(MockResponse::empty(503).header("retry-after", "3")), None] {
            let asked = response.is_some().then_some(ASKED);
            let status = response.as_ref().map(|response| response.status);
            let reaction = response.map_or(Reaction::Reset, |response| Reaction::Respond(response.bytes()));
            let faulty = FaultyBroker::hostile::<B>(spec, operation, move |_| Some(reaction.clone())).await;
            let (policy, started) = (Eager::default(), Instant::now());
            let outcome = (scenario.drive)(&faulty.at_paused(with(&policy))).await;
            let label = format!("{}, {status:?}", operation.id);
            report.same(format!("{label}, it fails"), &outcome.is_err(), &true);
            let met = policy.0.lock().unwrap().clone();
            let met: Vec<_> =
                met.iter().map(|one| (one.operation, one.attempts, one.status, one.retry_after)).collect();
            let attempts = if is_safe { 5 } else { 1 };
            let expected: Vec<_> =
                (1..=attempts).filter(|_| is_safe).map(|attempt| (id, attempt, status, asked)).collect();
            report.same(format!("{label}, what the policy was asked"), &met, &expected);
            report.same(format!("{label}, how often it was sent"), &faulty.count(operation), &attempts);
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
