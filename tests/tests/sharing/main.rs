//! One session for many: tasks, processes and machines that share a store.

mod lease;
mod outages;
mod provider;
mod support;
