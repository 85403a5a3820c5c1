//! What a program signs in with at the hosted Web API, as strings.

use std::{fmt, io, sync::OnceLock};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{
    exchange::{COMMON_PARAMETERS, Group},
    rsa_keys::{PrivateKey, PublicKey},
};

/// What a person has after the registration of a program at the broker, in the form that the program is configured with.
///
/// `Debug` shows the consumer key alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The name of the program at the broker: nine capital letters.
    pub consumer_key: String,
    /// The access token: 20 hexadecimal digits.
    pub access_token: String,
    /// Its secret, encrypted to the encryption key, in base64.
    pub access_token_secret: String,
    /// The private RSA key for signatures, in PEM.
    pub signature_key: String,
    /// The private RSA key for encryption, in PEM.
    pub encryption_key: String,
    /// The Diffie-Hellman parameters, in PEM.
    pub dh_parameters: String,
    /// What OAuth 2.0 takes; without it the sandbox refuses every client of OAuth 2.0.
    pub oauth2: Option<OAuth2Credentials>,
}

/// What OAuth 2.0 takes. `Debug` shows the client id alone.
#[derive(Clone, PartialEq, Eq)]
pub struct OAuth2Credentials {
    /// The name of the program at the broker.
    pub client_id: String,
    /// The name of its key, which assertions have as `kid`.
    pub key_id: String,
    /// The private RSA key, in PEM.
    pub private_key: String,
    /// The name of the user.
    pub credential: String,
    /// The public address of the program's machine, by the registration.
    pub ip: String,
}

impl Credentials {
    /// New ones: three RSA keys, and the prime of RFC 3526 for the exchange. Takes a moment, most of all in a build without
    /// optimisations.
    ///
    /// # Errors
    /// A key could not be made.
    pub fn made_up() -> io::Result<Self> {
        let failed = |_| io::Error::other("the keys of OAuth could not be made");
        let [signature_key, encryption_key, private_key] =
            [PrivateKey::made_up(), PrivateKey::made_up(), PrivateKey::made_up()];
        let encryption_key = encryption_key.map_err(failed)?;
        let secret = encryption_key.public().map_err(failed)?.encrypt(&rand::random::<[u8; 32]>());
        Ok(Self {
            consumer_key: capital_letters(),
            access_token: hexadecimal_digits(),
            access_token_secret: BASE64_STANDARD.encode(
                secret.ok_or_else(|| io::Error::other("the secret of OAuth could not be encrypted"))?,
            ),
            signature_key: signature_key.and_then(|key| key.to_pem()).map_err(failed)?,
            encryption_key: encryption_key.to_pem().map_err(failed)?,
            dh_parameters: COMMON_PARAMETERS.to_owned(),
            oauth2: Some(OAuth2Credentials {
                client_id: "sandbox-client".into(),
                key_id: "sandbox-key".into(),
                private_key: private_key.and_then(|key| key.to_pem()).map_err(failed)?,
                credential: "sampleuser".into(),
                // Of a network for documentation (RFC 5737).
                ip: "192.0.2.1".into(),
            }),
        })
    }

    /// The same made-up ones for every sandbox of this process, because keys take time.
    ///
    /// # Errors
    /// A key could not be made.
    pub(in crate::ibkr) fn of_this_process() -> io::Result<Self> {
        static MADE_UP: OnceLock<Credentials> = OnceLock::new();
        match MADE_UP.get() {
            Some(credentials) => Ok(credentials.clone()),
            None => Self::made_up().map(|credentials| MADE_UP.get_or_init(|| credentials).clone()),
        }
    }

    /// The names and values of a client's environment for OAuth 1.0a. Keys and parameters are PEM.
    pub fn variables(&self) -> [(&'static str, &str); 6] {
        [
            ("IBKR_OAUTH_CONSUMER_KEY", &self.consumer_key),
            ("IBKR_OAUTH_ACCESS_TOKEN", &self.access_token),
            ("IBKR_OAUTH_ACCESS_TOKEN_SECRET", &self.access_token_secret),
            ("IBKR_OAUTH_SIGNATURE_KEY", &self.signature_key),
            ("IBKR_OAUTH_ENCRYPTION_KEY", &self.encryption_key),
            ("IBKR_OAUTH_DH_PARAMETERS", &self.dh_parameters),
        ]
    }
}

impl OAuth2Credentials {
    /// The names and values of a client's environment for OAuth 2.0. The key is PEM.
    pub fn variables(&self) -> [(&'static str, &str); 5] {
        [
            ("IBKR_OAUTH2_CLIENT_ID", &self.client_id),
            ("IBKR_OAUTH2_KEY_ID", &self.key_id),
            ("IBKR_OAUTH2_PRIVATE_KEY", &self.private_key),
            ("IBKR_OAUTH2_CREDENTIAL", &self.credential),
            ("IBKR_OAUTH2_IP", &self.ip),
        ]
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("consumer_key", &self.consumer_key).finish_non_exhaustive()
    }
}

impl fmt::Debug for OAuth2Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth2Credentials").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// What the broker has of a program after its registration, and the secret that both know.
pub(super) struct Registration {
    pub(super) signature_key: PublicKey,
    pub(super) encryption_key: PublicKey,
    pub(super) group: Group,
    /// The secret of the access token, decrypted.
    pub(super) secret: Vec<u8>,
}

impl Registration {
    /// The registration that the credentials are of.
    ///
    /// # Errors
    /// Something of them cannot be used. The message says what and why, and quotes no secret.
    pub(super) fn of(credentials: &Credentials) -> io::Result<Self> {
        let encryption_key = private_key("encryption key", &credentials.encryption_key)?;
        let secret = &credentials.access_token_secret;
        let secret: String = secret.split_whitespace().collect();
        let secret = BASE64_STANDARD
            .decode(secret)
            .map_err(|_| unusable("access token's secret", "it is not base64"))?;
        let secret = encryption_key.decrypt(&secret);
        if credentials.consumer_key.is_empty() || credentials.access_token.is_empty() {
            return Err(unusable("consumer key or the access token", "it is empty"));
        }
        Ok(Self {
            signature_key: public_key("signature key", &credentials.signature_key)?,
            group: Group::from_pem(&credentials.dh_parameters)
                .map_err(|why| unusable("Diffie-Hellman parameters", &why))?,
            secret: secret.ok_or_else(|| {
                unusable("access token's secret", "it was not encrypted to the encryption key")
            })?,
            encryption_key: encryption_key
                .public()
                .map_err(|_| unusable("encryption key", "it has no public half"))?,
        })
    }
}

/// The public half of a private key in PEM.
///
/// # Errors
/// It cannot be used.
pub(super) fn public_key(what: &str, pem: &str) -> io::Result<PublicKey> {
    private_key(what, pem)?.public().map_err(|_| unusable(what, "it has no public half"))
}

fn private_key(what: &str, pem: &str) -> io::Result<PrivateKey> {
    PrivateKey::from_pem(pem).map_err(|why| unusable(what, &why))
}

fn unusable(what: &str, why: &str) -> io::Error {
    let message = format!("the {what} of OAuth cannot be used: {why}.");
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

/// A consumer key.
fn capital_letters() -> String {
    rand::random::<[u8; 9]>().iter().map(|byte| char::from(b'A' + byte % 26)).collect()
}

/// A token of OAuth 1.0a, or a verifier.
pub(super) fn hexadecimal_digits() -> String {
    hex::encode(rand::random::<[u8; 10]>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ibkr::oauth::of_the_vectors;

    #[test]
    fn made_up_credentials_have_the_brokers_forms() {
        let credentials = Credentials::made_up().unwrap();
        let registration = Registration::of(&credentials).unwrap();
        assert_eq!(registration.secret.len(), 32);
        let key = &credentials.consumer_key;
        assert!(key.len() == 9 && key.chars().all(|c| c.is_ascii_uppercase()), "{key}");
        let token = &credentials.access_token;
        assert!(token.len() == 20 && token.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')), "{token}");
        assert_eq!(credentials.access_token_secret.len(), 344);
        let shown = format!("{credentials:?}{:?}", credentials.oauth2);
        let secrets = [token, &credentials.access_token_secret, &credentials.signature_key];
        assert!(shown.contains(key) && secrets.iter().all(|secret| !shown.contains(*secret)), "{shown}");
    }

    #[test]
    fn credentials_that_cannot_be_used_are_explained() {
        type Change = fn(&mut Credentials);
        let changes: [(Change, &str); 7] = [
            (|credentials| credentials.signature_key.clear(), "the signature key of OAuth"),
            (|credentials| credentials.encryption_key.clear(), "the encryption key of OAuth"),
            (|credentials| credentials.dh_parameters.clear(), "the Diffie-Hellman parameters of OAuth"),
            (|credentials| credentials.access_token_secret = "MADE-UP!".into(), "not base64"),
            (|credentials| credentials.access_token_secret = "TUFERVVQ".into(), "not encrypted to"),
            (|credentials| credentials.consumer_key.clear(), "the consumer key or the access token"),
            (|credentials| credentials.access_token.clear(), "the consumer key or the access token"),
        ];
        for (change, part) in changes {
            let mut credentials = of_the_vectors();
            assert!(Registration::of(&credentials).is_ok());
            change(&mut credentials);
            let error = Registration::of(&credentials).err().unwrap();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
            let message = error.to_string();
            assert!(message.contains(part) && !message.contains("MADE-UP"), "{message}");
        }
    }
}
