//! Each operation of the gateway: what it reads from the request, what it does, and its response.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{
    Method,
    header::{COOKIE as COOKIES, HOST, ORIGIN, REFERER},
};
use serde_json::{Value, json};

use super::{
    Base,
    login_page::COOKIE,
    options::Options,
    responses::{self, Refusal},
    state::Gateway,
};
use crate::{operation::operations, requests::Violation, routes::ReceivedRequest};

// GET works as well for the calls that only ask (observed). What the spec does not have is there because clients in use
// call it; it stands in for trading calls.
operations! {
    IserverAuthStatusPost = "iserver_auth_status_post", also GET;
    IserverAuthSsodhInitPost = "iserver_auth_ssodh_init_post";
    IserverReauthenticatePost = "iserver_reauthenticate_post", also GET;
    SsoValidateGet = "sso_validate_get", also POST;
    /// The response is inferred.
    SsoPingGet = "sso_ping_get", also GET, at "/sso/ping";
    /// The gateway itself asks for it after a sign-in (observed; the response is inferred).
    OneUserGet = "one_user_get", also GET, at "/one/user";
    TicklePost = "tickle_post", also GET;
    LogoutPost = "logout_post";
    /// Needs a brokerage session.
    IserverAccountsGet = "iserver_accounts_get", also GET, at "/iserver/accounts";
    /// Chooses an account: clients in use do so to find out whether their session is any good.
    IserverAccountPost = "iserver_account_post", also POST, at "/iserver/account";
    /// There is no data.
    FundamentalsLandingGet = "fundamentals_landing_get", also GET, at "/fundamentals/landing/{conid}";
    /// Needs the single sign-on alone.
    PortfolioAccountsGet = "portfolio_accounts_get", also GET, at "/portfolio/accounts";
    /// Likewise.
    PortfolioSummaryGet = "portfolio_summary_get", also GET, at "/portfolio/{accountId}/summary";
    /// Likewise.
    PortfolioLedgerGet = "portfolio_ledger_get", also GET, at "/portfolio/{accountId}/ledger";
    /// With OAuth alone, as the others below.
    OauthRequestTokenPost = "oauth_request_token_post";
    OauthAccessTokenPost = "oauth_access_token_post";
    OauthLiveSessionTokenPost = "oauth_live_session_token_post";
    /// At the root of the host.
    Oauth2TokenPost = "oauth2_token_post";
    /// At the root of the host.
    SsoSessionsPost = "sso_sessions_post";
}

/// What the hosted Web API has below its base.
pub(super) const OF_WEB_API: [Operation; 14] = [
    Operation::IserverAuthStatusPost,
    Operation::IserverAuthSsodhInitPost,
    Operation::SsoValidateGet,
    Operation::TicklePost,
    Operation::LogoutPost,
    Operation::IserverAccountsGet,
    Operation::IserverAccountPost,
    Operation::FundamentalsLandingGet,
    Operation::PortfolioAccountsGet,
    Operation::PortfolioSummaryGet,
    Operation::PortfolioLedgerGet,
    Operation::OauthRequestTokenPost,
    Operation::OauthAccessTokenPost,
    Operation::OauthLiveSessionTokenPost,
];

/// What the hosted Web API has at the root of its host.
pub(super) const OF_ROOT: [Operation; 2] = [Operation::Oauth2TokenPost, Operation::SsoSessionsPost];

/// What `ssodh/init` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Opening {
    publish: bool,
    /// Whether the session is taken over wherever it is.
    pub(super) compete: bool,
}

/// What an opening of the brokerage session asks for; `None` where it asks for nothing in particular.
pub(super) fn opening(request: &ReceivedRequest) -> Option<Opening> {
    if let Some(body) = request.json() {
        let is_true = |name| body.get(name) == Some(&Value::Bool(true));
        return Some(Opening { publish: is_true("publish"), compete: is_true("compete") });
    }
    // A form or a query needs no `publish`: the client that sends one has none (observed).
    let query = request.head.uri.query().unwrap_or_default().as_bytes();
    let body = request.body.as_deref().unwrap_or_default();
    let mut fields = [query, body].into_iter().flat_map(url::form_urlencoded::parse).peekable();
    fields.peek()?;
    let compete = fields.any(|(name, value)| name == "compete" && value == "true");
    Some(Opening { publish: true, compete })
}

/// Carries out a call.
pub(super) fn respond(
    gateway: &mut Gateway,
    options: &Options,
    operation: Operation,
    base: Base,
    request: &ReceivedRequest,
) -> Response {
    match attempt(gateway, options, operation, base, request) {
        Ok(body) => Json(body).into_response(),
        Err(Refusal::SignedOut) if operation == Operation::IserverReauthenticatePost => {
            Refusal::NotLoggedIn.response(operation, options)
        }
        Err(refusal) => refusal.response(operation, options),
    }
}

fn attempt(
    gateway: &mut Gateway,
    options: &Options,
    operation: Operation,
    base: Base,
    request: &ReceivedRequest,
) -> Result<Value, Refusal> {
    let now = request.at;
    if operation == Operation::IserverAuthSsodhInitPost && gateway.is_logged_out(now) {
        return Err(Refusal::LoggedOut);
    }
    // Without a person there is no browser.
    if !options.has_oauth() && !is_from_browser(gateway, options, request) {
        return Err(Refusal::SignedOut);
    }
    let sign_on = gateway.enter(now)?.clone();
    if is_below_iserver(request) && operation != Operation::IserverAuthSsodhInitPost {
        gateway.bridge(now)?;
    }
    check(request)?;
    match operation {
        Operation::IserverAuthStatusPost => Ok(responses::status(base, &gateway.status(now)?)),
        Operation::IserverAuthSsodhInitPost => match opening(request) {
            Some(Opening { publish: true, compete }) => {
                let init = gateway.init(now, compete)?;
                Ok(responses::init(base, init, &gateway.state(now)))
            }
            Some(_) => Err(Refusal::NotPublished),
            // A client in use opens its session without a body, whether one is open or not, and keeps it (inferred).
            None => {
                if !gateway.state(now).brokerage_session {
                    gateway.init(now, false)?;
                }
                Ok(responses::status(base, &gateway.state(now)))
            }
        },
        Operation::IserverReauthenticatePost => {
            gateway.reauthenticate(now);
            Ok(responses::triggered())
        }
        // The Web API has it for OAuth 2.0.
        Operation::SsoValidateGet if options.has_oauth() && request.authorization("bearer").is_none() => {
            Err(Refusal::NotFound)
        }
        Operation::SsoValidateGet => {
            let body = responses::validate(base, &options.user_name, &sign_on, now);
            Ok(if options.has_oauth() { responses::hosted_validate(body, &sign_on) } else { body })
        }
        Operation::TicklePost if options.has_oauth() => {
            Ok(responses::hosted_tickle(base, &sign_on, &gateway.status(now)?))
        }
        Operation::TicklePost => Ok(responses::tickle(base, &sign_on, &gateway.status(now)?, now)),
        Operation::LogoutPost => {
            gateway.log_out();
            Ok(responses::logout(base))
        }
        Operation::IserverAccountsGet => gateway.trade(now).map(|()| responses::accounts()),
        Operation::IserverAccountPost => gateway.trade(now).map(|()| responses::account_chosen()),
        Operation::FundamentalsLandingGet => Ok(json!({})),
        Operation::SsoPingGet => Ok(json!({ "RESULT": true })),
        Operation::OneUserGet => Ok(responses::one_user(&options.user_name, &sign_on)),
        Operation::PortfolioAccountsGet => Ok(responses::portfolio_accounts()),
        Operation::PortfolioSummaryGet => Ok(responses::portfolio_summary()),
        Operation::PortfolioLedgerGet => Ok(responses::portfolio_ledger()),
        Operation::OauthRequestTokenPost
        | Operation::OauthAccessTokenPost
        | Operation::OauthLiveSessionTokenPost
        | Operation::Oauth2TokenPost
        | Operation::SsoSessionsPost => Err(Refusal::NotFound),
    }
}

/// Whether it is for what needs a brokerage session.
pub(super) fn is_below_iserver(request: &ReceivedRequest) -> bool {
    request.head.uri.path().strip_prefix(Base::Newer.path()).is_some_and(|path| path.starts_with("/iserver/"))
}

/// How the request breaks the spec, and whether it can be read at all.
fn check(request: &ReceivedRequest) -> Result<(), Refusal> {
    match &request.violation {
        _ if request.body.is_none() => Err(Refusal::TooLong),
        // Clients in use open their session without a body, or with `publish` alone.
        None | Some(Violation::NoBody) => Ok(()),
        Some(Violation::Missing { name, .. }) if name == "compete" => Ok(()),
        // Another one sends a form.
        Some(Violation::MediaType { named, .. }) if named == "application/x-www-form-urlencoded" => Ok(()),
        // The documented response to `publish` other than true is no 400.
        Some(Violation::Missing { name, .. } | Violation::Wrong { name, .. }) if name == "publish" => {
            Err(Refusal::NotPublished)
        }
        Some(violation) => Err(Refusal::Violation(violation.clone())),
    }
}

/// Whether the request has what this gateway demands of a browser: the sign-in's cookie, and its own page in the headers.
fn is_from_browser(gateway: &mut Gateway, options: &Options, request: &ReceivedRequest) -> bool {
    let expected = gateway.sign_on(request.at).map(|sign_on| sign_on.cookie.clone());
    let has_cookie = !options.cookies_needed || expected == cookie(request);
    let is_post = request.head.method == Method::POST;
    has_cookie && (!options.origin_needed || !is_post || is_from_own_page(request))
}

/// Value of the sign-in's cookie, if one came (RFC 6265, section 5.4).
fn cookie(request: &ReceivedRequest) -> Option<String> {
    let headers = request.head.headers.get_all(COOKIES).iter();
    let cookies = headers.filter_map(|cookies| cookies.to_str().ok()).flat_map(|cookies| cookies.split(';'));
    let mut pairs = cookies.filter_map(|cookie| cookie.trim().split_once('='));
    pairs.find_map(|(name, value)| (name == COOKIE).then(|| value.to_owned()))
}

/// Whether the request comes from a page of the gateway's own, by its headers.
fn is_from_own_page(request: &ReceivedRequest) -> bool {
    let host = request.header_or_empty(HOST.as_str());
    let named = [ORIGIN, REFERER].into_iter().filter_map(|name| request.header(name.as_str()));
    let mut hosts = named.filter_map(|url| url.split_once("://")?.1.split('/').next());
    hosts.any(|named| named == host)
}
