//! The accounts a sandbox knows: what a client must present, and what it is told about the user.

use std::fmt;

use crate::variable::Variable;

/// A user of the sandbox, with the credentials it accepts. Every default is plainly made up.
///
/// ```
/// use broker_session_sandbox::neo::Account;
///
/// let account = Account { mpin: "000000".into(), ..Account::default() };
/// assert_eq!(account.ucc, "S4MPL");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Token of the user's application from the broker's dashboard, never expiring: `sandbox-access-token`.
    pub access_token: String,
    /// Consumer key of the user's application, for `oauth2/token` of older clients: `sandbox-consumer-key`.
    pub consumer_key: String,
    /// Consumer secret of the user's application, for `oauth2/token` of older clients: `sandbox-consumer-secret`.
    pub consumer_secret: String,
    /// Registered mobile number, as a client must send it: `+910000000828`.
    pub mobile: String,
    /// Client code (UCC): `S4MPL`.
    pub ucc: String,
    /// The secret that the user's authenticator shares with the broker, in base32, the one of RFC 6238's
    /// test vectors: `GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ`. Spaces, hyphens, padding and case do not matter.
    pub totp_secret: String,
    /// MPIN: `730264`.
    pub mpin: String,
    /// Name by which the user is greeted: `SAMPLE USER`.
    pub name: String,
    /// What answers call `kId`, a tax id: `ABCDE0000A`.
    pub k_id: String,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            access_token: "sandbox-access-token".into(),
            consumer_key: "sandbox-consumer-key".into(),
            consumer_secret: "sandbox-consumer-secret".into(),
            mobile: "+910000000828".into(),
            ucc: "S4MPL".into(),
            totp_secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".into(),
            mpin: "730264".into(),
            name: "SAMPLE USER".into(),
            k_id: "ABCDE0000A".into(),
        }
    }
}

impl Account {
    /// The default account with what the named values say instead, by the names that
    /// [`Account::credentials`] uses, so that the process's environment can be passed as it is.
    /// Other names and empty values are ignored.
    pub fn from_credentials<K: AsRef<str>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let mut account = Self::default();
        for (name, value) in pairs {
            let value = value.into();
            let field = account.by_name().into_iter().find(|(known, _)| *known == name.as_ref());
            if let (Some((_, field)), false) = (field, value.is_empty()) {
                *field = value;
            }
        }
        account
    }

    /// What the account accepts, as names and values for a client's environment.
    pub fn credentials(&self) -> Vec<(&'static str, String)> {
        self.clone().by_name().map(|(name, value)| (name, std::mem::take(value))).into()
    }

    fn by_name(&mut self) -> [(&'static str, &mut String); 5] {
        [
            ("NEO_ACCESS_TOKEN", &mut self.access_token),
            ("NEO_MOBILE", &mut self.mobile),
            ("NEO_UCC", &mut self.ucc),
            ("NEO_TOTP_SECRET", &mut self.totp_secret),
            ("NEO_MPIN", &mut self.mpin),
        ]
    }

    /// What the account accepts and where: all that a client's environment needs.
    pub(super) fn environment(&self, base_url: &str) -> Vec<Variable> {
        let made_up = Self::default().credentials();
        let variables = Variable::of_account(self.credentials(), &made_up, "NEO_UCC");
        variables.chain([Variable::public("NEO_BASE_URL", base_url)]).collect()
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("ucc", &self.ucc).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_survive_a_trip_through_the_environment() {
        let account = Account {
            access_token: "t".into(),
            mobile: "+91".into(),
            ucc: "U1".into(),
            totp_secret: "MFRGG".into(),
            mpin: "2".into(),
            ..Account::default()
        };
        assert_eq!(Account::from_credentials(account.credentials()), account);
    }

    #[test]
    fn unknown_names_and_empty_values_change_nothing() {
        let pairs = [("NEO_MPIN", ""), ("PATH", "/bin"), ("NEO_BASE_URL", "http://127.0.0.1:1")];
        assert_eq!(Account::from_credentials(pairs), Account::default());
    }

    #[test]
    fn only_what_is_no_secret_or_made_up_here_is_public() {
        let account = Account { mpin: "123456".into(), ucc: "OTHER".into(), ..Account::default() };
        let environment = account.environment("http://127.0.0.1:1");
        let hidden: Vec<_> =
            environment.iter().filter(|known| !known.is_public).map(|one| one.name).collect();
        assert_eq!(hidden, ["NEO_MPIN"]);
        assert!(!format!("{environment:?}").contains("123456"));
    }

    #[test]
    fn debug_shows_no_credential() {
        let account = Account::default();
        let debug = format!("{account:?}");
        for (name, value) in account.credentials() {
            assert!(name == "NEO_UCC" || !debug.contains(&value), "{name} in {debug}");
        }
        for value in [&account.k_id, &account.consumer_key, &account.consumer_secret] {
            assert!(!debug.contains(value), "{debug}");
        }
    }
}
