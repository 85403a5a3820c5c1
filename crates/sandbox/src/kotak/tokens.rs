//! Access tokens: which are good, and the OAuth 2.0 calls that issue and revoke them (RFC 6749, RFC 7009).

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::refusal::Refusal;
use super::state::{App, State};
use crate::clock::later;
use crate::tickets::random_token;

/// Access and refresh tokens that `token` has issued, and what `revoke` has ended.
#[derive(Default)]
pub(crate) struct Tokens {
    access: HashMap<String, Issued>,
    refresh: HashMap<String, App>,
    revoked: HashSet<String>,
}

struct Issued {
    app: App,
    expires: Timestamp,
}

/// What a client offers for an access token.
pub(crate) enum Grant<'a> {
    ClientCredentials,
    Password { username: &'a str, password: &'a str },
    RefreshToken(&'a str),
}

/// An answer of `token`.
pub(crate) struct NewTokens {
    pub(crate) access_token: String,
    pub(crate) refresh_token: Option<String>,
    /// Seconds.
    pub(crate) expires_in: u64,
}

impl State {
    /// The application behind a bearer token and a consumer key, which must belong together.
    pub(crate) fn app(&self, bearer: Option<&str>, consumer_key: Option<&str>) -> Result<App, Refusal> {
        let (Some(bearer), Some(consumer_key)) = (bearer, consumer_key) else {
            return Err(Refusal::MissingCredentials);
        };
        let now = self.clock.now();
        let portal = self
            .accounts()
            .any(|account| account.access_token == bearer && account.consumer_key == consumer_key);
        let issued = self
            .tokens
            .access
            .get(bearer)
            .is_some_and(|issued| issued.app.consumer_key == consumer_key && now < issued.expires);
        if (portal || issued) && !self.tokens.revoked.contains(bearer) {
            Ok(App { consumer_key: consumer_key.to_owned() })
        } else {
            Err(Refusal::InvalidCredentials)
        }
    }

    /// The application that authenticates itself with its key and secret.
    pub(crate) fn client(&self, consumer_key: &str, consumer_secret: &str) -> Option<App> {
        self.accounts()
            .any(|account| account.consumer_key == consumer_key && account.consumer_secret == consumer_secret)
            .then(|| App { consumer_key: consumer_key.to_owned() })
    }

    /// Issues tokens. A refresh token is good for one use; `None` if what was offered is not good.
    pub(crate) fn grant(&mut self, app: App, grant: Grant<'_>) -> Option<NewTokens> {
        let refreshable = match grant {
            Grant::ClientCredentials => false,
            Grant::Password { username, password } => {
                self.check_password(&app, username, password).ok()?;
                true
            }
            Grant::RefreshToken(token) => {
                if self.tokens.refresh.get(token) != Some(&app) {
                    return None;
                }
                self.tokens.refresh.remove(token);
                true
            }
        };
        let access_token = random_token();
        let expires = later(self.clock.now(), self.lifetimes.access_token);
        let refresh_token = refreshable.then(random_token);
        if let Some(token) = &refresh_token {
            self.tokens.refresh.insert(token.clone(), app.clone());
        }
        self.tokens.access.insert(access_token.clone(), Issued { app, expires });
        let expires_in = self.lifetimes.access_token.as_secs();
        Some(NewTokens { access_token, refresh_token, expires_in })
    }

    /// Ends a token of the application's; one it does not own, or nobody does, changes nothing (RFC 7009).
    pub(crate) fn revoke(&mut self, app: &App, token: &str) {
        if self.tokens.refresh.get(token) == Some(app) {
            self.tokens.refresh.remove(token);
        } else if self.app(Some(token), Some(&app.consumer_key)).is_ok() {
            self.tokens.revoked.insert(token.to_owned());
        }
    }
}
