//! The Client Portal Gateway and Web API of Interactive Brokers: the generated client against its spec, and
//! `broker_session::ibkr::Gateway` against the spec, the sandbox and a hostile network.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test by panicking"
)]

mod answers;
mod mocks;
mod network;
mod plays;
mod requests;
mod suites;
mod support;
