//! What a spec has against a request.

use std::fmt;

/// Where something stands in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Header,
    Path,
    Query,
    Body,
}

/// Why a request is not what the spec demands. Names what is wrong, and never quotes a value: it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Breach {
    /// A required parameter or member is not there, or is null.
    Missing { place: Place, name: String },
    /// A parameter or member is not what it must be: `must` goes on after its name and "must".
    Wrong { place: Place, name: String, must: String },
    /// A field of a form comes more than once.
    Repeated { name: String },
    /// There is no body, and there must be one.
    NoBody,
    /// The body is of a kind that the operation does not take; empty if it does not say which.
    MediaType { named: String, expected: String },
    /// The body is no object of the kind it says it is.
    NotAnObject,
}

impl Breach {
    pub(super) fn missing(place: Place, name: &str) -> Self {
        Self::Missing { place, name: name.to_owned() }
    }

    pub(super) fn wrong(name: impl Into<String>, must: impl Into<String>) -> Self {
        Self::Wrong { place: Place::Body, name: name.into(), must: must.into() }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { name, .. } => write!(f, "{name} is missing"),
            Self::Wrong { name, must, .. } => write!(f, "{name} must {must}"),
            Self::Repeated { name } => write!(f, "{name} must come once"),
            Self::NoBody => f.write_str("the body is missing"),
            Self::MediaType { named, expected } if named.is_empty() => {
                write!(f, "the content type is missing; it must be {expected}")
            }
            Self::MediaType { expected, .. } => write!(f, "the content type must be {expected}"),
            Self::NotAnObject => f.write_str("the body must be a JSON object"),
        }
    }
}
