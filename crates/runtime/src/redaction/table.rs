//! All spellings of a client's secrets, and where they stand in bytes from outside.
//!
//! Most bytes belong to no secret. So a table of the first bytes of all spellings excludes most places without a search.

use zeroize::Zeroizing;

use super::MIN_SECRET_BYTES;
use crate::zeroizing::joined;

/// The spellings, and the way to find them.
#[derive(Clone, Default)]
pub(crate) struct Table {
    /// In the order of [`Spelling::start`].
    spellings: Vec<Spelling>,
    starts: Starts,
    longest: usize,
}

/// One way in which a secret may be written, in lower case.
#[derive(Clone)]
struct Spelling {
    bytes: Zeroizing<String>,
    of: u64,
}

/// How many words [`Starts`] has.
const WORDS: usize = 256;

/// The hashes of the first bytes of all spellings, one bit each. Some hundred spellings set a few of a hundred bits.
#[derive(Clone)]
struct Starts(Box<[u64; WORDS]>);

impl Table {
    /// Adds the spellings of one secret, which are in lower case and not too short.
    pub(super) fn learn(&mut self, of: u64, spellings: &[Zeroizing<String>]) {
        for bytes in spellings {
            // Copied, because it has room for a longer one.
            let spelling = Spelling { bytes: joined(&[bytes]), of };
            self.starts.insert(&spelling);
            self.longest = self.longest.max(bytes.len());
            let place = self.spellings.partition_point(|other| other.start() < spelling.start());
            self.spellings.insert(place, spelling);
        }
    }

    /// Removes the spellings of one secret.
    pub(super) fn forget(&mut self, of: u64) {
        self.spellings.retain(|spelling| spelling.of != of);
        self.starts = Starts::default();
        self.spellings.iter().for_each(|spelling| self.starts.insert(spelling));
        self.longest = self.spellings.iter().map(|spelling| spelling.bytes.len()).max().unwrap_or_default();
    }

    /// The secrets of all spellings.
    #[cfg(test)]
    pub(super) fn owners(&self) -> impl Iterator<Item = u64> {
        self.spellings.iter().map(|spelling| spelling.of)
    }

    /// The places of secrets, each with the length of the longest one there, in their order.
    pub(crate) fn places<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = (usize, usize)> + 'a {
        let mut last_four = 0;
        text.iter().enumerate().filter_map(move |(place, byte)| {
            last_four = Starts::shifted(last_four, *byte);
            if !self.starts.may_have(last_four) {
                return None;
            }
            let start = (place + 1).checked_sub(MIN_SECRET_BYTES)?;
            Some((start, self.longest_at(text.get(start..)?)?))
        })
    }

    /// Whether there is a secret in it.
    pub(crate) fn is_in(&self, text: &[u8]) -> bool {
        self.places(text).next().is_some()
    }

    /// Where the end begins that may be the beginning of a secret: there it must be searched again, once more bytes are
    /// there. The length, if it cannot.
    pub(crate) fn open_end(&self, text: &[u8]) -> usize {
        let first = (text.len() + 1).saturating_sub(self.longest);
        let mut last_four = 0;
        let starts = text.iter().enumerate().skip(first).filter_map(|(place, byte)| {
            last_four = Starts::shifted(last_four, *byte);
            let start = (place + 1).checked_sub(MIN_SECRET_BYTES)?;
            (start >= first && self.starts.may_have(last_four)).then_some(start)
        });
        // So few bytes may begin anything.
        let short = first.max((text.len() + 1).saturating_sub(MIN_SECRET_BYTES))..text.len();
        starts
            .chain(short)
            .find(|place| text.get(*place..).is_some_and(|end| self.begins_with(end)))
            .unwrap_or(text.len())
    }

    /// Whether a spelling is longer and begins so.
    fn begins_with(&self, end: &[u8]) -> bool {
        let (mut known, length) = ([0; MIN_SECRET_BYTES], end.len().min(MIN_SECRET_BYTES));
        known.iter_mut().zip(end).for_each(|(known, byte)| *known = byte.to_ascii_lowercase());
        if length == MIN_SECRET_BYTES
            && !self.starts.may_have(known.iter().fold(0, |four, byte| Starts::shifted(four, *byte)))
        {
            return false;
        }
        let known = known.get(..length).unwrap_or_default();
        let first = self.spellings.partition_point(|spelling| spelling.start() < known);
        let candidates = self.spellings.get(first..).unwrap_or_default().iter();
        let mut candidates = candidates.take_while(|spelling| spelling.start().starts_with(known));
        candidates.any(|spelling| {
            let head = spelling.bytes.as_bytes().get(..end.len());
            spelling.bytes.len() > end.len() && head.is_some_and(|head| head.eq_ignore_ascii_case(end))
        })
    }

    /// The length of the longest spelling at the start of these bytes.
    fn longest_at(&self, bytes: &[u8]) -> Option<usize> {
        let mut start = *bytes.first_chunk::<MIN_SECRET_BYTES>()?;
        start.make_ascii_lowercase();
        let first = self.spellings.partition_point(|spelling| spelling.start() < start.as_slice());
        let candidates = self.spellings.get(first..).unwrap_or_default().iter();
        let candidates = candidates.take_while(|spelling| spelling.start() == start.as_slice());
        let matches = candidates.filter(|spelling| {
            let length = spelling.bytes.len();
            bytes.get(..length).is_some_and(|head| head.eq_ignore_ascii_case(spelling.bytes.as_bytes()))
        });
        matches.map(|spelling| spelling.bytes.len()).max()
    }
}

impl Default for Starts {
    fn default() -> Self {
        Self(Box::new([0; WORDS]))
    }
}

impl Starts {
    fn insert(&mut self, spelling: &Spelling) {
        let (word, bit) =
            Self::place(spelling.start().iter().fold(0, |first, byte| Self::shifted(first, *byte)));
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    fn may_have(&self, four: u32) -> bool {
        let (word, bit) = Self::place(four);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Four bytes with the next one in place of the first. Letters of either case are the same.
    fn shifted(four: u32, next: u8) -> u32 {
        four << 8 | u32::from(next | 0x20)
    }

    fn place(four: u32) -> (usize, u64) {
        // Fibonacci hashing: the upper bits of the product depend on all bits of the factor.
        let hash = four.wrapping_mul(0x9E37_79B1) >> 18;
        ((hash >> 6) as usize, 1 << (hash & 63))
    }
}

impl Spelling {
    /// The bytes by which it is found.
    fn start(&self) -> &[u8] {
        self.bytes.as_bytes().get(..MIN_SECRET_BYTES).unwrap_or_default()
    }
}
