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
    match operation {
        Operation::TradeApiLogin => {
            let access_token = application(call)?;
            let body = json(call)?;
            let (mobile, ucc) = (text(&body, "mobileNumber", "MobileNumber")?, text(&body, "ucc", "Ucc")?);
            let opened = state.login(access_token, mobile, ucc, text(&body, "totp", "Totp")?)?;
            Ok(answers::session(&opened, urls))
        }
        Operation::TradeApiValidate => {
            let (access_token, view) = (application(call)?, shown(call)?);
            let body = json(call)?;
            let opened = state.validate(access_token, &view, text(&body, "mpin", "Mpin")?)?;
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
    Ok(Shown { sid: header(call, "sid")?.to_owned(), token: header(call, "auth")?.to_owned() })
}

/// A header that must be there; an empty one is not.
fn header<'a>(call: &'a Received, name: &str) -> Result<&'a str, Refusal> {
    call.header(name).filter(|value| !value.is_empty()).ok_or(Refusal::MissingHeader)
}

fn json(call: &Received) -> Result<Map<String, Value>, Refusal> {
    call.json().ok_or(Refusal::NotJson)
}

/// A member that must be there and be a string. Missing ones have names of their own, of which `MobileNumber`
/// was observed.
fn text<'a>(body: &'a Map<String, Value>, name: &str, called: &'static str) -> Result<&'a str, Refusal> {
    match body.get(name) {
        None | Some(Value::Null) => Err(Refusal::Missing(called)),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(Refusal::NotAString(called)),
    }
}
