//! What a user has after the registration at the broker's OAuth page.

use std::{fmt, sync::Arc};

use aws_lc_rs::rsa::KeyPair;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use broker_session_runtime::Secret;
use zeroize::Zeroizing;

use super::{
    Names,
    exchange::Group,
    keys::{self, KEY_BYTES},
};
use crate::{Error, variables::Variables};

/// The names of the environment variables, which errors use for the settings.
const CONSUMER_KEY: &str = "IBKR_OAUTH_CONSUMER_KEY";
const ACCESS_TOKEN: &str = "IBKR_OAUTH_ACCESS_TOKEN";
const ACCESS_TOKEN_SECRET: &str = "IBKR_OAUTH_ACCESS_TOKEN_SECRET";
const SIGNATURE_KEY: &str = "IBKR_OAUTH_SIGNATURE_KEY";
const ENCRYPTION_KEY: &str = "IBKR_OAUTH_ENCRYPTION_KEY";
const DH_PARAMETERS: &str = "IBKR_OAUTH_DH_PARAMETERS";
const REALM: &str = "IBKR_OAUTH_REALM";

/// The broker's public consumer key for tests, which has a realm of its own.
const TEST_CONSUMER: &str = "TESTCONS";

/// No consumer key, token or realm is longer, in characters.
const MAX_NAME_CHARS: usize = 128;

/// The credentials of OAuth 1.0a. Cheap to clone.
#[derive(Clone)]
pub struct Credentials(Arc<Inner>);

struct Inner {
    names: Names,
    /// The secret of the access token, decrypted; none without an access token.
    secret: Option<Zeroizing<Vec<u8>>>,
    signature_key: KeyPair,
    group: Group,
}

/// Builds [`Credentials`]. No setter fails; [`CredentialsBuilder::build`] does.
#[derive(Clone, Default)]
pub struct CredentialsBuilder {
    consumer_key: Option<String>,
    access_token: Option<Secret>,
    access_token_secret: Option<Secret>,
    signature_key: Option<Secret>,
    encryption_key: Option<Secret>,
    dh_parameters: Option<String>,
    realm: Option<String>,
    is_third_party: bool,
}

impl Credentials {
    /// Starts building credentials.
    pub fn builder() -> CredentialsBuilder {
        CredentialsBuilder::default()
    }

    /// The consumer key, which names the registration.
    pub fn consumer_key(&self) -> &str {
        &self.0.names.consumer_key
    }

    /// What names the caller.
    pub(in crate::ibkr) fn names(&self) -> &Names {
        &self.0.names
    }

    pub(super) fn signature_key(&self) -> &KeyPair {
        &self.0.signature_key
    }

    pub(super) fn group(&self) -> &Group {
        &self.0.group
    }

    /// The decrypted secret of the access token.
    pub(super) fn secret(&self) -> Option<&[u8]> {
        self.0.secret.as_ref().map(|secret| &***secret)
    }
}

impl CredentialsBuilder {
    /// The consumer key: nine capital letters.
    pub fn consumer_key(mut self, key: impl Into<String>) -> Self {
        self.consumer_key = Some(key.into());
        self
    }

    /// The access token: 20 hexadecimal digits.
    pub fn access_token(mut self, token: impl Into<Secret>) -> Self {
        self.access_token = Some(token.into());
        self
    }

    /// The secret of the access token as the broker's page shows it: encrypted to the encryption key, in base64.
    pub fn access_token_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.access_token_secret = Some(secret.into());
        self
    }

    /// The private signature key: the content of a PEM file, in PKCS#1 or PKCS#8.
    pub fn signature_key(mut self, pem: impl Into<Secret>) -> Self {
        self.signature_key = Some(pem.into());
        self
    }

    /// The private encryption key: the content of a PEM file, in PKCS#1 or PKCS#8.
    pub fn encryption_key(mut self, pem: impl Into<Secret>) -> Self {
        self.encryption_key = Some(pem.into());
        self
    }

    /// The Diffie-Hellman parameters: the content of a PEM file, as `openssl dhparam` writes it.
    pub fn dh_parameters(mut self, pem: impl Into<String>) -> Self {
        self.dh_parameters = Some(pem.into());
        self
    }

    /// The realm; by default `limited_poa`, and `test_realm` for the broker's public test consumer.
    pub fn realm(mut self, realm: impl Into<String>) -> Self {
        self.realm = Some(realm.into());
        self
    }

    /// For a program that asks other people for their approval: it has no access token of its own, so access token, its
    /// secret and the encryption key may be missing. See [`Client::request_token`](crate::ibkr::Client::request_token).
    pub fn third_party(mut self) -> Self {
        self.is_third_party = true;
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
        let consumer_key = problems.of(CONSUMER_KEY, self.consumer_key.as_deref().map(name));
        let is_test = consumer_key.as_deref() == Some(TEST_CONSUMER);
        let default = if is_test { "test_realm" } else { "limited_poa" };
        let realm = problems.of(REALM, Some(name(self.realm.as_deref().unwrap_or(default))));
        let key = |pem: &Option<Secret>| pem.as_ref().map(|pem| keys::rsa(pem.expose()));
        let has_access = self.access_token.is_some() || self.access_token_secret.is_some();
        if self.is_third_party && !has_access {
            let signature_key = problems.of(SIGNATURE_KEY, key(&self.signature_key));
            let group = problems.of(DH_PARAMETERS, self.dh_parameters.as_deref().map(Group::read));
            let names = Names { consumer_key: consumer_key?, access_token: None, realm: realm? };
            let inner = Inner { names, secret: None, signature_key: signature_key?, group: group? };
            return Some(Credentials(Arc::new(inner)));
        }
        let token = problems.of(ACCESS_TOKEN, self.access_token.as_ref().map(|token| name(token.expose())));
        let signature_key = problems.of(SIGNATURE_KEY, key(&self.signature_key));
        let encryption_key = key(&self.encryption_key).map(|key| {
            let is_same = |key: &KeyPair| signature_key.as_ref().is_some_and(|other| is_same_key(key, other));
            let same =
                "is the same key as IBKR_OAUTH_SIGNATURE_KEY; the broker has two, so give the other one";
            key.and_then(|key| if is_same(&key) { Err(same.to_owned()) } else { Ok(key) })
        });
        let encryption_key = problems.of(ENCRYPTION_KEY, encryption_key);
        let group = problems.of(DH_PARAMETERS, self.dh_parameters.as_deref().map(Group::read));
        let secret = self.access_token_secret.as_ref().map(|secret| ciphertext(secret.expose()));
        let secret = problems.of(ACCESS_TOKEN_SECRET, secret);
        // Without the key it cannot be told.
        let encryption_key = encryption_key?;
        let secret = secret.map(|secret| decrypted(&secret, &encryption_key, signature_key.as_ref()));
        let secret = secret.and_then(|secret| problems.of(ACCESS_TOKEN_SECRET, Some(secret)));
        let access_token = Some(Secret::new(token?));
        let names = Names { consumer_key: consumer_key?, access_token, realm: realm? };
        let inner = Inner { names, secret: Some(secret?), signature_key: signature_key?, group: group? };
        Some(Credentials(Arc::new(inner)))
    }

    /// Reads what is not set from environment variables. Nothing if none of them is set.
    pub(in crate::ibkr) fn from_variables(variables: &Variables) -> Result<Option<Self>, Error> {
        let text = |name| variables.pem(name);
        let builder = Self {
            consumer_key: variables.secret(CONSUMER_KEY)?.map(|key| key.expose().to_owned()),
            access_token: variables.secret(ACCESS_TOKEN)?,
            access_token_secret: text(ACCESS_TOKEN_SECRET)?,
            signature_key: text(SIGNATURE_KEY)?,
            encryption_key: text(ENCRYPTION_KEY)?,
            dh_parameters: text(DH_PARAMETERS)?.map(|text| text.expose().to_owned()),
            realm: variables.string(REALM)?,
            is_third_party: false,
        };
        let is_set = builder.consumer_key.is_some()
            || builder.dh_parameters.is_some()
            || builder.realm.is_some()
            || [
                &builder.access_token,
                &builder.access_token_secret,
                &builder.signature_key,
                &builder.encryption_key,
            ]
            .iter()
            .any(|secret| secret.is_some());
        Ok(is_set.then_some(builder))
    }
}

/// What is wrong with settings, each by its environment variable.
#[derive(Default)]
pub(in crate::ibkr) struct Problems(pub(in crate::ibkr) Vec<Error>);

impl Problems {
    /// The value of a setting; or none, and a problem, if it is missing or cannot be used.
    pub(in crate::ibkr) fn of<T>(&mut self, variable: &str, value: Option<Result<T, String>>) -> Option<T> {
        let what = match value {
            Some(Ok(value)) => return Some(value),
            Some(Err(what)) => what,
            None => format!("is missing; give it, or a file that has it as {variable}_FILE"),
        };
        self.0.push(Error::config(format!("{variable} {what}")));
        None
    }

    /// The value, unless there is a problem.
    pub(in crate::ibkr) fn none_but<T>(self, value: Option<T>) -> Result<T, Error> {
        match (self.0.into_iter().next(), value) {
            (None, Some(value)) => Ok(value),
            (problem, _) => {
                Err(problem.unwrap_or_else(|| Error::config("the OAuth credentials are incomplete")))
            }
        }
    }
}

/// The secret of the access token, decrypted.
fn decrypted(
    ciphertext: &[u8],
    encryption_key: &KeyPair,
    signature_key: Option<&KeyPair>,
) -> Result<Zeroizing<Vec<u8>>, String> {
    if let Some(plain) = keys::decrypt(encryption_key, ciphertext) {
        return Ok(plain);
    }
    let is_swapped = signature_key.is_some_and(|key| keys::decrypt(key, ciphertext).is_some());
    Err(match is_swapped {
        true => "decrypts with IBKR_OAUTH_SIGNATURE_KEY and not with IBKR_OAUTH_ENCRYPTION_KEY; the keys are swapped".to_owned(),
        false => "does not decrypt with IBKR_OAUTH_ENCRYPTION_KEY; it was made for another key: register this one's public half, then make a new access token".to_owned(),
    })
}

/// A key, a token or a realm.
fn name(value: &str) -> Result<String, String> {
    let is_usable = |character: char| character.is_ascii_alphanumeric() || "-._~".contains(character);
    if value.is_empty() {
        return Err("is empty; give its value".to_owned());
    }
    if value.chars().count() > MAX_NAME_CHARS {
        return Err(format!("has more than {MAX_NAME_CHARS} characters; it is something else"));
    }
    let has_blanks = value.chars().any(char::is_whitespace);
    match value.chars().all(is_usable) {
        true => Ok(value.to_owned()),
        false if has_blanks => Err("has blanks or line breaks; remove them".to_owned()),
        false => {
            Err("has characters other than letters and digits; copy it from the broker's page".to_owned())
        }
    }
}

/// The bytes of an encrypted secret.
fn ciphertext(text: &str) -> Result<Vec<u8>, String> {
    let text: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    let characters = KEY_BYTES.div_ceil(3) * 4;
    match BASE64_STANDARD.decode(&text) {
        Ok(bytes) if bytes.len() == KEY_BYTES => Ok(bytes),
        _ if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)) => Err(format!(
            "has {} characters in place of {characters}, so it is cut or something else; copy all of it from the broker's page",
            text.len()
        )),
        _ => Err("is not base64; copy it from the broker's page".to_owned()),
    }
}

fn is_same_key(one: &KeyPair, other: &KeyPair) -> bool {
    use aws_lc_rs::signature::KeyPair as _;
    one.public_key().as_ref() == other.public_key().as_ref()
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("realm", &self.0.names.realm).finish_non_exhaustive()
    }
}

impl fmt::Debug for CredentialsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialsBuilder").field("realm", &self.realm).finish_non_exhaustive()
    }
}
