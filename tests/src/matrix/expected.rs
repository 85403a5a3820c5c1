//! What must come of a fault, worked out from the spec and from what the fault is; and how much memory it may take.

use std::time::Duration;

use broker_session::{Deadlines, ErrorKind};
use broker_session_openapi::Operation;

/// How often a call is made at most.
pub(super) const MOST: usize = 3;

/// How long one attempt takes by the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lasts {
    /// No time.
    NoTime,
    /// Until the deadline for the connection.
    Connect,
    /// Until the deadline for an attempt.
    Attempt,
}

/// For which operations another attempt may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// For none.
    Never,
    /// For those that are `safe`: the request has left, or may have.
    Safe,
    /// For those that are `safe` or `unsent`: it has not left.
    Unsent,
}

/// How long an error must say that nothing more is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// So long.
    Exactly(Duration),
    /// Until a moment that is further away.
    AtLeast(Duration),
}

impl Asks {
    pub(super) fn is_met_by(self, found: Option<Duration>) -> bool {
        match self {
            Self::Exactly(wait) => found == Some(wait),
            Self::AtLeast(wait) => found.is_some_and(|found| found >= wait),
        }
    }
}

/// What one attempt comes to, and what follows from it.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    /// The kind of the error; nothing for a success.
    pub(super) kind: Option<ErrorKind>,
    pub(super) status: Option<u16>,
    /// Whether the request has left, as far as the client can know.
    pub(super) left: bool,
    /// Whether the server gets to read it.
    pub(super) arrives: bool,
    pub(super) again: Again,
    pub(super) lasts: Lasts,
    /// How long the server asks to wait before the next attempt.
    pub(super) wait: Duration,
    /// What the error says of that, if it is to be looked at.
    pub(super) asks: Option<Asks>,
    /// Whether it would go wrong again in a moment.
    pub(super) lasting: bool,
    /// Whether a success must be the same as when nothing is wrong.
    pub(super) same: bool,
    /// A word that the error must say, in letters of either case.
    pub(super) mentions: &'static str,
    /// The bound on memory, in bytes.
    pub(super) memory: usize,
}

impl Expected {
    fn arrived(kind: Option<ErrorKind>, status: Option<u16>) -> Self {
        Self {
            kind,
            status,
            left: true,
            arrives: true,
            again: Again::Never,
            lasts: Lasts::NoTime,
            wait: Duration::ZERO,
            asks: None,
            lasting: false,
            same: false,
            mentions: "",
            memory: BOUND,
        }
    }

    /// A success, the same as when nothing is wrong.
    pub(super) fn fine() -> Self {
        Self { same: true, ..Self::arrived(None, None) }
    }

    /// A success from which something may be missing.
    pub(super) fn good_enough() -> Self {
        Self::arrived(None, None)
    }

    /// A failure with this kind and status.
    pub(super) fn failure(kind: ErrorKind, status: u16) -> Self {
        Self::arrived(Some(kind), Some(status))
    }

    /// No connection, and so nothing that has left. What would only go wrong again is `lasting`.
    pub(super) fn no_connection(lasting: bool, lasts: Lasts) -> Self {
        Self {
            left: false,
            arrives: false,
            again: if lasting { Again::Never } else { Again::Unsent },
            lasts,
            lasting,
            ..Self::arrived(Some(ErrorKind::Unavailable), None)
        }
    }

    /// A server that nobody vouches for.
    pub(super) fn untrusted() -> Self {
        Self { mentions: "certificate", ..Self::no_connection(true, Lasts::NoTime) }
    }

    /// A server that is not the one whose certificate is trusted.
    pub(super) fn not_allowed() -> Self {
        Self { kind: Some(ErrorKind::HostNotAllowed), ..Self::untrusted() }
    }

    /// A connection that is lost before there is a response: the request may have been read.
    pub(super) fn lost() -> Self {
        Self { again: Again::Safe, ..Self::arrived(Some(ErrorKind::Unavailable), None) }
    }

    /// No response until the deadline.
    pub(super) fn silence() -> Self {
        Self { again: Again::Safe, lasts: Lasts::Attempt, ..Self::arrived(Some(ErrorKind::Timeout), None) }
    }

    /// A successful response that breaks off.
    pub(super) fn cut() -> Self {
        Self { again: Again::Safe, ..Self::failure(ErrorKind::Protocol, 200) }
    }

    /// A successful response whose end does not come in time. The server has done what it was asked for.
    pub(super) fn slow() -> Self {
        Self { lasts: Lasts::Attempt, ..Self::failure(ErrorKind::Timeout, 200) }
    }

    /// A successful response that is longer than anything that is read.
    pub(super) fn too_long() -> Self {
        Self::failure(ErrorKind::Protocol, 200)
    }

    /// The same with another operation's right to be called again.
    pub(super) fn again(self, again: Again) -> Self {
        Self { again, ..self }
    }

    /// The same, each attempt taking so long.
    pub(super) fn lasting(self, lasts: Lasts) -> Self {
        Self { lasts, ..self }
    }

    /// The same with another bound on memory.
    pub(super) fn within(self, memory: usize) -> Self {
        Self { memory, ..self }
    }

    /// How often the call is made, and how long all of it takes.
    pub(super) fn course(&self, operation: &Operation, deadlines: Deadlines) -> (usize, Duration) {
        let may_be_repeated = match self.again {
            Again::Never => false,
            Again::Safe => operation.retry == "safe",
            Again::Unsent => operation.retry != "never",
        };
        let attempt = match self.lasts {
            Lasts::NoTime => Duration::ZERO,
            Lasts::Connect => deadlines.connect,
            Lasts::Attempt => deadlines.attempt,
        };
        // Where the broker takes one call in a time, the next one waits for it, or is not made if that is too late.
        let limit = operation.rate_limit.filter(|limit| limit.requests == 1);
        let period = limit.map_or(Duration::ZERO, |limit| Duration::from_secs(limit.seconds));
        let (mut attempts, mut now) = (1, attempt.min(deadlines.total));
        while may_be_repeated && attempts < MOST && self.wait < deadlines.total - now {
            let next = now + period.max(self.wait);
            // Whose turn would come too late does not wait for it.
            if next >= deadlines.total {
                break;
            }
            now = (next + attempt).min(deadlines.total);
            attempts += 1;
        }
        (attempts, now)
    }

    /// Whether the caller may make the same call again.
    pub(super) fn is_retryable(&self, operation: &Operation) -> bool {
        let passes = [ErrorKind::Unavailable, ErrorKind::Timeout, ErrorKind::RateLimited];
        let is_passing = self.kind.is_some_and(|kind| passes.contains(&kind)) && !self.lasting;
        is_passing && (!self.left || operation.retry == "safe")
    }
}

/// The cap on bodies that the transport has by default. The cells with a body of just this length, and of a byte
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
