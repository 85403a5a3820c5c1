//! One session for many: tasks, processes and machines that share a store.

mod lease;
mod model;
mod outages;
#[cfg(target_os = "linux")]
mod processes;
mod provider;
mod redis;
mod support;
