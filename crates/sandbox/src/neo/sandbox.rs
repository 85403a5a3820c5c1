//! What a running sandbox of this broker has besides what all have.

use super::broker::Neo;
use super::operation::Operation;
use crate::operation::Table as _;

/// The broker of Kotak Neo in this process.
///
/// Its [`base_url`](crate::Sandbox::base_url) is its root. It stands for the host of the sign-in and for the one
/// that the broker says to carry on at. Sessions are counted as trade sessions;
/// [`end_sessions`](crate::Sandbox::end_sessions) ends view sessions as well.
pub type Sandbox = crate::Sandbox<Neo>;

impl Sandbox {
    /// The code that the first account's authenticator shows, by the sandbox's clock. It is good for one
    /// sign-in; the next one comes after 30 seconds.
    pub fn totp_now(&self) -> String {
        self.broker().state().totp(self.user()).unwrap_or_default()
    }

    /// URL of the order report ([`Operation::Orders`]) at this sandbox: a trading call, a GET.
    pub fn orders_url(&self) -> String {
        let path = self.broker().session_path();
        format!("{}{path}{}", self.root_url(), Operation::Orders.row().path)
    }
}
