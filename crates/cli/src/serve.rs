//! `serve`: holds the sessions, keeps them alive, and lets every program on this machine use them.
//!
//! The proxy is the crate `broker-session-serve`; here is what makes a service of it: settings, sockets, signals, and what
//! people and systemd are told.

mod held;
mod listeners;
mod notify;
mod options;
mod ready;
mod service;
mod signals;
mod systemd;

pub(crate) use self::options::{ServeArgs, Settings};
pub(crate) use self::service::serve;
