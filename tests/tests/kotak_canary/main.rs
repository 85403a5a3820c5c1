//! No secret appears anywhere: not in a trace at any level, not in a `Debug`, not in an error or its sources.
//!
//! Every secret here holds the word [`contract_tests::CANARY`], so that even a part of one is found. The test has a process of
//! its own, because it listens to everything that is traced in it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test by panicking"
)]

mod flow;
mod values;

use contract_tests::{Watch, brokers::kotak::Kotak, check_echo, check_faults};

#[tokio::test]
async fn no_secret_appears_in_any_trace_debug_display_panic_or_error() {
    let mut watch = Watch::start();
    flow::everything_goes_well(&mut watch).await;
    let errors = check_echo::<Kotak>(&mut watch).await;
    assert!(errors > 140, "only {errors} calls failed");
    tokio::time::pause();
    let errors = check_faults::<Kotak>(&mut watch).await;
    assert!(errors > 300, "only {errors} calls failed");
    values::are_looked_at(&mut watch);
    values::settings_are_refused(&mut watch);
    // The watch does see what is traced and what is said.
    for marker in ["session_login_userid", "127.0.0.1", "broker_call", "TRACE"] {
        assert!(watch.traced().contains(marker), "the trace has no `{marker}`");
    }
    assert!(watch.said().contains("second_factor") || watch.said().contains("SecondFactor"));
    watch.check_types("kotak");
    watch.finish();
}

#[test]
fn the_watch_finds_what_it_looks_for() {
    let mut watch = Watch::default();
    watch.text("a leak", "this is CANARY-number-one");
    watch.text("a leak in a host", "https://canary-number-one.evil.example");
    assert_eq!(watch.leaks().len(), 2);
    let mut watch = Watch::default();
    watch.also("Q0FOQVJZ");
    watch.text("encoded", "Basic Q0FOQVJZ");
    assert_eq!(watch.leaks().len(), 1);
}
