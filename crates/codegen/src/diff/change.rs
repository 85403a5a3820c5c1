//! What is said of one change: where, what, and how much it means to whom.

use std::fmt;

use crate::Location;

/// How much a change means. The later ones are worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Nothing is different for this reader.
    Unchanged,
    /// Words, examples, or the way in which the same is written.
    Documentation,
    /// Something is new; what worked goes on working.
    Additive,
    /// Something that worked may not work any more.
    Breaking,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Class::Unchanged => "unchanged",
            Class::Documentation => "documentation",
            Class::Additive => "additive",
            Class::Breaking => "breaking",
        })
    }
}

/// A class and the reason for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The class.
    pub class: Class,
    /// Why, as a sentence.
    pub why: String,
}

impl Judgement {
    pub(super) fn new(class: Class, why: impl Into<String>) -> Judgement {
        Judgement { class, why: why.into() }
    }

    pub(super) fn unchanged(why: &str) -> Judgement {
        Judgement::new(Class::Unchanged, why)
    }

    pub(super) fn documentation(why: &str) -> Judgement {
        Judgement::new(Class::Documentation, why)
    }

    pub(super) fn additive(why: &str) -> Judgement {
        Judgement::new(Class::Additive, why)
    }

    pub(super) fn breaking(why: &str) -> Judgement {
        Judgement::new(Class::Breaking, why)
    }
}

/// Which of the two documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The one that is compared with.
    Base,
    /// The one that is there now.
    Now,
}

/// Which way something travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// From the client to the broker.
    Request,
    /// From the broker to the client.
    Response,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Direction::Request => "request",
            Direction::Response => "response",
        })
    }
}

/// One difference between two documents.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// Whose text the place is in: what is gone has a place in the base only.
    pub side: Side,
    /// The JSON pointer (RFC 6901) in that text.
    pub pointer: String,
    /// The place in that text.
    pub location: Option<Location>,
    /// The operation or component that it belongs to, and the way from there, for people.
    pub subject: String,
    /// What is different, as a sentence.
    pub what: String,
    /// What it means to who knows the API on the wire and not this project's code.
    pub wire: Judgement,
    /// What it means to a user of the generated crate.
    pub rust: Judgement,
    /// The operations that it reaches, by id, and which way what has changed travels there.
    pub operations: Vec<(String, Direction)>,
    /// How many more places have the very same change.
    pub others: usize,
}

impl Change {
    /// The worse of the two classes.
    pub fn worst(&self) -> Class {
        self.wire.class.max(self.rust.class)
    }
}
