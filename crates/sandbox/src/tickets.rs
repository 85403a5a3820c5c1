//! What stands for a user for a time: one-time tokens, sessions.

use std::collections::HashMap;
use std::hash::Hash;

use jiff::Timestamp;

/// A key that nobody can guess: 32 upper-case hexadecimal digits.
pub(crate) fn random_token() -> String {
    format!("{:032X}", rand::random::<u128>())
}

/// An identifier that nobody can guess, in the form of RFC 9562.
pub(crate) fn random_uuid() -> String {
    uuid(rand::random())
}

/// A number in the form of a UUID of version 4 (RFC 9562, section 5.4).
pub(crate) fn uuid(number: u128) -> String {
    let number = number & !(0xF << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let part = |shift: u32, digits: u32| (number >> shift) & ((1 << (4 * digits)) - 1);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        part(96, 8),
        part(80, 4),
        part(64, 4),
        part(48, 4),
        part(0, 12)
    )
}

/// Tickets of one kind, each known by its key. A ticket that has expired is as good as none.
#[derive(Debug)]
pub(crate) struct Tickets<K>(HashMap<K, Ticket>);

#[derive(Debug)]
struct Ticket {
    user: String,
    expires: Timestamp,
}

impl<K> Default for Tickets<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> Tickets<K> {
    /// Hands out a ticket.
    pub(crate) fn issue(&mut self, key: K, user: &str, expires: Timestamp) {
        self.0.insert(key, Ticket { user: user.to_owned(), expires });
    }

    /// The user for whom a live ticket stands.
    pub(crate) fn user<Q: ?Sized + Eq + Hash>(&self, key: &Q, now: Timestamp) -> Option<&str>
    where
        K: std::borrow::Borrow<Q>,
    {
        self.0.get(key).filter(|ticket| now < ticket.expires).map(|ticket| ticket.user.as_str())
    }

    /// Makes a ticket worthless.
    pub(crate) fn spend<Q: ?Sized + Eq + Hash>(&mut self, key: &Q)
    where
        K: std::borrow::Borrow<Q>,
    {
        self.0.remove(key);
    }

    /// How many tickets of a user's are alive.
    pub(crate) fn live(&self, user: &str, now: Timestamp) -> usize {
        self.0.values().filter(|ticket| ticket.user == user && now < ticket.expires).count()
    }

    /// Makes all of a user's tickets worthless.
    pub(crate) fn spend_all(&mut self, user: &str) {
        self.0.retain(|_, ticket| ticket.user != user);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_has_dashes_its_version_and_its_variant() {
        assert_eq!(uuid(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_ne!(random_uuid(), random_uuid());
    }
}
