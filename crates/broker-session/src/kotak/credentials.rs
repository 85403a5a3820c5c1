//! What identifies the application and the user.

use broker_session_runtime::{Credential, Secret, TransportBuilder};

use kotak_session_api::API;

use crate::{Error, environment::Environment, secrets::Secrets, settle::Settler};

/// Who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum User {
    /// By user id (client code), sent in a header.
    Userid(String),
    /// By user id, sent in the path of the init call. Does the same; a few deployments know only this form.
    UseridInPath(String),
    /// By nickname.
    Nickname(String),
}

impl User {
    /// The user id or the nickname.
    pub fn name(&self) -> &str {
        match self {
            Self::Userid(name) | Self::UseridInPath(name) | Self::Nickname(name) => name,
        }
    }
}

/// What identifies the application and the user; everything but the guesses (password, codes, pins).
#[derive(Clone, Debug)]
pub struct Credentials {
    pub(super) user: User,
    pub(super) consumer_key: Secret,
    pub(super) consumer_secret: Option<Secret>,
    pub(super) access_token: Option<Secret>,
    pub(super) ip: String,
    pub(super) app_id: String,
}

impl Credentials {
    /// Credentials for a user id.
    pub fn new(userid: impl Into<String>, consumer_key: impl Into<Secret>) -> Self {
        Self::for_user(User::Userid(userid.into()), consumer_key)
    }

    /// Credentials for a user named in any of the broker's ways.
    pub fn for_user(user: User, consumer_key: impl Into<Secret>) -> Self {
        Self {
            user,
            consumer_key: consumer_key.into(),
            consumer_secret: None,
            access_token: None,
            // The broker asks for both headers and accepts them empty.
            ip: String::new(),
            app_id: String::new(),
        }
    }

    /// Reads `KOTAK_USERID`, `KOTAK_CONSUMER_KEY`, `KOTAK_ACCESS_TOKEN`, and where they are set
    /// `KOTAK_CONSUMER_SECRET`, `KOTAK_IP` and `KOTAK_APP_ID`.
    ///
    /// # Errors
    /// `Config` if the user id or the consumer key is missing, or if there is neither an access token nor a
    /// consumer secret to get one with.
    pub fn from_env() -> Result<Self, Error> {
        Self::from(&Environment::of_process())
    }

    fn from(environment: &Environment) -> Result<Self, Error> {
        let (userid, key) = (environment.needed("KOTAK_USERID")?, environment.needed("KOTAK_CONSUMER_KEY")?);
        let mut credentials = Self::new(userid, key);
        credentials.access_token = environment.given("KOTAK_ACCESS_TOKEN").map(Secret::new);
        credentials.consumer_secret = environment.given("KOTAK_CONSUMER_SECRET").map(Secret::new);
        credentials.ip = environment.given("KOTAK_IP").unwrap_or_default();
        credentials.app_id = environment.given("KOTAK_APP_ID").unwrap_or_default();
        if credentials.access_token.is_none() && credentials.consumer_secret.is_none() {
            return Err(Error::config(
                "neither KOTAK_ACCESS_TOKEN is set nor KOTAK_CONSUMER_SECRET, which one could be had with",
            ));
        }
        Ok(credentials)
    }

    /// Sets the access token, from the broker's portal or from [`Client::token`](super::Client::token).
    pub fn access_token(mut self, token: impl Into<Secret>) -> Self {
        self.access_token = Some(token.into());
        self
    }

    /// Sets the consumer secret, which only the OAuth operations need.
    pub fn consumer_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.consumer_secret = Some(secret.into());
        self
    }

    /// Sets the caller's address as the header `ip` states it.
    pub fn ip(mut self, ip: impl Into<String>) -> Self {
        self.ip = ip.into();
        self
    }

    /// Sets the name of the application as the header `appId` states it.
    pub fn app_id(mut self, app_id: impl Into<String>) -> Self {
        self.app_id = app_id.into();
        self
    }

    /// What settles the calls of a client with these credentials.
    pub(super) fn settler(&self) -> Settler {
        let all = [Some(&self.consumer_key), self.consumer_secret.as_ref(), self.access_token.as_ref()];
        Settler::new(&API, Secrets::new(all.into_iter().flatten().cloned()))
    }

    /// Gives a transport the credentials under the names of the spec's security schemes.
    pub(super) fn equip(&self, transport: TransportBuilder) -> TransportBuilder {
        let plain = |text: &str| Credential::Token(Secret::from(text));
        let mut transport = transport
            .credential("consumerKey", Credential::Token(self.consumer_key.clone()))
            .credential("ip", plain(&self.ip))
            .credential("appId", plain(&self.app_id));
        if let Some(token) = &self.access_token {
            transport = transport.credential("accessToken", Credential::Token(token.clone()));
        }
        if let Some(secret) = &self.consumer_secret {
            let (username, password) = (self.consumer_key.clone(), secret.clone());
            transport = transport.credential("consumer", Credential::Basic { username, password });
        }
        transport
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_in_the_environment_is_named() {
        let error = Credentials::from(&Environment::of(|_| None)).unwrap_err();
        assert!(error.to_string().contains("KOTAK_USERID"), "{error}");
        let without_token = Environment::of(|name| {
            (name != "KOTAK_ACCESS_TOKEN" && name != "KOTAK_CONSUMER_SECRET").then(|| "x".to_owned())
        });
        assert!(Credentials::from(&without_token).unwrap_err().to_string().contains("KOTAK_ACCESS_TOKEN"));
    }

    #[test]
    fn an_empty_variable_counts_as_missing() {
        assert!(Credentials::from(&Environment::of(|_| Some(String::new()))).is_err());
    }
}
