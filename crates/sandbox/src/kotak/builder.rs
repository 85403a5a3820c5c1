//! Choosing what a sandbox of this broker is like before it starts.

use std::time::Duration;

use super::account::Account;
use super::answers::Envelope;
use super::broker::Kotak;
use super::redirect::Redirect;
use super::state::Lifetimes;

/// Settings of a [`Sandbox`](super::Sandbox) to be started.
pub type Builder = crate::Builder<Kotak>;

/// What is chosen for this broker.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub(super) second_port: Option<u16>,
    pub(super) accounts: Vec<Account>,
    pub(super) envelope: Envelope,
    pub(super) strict_headers: bool,
    pub(super) lifetimes: Lifetimes,
    pub(super) init_redirect: Redirect,
    pub(super) login_redirect: Redirect,
}

impl Builder {
    /// Gives the second base a port of its own (0 picks a free one), where it is `/apim`, instead of
    /// `/second/apim` on the first one's port: another origin to a client.
    #[must_use]
    pub fn second_port(mut self, port: u16) -> Self {
        self.settings.second_port = Some(port);
        self
    }

    /// Adds an account. Without any, the sandbox knows [`Account::default`]. Of two accounts with the same
    /// user id the later one counts.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.settings.accounts.push(account);
        self
    }

    /// The envelope around successful answers.
    #[must_use]
    pub fn envelope(mut self, envelope: Envelope) -> Self {
        self.settings.envelope = envelope;
        self
    }

    /// Refuses calls without the headers `ip` and `appId`, which the broker documents. By default they may be missing,
    /// because clients that leave them out are reported to work.
    #[must_use]
    pub fn strict_headers(mut self) -> Self {
        self.settings.strict_headers = true;
        self
    }

    /// How long a one-time token lives; five minutes by default (inferred).
    #[must_use]
    pub fn one_time_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.lifetimes.one_time_token = lifetime;
        self
    }

    /// How long an access code is good for after it was sent; a day by default. The first one counts as
    /// sent when the sandbox starts. [`Duration::MAX`]: for ever.
    #[must_use]
    pub fn access_code_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.lifetimes.access_code = lifetime;
        self
    }

    /// How long a session lives; a day by default.
    #[must_use]
    pub fn session_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.lifetimes.session = lifetime;
        self
    }

    /// How long an access token from `token` lives; an hour by default. An account's own access token
    /// never expires.
    #[must_use]
    pub fn access_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.lifetimes.access_token = lifetime;
        self
    }

    /// Sends users to the second base, in the answers of init and login.
    #[must_use]
    pub fn redirect_to_second_base(self) -> Self {
        self.init_redirect(Redirect::SecondBase).login_redirect(Redirect::SecondBase)
    }

    /// Says `redirect.host` is this text, whatever it is, in the answers of init and login.
    #[must_use]
    pub fn redirect_to(self, host: impl Into<String>) -> Self {
        let redirect = Redirect::To(host.into());
        self.init_redirect(redirect.clone()).login_redirect(redirect)
    }

    /// `redirect.host` in the answers of the init calls alone.
    #[must_use]
    pub fn init_redirect(mut self, redirect: Redirect) -> Self {
        self.settings.init_redirect = redirect;
        self
    }

    /// `redirect.host` in the answers of the login calls alone.
    #[must_use]
    pub fn login_redirect(mut self, redirect: Redirect) -> Self {
        self.settings.login_redirect = redirect;
        self
    }
}
