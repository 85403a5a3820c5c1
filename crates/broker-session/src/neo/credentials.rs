//! What identifies the application and the user.

use std::ops::RangeInclusive;

use broker_session_runtime::{Credential, Secret, TransportBuilder};

use crate::{
    Error,
    environment::Environment,
    settings::{check_key, check_user, check_word},
};

/// The name of the application, unless the broker gave out another one.
const NEO_FIN_KEY: &str = "neotradeapi";

/// India's country code.
const INDIA: &str = "91";

/// How many digits any mobile number has, the country code included (E.164).
const INTERNATIONAL_DIGITS: RangeInclusive<usize> = 7..=15;

/// How many digits an Indian mobile number has without the country code.
const NATIONAL_DIGITS: usize = 10;

/// What identifies the application and the user; everything but the guesses (one-time password, MPIN).
#[derive(Clone, Debug)]
pub struct Credentials {
    pub(super) mobile: Secret,
    pub(super) ucc: String,
    access_token: Option<Secret>,
    neo_fin_key: String,
}

impl Credentials {
    /// Credentials for a client code (UCC).
    ///
    /// `mobile` is the registered mobile number with `+91`; `access_token` is the token from the broker's dashboard,
    /// which its own client calls the consumer key.
    pub fn new(mobile: impl Into<Secret>, ucc: impl Into<String>, access_token: impl Into<Secret>) -> Self {
        Self {
            mobile: mobile.into(),
            ucc: ucc.into(),
            access_token: Some(access_token.into()),
            neo_fin_key: NEO_FIN_KEY.to_owned(),
        }
    }

    /// Credentials to take up a saved session with and to sign out: neither takes an access token. Nobody can sign in
    /// with them.
    pub fn for_session(ucc: impl Into<String>) -> Self {
        Self {
            mobile: Secret::default(),
            ucc: ucc.into(),
            access_token: None,
            neo_fin_key: NEO_FIN_KEY.to_owned(),
        }
    }

    /// Reads `NEO_MOBILE`, `NEO_UCC`, `NEO_ACCESS_TOKEN`, and `NEO_FIN_KEY` where it is set.
    ///
    /// # Errors
    /// `Config` if one of the first three is missing.
    pub fn from_env() -> Result<Self, Error> {
        Self::from(&Environment::of_process())
    }

    fn from(environment: &Environment) -> Result<Self, Error> {
        let credentials = Self::new(
            environment.needed("NEO_MOBILE")?,
            environment.needed("NEO_UCC")?,
            environment.needed("NEO_ACCESS_TOKEN")?,
        );
        Ok(match environment.given("NEO_FIN_KEY") {
            Some(key) => credentials.neo_fin_key(key),
            None => credentials,
        })
    }

    /// Sets the name of the application as the header `neo-fin-key` states it; `neotradeapi` unless told.
    pub fn neo_fin_key(mut self, key: impl Into<String>) -> Self {
        self.neo_fin_key = key.into();
        self
    }

    /// Whether there is an access token.
    pub(super) fn has_access_token(&self) -> bool {
        self.access_token.is_some()
    }

    /// The name of the application, as a header carries it.
    pub(super) fn application(&self) -> Secret {
        Secret::from(self.neo_fin_key.as_str())
    }

    /// Whether a mobile number can be one. The broker could only refuse anything else, and might count it as a guess.
    pub(super) fn check_mobile(mobile: &Secret) -> Result<(), Error> {
        let digits = mobile.expose().strip_prefix('+').unwrap_or_default();
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        let fits = match digits.strip_prefix(INDIA) {
            Some(national) => national.len() == NATIONAL_DIGITS,
            None => INTERNATIONAL_DIGITS.contains(&digits.len()),
        };
        match is_number && fits {
            true => Ok(()),
            false => Err(Error::config(
                "the mobile number (NEO_MOBILE) must be a plus sign, the country code and the number, without anything between, like +919876543210",
            )),
        }
    }

    /// Whether the headers and the body can carry the rest, and whether it is what its name says.
    pub(super) fn check(&self) -> Result<(), Error> {
        check_user(
            "UCC (NEO_UCC)",
            "the client code that the broker's app shows in the profile, like AB1CD",
            &self.ucc,
        )?;
        check_word("UCC (NEO_UCC)", &self.ucc)?;
        if let Some(token) = &self.access_token {
            check_key("access token (NEO_ACCESS_TOKEN)", token)?;
        }
        check_word("neo-fin-key (NEO_FIN_KEY)", &self.neo_fin_key)
    }

    /// Everything secret in it: the mobile number as servers may write it, too, without the plus sign or the country
    /// code.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        let digits = self.mobile.expose().trim_start_matches('+');
        let national =
            digits.char_indices().rev().nth(NATIONAL_DIGITS - 1).map(|(start, _)| digits.split_at(start).1);
        let numbers = [Some(digits), national].into_iter().flatten().map(Secret::from);
        [self.mobile.clone()].into_iter().chain(self.access_token.clone()).chain(numbers).collect()
    }

    /// Gives a transport the credentials under the names of the spec's security schemes.
    pub(super) fn equip(&self, transport: TransportBuilder) -> TransportBuilder {
        let transport = transport.credential("neoFinKey", Credential::Token(self.application()));
        match &self.access_token {
            Some(token) => transport.credential("accessToken", Credential::Token(token.clone())),
            None => transport,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_in_the_environment_is_named() {
        let error = Credentials::from(&Environment::of(|_| None)).unwrap_err();
        assert!(error.to_string().contains("NEO_MOBILE"), "{error}");
        let all_but_token = Environment::of(|name| (name != "NEO_ACCESS_TOKEN").then(|| "x".to_owned()));
        let error = Credentials::from(&all_but_token).unwrap_err();
        assert!(error.to_string().contains("NEO_ACCESS_TOKEN"), "{error}");
    }

    #[test]
    fn what_the_broker_could_only_refuse_is_refused_here() {
        let of = |mobile: &str, ucc: &str, token: &str| Credentials::new(mobile, ucc, token);
        let right = of("+910000000000", "MADE1", "made-up-token");
        assert!(right.check().is_ok() && Credentials::check_mobile(&right.mobile).is_ok());
        for mobile in ["", "+", "910000000000", "+91 0000000000", "+91-0000000000", "made-up"] {
            let error = Credentials::check_mobile(&Secret::from(mobile)).unwrap_err().to_string();
            assert!(mobile.len() < 2 || !error.contains(mobile), "{error}");
        }
        for mobile in ["0000000000", "+91000000000", "+9100000000000", "00910000000000", "+1234"] {
            let error = Credentials::check_mobile(&Secret::from(mobile)).unwrap_err().to_string();
            assert!(error.contains("NEO_MOBILE") && error.contains("+919876543210"), "{error}");
        }
        for (ucc, token, name) in [
            (" MADE1", "made-up-token", "NEO_UCC"),
            ("", "made-up-token", "NEO_UCC"),
            ("made-up@broker.example", "made-up-token", "an e-mail address; it must be the client code"),
            ("0000000000", "made-up-token", "a mobile number; it must be the client code"),
            ("+910000000000", "made-up-token", "like AB1CD"),
            ("MADE1", "made up", "NEO_ACCESS_TOKEN"),
            ("MADE1", "", "NEO_ACCESS_TOKEN"),
            ("MADE1", "Bearer made-up-token", "without `Bearer`"),
            ("MADE1", "\"made-up-token\"", "quotes"),
            ("MADE1", "made-up-token\n", "line break"),
        ] {
            let error = of("+910000000000", ucc, token).check().unwrap_err().to_string();
            assert!(error.contains(name) && !error.contains("made-up-token"), "{error}");
        }
    }

    #[test]
    fn a_session_needs_no_access_token() {
        assert!(Credentials::for_session("MADE1").check().is_ok());
    }
}
