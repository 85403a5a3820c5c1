//! OAuth at the hosted Web API, from the broker's side: who may call, and how a client gets a live session token.
//!
//! Everything is verified for real, so that client and sandbox check each other: they have no code in common.

mod base_string;
mod credentials;
mod events;
mod exchange;
mod rsa_keys;
mod sso;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    io,
    time::Duration,
};

use aws_lc_rs::hmac;
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::StatusCode;
use jiff::Timestamp;

use self::{
    base_string::{Parameters, base_strings},
    credentials::{Registration, hexadecimal_digits},
    exchange::token_signature,
    sso::Sso,
};
use super::{Ibkr, Operation};
use crate::{clock::later, examples::Documented, routes::ReceivedRequest};

pub use self::{
    credentials::{Credentials, OAuth2Credentials},
    exchange::Exchange,
};

/// By how many seconds a client's clock may be wrong.
const MAX_SECONDS_OFF: u64 = 5 * 60;

/// How many ended tokens are remembered: a signature of one is no invalid signature.
const MAX_ENDED: usize = 100;

/// The signature methods, for the operations that give tokens and for all others.
const RSA: &str = "RSA-SHA256";
const HMAC: &str = "HMAC-SHA256";

/// What a sandbox with OAuth starts with.
#[derive(Clone, Debug)]
pub(super) struct OAuthOptions {
    pub(super) lifetime: Duration,
    pub(super) is_consumer_active: bool,
    pub(super) exchange: Exchange,
    pub(super) is_paper: bool,
}

/// The broker's side of OAuth.
pub(super) struct OAuth {
    credentials: Credentials,
    registration: Registration,
    pub(super) options: OAuthOptions,
    root: String,
    /// Access tokens with their secrets, decrypted.
    access_tokens: HashMap<String, Vec<u8>>,
    /// Request tokens; those that a person has approved have a verifier.
    request_tokens: HashMap<String, Option<String>>,
    live: Vec<LiveSessionToken>,
    ended: VecDeque<LiveSessionToken>,
    nonces: Nonces,
    sso: Option<Sso>,
    /// Whether the host has lost all sessions.
    pub(super) is_gone: bool,
    /// The running number in messages.
    number: u64,
}

/// A key with which a client signs.
struct LiveSessionToken {
    access_token: String,
    key: hmac::Key,
    ends: Timestamp,
}

/// Why a request is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Denial {
    /// There is no signature, or it is that of a token that has ended.
    NotSigned,
    /// The consumer key is wrong, or not active yet.
    Consumer,
    /// The access token is unknown.
    AccessToken(String),
    /// The signature, or what belongs to it, is wrong.
    Signature,
    /// No token can be agreed on with this challenge.
    Challenge,
    /// The request token or its verifier is wrong, or was used.
    RequestToken,
    /// The host has lost all sessions.
    Gone,
}

impl OAuth {
    /// The broker of a client with these credentials, at a host with this root.
    ///
    /// # Errors
    /// They cannot be used; the message says which, and why.
    pub(super) fn new(credentials: Credentials, options: OAuthOptions, root: String) -> io::Result<Self> {
        let registration = Registration::of(&credentials)?;
        let sso = credentials.oauth2.clone().map(Sso::new).transpose()?;
        let access_tokens = HashMap::from([(credentials.access_token.clone(), registration.secret.clone())]);
        Ok(Self {
            credentials,
            registration,
            options,
            root,
            access_tokens,
            request_tokens: HashMap::new(),
            live: Vec::new(),
            ended: VecDeque::new(),
            nonces: Nonces::default(),
            sso,
            is_gone: false,
            // As it was when it was first observed.
            number: 39_687,
        })
    }

    /// What a client signs in with.
    pub(super) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Lets a request in, or says why not. True: its signature is over a string that the broker does not document. Requests
    /// with an invalid signature leave their nonce unused.
    pub(super) fn admit(
        &mut self,
        operation: Option<Operation>,
        request: &ReceivedRequest,
    ) -> Result<bool, Denial> {
        if self.is_gone {
            return Err(Denial::Gone);
        }
        self.end_tokens_due_by(request.at);
        // These bring credentials of their own.
        if let Some(Operation::Oauth2TokenPost | Operation::SsoSessionsPost) = operation {
            return Ok(false);
        }
        if let Some(token) = request.authorization("bearer") {
            let is_live = self.sso.as_ref().is_some_and(|sso| sso.is_live(token, request.at));
            return if is_live { Ok(false) } else { Err(Denial::NotSigned) };
        }
        let parameters =
            request.authorization("oauth").and_then(Parameters::read).ok_or(Denial::NotSigned)?;
        if !self.options.is_consumer_active
            || parameters.get("oauth_consumer_key") != self.credentials.consumer_key
        {
            return Err(Denial::Consumer);
        }
        let is_documented = match operation {
            Some(Operation::OauthLiveSessionTokenPost) => {
                let secret = hex::encode(self.secret(&parameters)?);
                self.check_rsa(request, &parameters, &secret)?
            }
            Some(Operation::OauthRequestTokenPost | Operation::OauthAccessTokenPost) => {
                self.check_rsa(request, &parameters, "")?
            }
            _ => self.check_hmac(request, &parameters)?,
        };
        Ok(!is_documented)
    }

    /// Whether an access token is registered, as that of a WebSocket must be.
    pub(super) fn has_access_token(&self, token: &str) -> bool {
        !self.is_gone && self.access_tokens.contains_key(token)
    }

    /// The secret of the access token, decrypted.
    fn secret(&self, parameters: &Parameters) -> Result<&[u8], Denial> {
        let token = parameters.get("oauth_token");
        let secret = self.access_tokens.get(token).ok_or_else(|| Denial::AccessToken(token.to_owned()))?;
        Ok(secret)
    }

    /// Whether the signature is over the documented text, with the secret in front.
    fn check_rsa(
        &mut self,
        request: &ReceivedRequest,
        parameters: &Parameters,
        secret: &str,
    ) -> Result<bool, Denial> {
        let signature = signature(parameters, RSA)?;
        let timestamp = self.nonces.check(parameters, request.at)?;
        let mut candidates = base_strings(request, &self.root, parameters).into_iter();
        let found = candidates.find(|base| {
            let text = format!("{secret}{}", base.text);
            self.registration.signature_key.verifies(text.as_bytes(), &signature)
        });
        let found = found.ok_or(Denial::Signature)?;
        self.nonces.note(parameters, timestamp, request.at);
        Ok(found.is_documented)
    }

    /// Whether the signature, which is with a live session token, is over the documented text.
    fn check_hmac(&mut self, request: &ReceivedRequest, parameters: &Parameters) -> Result<bool, Denial> {
        let is_of = |token: &&LiveSessionToken| token.access_token == parameters.get("oauth_token");
        if !self.live.iter().any(|token| is_of(&token)) {
            return Err(Denial::NotSigned);
        }
        let signature = signature(parameters, HMAC)?;
        let timestamp = self.nonces.check(parameters, request.at)?;
        let candidates = base_strings(request, &self.root, parameters);
        let signed_with = |token: &LiveSessionToken| {
            candidates.iter().find(|base| hmac::verify(&token.key, base.text.as_bytes(), &signature).is_ok())
        };
        // The latest one is the likeliest.
        if let Some(base) = self.live.iter().rev().filter(is_of).find_map(signed_with) {
            self.nonces.note(parameters, timestamp, request.at);
            return Ok(base.is_documented);
        }
        let has_ended = self.ended.iter().filter(is_of).any(|token| signed_with(token).is_some());
        Err(if has_ended { Denial::NotSigned } else { Denial::Signature })
    }

    /// The response to a request that was let in; `sso_lifetime` is that of a single sign-on.
    pub(super) fn respond(
        &mut self,
        operation: Operation,
        request: &ReceivedRequest,
        sso_lifetime: Duration,
    ) -> Response {
        let parameters = request.authorization("oauth").and_then(Parameters::read).unwrap_or_default();
        let response = match (operation, &mut self.sso) {
            (Operation::Oauth2TokenPost, Some(sso)) => Ok(sso.access_token(request)),
            (Operation::SsoSessionsPost, Some(sso)) => Ok(sso.session(request, sso_lifetime)),
            (Operation::Oauth2TokenPost | Operation::SsoSessionsPost, None) => Ok(sso::no_client()),
            (Operation::OauthRequestTokenPost, _) => self.request_token(&parameters),
            (Operation::OauthAccessTokenPost, _) => self.access_token(&parameters),
            _ => self.live_session_token(&parameters, request.at),
        };
        response.unwrap_or_else(|denial| self.response(denial))
    }

    fn live_session_token(&mut self, parameters: &Parameters, now: Timestamp) -> Result<Response, Denial> {
        let secret = self.secret(parameters)?;
        let OAuthOptions { lifetime, exchange, .. } = self.options;
        let group = &self.registration.group;
        let challenge = group.challenge(parameters.get("diffie_hellman_challenge"));
        let agreement = group.agree(&challenge.ok_or(Denial::Challenge)?, secret, exchange);
        let signed = if exchange == Exchange::WrongSignature { &[0; 20] } else { &agreement.token };
        let ends = later(now, lifetime);
        self.live.push(LiveSessionToken {
            access_token: parameters.get("oauth_token").to_owned(),
            key: hmac::Key::new(hmac::HMAC_SHA256, &agreement.token),
            ends,
        });
        let body = Documented::success::<Ibkr>(Operation::OauthLiveSessionTokenPost, "token")
            .with("/diffie_hellman_response", agreement.response)
            .with("/live_session_token_signature", token_signature(signed, &self.credentials.consumer_key))
            .with("/live_session_token_expiration", ends.as_millisecond())
            .body;
        Ok(Json(body).into_response())
    }

    fn request_token(&mut self, parameters: &Parameters) -> Result<Response, Denial> {
        if parameters.get("oauth_callback").is_empty() {
            return Err(Denial::Signature);
        }
        let token = hexadecimal_digits();
        self.request_tokens.insert(token.clone(), None);
        let body = Documented::success::<Ibkr>(Operation::OauthRequestTokenPost, "token");
        Ok(Json(body.with("/oauth_token", token).body).into_response())
    }

    /// A person approves a request token: the verifier, or nothing if there is no such token.
    pub(super) fn approve(&mut self, request_token: &str) -> Option<String> {
        let verifier = self.request_tokens.get_mut(request_token)?;
        Some(verifier.get_or_insert_with(hexadecimal_digits).clone())
    }

    /// Request token and verifier are good once.
    fn access_token(&mut self, parameters: &Parameters) -> Result<Response, Denial> {
        let request_token = parameters.get("oauth_token");
        let verifier = self.request_tokens.get(request_token).and_then(Option::as_ref);
        if verifier.is_none_or(|verifier| *verifier != parameters.get("oauth_verifier")) {
            return Err(Denial::RequestToken);
        }
        let secret = rand::random::<[u8; 32]>();
        let encrypted = self.registration.encryption_key.encrypt(&secret).ok_or(Denial::RequestToken)?;
        self.request_tokens.remove(request_token);
        let token = hexadecimal_digits();
        self.access_tokens.insert(token.clone(), secret.to_vec());
        let body = Documented::success::<Ibkr>(Operation::OauthAccessTokenPost, "token")
            .with("/is_paper", self.options.is_paper)
            .with("/oauth_token", token)
            .with("/oauth_token_secret", BASE64_STANDARD.encode(encrypted))
            .body;
        Ok(Json(body).into_response())
    }

    /// The response to a request that is not let in.
    pub(super) fn response(&mut self, denial: Denial) -> Response {
        let of = |status, name| Documented::of::<Ibkr>(Operation::OauthLiveSessionTokenPost, status, name);
        let mut numbered = |name, error: &str| {
            let error = format!("id: {}, error: {error}", self.number);
            self.number += 1;
            of(StatusCode::UNAUTHORIZED, name).with("/error", error)
        };
        let example = match denial {
            Denial::NotSigned => of(StatusCode::UNAUTHORIZED, "empty"),
            Denial::Consumer => numbered("invalid-consumer", "invalid consumer"),
            Denial::AccessToken(token) => numbered(
                "no-access-token",
                &format!("LST failed, error: No access secret key found for {token}"),
            ),
            Denial::Signature => of(StatusCode::UNAUTHORIZED, "invalid-signature"),
            // Both are inferred.
            Denial::Challenge => numbered("no-access-token", "LST failed, error: Invalid challenge"),
            Denial::RequestToken => numbered("no-access-token", "Invalid request token or verifier"),
            Denial::Gone => of(StatusCode::GONE, "gone"),
        };
        example.into_response()
    }

    /// How many live session tokens, and single sign-ons of OAuth 2.0, are alive.
    pub(super) fn live(&mut self, now: Timestamp) -> usize {
        self.end_tokens_due_by(now);
        self.live.len() + self.sso.as_ref().map_or(0, |sso| sso.live(now))
    }

    /// Ends every token that signs requests or goes with them.
    pub(super) fn end_tokens(&mut self) {
        self.end_tokens_due_by(Timestamp::MAX);
        if let Some(sso) = &mut self.sso {
            sso.end();
        }
    }

    fn end_tokens_due_by(&mut self, now: Timestamp) {
        self.ended.extend(self.live.extract_if(.., |token| token.ends <= now));
        self.ended.drain(..self.ended.len().saturating_sub(MAX_ENDED));
    }

    /// The broker forgets all access tokens, and what was agreed on with them.
    pub(super) fn revoke_access_tokens(&mut self) {
        self.access_tokens.clear();
        self.end_tokens_due_by(Timestamp::MAX);
    }

    /// The broker knows the first access token again.
    pub(super) fn restore_access_token(&mut self) {
        let secret = self.registration.secret.clone();
        self.access_tokens.insert(self.credentials.access_token.clone(), secret);
    }
}

/// The signature, if it is of this method.
fn signature(parameters: &Parameters, method: &str) -> Result<Vec<u8>, Denial> {
    let signature = BASE64_STANDARD.decode(parameters.get("oauth_signature"));
    let is_of_method = parameters.get("oauth_signature_method") == method;
    signature.ok().filter(|_| is_of_method).ok_or(Denial::Signature)
}

/// The nonces of requests, as long as their timestamps would be accepted.
#[derive(Debug, Default)]
struct Nonces {
    seen: HashSet<String>,
    /// In the order they arrived, with their timestamps.
    order: VecDeque<(i64, String)>,
}

impl Nonces {
    /// The timestamp of a request, if it is about now and the nonce was not seen before.
    fn check(&self, parameters: &Parameters, now: Timestamp) -> Result<i64, Denial> {
        let nonce = parameters.get("oauth_nonce");
        let digits = parameters.get("oauth_timestamp");
        let timestamp = digits.parse::<u32>().map(i64::from).ok().filter(|time| is_about(*time, now));
        timestamp.filter(|_| !nonce.is_empty() && !self.seen.contains(nonce)).ok_or(Denial::Signature)
    }

    fn note(&mut self, parameters: &Parameters, timestamp: i64, now: Timestamp) {
        while let Some((_, nonce)) = self.order.front().filter(|(time, _)| !is_about(*time, now)) {
            self.seen.remove(nonce);
            self.order.pop_front();
        }
        let nonce = parameters.get("oauth_nonce").to_owned();
        self.seen.insert(nonce.clone());
        self.order.push_back((timestamp, nonce));
    }
}

/// Whether a client's time is right, by the sandbox's clock or the machine's: a client cannot know of the former.
fn is_about(seconds: i64, now: Timestamp) -> bool {
    let clocks = [now, Timestamp::now()];
    clocks.into_iter().any(|now| now.as_second().abs_diff(seconds) <= MAX_SECONDS_OFF)
}

#[cfg(test)]
const SIGNATURE_KEY: &str =
    include_str!("../../../../tests/vectors/ibkr-oauth1a/made-up-signature.pkcs8.pem");
#[cfg(test)]
const ENCRYPTION_KEY: &str =
    include_str!("../../../../tests/vectors/ibkr-oauth1a/made-up-encryption.pkcs8.pem");

#[cfg(test)]
fn test_vectors() -> serde_json::Value {
    serde_json::from_str(include_str!("../../../../tests/vectors/ibkr-oauth1a/vectors.json")).unwrap()
}

/// The credentials that the vectors are about.
#[cfg(test)]
fn of_the_vectors() -> Credentials {
    let vectors = test_vectors();
    let text = |name: &str| vectors[name].as_str().unwrap().to_owned();
    Credentials {
        consumer_key: text("consumer_key"),
        access_token: text("access_token"),
        access_token_secret: text("access_token_secret_base64"),
        signature_key: SIGNATURE_KEY.to_owned(),
        encryption_key: ENCRYPTION_KEY.to_owned(),
        dh_parameters: exchange::COMMON_PARAMETERS.to_owned(),
        oauth2: None,
    }
}

#[cfg(test)]
mod tests;
