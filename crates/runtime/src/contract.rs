//! The generated calls by name.
//!
//! Contract tests walk a spec and call each operation by its id, with arguments as JSON. Programs use the typed methods
//! instead.

use std::fmt;

use http::StatusCode;
use progenitor_client::{Error, ResponseValue};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::Failure;

/// The outcome of a call.
pub enum Outcome {
    /// A documented success, encoded again.
    Success(StatusCode, Value),
    /// A failure.
    Failure(Failure),
}

impl fmt::Debug for Outcome {
    /// Without the value, which holds secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Success(status, _) => write!(f, "Success({status})"),
            Self::Failure(failure) => f.debug_tuple("Failure").field(failure).finish(),
        }
    }
}

/// Decodes an argument by its name on the wire.
///
/// # Errors
/// If it is missing or of another type.
pub fn argument<T: DeserializeOwned>(arguments: &Value, name: &str) -> Result<T, String> {
    let value = arguments.get(name).cloned().unwrap_or(Value::Null);
    serde_json::from_value(value).map_err(|error| format!("the argument `{name}` does not fit: {error}"))
}

/// The outcome of a typed call.
///
/// # Errors
/// If the value cannot be encoded again.
pub fn outcome<T: Serialize, E>(result: Result<ResponseValue<T>, Error<E>>) -> Result<Outcome, String> {
    match result {
        Ok(response) => {
            let status = response.status();
            let value = serde_json::to_value(response.into_inner()).map_err(|error| error.to_string())?;
            Ok(Outcome::Success(status, value))
        }
        Err(error) => Ok(Outcome::Failure(Failure::of(error))),
    }
}

/// The outcome for an operation that the spec does not have.
///
/// # Errors
/// Always.
pub fn unknown(operation: &str) -> Result<Outcome, String> {
    Err(format!("`{operation}` is not an operation of this API"))
}
