//! The settings for Kotak, from flags, environment and profile, in this order.

use std::path::PathBuf;

use broker_session::{
    SavedSession, Secret,
    kotak::{self, AccessToken, Client, Credentials, Grant, User},
};
use clap::Args;
use serde::Deserialize;

use super::factor::Factor;
use crate::{
    config::Config,
    environment,
    failure::Failure,
    network::{Network, NetworkArgs},
    output::host_of,
    progress::Steps,
    secrets::Missing,
    servers::Servers,
    setting::{choice, one_of, text},
};

/// The secrets that every call takes, for the help.
pub(super) const CLIENT_SECRETS: [(&str, &str); 3] = [
    ("KOTAK_CONSUMER_KEY", "The application's consumer key."),
    ("KOTAK_ACCESS_TOKEN", "The application's access token."),
    ("KOTAK_CONSUMER_SECRET", "The application's consumer secret; gets an access token if there is none."),
];

/// The flags of every command that calls the broker.
#[derive(Args, Debug)]
pub(super) struct ClientArgs {
    /// The user id (client code) [env: KOTAK_USERID].
    #[arg(long, value_name = "ID", conflicts_with = "nickname")]
    userid: Option<String>,
    /// The nickname to sign in by, in place of a user id [env: KOTAK_NICKNAME].
    #[arg(long, value_name = "NAME")]
    nickname: Option<String>,
    /// Which of the broker's own hosts to use [env: KOTAK_ENVIRONMENT] [default: production].
    #[arg(long, value_name = "ENVIRONMENT")]
    environment: Option<Servers>,
    /// The base URL to start at in place of the broker's own hosts, like `http://127.0.0.1:4001/apim`; may be
    /// repeated: the next one is tried if no connection to the one before can be made [env: KOTAK_BASE_URL].
    #[arg(long, value_name = "URL")]
    base_url: Vec<String>,
    /// The URL that `/token` and `/revoke` are below [env: KOTAK_OAUTH_BASE_URL] [default: the root of the
    /// first host].
    #[arg(long, value_name = "URL")]
    oauth_base_url: Option<String>,
    /// The caller's address, as the header `ip` states it [env: KOTAK_IP].
    #[arg(long, value_name = "ADDRESS")]
    ip: Option<String>,
    /// The application's name, as the header `appId` states it [env: KOTAK_APP_ID].
    #[arg(long, value_name = "ID")]
    app_id: Option<String>,
    #[command(flatten)]
    network: NetworkArgs,
}

impl ClientArgs {
    /// The user id, if the settings name the user by one.
    ///
    /// # Errors
    /// If the environment cannot be read.
    pub(super) fn userid(&self, config: &Config) -> Result<Option<String>, Failure> {
        Ok(match user(self, &config.profile.kotak)? {
            Some(User::Userid(userid)) => Some(userid),
            _ => None,
        })
    }
}

/// The part of a profile.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Section {
    userid: Option<String>,
    nickname: Option<String>,
    environment: Option<Servers>,
    base_url: Option<String>,
    oauth_base_url: Option<String>,
    ip: Option<String>,
    app_id: Option<String>,
    allow_hosts: Vec<String>,
    allow_plain_http: bool,
    access_token_file: Option<PathBuf>,
    consumer_key_file: Option<PathBuf>,
    consumer_secret_file: Option<PathBuf>,
    pub(super) factor: Option<Factor>,
    pub(super) password_file: Option<PathBuf>,
    pub(super) access_code_file: Option<PathBuf>,
    pub(super) mpin_file: Option<PathBuf>,
    pub(super) biometric_file: Option<PathBuf>,
}

/// Everything that a client is made from, except what was missing.
pub(super) struct Settings {
    user: Option<User>,
    consumer_key: Option<Secret>,
    access_token: Option<Secret>,
    consumer_secret: Option<Secret>,
    servers: Servers,
    base_urls: Vec<String>,
    oauth_base_url: Option<String>,
    ip: String,
    app_id: String,
    network: Network,
}

impl Settings {
    /// Gathers the settings. What is missing is noted in `missing`.
    ///
    /// # Errors
    /// If a setting cannot be used.
    pub(super) async fn gather(
        args: ClientArgs,
        config: &Config,
        known_user: Option<&str>,
        missing: &mut Missing,
    ) -> Result<Self, Failure> {
        let section = &config.profile.kotak;
        let user = match (user(&args, section)?, known_user) {
            (Some(user), _) => Some(user),
            (None, Some(known)) => Some(User::Userid(known.to_owned())),
            (None, None) => {
                missing.text(None, "KOTAK_USERID", "User id (client code)").await?.map(User::Userid)
            }
        };
        let base_urls = match args.base_url.is_empty() {
            false => args.base_url,
            true => text(None, "KOTAK_BASE_URL", section.base_url.as_ref())?.into_iter().collect(),
        };
        let servers = choice(args.environment, "KOTAK_ENVIRONMENT", section.environment)?;
        let oauth_base_url =
            text(args.oauth_base_url, "KOTAK_OAUTH_BASE_URL", section.oauth_base_url.as_ref())?;
        let ip = text(args.ip, "KOTAK_IP", section.ip.as_ref())?.unwrap_or_default();
        let app_id = text(args.app_id, "KOTAK_APP_ID", section.app_id.as_ref())?.unwrap_or_default();

        let consumer_key = config.places("KOTAK_CONSUMER_KEY", &section.consumer_key_file);
        let consumer_key = missing.secret(&consumer_key, "Consumer key").await?;
        let token_places = config.places("KOTAK_ACCESS_TOKEN", &section.access_token_file);
        let secret_places = config.places("KOTAK_CONSUMER_SECRET", &section.consumer_secret_file);
        let (mut access_token, consumer_secret) = (token_places.look()?, secret_places.look()?);
        if access_token.is_none() && consumer_secret.is_none() {
            access_token = missing.secret(&token_places, "Access token").await?;
        }
        let allowed = (section.allow_hosts.as_slice(), section.allow_plain_http);
        let network = Network::gather(args.network, config, allowed, missing).await?;
        Ok(Self {
            user,
            consumer_key,
            access_token,
            consumer_secret,
            servers: servers.unwrap_or_default(),
            base_urls,
            oauth_base_url,
            ip,
            app_id,
            network,
        })
    }

    /// The user id or the nickname, as far as it is known.
    pub(super) fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    /// Allows the host that a session lives at, if nobody has to vouch for it. Any other must be named again,
    /// as it was when the session began: a file is no authority on where credentials may go.
    pub(super) fn allow_home(&mut self, saved: &SavedSession) {
        if saved.has_known_home(&kotak::api::API, self.servers.into()) {
            self.base_urls.push(saved.base_url().to_owned());
        }
    }

    /// The host that the sign-in starts at, for people to read.
    pub(super) fn host(&self) -> String {
        let first = self.base_urls.first().map(String::as_str);
        let first = first.or_else(|| kotak::api::API.servers_of(self.servers.into()).next());
        host_of(first.unwrap_or_default())
    }

    /// The client. Nothing is sent.
    ///
    /// # Errors
    /// If a setting cannot be used.
    pub(super) fn client(&self, timeout: Option<std::time::Duration>) -> Result<Client, Failure> {
        let (Some(user), Some(consumer_key)) = (&self.user, &self.consumer_key) else {
            return Err(Failure::config("the user id or the consumer key is missing."));
        };
        let mut credentials =
            Credentials::for_user(user.clone(), consumer_key).ip(&self.ip).app_id(&self.app_id);
        if let Some(token) = &self.access_token {
            credentials = credentials.access_token(token);
        }
        if let Some(secret) = &self.consumer_secret {
            credentials = credentials.consumer_secret(secret);
        }
        let mut builder = Client::builder()
            .credentials(credentials)
            .environment(self.servers.into())
            .connection(self.network.connection(timeout)?);
        for url in &self.base_urls {
            builder = builder.base_url(url);
        }
        if let Some(url) = &self.oauth_base_url {
            builder = builder.oauth_base_url(url);
        }
        Ok(builder.build()?)
    }

    /// The client with an access token: the given one, or a new one for the consumer secret.
    ///
    /// # Errors
    /// If the broker does not give one.
    pub(super) async fn authorised(&self, client: Client, steps: &mut Steps) -> Result<Client, Failure> {
        if self.access_token.is_some() {
            return Ok(client);
        }
        let host = self.oauth_base_url.as_deref().map_or_else(|| self.host(), host_of);
        let what = format!("Getting an access token at {host}");
        let token: Result<AccessToken, Failure> =
            steps.run(&what, "token", client.token(Grant::ClientCredentials)).await;
        Ok(client.with_access_token(token?.access_token))
    }
}

/// Who signs in: the first of flags, environment and profile that names somebody.
fn user(args: &ClientArgs, section: &Section) -> Result<Option<User>, Failure> {
    let source = |names: [&'static str; 2], userid: Option<String>, nickname: Option<String>| {
        let [by_userid, by_nickname] = names;
        vec![(by_userid, userid.map(User::Userid)), (by_nickname, nickname.map(User::Nickname))]
    };
    let variables = ["KOTAK_USERID", "KOTAK_NICKNAME"];
    let [userid, nickname] = variables;
    one_of([
        source(["--userid", "--nickname"], args.userid.clone(), args.nickname.clone()),
        source(variables, environment::text(userid)?, environment::text(nickname)?),
        source(["userid", "nickname"], section.userid.clone(), section.nickname.clone()),
    ])
}

/// The id of the operation that a user's sign-in begins with, and of the one that takes the password.
pub(super) fn operations_of(user: &User) -> (&'static str, &'static str) {
    match user {
        User::Nickname(_) => ("session_init_nickname", "session_login_nickname"),
        User::UseridInPath(_) => ("session_init_userid", "session_login_userid"),
        _ => ("session_init", "session_login_userid"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_setting_of_a_profile_is_known() {
        let text = r#"
            userid = "S4MPL3"
            nickname = "sample"
            environment = "sandbox"
            base_url = "http://127.0.0.1:4001/apim"
            oauth_base_url = "http://127.0.0.1:4001"
            ip = "127.0.0.1"
            app_id = "sample"
            factor = "one-time-token"
            allow_hosts = ["https://example.com"]
            allow_plain_http = false
            access_token_file = "a"
            consumer_key_file = "b"
            consumer_secret_file = "c"
            password_file = "d"
            access_code_file = "e"
            mpin_file = "f"
            biometric_file = "g"
        "#;
        assert!(toml::from_str::<Section>(text).is_ok());
        assert!(toml::from_str::<Section>("mpin = \"a\"").is_err(), "a secret has no place in it");
    }
}
