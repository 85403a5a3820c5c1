//! The Kotak Securities Trade API: the generated client against its spec, and `broker_session::kotak` against
//! the spec, the sandbox and a hostile network.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test by panicking"
)]

mod flow_factors;
mod flow_guesses;
mod flow_hosts;
mod flow_limits;
mod flow_oauth;
mod flow_redirect;
mod flow_session;
mod judged;
mod mocks;
mod oddities;
mod oddities_of_faults;
mod plays;
mod suites;
mod support;
