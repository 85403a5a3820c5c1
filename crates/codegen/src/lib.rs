//! Turns the OpenAPI documents of broker-session into Rust: load, lint, generate.
//!
//! The specs are written by hand and are the source of everything; this crate is the only way from a spec
//! to code. It runs when an API crate is built and in `cargo xtask`, never in a user's program.
//!
//! Without the feature `generate` only the comparison of hashes is left, which is all that an ordinary
//! build needs: a generated file is checked in, and names the hash of the spec it came from.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod build_script;
#[cfg(feature = "generate")]
mod generate;
mod hash;
#[cfg(feature = "generate")]
mod lint;
#[cfg(feature = "generate")]
mod stack;

#[cfg(feature = "generate")]
use broker_session_openapi::{self as spec, Document, Problem, Problems};
#[cfg(feature = "generate")]
pub use generate::generate;
pub use hash::{header_hash, spec_hash};
#[cfg(feature = "generate")]
pub use lint::{KINDS, RULES, Rule, lint};
