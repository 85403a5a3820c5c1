//! Why a call is refused, and the status and fault that say so on the wire.

use http::StatusCode;
use serde_json::Value;

use super::broker::Kotak;
use super::operation::Operation;
use crate::broker::Play as _;
use crate::examples;
use crate::requests::Breach;
use crate::spec::Spec;

/// Why the broker refuses a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// `Authorization` or `consumerKey` is missing.
    MissingCredentials,
    /// The access token is wrong, expired or revoked, or belongs to another consumer key.
    InvalidCredentials,
    /// The request is not what the spec demands: a number for an access code was answered with 400 (observed).
    BadInput(Breach),
    /// `init` for a user the broker does not know.
    UnknownUser,
    /// `init` said that the user is not active.
    Inactive,
    /// The password, the code, the MPIN or the biometric is wrong: a guess.
    Wrong,
    /// The access code was right, once.
    AccessCodeExpired,
    /// The user has not set up this factor.
    NotSetUp(&'static str),
    /// Too many wrong guesses.
    Locked,
    /// The one-time token is wrong, used or expired.
    OneTimeTokenDead,
    /// The session token is wrong, logged out or expired.
    LoggedOut,
    /// The user was told to carry on at the base with this URL.
    OtherBase(String),
}

/// A fault as it stands in the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FaultBody {
    pub(crate) code: i64,
    pub(crate) message: String,
    pub(crate) description: String,
}

impl FaultBody {
    fn new(code: i64, message: impl Into<String>, description: impl Into<String>) -> Self {
        Self { code, message: message.into(), description: description.into() }
    }
}

impl Refusal {
    /// Status and fault for an operation.
    ///
    /// Observed: 900901, 900902, 50001, 70009, 999003, 999024 and 99999 with their words; the statuses of
    /// 900901, 900902, 50001 and 70009; 424 for a dead one-time token. Documented: 403 for a dead session on a trading
    /// call. The other statuses are inferred. What is said to bad input and to a wrong guess stands in the spec.
    pub(crate) fn answer(self, operation: Operation) -> (StatusCode, FaultBody) {
        use StatusCode as S;
        match self {
            Self::MissingCredentials => (
                S::UNAUTHORIZED,
                FaultBody::new(900902, "Missing Credentials", "Send an access token and a consumer key."),
            ),
            Self::InvalidCredentials => (
                S::UNAUTHORIZED,
                FaultBody::new(
                    900901,
                    "Invalid Credentials",
                    "Access failure for API: /apim/session/1.0, version: 1.0. The access token is not valid.",
                ),
            ),
            Self::BadInput(breach) => bad_input(operation, breach.to_string()),
            Self::UnknownUser => bad_input(operation, "the user is not known".into()),
            Self::Inactive => (
                S::FORBIDDEN,
                FaultBody::new(
                    999003,
                    "You are not authorized to access this platform",
                    "You are not authorized to access this platform",
                ),
            ),
            Self::Wrong => (S::UNAUTHORIZED, wrong_guess(operation)),
            Self::AccessCodeExpired => (
                S::UNAUTHORIZED,
                FaultBody { description: "Ask for a new access code.".into(), ..wrong_guess(operation) },
            ),
            Self::NotSetUp(what) => bad_input(operation, format!("the user has not set up {what}")),
            Self::Locked => (
                S::FORBIDDEN,
                FaultBody::new(70009, "Account Locked", "Failure:User locked due to Bad tries"),
            ),
            Self::OneTimeTokenDead => (
                match operation {
                    Operation::Session2faOneTimeToken => S::FAILED_DEPENDENCY,
                    _ => S::UNAUTHORIZED,
                },
                FaultBody::new(
                    50001,
                    "Invalid OneTimeToken",
                    "Onetimetoken is either expired or not correct",
                ),
            ),
            Self::LoggedOut => (
                // The broker documents neither 401 nor 403 for it on the logout.
                if operation.is_trading() { S::FORBIDDEN } else { S::BAD_REQUEST },
                FaultBody::new(
                    99999,
                    "You have been logged out. Login again",
                    "Session token is either expired or not correct",
                ),
            ),
            Self::OtherBase(url) => (
                S::BAD_REQUEST,
                FaultBody::new(
                    999024,
                    "Request can not be processed, please process your request through provided domain",
                    url,
                ),
            ),
        }
    }
}

/// What the spec has for a request that is not as it must be, with what is wrong about it.
fn bad_input(operation: Operation, description: String) -> (StatusCode, FaultBody) {
    let status = StatusCode::BAD_REQUEST;
    (status, FaultBody { description, ..of_spec(operation, status, "missing-parameter") })
}

/// What the spec has for a wrong password, or a wrong second factor.
fn wrong_guess(operation: Operation) -> FaultBody {
    let name = if operation.is_second_factor() { "wrong-second-factor" } else { "wrong-password" };
    of_spec(operation, StatusCode::UNAUTHORIZED, name)
}

/// The fault of a named example; one that has only the status if the spec has none with that name.
fn of_spec(operation: Operation, status: StatusCode, name: &str) -> FaultBody {
    let spec = Kotak::spec().ok().map(Spec::value);
    let body = spec.and_then(|spec| examples::body(spec, operation.id(), status, name));
    let member = |name: &str| body.and_then(|body| body.get("fault")?.get(name));
    let text = |name: &str| member(name).and_then(Value::as_str).unwrap_or_default();
    let code = member("code").and_then(Value::as_i64).unwrap_or(status.as_u16().into());
    FaultBody::new(code, text("message"), text("description"))
}

/// The fault for an injected status: the code where one was observed with the status, else the status
/// itself (inferred); the description is the broker's documentation of the status.
pub(crate) fn documented(status: StatusCode) -> FaultBody {
    match status {
        StatusCode::OK => FaultBody::new(
            999003,
            "You are not authorized to access this platform",
            "You are not authorized to access this platform",
        ),
        StatusCode::BAD_REQUEST => FaultBody::new(400, "Bad Request", "Invalid or missing input parameters"),
        StatusCode::UNAUTHORIZED => {
            FaultBody::new(900901, "Invalid Credentials", "Verify resource and path of the request")
        }
        StatusCode::FORBIDDEN => {
            FaultBody::new(70009, "Account Locked", "Failure:User locked due to Bad tries")
        }
        StatusCode::FAILED_DEPENDENCY => {
            FaultBody::new(50001, "Invalid OneTimeToken", "Onetimetoken is either expired or not correct")
        }
        other => {
            let description = match other {
                StatusCode::TOO_MANY_REQUESTS => "Too many requests to the API",
                StatusCode::INTERNAL_SERVER_ERROR => "Unexpected error",
                StatusCode::SERVICE_UNAVAILABLE => "Trade API service is unavailable",
                StatusCode::GATEWAY_TIMEOUT => "Gateway timeout, trade API is unreachable",
                _ => "",
            };
            FaultBody::new(other.as_u16().into(), other.canonical_reason().unwrap_or_default(), description)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_that_is_taken_from_the_spec_is_there() {
        for operation in Operation::ALL.into_iter().filter(|operation| !operation.is_oauth()) {
            if operation.is_trading() {
                continue;
            }
            let (_, fault) = Refusal::UnknownUser.answer(operation);
            assert_ne!(fault.message, "", "{operation:?}");
        }
        for operation in [
            Operation::SessionLoginUserid,
            Operation::SessionLoginNickname,
            Operation::Session2faAccesscodePost,
            Operation::Session2faMpin,
            Operation::Session2faBiometric,
        ] {
            let (_, fault) = Refusal::Wrong.answer(operation);
            assert!(!fault.message.is_empty() && !fault.description.is_empty(), "{operation:?}: {fault:?}");
        }
    }
}
