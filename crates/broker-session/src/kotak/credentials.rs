//! What identifies the application and the user.

use broker_session_runtime::{Credential, Secret, TransportBuilder};

use kotak_session_api::API;

use crate::{
    Error,
    environment::Environment,
    secrets::Secrets,
    settings::{check_key, check_user, check_word, is_json_web_token},
    settle::Settler,
};

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

    /// Whether each is what its name says, and can travel.
    pub(super) fn check(&self) -> Result<(), Error> {
        if let User::Userid(userid) | User::UseridInPath(userid) = &self.user {
            check_user("user id (KOTAK_USERID)", "the client code, like S4MPL3", userid)?;
            check_word("user id (KOTAK_USERID)", userid)?;
        }
        let (key, token, secret) = (
            "consumer key (KOTAK_CONSUMER_KEY)",
            "access token (KOTAK_ACCESS_TOKEN)",
            "consumer secret (KOTAK_CONSUMER_SECRET)",
        );
        check_key(key, &self.consumer_key)?;
        for (name, value) in [(token, &self.access_token), (secret, &self.consumer_secret)] {
            let Some(value) = value else { continue };
            check_key(name, value)?;
            if *value == self.consumer_key {
                return Err(Error::config(format!(
                    "the {key} and the {name} are the same; one of them is mistaken"
                )));
            }
        }
        if is_json_web_token(&self.consumer_key) {
            return Err(Error::config(format!("the {key} is a token; it belongs into the {token}")));
        }
        Ok(())
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
    fn what_is_something_else_than_its_name_says_is_refused() {
        let of = |userid: &str, key: &str, token: &str| {
            Credentials::new(userid, key).access_token(token).check().map_err(|error| error.to_string())
        };
        assert_eq!(of("MADE1", "made-up-key", "made-up-token"), Ok(()));
        for (userid, key, token, expected) in [
            ("made-up@broker.example", "made-up-key", "made-up-token", "(KOTAK_USERID) is an e-mail address"),
            ("+910000000000", "made-up-key", "made-up-token", "(KOTAK_USERID) is a mobile number"),
            ("", "made-up-key", "made-up-token", "(KOTAK_USERID) is empty"),
            ("MADE1", "Basic made-up-key", "made-up-token", "(KOTAK_CONSUMER_KEY) begins with `Basic`"),
            ("MADE1", "eyJhbGciOiJIUzI1NiJ9.e30.made-up", "made-up-token", "(KOTAK_CONSUMER_KEY) is a token"),
            ("MADE1", "made-up-key", "bearer made-up-token", "(KOTAK_ACCESS_TOKEN) begins with `Bearer`"),
            ("MADE1", "made-up-key", "'made-up-token'", "(KOTAK_ACCESS_TOKEN) is in quotes"),
            ("MADE1", "made-up-key", "made-up-key", "are the same"),
        ] {
            let error = of(userid, key, token).unwrap_err();
            assert!(error.contains(expected) && !error.contains("made-up-"), "{error}");
        }
    }

    #[test]
    fn an_empty_variable_counts_as_missing() {
        assert!(Credentials::from(&Environment::of(|_| Some(String::new()))).is_err());
    }
}
