//! `serve`: holds the sessions, keeps them alive, and lets every program on this machine use them.
//!
//! The proxy is the crate `broker-session-serve`; here is what makes a service of it: settings, sockets, signals, and what
//! is reported to people and to systemd.

mod descriptors;
mod held;
mod listeners;
mod notify;
mod options;
mod ready;
mod service;
mod systemd;

pub(crate) use self::options::{ServeArgs, Settings, check};
pub(crate) use self::service::serve;
pub(crate) use self::systemd::VARIABLES as SYSTEMD_VARIABLES;
