//! Why a call is refused, and the status and body that say so on the wire.

use axum::Json;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use http::header::LOCATION;
use serde_json::json;

use super::operation::Operation;
use super::person::LOGIN_PATH;
use crate::requests::Breach;

/// How a call is answered when there is no single sign-on. All were observed.
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
    /// `reauthenticate` without a single sign-on: the gateway itself answers with status 200 (observed).
    NotLoggedIn,
    /// `ssodh/init` while the gateway is not linked to the back end (inferred).
    NoToken,
    /// `ssodh/init` with `publish` other than true: 500 (documented; the words are inferred).
    NotPublished,
    /// The request is not what the spec demands (the words are inferred).
    Unfit(Breach),
    /// A body that is longer than any real one (inferred).
    TooLong,
}

impl Refusal {
    /// The answer to a call of this operation.
    pub(super) fn answer(
        self,
        operation: Operation,
        signed_out: SignedOut,
        init_after_logout: StatusCode,
    ) -> Response {
        use StatusCode as S;
        match self {
            Self::SignedOut => match signed_out {
                SignedOut::NoSession if operation == Operation::TicklePost => no_session(),
                SignedOut::NoSession if operation == Operation::SsoValidateGet => {
                    Json(json!({ "RESULT": false })).into_response()
                }
                SignedOut::Json401 | SignedOut::NoSession => error(S::UNAUTHORIZED, "not authenticated"),
                SignedOut::Empty401 => nothing(S::UNAUTHORIZED),
                SignedOut::Html401 => page(S::UNAUTHORIZED, "You are not signed in."),
                SignedOut::Redirect => redirect(S::FOUND),
            },
            Self::LoggedOut => nothing(init_after_logout),
            Self::NotAuthenticated => error(S::UNAUTHORIZED, "not authenticated"),
            Self::NoBridge => error(S::BAD_REQUEST, "Bad Request: no bridge"),
            Self::NotLoggedIn => Json(json!({ "error": "not logged in" })).into_response(),
            Self::NoToken => no_token(),
            Self::NotPublished => error(S::INTERNAL_SERVER_ERROR, "publish must be true"),
            Self::Unfit(breach) => error(S::BAD_REQUEST, &format!("Bad Request: {breach}")),
            Self::TooLong => error(S::PAYLOAD_TOO_LARGE, "Payload Too Large"),
        }
    }
}

/// The body that belongs to a status: as documented or observed, else inferred from the other errors.
pub(super) fn documented(operation: Operation, status: StatusCode) -> Response {
    use StatusCode as S;
    match status {
        S::OK => no_session(),
        S::BAD_REQUEST => error(status, "Bad Request: no bridge"),
        S::UNAUTHORIZED => error(status, "not authenticated"),
        S::FORBIDDEN => page(status, "Access Denied"),
        S::LENGTH_REQUIRED => page(status, "A request of this kind needs a Content-Length."),
        S::GONE | S::TOO_MANY_REQUESTS | S::SERVICE_UNAVAILABLE => nothing(status),
        S::INTERNAL_SERVER_ERROR if operation == Operation::IserverAuthSsodhInitPost => no_token(),
        S::INTERNAL_SERVER_ERROR => error(status, "Please query /accounts first"),
        status if status.is_redirection() => redirect(status),
        status => error(status, status.canonical_reason().unwrap_or_default()),
    }
}

fn error(status: StatusCode, words: &str) -> Response {
    (status, Json(json!({ "error": words, "statusCode": status.as_u16() }))).into_response()
}

/// The gateway's own refusal of an address that is not in its `ips.allow` (observed).
pub(super) fn address_not_allowed() -> Response {
    (StatusCode::FORBIDDEN, "Error 403 - Access Denied").into_response()
}

/// A page without a word.
fn nothing(status: StatusCode) -> Response {
    (status, Html("")).into_response()
}

/// A failure with status 200.
fn no_session() -> Response {
    Json(json!({ "error": "no session" })).into_response()
}

fn no_token() -> Response {
    let body = json!({ "error": "failed to generate sso dh token" });
    (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response()
}

fn redirect(status: StatusCode) -> Response {
    (status, [(LOCATION, LOGIN_PATH)]).into_response()
}

/// A page as the content delivery network in front of the broker sends it.
fn page(status: StatusCode, text: &str) -> Response {
    let title = status.to_string();
    let page = format!(
        "<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n\
         <body><h1>{title}</h1><p>{text}</p></body></html>\n"
    );
    (status, Html(page)).into_response()
}
