//! Runs the program as a user or a script does, against sandboxes in this process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "these functions are parts of tests"
)]

mod canary;
mod commands;
mod common;
#[cfg(unix)]
mod completions;
mod config_check;
mod doctor;
#[cfg(unix)]
mod env_file;
#[cfg(unix)]
mod exec;
mod ibkr;
#[cfg(unix)]
mod ibkr_keepalive;
mod ibkr_oauth;
mod ibkr_trust;
mod kotak;
#[cfg(unix)]
mod look;
mod neo;
mod neo_codes;
mod readme;
#[path = "../../../../tests/src/redis_server.rs"]
#[allow(dead_code, unreachable_pub, reason = "it is a part of other tests, which use more of it")]
mod redis_server;
#[cfg(unix)]
mod secret_commands;
#[cfg(unix)]
mod serve;
mod settings;
mod setup;
mod shared;
mod store;
#[cfg(unix)]
mod terminal;
mod token;
