//! The brokers, as the suites need them: the generated API, the ways to its operations, and the broker's message.
//!
//! CONTRIBUTING.md lists where a new one is named.

pub mod ibkr;
pub mod kotak;
pub mod neo;
