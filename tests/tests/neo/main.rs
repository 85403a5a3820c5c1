//! Kotak Neo: the generated client against its spec, and `broker_session::neo` against the spec, the sandbox and a
//! hostile network.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test by panicking"
)]

mod base_url;
mod failures;
mod guesses;
mod hosts;
mod judged;
mod mocks;
mod oddities;
mod plays;
mod session;
mod suites;
mod support;
mod tokens;
mod totp;
