//! The forms of a failure, told apart from answers.

use kotak_neo_session_api::types::{
    ClientIpAnswer, ClientIps, ErrorAnswer, Logout, LogoutAnswer, SessionAnswer, SessionEnvelope,
};

use crate::settle::{Answer, Fault};

macro_rules! answer {
    ($answer:ident, $value:ident, $($error:ident),+) => {
        impl Answer for $answer {
            type Value = $value;
            type Fault = ErrorAnswer;

            fn open(self) -> Result<$value, ErrorAnswer> {
                match self {
                    Self::$value(value) => Ok(value),
                    $(Self::$error(error) => Err(error.into()),)+
                }
            }
        }
    };
}

answer!(SessionAnswer, SessionEnvelope, ErrorList, CodedError, Failure, GatewayError, Message, StatusCode);
answer!(ClientIpAnswer, ClientIps, ErrorList, CodedError, Failure, GatewayError, StatusCode);
answer!(LogoutAnswer, Logout, ErrorList, CodedError, Failure, GatewayError);

impl Fault for ErrorAnswer {
    fn code(&self) -> Option<String> {
        match self {
            Self::ErrorList(list) => list.error.iter().find_map(|item| item.code.clone()),
            Self::CodedError(error) => Some(error.error_code.to_string()),
            Self::Failure(failure) => failure.st_code.map(|code| code.to_string()),
            Self::GatewayError(error) => Some(error.code.to_string()),
            Self::Message(_) => None,
            Self::StatusCode(failure) => Some(failure.st_code.to_string()),
        }
    }

    fn texts(&self) -> Vec<&str> {
        let texts = match self {
            Self::ErrorList(list) => list.error.iter().map(|item| item.message.as_deref()).collect(),
            Self::CodedError(error) => vec![error.message.as_deref()],
            Self::Failure(failure) => vec![Some(failure.err_msg.as_str())],
            Self::GatewayError(error) => vec![error.message.as_deref(), error.description.as_deref()],
            Self::Message(error) => vec![Some(error.message.as_str())],
            Self::StatusCode(failure) => vec![failure.status.as_deref().or(failure.stat.as_deref())],
        };
        texts.into_iter().flatten().collect()
    }
}

/// An answer to the logout that is no success.
impl Fault for Logout {
    fn code(&self) -> Option<String> {
        self.st_code.map(|code| code.to_string())
    }

    fn texts(&self) -> Vec<&str> {
        let said = self.message.as_deref().or(self.stat.as_deref()).or(self.status.as_deref());
        said.into_iter().collect()
    }
}

/// What the answer to a logout says of it; nothing if it does not say.
pub(super) fn is_logged_out(answer: &Logout) -> Option<bool> {
    let is_ok = |said: &String| ["ok", "success"].iter().any(|ok| said.trim().eq_ignore_ascii_case(ok));
    let said = [&answer.stat, &answer.status].into_iter().flatten().filter(|said| !said.trim().is_empty());
    let coded = answer.st_code.map(|code| matches!(code, 200 | 1000));
    // All that it says must agree.
    said.map(is_ok).chain(coded).reduce(|one, other| one && other)
}

/// Whether the broker calls something a failure.
pub(super) fn is_failure(status: &str) -> bool {
    ["error", "failure", "failed", "fail", "not_ok"]
        .iter()
        .any(|name| status.trim().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logout_is_one_if_all_that_the_answer_says_agrees() {
        for (answer, expected) in [
            (r#"{"stat":"Ok"}"#, Some(true)),
            (r#"{"status":"success","stCode":1000}"#, Some(true)),
            (r#"{"stCode":200}"#, Some(true)),
            (r#"{"stat":" ok ","status":""}"#, Some(true)),
            (r#"{"stat":"Ok","stCode":100022}"#, Some(false)),
            (r#"{"stat":"Ok","status":"failure"}"#, Some(false)),
            (r#"{"stat":"Not_Ok","stCode":200}"#, Some(false)),
            (r#"{"status":"whatever"}"#, Some(false)),
            (r#"{"stCode":500,"message":"error"}"#, Some(false)),
            (r#"{"message":"Logged out."}"#, None),
            ("{}", None),
        ] {
            assert_eq!(is_logged_out(&serde_json::from_str(answer).unwrap()), expected, "{answer}");
        }
    }
}
