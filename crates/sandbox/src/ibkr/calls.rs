//! Each operation of the gateway: from what came in to what it does and answers.

use axum::Json;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use http::header::COOKIE as COOKIES;
use serde_json::Value;

use super::answers::{self, Base, User};
use super::operation::Operation;
use super::refusal::{Refusal, SignedOut};
use super::state::Gateway;
use crate::requests::Breach;
use crate::routes::Received;

/// The cookie of a sign-in.
pub(super) const COOKIE: &str = "x-sess-uuid";

/// What does not change while the sandbox runs.
#[derive(Clone, Debug)]
pub(super) struct Manner {
    pub(super) user: User,
    pub(super) signed_out: SignedOut,
    pub(super) init_after_logout: StatusCode,
    pub(super) cookies_needed: bool,
}

/// A call, as the gateway reads it.
#[derive(Clone, Copy)]
pub(super) struct Input<'a>(pub(super) &'a Received);

impl Input<'_> {
    /// Value of the sign-in's cookie, if one came (RFC 6265, section 5.4).
    fn cookie(self) -> Option<String> {
        self.0
            .head
            .headers
            .get_all(COOKIES)
            .iter()
            .filter_map(|cookies| cookies.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .find_map(|(name, value)| (name == COOKIE).then(|| value.to_owned()))
    }

    /// What the spec has against the call, and whether it can be read at all.
    fn check(self) -> Result<(), Refusal> {
        match &self.0.breach {
            _ if self.0.body.is_none() => Err(Refusal::TooLong),
            // A client at work opens its session without a body.
            None | Some(Breach::NoBody) => Ok(()),
            // What is documented for `publish` other than true is no 400.
            Some(Breach::Missing { name, .. } | Breach::Wrong { name, .. }) if name == "publish" => {
                Err(Refusal::NotPublished)
            }
            Some(breach) => Err(Refusal::Unfit(breach.clone())),
        }
    }

    /// A member of the body that is a truth value, and true.
    fn is_true(self, name: &str) -> bool {
        self.0.json().is_some_and(|body| body.get(name) == Some(&Value::Bool(true)))
    }

    pub(super) fn is_empty(self) -> bool {
        self.0.body.as_ref().is_some_and(Bytes::is_empty)
    }

    /// Whether it asks for the session wherever it is.
    pub(super) fn compete(self) -> bool {
        self.is_true("compete")
    }
}

/// Carries out a call and gives its answer.
pub(super) fn perform(
    gateway: &mut Gateway,
    manner: &Manner,
    operation: Operation,
    base: Base,
    input: Input<'_>,
) -> Response {
    match attempt(gateway, manner, operation, base, input) {
        Ok(answer) => Json(answer).into_response(),
        Err(refusal) => refusal.answer(operation, manner.signed_out, manner.init_after_logout),
    }
}

fn attempt(
    gateway: &mut Gateway,
    manner: &Manner,
    operation: Operation,
    base: Base,
    input: Input<'_>,
) -> Result<Value, Refusal> {
    let now = input.0.at;
    if operation == Operation::IserverAuthSsodhInitPost && gateway.is_logged_out(now) {
        return Err(Refusal::LoggedOut);
    }
    if manner.cookies_needed && gateway.sign_on(now).map(|sign_on| sign_on.cookie.clone()) != input.cookie() {
        return Err(Refusal::SignedOut);
    }
    let sign_on = gateway.enter(now)?.clone();
    input.check()?;
    match operation {
        Operation::IserverAuthStatusPost => Ok(answers::status(base, &gateway.status(now)?)),
        // A client at work opens its session without a body, when it has one and when it has not, and keeps
        // it (inferred).
        Operation::IserverAuthSsodhInitPost if input.is_empty() => {
            if !gateway.state(now).brokerage_session {
                gateway.init(now, false)?;
            }
            Ok(answers::status(base, &gateway.state(now)))
        }
        Operation::IserverAuthSsodhInitPost => {
            if !input.is_true("publish") {
                return Err(Refusal::NotPublished);
            }
            let init = gateway.init(now, input.compete())?;
            Ok(answers::init(base, init, &gateway.state(now)))
        }
        Operation::IserverReauthenticatePost => {
            gateway.reauthenticate(now);
            Ok(answers::triggered())
        }
        Operation::SsoValidateGet => Ok(answers::validate(base, &manner.user, &sign_on, now)),
        Operation::TicklePost => Ok(answers::tickle(base, &sign_on, &gateway.status(now)?, now)),
        Operation::LogoutPost => {
            gateway.log_out();
            Ok(answers::logout(base))
        }
        Operation::IserverAccountsGet => gateway.trade(now).map(|()| answers::accounts()),
        Operation::PortfolioAccountsGet => Ok(answers::portfolio_accounts()),
    }
}
