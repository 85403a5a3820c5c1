//! Recognises secrets by the names of fields.

use super::names::words;

/// Names of secrets, in lower case without separators.
const NAMES: [&str; 57] = [
    "accesscode",
    "accesskey",
    "accesstoken",
    "apikey",
    "apisecret",
    "apitoken",
    "auth",
    "authcode",
    "authorization",
    "authorizationcode",
    "bearertoken",
    "biometric",
    "clientsecret",
    "code",
    "consumersecret",
    "cookie",
    "cookiejar",
    "credential",
    "credentials",
    "feedtoken",
    "grant",
    "idtoken",
    "jsessionid",
    "jwt",
    "kid",
    "logincode",
    "mpin",
    "mpinhash",
    "onetimetoken",
    "otp",
    "otpcode",
    "pan",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "passwordhash",
    "pin",
    "pincode",
    "privatekey",
    "publictoken",
    "pwd",
    "refreshtoken",
    "secret",
    "secretkey",
    "session",
    "sessionid",
    "sessionkey",
    "sessionsecret",
    "sessiontoken",
    "sid",
    "token",
    "tokenid",
    "tokenvalue",
    "totp",
    "tradetoken",
    "viewtoken",
];
/// Last words of names of secrets, after any other words: `newPassword`, `login_otp`, `feedToken2`.
const LAST_WORDS: [&str; 21] = [
    "bearer",
    "csrf",
    "cvv",
    "jwt",
    "mpin",
    "otp",
    "pass",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "pin",
    "pw",
    "pwd",
    "secret",
    "secrets",
    "seed",
    "signature",
    "token",
    "tokens",
    "totp",
];
/// Last words of names of credentials: no reason makes a string of that name harmless.
const NEVER_HARMLESS: [&str; 7] = ["mpin", "otp", "passcode", "passphrase", "passwd", "password", "totp"];
/// Whole names of the same, in lower case without separators: of `errorCode` the last word is harmless.
const NEVER_HARMLESS_NAMES: [&str; 5] = ["accesscode", "authcode", "biometric", "code", "pin"];
/// Last words of names of guesses and one-time tokens.
const SPENT: [&str; 14] = [
    "biometric",
    "challenge",
    "code",
    "grant",
    "mpin",
    "otp",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "pin",
    "pwd",
    "secret",
    "totp",
];

/// Whether a field of this name holds a secret, unless the spec declares it harmless.
pub(super) fn is_secret(name: &str) -> bool {
    let is_listed = |plain: &str| NAMES.binary_search(&plain).is_ok();
    let words = words(name);
    // The last words, at least two: `searchApiKey`, `brokerSessionId`.
    let ends_like_one = || {
        (0..words.len().saturating_sub(1))
            .any(|from| is_listed(&words.get(from..).unwrap_or_default().concat()))
    };
    is_listed(&plain(name)) || has_last_word(name, &LAST_WORDS) || ends_like_one()
}

/// Whether a string of this name is a credential, even if the spec declares it harmless.
pub(super) fn is_never_harmless(name: &str) -> bool {
    has_last_word(name, &NEVER_HARMLESS) || NEVER_HARMLESS_NAMES.contains(&plain(name).as_str())
}

/// Whether a field of this name holds a guess or a one-time token.
pub(super) fn is_spent(name: &str) -> bool {
    let plain = plain(name);
    let once = plain.contains("onetime") || ["refreshtoken", "authcode"].contains(&plain.as_str());
    once || (is_secret(name) && has_last_word(name, &SPENT))
}

/// In lower case, without separators and numbers at the end.
fn plain(name: &str) -> String {
    let plain: String = name.chars().filter(|character| character.is_alphanumeric()).collect();
    plain.trim_end_matches(|last: char| last.is_ascii_digit()).to_lowercase()
}

fn has_last_word(name: &str, known: &[&str]) -> bool {
    let name = name.trim_end_matches(|last: char| !last.is_alphabetic());
    words(name).last().is_some_and(|word| known.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_names_however_spelled() {
        assert!(NAMES.is_sorted());
        for name in [
            "accessCode",
            "access_code",
            "ACCESS-CODE",
            "Auth",
            "kId",
            "sid",
            "one.time.token",
            "authCode",
            "auth_code",
            "authorizationCode",
            "authorization_code",
            "grant",
            "pan",
            "code",
            "newPassword",
            "login_otp",
            "feedToken2",
            "user-pin",
            "trade_token",
            "searchAPIKey",
            "brokerSessionId",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "accessCodeTime",
            "token_type_hint",
            "tokenType",
            "codes",
            "userid",
            "stCode",
            "spin",
            "grant_type",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn what_is_good_for_one_call_differs_from_what_lasts() {
        for name in
            ["oneTimeToken", "mpin", "accessCode", "X-Login-Password", "refresh_token", "totp", "authCode"]
        {
            assert!(is_spent(name), "{name}");
        }
        for name in ["Auth", "Sid", "sessionToken", "userid", "errorCode"] {
            assert!(!is_spent(name), "{name}");
        }
    }
}
