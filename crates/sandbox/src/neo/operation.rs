//! The operations of the session API and some trading calls, by the ids that the fault injection and the call log use.
//!
//! Beside the documented path stand those of older official clients, which send the same bodies.

use crate::operation::operations;

operations! {
    /// `POST /login/1.0/tradeApiLogin`: the TOTP, for a view session.
    TradeApiLogin = "trade_api_login": POST "/login/1.0/tradeApiLogin",
        "/apim/login/2.0/login/v6/totp/login", "/login/1.0/login/v6/totp/login", "/api/1.0/login/v6/totp/login";
    /// `POST /login/1.0/tradeApiValidate`: the MPIN, for a trade session.
    TradeApiValidate = "trade_api_validate": POST "/login/1.0/tradeApiValidate",
        "/apim/login/2.0/login/v6/totp/validate", "/login/1.0/login/v6/totp/validate",
        "/api/1.0/login/v6/totp/validate";
    /// `GET /login/1.0/get-client-ip`.
    GetClientIp = "get_client_ip": GET "/login/1.0/get-client-ip";
    /// `POST /oauth2/token`: the access token of an application, for older clients.
    Oauth2Token = "oauth2_token": POST "/oauth2/token";
    /// `POST /apim/login/2.0/logout`.
    Logout = "logout": POST "/apim/login/2.0/logout", "/login/1.0/logout", "/api/1.0/logout";
    /// `GET /quick/user/orders`, and `trades`: a trading call, with which a client can prove its session.
    Orders = "orders": GET "/quick/user/orders", "/quick/user/trades",
        "/apim/orders/2.0/quick/user/orders", "/apim/orders/2.0/quick/user/trades",
        "/Orders/2.0/quick/user/orders", "/Orders/2.0/quick/user/trades";
    /// `GET /portfolio/v2/positions`: another one.
    Positions = "positions": GET "/portfolio/v2/positions", "/quick/user/positions",
        "/apim/orders/2.0/quick/user/positions", "/Orders/2.0/quick/user/positions";
    /// `GET /portfolio/v1/holdings`: another one.
    Holdings = "holdings": GET "/portfolio/v1/holdings",
        "/apim/portfolio/2.0/portfolio/v1/holdings", "/Portfolio/1.0/portfolio/v1/holdings";
    /// `POST /quick/user/limits`: another one.
    Limits = "limits": POST "/quick/user/limits",
        "/apim/orders/2.0/quick/user/limits", "/Orders/2.0/quick/user/limits";
}

impl Operation {
    /// The calls that go to the host of the sign-in.
    pub(super) const AT_SIGN_IN: [Self; 4] =
        [Self::TradeApiLogin, Self::TradeApiValidate, Self::GetClientIp, Self::Oauth2Token];

    /// The calls that go to the host that `baseUrl` names.
    pub(super) const AT_BASE_URL: [Self; 5] =
        [Self::Logout, Self::Orders, Self::Positions, Self::Holdings, Self::Limits];

    /// The calls that finish a sign-in or begin one.
    pub(super) fn is_sign_in(self) -> bool {
        matches!(self, Self::TradeApiLogin | Self::TradeApiValidate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_is_at_one_host() {
        let [at_sign_in, at_base_url] = [Operation::AT_SIGN_IN.to_vec(), Operation::AT_BASE_URL.to_vec()];
        for operation in Operation::ALL {
            assert_ne!(at_sign_in.contains(&operation), at_base_url.contains(&operation), "{operation:?}");
        }
    }
}
