//! Secrets that a scan of memory finds wherever they are, and that it does not itself hold.
//!
//! What an allocator writes into freed memory overwrites the beginning of whatever was there. So a secret here is one
//! block of eight characters several times over, and each block that is left tells of it. The blocks are made from
//! names, letter by letter: neither the program's text nor the scan's own memory has one as a whole.

use broker_session::Secret;

/// How long a block is.
pub(crate) const BLOCK: usize = 8;

/// What a client leaves in its memory for the scan to find.
pub(crate) const LEFT: &str = "left-on-purpose";

/// How often a secret repeats its block.
const TIMES: usize = 5;

/// What masks the blocks that are looked for.
pub(crate) const MASK: u8 = 0xA5;

/// Letters that may stand in a header, a form, JSON and base32 and look the same everywhere.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A letter of the block of this name.
fn letter(name: &str, place: usize) -> u8 {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    LETTERS[usize::try_from((mixed >> (5 * place)) & 31).expect("five bits")]
}

/// The secret of this name, as the broker gives it out.
pub(crate) fn canary(name: &str) -> String {
    let mut text = String::with_capacity(BLOCK * TIMES);
    for place in 0..BLOCK * TIMES {
        text.push(char::from(letter(name, place % BLOCK)));
    }
    text
}

/// The same as it is given to a client, which takes it over.
pub(crate) fn secret(name: &str) -> Secret {
    Secret::new(canary(name))
}

/// Six digits, for what must be digits.
pub(crate) fn digits(name: &str) -> Secret {
    let mut text = String::with_capacity(6);
    for place in 0..6 {
        text.push(char::from(digit(name, place)));
    }
    Secret::new(text)
}

fn digit(name: &str, place: usize) -> u8 {
    b'0' + letter(name, place) % 10
}

/// What a scan looks for: masked, so that it does not find itself.
#[derive(Clone, Debug)]
pub(crate) struct Needle {
    pub(crate) name: String,
    pub(crate) masked: Vec<u8>,
}

impl Needle {
    /// The block of this name.
    pub(crate) fn of_name(name: &str) -> Self {
        let masked = (0..BLOCK).map(|place| letter(name, place) ^ MASK).collect();
        Self { name: name.to_owned(), masked }
    }

    /// The digits of this name.
    pub(crate) fn of_digits(name: &str) -> Self {
        let masked = (0..6).map(|place| digit(name, place) ^ MASK).collect();
        Self { name: name.to_owned(), masked }
    }

    /// Whether memory begins with it.
    pub(crate) fn begins(&self, memory: &[u8]) -> bool {
        memory.len() >= self.masked.len()
            && self.masked.iter().zip(memory).all(|(masked, byte)| masked ^ MASK == *byte)
    }
}
