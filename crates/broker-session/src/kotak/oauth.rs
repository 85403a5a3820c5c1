//! The access token that every call carries (OAuth 2.0).

use std::{sync::Arc, time::Duration};

use broker_session_runtime::{Credential, Secret};
use kotak_session_api::types::{
    RevokeRequest, RevokeRequestTokenTypeHint, TokenRequest, TokenRequestGrantType,
};

use super::{
    client::Client,
    endpoint::{Endpoint, Shared},
};
use crate::Error;

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
    /// What a new access token can be had for.
    pub refresh_token: Option<Secret>,
    /// How long it lives from now on.
    pub expires_in: Option<Duration>,
    /// The scopes granted, separated by spaces.
    pub scope: Option<String>,
}

/// Which kind of token is revoked (RFC 7009, section 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// An access token.
    Access,
    /// A refresh token.
    Refresh,
}

impl Client {
    /// Gets an access token with the consumer key and the consumer secret.
    ///
    /// # Errors
    /// `Config` if no consumer secret was given, `Credentials` if it or the grant was refused, and what any
    /// call may meet.
    pub async fn token(&self, grant: Grant) -> Result<AccessToken, Error> {
        let operation = "token";
        let empty = |grant_type| TokenRequest {
            grant_type,
            username: None,
            password: None,
            refresh_token: None,
            scope: None,
        };
        let body = match grant {
            Grant::ClientCredentials => empty(TokenRequestGrantType::ClientCredentials),
            Grant::Password { username, password } => TokenRequest {
                username: Some(username),
                password: Some(password),
                ..empty(TokenRequestGrantType::Password)
            },
            Grant::RefreshToken(token) => {
                TokenRequest { refresh_token: Some(token), ..empty(TokenRequestGrantType::RefreshToken) }
            }
        };
        let endpoint = self.oauth_endpoint()?;
        let given = [&body.password, &body.refresh_token];
        endpoint.settler.secrets.remember_all(given.into_iter().flatten());
        let result = endpoint.api.token(&body).await;
        let answer = endpoint.settler.settle(operation, result)?;
        Ok(AccessToken {
            access_token: endpoint.settler.secrets.token(operation, "access token", answer.access_token)?,
            refresh_token: answer.refresh_token,
            expires_in: answer
                .expires_in
                .and_then(|seconds| u64::try_from(seconds).ok())
                .map(Duration::from_secs),
            scope: answer.scope,
        })
    }

    /// Makes a token useless (RFC 7009).
    ///
    /// # Errors
    /// Those of [`Client::token`].
    pub async fn revoke(&self, token: &Secret, kind: TokenKind) -> Result<(), Error> {
        let hint = match kind {
            TokenKind::Access => RevokeRequestTokenTypeHint::AccessToken,
            TokenKind::Refresh => RevokeRequestTokenTypeHint::RefreshToken,
        };
        let body = RevokeRequest { token: token.clone(), token_type_hint: Some(hint) };
        let endpoint = self.oauth_endpoint()?;
        endpoint.settler.secrets.remember(token);
        let result = endpoint.api.revoke(&body).await;
        endpoint.settler.settle("revoke", result)
    }

    /// The same client with another access token, for instance one from [`Client::token`].
    pub fn with_access_token(&self, token: impl Into<Secret>) -> Self {
        let token = token.into();
        if self.shared.credentials.access_token.as_ref() == Some(&token) {
            return self.clone();
        }
        let credentials = self.shared.credentials.clone().access_token(token);
        let token = credentials.access_token.clone().unwrap_or_default();
        let transport = self.shared.transport.with_credential("accessToken", Credential::Token(token));
        // With another access token the same password is another attempt.
        let (guesses, settler) = (Arc::new(self.shared.guesses.anew()), credentials.settler());
        Self {
            shared: Arc::new(Shared { credentials, transport, guesses, settler, ..(*self.shared).clone() }),
        }
    }

    /// The root of the first host, unless the caller has named another place.
    fn oauth_endpoint(&self) -> Result<Endpoint, Error> {
        let root = || {
            let mut url = self.shared.bases.first()?.clone();
            url.set_path("");
            Some(url)
        };
        let base = self.shared.oauth_base.clone().or_else(root);
        let base = base.ok_or_else(|| Error::config("there is no host to ask for an access token"))?;
        Ok(Endpoint::new(self.shared.clone(), base))
    }
}
