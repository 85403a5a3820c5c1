//! During a penalty nothing is sent.

use std::{sync::Arc, time::Duration};

use broker_session_runtime::{Api, Credential, Operation, RateLimit, Retry};
use tokio::time::{Instant, advance};

use crate::{
    clock::{Broker, Came, came, on, retry_after},
    support::{API, api, builder, call, operation},
};

static STRICT: Api = Api {
    penalty: Some(Duration::from_secs(900)),
    ..api(&[
        operation("safe", Retry::Safe),
        Operation {
            rate_limit: Some(RateLimit { requests: 1, per: Duration::from_secs(1) }),
            ..operation("second", Retry::Safe)
        },
    ])
};

#[tokio::test(start_paused = true)]
async fn after_a_429_nothing_is_sent_until_the_penalty_is_over() {
    // A server cannot end the penalty at once.
    for asked in [None, Some("0"), Some("nonsense")] {
        let broker = Broker::new(&[(429, asked), (200, None)]);
        let transport = on(&broker, builder(&STRICT));
        let other = transport.with_credential("key", Credential::Token("another-made-up-key".into()));
        let failure = call(&transport, "http://127.0.0.1:9/it", "safe").await.unwrap_err();
        assert_eq!((failure.status, retry_after(&failure)), (Some(429), Some(900)));
        for transport in [&transport, &transport.clone(), &other] {
            assert_eq!(came(transport, "safe").await, Came::Throttled(900));
        }
        advance(Duration::from_millis(898_500)).await;
        assert_eq!(came(&other, "second").await, Came::Throttled(2));
        assert_eq!(broker.arrived().len(), 1);
        advance(Duration::from_millis(1500)).await;
        assert_eq!(came(&transport, "safe").await, Came::Through(200));
    }
}

/// With a short penalty.
static MILD: Api = Api { penalty: Some(Duration::from_secs(60)), ..api(&[operation("safe", Retry::Safe)]) };

#[tokio::test(start_paused = true)]
async fn a_longer_time_that_the_broker_asks_for_is_kept_within_bounds() {
    for (asked, kept) in [("600", 600), ("901", 900), ("31536000", 900)] {
        let broker = Broker::new(&[(429, Some(asked)), (200, None)]);
        let transport = on(&broker, builder(&MILD));
        let failure = call(&transport, "http://127.0.0.1:9/it", "safe").await.unwrap_err();
        assert_eq!(retry_after(&failure), Some(kept), "{asked}");
        advance(Duration::from_secs(kept - 1)).await;
        assert_eq!(came(&transport, "safe").await, Came::Throttled(1));
        advance(Duration::from_secs(1)).await;
        assert_eq!(came(&transport, "safe").await, Came::Through(200));
    }
}

#[tokio::test(start_paused = true)]
async fn a_penalty_is_not_made_shorter_by_a_second_one() {
    let there = |millis| (Duration::ZERO, Duration::from_millis(millis));
    let broker =
        Broker::with_latencies(&[(429, Some("600")), (429, None), (200, None)], vec![there(10), there(20)]);
    let transport = on(&broker, builder(&MILD));
    futures::future::join(came(&transport, "safe"), came(&transport, "safe")).await;
    advance(Duration::from_secs(300)).await;
    assert!(matches!(came(&transport, "safe").await, Came::Throttled(_)));
    assert_eq!(broker.arrived().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_waiting_call_is_throttled_when_a_penalty_begins() {
    let broker = Broker::with_latencies(
        &[(429, None), (200, None)],
        vec![(Duration::ZERO, Duration::from_millis(100))],
    );
    let transport = Arc::new(on(&broker, builder(&STRICT)));
    let started = Instant::now();
    let (first, second) = futures::future::join(came(&transport, "second"), came(&transport, "second")).await;
    assert_eq!((first, second), (Came::Through(429), Came::Throttled(900)));
    assert_eq!(broker.arrived().len(), 1);
    // It ends when the penalty begins, not when it would have been sent.
    assert_eq!(started.elapsed(), Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn a_broker_without_a_penalty_blocks_nothing() {
    let broker = Broker::new(&[(429, None), (200, None)]);
    let transport = on(&broker, builder(&API));
    let failure = call(&transport, "http://127.0.0.1:9/it", "safe").await.unwrap_err();
    assert_eq!((failure.status, retry_after(&failure)), (Some(429), None));
    assert_eq!(came(&transport, "safe").await, Came::Through(200));
}

static BRIEF: Api = Api { penalty: Some(Duration::from_secs(5)), ..api(&[operation("safe", Retry::Safe)]) };

#[tokio::test(start_paused = true)]
async fn a_call_that_earns_a_short_penalty_ends_at_once() {
    let broker = Broker::new(&[(429, None), (200, None)]);
    let transport = on(&broker, builder(&BRIEF));
    let started = Instant::now();
    assert_eq!(came(&transport, "safe").await, Came::Through(429));
    assert_eq!((broker.arrived().len(), started.elapsed()), (1, Duration::ZERO));
}
