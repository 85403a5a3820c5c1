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

use contract_tests::Watch;

#[tokio::test(start_paused = true)]
async fn no_secret_appears_in_any_trace_debug_display_or_error() {
    let mut watch = Watch::start();
    flow::everything_goes_well(&mut watch).await;
    flow::settings_are_refused(&mut watch);
    echo::everything_goes_wrong(&mut watch).await;
    // The watch does see what is traced and what is said.
    for marker in ["tickle_post", "127.0.0.1", "broker_call", "TRACE", "the session has changed"] {
        assert!(watch.traced().contains(marker), "the trace has no `{marker}`");
    }
    assert!(watch.said().contains("login_required") || watch.said().contains("LoginRequired"));
    watch.finish();
}
