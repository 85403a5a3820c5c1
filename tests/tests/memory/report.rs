//! What the client reports of the copies that it has found, one on a line.

use serde::{Deserialize, Serialize};

/// A copy of a secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Found {
    /// The secret.
    pub(crate) name: String,
    /// Where it begins.
    pub(crate) address: u64,
    /// How many bytes of it are there.
    pub(crate) length: u64,
    /// What stands before it, and what begins with it; all secrets are replaced by asterisks.
    pub(crate) before: String,
    pub(crate) after: String,
}

impl Found {
    /// The last line.
    pub(crate) const END: &str = "that is all\n";

    /// Some of what stands around it.
    pub(crate) fn shown(&self) -> String {
        let start = self.before.len().saturating_sub(120);
        // Only what is printable ASCII is reported.
        format!("{}{}", self.before.get(start..).unwrap_or_default(), self.after)
    }
}
