//! What the client says of the copies that it has found, one on a line.

use super::scan::Copy;

/// A copy of a secret, as it is reported.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// The secret.
    pub(crate) name: String,
    /// How many bytes of it are there.
    pub(crate) length: usize,
    /// What stands before it, and what begins with it; all secrets are replaced by asterisks.
    pub(crate) before: String,
    pub(crate) after: String,
}

impl Found {
    /// The last line.
    pub(crate) const END: &str = "that is all\n";

    /// As a line.
    pub(crate) fn write(copy: &Copy) -> String {
        format!("{}\t{}\t{}\t{}", copy.name, copy.length, copy.before, copy.after)
    }

    /// Some of what stands around it.
    pub(crate) fn shown(&self) -> String {
        let start = self.before.len().saturating_sub(120);
        // Only what is printable ASCII is reported.
        format!("{}{}", self.before.get(start..).unwrap_or_default(), self.after)
    }

    /// From a line.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let mut words = line.split('\t').map(str::to_owned);
        let (name, length) = (words.next()?, words.next()?.parse().ok()?);
        Some(Self { name, length, before: words.next()?, after: words.next()? })
    }
}
