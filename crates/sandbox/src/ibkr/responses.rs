//! The gateway's responses, at either base: examples of the spec with the sandbox's own values. All are made up.

use axum::{
    Json,
    response::{Html, IntoResponse, Response},
};
use http::{StatusCode, header::LOCATION};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    Base, Ibkr, Operation,
    login_page::LOGIN_PATH,
    options::Options,
    state::{Init, SignOn, State},
};
use crate::{examples::Documented, requests::Violation};

/// The number of the user.
const USER_ID: i64 = 123_456_789;
/// The user's account.
const ACCOUNT: &str = "DU0000000";
/// From when to when `ssoExpires` counts down; then it starts again (observed).
const COUNTDOWN_MILLIS: i64 = 10 * 60 * 1000;

fn success(operation: Operation, name: &str) -> Documented {
    Documented::success::<Ibkr>(operation, name)
}

/// The flags that every form of a status has.
fn with_flags(body: Documented, state: &State) -> Documented {
    body.with("/authenticated", state.authenticated)
        .with("/competing", state.competing)
        .with("/connected", state.connected)
}

/// `iserver/auth/status`. Older gateways know neither `established` nor `hardware_info` (observed).
pub(super) fn status(base: Base, state: &State) -> Value {
    let status = Operation::IserverAuthStatusPost;
    if !state.connected {
        return with_flags(success(status, "minimal"), state).body;
    }
    let body = with_flags(success(status, "ready"), state).with("/established", state.established);
    let mut body = body.with("/fail", state.fail.unwrap_or_default()).body;
    if let (Base::Older, Some(fields)) = (base, body.as_object_mut()) {
        fields.retain(|name, _| name != "established" && name != "hardware_info");
    }
    body
}

/// `ssodh/init`: short at the newer base, a status at the older one.
pub(super) fn init(base: Base, init: Init, state: &State) -> Value {
    match (init, base) {
        // Inferred: it is the one known response that reports a session already there.
        (Init::AlreadySet, _) => success(Operation::IserverAuthSsodhInitPost, "already-set").body,
        // That `competing` is false although a session elsewhere is the reason was observed.
        (Init::Refused, _) => success(Operation::IserverAuthSsodhInitPost, "refused").body,
        (Init::Opened, Base::Older) => status(base, state),
        (Init::Opened, Base::Newer | Base::Root) => {
            let body = success(Operation::IserverAuthSsodhInitPost, "refused").with("/passed", true);
            with_flags(body, state).with("/established", state.established).body
        }
    }
}

/// `sso/validate`. The older base has other spellings, an epoch in `EXPIRES` and a token.
pub(super) fn validate(base: Base, user_name: &str, sign_on: &SignOn, now: Timestamp) -> Value {
    let login_type = if sign_on.paper { 2 } else { 1 };
    let left = countdown(sign_on, now);
    let validate = Operation::SsoValidateGet;
    let body = match base {
        Base::Newer | Base::Root => {
            success(validate, "alive").with("/EXPIRES", left).with("/LOGIN_TYPE", login_type)
        }
        Base::Older => success(validate, "documented-spelling")
            .with("/EXPIRES", now.as_millisecond() + left)
            .with("/loginType", login_type)
            .with("/TOKEN", sign_on.token.as_str()),
    };
    body.with("/USER_ID", USER_ID)
        .with("/USER_NAME", user_name)
        .with("/CREDENTIAL", user_name)
        .with("/AUTH_TIME", sign_on.since.as_millisecond())
        .with("/lastAccessed", sign_on.last_call.as_millisecond())
        .with("/IP", "127.0.0.1")
        .with("/PAPER_USER_NAME", format!("{user_name}-paper"))
        .body
}

/// `tickle`.
pub(super) fn tickle(base: Base, sign_on: &SignOn, state: &State, now: Timestamp) -> Value {
    success(Operation::TicklePost, "ready")
        .with("/session", sign_on.session.as_str())
        .with("/ssoExpires", countdown(sign_on, now))
        .with("/userId", USER_ID)
        .with("/iserver/authStatus", status(base, state))
        .body
}

/// `tickle` with OAuth, which has no single sign-on to report (observed).
pub(super) fn hosted_tickle(base: Base, sign_on: &SignOn, state: &State) -> Value {
    success(Operation::TicklePost, "oauth")
        .with("/session", sign_on.session.as_str())
        .with("/iserver/authStatus", status(base, state))
        .body
}

/// `sso/validate` with OAuth 2.0 has more fields, without which a client in use does not go on (observed).
pub(super) fn hosted_validate(mut body: Value, sign_on: &SignOn) -> Value {
    let further = json!({
        "HARDWARE_INFO": "3a1b2c3d|98:F2:B3:23:BF:A0",
        "UNIQUE_LOGIN_ID": "made-up-login-id",
        "COUNTERPARTY": "IBLLC-US",
        "TOKEN": sign_on.token,
        "IS_PENDING_APPLICANT": false,
        "SF_CONFIG": "made-up-config",
        "CREDENTIAL_TYPE": 1,
        "took": 4,
    });
    if let (Some(body), Value::Object(further)) = (body.as_object_mut(), further) {
        body.extend(further);
    }
    body
}

/// `logout`; older documentation has `confirmed`.
pub(super) fn logout(base: Base) -> Value {
    let name = if base == Base::Newer { "status" } else { "confirmed" };
    success(Operation::LogoutPost, name).body
}

/// `reauthenticate`.
pub(super) fn triggered() -> Value {
    success(Operation::IserverReauthenticatePost, "triggered").body
}

/// `one/user` (inferred).
pub(super) fn one_user(user_name: &str, sign_on: &SignOn) -> Value {
    json!({ "username": user_name, "userId": USER_ID, "isPaper": sign_on.paper, "accts": [ACCOUNT] })
}

/// `iserver/accounts`: the least that a client can go on with.
pub(super) fn accounts() -> Value {
    json!({ "accounts": [ACCOUNT], "aliases": { ACCOUNT: ACCOUNT }, "selectedAccount": ACCOUNT })
}

/// `iserver/account`: there is one account, whichever is asked for.
pub(super) fn account_chosen() -> Value {
    json!({ "set": true, "acctId": ACCOUNT })
}

/// `portfolio/accounts`: likewise.
pub(super) fn portfolio_accounts() -> Value {
    json!([{ "id": ACCOUNT, "accountId": ACCOUNT, "accountTitle": "SAMPLE USER", "currency": "USD" }])
}

/// `portfolio/{accountId}/summary`: the least that shows an amount.
pub(super) fn portfolio_summary() -> Value {
    let amount = |amount: f64| json!({ "amount": amount, "currency": "USD", "isNull": false, "severity": 0 });
    json!({ "netliquidation": amount(100_000.0), "totalcashvalue": amount(100_000.0) })
}

/// `portfolio/{accountId}/ledger`: likewise.
pub(super) fn portfolio_ledger() -> Value {
    let usd = json!({ "currency": "USD", "cashbalance": 100_000.0, "netliquidationvalue": 100_000.0 });
    json!({ "USD": usd.clone(), "BASE": usd })
}

/// Milliseconds left of a countdown that renews itself; not the clock of the 24 hours (observed).
fn countdown(sign_on: &SignOn, now: Timestamp) -> i64 {
    let passed = now.duration_since(sign_on.since).max(SignedDuration::ZERO).as_millis();
    COUNTDOWN_MILLIS - i64::try_from(passed % i128::from(COUNTDOWN_MILLIS)).unwrap_or_default()
}

/// The response where there is no single sign-on. All were observed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignedOut {
    /// 401 with `{"error":"not authenticated","statusCode":401}`.
    Json401,
    /// 401 without a body.
    #[default]
    Empty401,
    /// 401 with an HTML page.
    Html401,
    /// 302 to `/sso/Login`.
    Redirect,
    /// 200 with `{"error":"no session"}` from `tickle`, 200 with `{"RESULT":false}` from `sso/validate`, and
    /// as [`SignedOut::Json401`] from the others.
    NoSession,
}

/// Why the gateway refuses a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// There is no single sign-on.
    SignedOut,
    /// `ssodh/init` after a logout (410 and 503 observed).
    LoggedOut,
    /// There is no brokerage session any more.
    NotAuthenticated,
    /// There is no brokerage session, or it is not established yet (observed).
    NoBridge,
    /// `reauthenticate` without a single sign-on: the gateway itself responds with status 200 (observed).
    NotLoggedIn,
    /// `ssodh/init` while the gateway is not linked to the back end (inferred).
    NoToken,
    /// `ssodh/init` with `publish` other than true: 500 (documented; the message is inferred).
    NotPublished,
    /// The request breaks the spec (the message is inferred).
    Violation(Violation),
    /// A body that is longer than any real one (inferred).
    TooLong,
    /// The hosted Web API does not have the operation.
    NotFound,
}

impl Refusal {
    /// The response to a call of this operation: an example of the spec, where it has one.
    pub(super) fn response(self, operation: Operation, options: &Options) -> Response {
        use StatusCode as S;
        let of = |status, name| Documented::of::<Ibkr>(Operation::IserverAuthStatusPost, status, name);
        let example = match self {
            Self::SignedOut => match options.signed_out {
                SignedOut::NoSession if operation == Operation::TicklePost => {
                    success(operation, "no-session")
                }
                SignedOut::NoSession if operation == Operation::SsoValidateGet => success(operation, "over"),
                SignedOut::Json401 | SignedOut::NoSession => of(S::UNAUTHORIZED, "not-authenticated"),
                SignedOut::Empty401 => of(S::UNAUTHORIZED, "empty"),
                SignedOut::Html401 => of(S::UNAUTHORIZED, "page"),
                SignedOut::Redirect => return redirect(S::FOUND),
            },
            Self::LoggedOut => of(S::UNAUTHORIZED, "empty").with_status(options.init_after_logout),
            Self::NotAuthenticated => of(S::UNAUTHORIZED, "not-authenticated"),
            Self::NoBridge => of(S::BAD_REQUEST, "no-bridge"),
            Self::NotLoggedIn => success(Operation::IserverReauthenticatePost, "not-logged-in"),
            Self::NoToken => Documented::of::<Ibkr>(
                Operation::IserverAuthSsodhInitPost,
                S::INTERNAL_SERVER_ERROR,
                "no-token",
            ),
            Self::NotPublished => return error(S::INTERNAL_SERVER_ERROR, "publish must be true"),
            Self::Violation(violation) => return error(S::BAD_REQUEST, &format!("Bad Request: {violation}")),
            Self::TooLong => return error(S::PAYLOAD_TOO_LARGE, "Payload Too Large"),
            Self::NotFound => return error(S::NOT_FOUND, "Not Found"),
        };
        example.into_response()
    }
}

/// The response with a status that the spec does not have: inferred from the other errors.
pub(super) fn undocumented(status: StatusCode) -> Response {
    if status.is_redirection() {
        return redirect(status);
    }
    if status == StatusCode::GONE {
        return (status, Html("")).into_response();
    }
    error(status, status.canonical_reason().unwrap_or_default())
}

fn error(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "error": message, "statusCode": status.as_u16() }))).into_response()
}

/// The gateway's own refusal of an address that is not in its `ips.allow` (observed).
pub(super) fn address_not_allowed() -> Response {
    (StatusCode::FORBIDDEN, "Error 403 - Access Denied").into_response()
}

fn redirect(status: StatusCode) -> Response {
    (status, [(LOCATION, LOGIN_PATH)]).into_response()
}
