//! What the generated calls by name are made of.
//!
//! Contract tests walk a spec and call each operation by its id, with arguments as JSON. Programs use the
//! typed methods instead.

use std::fmt;

use http::StatusCode;
use progenitor_client::{Error, ResponseValue};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Kept, Unfit};

/// What a call came to.
pub enum Outcome {
    /// A documented success, encoded again.
    Answer(StatusCode, Value),
    /// A documented failure, encoded again.
    Fault(StatusCode, Value),
    /// An answer that is not what the spec describes; a [`Kept`] if the transport found it to be so.
    Unexpected(StatusCode, Option<Kept>),
    /// No answer, or no request: what the generated client says.
    Nothing(String),
}

impl fmt::Debug for Outcome {
    /// Without the values: encoded again, they hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(status, _) => write!(f, "Answer({status})"),
            Self::Fault(status, _) => write!(f, "Fault({status})"),
            Self::Unexpected(status, kept) => write!(f, "Unexpected({status}, {kept:?})"),
            Self::Nothing(what) => write!(f, "Nothing({what})"),
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

/// What a call came to.
///
/// # Errors
/// If the value cannot be encoded again.
pub fn outcome<T: Serialize + DeserializeOwned, E: Serialize>(
    result: Result<ResponseValue<T>, Error<E>>,
) -> Result<Outcome, String> {
    let encode = |value: Result<Value, serde_json::Error>| value.map_err(|error| error.to_string());
    Ok(match result {
        Ok(answer) => Outcome::Answer(answer.status(), encode(serde_json::to_value(answer.into_inner()))?),
        Err(Error::ErrorResponse(fault)) => {
            Outcome::Fault(fault.status(), encode(serde_json::to_value(fault.into_inner()))?)
        }
        Err(Error::UnexpectedResponse(response)) => {
            let kept = response.extensions().get::<Kept>().cloned();
            // A failure that its status does not show has a type all the same, if the spec describes it.
            let failure = kept.as_ref().filter(|kept| *kept.unfit() == Unfit::Failure);
            match failure.and_then(|kept| serde_json::from_slice::<T>(&kept.body).ok()) {
                Some(failure) => Outcome::Answer(response.status(), encode(serde_json::to_value(failure))?),
                None => Outcome::Unexpected(response.status(), kept),
            }
        }
        Err(error) => Outcome::Nothing(error.into_untyped().to_string()),
    })
}

/// For an operation that the spec does not have.
///
/// # Errors
/// Always.
pub fn unknown(operation: &str) -> Result<Outcome, String> {
    Err(format!("`{operation}` is not an operation of this API"))
}
