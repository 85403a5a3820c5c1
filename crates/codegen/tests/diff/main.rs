//! What a change of a spec means: a table of edits, and every edit there is.
#![cfg(feature = "generate")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod every_edit;
mod support;
mod table;
