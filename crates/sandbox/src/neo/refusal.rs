//! Why a call is refused, and the status and body that say so on the wire.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};

use super::operation::Operation;
use crate::requests::{Breach, Place};

/// Why the broker refuses a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A header is missing.
    MissingHeader,
    /// The name of the application is missing.
    MissingNeoFinKey,
    /// The request is not what the spec demands.
    Unfit(Breach),
    /// A body that is longer than any real one (inferred).
    TooLong,
    /// The access token is wrong.
    AccessToken,
    /// There is no such user, or the access token is somebody else's.
    Ucc,
    /// The mobile number is wrong.
    Credentials,
    /// The TOTP is wrong, or was used before.
    Totp,
    /// The MPIN is wrong.
    Mpin,
    /// Too many wrong guesses (inferred).
    Locked,
    /// The session is over, or is not of the kind that is needed, or token and id do not belong together.
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
pub(super) struct Manner {
    /// Refused guesses come with status 200, as observed; else as documented.
    pub(super) refusals_in_success: bool,
    /// The form in which a dead session is refused.
    pub(super) dead_session: DeadSession,
    /// A dead session comes with status 200.
    pub(super) dead_session_in_success: bool,
}

impl Refusal {
    /// The answer that says so.
    pub(super) fn answer(self, manner: Manner) -> Response {
        use StatusCode as S;
        match self {
            Self::MissingHeader => checks("10512", "Required header not found."),
            Self::MissingNeoFinKey => checks("400", "Missing required field 'NeoFinKey'"),
            Self::Unfit(breach) => unfit(&breach),
            Self::TooLong => gateway(S::PAYLOAD_TOO_LARGE, "413", "Payload Too Large", ""),
            Self::AccessToken => invalid_credentials(),
            // The code is no status, and the status shows no failure (observed).
            Self::Ucc => in_success(429, "Invalid UCC"),
            Self::Mpin if manner.refusals_in_success => in_success(401, "Invalid MPIN"),
            Self::Mpin => coded(S::UNAUTHORIZED, "Invalid MPIN."),
            Self::Credentials => sign_in(S::UNAUTHORIZED, "Invalid credentials or TOTP.", manner),
            Self::Totp if manner.refusals_in_success => in_success(401, "Invalid TOTP"),
            // Documented without a code.
            Self::Totp => answer(S::UNAUTHORIZED, json!({ "status": "error", "message": "Invalid TOTP" })),
            Self::Locked => sign_in(S::FORBIDDEN, "Account locked.", manner),
            Self::Session => {
                let status = if manner.dead_session_in_success { S::OK } else { S::UNAUTHORIZED };
                dead_session(status, manner.dead_session)
            }
            // RFC 6749, section 5.2.
            Self::Client => answer(
                S::UNAUTHORIZED,
                json!({ "error": "invalid_client", "error_description": "the consumer key or secret is wrong" }),
            ),
        }
    }
}

/// The body that belongs to a status: as documented or observed, else inferred from the other errors.
pub(super) fn documented(operation: Operation, status: StatusCode) -> Response {
    use StatusCode as S;
    match status {
        S::OK if operation == Operation::TradeApiLogin => in_success(429, "Invalid UCC"),
        S::OK if operation == Operation::TradeApiValidate => in_success(401, "Invalid MPIN"),
        S::BAD_REQUEST => checks("10512", "Required header not found."),
        S::UNAUTHORIZED if operation == Operation::TradeApiLogin => {
            coded(status, "Invalid credentials or TOTP.")
        }
        S::UNAUTHORIZED if operation == Operation::TradeApiValidate => coded(status, "Invalid MPIN."),
        S::OK | S::UNAUTHORIZED => dead_session(status, DeadSession::default()),
        S::FORBIDDEN if operation.is_sign_in() => coded(status, "Account locked."),
        status => {
            let reason = status.canonical_reason().unwrap_or_default();
            coded(status, &format!("{reason}."))
        }
    }
}

/// A refusal as the sign-in documents it, or with status 200.
fn sign_in(status: StatusCode, words: &str, manner: Manner) -> Response {
    match manner.refusals_in_success {
        true => in_success(status.as_u16(), words),
        false => coded(status, words),
    }
}

/// The documented form.
fn coded(status: StatusCode, words: &str) -> Response {
    answer(status, json!({ "status": "error", "message": words, "errorCode": status.as_str() }))
}

/// The form with status 200 (observed).
fn in_success(code: u16, words: &str) -> Response {
    answer(StatusCode::OK, json!({ "stCode": code, "errMsg": words, "status": "failure" }))
}

/// What is said to a request that the spec has something against. Headers are not named, and members have names of their
/// own, of which `MobileNumber` was observed. All but the words for what is missing are inferred.
fn unfit(breach: &Breach) -> Response {
    match breach {
        Breach::Missing { place: Place::Body, name } => {
            checks("400", &format!("Missing required field '{}'", capitalised(name)))
        }
        Breach::Wrong { place: Place::Body, name, must } => {
            checks("400", &format!("Field '{}' must {must}", capitalised(name)))
        }
        Breach::Repeated { .. } => checks("400", &breach.to_string()),
        Breach::Missing { name, .. } if name == "neo-fin-key" => {
            Refusal::MissingNeoFinKey.answer(Manner::default())
        }
        Breach::Missing { .. } | Breach::Wrong { .. } => Refusal::MissingHeader.answer(Manner::default()),
        Breach::MediaType { expected, .. } => checks("400", &format!("Content-Type must be {expected}")),
        Breach::NoBody | Breach::NotAnObject => checks("400", "Request body must be a JSON object"),
    }
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The form in which a request is found wanting (observed).
fn checks(code: &str, words: &str) -> Response {
    answer(StatusCode::BAD_REQUEST, json!({ "error": [{ "code": code, "message": words }] }))
}

fn dead_session(status: StatusCode, form: DeadSession) -> Response {
    let coded = |stat| json!({ "stCode": 100_022, "errMsg": "invalid session token", "stat": stat });
    let body = match form {
        DeadSession::Flat => coded("Not_Ok"),
        DeadSession::Nested => json!({ "data": coded("error in neo-login-check-api") }),
        DeadSession::Emsg => json!({ "stat": "Not_Ok", "emsg": "Invalid session", "stCode": 1003 }),
    };
    answer(status, body)
}

fn invalid_credentials() -> Response {
    let description = "Access failure for API: /login/1.0. Make sure you have provided the correct security \
                       credentials";
    gateway(StatusCode::UNAUTHORIZED, "900901", "Invalid Credentials", description)
}

/// The flat form of the API gateway in front of the broker, with `code` as a string (observed).
pub(super) fn gateway(status: StatusCode, code: &str, message: &str, description: &str) -> Response {
    answer(status, json!({ "code": code, "message": message, "description": description }))
}

fn answer(status: StatusCode, body: Value) -> Response {
    (status, Json(body)).into_response()
}
