//! The program's files as texts, for tests that make up what stands in them. They read as the program reads.

use crate::{config, store};

/// A session store, read and written again.
///
/// # Errors
/// If it is no session store of a known version: what the program says then.
pub fn session_store(text: &str) -> Result<String, String> {
    store::rewritten(text).map_err(|failure| failure.to_string())
}

/// The names of the profiles in a config file.
///
/// # Errors
/// If it cannot be understood: what the program says then.
pub fn config(text: &str) -> Result<Vec<String>, String> {
    config::profiles(text).map_err(|failure| failure.to_string())
}
