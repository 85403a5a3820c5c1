//! How long things may take.
//!
//! Nothing hangs: a call has a deadline for the connection, one for each attempt (until the last byte of
//! the answer), and one for everything together, waiting between attempts included.

use std::time::Duration;

/// The deadlines of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// For resolving the name, connecting and the TLS handshake.
    pub connect: Duration,
    /// For one attempt, from its start to the last byte of the answer.
    pub attempt: Duration,
    /// For all attempts and the waiting between them.
    pub total: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            attempt: Duration::from_secs(15),
            total: Duration::from_secs(30),
        }
    }
}
