//! OAuth 1.0a: a program signs in by itself, without a person at a browser.
//!
//! Once, the user registers two public keys and Diffie-Hellman parameters at the broker's page, and gets a consumer key, an
//! access token and its encrypted secret (`broker-session setup ibkr` makes the keys). From then on a Diffie-Hellman
//! exchange gives a live session token, which is good for a day and signs every other request.
//!
//! ```no_run
//! use broker_session::ibkr::{self, Compete, oauth1a::Credentials};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let credentials = Credentials::builder()
//!     .consumer_key("MADEUPKEY")
//!     .access_token("00112233445566778899")
//!     .access_token_secret(std::fs::read_to_string("access_token_secret")?)
//!     .signature_key(std::fs::read_to_string("private_signature.pem")?)
//!     .encryption_key(std::fs::read_to_string("private_encryption.pem")?)
//!     .dh_parameters(std::fs::read_to_string("dhparam.pem")?)
//!     .build()?;
//! let client = ibkr::Client::builder().oauth1a(credentials).build()?;
//! let session = client.login(Compete::Yield).await?;
//! println!("{}", session.get("portfolio/accounts").send().await?.text().await?);
//! # Ok(())
//! # }
//! ```

mod credentials;
mod exchange;
mod keys;
mod signature;
#[cfg(test)]
pub(super) mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use broker_session_runtime::{ErrorKind, Secret, Signer};
use http::{HeaderName, header::AUTHORIZATION};
use ibkr_session_api::types::LiveSessionToken;
use jiff::{SignedDuration, Timestamp};
use reqwest::Request;
use zeroize::Zeroizing;

pub use self::credentials::{Credentials, CredentialsBuilder};
pub(super) use self::{
    credentials::Problems,
    keys::any_rsa,
    signature::{hex, with_key},
};
use self::{
    exchange::{Exchange, Failed},
    signature::{HMAC_SHA256, Parameters, RSA_SHA256, with_token},
};
use super::authorization::Token;
use crate::Error;
use crate::clock::Clock;

/// What gives a live session token.
const OPERATION: &str = ibkr_session_api::operations::OAUTH_LIVE_SESSION_TOKEN_POST;

/// How long a live session token lives, by the broker's documentation.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// The broker's documentation and other clients disagree on whether the time in a response is the beginning or the end of
/// the token. What lies this close to now is the beginning.
const NOW: SignedDuration = SignedDuration::from_hours(1);

/// What helps where the broker has another token.
const PROOF_HINT: &str = "Compare the Diffie-Hellman parameters and the public encryption key at the broker's page with the files, then make a new access token there.";

/// What names the caller in every request.
pub(super) struct Names {
    pub(super) consumer_key: String,
    /// None for a third party, which has none of its own.
    pub(super) access_token: Option<Secret>,
    pub(super) realm: String,
}

impl Names {
    fn access_token(&self) -> Result<&Secret, String> {
        self.access_token.as_ref().ok_or_else(|| "there is no access token".to_owned())
    }
}

/// The header `Authorization` of a request, with a live session token in base64.
pub(super) fn sign(
    names: &Names,
    token: &Secret,
    request: &Request,
    now: Timestamp,
) -> Result<Secret, String> {
    let mut key = Zeroizing::new([0; 32]);
    let length = BASE64_STANDARD.decode_slice(token.expose(), &mut *key);
    let key = length.ok().and_then(|length| key.get(..length)).ok_or("the live session token is damaged")?;
    let mut parameters = Parameters::new(now, &names.consumer_key, HMAC_SHA256)?;
    parameters.add("oauth_token", names.access_token()?.expose());
    let text = parameters.base_string("", request);
    Ok(parameters.header(&names.realm, &with_token(key, &text)))
}

/// Signs requests for tokens with the private signature key.
pub(super) struct KeySigner {
    credentials: Credentials,
    wanted: Wanted,
    /// That of the last attempt: each has its own.
    exchange: Mutex<Option<Exchange>>,
}

/// What is asked for.
enum Wanted {
    LiveSession,
    Request,
    Access { request_token: Secret, verifier: Secret },
}

impl KeySigner {
    fn new(credentials: Credentials, wanted: Wanted) -> Self {
        Self { credentials, wanted, exchange: Mutex::default() }
    }

    /// For a live session token.
    pub(super) fn for_exchange(credentials: Credentials) -> Self {
        Self::new(credentials, Wanted::LiveSession)
    }

    /// For a request token.
    pub(super) fn for_request_token(credentials: Credentials) -> Self {
        Self::new(credentials, Wanted::Request)
    }

    /// For an access token.
    pub(super) fn for_access_token(
        credentials: Credentials,
        request_token: Secret,
        verifier: Secret,
    ) -> Self {
        Self::new(credentials, Wanted::Access { request_token, verifier })
    }

    /// The live session token that the last attempt has agreed on.
    pub(super) fn token(&self, response: &LiveSessionToken) -> Result<Token, Error> {
        let exchange = self.exchange().take();
        let (Some(exchange), Some(secret)) = (exchange, self.credentials.secret()) else {
            return Err(Error::config("there was no exchange for a live session token"));
        };
        let (group, consumer_key) = (self.credentials.group(), self.credentials.consumer_key());
        let (public, proof) = (&response.diffie_hellman_response, &response.live_session_token_signature);
        let token = exchange.finish(group, secret, consumer_key, public, proof).map_err(|failed| match failed {
            Failed::Response => Error::in_success(
                ErrorKind::Protocol,
                "the broker's half of the Diffie-Hellman exchange cannot be used",
            ),
            Failed::Proof => Error::in_success(
                ErrorKind::Credentials,
                "the broker has another live session token, so the secret of the access token or the Diffie-Hellman parameters are not those that it knows",
            )
            .lasting()
            .with_hint(Some(PROOF_HINT.to_owned())),
        });
        let token = token.map_err(|error| error.during(OPERATION))?;
        let mut text = String::with_capacity(32);
        BASE64_STANDARD.encode_string(&*token, &mut text);
        let now = Clock.now();
        let end = end(response.live_session_token_expiration, now).ok_or_else(|| {
            let what = "the live session token has an end that cannot be right";
            Error::in_success(ErrorKind::Protocol, what).during(OPERATION)
        })?;
        Ok(Token::new(Secret::new(text), end, now))
    }

    fn exchange(&self) -> MutexGuard<'_, Option<Exchange>> {
        // No change panics half-way.
        self.exchange.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Signer for KeySigner {
    fn sign(&self, request: &Request) -> Result<Vec<(HeaderName, Secret)>, String> {
        let (credentials, names) = (&self.credentials, self.credentials.names());
        let mut parameters = Parameters::new(Clock.now(), &names.consumer_key, RSA_SHA256)?;
        let mut prefix = Zeroizing::new(String::new());
        match &self.wanted {
            Wanted::Request => parameters.add("oauth_callback", "oob"),
            Wanted::Access { request_token, verifier } => {
                parameters.add("oauth_token", request_token.expose());
                parameters.add("oauth_verifier", verifier.expose());
            }
            Wanted::LiveSession => {
                let exchange = Exchange::begin(credentials.group())?;
                parameters.add("oauth_token", names.access_token()?.expose());
                parameters.add("diffie_hellman_challenge", exchange.challenge.clone());
                prefix = hex(credentials.secret().unwrap_or_default());
                *self.exchange() = Some(exchange);
            }
        }
        let text = parameters.base_string(&prefix, request);
        let signature = BASE64_STANDARD.encode(with_key(credentials.signature_key(), &text)?);
        Ok(vec![(AUTHORIZATION, parameters.header(&names.realm, &signature))])
    }
}

/// When a token ends; nothing if the broker's time cannot be right.
fn end(milliseconds: i64, now: Timestamp) -> Option<Timestamp> {
    let latest = now.checked_add(LIFETIME).ok()?;
    // What is out of range is later than any token lives.
    let Ok(time) = Timestamp::from_millisecond(milliseconds) else {
        return (milliseconds > 0).then_some(latest);
    };
    let is_begin = time.duration_since(now).abs() < NOW;
    let end = if is_begin { time.checked_add(LIFETIME).ok()? } else { time };
    (end > now).then(|| end.min(latest))
}
