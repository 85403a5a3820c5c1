//! How a client signs in by itself, with OAuth.

use std::{fmt, sync::Arc};

use broker_session_runtime::{ErrorKind, Secret};
use ibkr_session_api::types::{LiveSessionToken, OAuth2Token, OAuthAccessToken, SsoSession};
use jiff::Timestamp;

use super::{
    Session,
    authorization::{Authorization, Grant},
    client::{Client, Compete},
    oauth1a::{self, KeySigner},
    oauth2,
    supervisor::Supervisor,
};
use crate::{Error, clock::Clock};

/// Where the broker pushes data, and what opens it. The address has the access token in it, so both are secrets.
pub struct WebSocket {
    /// The URL.
    pub url: Secret,
    /// The header `Cookie`.
    pub cookie: Secret,
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl Client {
    /// Whether the client signs in by itself.
    pub fn has_oauth(&self) -> bool {
        self.authorization().is_some()
    }

    /// Signs in without a person: gets a token, opens the brokerage session if it is not open, and waits until it can be
    /// used. `compete` decides what becomes of a session that the same user has elsewhere. With a store
    /// ([`ClientBuilder::store`](crate::ClientBuilder::store)) the token may be that of another program; a new one is got
    /// after a logout, too.
    ///
    /// Call it once; a [`Supervisor`] then keeps the session alive. It is no harm to call it on a live session.
    ///
    /// # Errors
    /// `Credentials` if the broker does not accept the consumer key, the access token or a signature; `Refused` if it does
    /// not open the brokerage session, or if that must wait because it was opened just now ([`Error::retry_after`]); `Config`
    /// without OAuth; and what any call may meet.
    pub async fn login(&self, compete: Compete) -> Result<Session, Error> {
        let authorization = self.oauth()?;
        authorization.sign_in().await?;
        // It is to be open again, also if it was signed out before.
        self.shared().update(|record, _| record.closed = None).await;
        let state = Supervisor::builder(self.clone(), compete).run_once().await?;
        if state.is_ready() {
            return Ok(self.unverified_session());
        }
        let wait = state.next_opening().map(|time| time.duration_since(Timestamp::now()));
        let error = state.to_error().with_retry_after(wait.and_then(|wait| wait.try_into().ok()));
        // Nobody has used a session that was over: it was not opened.
        let is_over = error.kind() == ErrorKind::SessionExpired;
        Err(if is_over { error.of_kind(ErrorKind::Refused) } else { error })
    }

    /// Gets a new token now, and returns when it ends. A client does so by itself in time. With a store it is a new one for
    /// everybody, also after a logout.
    ///
    /// # Errors
    /// `Credentials` if the broker does not accept the consumer key, the access token or a signature; `Config` without
    /// OAuth; and what any call may meet.
    pub async fn renew_authorization(&self) -> Result<Timestamp, Error> {
        Ok(self.oauth()?.renew_now().await?.ends_at)
    }

    /// The broker's half of an exchange for a live session token, as it comes (`POST /oauth/live_session_token`). For tools
    /// that look at it; nothing is kept.
    ///
    /// # Errors
    /// Those of [`Client::request_token`].
    pub async fn live_session_token(&self) -> Result<LiveSessionToken, Error> {
        let (authorization, credentials) = self.oauth1a()?;
        let signer = KeySigner::for_exchange(credentials.clone());
        Ok(authorization.api(Arc::new(signer))?.oauth_live_session_token_post().await?.into_inner())
    }

    /// Asks for a request token, for a program of a third party (`POST /oauth/request_token`). A person approves it at
    /// `https://interactivebrokers.com/authorize?oauth_token=…`, which leads back with a verifier.
    ///
    /// # Errors
    /// `Credentials` if the broker does not accept the consumer key or the signature; `Config` without credentials of OAuth
    /// 1.0a; and what any call may meet.
    pub async fn request_token(&self) -> Result<Secret, Error> {
        let (authorization, credentials) = self.oauth1a()?;
        let signer = KeySigner::for_request_token(credentials.clone());
        let token =
            authorization.api(Arc::new(signer))?.oauth_request_token_post().await?.into_inner().oauth_token;
        self.core().secrets.add(&token);
        Ok((*token).clone())
    }

    /// Exchanges an approved request token and its verifier for an access token (`POST /oauth/access_token`). Both are good
    /// once, so the call is not repeated.
    ///
    /// # Errors
    /// Those of [`Client::request_token`].
    pub async fn access_token(
        &self,
        request_token: &Secret,
        verifier: &Secret,
    ) -> Result<OAuthAccessToken, Error> {
        let (authorization, credentials) = self.oauth1a()?;
        let secrets = &self.core().secrets;
        secrets.add_all([request_token, verifier]);
        let signer =
            KeySigner::for_access_token(credentials.clone(), request_token.clone(), verifier.clone());
        let token = authorization.api(Arc::new(signer))?.oauth_access_token_post().await?.into_inner();
        secrets.add_all([&*token.oauth_token, &*token.oauth_token_secret]);
        Ok(token)
    }

    /// The first step with OAuth 2.0: an access token (`POST /oauth2/api/v1/token`). [`Client::login`] does both.
    ///
    /// # Errors
    /// `Credentials` if the broker does not accept the assertion; `Refused` if it opens no session for the user name and the
    /// address; `Config` without credentials of OAuth 2.0; and what any call may meet.
    pub async fn oauth2_access_token(&self) -> Result<OAuth2Token, Error> {
        let (authorization, credentials) = self.oauth2()?;
        let parts = authorization.parts()?;
        let token = oauth2::access_token(credentials, parts, Clock.now()).await?;
        self.core().secrets.add(&token.access_token);
        Ok(token)
    }

    /// The second step with OAuth 2.0: the token of a single sign-on (`POST /gw/api/v1/sso-sessions`), with an access token.
    ///
    /// # Errors
    /// `Credentials` if the broker does not accept the assertion; `Refused` if it opens no session for the user name and the
    /// address; `Config` without credentials of OAuth 2.0; and what any call may meet.
    pub async fn sso_session(&self, access_token: &Secret) -> Result<SsoSession, Error> {
        let (authorization, credentials) = self.oauth2()?;
        let parts = authorization.parts()?;
        let session = oauth2::sso_session(credentials, access_token, parts, Clock.now()).await?;
        self.core().secrets.add(&session.access_token);
        Ok(session)
    }

    /// Where the broker pushes data, and what opens it. Asks for the session's id with a tickle.
    ///
    /// # Errors
    /// Those of [`Client::tickle`]; `Protocol` if the response has no session.
    pub async fn websocket(&self) -> Result<WebSocket, Error> {
        self.websocket_of(self.tickle_session().await?)
    }

    /// The same for the id of a session that is known already.
    pub(super) fn websocket_of(&self, session: Option<Secret>) -> Result<WebSocket, Error> {
        let core = self.core();
        let missing = || Error::in_success(ErrorKind::Protocol, "the response to the tickle has no session");
        let session = session.ok_or_else(missing)?;
        let mut url = match self.authorization() {
            Some(authorization) => authorization.current_base()?.clone(),
            None => core.base.clone(),
        };
        let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
        url.set_path(&format!("{}/ws", core.base.path().trim_end_matches('/')));
        let address = url.as_str().split_once(':').map_or("", |(_, rest)| rest);
        let names = self.authorization().and_then(|authorization| authorization.grant().names());
        let token = names.and_then(|names| names.access_token.as_ref());
        let query = token.map(|token| format!("?oauth_token={}", token.expose())).unwrap_or_default();
        // A gateway wants JSON in its cookie (observed).
        let cookie = match self.has_oauth() {
            true => format!("api={}", session.expose()),
            false => format!("api={{\"session\":\"{}\"}}", session.expose()),
        };
        Ok(WebSocket { url: Secret::new(format!("{scheme}:{address}{query}")), cookie: Secret::new(cookie) })
    }

    fn oauth(&self) -> Result<&Arc<Authorization>, Error> {
        let what = "this client does not sign in by itself; give it the credentials of OAuth, or have a person sign in at the gateway";
        self.authorization().ok_or_else(|| Error::config(what))
    }

    fn oauth1a(&self) -> Result<(&Arc<Authorization>, &oauth1a::Credentials), Error> {
        let authorization = self.oauth()?;
        match authorization.grant() {
            Grant::OAuth1a(credentials) => Ok((authorization, credentials)),
            _ => Err(Error::config("this client has no credentials of OAuth 1.0a")),
        }
    }

    fn oauth2(&self) -> Result<(&Arc<Authorization>, &oauth2::Credentials), Error> {
        let authorization = self.oauth()?;
        let credentials = authorization.grant().oauth2();
        let credentials =
            credentials.ok_or_else(|| Error::config("this client has no credentials of OAuth 2.0"))?;
        Ok((authorization, credentials))
    }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket").finish_non_exhaustive()
    }
}
