//! Reads OpenAPI 3.0 documents: the value, the line and column of every part, and the operations.
//!
//! - [`Document`] reads and checks a file, follows references, and locates every value.
//! - [`operations`] and the functions beside it list what a document describes.
//! - [`Problem`] describes an error in a document: where, what, why, and how to fix it.

mod document;
mod hosts;
mod objects;
mod problem;
mod schemas;
mod spec;
mod yaml;

pub use document::{Document, escape, join, suggestion, unescape};
pub use hosts::{domain, is_in_domain, is_loopback};
pub use objects::{Node, section};
pub use problem::{Location, Problem, Problems};
pub use schemas::Schemas;
pub use spec::{
    Documented, ErrorCode, Example, Hint, Media, Operation, Parameter, RateLimit, Response, Server,
    documented, domains, error_codes, hints, listed, location, operations, penalty_seconds, rate_limit,
    schemas, secret_fields, servers,
};
