//! The server against brokers that run in this process: what is let in, what goes through, and what becomes of a session.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "the helpers of tests, too"
)]

mod access;
mod broken;
mod gateway;
mod hostile;
mod operation;
mod sessions;
mod slow;
mod streams;
mod support;
