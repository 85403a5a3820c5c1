//! Tokens that stand for a user for a time: one-time tokens, sessions.

use std::collections::HashMap;

use jiff::Timestamp;

/// A random key: 32 upper-case hexadecimal digits.
pub(crate) fn random_token() -> String {
    format!("{:032X}", rand::random::<u128>())
}

/// A random identifier in the form of RFC 9562.
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

/// Tokens of one kind, each known by its key. A token that has expired counts as missing.
#[derive(Debug, Default)]
pub(crate) struct TokenStore(HashMap<String, Token>);

#[derive(Debug)]
struct Token {
    user: String,
    expires: Timestamp,
}

impl TokenStore {
    /// Issues a token.
    pub(crate) fn issue(&mut self, key: String, user: &str, expires: Timestamp) {
        self.0.insert(key, Token { user: user.to_owned(), expires });
    }

    /// The user of a live token.
    pub(crate) fn user(&self, key: &str, now: Timestamp) -> Option<&str> {
        self.0.get(key).filter(|token| now < token.expires).map(|token| token.user.as_str())
    }

    /// Ends a token.
    pub(crate) fn revoke(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// How many tokens of a user are alive.
    pub(crate) fn live(&self, user: &str, now: Timestamp) -> usize {
        self.0.values().filter(|token| token.user == user && now < token.expires).count()
    }

    /// Ends all tokens of a user.
    pub(crate) fn revoke_all(&mut self, user: &str) {
        self.0.retain(|_, token| token.user != user);
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
