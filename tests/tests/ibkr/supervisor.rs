//! `broker_session::ibkr::Supervisor` against the sandbox and against scripted gateways, on a paused clock: each
//! path of decay and recovery, and a whole day.

mod callers;
mod day;
mod network;
mod opening;
mod penalty;
mod recovery;
mod sign_on;
pub(crate) mod support;
