//! How long is waited before a call is repeated: for as long as the server asks, a random while more, and never past
//! the deadline. A caller may decide otherwise, but not about what must not be repeated.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use broker_session_runtime::{Backoff, Deadlines, FailedAttempt, RetryPolicy};
use futures::future::join_all;
use tokio::time::Instant;

use crate::{
    clock::{Broker, Came, Canned, came, on},
    support::{API, builder},
};

const SECOND: Duration = Duration::from_secs(1);

/// Waits one second and at most one more, twice.
const POLICY: RetryPolicy = RetryPolicy { max_attempts: 3, first_wait: SECOND, max_wait: SECOND };

/// What a call of a safe operation comes to, and when its attempts arrived, counted from its start.
async fn call(
    responses: &[Canned],
    backoff: impl Backoff + 'static,
    total: Duration,
) -> (Came, Vec<Duration>) {
    call_of("safe", responses, backoff, total).await
}

async fn call_of(
    id: &'static str,
    responses: &[Canned],
    backoff: impl Backoff + 'static,
    total: Duration,
) -> (Came, Vec<Duration>) {
    let broker = Broker::new(responses);
    let deadlines = Deadlines { total, ..Deadlines::default() };
    let transport = on(&broker, builder(&API).retry(backoff).deadlines(deadlines));
    let started = Instant::now();
    let came = came(&transport, id).await;
    assert!(started.elapsed() <= total, "{:?}", started.elapsed());
    (came, broker.arrived().into_iter().map(|arrived| arrived - started).collect())
}

/// A date that is so far from now, as a header writes it.
fn date(offset: i64) -> &'static str {
    let by = Duration::from_secs(offset.unsigned_abs());
    let now = SystemTime::now();
    httpdate::fmt_http_date(if offset < 0 { now - by } else { now + by }).leak()
}

/// Whether the second of two attempts came so long after the first, or at most the policy's wait and its random part
/// later.
fn is_after(arrived: &[Duration], least: Duration) -> bool {
    matches!(arrived, [_, second] if (least + SECOND..=least + 2 * SECOND + SECOND / 100).contains(second))
}

#[tokio::test(start_paused = true)]
async fn retry_after_in_seconds_is_waited_for() {
    for status in [429, 502, 503, 504] {
        for (asked, least) in [("0", 0), ("7", 7), (" 20 ", 20)] {
            let (came, arrived) =
                call(&[(status, Some(asked)), (200, None)], POLICY, Duration::from_secs(30)).await;
            assert_eq!(came, Came::Through(200), "{status} {asked}");
            assert!(is_after(&arrived, least * SECOND), "{status} {asked}: {arrived:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_as_a_date_is_waited_for() {
    for status in [429, 503] {
        let (came, arrived) =
            call(&[(status, Some(date(600))), (200, None)], POLICY, Duration::from_secs(7200)).await;
        assert_eq!(came, Came::Through(200));
        // A date has whole seconds, and the computer's clock goes on while this test runs.
        let [_, second] = arrived[..] else { panic!("{arrived:?}") };
        assert!((590 * SECOND..=602 * SECOND).contains(&second), "{arrived:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_date_that_has_passed_is_no_wait() {
    for status in [429, 503] {
        for asked in [date(-1), date(-86_400), "Sun, 06 Nov 1994 08:49:37 GMT"] {
            let (came, arrived) =
                call(&[(status, Some(asked)), (200, None)], POLICY, Duration::from_secs(30)).await;
            assert_eq!(came, Came::Through(200), "{asked}");
            assert!(is_after(&arrived, Duration::ZERO), "{asked}: {arrived:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_invalid_retry_after_is_ignored() {
    for asked in ["", "soon", "-7", "1.5", "7 seconds", "Sun, 99 Nov 2099 08:49:37 GMT"] {
        let (came, arrived) = call(&[(503, Some(asked)), (200, None)], POLICY, Duration::from_secs(30)).await;
        assert_eq!(came, Came::Through(200), "{asked}");
        assert!(is_after(&arrived, Duration::ZERO), "{asked}: {arrived:?}");
        // A 429 is not followed by one more request.
        let (came, arrived) = call(&[(429, Some(asked)), (200, None)], POLICY, Duration::from_secs(30)).await;
        assert_eq!((came, arrived.len()), (Came::Through(429), 1), "{asked}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_time_beyond_the_deadline_is_not_waited_for() {
    for status in [429, 503] {
        // The policy's own wait has to fit in as well.
        for asked in [
            "29",
            "30",
            "3600",
            "4294967295",
            "99999999999999999999",
            date(3600),
            "Fri, 31 Dec 9999 23:59:59 GMT",
        ] {
            let started = Instant::now();
            let (came, arrived) =
                call(&[(status, Some(asked)), (200, None)], POLICY, Duration::from_secs(30)).await;
            assert_eq!((came, arrived.len()), (Came::Through(status), 1), "{asked}");
            assert_eq!(started.elapsed(), Duration::ZERO, "{asked}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn all_waits_together_keep_to_the_deadline() {
    let patient = RetryPolicy { max_attempts: 100, ..POLICY };
    let (came, arrived) = call(&[(503, Some("8"))], patient, Duration::from_secs(30)).await;
    // Each takes 9 to 10 seconds, so there is room for a fourth attempt only if the random parts are small.
    assert_eq!(came, Came::Through(503));
    assert!((3..=4).contains(&arrived.len()), "{arrived:?}");
    let (came, arrived) = call(&[(503, None)], patient, Duration::from_secs(30)).await;
    assert_eq!(came, Came::Through(503));
    assert!((15..=30).contains(&arrived.len()), "{arrived:?}");
}

#[tokio::test(start_paused = true)]
async fn calls_that_fail_together_do_not_repeat_together() {
    for (asked, least) in [(None, 0), (Some("7"), 7)] {
        let responses = [(503, asked), (200, None)];
        let calls = (0..40).map(|_| call(&responses, POLICY, Duration::from_secs(30)));
        let seconds: Vec<Duration> = join_all(calls)
            .await
            .into_iter()
            .map(|(came, arrived)| {
                assert_eq!(came, Came::Through(200));
                assert!(is_after(&arrived, least * SECOND), "{arrived:?}");
                arrived[1]
            })
            .collect();
        // In a thousand milliseconds two may meet, but not all.
        let apart: BTreeSet<u128> = seconds.iter().map(Duration::as_millis).collect();
        assert!(apart.len() > 20, "asked for {asked:?}: {apart:?}");
    }
}

/// Waits for the given delays, and records what it was asked.
#[derive(Clone, Default)]
struct Own {
    waits: Vec<Duration>,
    asked: Arc<Mutex<Vec<FailedAttempt>>>,
}

impl Own {
    fn new(waits: &[Duration]) -> Self {
        Self { waits: waits.to_vec(), asked: Arc::default() }
    }

    fn asked(&self) -> Vec<FailedAttempt> {
        self.asked.lock().unwrap().clone()
    }
}

impl Backoff for Own {
    fn next_delay(&self, failed: &FailedAttempt) -> Option<Duration> {
        self.asked.lock().unwrap().push(failed.clone());
        self.waits.get(failed.attempts - 1).copied()
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_the_caller_is_followed() {
    let own = Own::new(&[5 * SECOND, 3 * SECOND, Duration::ZERO]);
    let responses = [(503, Some("10")), (502, None), (504, None)];
    let (came, arrived) = call(&responses, own.clone(), Duration::from_secs(60)).await;
    assert_eq!(came, Came::Through(504));
    // What the server asks for comes on top.
    let at: Vec<u64> = arrived.iter().map(Duration::as_secs).collect();
    assert_eq!(at, [0, 15, 18, 18]);
    let asked: Vec<_> = own
        .asked()
        .into_iter()
        .map(|one| (one.operation, one.attempts, one.status, one.retry_after))
        .collect();
    let expected = [
        ("safe", 1, Some(503), Some(10 * SECOND)),
        ("safe", 2, Some(502), None),
        ("safe", 3, Some(504), None),
        ("safe", 4, Some(504), None),
    ];
    assert_eq!(asked, expected);
}

#[tokio::test(start_paused = true)]
async fn a_policy_cannot_repeat_what_must_not_be_repeated() {
    for id in ["unsent", "never"] {
        for response in [(503, Some("0")), (503, None), (429, Some("0")), (502, None), (500, None)] {
            let own = Own::new(&[Duration::ZERO; 9]);
            let (came, arrived) = call_of(id, &[response], own.clone(), Duration::from_secs(60)).await;
            assert_eq!((came, arrived.len()), (Came::Through(response.0), 1), "{id} {response:?}");
            assert_eq!(own.asked(), [], "{id} {response:?}");
        }
    }
    for status in [200, 400, 401, 500] {
        let own = Own::new(&[Duration::ZERO; 9]);
        let (_, arrived) = call(&[(status, None)], own.clone(), Duration::from_secs(60)).await;
        assert_eq!((arrived.len(), own.asked()), (1, Vec::new()), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_longest_delay_of_a_policy_is_no_overflow() {
    for asked in [None, Some("4294967295")] {
        let own = Own::new(&[Duration::MAX]);
        let (came, arrived) = call(&[(503, asked), (200, None)], own, Duration::from_secs(60)).await;
        assert_eq!((came, arrived.len()), (Came::Through(503), 1));
    }
}
