//! The accounts a sandbox knows: what a client must present, and what it is told about the user.

use std::fmt;

use crate::variable::Variable;

/// A user of the sandbox, with the credentials it accepts. Every default is plainly made up.
///
/// ```
/// use broker_session_sandbox::kotak::Account;
///
/// let account = Account { mpin: None, ..Account::default() };
/// assert_eq!(account.userid, "S4MPL3");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The user's id: `S4MPL3`.
    pub userid: String,
    /// The user's nickname, for the nickname calls: `sample-nickname`.
    pub nickname: String,
    /// Name shown in the final session: `SAMPLE USER`.
    pub client_name: String,
    /// Password: `sandbox-password`.
    pub password: String,
    /// Bearer token of the user's application, never expiring: `sandbox-access-token`.
    pub access_token: String,
    /// Consumer key of the user's application: `sandbox-consumer-key`.
    pub consumer_key: String,
    /// Consumer secret of the user's application, for `token` and `revoke`: `sandbox-consumer-secret`.
    pub consumer_secret: String,
    /// The first access code, current when the sandbox starts: `604821`.
    pub access_code: String,
    /// MPIN, if the user has set one up: `730264`.
    pub mpin: Option<String>,
    /// Biometric token, if the user has set one up: `sandbox-biometric`.
    pub biometric: Option<String>,
    /// E-mail address, shown masked: `sample@example.com`.
    pub email: String,
    /// Phone number, shown masked: `0000000828`.
    pub phone: String,
    /// What `init` calls `status`: `Success`. With anything but `Success` and `Active` (the broker also
    /// has `Inactive`, `Deactive`, `Closed`), `init` adds a `weblink` (observed) and login is refused with
    /// code 999003 (inferred).
    pub status: String,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            userid: "S4MPL3".into(),
            nickname: "sample-nickname".into(),
            client_name: "SAMPLE USER".into(),
            password: "sandbox-password".into(),
            access_token: "sandbox-access-token".into(),
            consumer_key: "sandbox-consumer-key".into(),
            consumer_secret: "sandbox-consumer-secret".into(),
            access_code: "604821".into(),
            mpin: Some("730264".into()),
            biometric: Some("sandbox-biometric".into()),
            email: "sample@example.com".into(),
            phone: "0000000828".into(),
            status: "Success".into(),
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
            if value.is_empty() {
                continue;
            }
            match name.as_ref() {
                "KOTAK_ACCESS_TOKEN" => account.access_token = value,
                "KOTAK_CONSUMER_KEY" => account.consumer_key = value,
                "KOTAK_CONSUMER_SECRET" => account.consumer_secret = value,
                "KOTAK_USERID" => account.userid = value,
                "KOTAK_PASSWORD" => account.password = value,
                "KOTAK_ACCESS_CODE" => account.access_code = value,
                "KOTAK_MPIN" => account.mpin = Some(value),
                "KOTAK_BIOMETRIC" => account.biometric = Some(value),
                _ => {}
            }
        }
        account
    }

    /// What the account accepts, as names and values for a client's environment. A factor that is not
    /// set up is left out. The access code is the first one; [`super::Sandbox::access_code`] has the current.
    pub fn credentials(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![
            ("KOTAK_ACCESS_TOKEN", self.access_token.clone()),
            ("KOTAK_CONSUMER_KEY", self.consumer_key.clone()),
            ("KOTAK_CONSUMER_SECRET", self.consumer_secret.clone()),
            ("KOTAK_USERID", self.userid.clone()),
            ("KOTAK_PASSWORD", self.password.clone()),
            ("KOTAK_ACCESS_CODE", self.access_code.clone()),
        ];
        pairs.extend(self.mpin.clone().map(|mpin| ("KOTAK_MPIN", mpin)));
        pairs.extend(self.biometric.clone().map(|biometric| ("KOTAK_BIOMETRIC", biometric)));
        pairs
    }

    /// What the account accepts and where: all that a client's environment needs.
    pub(super) fn environment(&self, base_url: &str) -> Vec<Variable> {
        let made_up = Self::default().credentials();
        let variables = Variable::of_account(self.credentials(), &made_up, "KOTAK_USERID");
        variables.chain([Variable::public("KOTAK_BASE_URL", base_url)]).collect()
    }

    pub(crate) fn is_active(&self) -> bool {
        matches!(self.status.as_str(), "Success" | "Active")
    }

    /// All but the last three characters covered, as in the broker's sample `XXXXXXX828`.
    pub(crate) fn masked_phone(&self) -> String {
        let length = self.phone.chars().count();
        self.phone.chars().enumerate().map(|(at, c)| if at + 3 < length { 'X' } else { c }).collect()
    }

    /// All of the mailbox's name but its first character covered.
    pub(crate) fn masked_email(&self) -> String {
        let at_sign = self.email.chars().take_while(|c| *c != '@').count();
        self.email
            .chars()
            .enumerate()
            .map(|(at, c)| if (1..at_sign).contains(&at) { 'X' } else { c })
            .collect()
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("userid", &self.userid)
            .field("nickname", &self.nickname)
            .field("status", &self.status)
            .field("mpin_set_up", &self.mpin.is_some())
            .field("biometric_set_up", &self.biometric.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_and_email_are_masked_as_the_broker_masks_them() {
        let account = Account::default();
        assert_eq!(account.masked_phone(), "XXXXXXX828");
        assert_eq!(account.masked_email(), "sXXXXX@example.com");
        let short = Account { phone: "12".into(), email: "@".into(), ..Account::default() };
        assert_eq!((short.masked_phone(), short.masked_email()), ("12".into(), "@".into()));
    }

    #[test]
    fn credentials_survive_a_trip_through_the_environment() {
        let account = Account {
            userid: "U1".into(),
            password: "p".into(),
            access_token: "t".into(),
            consumer_key: "k".into(),
            consumer_secret: "s".into(),
            access_code: "1".into(),
            mpin: Some("2".into()),
            biometric: Some("3".into()),
            ..Account::default()
        };
        assert_eq!(Account::from_credentials(account.credentials()), account);
    }

    #[test]
    fn unknown_names_and_empty_values_change_nothing() {
        let pairs = [("KOTAK_PASSWORD", ""), ("PATH", "/bin"), ("KOTAK_BASE_URL", "http://127.0.0.1:1")];
        assert_eq!(Account::from_credentials(pairs), Account::default());
    }

    #[test]
    fn debug_shows_no_credential() {
        let account = Account::default();
        let debug = format!("{account:?}");
        for (name, value) in account.credentials() {
            assert!(name == "KOTAK_USERID" || !debug.contains(&value), "{name} in {debug}");
        }
    }
}
