//! Reads the environment. An empty variable counts as one that is not set.
//!
//! clap could do this, but its help and its errors would show values, and some of them are secret.

use std::env;

use clap::ValueEnum;

use crate::failure::Failure;

/// The text of a variable.
///
/// # Errors
/// If it is not UTF-8; the value is not shown.
pub(crate) fn text(variable: &str) -> Result<Option<String>, Failure> {
    match env::var(variable) {
        Ok(text) => Ok(Some(text).filter(|text| !text.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Failure::config(format!(
            "the environment variable {variable} is not UTF-8 text. Correct it."
        ))),
    }
}

/// A variable that has one of a few values.
///
/// # Errors
/// If it has another one.
pub(crate) fn choice<T: ValueEnum>(variable: &str) -> Result<Option<T>, Failure> {
    let Some(text) = text(variable)? else {
        return Ok(None);
    };
    match T::from_str(&text, false) {
        Ok(value) => Ok(Some(value)),
        Err(_) => {
            let names: Vec<String> = T::value_variants()
                .iter()
                .filter_map(|value| Some(value.to_possible_value()?.get_name().to_owned()))
                .collect();
            Err(Failure::config(format!(
                "the environment variable {variable} must be one of: {}.",
                names.join(", ")
            )))
        }
    }
}
