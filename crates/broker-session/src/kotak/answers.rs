//! The broker's envelopes, taken off.
//!
//! Every answer comes below `Success`, below `success` or bare, and a fault may come in its place. Here the
//! forms end; the rest of the module sees a value or a fault.

use kotak_session_api::types::{
    AccessCode, AccessCodeAnswer, Fault as ApiFault, FaultCode, Init, InitAnswer, Login, LoginAnswer, Logout,
    LogoutAnswer, OAuthFault, Session, SessionAnswer,
};

use crate::settle::{Answer, Fault};

macro_rules! answer {
    ($answer:ident, $value:ident, $upper:ident, $lower:ident) => {
        impl Answer for $answer {
            type Value = $value;
            type Fault = ApiFault;

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
    fn code(&self) -> Option<String> {
        match self {
            Self::FaultEnvelope(envelope) => code(envelope.fault.code.as_ref()),
            Self::FlatFault(fault) => code(Some(&fault.code)),
        }
    }

    fn texts(&self) -> Vec<&str> {
        match self {
            Self::FaultEnvelope(envelope) => texts(&envelope.fault.message, &envelope.fault.description),
            Self::FlatFault(fault) => texts(&fault.message, &fault.description),
        }
    }
}

impl Fault for OAuthFault {
    fn code(&self) -> Option<String> {
        match self {
            Self::OAuthError(error) => Some(error.error.clone()),
            Self::FaultEnvelope(envelope) => code(envelope.fault.code.as_ref()),
            Self::FlatFault(fault) => code(Some(&fault.code)),
        }
    }

    fn texts(&self) -> Vec<&str> {
        match self {
            Self::OAuthError(error) => texts(&error.error_description, &None),
            Self::FaultEnvelope(envelope) => texts(&envelope.fault.message, &envelope.fault.description),
            Self::FlatFault(fault) => texts(&fault.message, &fault.description),
        }
    }
}

/// The code as text; 0 stands for none.
fn code(code: Option<&FaultCode>) -> Option<String> {
    code.map(ToString::to_string).filter(|code| code != "0")
}

fn texts<'a>(message: &'a Option<String>, description: &'a Option<String>) -> Vec<&'a str> {
    [message, description].into_iter().filter_map(|text| text.as_deref()).collect()
}
