//! What a test can let happen at the broker, with OAuth. Without [`Builder::oauth`](crate::ibkr::Builder::oauth) nothing of it
//! does anything.

use jiff::Timestamp;

use super::{Credentials, Exchange, OAuth};
use crate::ibkr::Sandbox;

impl Sandbox {
    /// Does something with the broker's side of OAuth, if there is one.
    fn oauth<T>(&self, event: impl FnOnce(&mut OAuth, Timestamp) -> T) -> Option<T> {
        self.parts(|parts, now| parts.oauth.as_mut().map(|oauth| event(oauth, now)))
    }

    /// What a client signs in with; `None` without OAuth.
    pub fn oauth_credentials(&self) -> Option<Credentials> {
        self.oauth(|oauth, _| oauth.credentials().clone())
    }

    /// How many live session tokens, and tokens of SSO sessions, are alive.
    pub fn live_session_tokens(&self) -> usize {
        self.oauth(|oauth, now| oauth.live(now)).unwrap_or_default()
    }

    /// All live session tokens end, and the tokens of OAuth 2.0: requests get an empty 401. The brokerage session stays as it
    /// is.
    pub fn end_live_session_tokens(&self) {
        self.oauth(|oauth, _| oauth.end_tokens());
    }

    /// Whether the consumer key is active. While it is not, all requests of OAuth 1.0a get 401 and `invalid consumer`, as
    /// after the registration (observed).
    pub fn set_consumer_active(&self, is_active: bool) {
        self.oauth(|oauth, _| oauth.options.is_consumer_active = is_active);
    }

    /// The access tokens are gone, and the live session tokens with them. A request for another one gets 401 and `No access
    /// secret key found`.
    pub fn revoke_access_tokens(&self) {
        self.oauth(|oauth, _| oauth.revoke_access_tokens());
    }

    /// The access token of the credentials is good again.
    pub fn restore_access_token(&self) {
        self.oauth(|oauth, _| oauth.restore_access_token());
    }

    /// What responses to requests for a live session token are like from now on.
    pub fn set_exchange(&self, exchange: Exchange) {
        self.oauth(|oauth, _| oauth.options.exchange = exchange);
    }

    /// Whether this host has lost all sessions: then every request gets 410 and `gone`, and another host may do (observed).
    pub fn set_gone(&self, is_gone: bool) {
        self.oauth(|oauth, _| oauth.is_gone = is_gone);
    }

    /// A person lets the program of a third party in, and gives it this verifier; `None` for a request token that the broker
    /// does not know.
    pub fn approve_request_token(&self, token: &str) -> Option<String> {
        self.oauth(|oauth, _| oauth.approve(token)).flatten()
    }
}
