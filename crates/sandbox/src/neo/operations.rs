//! Each operation: what it reads from the request, what it asks of the state, and the body of its response.

use http::header::AUTHORIZATION;
use serde_json::{Value, json};

use super::{
    base_url::BaseUrl,
    responses::{self, Refusal},
    state::{Credentials, State},
};
use crate::{operation::operations, routes::ReceivedRequest};

// Beside the documented paths stand those of older official clients, which send the same bodies.
operations! {
    /// The TOTP, for a view session.
    TradeApiLogin = "trade_api_login", at "/apim/login/2.0/login/v6/totp/login" "/login/1.0/login/v6/totp/login"
        "/api/1.0/login/v6/totp/login";
    /// The MPIN, for a trade session.
    TradeApiValidate = "trade_api_validate", at "/apim/login/2.0/login/v6/totp/validate"
        "/login/1.0/login/v6/totp/validate" "/api/1.0/login/v6/totp/validate";
    GetClientIp = "get_client_ip";
    /// The access token of an application, for older clients.
    Oauth2Token = "oauth2_token", also POST, at "/oauth2/token";
    Logout = "logout", at "/login/1.0/logout" "/api/1.0/logout";
    /// A trading call, with which a client can prove its session.
    Orders = "orders", also GET, at "/quick/user/orders" "/quick/user/trades"
        "/apim/orders/2.0/quick/user/orders" "/apim/orders/2.0/quick/user/trades"
        "/Orders/2.0/quick/user/orders" "/Orders/2.0/quick/user/trades";
    /// Another one.
    Positions = "positions", also GET, at "/portfolio/v2/positions" "/quick/user/positions"
        "/apim/orders/2.0/quick/user/positions" "/Orders/2.0/quick/user/positions";
    /// Another one.
    Holdings = "holdings", also GET, at "/portfolio/v1/holdings" "/apim/portfolio/2.0/portfolio/v1/holdings"
        "/Portfolio/1.0/portfolio/v1/holdings";
    /// Another one.
    Limits = "limits", also POST, at "/quick/user/limits" "/apim/orders/2.0/quick/user/limits"
        "/Orders/2.0/quick/user/limits";
}

impl Operation {
    /// The calls that go to the host of the sign-in.
    pub(super) const AT_SIGN_IN: [Self; 4] =
        [Self::TradeApiLogin, Self::TradeApiValidate, Self::GetClientIp, Self::Oauth2Token];

    /// The calls that go to the host that `baseUrl` names.
    pub(super) const AT_BASE_URL: [Self; 5] =
        [Self::Logout, Self::Orders, Self::Positions, Self::Holdings, Self::Limits];
}

/// Carries out a call, and returns the body of its response.
pub(super) fn respond(
    state: &mut State,
    base_url: &BaseUrl,
    strict_headers: bool,
    operation: Operation,
    request: &ReceivedRequest,
) -> Result<Value, Refusal> {
    if request.body.is_none() {
        return Err(Refusal::TooLong);
    }
    if let Some(violation) = &request.violation {
        return Err(Refusal::Violation(violation.clone()));
    }
    let field = |name| request.json_string(name);
    match operation {
        Operation::TradeApiLogin => {
            let access_token = application(request)?;
            let opened = state.login(access_token, &field("mobileNumber"), &field("ucc"), &field("totp"))?;
            Ok(responses::session(&opened, base_url))
        }
        Operation::TradeApiValidate => {
            let access_token = application(request)?;
            let opened = state.validate(access_token, &credentials(request)?, &field("mpin"))?;
            Ok(responses::session(&opened, base_url))
        }
        Operation::GetClientIp => {
            let access_token = header(request, AUTHORIZATION.as_str())?;
            let trade = credentials(request)?;
            state.check_access_token(access_token)?;
            if state.trading(&trade)?.access_token != access_token {
                return Err(Refusal::Session);
            }
            Ok(responses::client_ip(request.at))
        }
        Operation::Oauth2Token => {
            let token = request.basic().and_then(|(key, secret)| state.access_token(&key, &secret));
            token.map(responses::access_token).ok_or(Refusal::Client)
        }
        // Earlier clients put `Bearer` before the access token here; it is not checked (inferred).
        Operation::Logout => state.logout(&credentials(request)?).map(|()| responses::logout()),
        // No order can be placed here, so the lists are empty.
        Operation::Orders | Operation::Positions | Operation::Holdings => {
            trade(state, strict_headers, request)?;
            Ok(json!({ "stat": "Ok", "stCode": 200, "data": [] }))
        }
        Operation::Limits => {
            trade(state, strict_headers, request)?;
            Ok(
                json!({ "stat": "Ok", "stCode": 200, "Category": "CLIENT", "Net": "100000.00", "MarginUsed": "0.00" }),
            )
        }
    }
}

/// Checks what every trading call shows: a session and, as the documentation has it, the application with its access
/// token. Official clients leave the latter two out of some calls.
fn trade(state: &State, strict_headers: bool, request: &ReceivedRequest) -> Result<(), Refusal> {
    let session = credentials(request)?;
    if strict_headers {
        application(request)?;
    }
    if request.header(AUTHORIZATION.as_str()).is_some() {
        state.check_access_token(access_token(request)?)?;
    }
    state.trading(&session).map(drop)
}

/// The access token of an application that sends its name, which the broker calls the financial key.
fn application(request: &ReceivedRequest) -> Result<&str, Refusal> {
    request.header("neo-fin-key").filter(|value| !value.is_empty()).ok_or(Refusal::MissingNeoFinKey)?;
    access_token(request)
}

/// The access token. The documented calls of the sign-in have it without `Bearer`, and with it, it is another token;
/// older paths of the sign-in and the trading calls were called with `Bearer` as well.
fn access_token(request: &ReceivedRequest) -> Result<&str, Refusal> {
    let takes_bearer = !request.head.uri.path().starts_with("/login/1.0/tradeApi");
    let bearer = if takes_bearer { request.authorization("bearer") } else { None };
    bearer.map_or_else(|| header(request, AUTHORIZATION.as_str()), Ok)
}

fn credentials(request: &ReceivedRequest) -> Result<Credentials, Refusal> {
    let header = |name| request.header(name).map(str::to_owned).ok_or(Refusal::MissingHeader);
    Ok(Credentials { sid: header("sid")?, token: header("auth")? })
}

/// A header that identifies the caller. An empty one counts as missing (inferred), which the spec cannot express.
fn header<'a>(request: &'a ReceivedRequest, name: &str) -> Result<&'a str, Refusal> {
    request.header(name).filter(|value| !value.is_empty()).ok_or(Refusal::MissingHeader)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_is_at_one_host() {
        for operation in Operation::ALL {
            let is_at_sign_in = Operation::AT_SIGN_IN.contains(&operation);
            assert_ne!(is_at_sign_in, Operation::AT_BASE_URL.contains(&operation), "{operation:?}");
        }
    }
}
