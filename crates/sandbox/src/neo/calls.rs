//! Each operation over HTTP: what it reads from the call, what it asks of the broker, what it answers.

use http::header::AUTHORIZATION;
use serde_json::{Map, Value};

use super::answers::{self, Urls};
use super::operation::Operation;
use super::refusal::Refusal;
use super::state::{Shown, State};
use crate::routes::Received;

/// Carries out a call and gives its answer.
pub(super) fn perform(
    state: &mut State,
    urls: &Urls,
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
            Ok(answers::session(&opened, urls))
        }
        Operation::TradeApiValidate => {
            let (access_token, body) = (application(call)?, call.json().unwrap_or_default());
            let opened = state.validate(access_token, &shown(call)?, text(&body, "mpin"))?;
            Ok(answers::session(&opened, urls))
        }
        Operation::GetClientIp => {
            let (access_token, trade) = (header(call, AUTHORIZATION.as_str())?, shown(call)?);
            state.check_access_token(access_token)?;
            match state.trading(&trade)?.access_token == access_token {
                true => Ok(answers::client_ip(call.at)),
                false => Err(Refusal::Session),
            }
        }
        // Earlier clients put `Bearer` before the access token here; nobody looks at it (inferred).
        Operation::Logout => state.logout(&shown(call)?).map(|()| answers::logout()),
        Operation::Limits => state.trading(&shown(call)?).map(|_| answers::limits()),
    }
}

/// The access token of an application that says its name. Without `Bearer`: with it, it is another token.
fn application(call: &Received) -> Result<&str, Refusal> {
    header(call, "neo-fin-key")?;
    header(call, AUTHORIZATION.as_str())
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
