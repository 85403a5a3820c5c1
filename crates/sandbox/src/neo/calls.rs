//! Each operation over HTTP: what it reads from the call, what it asks of the broker, what it answers.

use http::header::AUTHORIZATION;
use serde_json::{Map, Value};

use super::answers;
use super::base_url::BaseUrl;
use super::operation::Operation;
use super::refusal::Refusal;
use super::state::{Shown, State};
use crate::routes::Received;

/// The name of the application, which the broker calls the financial key.
const NEO_FIN_KEY: &str = "neo-fin-key";

/// Carries out a call and gives its answer.
pub(super) fn perform(
    state: &mut State,
    base_url: &BaseUrl,
    strict_headers: bool,
    operation: Operation,
    call: &Received,
) -> Result<Value, Refusal> {
    if call.body.is_none() {
        return Err(Refusal::TooLong);
    }
    if let Some(breach) = &call.breach {
        return Err(Refusal::Unfit(breach.clone()));
    }
    match operation {
        Operation::TradeApiLogin => {
            let (access_token, body) = (application(call)?, call.json().unwrap_or_default());
            let (mobile, ucc) = (text(&body, "mobileNumber"), text(&body, "ucc"));
            let opened = state.login(access_token, mobile, ucc, text(&body, "totp"))?;
            Ok(answers::session(&opened, base_url))
        }
        Operation::TradeApiValidate => {
            let (access_token, body) = (application(call)?, call.json().unwrap_or_default());
            let opened = state.validate(access_token, &shown(call)?, text(&body, "mpin"))?;
            Ok(answers::session(&opened, base_url))
        }
        Operation::GetClientIp => {
            let (access_token, trade) = (header(call, AUTHORIZATION.as_str())?, shown(call)?);
            state.check_access_token(access_token)?;
            match state.trading(&trade)?.access_token == access_token {
                true => Ok(answers::client_ip(call.at)),
                false => Err(Refusal::Session),
            }
        }
        Operation::Oauth2Token => {
            let token = call.basic().and_then(|(key, secret)| state.access_token(&key, &secret));
            token.map(answers::access_token).ok_or(Refusal::Client)
        }
        // Earlier clients put `Bearer` before the access token here; nobody looks at it (inferred).
        Operation::Logout => state.logout(&shown(call)?).map(|()| answers::logout()),
        Operation::Orders | Operation::Positions | Operation::Holdings => {
            trade(state, strict_headers, call).map(|()| answers::nothing_yet())
        }
        Operation::Limits => trade(state, strict_headers, call).map(|()| answers::limits()),
    }
}

/// Checks what every trading call shows: a session and, as the documentation has it, the application with its access
/// token. Official clients leave the latter two out of some calls.
fn trade(state: &State, strict_headers: bool, call: &Received) -> Result<(), Refusal> {
    let shown = shown(call)?;
    if strict_headers {
        application(call)?;
    }
    let access_token = call.header(AUTHORIZATION.as_str()).map(|_| access_token(call)).transpose()?;
    if let Some(access_token) = access_token {
        state.check_access_token(access_token)?;
    }
    state.trading(&shown).map(drop)
}

/// The access token of an application that says its name.
fn application(call: &Received) -> Result<&str, Refusal> {
    call.header(NEO_FIN_KEY).filter(|value| !value.is_empty()).ok_or(Refusal::MissingNeoFinKey)?;
    access_token(call)
}

/// The access token. The documented calls of the sign-in have it without `Bearer`, and with it, it is another token;
/// older paths of the sign-in and the trading calls were called with `Bearer` as well.
fn access_token(call: &Received) -> Result<&str, Refusal> {
    let takes_bearer = !call.head.uri.path().starts_with("/login/1.0/tradeApi");
    let bearer = if takes_bearer { call.authorization("bearer") } else { None };
    bearer.map_or_else(|| header(call, AUTHORIZATION.as_str()), Ok)
}

fn shown(call: &Received) -> Result<Shown, Refusal> {
    let shown = |name| call.header(name).map(str::to_owned).ok_or(Refusal::MissingHeader);
    Ok(Shown { sid: shown("sid")?, token: shown("auth")? })
}

/// A header that identifies the caller. An empty one counts as missing (inferred), which the spec cannot say of these.
fn header<'a>(call: &'a Received, name: &str) -> Result<&'a str, Refusal> {
    call.header(name).filter(|value| !value.is_empty()).ok_or(Refusal::MissingHeader)
}

/// A member of the body, which has been checked against the spec.
fn text<'a>(body: &'a Map<String, Value>, name: &str) -> &'a str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}
