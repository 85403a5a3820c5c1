//! What an answer looks like, as the spec has it.
//!
//! The generated types take more than the spec describes, because a broker that adds a member must not cost a
//! sign-in. What they let pass can only be noticed by comparing an answer with the spec itself; so its schemas are
//! part of the generated table, as far as that comparison needs them.

/// A schema of the spec, reduced to what can be told from an answer.
#[derive(Debug)]
pub enum Shape {
    /// Anything.
    Any,
    /// A text.
    Text,
    /// A text that is a secret (`format: password`).
    Secret,
    /// A number without a fraction.
    Integer,
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A list of items.
    List(&'static Shape),
    /// An object.
    Object {
        /// The members that it may have.
        members: &'static [Member],
        /// What members of other names look like, where the spec says so (`additionalProperties`).
        others: Option<&'static Shape>,
    },
    /// One of several forms: the first one whose required members are there is meant.
    AnyOf(&'static [&'static Shape]),
    /// That or null.
    OrNull(&'static Shape),
}

/// A member of an object.
#[derive(Debug)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// Other spellings of it (`x-aliases`).
    pub aliases: &'static [&'static str],
    /// Whether an object must have it.
    pub required: bool,
    /// What it looks like.
    pub shape: &'static Shape,
}
