//! The interactive reference that a sandbox serves beside the broker.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "these functions are parts of tests")]

mod browser;
mod chromium;
mod page;
mod wire;

/// What a test comes to.
type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;
