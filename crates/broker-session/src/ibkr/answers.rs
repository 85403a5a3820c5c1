//! Failures that come with a successful status, told apart from answers.

use ibkr_session_api::types::{
    AuthStatus, AuthStatusAnswer, ErrorAnswer, Logout, LogoutAnswer, SsoValidate, SsoValidateAnswer, Tickle,
    TickleAnswer,
};

use crate::settle::Fault;

/// An answer that may be a failure although its status says success.
pub(super) trait Answer {
    /// What it holds.
    type Value;

    /// The value, or the failure.
    fn open(self) -> Result<Self::Value, ErrorAnswer>;
}

macro_rules! answer {
    ($answer:ident, $value:ident) => {
        impl Answer for $answer {
            type Value = $value;

            fn open(self) -> Result<$value, ErrorAnswer> {
                match self {
                    Self::$value(value) => Ok(value),
                    Self::ErrorAnswer(error) => Err(error),
                }
            }
        }
    };
}

answer!(AuthStatusAnswer, AuthStatus);
answer!(SsoValidateAnswer, SsoValidate);
answer!(TickleAnswer, Tickle);
answer!(LogoutAnswer, Logout);

impl Fault for ErrorAnswer {
    /// The broker has no codes; it is known by its words.
    fn code(&self) -> Option<String> {
        None
    }

    fn texts(&self) -> Vec<&str> {
        vec![&self.error]
    }
}

/// A text of the broker as it may be shown: on a terminal, control characters are commands. An empty one
/// says nothing.
pub(super) fn said(text: Option<String>) -> Option<String> {
    text.map(|text| text.replace(char::is_control, " ").trim().to_owned()).filter(|text| !text.is_empty())
}
