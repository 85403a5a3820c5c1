//! The accounts of a sandbox: what a client must present, and what responses contain about the user.

use std::fmt;

use crate::accounts::credentials;

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
    /// The field `kId`, a tax id: `ABCDE0000A`.
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

credentials!("NEO_UCC", "NEO_BASE_URL");

impl Account {
    fn by_name(&mut self) -> [(&'static str, &mut String); 5] {
        [
            ("NEO_ACCESS_TOKEN", &mut self.access_token),
            ("NEO_MOBILE", &mut self.mobile),
            ("NEO_UCC", &mut self.ucc),
            ("NEO_TOTP_SECRET", &mut self.totp_secret),
            ("NEO_MPIN", &mut self.mpin),
        ]
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("ucc", &self.ucc).finish_non_exhaustive()
    }
}
