//! The accounts of a sandbox: what a client must present, and what responses contain about the user.

use std::fmt;

use crate::accounts::credentials;

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
    /// The field `status` of `init`: `Success`. With anything but `Success` and `Active` (the broker also
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

credentials! {
    "KOTAK_USERID", "KOTAK_BASE_URL",
    /// A factor that is not set up is left out. The access code is the first one; [`super::Sandbox::access_code`] has the
    /// current.
}

impl Account {
    fn by_name(&mut self) -> Vec<(&'static str, &mut String)> {
        let mut fields = vec![
            ("KOTAK_ACCESS_TOKEN", &mut self.access_token),
            ("KOTAK_CONSUMER_KEY", &mut self.consumer_key),
            ("KOTAK_CONSUMER_SECRET", &mut self.consumer_secret),
            ("KOTAK_USERID", &mut self.userid),
            ("KOTAK_PASSWORD", &mut self.password),
            ("KOTAK_ACCESS_CODE", &mut self.access_code),
        ];
        fields.extend(self.mpin.as_mut().map(|mpin| ("KOTAK_MPIN", mpin)));
        fields.extend(self.biometric.as_mut().map(|biometric| ("KOTAK_BIOMETRIC", biometric)));
        fields
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
        let masked = |(at, c)| if (1..at_sign).contains(&at) { 'X' } else { c };
        self.email.chars().enumerate().map(masked).collect()
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
}
