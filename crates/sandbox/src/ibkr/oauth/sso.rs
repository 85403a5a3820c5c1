//! OAuth 2.0: an access token for a signed assertion (RFC 7523), and for that the token of a single sign-on, which all other
//! requests carry.

use std::{io, time::Duration};

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{StatusCode, header::CONTENT_TYPE};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    credentials::{OAuth2Credentials, public_key},
    rsa_keys::PublicKey,
};
use crate::{
    clock::later,
    examples::Documented,
    ibkr::{Ibkr, Operation},
    requests::Violation,
    routes::ReceivedRequest,
    tokens::{TokenStore, random_token},
};

/// How long an access token lives (observed).
const TOKEN_LIFETIME: Duration = Duration::from_secs(86_399);

/// The media type of a body that is a JWT alone (observed); the spec has the documented `text/plain`.
const JWT: &str = "application/jwt";

/// The fields of a request for an access token that have one value.
const GRANT: [(&str, &str); 3] = [
    ("grant_type", "client_credentials"),
    ("scope", "sso-sessions.write"),
    ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
];

/// A client of OAuth 2.0, and the tokens that it has got.
pub(super) struct Sso {
    credentials: OAuth2Credentials,
    key: PublicKey,
    access_tokens: TokenStore,
    sessions: TokenStore,
}

/// Why a token is refused.
enum Refusal {
    /// The request is not valid.
    Request(String),
    /// The broker does not accept the client, its key, its assertion or its access token.
    Client(&'static str),
    /// Not for this user, or not from this address.
    User(&'static str),
}

impl Sso {
    /// A client with these credentials.
    ///
    /// # Errors
    /// Its key cannot be used.
    pub(super) fn new(credentials: OAuth2Credentials) -> io::Result<Self> {
        let key = public_key("key", &credentials.private_key)?;
        let (access_tokens, sessions) = Default::default();
        Ok(Self { credentials, key, access_tokens, sessions })
    }

    /// The response to a request for an access token.
    pub(super) fn access_token(&mut self, request: &ReceivedRequest) -> Response {
        if let Err(refusal) = self.check_grant(request) {
            return refusal.response();
        }
        let token = random_token();
        self.access_tokens.issue(
            token.clone(),
            &self.credentials.client_id,
            later(request.at, TOKEN_LIFETIME),
        );
        let body = Documented::success::<Ibkr>(Operation::Oauth2TokenPost, "token");
        Json(body.with("/access_token", token).with("/expires_in", TOKEN_LIFETIME.as_secs()).body)
            .into_response()
    }

    fn check_grant(&self, request: &ReceivedRequest) -> Result<(), Refusal> {
        if let Some(violation) = &request.violation {
            return Err(Refusal::Request(violation.to_string()));
        }
        let form = request.form();
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        if let Some((name, value)) = GRANT.into_iter().find(|(name, value)| field(name) != *value) {
            return Err(Refusal::Request(format!("{name} must be {value}")));
        }
        let client = &self.credentials.client_id;
        let (kid, claims) =
            self.read(field("client_assertion")).ok_or(Refusal::Client("invalid client assertion"))?;
        let of = |name| claims.get(name).and_then(Value::as_str);
        let is_valid = kid.as_deref() == Some(&self.credentials.key_id)
            && [of("iss"), of("sub")] == [Some(client.as_str()); 2]
            && of("aud") == Some("/token")
            && [client.as_str(), ""].contains(&field("client_id"))
            && lives(&claims, request.at);
        if is_valid { Ok(()) } else { Err(Refusal::Client("invalid client assertion")) }
    }

    /// The response to a request for the token of a single sign-on, which lives so long.
    pub(super) fn session(&mut self, request: &ReceivedRequest, lifetime: Duration) -> Response {
        if let Err(refusal) = self.check_session(request) {
            return refusal.response();
        }
        let token = random_token();
        self.sessions.issue(token.clone(), &self.credentials.credential, later(request.at, lifetime));
        let body = Documented::success::<Ibkr>(Operation::SsoSessionsPost, "token");
        Json(body.with("/access_token", token).body).into_response()
    }

    fn check_session(&self, request: &ReceivedRequest) -> Result<(), Refusal> {
        let bearer = request.authorization("bearer");
        if bearer.and_then(|token| self.access_tokens.user(token, request.at)).is_none() {
            return Err(Refusal::Client("invalid access token"));
        }
        let media_type = request.header_or_empty(CONTENT_TYPE.as_str());
        match &request.violation {
            // Clients that work send it so (observed).
            Some(Violation::MediaType { .. }) if media_type.eq_ignore_ascii_case(JWT) => {}
            Some(violation) => return Err(Refusal::Request(violation.to_string())),
            None => {}
        }
        let body = String::from_utf8_lossy(request.body.as_deref().unwrap_or_default());
        let (kid, claims) = self.read(body.trim()).ok_or(Refusal::Client("invalid signed request"))?;
        let of = |name| claims.get(name).and_then(Value::as_str);
        if kid.is_some_and(|kid| kid != self.credentials.key_id)
            || of("iss") != Some(&self.credentials.client_id)
            || !lives(&claims, request.at)
        {
            return Err(Refusal::Client("invalid signed request"));
        }
        match (of("credential"), of("ip")) {
            (None, _) => Err(Refusal::Request("credential is missing".to_owned())),
            (_, None) => Err(Refusal::Request("ip is missing".to_owned())),
            (credential, _) if credential != Some(&self.credentials.credential) => {
                Err(Refusal::User("the credential is not allowed"))
            }
            (_, ip) if ip != Some(&self.credentials.ip) => Err(Refusal::User("the address is not allowed")),
            _ => Ok(()),
        }
    }

    /// The key's name and the claims of a JWT with RS256, if the client's key has signed it (RFC 7515, section 3.1).
    fn read(&self, text: &str) -> Option<(Option<String>, Map<String, Value>)> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let decode = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).ok();
        let object = |part: &str| serde_json::from_slice::<Map<String, Value>>(&decode(part)?).ok();
        let header = object(header)?;
        let of = |name: &str| header.get(name).and_then(Value::as_str);
        let is_signed =
            of("alg") == Some("RS256") && self.key.verifies(signed.as_bytes(), &decode(signature)?);
        if is_signed { Some((of("kid").map(str::to_owned), object(claims)?)) } else { None }
    }

    /// Whether it is the token of a live single sign-on.
    pub(super) fn is_live(&self, token: &str, now: Timestamp) -> bool {
        self.sessions.user(token, now).is_some()
    }

    /// How many single sign-ons are alive.
    pub(super) fn live(&self, now: Timestamp) -> usize {
        self.sessions.live(&self.credentials.credential, now)
    }

    /// Ends every token.
    pub(super) fn end(&mut self) {
        (self.access_tokens, self.sessions) = Default::default();
    }
}

/// Whether a JWT has not expired, by the sandbox's clock or the machine's: a client cannot know of the former.
fn lives(claims: &Map<String, Value>, now: Timestamp) -> bool {
    let end = claims.get("exp").and_then(Value::as_i64).unwrap_or_default();
    [now, Timestamp::now()].into_iter().any(|now| now.as_second() < end)
}

impl Refusal {
    fn response(self) -> Response {
        let of = |status, name| Documented::of::<Ibkr>(Operation::SsoSessionsPost, status, name);
        let (example, detail) = match self {
            Self::Request(why) => (of(StatusCode::BAD_REQUEST, "bad-request"), why),
            Self::Client(why) => (of(StatusCode::UNAUTHORIZED, "unauthorized"), why.to_owned()),
            Self::User(why) => (of(StatusCode::FORBIDDEN, "forbidden"), why.to_owned()),
        };
        example.with("/detail", detail).into_response()
    }
}

/// The response to a client of OAuth 2.0 where there is none.
pub(super) fn no_client() -> Response {
    Refusal::Client("unknown client").response()
}
