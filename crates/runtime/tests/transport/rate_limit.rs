//! The broker never gets more requests than its limits allow.

use std::{sync::Arc, time::Duration};

use broker_session_runtime::{Api, Credential, Deadlines, ErrorKind, Operation, RateLimit, Reason, Retry};
use futures::future::join_all;
use tokio::time::{Instant, advance};

use crate::{
    clock::{Broker, Came, came, on, retry_after},
    support::{OK, Server, api, builder, call, deadlines, operation},
};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

const fn limited(id: &'static str, requests: u32, per: Duration) -> Operation {
    Operation { rate_limit: Some(RateLimit { requests, per }), ..operation(id, Retry::Safe) }
}

static PACED: Api = Api {
    rate_limit: Some(RateLimit { requests: 10, per: SECOND }),
    ..api(&[operation("free", Retry::Safe), limited("second", 1, SECOND), limited("minute", 1, MINUTE)])
};

static QUICK: Api = Api {
    rate_limit: Some(RateLimit { requests: 4, per: Duration::from_millis(100) }),
    ..api(&[operation("free", Retry::Safe)])
};

/// Whether no time span shorter than `per` holds more than `requests` of these times.
fn keep_to(requests: usize, per: Duration, times: &[Instant]) -> bool {
    let mut times = times.to_vec();
    times.sort();
    times.windows(requests + 1).all(|span| span[requests] - span[0] >= per)
}

#[tokio::test(start_paused = true)]
async fn many_callers_keep_to_the_limit_with_any_latency() {
    let times = |there: u64, back: u64| (Duration::from_millis(there), Duration::from_millis(back));
    for latencies in [
        vec![times(0, 0)],
        (0..7).map(|n| times(n * 37 % 90, n * 53 % 50)).collect(),
        // Some take longer than the limit's time.
        (0..9).map(|n| times(n * 700 % 2500, n * 30)).collect(),
    ] {
        let broker = Broker::with_latencies(&[(200, None)], latencies);
        let transport = on(&broker, builder(&PACED).deadlines(deadlines(120_000)));
        let started = Instant::now();
        let all = join_all((0..45).map(|_| came(&transport, "free"))).await;
        assert!(all.iter().all(|came| *came == Came::Through(200)));
        assert_eq!(broker.arrived().len(), 45);
        assert!(keep_to(10, SECOND, &broker.arrived()), "{:?}", broker.arrived());
        // And no call waits longer than it must.
        assert!(started.elapsed() < Duration::from_secs(25), "{:?}", started.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn without_latency_the_limit_is_used_to_the_full() {
    let broker = Broker::new(&[(200, None)]);
    let transport = on(&broker, builder(&PACED));
    let started = Instant::now();
    join_all((0..30).map(|_| came(&transport, "free"))).await;
    assert!(keep_to(10, SECOND, &broker.arrived()));
    assert!(started.elapsed() < Duration::from_millis(2100), "{:?}", started.elapsed());
}

#[tokio::test]
async fn many_callers_at_once_keep_to_the_limit_on_real_sockets() {
    let server = Server::start(&[OK], false).await;
    let transport = builder(&QUICK).deadlines(deadlines(60_000)).build();
    let calls = join_all((0..12).map(|_| call(&transport, &server.url, "free"))).await;
    assert!(calls.iter().all(Result::is_ok), "{calls:?} {:?}", server.times());
    let times: Vec<Instant> = server.times().into_iter().map(Instant::from_std).collect();
    assert!(times.len() == 12 && keep_to(4, Duration::from_millis(100), &times), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn the_limit_of_one_operation_does_not_delay_others() {
    let broker = Broker::new(&[(200, None)]);
    let transport = on(&broker, builder(&PACED));
    let started = Instant::now();
    let slow = async {
        join_all((0..4).map(|_| came(&transport, "second"))).await;
        started.elapsed()
    };
    let quick = async {
        came(&transport, "free").await;
        started.elapsed()
    };
    let (slow, quick) = futures::future::join(slow, quick).await;
    assert_eq!(quick, Duration::ZERO);
    assert!(slow >= 3 * SECOND && slow < 4 * SECOND, "{slow:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_beyond_its_deadline_is_throttled_and_takes_no_slot() {
    let broker = Broker::new(&[(200, None)]);
    let transport = on(&broker, builder(&PACED));
    let started = Instant::now();
    assert_eq!(came(&transport, "minute").await, Came::Through(200));
    advance(Duration::from_millis(500)).await;
    for _ in 0..3 {
        let failure = call(&transport, "http://127.0.0.1:9/it", "minute").await.unwrap_err();
        assert_eq!((&failure.reason, failure.status), (&Reason::Throttled, None));
        assert_eq!((failure.kind, failure.operation), (ErrorKind::RateLimited, Some("minute")));
        // 59.5 s, rounded up.
        assert_eq!((failure.is_unsent, retry_after(&failure)), (true, Some(60)));
    }
    assert_eq!((broker.arrived().len(), started.elapsed().as_millis()), (1, 500));
    // Within the deadline of 30 s it is worth waiting.
    advance(Duration::from_secs(40)).await;
    assert_eq!(came(&transport, "minute").await, Came::Through(200));
    assert_eq!((broker.arrived().len(), started.elapsed().as_secs()), (2, 60));
}

#[tokio::test(start_paused = true)]
async fn giving_up_does_not_let_others_go_too_early() {
    let broker = Broker::new(&[(200, None)]);
    let transport = Arc::new(on(&broker, builder(&PACED)));
    let calls: Vec<_> = (0..6)
        .map(|_| {
            let transport = transport.clone();
            tokio::spawn(async move { came(&transport, "second").await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    calls[2].abort();
    calls[4].abort();
    for (number, call) in calls.into_iter().enumerate() {
        assert_eq!(call.await.is_ok(), number != 2 && number != 4);
    }
    assert_eq!(broker.arrived().len(), 4);
    assert!(keep_to(1, SECOND, &broker.arrived()), "{:?}", broker.arrived());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_given_up_under_way_counts() {
    let broker = Broker::with_latencies(&[(200, None)], vec![(SECOND / 2, MINUTE)]);
    let transport = on(&broker, builder(&PACED));
    let given_up = tokio::time::timeout(SECOND, came(&transport, "second")).await;
    assert!(given_up.is_err());
    let started = Instant::now();
    let _ = tokio::time::timeout(2 * SECOND, came(&transport, "second")).await;
    // A second after the end of the first, and half a second on the way.
    assert_eq!(broker.arrived()[1] - started, SECOND * 3 / 2);
}

#[tokio::test(start_paused = true)]
async fn every_repetition_waits_for_a_permit() {
    let broker = Broker::new(&[(503, None), (503, None), (200, None)]);
    let transport = on(&broker, builder(&PACED));
    assert_eq!(came(&transport, "second").await, Came::Through(200));
    assert!(broker.arrived().len() == 3 && keep_to(1, SECOND, &broker.arrived()), "{:?}", broker.arrived());
}

#[tokio::test(start_paused = true)]
async fn a_repetition_that_would_come_too_late_leaves_the_outcome_as_it_is() {
    let broker = Broker::new(&[(503, None), (200, None)]);
    let transport = on(&broker, builder(&PACED));
    assert_eq!(came(&transport, "minute").await, Came::Through(503));
    assert_eq!(broker.arrived().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_wait_is_not_begun_if_the_permit_comes_too_late() {
    let broker = Broker::new(&[(503, Some("20")), (200, None)]);
    let transport = on(&broker, builder(&PACED));
    let started = Instant::now();
    assert_eq!(came(&transport, "minute").await, Came::Through(503));
    assert_eq!((broker.arrived().len(), started.elapsed()), (1, Duration::ZERO));
    // If the permit comes in time, the server's wait is kept as well.
    let broker = Broker::new(&[(503, Some("20")), (200, None)]);
    let transport = on(&broker, builder(&PACED));
    let started = Instant::now();
    assert_eq!(came(&transport, "second").await, Came::Through(200));
    assert!(started.elapsed() >= 20 * SECOND && broker.arrived().len() == 2, "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn clones_and_other_credentials_share_the_limits() {
    let broker = Broker::new(&[(200, None)]);
    let first = on(&broker, builder(&PACED));
    let second = first.with_credential("key", Credential::Token("another-made-up-key".into()));
    let started = Instant::now();
    for transport in [&first, &first.clone(), &second] {
        assert_eq!(came(transport, "second").await, Came::Through(200));
    }
    assert!(started.elapsed() >= 2 * SECOND && started.elapsed() < Deadlines::default().total);
    assert!(keep_to(1, SECOND, &broker.arrived()));
}
