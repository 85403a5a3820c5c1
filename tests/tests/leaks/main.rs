//! No secret appears anywhere: not in a trace at any level, not in a `Debug`, not in an error or its sources, not in the
//! reason for a state; and a saved session holds them in one place only.
//!
//! Every secret here holds the word [`contract_tests::CANARY`], so that even a part of one is found; those that must be
//! digits are looked for by themselves. The tests have a process of their own, because they listen to everything that is
//! traced in it.

mod ibkr;
mod kotak;
mod neo;

use std::time::Duration;

use broker_session::{
    SessionProvider, SharedSession,
    reqwest::Body,
    shared_session::{Turn, Wanted},
    store::Store,
};
use contract_tests::LeakDetector;
use tokio::runtime::Builder;

/// Runs to the end, on a clock that stands still or runs.
fn block_on<T>(is_paused: bool, future: impl Future<Output = T>) -> T {
    let runtime = Builder::new_current_thread().enable_all().start_paused(is_paused).build();
    runtime.expect("a runtime").block_on(future)
}

#[test]
fn the_detector_finds_what_it_looks_for() {
    let mut detector = LeakDetector::default();
    detector.text("a leak", "this is CANARY-number-one");
    detector.text("a leak in a host", "https://canary-number-one.evil.example");
    assert_eq!(detector.leaks().len(), 2);
    let mut detector = LeakDetector::default();
    detector.also("Q0FOQVJZ");
    detector.text("encoded", "Basic Q0FOQVJZ");
    assert_eq!(detector.leaks().len(), 1);
}

/// Looks at everything that programs share.
pub(crate) async fn shares(
    detector: &mut LeakDetector,
    shared: &SharedSession,
    provider: &SessionProvider,
    store: &dyn Store,
) {
    detector.debug("SharedSession", shared);
    let session = provider.session().await.expect("a session");
    detector.debug("SessionProvider", provider);
    detector.debug("ProviderState", &provider.state());
    let forwarded =
        session.forward(http::Request::get("/own").body(Body::default()).expect("a request")).await;
    detector.debug("Forwarded", &forwarded.expect("a response"));
    match shared.lease(Wanted::new_one(), Duration::from_secs(60)).await.expect("a lease") {
        Turn::Lease(lease) => {
            detector.debug("Lease", &lease);
            let stored = lease.finish(&session.save(), None).await.expect("a store");
            detector.debug("StoredSession", &stored);
        }
        turn => panic!("{turn:?}"),
    }
    for key in store.keys().await.expect("a store") {
        detector.debug("Key", &key);
        detector.debug("Entry", &store.get(&key).await.expect("a store"));
    }
}
