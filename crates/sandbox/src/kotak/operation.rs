//! The operations of the Trade API, by the ids that the fault injection and the call log use.

use crate::operation::operations;

operations! {
    /// `GET /session/init` with the header `userid`.
    SessionInit = "session_init": GET "/session/1.0/session/init";
    /// `GET /session/init/userid/{userid}`.
    SessionInitUserid = "session_init_userid": GET "/session/1.0/session/init/userid/{userid}";
    /// `GET /session/init/nickname/{nickname}`.
    SessionInitNickname = "session_init_nickname": GET "/session/1.0/session/init/nickname/{nickname}";
    /// `POST /session/login/userid`.
    SessionLoginUserid = "session_login_userid": POST "/session/1.0/session/login/userid";
    /// `POST /session/login/nickname`.
    SessionLoginNickname = "session_login_nickname": POST "/session/1.0/session/login/nickname";
    /// `GET /session/2FA/accesscode`: asks the broker to send a code.
    Session2faAccesscodeGet = "session_2fa_accesscode_get": GET "/session/1.0/session/2FA/accesscode";
    /// `POST /session/2FA/accesscode`.
    Session2faAccesscodePost = "session_2fa_accesscode_post": POST "/session/1.0/session/2FA/accesscode";
    /// `POST /session/2FA/oneTimeToken`.
    Session2faOneTimeToken = "session_2fa_one_time_token": POST "/session/1.0/session/2FA/oneTimeToken";
    /// `POST /session/2FA/mpin`.
    Session2faMpin = "session_2fa_mpin": POST "/session/1.0/session/2FA/mpin";
    /// `POST /session/2FA/biometric`.
    Session2faBiometric = "session_2fa_biometric": POST "/session/1.0/session/2FA/biometric";
    /// `DELETE /session/logout`.
    SessionLogout = "session_logout": DELETE "/session/1.0/session/logout";
    /// `POST /token`, at the host's root and below `/apim`.
    Token = "token": POST "/token";
    /// `POST /revoke`, at the host's root and below `/apim`.
    Revoke = "revoke": POST "/revoke";
    /// `GET /stand-in/1.0/account`: no call of the broker's. It stands in for the trading calls, which
    /// need a live session token and are not part of the sandbox.
    StandIn = "stand_in": GET "/stand-in/1.0/account";
}

impl Operation {
    /// The OAuth calls, which also answer at the host's root.
    pub(crate) const OAUTH: [Self; 2] = [Self::Token, Self::Revoke];

    pub(crate) fn is_oauth(self) -> bool {
        Self::OAUTH.contains(&self)
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
}
