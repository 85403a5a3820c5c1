//! How much memory a cell takes.

/// The cap on bodies that the transport has unless told otherwise. The cells with a body of just this length, and of a byte
/// more, see to it that it is this one.
pub(super) const CAP: usize = 64 << 10;

/// What a call takes at most whose body is small: the client itself is most of it.
pub(super) const SMALL: usize = 8 * CAP;

/// The bound on the memory of one call: for the buffers of the connection, the body, what it outgrows while it is read, and
/// what is made of it.
pub(super) const BOUND: usize = 16 * CAP;

/// The bound where two attempts in a row each fill the buffer for the head of a response.
pub(super) const OF_TWO_HEADS: usize = 24 * CAP;

/// The bound where a body is nothing but values of a byte or two: each of them takes the space of a `serde_json::Value` when
/// it is decoded, and a list that grows is there twice for a moment.
pub(super) const OF_VALUES: usize = 128 * CAP;

/// Reads a counting allocator, which only a program of its own can have.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    /// Forgets the peak so far.
    pub reset: fn(),
    /// Bytes that are taken now.
    pub now: fn() -> usize,
    /// The most bytes that were taken at once since the last reset.
    pub peak: fn() -> usize,
}

impl Meter {
    /// Measures nothing.
    pub fn none() -> Option<Self> {
        None
    }
}
