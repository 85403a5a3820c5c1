//! What a change of a spec means: a table of edits, and what the generated code says to it.
#![cfg(feature = "generate")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod code;
mod support;
mod table;
