//! `cargo xtask new-broker` in copies of the workspace: what it writes, what it refuses, and the walk through
//! CONTRIBUTING.md.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

mod copy;
mod refusals;
mod scaffold;
mod walk;
