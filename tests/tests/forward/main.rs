//! Another program's request goes through a session: what leaves, what comes back, and what does not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "the helpers of tests, too")]

mod bodies;
mod day;
mod deadlines;
mod limits;
mod memory;
mod over;
mod requests;
mod responses;
mod signatures;
mod support;
mod websocket;
