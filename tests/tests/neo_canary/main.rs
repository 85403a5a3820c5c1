//! No secret of Kotak Neo appears anywhere: not in a trace at any level, not in a `Debug`, not in an error or its
//! sources; and what is saved holds them where they belong and nowhere else.
//!
//! Most secrets here hold the word [`contract_tests::CANARY`], so that even a part of one is found; those that must be
//! digits are looked for by themselves. The test has a process of its own, because it listens to everything that is
//! traced in it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test by panicking"
)]

mod flow;
mod values;

use contract_tests::{
    Watch,
    brokers::neo::{CODE, MOBILE, MPIN, Neo},
    check_echo, check_faults,
};

#[tokio::test]
async fn no_secret_appears_in_any_trace_debug_display_panic_or_error() {
    let mut watch = Watch::start();
    for digits in [MOBILE, CODE, MPIN] {
        // A plus sign may be written in another way.
        watch.also(digits.trim_start_matches('+'));
    }
    flow::everything_goes_well(&mut watch).await;
    flow::the_broker_tells_its_secrets(&mut watch).await;
    let errors = check_echo::<Neo>(&mut watch).await;
    assert!(errors > 140, "only {errors} calls failed");
    tokio::time::pause();
    let errors = check_faults::<Neo>(&mut watch).await;
    assert!(errors > 300, "only {errors} calls failed");
    values::are_looked_at(&mut watch);
    values::settings_are_refused(&mut watch);
    // The watch does see what is traced and what is said.
    for marker in ["trade_api_validate", "127.0.0.1", "broker_call", "TRACE"] {
        assert!(watch.traced().contains(marker), "the trace has no `{marker}`");
    }
    assert!(watch.said().contains("SecondFactor"));
    watch.check_types("neo");
    watch.finish();
}
