//! Refuses settings that are something else than their name states, before they are sent: brokers count guesses.
//!
//! An error names the setting and never quotes it.

use broker_session_runtime::Secret;

use crate::Error;

/// From this many digits on, a user's name is a mobile number.
const MOBILE_DIGITS: usize = 10;

/// Refuses an e-mail address or a mobile number in place of a user id. `what` describes a user id.
pub(crate) fn check_user(name: &str, what: &str, user: &str) -> Result<(), Error> {
    let digits = user.trim_start_matches('+');
    let found = if user.contains('@') {
        "an e-mail address"
    } else if digits.len() >= MOBILE_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        "a mobile number"
    } else {
        return Ok(());
    };
    Err(Error::config(format!("the {name} is {found}; it must be {what}")))
}

/// Refuses what no header can carry.
pub(crate) fn check_word(name: &str, text: &str) -> Result<(), Error> {
    let found = if text.is_empty() {
        "is empty"
    } else if text.contains(['\r', '\n']) {
        "has a line break"
    } else if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        "has spaces or other characters that it cannot have"
    } else {
        return Ok(());
    };
    Err(Error::config(format!("the {name} {found}; copy it once more, without anything around it")))
}

/// Refuses a key or a token that was copied together with its surroundings.
pub(crate) fn check_key(name: &str, key: &Secret) -> Result<(), Error> {
    let text = key.expose();
    let scheme = text.split_whitespace().next().unwrap_or_default();
    if let Some(scheme) = ["Bearer", "Basic"].iter().find(|known| known.eq_ignore_ascii_case(scheme)) {
        return Err(Error::config(format!("the {name} begins with `{scheme}`; give it without `{scheme}`")));
    }
    if text.starts_with(['"', '\'', '\u{201c}']) || text.ends_with(['"', '\'', '\u{201d}']) {
        return Err(Error::config(format!("the {name} is in quotes; give it without them")));
    }
    check_word(name, text)
}

/// Whether it looks like a JSON Web Token, which no key does.
pub(crate) fn is_json_web_token(key: &Secret) -> bool {
    key.expose().starts_with("eyJ") && key.expose().matches('.').count() == 2
}
