//! One opening of the brokerage session, with what helps if the first call does not open it.

use broker_session_runtime::ErrorKind;

use super::gateway::{Compete, Gateway, is_already_set};
use crate::Error;

impl Gateway {
    /// Opens the brokerage session. `first` is what the first call says of a session elsewhere, `leave` what the caller
    /// has allowed: where it is needed, the call is made once more at once.
    pub(super) async fn open_session(&self, first: Compete, leave: Compete) -> Result<(), Error> {
        let error = match self.send_init(first).await {
            Ok(_) => return Ok(()),
            Err(error) => error,
        };
        let may_take_over = first == Compete::Yield && leave == Compete::TakeOver;
        if is_already_set(&error) {
            return match leave {
                Compete::TakeOver => self.send_init(Compete::TakeOver).await.map(drop),
                Compete::Yield => self.reauthenticate().await.map(drop),
            };
        }
        if may_take_over && is_refusal(&error) {
            return self.send_init(Compete::TakeOver).await.map(drop);
        }
        Err(error)
    }
}

/// Whether the gateway has understood the call and does not open the session.
fn is_refusal(error: &Error) -> bool {
    error.kind() == ErrorKind::Refused && error.status() == Some(200)
}
