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
    /// `GET /reports/1.0/orders`, and `trades`: a call of the Trade API, with which a client can prove its session.
    OrderReport = "order_report": GET "/reports/1.0/orders", "/reports/1.0/trades";
    /// `GET /positions/1.0/positions/open`, `todays` and `stocks`: another one.
    Positions = "positions": GET
        "/positions/1.0/positions/open", "/positions/1.0/positions/todays", "/positions/1.0/positions/stocks";
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
            Self::Session2faAccesscodePost
                | Self::Session2faOneTimeToken
                | Self::Session2faMpin
                | Self::Session2faBiometric
        )
    }

    /// True for the calls of the Trade API that need a session. The spec does not describe them.
    pub(crate) fn is_trading(self) -> bool {
        matches!(self, Self::OrderReport | Self::Positions)
    }

    /// True for the calls whose observed envelope is `success` in lower case.
    pub(crate) fn has_lower_envelope(self) -> bool {
        self.is_second_factor() || self == Self::OrderReport
    }
}
