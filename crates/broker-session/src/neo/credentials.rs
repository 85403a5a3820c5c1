//! What identifies the application and the user.

use broker_session_runtime::{Credential, Secret, TransportBuilder};

use crate::{Error, environment::Environment};

/// The name of the application, unless the broker gave out another one.
const NEO_FIN_KEY: &str = "neotradeapi";

/// How many digits an Indian mobile number has without the country code.
const NATIONAL_DIGITS: usize = 10;

/// What identifies the application and the user; everything but the guesses (one-time password, MPIN).
#[derive(Clone, Debug)]
pub struct Credentials {
    pub(super) mobile: Secret,
    pub(super) ucc: String,
    access_token: Secret,
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
            access_token: access_token.into(),
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

    /// Whether a mobile number can be one. The broker could only refuse anything else, and might count it as a guess.
    pub(super) fn check_mobile(mobile: &Secret) -> Result<(), Error> {
        let is_number = |text: &str| text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_digit());
        if !mobile.expose().strip_prefix('+').is_some_and(is_number) {
            let what = "the mobile number must be a plus sign, the country code and the number, without anything between";
            return Err(Error::config(what));
        }
        Ok(())
    }

    /// Whether the headers and the body can carry the rest.
    pub(super) fn check(&self) -> Result<(), Error> {
        let is_word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        for (name, value) in [
            ("UCC", self.ucc.as_str()),
            ("access token", self.access_token.expose()),
            ("neo-fin-key", self.neo_fin_key.as_str()),
        ] {
            if !is_word(value) {
                return Err(Error::config(format!(
                    "the {name} is empty, or has spaces or other characters that it cannot have"
                )));
            }
        }
        Ok(())
    }

    /// Everything secret in it: the mobile number as servers may write it, too, without the plus sign or the country
    /// code.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        let digits = self.mobile.expose().trim_start_matches('+');
        let national =
            digits.char_indices().rev().nth(NATIONAL_DIGITS - 1).map(|(start, _)| digits.split_at(start).1);
        let numbers = [Some(digits), national].into_iter().flatten().map(Secret::from);
        [self.mobile.clone(), self.access_token.clone()].into_iter().chain(numbers).collect()
    }

    /// Gives a transport the credentials under the names of the spec's security schemes.
    pub(super) fn equip(&self, transport: TransportBuilder) -> TransportBuilder {
        transport
            .credential("accessToken", Credential::Token(self.access_token.clone()))
            .credential("neoFinKey", Credential::Token(Secret::from(self.neo_fin_key.as_str())))
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
        for (ucc, token, name) in [
            (" MADE1", "made-up-token", "UCC"),
            ("", "made-up-token", "UCC"),
            ("MADE1", "made up", "access token"),
        ] {
            assert!(of("+910000000000", ucc, token).check().unwrap_err().to_string().contains(name));
        }
    }
}
