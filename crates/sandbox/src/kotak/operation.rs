//! The operations of the Trade API, by the ids that the fault injection and the call log use.

use axum::routing::MethodFilter;

/// One operation of the broker's API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `GET /session/init` with the header `userid`.
    SessionInit,
    /// `GET /session/init/userid/{userid}`.
    SessionInitUserid,
    /// `GET /session/init/nickname/{nickname}`.
    SessionInitNickname,
    /// `POST /session/login/userid`.
    SessionLoginUserid,
    /// `POST /session/login/nickname`.
    SessionLoginNickname,
    /// `GET /session/2FA/accesscode`: asks the broker to send a code.
    Session2faAccesscodeGet,
    /// `POST /session/2FA/accesscode`.
    Session2faAccesscodePost,
    /// `POST /session/2FA/oneTimeToken`.
    Session2faOneTimeToken,
    /// `POST /session/2FA/mpin`.
    Session2faMpin,
    /// `POST /session/2FA/biometric`.
    Session2faBiometric,
    /// `DELETE /session/logout`.
    SessionLogout,
    /// `POST /token`, at the host's root and below `/apim`.
    Token,
    /// `POST /revoke`, at the host's root and below `/apim`.
    Revoke,
    /// `GET /stand-in/1.0/account`: no call of the broker's. It stands in for the trading calls, which
    /// need a live session token and are not part of the sandbox.
    StandIn,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 14] = [
        Self::SessionInit,
        Self::SessionInitUserid,
        Self::SessionInitNickname,
        Self::SessionLoginUserid,
        Self::SessionLoginNickname,
        Self::Session2faAccesscodeGet,
        Self::Session2faAccesscodePost,
        Self::Session2faOneTimeToken,
        Self::Session2faMpin,
        Self::Session2faBiometric,
        Self::SessionLogout,
        Self::Token,
        Self::Revoke,
        Self::StandIn,
    ];

    /// The operation's id in snake case, for example `session_login_userid`.
    pub fn id(self) -> &'static str {
        self.row().0
    }

    /// The operation with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.id() == id)
    }

    /// The path below a base, with axum's placeholders.
    pub(crate) fn path(self) -> &'static str {
        self.row().2
    }

    pub(crate) fn method(self) -> MethodFilter {
        self.row().1
    }

    /// True for the OAuth calls, which also answer at the host's root.
    pub(crate) fn is_oauth(self) -> bool {
        matches!(self, Self::Token | Self::Revoke)
    }

    /// True for the calls that finish a sign-in with a second factor.
    pub(crate) fn is_second_factor(self) -> bool {
        matches!(
            self,
            Self::Session2faAccesscodeGet
                | Self::Session2faAccesscodePost
                | Self::Session2faOneTimeToken
                | Self::Session2faMpin
                | Self::Session2faBiometric
        )
    }

    fn row(self) -> (&'static str, MethodFilter, &'static str) {
        use MethodFilter as M;
        match self {
            Self::SessionInit => ("session_init", M::GET, "/session/1.0/session/init"),
            Self::SessionInitUserid => {
                ("session_init_userid", M::GET, "/session/1.0/session/init/userid/{userid}")
            }
            Self::SessionInitNickname => {
                ("session_init_nickname", M::GET, "/session/1.0/session/init/nickname/{nickname}")
            }
            Self::SessionLoginUserid => {
                ("session_login_userid", M::POST, "/session/1.0/session/login/userid")
            }
            Self::SessionLoginNickname => {
                ("session_login_nickname", M::POST, "/session/1.0/session/login/nickname")
            }
            Self::Session2faAccesscodeGet => {
                ("session_2fa_accesscode_get", M::GET, "/session/1.0/session/2FA/accesscode")
            }
            Self::Session2faAccesscodePost => {
                ("session_2fa_accesscode_post", M::POST, "/session/1.0/session/2FA/accesscode")
            }
            Self::Session2faOneTimeToken => {
                ("session_2fa_one_time_token", M::POST, "/session/1.0/session/2FA/oneTimeToken")
            }
            Self::Session2faMpin => ("session_2fa_mpin", M::POST, "/session/1.0/session/2FA/mpin"),
            Self::Session2faBiometric => {
                ("session_2fa_biometric", M::POST, "/session/1.0/session/2FA/biometric")
            }
            Self::SessionLogout => ("session_logout", M::DELETE, "/session/1.0/session/logout"),
            Self::Token => ("token", M::POST, "/token"),
            Self::Revoke => ("revoke", M::POST, "/revoke"),
            Self::StandIn => ("stand_in", M::GET, "/stand-in/1.0/account"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_found_by_its_id() {
        for operation in Operation::ALL {
            assert_eq!(Operation::from_id(operation.id()), Some(operation));
        }
        assert_eq!(Operation::from_id("session"), None);
    }
}
