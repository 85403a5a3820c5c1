//! The access token that every call carries (OAuth 2.0).

use std::{sync::Arc, time::Duration};

use broker_session_runtime::{Credential, Secret};
use kotak_session_api::types::{
    RevokeRequest, RevokeRequestTokenTypeHint, TokenRequest, TokenRequestGrantType, TokenResponse,
};
use url::Url;

use super::client::{Client, Inner, api};
use crate::{Error, api_call::api_call};

/// What an access token is asked for with (RFC 6749).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Grant {
    /// The application alone (section 4.4).
    ClientCredentials,
    /// The application for a user (section 4.3).
    Password {
        /// The user name.
        username: String,
        /// The password.
        password: Secret,
    },
    /// An earlier refresh token (section 6).
    RefreshToken(Secret),
}

/// An access token (RFC 6749, section 5.1).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AccessToken {
    /// The token, for [`Credentials::access_token`](super::Credentials::access_token).
    pub access_token: Secret,
    /// What a new access token can be requested with.
    pub refresh_token: Option<Secret>,
    /// How long it lives from now on.
    pub expires_in: Option<Duration>,
    /// The scopes granted, separated by spaces.
    pub scope: Option<String>,
}

/// Which kind of token is revoked (RFC 7009, section 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenKind {
    /// An access token.
    Access,
    /// A refresh token.
    Refresh,
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl Client {
    /// Gets an access token with the consumer key and the consumer secret (`/token`).
    ///
    /// A password for the same user name, or a refresh token, that was sent and not accepted is not sent again.
    ///
    /// # Errors
    /// `Config` if no consumer secret was given, `Credentials` if it or the grant was refused, and what any
    /// call may meet.
    pub async fn request_token(&self, grant: Grant) -> Result<AccessToken, Error> {
        let core = &self.0.core;
        let empty = |grant_type| TokenRequest {
            grant_type,
            username: None,
            password: None,
            refresh_token: None,
            scope: None,
        };
        let (body, guess) = match grant {
            Grant::ClientCredentials => (empty(TokenRequestGrantType::ClientCredentials), None),
            Grant::Password { username, password } => {
                core.secrets.add(&password);
                let guess = Secret::new(format!("{username}\n{}", password.expose()));
                let body = TokenRequest {
                    username: Some(username),
                    password: Some(password.into()),
                    ..empty(TokenRequestGrantType::Password)
                };
                (body, Some(guess))
            }
            Grant::RefreshToken(token) => {
                core.secrets.add(&token);
                let refresh_token = Some((&token).into());
                (TokenRequest { refresh_token, ..empty(TokenRequestGrantType::RefreshToken) }, Some(token))
            }
        };
        let api = api(core, &self.oauth_base());
        let read = |response: Result<TokenResponse, Error>| {
            let response = response?;
            core.secrets.add_all(response.refresh_token.iter().map(|token| &**token));
            let lifetime = response.expires_in.and_then(|seconds| u64::try_from(seconds).ok());
            Ok(AccessToken {
                access_token: core.token("access token", response.access_token)?.into(),
                refresh_token: response.refresh_token.map(Secret::from),
                expires_in: lifetime.map(Duration::from_secs),
                scope: core.printable(response.scope),
            })
        };
        let call = api_call!(api.token(&body));
        match &guess {
            Some(guess) => core.attempts.send(call, guess, None, read).await,
            None => call.read(read).await,
        }
    }

    /// Makes a token useless (RFC 7009, `/revoke`).
    ///
    /// # Errors
    /// Those of [`Client::request_token`].
    pub async fn revoke_token(&self, token: &Secret, kind: TokenKind) -> Result<(), Error> {
        let hint = match kind {
            TokenKind::Access => RevokeRequestTokenTypeHint::AccessToken,
            TokenKind::Refresh => RevokeRequestTokenTypeHint::RefreshToken,
        };
        let body = RevokeRequest { token: token.into(), token_type_hint: Some(hint) };
        self.0.core.secrets.add(token);
        api(&self.0.core, &self.oauth_base()).revoke(&body).await?;
        Ok(())
    }

    /// The same client with another access token, for instance one from [`Client::request_token`]. A guess that
    /// was sent and not accepted stays spent, unless the broker did not evaluate it.
    pub fn with_access_token(&self, token: impl Into<Secret>) -> Self {
        let Inner { core, user, credentials, oauth_base } = &*self.0;
        let token = token.into();
        if credentials.has_access_token(&token) {
            return self.clone();
        }
        let transport = core.transport.with_credential("accessToken", Credential::Token(token.clone()));
        let core = Arc::new(core.with_access_token(transport));
        let credentials = credentials.clone().access_token(token);
        Self(Arc::new(Inner { core, user: user.clone(), credentials, oauth_base: oauth_base.clone() }))
    }

    /// The root of the first host, unless the caller has named another place.
    fn oauth_base(&self) -> Url {
        self.0.oauth_base.clone().unwrap_or_else(|| {
            let mut root = self.0.core.base.clone();
            root.set_path("");
            root
        })
    }
}
