//! The forms of a failure, told apart from answers.

use kotak_neo_session_api::types::{
    ClientIpAnswer, ClientIps, ErrorAnswer, Logout, LogoutAnswer, SessionAnswer, SessionEnvelope,
};

use crate::settle::Answer;

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
