//! The brokers, as the suites need them: the generated API, the ways to its operations, and the broker's message.
//!
//! Each is named by whatever holds for all of them; a new one is a file in here and its name below.

pub mod ibkr;
pub mod kotak;
pub mod neo;
