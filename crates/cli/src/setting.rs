//! One setting: the flag, else the environment variable, else the profile. Whoever asks names the default.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::{environment, failure::Failure};

/// A text.
///
/// # Errors
/// If the variable is not UTF-8.
pub(crate) fn text(
    flag: Option<String>,
    variable: &str,
    profile: Option<&String>,
) -> Result<Option<String>, Failure> {
    match flag {
        Some(text) => Ok(Some(text)),
        None => Ok(environment::text(variable)?.or_else(|| profile.cloned())),
    }
}

/// The path of a file. Hand in the profile's as [`crate::config::Config::path`] gives it.
///
/// # Errors
/// If the variable is not UTF-8.
pub(crate) fn path(
    flag: Option<PathBuf>,
    variable: &str,
    profile: Option<PathBuf>,
) -> Result<Option<PathBuf>, Failure> {
    match flag {
        Some(path) => Ok(Some(path)),
        None => Ok(environment::text(variable)?.map(PathBuf::from).or(profile)),
    }
}

/// One of a few values.
///
/// # Errors
/// If the variable has another value.
pub(crate) fn choice<T: ValueEnum>(
    flag: Option<T>,
    variable: &str,
    profile: Option<T>,
) -> Result<Option<T>, Failure> {
    match flag {
        Some(value) => Ok(Some(value)),
        None => Ok(environment::choice(variable)?.or(profile)),
    }
}
