//! What a call of the ergonomic crate came to, against the answer that it met.

use broker_session::Error;
use serde_json::Value;

use crate::Case;

/// The broker's words: a code and a message.
pub type Said = (Option<String>, Option<String>);

/// Compares the outcome of a call with the documented answer that it met: `value` is what a caller must see
/// of a success, `said` what it must hear of a failure.
///
/// # Errors
/// What differs.
pub fn check_settled(
    case: &Case<'_>,
    outcome: &Result<Value, Error>,
    value: impl FnOnce() -> Value,
    said: impl FnOnce() -> Said,
) -> Result<(), String> {
    match (case.kind(), outcome) {
        (None, Ok(found)) => {
            let expected = value();
            match *found == expected {
                true => Ok(()),
                false => Err(format!("\n    found    {found}\n    expected {expected}")),
            }
        }
        (Some(kind), Err(error)) => {
            let (code, message) = said();
            let found = (
                error.kind().as_str(),
                error.operation(),
                error.status(),
                error.broker_code().map(str::to_owned),
                error.broker_message().map(str::to_owned),
            );
            let expected =
                (kind, Some(case.operation.id.as_str()), Some(case.response.status), code, message);
            match found == expected {
                true => Ok(()),
                false => Err(format!("\n    found    {found:?}\n    expected {expected:?}")),
            }
        }
        (kind, outcome) => Err(format!("came out as {outcome:?} in place of {kind:?}")),
    }
}
