//! The broker's responses: examples of the spec with the sandbox's own values.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Neo, Operation,
    base_url::BaseUrl,
    state::{Kind, Opened},
};
use crate::{
    clock::india,
    examples::{Documented, gateway},
    requests::{Place, Violation},
    tokens::random_uuid,
};

/// The body of `tradeApiLogin` and, with the base URL, of `tradeApiValidate`.
pub(super) fn session(opened: &Opened, base_url: &BaseUrl) -> Value {
    let Opened { account, kind, session } = opened;
    let body = match kind {
        Kind::View => Documented::success::<Neo>(Operation::TradeApiLogin, "view"),
        // Nothing is streamed here; the broker's clients only read where it would be.
        Kind::Trade => Documented::success::<Neo>(Operation::TradeApiValidate, "trade")
            .with("/data/baseUrl", base_url.as_str())
            .with("/data/feedUrl", base_url.stream("apifeed"))
            .with("/data/rtUrl", base_url.stream("realtime")),
    };
    body.with("/data/token", session.token.as_str())
        .with("/data/sid", session.sid.as_str())
        .with("/data/rid", random_uuid())
        .with("/data/ucc", account.ucc.as_str())
        .with("/data/greetingName", account.name.as_str())
        .with("/data/kId", account.k_id.as_str())
        .body
}

/// The body of `get-client-ip`: every client of a sandbox is on this machine.
pub(super) fn client_ip(now: Timestamp) -> Value {
    let time = india().to_datetime(now).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let body = Documented::success::<Neo>(Operation::GetClientIp, "one");
    body.with("/data/0/ip", "127.0.0.1").with("/data/0/time", time).body
}

/// The body of `logout` (inferred).
pub(super) fn logout() -> Value {
    Documented::success::<Neo>(Operation::Logout, "ok").body
}

/// The body of `oauth2/token` (RFC 6749, section 5.1).
pub(super) fn access_token(token: &str) -> Value {
    json!({ "access_token": token, "token_type": "Bearer", "expires_in": 86_400, "scope": "default" })
}

/// Why the broker refuses a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A header is missing.
    MissingHeader,
    /// The name of the application is missing.
    MissingNeoFinKey,
    /// The request breaks the spec.
    Violation(Violation),
    /// A body that is longer than any real one (inferred).
    TooLong,
    /// The access token is wrong.
    AccessToken,
    /// There is no such user, or the access token belongs to another user.
    Ucc,
    /// The mobile number is wrong.
    Credentials,
    /// The TOTP is wrong, or was used before.
    Totp,
    /// The MPIN is wrong.
    Mpin,
    /// Too many wrong guesses (inferred).
    Locked,
    /// The session is over, or of the wrong kind, or token and id do not belong together.
    Session,
    /// The consumer key or the consumer secret is wrong.
    Client,
}

/// The form in which a dead session is refused. All of them were reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeadSession {
    /// `{"stCode": 100022, "errMsg": "invalid session token", "stat": "Not_Ok"}`.
    #[default]
    Flat,
    /// The same below `data`, with another `stat`.
    Nested,
    /// `{"stat": "Not_Ok", "emsg": "Invalid session", "stCode": 1003}`.
    Emsg,
}

/// How refusals are put on the wire.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RefusalOptions {
    /// Refused guesses come with status 200, as observed; else as documented.
    pub(super) in_success: bool,
    /// The form in which a dead session is refused.
    pub(super) dead_session: DeadSession,
    /// A dead session comes with status 200.
    pub(super) dead_session_in_success: bool,
}

impl Refusal {
    /// The response: an example of the spec, where it has one.
    pub(super) fn response(self, options: RefusalOptions) -> Response {
        use StatusCode as S;
        let login = |status, name| Documented::of::<Neo>(Operation::TradeApiLogin, status, name);
        let in_success = |code: i64, message: &str| {
            login(S::OK, "invalid-ucc").with("/stCode", code).with("/errMsg", message)
        };
        let is_success = options.in_success;
        let example = match self {
            Self::MissingHeader => login(S::BAD_REQUEST, "header"),
            Self::MissingNeoFinKey => login(S::BAD_REQUEST, "fin-key"),
            Self::Violation(violation) => return broken(&violation),
            Self::TooLong => return gateway(S::PAYLOAD_TOO_LARGE, ""),
            Self::AccessToken => login(S::UNAUTHORIZED, "gateway"),
            // The code is no status, and the status shows no failure (observed).
            Self::Ucc => login(S::OK, "invalid-ucc"),
            Self::Mpin if is_success => in_success(401, "Invalid MPIN"),
            Self::Mpin => Documented::of::<Neo>(Operation::TradeApiValidate, S::UNAUTHORIZED, "invalid"),
            Self::Credentials if is_success => in_success(401, "Invalid credentials or TOTP."),
            Self::Credentials => login(S::UNAUTHORIZED, "invalid"),
            Self::Totp if is_success => in_success(401, "Invalid TOTP"),
            // Documented without a code.
            Self::Totp => login(S::UNAUTHORIZED, "totp"),
            Self::Locked if is_success => in_success(403, "Account locked."),
            Self::Locked => login(S::FORBIDDEN, "locked"),
            Self::Session => {
                let status = if options.dead_session_in_success { S::OK } else { S::UNAUTHORIZED };
                let over = |name| Documented::of::<Neo>(Operation::GetClientIp, S::UNAUTHORIZED, name);
                let example = match options.dead_session {
                    DeadSession::Flat => over("over"),
                    DeadSession::Nested => over("below-data"),
                    DeadSession::Emsg => {
                        let body = json!({ "stat": "Not_Ok", "emsg": "Invalid session", "stCode": 1003 });
                        return (status, Json(body)).into_response();
                    }
                };
                example.with_status(status)
            }
            // RFC 6749, section 5.2.
            Self::Client => {
                let description = "the consumer key or secret is wrong";
                let body = json!({ "error": "invalid_client", "error_description": description });
                return (S::UNAUTHORIZED, Json(body)).into_response();
            }
        };
        example.into_response()
    }
}

/// The response to a request that breaks the spec. Headers are not named, and fields have names of their own, of which
/// `MobileNumber` was observed. All messages but those for what is missing are inferred.
fn broken(violation: &Violation) -> Response {
    let message = match violation {
        Violation::Missing { place: Place::Body, name } => {
            format!("Missing required field '{}'", capitalised(name))
        }
        Violation::Wrong { place: Place::Body, name, must } => {
            format!("Field '{}' must {must}", capitalised(name))
        }
        Violation::Repeated { .. } => violation.to_string(),
        Violation::Missing { name, .. } if name == "neo-fin-key" => {
            return Refusal::MissingNeoFinKey.response(RefusalOptions::default());
        }
        Violation::Missing { .. } | Violation::Wrong { .. } => {
            return Refusal::MissingHeader.response(RefusalOptions::default());
        }
        Violation::MediaType { expected, .. } => format!("Content-Type must be {expected}"),
        Violation::NoBody | Violation::NotAnObject => "Request body must be a JSON object".to_owned(),
    };
    let example = Documented::of::<Neo>(Operation::TradeApiLogin, StatusCode::BAD_REQUEST, "body-field");
    example.with("/error/0/message", message).into_response()
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The documented form of an error, for a status that the spec does not have.
pub(super) fn coded(status: StatusCode) -> Response {
    let reason = status.canonical_reason().unwrap_or_default();
    let body = json!({ "status": "error", "message": format!("{reason}."), "errorCode": status.as_str() });
    (status, Json(body)).into_response()
}
