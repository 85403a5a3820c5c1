//! What identifies the application and the user.

use broker_session_runtime::{Credential, Secret, TransportBuilder};

use crate::{
    Error,
    check::{check_key, check_user, check_word, is_json_web_token},
    variables::Variables,
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
///
/// ```
/// let credentials = broker_session::kotak::Credentials::new()
///     .userid("MADE1")
///     .consumer_key("made-up-key")
///     .access_token("made-up-token");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    user: Option<User>,
    consumer_key: Secret,
    consumer_secret: Option<Secret>,
    access_token: Option<Secret>,
    // The broker asks for both headers and accepts them empty.
    ip: String,
    app_id: String,
}

impl Credentials {
    /// Credentials to sign in with. A user and the consumer key are needed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the user id (client code).
    pub fn userid(self, userid: impl Into<String>) -> Self {
        self.user(User::Userid(userid.into()))
    }

    /// Sets the nickname, to sign in by in place of a user id.
    pub fn nickname(self, nickname: impl Into<String>) -> Self {
        self.user(User::Nickname(nickname.into()))
    }

    /// Sets the user, named in any of the broker's ways.
    pub fn user(mut self, user: User) -> Self {
        self.user = Some(user);
        self
    }

    /// Sets the application's consumer key.
    pub fn consumer_key(mut self, key: impl Into<Secret>) -> Self {
        self.consumer_key = key.into();
        self
    }

    /// Sets the access token, from the broker's portal or from [`Client::request_token`](super::Client::request_token).
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

    /// Reads `KOTAK_USERID` or `KOTAK_NICKNAME`, `KOTAK_CONSUMER_KEY`, `KOTAK_ACCESS_TOKEN`, `KOTAK_CONSUMER_SECRET`,
    /// `KOTAK_IP` and `KOTAK_APP_ID`.
    pub(super) fn from_env(variables: &Variables) -> Result<Self, Error> {
        let user = variables.either(["KOTAK_USERID", "KOTAK_NICKNAME"])?;
        let credentials = Self {
            user: user.map(|(name, user)| match name {
                "KOTAK_NICKNAME" => User::Nickname(user),
                _ => User::Userid(user),
            }),
            consumer_key: variables.secret("KOTAK_CONSUMER_KEY")?.unwrap_or_default(),
            consumer_secret: variables.secret("KOTAK_CONSUMER_SECRET")?,
            access_token: variables.secret("KOTAK_ACCESS_TOKEN")?,
            ip: variables.string("KOTAK_IP")?.unwrap_or_default(),
            app_id: variables.string("KOTAK_APP_ID")?.unwrap_or_default(),
        };
        if credentials.access_token.is_none() && credentials.consumer_secret.is_none() {
            return Err(Error::config(
                "there is no access token; set KOTAK_ACCESS_TOKEN, or KOTAK_CONSUMER_SECRET to request one",
            ));
        }
        Ok(credentials)
    }

    /// What all programs of the user have, and a store of sessions has not.
    pub(super) fn guess_key(&self) -> Secret {
        self.consumer_key.clone()
    }

    /// Whether an access token is set.
    pub(super) fn has_any_access_token(&self) -> bool {
        self.access_token.is_some()
    }

    /// Whether an access token is the one that is set.
    pub(super) fn has_access_token(&self, token: &Secret) -> bool {
        self.access_token.as_ref() == Some(token)
    }

    /// Whether nothing is missing, each is what its name states, and headers can carry it. Returns the user.
    pub(super) fn check(&self) -> Result<User, Error> {
        let user = self.user.clone().ok_or_else(|| Error::config("the user id (KOTAK_USERID) is missing"))?;
        match &user {
            User::Userid(userid) | User::UseridInPath(userid) => {
                check_user("user id (KOTAK_USERID)", "the client code, like S4MPL3", userid)?;
                check_word("user id (KOTAK_USERID)", userid)?;
            }
            User::Nickname(nickname) if nickname.is_empty() => {
                return Err(Error::config("the nickname (KOTAK_NICKNAME) is empty"));
            }
            User::Nickname(_) => {}
        }
        for (name, value) in [("IP address (KOTAK_IP)", &self.ip), ("app id (KOTAK_APP_ID)", &self.app_id)] {
            if !value.is_empty() {
                check_word(name, value)?;
            }
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
        Ok(user)
    }

    /// Everything secret in it.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        let all = [Some(&self.consumer_key), self.consumer_secret.as_ref(), self.access_token.as_ref()];
        all.into_iter().flatten().cloned().collect()
    }

    /// Gives a transport the credentials under the names of the spec's security schemes.
    pub(super) fn apply_to(&self, transport: TransportBuilder) -> TransportBuilder {
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
        for missing in ["KOTAK_USERID", "KOTAK_CONSUMER_KEY", "KOTAK_ACCESS_TOKEN"] {
            let variables = Variables::of(move |name| {
                let known = ["KOTAK_USERID", "KOTAK_CONSUMER_KEY", "KOTAK_ACCESS_TOKEN"];
                (name != missing && known.contains(&name)).then(|| name.to_lowercase().into())
            });
            let credentials = Credentials::from_env(&variables);
            let error = credentials.and_then(|credentials| credentials.check()).unwrap_err().to_string();
            assert!(error.contains(missing), "{error}");
        }
    }

    #[test]
    fn what_is_something_else_than_its_name_says_is_refused() {
        let of = |userid: &str, key: &str, token: &str| {
            let credentials = Credentials::new().userid(userid).consumer_key(key).access_token(token);
            credentials.check().map_err(|error| error.to_string())
        };
        assert!(of("MADE1", "made-up-key", "made-up-token").is_ok());
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
}
