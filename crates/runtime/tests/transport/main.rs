//! The transport's promises: through real sockets, and on a paused clock where time is what matters.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "the helpers of tests, too")]

mod clock;
mod deadlines;
mod identification;
mod own;
mod penalty;
mod rate_limit;
mod repeating;
mod requests;
mod responses;
mod support;
mod waiting;
