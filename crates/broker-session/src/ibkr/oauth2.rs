//! OAuth 2.0: a program of an institution signs in by itself, with assertions that it signs (RFC 7523).
//!
//! A first assertion gives an access token, and with that a second one gives the token of a single sign-on, which every
//! other request carries for a day. What happens then is the same as with OAuth 1.0a.

use std::{fmt, net::IpAddr, sync::Arc};

use aws_lc_rs::rsa::KeyPair;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use broker_session_runtime::{Credential, ErrorKind, Secret, Secrets, Transport};
use http::{HeaderValue, header::CONTENT_TYPE};
use ibkr_session_api::{
    operations,
    types::{OAuth2Token, OAuth2TokenRequest, SsoSession},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use url::Url;
use zeroize::Zeroizing;

use super::{
    authorization::Token,
    oauth1a::{Problems, any_rsa, with_key},
};
use crate::{Error, hosts::without_slash, variables::Variables};

/// The names of the environment variables, which errors use for the settings.
const CLIENT_ID: &str = "IBKR_OAUTH2_CLIENT_ID";
const KEY_ID: &str = "IBKR_OAUTH2_KEY_ID";
const PRIVATE_KEY: &str = "IBKR_OAUTH2_PRIVATE_KEY";
const CREDENTIAL: &str = "IBKR_OAUTH2_CREDENTIAL";
const IP: &str = "IBKR_OAUTH2_IP";

/// How long the first assertion is good. The broker wants less than a minute.
const ASSERTION_SECONDS: i64 = 20;

/// By how much a clock may be behind.
const LEEWAY_SECONDS: i64 = 10;

/// How long a single sign-on lasts.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// The media type of a signed token (RFC 7519, section 10.3.1).
const JWT: HeaderValue = HeaderValue::from_static("application/jwt");

/// The credentials of OAuth 2.0. Cheap to clone.
#[derive(Clone)]
pub struct Credentials(Arc<Inner>);

struct Inner {
    client_id: String,
    key_id: String,
    key: KeyPair,
    credential: String,
    ip: IpAddr,
}

/// Builds [`Credentials`]. No setter fails; [`CredentialsBuilder::build`] does.
#[derive(Clone, Default)]
pub struct CredentialsBuilder {
    client_id: Option<String>,
    key_id: Option<String>,
    private_key: Option<Secret>,
    credential: Option<String>,
    ip: Option<String>,
}

impl Credentials {
    /// Starts building credentials.
    pub fn builder() -> CredentialsBuilder {
        CredentialsBuilder::default()
    }

    /// The client id.
    pub(super) fn client_id(&self) -> &str {
        &self.0.client_id
    }

    /// The user name that the session is for.
    pub fn credential(&self) -> &str {
        &self.0.credential
    }

    /// A token that is signed with the private key (RFC 7515).
    fn signed(&self, claims: &Value) -> Result<Secret, Error> {
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": self.0.key_id });
        let [header, claims] = [&header, claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string()));
        let text = Zeroizing::new(format!("{header}.{claims}"));
        let signature = with_key(&self.0.key, &text).map_err(Error::config)?;
        Ok(Secret::new(format!("{}.{}", &*text, BASE64_URL_SAFE_NO_PAD.encode(signature))))
    }

    /// The assertion for an access token.
    fn assertion(&self, now: Timestamp) -> Result<Secret, Error> {
        let (id, now) = (&self.0.client_id, now.as_second());
        self.signed(&json!({
            "iss": id,
            "sub": id,
            "aud": "/token",
            "iat": now - LEEWAY_SECONDS,
            "exp": now + ASSERTION_SECONDS,
        }))
    }

    /// The request for a single sign-on.
    fn sign_on(&self, now: Timestamp) -> Result<Secret, Error> {
        let now = now.as_second();
        self.signed(&json!({
            "iss": self.0.client_id,
            "credential": self.0.credential,
            "ip": self.0.ip,
            "iat": now - LEEWAY_SECONDS,
            "exp": now + LIFETIME.as_secs(),
        }))
    }
}

impl CredentialsBuilder {
    /// The client id, from the broker.
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = Some(id.into());
        self
    }

    /// The id of the key at the broker (`kid`).
    pub fn key_id(mut self, id: impl Into<String>) -> Self {
        self.key_id = Some(id.into());
        self
    }

    /// The private key: the content of a PEM file, in PKCS#1 or PKCS#8.
    pub fn private_key(mut self, pem: impl Into<Secret>) -> Self {
        self.private_key = Some(pem.into());
        self
    }

    /// The user name that the session is for.
    pub fn credential(mut self, name: impl Into<String>) -> Self {
        self.credential = Some(name.into());
        self
    }

    /// The public address of this machine, which the broker compares. Nobody else is asked for it.
    pub fn ip(mut self, address: impl Into<String>) -> Self {
        self.ip = Some(address.into());
        self
    }

    /// Builds the credentials.
    ///
    /// # Errors
    /// `Config` with the first of the [problems](Self::problems).
    pub fn build(self) -> Result<Credentials, Error> {
        let mut problems = Problems::default();
        let credentials = self.check(&mut problems);
        problems.none_but(credentials)
    }

    /// Everything that is wrong, in the order of the settings; nothing if they can be used. Each error is a `Config` and
    /// names the setting by its environment variable.
    pub fn problems(&self) -> Vec<Error> {
        let mut problems = Problems::default();
        self.check(&mut problems);
        problems.0
    }

    fn check(&self, problems: &mut Problems) -> Option<Credentials> {
        let client_id = problems.of(CLIENT_ID, self.client_id.as_deref().map(name));
        let key_id = problems.of(KEY_ID, self.key_id.as_deref().map(name));
        let credential = problems.of(CREDENTIAL, self.credential.as_deref().map(name));
        let address = |ip: &str| {
            ip.parse().map_err(|_| "is not an IP address; give the public address of this machine".to_owned())
        };
        let ip = problems.of(IP, self.ip.as_deref().map(address));
        let key = problems.of(PRIVATE_KEY, self.private_key.as_ref().map(|pem| any_rsa(pem.expose())));
        let inner =
            Inner { client_id: client_id?, key_id: key_id?, key: key?, credential: credential?, ip: ip? };
        Some(Credentials(Arc::new(inner)))
    }

    /// Reads what is not set from environment variables. Nothing if none of them is set.
    pub(super) fn from_variables(variables: &Variables) -> Result<Option<Self>, Error> {
        let text = |name| variables.secret(name).map(|value| value.map(|value| value.expose().to_owned()));
        let builder = Self {
            client_id: text(CLIENT_ID)?,
            key_id: text(KEY_ID)?,
            private_key: variables.pem(PRIVATE_KEY)?,
            credential: text(CREDENTIAL)?,
            ip: text(IP)?,
        };
        let is_set = builder.private_key.is_some()
            || [&builder.client_id, &builder.key_id, &builder.credential, &builder.ip]
                .iter()
                .any(|text| text.is_some());
        Ok(is_set.then_some(builder))
    }
}

/// An id or a user name.
fn name(value: &str) -> Result<String, String> {
    match !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(value.to_owned()),
        false => {
            Err("is empty, or has blanks or other characters that it cannot have; correct it".to_owned())
        }
    }
}

/// The header `Authorization` of a request.
pub(super) fn bearer(token: &Secret) -> Secret {
    let mut text = String::with_capacity(token.expose().len() + 8);
    text.push_str("Bearer ");
    text.push_str(token.expose());
    Secret::new(text)
}

/// What sends requests, and the base URL.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) http: &'a reqwest::Client,
    pub(super) transport: &'a Transport,
    pub(super) secrets: &'a Secrets,
    pub(super) base: &'a Url,
}

/// Both steps: the token of a single sign-on.
pub(super) async fn single_sign_on(
    credentials: &Credentials,
    parts: Parts<'_>,
    now: Timestamp,
) -> Result<Token, Error> {
    let access_token = access_token(credentials, parts, now).await?.access_token;
    let session = sso_session(credentials, &access_token, parts, now).await?;
    let end = now.checked_add(LIFETIME).unwrap_or(Timestamp::MAX);
    Ok(Token::new((*session.access_token).clone(), end, now))
}

/// The first step: an access token.
pub(super) async fn access_token(
    credentials: &Credentials,
    Parts { http, transport, secrets, base }: Parts<'_>,
    now: Timestamp,
) -> Result<OAuth2Token, Error> {
    let assertion = credentials.assertion(now)?;
    redact(secrets, &assertion);
    let request = OAuth2TokenRequest {
        grant_type: "client_credentials".to_owned(),
        scope: "sso-sessions.write".to_owned(),
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned(),
        client_assertion: assertion.into(),
        client_id: Some(credentials.0.client_id.clone()),
    };
    Ok(api(http, transport.clone(), base).oauth2_token_post(&request).await?.into_inner())
}

/// The second step: the token of a single sign-on.
pub(super) async fn sso_session(
    credentials: &Credentials,
    access_token: &Secret,
    Parts { http, transport, secrets, base }: Parts<'_>,
    now: Timestamp,
) -> Result<SsoSession, Error> {
    let request = credentials.sign_on(now)?;
    redact(secrets, &request);
    let transport = transport.with_open_header(CONTENT_TYPE, JWT);
    let transport = transport.with_credential("oauth2AccessToken", Credential::Token(access_token.clone()));
    let session = api(http, transport, base).sso_sessions_post(request.expose().to_owned()).await?;
    let session = session.into_inner();
    if session.active == Some(false) {
        let error = Error::in_success(ErrorKind::Refused, "the broker gives a session that is not active");
        return Err(error.during(operations::SSO_SESSIONS_POST));
    }
    Ok(session)
}

/// Keeps a signed token and its parts out of what comes back.
fn redact(secrets: &Secrets, token: &Secret) {
    secrets.add(token);
    token.expose().split('.').for_each(|part| secrets.add(&Secret::from(part)));
}

/// The client at the root of the host, where these operations are.
fn api(http: &reqwest::Client, transport: Transport, base: &Url) -> ibkr_session_api::Client {
    let mut root = base.clone();
    root.set_path("");
    ibkr_session_api::Client::new_with_client(without_slash(&root), http.clone(), transport)
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("credential", &self.0.credential).finish_non_exhaustive()
    }
}

impl fmt::Debug for CredentialsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialsBuilder").field("credential", &self.credential).finish_non_exhaustive()
    }
}
