//! Secrets are marked with `format: password`, which makes them a type that never shows itself.
//!
//! What is a secret is told by its name. A member of such a name that is none (a fault's `code`, a flag)
//! says so at its place: `x-secret: false` and `x-secret-reason: <why>`.

use serde_json::{Map, Value};

use super::{
    context::{Context, Used, text},
    names::words,
    report::Report,
    silences::is_reason,
};
use crate::document::{join, shape::Kind};

/// Names of secrets, in lower case without separators.
const NAMES: [&str; 53] = [
    "accesscode",
    "accesskey",
    "accesstoken",
    "apikey",
    "apisecret",
    "apitoken",
    "auth",
    "authorization",
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

/// Last words of names of secrets, whatever stands before: `newPassword`, `login_otp`, `feedToken2`.
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

/// Last words of names of what signs in, so that no reason can make a text of that name harmless.
const NEVER_HARMLESS: [&str; 7] = ["mpin", "otp", "passcode", "passphrase", "passwd", "password", "totp"];

/// Last words of names of what is good for one call, or is a guess.
const SPENT: [&str; 13] = [
    "biometric",
    "challenge",
    "code",
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

/// Whether something of this name is a secret, unless it says otherwise.
pub(super) fn is_secret_name(name: &str) -> bool {
    is_listed(&plain(name)) || has_last_word(name, &LAST_WORDS) || ends_like_one(name)
}

fn is_listed(plain: &str) -> bool {
    NAMES.binary_search(&plain).is_ok()
}

/// Whether the last words, at least two, are a secret's: `searchApiKey`, `brokerSessionId`.
fn ends_like_one(name: &str) -> bool {
    let words = words(name);
    (0..words.len().saturating_sub(1)).any(|from| is_listed(&words.get(from..).unwrap_or_default().concat()))
}

/// Whether something of this name is good for one call, or is a guess of which there are few.
pub(super) fn is_spent_name(name: &str) -> bool {
    let plain = plain(name);
    let once = plain.contains("onetime") || ["refreshtoken", "authcode"].contains(&plain.as_str());
    once || (is_secret_name(name) && has_last_word(name, &SPENT))
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

/// Whether the schema is marked as a secret.
fn is_marked(schema: &Value) -> bool {
    schema.get("format").and_then(Value::as_str) == Some("password")
}

/// Something that has a name in the spec: a property or a parameter.
struct Named<'a> {
    name: &'a str,
    /// Where it stands.
    place: String,
    /// What stands there, before references are followed: the place of `x-secret`.
    own: &'a Value,
    schema: Used<'a>,
    /// `path`, `query`, … for parameters.
    place_in_request: Option<&'a str>,
}

impl Named<'_> {
    fn is_declared_harmless(&self) -> bool {
        self.own.get("x-secret") == Some(&Value::Bool(false))
    }

    /// Maps and lists hold secrets; they are none.
    fn is_container(&self) -> bool {
        matches!(self.schema.text("type"), Some("object" | "array"))
            || ["oneOf", "anyOf"].iter().any(|list| self.schema.value.get(list).is_some())
    }
}

/// All properties and parameters.
fn named<'a>(context: &Context<'a>) -> Vec<Named<'a>> {
    let root = context.document.value();
    let properties = context.objects(Kind::Schema).flat_map(|(pointer, _)| {
        context.members(&join(pointer, "properties")).into_iter().filter_map(|(name, schema)| {
            let own = root.pointer(&schema.place)?;
            Some(Named { name, place: schema.place.clone(), own, schema, place_in_request: None })
        })
    });
    let parameters = context.objects(Kind::Parameter).filter_map(|(pointer, parameter)| {
        Some(Named {
            name: text(parameter, "name")?,
            place: pointer.to_owned(),
            own: root.pointer(pointer)?,
            schema: context.used(&join(pointer, "schema"))?,
            place_in_request: text(parameter, "in"),
        })
    });
    properties.chain(parameters).collect()
}

/// Secrets that are not marked, and marks on what is no text.
pub(super) fn format(context: &Context<'_>, report: &mut Report<'_, '_>) {
    // In an answer such a name may be that of a flag: whether somebody has a password.
    let bodies = context.operations.iter().map(|operation| join(&operation.pointer, "requestBody"));
    let sent = context.reach(bodies);
    for named in named(context) {
        let secret = is_secret_name(named.name) && !named.is_declared_harmless() && !named.is_container();
        if secret && !is_marked(named.schema.value) {
            let what = format!("`{}` is named like a secret, but is not marked as one.", named.name);
            let why = "Only what has `format: password` is kept out of logs, Debug and freed memory.";
            let fix = "Write `type: string` and `format: password`; if it is no secret, `x-secret: false` and \
                       `x-secret-reason: <why>`.";
            report.add(&named.place, what, why, fix);
        }
        let is_sent = sent.contains(named.place.as_str()) && named.schema.text("type") == Some("string");
        if is_sent && named.is_declared_harmless() && has_last_word(named.name, &NEVER_HARMLESS) {
            let what = format!("`{}` is declared to be no secret.", named.name);
            let why = "Whoever knows a text of that name can sign in with it.";
            let fix = "Write `format: password` in place of `x-secret: false` and its reason.";
            report.add(&named.place, what, why, fix);
        }
    }
    for (pointer, schema) in context.objects(Kind::Schema) {
        if text(schema, "format") == Some("password") && text(schema, "type") != Some("string") {
            let why = "The type for secrets holds text.";
            let what = "`format: password` stands at something other than a string.";
            report.add(&join(pointer, "format"), what, why, "Write `type: string`.");
        }
    }
}

/// Secrets that would end up in the logs of every server on the way.
pub(super) fn url(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for named in named(context) {
        let Some(place @ ("path" | "query")) = named.place_in_request else {
            continue;
        };
        let secret = is_secret_name(named.name) && !named.is_declared_harmless();
        if secret || is_marked(named.schema.value) {
            let what = format!("The secret `{}` stands in the {place}.", named.name);
            let why = "URLs are logged by every server and proxy on the way.";
            report.add(&named.place, what, why, "Send it in a header or in the body.");
        }
    }
}

/// `x-secret` without a reason, or with another meaning.
pub(super) fn reason(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, node) in context.nodes() {
        declaration(pointer, node.object, report);
    }
}

fn declaration(pointer: &str, object: &Map<String, Value>, report: &mut Report<'_, '_>) {
    let reason = text(object, "x-secret-reason").map(str::trim).unwrap_or_default();
    match object.get("x-secret") {
        Some(Value::Bool(false)) if text(object, "format") == Some("password") => {
            let what = "This is marked as a secret, and declared to be none.";
            let why = "One of the two is wrong.";
            let fix = "Delete `x-secret` and its reason, or `format: password`.";
            report.add(&join(pointer, "x-secret"), what, why, fix);
        }
        Some(Value::Bool(false)) if is_reason(reason) => {}
        Some(Value::Bool(false)) => {
            let what = "`x-secret: false` stands without a reason of two words at least.";
            let why = "Whoever reads this has to be able to tell a decision from a slip.";
            let fix = "Add `x-secret-reason:` with a sentence: why the value is no secret.";
            report.add(&join(pointer, "x-secret"), what, why, fix);
        }
        Some(_) => {
            let why = "It only declares that something is no secret; secrets are marked by their format.";
            let fix = "Write `x-secret: false`, or `format: password` in the schema.";
            report.add(&join(pointer, "x-secret"), "`x-secret` is not `false`.", why, fix);
        }
        None if object.contains_key("x-secret-reason") => {
            let what = "`x-secret-reason` stands without `x-secret: false`.";
            let why = "A reason alone declares nothing.";
            report.add(&join(pointer, "x-secret-reason"), what, why, "Add `x-secret: false`, or delete it.");
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{NAMES, is_secret_name, is_spent_name};

    #[test]
    fn the_names_are_sorted_for_the_search() {
        assert!(NAMES.is_sorted());
    }

    #[test]
    fn spelling_does_not_matter() {
        for name in ["accessCode", "access_code", "ACCESS-CODE", "Auth", "kId", "sid", "one.time.token"] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "newPassword",
            "login_otp",
            "feedToken2",
            "user-pin",
            "trade_token",
            "searchAPIKey",
            "brokerSessionId",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["accessCodeTime", "token_type_hint", "tokenType", "codes", "userid", "stCode", "spin"] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn what_is_good_for_one_call_is_told_from_what_lasts() {
        for name in ["oneTimeToken", "mpin", "accessCode", "X-Login-Password", "refresh_token", "totp"] {
            assert!(is_spent_name(name), "{name}");
        }
        for name in ["Auth", "Sid", "sessionToken", "userid", "errorCode"] {
            assert!(!is_spent_name(name), "{name}");
        }
    }
}
