//! The transport's promises: through real sockets, and on a paused clock where time is what matters.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "the helpers of tests, too")]

mod answers;
mod clock;
mod deadlines;
mod identification;
mod pace;
mod penalty;
mod repeating;
mod requests;
mod support;
mod waiting;
