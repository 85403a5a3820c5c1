//! The operations of the session API, by the ids that the fault injection and the call log use.

use crate::operation::operations;

operations! {
    /// `POST /login/1.0/tradeApiLogin`: the TOTP, for a view session.
    TradeApiLogin = "trade_api_login": POST "/login/1.0/tradeApiLogin";
    /// `POST /login/1.0/tradeApiValidate`: the MPIN, for a trade session.
    TradeApiValidate = "trade_api_validate": POST "/login/1.0/tradeApiValidate";
    /// `GET /login/1.0/get-client-ip`.
    GetClientIp = "get_client_ip": GET "/login/1.0/get-client-ip";
    /// `POST /apim/login/2.0/logout`.
    Logout = "logout": POST "/apim/login/2.0/logout";
    /// `POST /quick/user/limits`: stands in for the trading calls, which need a live trade session and are not
    /// part of the sandbox.
    Limits = "limits": POST "/quick/user/limits";
}

impl Operation {
    /// The calls that finish a sign-in or begin one.
    pub(super) fn is_sign_in(self) -> bool {
        matches!(self, Self::TradeApiLogin | Self::TradeApiValidate)
    }
}
