//! The broker's message in an example, read in the plainest way, and the outcome of a call against the example that it met.

use broker_session::Error;
use serde_json::Value;

use crate::Case;

/// Code and message of a fault in one of the forms of the specs: `{fault: {…}}`, flat, or OAuth's. A code of
/// 0 and empty strings mean that there is none.
pub fn of_fault(body: &Value) -> (Option<String>, Option<String>) {
    let fault = body.get("fault").unwrap_or(body);
    let text = |name: &str| match fault.get(name) {
        Some(Value::String(text)) if !text.is_empty() && text != "0" => Some(text.clone()),
        Some(Value::Number(number)) if number.as_i64() != Some(0) => Some(number.to_string()),
        _ => None,
    };
    if fault.get("error").is_some() {
        return (text("error"), text("error_description"));
    }
    let message = match (text("message"), text("description")) {
        (Some(message), Some(description)) if message != description => {
            Some(format!("{message}: {description}"))
        }
        (message, description) => message.or(description),
    };
    (text("code"), message)
}

/// Code and message of what is no JSON: of the elements with these names in XML, or all the text of a page.
pub fn of_text(text: &str) -> (Option<String>, Option<String>) {
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("{name}>"))?;
        rest.split('<').next().map(str::to_owned)
    };
    match (element("code"), element("message")) {
        (None, None) => (None, of_page(text)),
        found => found,
    }
}

/// The text of a page, tags taken out.
fn of_page(page: &str) -> Option<String> {
    let pieces = page.split('<').map(|piece| match piece.split_once('>') {
        Some((_tag, text)) => text,
        None => piece,
    });
    let words: Vec<&str> = pieces.flat_map(str::split_whitespace).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The broker's words: a code and a message.
pub type BrokerMessage = (Option<String>, Option<String>);

/// Compares the outcome of a call with the documented response that it met: `value` is what a caller must see
/// of a success, `said` what it must hear of a failure.
///
/// # Errors
/// What differs.
pub fn compare_outcome(
    case: &Case<'_>,
    outcome: &Result<Value, Error>,
    value: impl FnOnce() -> Value,
    said: impl FnOnce() -> BrokerMessage,
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
