//! The key of an authenticator, in the forms that people have it in.

use broker_session_runtime::Secret;
use url::form_urlencoded;

use crate::Error;

/// The scheme of the URI that the QR code of an authenticator holds.
const SCHEME: &str = "otpauth:";

/// A longer string of digits may be a key.
const MAX_CODE_CHARS: usize = 8;

/// The key in base32, in capitals and without what stands between its letters: from base32 as a page shows it, in
/// groups, in either case, with or without padding, or from an `otpauth://` URI.
pub(super) fn read(secret: &Secret) -> Result<Secret, Error> {
    let text = secret.expose().trim();
    if begins_with(text, SCHEME) {
        return from_uri(text);
    }
    if begins_with(text, "otpauth-migration:") {
        return Err(Error::config(
            "the TOTP secret (NEO_TOTP_SECRET) is an export of a whole authenticator (otpauth-migration); give the secret of this account alone, as the broker has shown it",
        ));
    }
    let key = letters(text);
    let is_code =
        key.expose().len() <= MAX_CODE_CHARS && key.expose().bytes().all(|byte| byte.is_ascii_digit());
    if is_code && !key.is_empty() {
        return Err(Error::config(
            "the TOTP secret (NEO_TOTP_SECRET) has digits only: that is a code, not the secret. The secret is what the authenticator was set up with, like JBSW Y3DP EHPK 3PXP; a code goes into NEO_TOTP",
        ));
    }
    Ok(key)
}

/// Reads `otpauth://totp/LABEL?secret=…`. Codes of another kind than the broker's would be wrong, and are counted.
fn from_uri(uri: &str) -> Result<Secret, Error> {
    let refuse = |what: &str| {
        Err(Error::config(format!(
            "the otpauth:// URI in the TOTP secret (NEO_TOTP_SECRET) cannot be used: {what}"
        )))
    };
    let rest = uri.get(SCHEME.len()..).unwrap_or_default().trim_start_matches('/');
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let kind = path.split('/').next().unwrap_or_default();
    if !kind.eq_ignore_ascii_case("totp") {
        return refuse(
            "its codes are made by a counter or in another way, and the broker's by the time (totp)",
        );
    }
    let mut key: Option<Secret> = None;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        // A URI that was copied from a page's source has `&amp;` between its parameters.
        let name = name.trim_start_matches("amp;").to_ascii_lowercase();
        let value = Secret::new(value.into_owned());
        let text = value.expose().trim();
        match name.as_str() {
            "secret" => {
                let found = letters(text);
                if key.as_ref().is_some_and(|key| *key != found) {
                    return refuse("it has two secrets");
                }
                key = Some(found);
            }
            "digits" if text != "6" => return refuse("`digits` is not 6, as the broker's codes have it"),
            "period" if text != "30" => {
                return refuse("`period` is not 30, the seconds that the broker's codes last");
            }
            "algorithm"
                if !["sha1", "sha-1", "hmacsha1"].iter().any(|sha1| text.eq_ignore_ascii_case(sha1)) =>
            {
                return refuse("`algorithm` is not SHA1, by which the broker's codes are made");
            }
            _ => {}
        }
    }
    match key.filter(|key| !key.is_empty()) {
        Some(key) => Ok(key),
        None => refuse("it has no `secret`"),
    }
}

fn begins_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start))
}

fn letters(text: &str) -> Secret {
    let is_key = |character: &char| !character.is_whitespace() && !matches!(character, '-' | '=');
    Secret::new(text.chars().filter(is_key).map(|character| character.to_ascii_uppercase()).collect())
}
