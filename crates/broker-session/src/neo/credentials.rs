//! What identifies the application and the user.

use std::ops::RangeInclusive;

use broker_session_runtime::{Credential, Secret, TransportBuilder};

use crate::{
    Error,
    check::{check_key, check_user, check_word},
    variables::Variables,
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
///
/// ```
/// let credentials = broker_session::neo::Credentials::new()
///     .mobile("+910000000000")
///     .ucc("MADE1")
///     .access_token("made-up-token");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    pub(super) mobile: Secret,
    pub(super) ucc: String,
    access_token: Option<Secret>,
    neo_fin_key: Option<String>,
    /// Whether they are for a session that there is.
    is_for_session: bool,
}

impl Credentials {
    /// Credentials to sign in with. The mobile number, the UCC and the access token are needed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Credentials to resume a saved session with and to sign out: neither takes a mobile number or an access token. It is
    /// not possible to sign in with them.
    pub fn for_session(ucc: impl Into<String>) -> Self {
        Self { ucc: ucc.into(), is_for_session: true, ..Self::default() }
    }

    /// Sets the registered mobile number, with `+91`.
    pub fn mobile(mut self, mobile: impl Into<Secret>) -> Self {
        self.mobile = mobile.into();
        self
    }

    /// Sets the client code (UCC).
    pub fn ucc(mut self, ucc: impl Into<String>) -> Self {
        self.ucc = ucc.into();
        self
    }

    /// Sets the access token from the broker's dashboard, which the broker's own client calls the consumer key.
    pub fn access_token(mut self, token: impl Into<Secret>) -> Self {
        self.access_token = Some(token.into());
        self
    }

    /// Sets the name of the application as the header `neo-fin-key` states it; `neotradeapi` by default.
    pub fn neo_fin_key(mut self, key: impl Into<String>) -> Self {
        self.neo_fin_key = Some(key.into());
        self
    }

    /// Reads `NEO_MOBILE`, `NEO_UCC`, `NEO_ACCESS_TOKEN` and `NEO_FIN_KEY`.
    pub(super) fn from_env(variables: &Variables) -> Result<Self, Error> {
        Ok(Self {
            mobile: variables.secret("NEO_MOBILE")?.unwrap_or_default(),
            ucc: variables.string("NEO_UCC")?.unwrap_or_default(),
            access_token: variables.secret("NEO_ACCESS_TOKEN")?,
            neo_fin_key: variables.string("NEO_FIN_KEY")?,
            is_for_session: false,
        })
    }

    /// Whether there is an access token.
    pub(super) fn has_access_token(&self) -> bool {
        self.access_token.is_some()
    }

    /// What all programs of the user have, and a store of sessions has not.
    pub(super) fn guess_key(&self) -> Secret {
        self.access_token.clone().unwrap_or_default()
    }

    /// Whether a sign-in can be made with them.
    pub(super) fn check_sign_in(&self) -> Result<(), Error> {
        if self.is_for_session {
            return Err(Error::config("these credentials are for a session alone; a sign-in takes more"));
        }
        Ok(())
    }

    /// The name of the application, as a header carries it.
    pub(super) fn application(&self) -> Secret {
        Secret::from(self.neo_fin_key.as_deref().unwrap_or(NEO_FIN_KEY))
    }

    /// Whether a mobile number can be one. The broker could only refuse anything else, and might count it as a guess.
    pub(super) fn check_mobile(mobile: &Secret) -> Result<(), Error> {
        let digits = mobile.expose().strip_prefix('+').unwrap_or_default();
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        let fits = match digits.strip_prefix(INDIA) {
            Some(national) => national.len() == NATIONAL_DIGITS,
            None => INTERNATIONAL_DIGITS.contains(&digits.len()),
        };
        if is_number && fits {
            return Ok(());
        }
        Err(Error::config(
            "the mobile number (NEO_MOBILE) must be a plus sign, the country code and the number, without anything between, like +919876543210",
        ))
    }

    /// Whether nothing is missing, each is what its name states, and headers and bodies can carry it.
    pub(super) fn check(&self) -> Result<(), Error> {
        let ucc = "UCC (NEO_UCC)";
        check_user(ucc, "the client code that the broker's app shows in the profile, like AB1CD", &self.ucc)?;
        check_word(ucc, &self.ucc)?;
        match &self.access_token {
            Some(token) => check_key("access token (NEO_ACCESS_TOKEN)", token)?,
            None if self.is_for_session => {}
            None => return Err(Error::config("the access token (NEO_ACCESS_TOKEN) is missing")),
        }
        if !self.is_for_session {
            Self::check_mobile(&self.mobile)?;
        }
        check_word("neo-fin-key (NEO_FIN_KEY)", self.application().expose())
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
    pub(super) fn apply_to(&self, transport: TransportBuilder) -> TransportBuilder {
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
        let all =
            [("NEO_MOBILE", "+910000000000"), ("NEO_UCC", "MADE1"), ("NEO_ACCESS_TOKEN", "made-up-token")];
        for (missing, _) in all {
            let variables = Variables::of(move |name| {
                let found = all.iter().find(|(known, _)| *known == name && *known != missing);
                found.map(|(_, value)| value.into())
            });
            let error = Credentials::from_env(&variables).unwrap().check().unwrap_err();
            assert!(error.to_string().contains(missing), "{error}");
        }
    }

    #[test]
    fn what_the_broker_could_only_refuse_is_refused_here() {
        let of = |mobile: &str, ucc: &str, token: &str| {
            Credentials::new().mobile(mobile).ucc(ucc).access_token(token).check()
        };
        assert!(of("+910000000000", "MADE1", "made-up-token").is_ok());
        for mobile in ["", "+", "910000000000", "+91 0000000000", "+91-0000000000", "made-up"] {
            let error = of(mobile, "MADE1", "made-up-token").unwrap_err().to_string();
            assert!(mobile.len() < 2 || !error.contains(mobile), "{error}");
        }
        for mobile in ["0000000000", "+91000000000", "+9100000000000", "00910000000000", "+1234"] {
            let error = of(mobile, "MADE1", "made-up-token").unwrap_err().to_string();
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
            let error = of("+910000000000", ucc, token).unwrap_err().to_string();
            assert!(error.contains(name) && !error.contains("made-up-token"), "{error}");
        }
    }

    #[test]
    fn a_session_needs_neither_mobile_nor_access_token() {
        let credentials = Credentials::for_session("MADE1");
        assert!(credentials.check().is_ok() && credentials.check_sign_in().is_err());
    }
}
