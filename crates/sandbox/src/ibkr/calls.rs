//! Each operation of the gateway: from what came in to what it does and answers.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{COOKIE as COOKIES, HOST, ORIGIN, REFERER};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::answers::{self, Base, User};
use super::operation::Operation;
use super::refusal::{Refusal, SignedOut};
use super::state::Gateway;
use crate::requests::Breach;
use crate::routes::Received;

/// The cookie of a sign-in.
pub(super) const COOKIE: &str = "x-sess-uuid";

/// The media type of a form.
const FORM: &str = "application/x-www-form-urlencoded";

/// What does not change while the sandbox runs.
#[derive(Clone, Debug)]
pub(super) struct Manner {
    pub(super) user: User,
    pub(super) signed_out: SignedOut,
    pub(super) init_after_logout: StatusCode,
    pub(super) cookies_needed: bool,
    pub(super) origin_needed: bool,
    pub(super) address_allowed: bool,
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
            // Clients in use open their session without a body, or with `publish` alone.
            None | Some(Breach::NoBody) => Ok(()),
            Some(Breach::Missing { name, .. }) if name == "compete" => Ok(()),
            // Another one sends a form.
            Some(Breach::MediaType { named, .. }) if named == FORM => Ok(()),
            // What is documented for `publish` other than true is no 400.
            Some(Breach::Missing { name, .. } | Breach::Wrong { name, .. }) if name == "publish" => {
                Err(Refusal::NotPublished)
            }
            Some(breach) => Err(Refusal::Unfit(breach.clone())),
        }
    }

    /// What an opening of the brokerage session asks for; `None` where it asks for nothing in particular.
    pub(super) fn opening(self) -> Option<Opening> {
        if let Some(body) = self.0.json() {
            let is_true = |name| body.get(name) == Some(&Value::Bool(true));
            return Some(Opening { publish: is_true("publish"), compete: is_true("compete") });
        }
        // A form or a query needs no `publish`: the client that sends one has none (observed).
        let query = self.0.head.uri.query().unwrap_or_default().as_bytes();
        let body = self.0.body.as_deref().unwrap_or_default();
        let mut fields = [query, body].into_iter().flat_map(form_urlencoded::parse).peekable();
        fields.peek()?;
        let compete = fields.any(|(name, value)| name == "compete" && value == "true");
        Some(Opening { publish: true, compete })
    }

    /// Whether it comes from a page of the gateway's own, as its headers have it.
    fn is_from_own_page(self) -> bool {
        let host = self.0.header(HOST.as_str()).unwrap_or_default();
        let named = [ORIGIN, REFERER].into_iter().filter_map(|name| self.0.header(name.as_str()));
        let mut hosts = named.filter_map(|url| url.split_once("://")?.1.split('/').next());
        hosts.any(|named| named == host)
    }
}

/// What is asked of `ssodh/init`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Opening {
    publish: bool,
    /// Whether the session is wanted wherever it is.
    pub(super) compete: bool,
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
        Err(Refusal::SignedOut) if operation == Operation::IserverReauthenticatePost => {
            Refusal::NotLoggedIn.answer(operation, manner.signed_out, manner.init_after_logout)
        }
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
    if manner.origin_needed && input.0.head.method == Method::POST && !input.is_from_own_page() {
        return Err(Refusal::SignedOut);
    }
    let sign_on = gateway.enter(now)?.clone();
    input.check()?;
    match operation {
        Operation::IserverAuthStatusPost => Ok(answers::status(base, &gateway.status(now)?)),
        Operation::IserverAuthSsodhInitPost => match input.opening() {
            Some(Opening { publish: true, compete }) => {
                let init = gateway.init(now, compete)?;
                Ok(answers::init(base, init, &gateway.state(now)))
            }
            Some(_) => Err(Refusal::NotPublished),
            // A client in use opens its session without a body, whether one is open or not, and keeps it (inferred).
            None => {
                if !gateway.state(now).brokerage_session {
                    gateway.init(now, false)?;
                }
                Ok(answers::status(base, &gateway.state(now)))
            }
        },
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
        Operation::IserverAccountPost => gateway.trade(now).map(|()| answers::account_chosen()),
        Operation::FundamentalsLandingGet => Ok(json!({})),
        Operation::SsoPingGet => Ok(answers::ping()),
        Operation::OneUserGet => Ok(answers::one_user(&manner.user, &sign_on)),
        Operation::PortfolioAccountsGet => Ok(answers::portfolio_accounts()),
        Operation::PortfolioSummaryGet => Ok(answers::portfolio_summary()),
        Operation::PortfolioLedgerGet => Ok(answers::portfolio_ledger()),
    }
}
