//! Failures that come with a successful status, told apart from answers.

use broker_session_runtime::{Secret, Words};
use ibkr_session_api::types::{
    AuthStatus, AuthStatusAnswer, ErrorAnswer, Logout, LogoutAnswer, SsoValidate, SsoValidateAnswer, Tickle,
    TickleAnswer,
};

use crate::settle::Answer;

macro_rules! answer {
    ($answer:ident, $value:ident) => {
        impl Answer for $answer {
            type Value = $value;
            type Fault = ErrorAnswer;

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

/// Reads the broker's texts so that they may be shown: as one line of moderate length, without what a terminal
/// would act upon and without secrets, should the gateway quote one.
pub(super) struct Texts(pub(super) Vec<Secret>);

impl Texts {
    /// The text, unless it is empty.
    pub(super) fn said(&self, text: Option<String>) -> Option<String> {
        Words::new(None, text.as_deref(), &self.0).message
    }

    /// Why something failed. A flag in place of a string says that there is no reason.
    pub(super) fn reason(&self, text: Option<String>) -> Option<String> {
        self.said(text).filter(|fail| fail != "false")
    }
}
