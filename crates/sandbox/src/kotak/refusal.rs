//! Why a call is refused, and the status and fault that say so on the wire.

use http::StatusCode;

use super::operation::Operation;
use crate::requests::Breach;

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
    Wrong(&'static str),
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
    /// 900901, 900902, 50001 and 70009; 424 for a dead one-time token. Everything else is inferred: the
    /// other codes (50000 for bad input, 50002 to 50005 for what was wrong), and the other statuses.
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
            Self::BadInput(breach) => bad_input(breach.to_string()),
            Self::UnknownUser => bad_input("the user is not known".into()),
            Self::Inactive => (
                S::FORBIDDEN,
                FaultBody::new(
                    999003,
                    "You are not authorized to access this platform",
                    "You are not authorized to access this platform",
                ),
            ),
            Self::Wrong(what) => (
                S::UNAUTHORIZED,
                FaultBody::new(50002, format!("Invalid {what}"), format!("The {what} is not correct")),
            ),
            Self::AccessCodeExpired => {
                (S::UNAUTHORIZED, FaultBody::new(50003, "Access Code Expired", "Ask for a new access code"))
            }
            Self::NotSetUp(what) => (
                S::BAD_REQUEST,
                FaultBody::new(50004, format!("{what} Not Set"), format!("The user has not set up {what}")),
            ),
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
                match operation {
                    // The broker documents no 401 for logout.
                    Operation::SessionLogout => S::BAD_REQUEST,
                    _ => S::UNAUTHORIZED,
                },
                FaultBody::new(
                    99999,
                    "You have been logged out. Login again",
                    "You have been logged out. Login again",
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

fn bad_input(description: String) -> (StatusCode, FaultBody) {
    (StatusCode::BAD_REQUEST, FaultBody::new(50000, "Invalid or missing input parameters", description))
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
        StatusCode::BAD_REQUEST => {
            FaultBody::new(50000, "Bad Request", "Invalid or missing input parameters")
        }
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
