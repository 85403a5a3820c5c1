//! The broker's envelopes, taken off.
//!
//! Every answer comes below `Success`, below `success` or bare, and a fault may come in its place. Here the
//! forms end; the rest of the module sees a value or a fault.

use broker_session_runtime::Words;
use kotak_session_api::types::{
    AccessCode, AccessCodeAnswer, Fault as ApiFault, FaultCode, FaultDetail, FlatFault, Init, InitAnswer,
    Login, LoginAnswer, Logout, LogoutAnswer, OAuthFault, Session, SessionAnswer,
};

use crate::settle::Fault;

/// An answer that may be a fault although its status says success.
pub(super) trait Answer {
    /// What it holds.
    type Value;

    /// The value below whatever envelope, or the fault.
    fn open(self) -> Result<Self::Value, ApiFault>;
}

macro_rules! answer {
    ($answer:ident, $value:ident, $upper:ident, $lower:ident) => {
        impl Answer for $answer {
            type Value = $value;

            fn open(self) -> Result<$value, ApiFault> {
                match self {
                    Self::$upper(envelope) => Ok(envelope.success),
                    Self::$lower(envelope) => Ok(envelope.success),
                    Self::$value(value) => Ok(value),
                    Self::FaultEnvelope(fault) => Err(ApiFault::FaultEnvelope(fault)),
                    Self::FlatFault(fault) => Err(ApiFault::FlatFault(fault)),
                }
            }
        }
    };
}

answer!(InitAnswer, Init, InitSuccess, InitSuccessLowerCase);
answer!(LoginAnswer, Login, LoginSuccess, LoginSuccessLowerCase);
answer!(AccessCodeAnswer, AccessCode, AccessCodeSuccess, AccessCodeSuccessLowerCase);
answer!(SessionAnswer, Session, SessionSuccess, SessionSuccessLowerCase);
answer!(LogoutAnswer, Logout, LogoutSuccess, LogoutSuccessLowerCase);

impl Fault for ApiFault {
    fn words(&self) -> Words {
        match self {
            Self::FaultEnvelope(envelope) => of_detail(&envelope.fault),
            Self::FlatFault(fault) => of_flat(fault),
        }
    }
}

impl Fault for OAuthFault {
    fn words(&self) -> Words {
        match self {
            Self::OAuthError(error) => Words {
                code: Some(error.error.clone()),
                message: error.error_description.as_deref().and_then(|text| Words::text([text])),
            },
            Self::FaultEnvelope(envelope) => of_detail(&envelope.fault),
            Self::FlatFault(fault) => of_flat(fault),
        }
    }
}

/// A text of the broker as it may be shown: on a terminal, control characters are commands.
pub(super) fn printable(text: Option<String>) -> Option<String> {
    text.map(|text| text.replace(char::is_control, " "))
}

fn of_detail(fault: &FaultDetail) -> Words {
    words(fault.code.as_ref(), fault.message.as_deref(), fault.description.as_deref())
}

fn of_flat(fault: &FlatFault) -> Words {
    words(Some(&fault.code), fault.message.as_deref(), fault.description.as_deref())
}

fn words(code: Option<&FaultCode>, message: Option<&str>, description: Option<&str>) -> Words {
    let code = code.map(ToString::to_string).filter(|code| code != "0" && !code.is_empty());
    Words { code, message: Words::text([message, description].into_iter().flatten()) }
}
