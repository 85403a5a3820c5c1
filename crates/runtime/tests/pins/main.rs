//! A pinned certificate is trusted, by itself and nothing else, on real TLS connections.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "the helpers of tests, too")]

mod presented;
mod support;
mod trust;
