//! What is wrong with the value of a setting, told without the value.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use broker_session::{Error, ErrorKind, Secret};
use jiff::Timestamp;
use serde::Deserialize;

use super::{Finding, Findings};
use crate::{failure::is_cure, output::capitalized, secrets::SecretSource};

/// What is wrong with a value.
#[derive(Clone, Debug)]
pub(crate) struct Flaw {
    /// The kind of error that a sign-in ends with; none if it may go well all the same.
    kind: Option<ErrorKind>,
    /// What the value is: a clause.
    what: String,
    why: String,
    cure: String,
}

impl Flaw {
    /// No sign-in can go well with it.
    pub(crate) fn certain(what: impl Into<String>, why: impl Into<String>, cure: impl Into<String>) -> Self {
        let (what, why, cure) = (what.into(), why.into(), cure.into());
        Self { kind: Some(ErrorKind::Config), what, why, cure }
    }

    /// It is unusual.
    pub(crate) fn doubtful(what: impl Into<String>, why: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { kind: None, ..Self::certain(what, why, cure) }
    }

    /// What the library says against it.
    pub(crate) fn of(error: &Error) -> Self {
        let text = error.to_string();
        let advice = error.hint().unwrap_or(error.kind().advice());
        let text = text.strip_suffix(advice).unwrap_or(&text).trim_end().trim_end_matches('.');
        let (what, cure) = match text.rsplit_once("; ") {
            Some((what, cure)) if is_cure(cure) => (what, format!("{}.", capitalized(cure))),
            _ => (text, advice.to_owned()),
        };
        Self::certain(without_subject(what), "No sign-in can be made with it.", cure)
    }

    /// The same with another reason.
    pub(crate) fn because(self, why: impl Into<String>) -> Self {
        Self { why: why.into(), ..self }
    }

    /// The same with another cure.
    pub(crate) fn with_cure(self, cure: impl Into<String>) -> Self {
        Self { cure: cure.into(), ..self }
    }

    fn finding(self, name: &'static str, place: &str) -> Finding {
        let what = format!("{}; it comes from {place}", self.what);
        match self.kind {
            Some(kind) => Finding::problem(kind, name, what, self.why, self.cure),
            None => Finding::warning(name, what, self.why, self.cure),
        }
    }
}

/// A setting: its name, which is that of its variable, and the place that it comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting<'a> {
    pub(crate) name: &'static str,
    pub(crate) place: Option<&'a str>,
}

impl Findings {
    /// Notes a setting that is no secret, and what is wrong with it. One that is not set is not mentioned.
    pub(crate) fn setting(&mut self, Setting { name, place }: Setting<'_>, flaw: Option<Flaw>) {
        let Some(place) = place else { return };
        self.add(match flaw {
            Some(flaw) => flaw.finding(name, place),
            None => Finding::ok(name, format!("comes from {place}")),
        });
    }

    /// Notes a secret, and what is wrong with it. Returns it if it can be read; one that is not set is not mentioned.
    pub(crate) async fn secret(
        &mut self,
        source: &SecretSource,
        flaw: impl FnOnce(&Secret) -> Option<Flaw>,
    ) -> Option<Secret> {
        let place = source.place();
        match source.read().await {
            Ok(secret) => {
                let secret = secret?;
                let flaw = flaw(&secret);
                self.setting(Setting { name: source.variable, place: place.as_deref() }, flaw);
                Some(secret)
            }
            Err(failure) => {
                self.add(Finding::of(source.variable, "cannot be read", &failure));
                None
            }
        }
    }

    /// Notes a setting that every sign-in needs and that is not set.
    pub(crate) fn missing(&mut self, name: &'static str, what: &str) {
        let why = format!("Every sign-in needs {what}.");
        let cure = format!(
            "Set {name}, or the key of the profile, or type it when `login` asks for it at a terminal."
        );
        self.add(Finding::problem(ErrorKind::Config, name, "is not set", why, cure));
    }

    /// Notes a secret that a person may type in place of setting it.
    pub(crate) fn typed(&mut self, name: &'static str, what: &str) {
        let why = format!("`login` asks for {what} at a terminal. Without one, it must be set.");
        self.add(Finding::skipped(name, "is not set", why));
    }
}

/// A clause about a setting without the name of the setting: `the UCC (NEO_UCC) is …` or `NEO_UCC is …`.
fn without_subject(clause: &str) -> &str {
    let is_variable = |word: &str| {
        word.contains('_')
            && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    match (clause.split_once(' '), clause.split_once(") ")) {
        (Some((name, rest)), _) if is_variable(name) => rest,
        (_, Some((subject, rest))) if subject.rsplit('(').next().is_some_and(is_variable) => rest,
        _ => clause,
    }
}

/// A value that was copied with something around it.
pub(crate) fn plain(text: &str) -> Option<Flaw> {
    let is_quote = |c: char| matches!(c, '"' | '\'' | '\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}');
    let what = if text.starts_with(is_quote) || text.ends_with(is_quote) {
        "has quotes around it"
    } else if text != text.trim() {
        "begins or ends with a blank"
    } else if text.starts_with('<') || text.starts_with("${") || text.contains("...") {
        "is a placeholder of an example"
    } else {
        return None;
    };
    Some(Flaw::certain(
        what,
        "It was copied with what stood around it, or not at all.",
        "Copy the value alone.",
    ))
}

/// A token that is over by what it says about itself (RFC 7519).
pub(crate) fn access_token(token: &Secret) -> Option<Flaw> {
    #[derive(Deserialize)]
    struct Claims {
        exp: f64,
    }
    let claims = token.expose().split('.').nth(1)?;
    let claims: Claims = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let end = Timestamp::from_second(claims.exp as i64).ok()?;
    (end <= Timestamp::now()).then(|| Flaw {
        kind: Some(ErrorKind::Credentials),
        ..Flaw::certain(
            format!("is over since {end}"),
            "The token says so itself; the broker responds with 401.",
            "Make a new access token where the broker shows it.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_of_the_past_is_over() {
        // {"exp":1630434600}, {"exp":32503680000}, {}
        for (claims, is_over) in
            [("eyJleHAiOjE2MzA0MzQ2MDB9", true), ("eyJleHAiOjMyNTAzNjgwMDAwfQ", false), ("e30", false)]
        {
            let token = Secret::new(format!("eyJhbGciOiJIUzI1NiJ9.{claims}.bWFkZS11cA"));
            assert_eq!(access_token(&token).is_some(), is_over, "{claims}");
        }
        assert!(access_token(&Secret::from("made-up-token")).is_none());
    }

    #[test]
    fn what_the_library_says_is_taken_apart() {
        for (clause, what) in [
            ("the UCC (NEO_UCC) is empty", "is empty"),
            ("IBKR_OAUTH2_IP is no address (IPv4)", "is no address (IPv4)"),
            ("both A and B are set", "both A and B are set"),
            ("the file (made up) is empty", "the file (made up) is empty"),
        ] {
            assert_eq!(without_subject(clause), what);
        }
        assert!(is_cure("give it without quotes") && !is_cure("it must be the client code"));
    }

    #[test]
    fn what_stands_around_a_value_is_noticed() {
        for text in ["\"made-up\"", "'made-up", "made-up ", "<made-up>", "${MADE_UP}", "..."] {
            assert!(plain(text).is_some(), "{text}");
        }
        assert!(plain("made-up").is_none());
    }
}
