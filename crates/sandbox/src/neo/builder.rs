//! Choosing what a sandbox of this broker is like before it starts.

use super::account::Account;
use super::broker::Neo;
use super::refusal::{DeadSession, Manner};

/// Settings of a [`Sandbox`](super::Sandbox) to be started.
pub type Builder = crate::Builder<Neo>;

/// What is chosen for this broker.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub(super) accounts: Vec<Account>,
    pub(super) manner: Manner,
    pub(super) strict_headers: bool,
    pub(super) base_url: Option<String>,
}

impl Builder {
    /// Adds an account. Without any, the sandbox knows [`Account::default`]. Of two accounts with the same UCC
    /// the later one counts.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.settings.accounts.push(account);
        self
    }

    /// Refuses wrong credentials, a wrong TOTP or MPIN and a locked account with status 200 and
    /// `{"stCode", "errMsg", "status": "failure"}` (observed), instead of 401 or 403 and
    /// `{"status": "error", "message", "errorCode"}` (documented). A wrong UCC has that form in any case.
    #[must_use]
    pub fn refusals_in_success(mut self) -> Self {
        self.settings.manner.refusals_in_success = true;
        self
    }

    /// Refuses trading calls without the headers `neo-fin-key` and `Authorization`, as the documentation has them. By
    /// default they may be missing, because official clients leave them out.
    #[must_use]
    pub fn strict_headers(mut self) -> Self {
        self.settings.strict_headers = true;
        self
    }

    /// The form in which a dead session is refused.
    #[must_use]
    pub fn dead_session(mut self, form: DeadSession) -> Self {
        self.settings.manner.dead_session = form;
        self
    }

    /// Answers a dead session with status 200 instead of 401.
    #[must_use]
    pub fn dead_session_in_success(mut self) -> Self {
        self.settings.manner.dead_session_in_success = true;
        self
    }

    /// Says that `baseUrl` is this string, whatever it is: for clients that must not follow it. By default it is
    /// the sandbox's own root.
    ///
    /// What begins with a slash is a path of the sandbox's own. The calls of a session are answered below the path of the
    /// base URL alone, whatever its host: for clients that must keep it.
    #[must_use]
    pub fn base_url_in_answers(mut self, base_url: impl Into<String>) -> Self {
        self.settings.base_url = Some(base_url.into());
        self
    }
}
