//! The broker's envelopes, taken off.
//!
//! Every answer comes below `Success`, below `success` or bare, and a fault may come in its place. Here the
//! forms end; the rest of the module sees a value or a fault.

use kotak_session_api::types::{
    AccessCode, AccessCodeAnswer, Fault, Init, InitAnswer, Login, LoginAnswer, Logout, LogoutAnswer, Session,
    SessionAnswer,
};

use crate::settle::Answer;

macro_rules! answer {
    ($answer:ident, $value:ident, $upper:ident, $lower:ident) => {
        impl Answer for $answer {
            type Value = $value;
            type Fault = Fault;

            fn open(self) -> Result<$value, Fault> {
                match self {
                    Self::$upper(envelope) => Ok(envelope.success),
                    Self::$lower(envelope) => Ok(envelope.success),
                    Self::$value(value) => Ok(value),
                    Self::FaultEnvelope(fault) => Err(Fault::FaultEnvelope(fault)),
                    Self::FlatFault(fault) => Err(Fault::FlatFault(fault)),
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
