//! The broker's words in an example, read in the plainest way, to compare with what a client reports.

use serde_json::Value;

/// Code and message of a fault in one of the forms of the specs: `{fault: {…}}`, flat, or OAuth's. A code of
/// 0 and empty texts mean that there is none.
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
