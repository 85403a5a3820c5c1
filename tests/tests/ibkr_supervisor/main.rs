//! `broker_session::ibkr::Supervisor` against the sandbox and against scripted gateways, on a paused clock: each
//! path of decay and recovery, and a whole day.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test by panicking"
)]

mod backoff;
mod callers;
mod competing;
mod day;
mod garbage;
mod network;
mod opening;
mod penalty;
mod ready;
mod recovery;
mod sign_on;
mod support;
mod waiting;
