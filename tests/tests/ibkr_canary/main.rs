//! No secret of a gateway appears anywhere: not in a trace at any level, not in a `Debug`, not in an error or
//! its sources, not in why a session is as it is.
//!
//! The test has a process of its own, because it listens to everything that is traced in it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test by panicking"
)]

mod broker;
mod echo;
mod flow;

use contract_tests::{Watch, brokers::ibkr::Ibkr, check_echo, check_faults};

#[tokio::test(start_paused = true)]
async fn no_secret_appears_in_any_trace_debug_display_panic_or_error() {
    let mut watch = Watch::start();
    flow::everything_goes_well(&mut watch).await;
    flow::settings_are_refused(&mut watch);
    echo::everything_goes_wrong(&mut watch).await;
    let errors = check_echo::<Ibkr>(&mut watch).await;
    assert!(errors > 140, "only {errors} calls failed");
    let errors = check_faults::<Ibkr>(&mut watch).await;
    assert!(errors > 300, "only {errors} calls failed");
    // The watch does see what is traced and what is said.
    for marker in ["tickle_post", "127.0.0.1", "broker_call", "TRACE", "the session has changed"] {
        assert!(watch.traced().contains(marker), "the trace has no `{marker}`");
    }
    assert!(watch.said().contains("login_required") || watch.said().contains("LoginRequired"));
    watch.check_types("ibkr");
    watch.finish();
}
