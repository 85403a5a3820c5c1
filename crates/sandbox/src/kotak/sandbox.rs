//! What a running sandbox of this broker has besides what all have.

use super::broker::Kotak;
use super::operation::Operation;
use crate::operation::Table as _;

/// A Kotak Trade API broker in this process.
///
/// Its [`base_url`](crate::Sandbox::base_url) is the first base, for example `http://127.0.0.1:4001/apim`;
/// below its [`root_url`](crate::Sandbox::root_url), `/token` and `/revoke` answer as well.
pub type Sandbox = crate::Sandbox<Kotak>;

impl Sandbox {
    /// URL of the second base, for example `http://127.0.0.1:4001/second/apim`.
    pub fn second_base_url(&self) -> &str {
        &self.broker().urls.second.0
    }

    /// URL of the order report ([`Operation::OrderReport`]) at the first base: a trading call, a GET.
    pub fn orders_url(&self) -> String {
        format!("{}{}", self.base_url(), Operation::OrderReport.row().path)
    }

    /// The latest access code that was sent to the user, as if read from the message; `None` for an
    /// unknown user. It may have expired.
    pub fn access_code(&self, userid: &str) -> Option<String> {
        self.broker().state().access_code(userid)
    }
}
