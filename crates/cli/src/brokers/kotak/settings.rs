//! The settings for Kotak, from options, variables and profile, in this order.

use broker_session::{
    SavedSession, Session,
    kotak::{Client, ClientBuilder, Credentials, Grant, User, api::API},
};
use clap::Args;
use clap_complete::ArgValueCandidates;
use serde::{Deserialize, Deserializer};

use super::{BROKER, login::Factor};
use crate::{
    Context,
    brokers::Broker,
    completions::users,
    config::Config,
    failure::Failure,
    logout::Resume,
    network::{self, deadlines},
    output::host_of,
    progress::Steps,
    secrets::{Prompter, with_secrets},
    settings::{Environment, one_of},
};

/// The secrets that every call takes, for the help.
pub(super) const CLIENT_SECRETS: [(&str, &str); 3] = [
    ("KOTAK_CONSUMER_KEY", "The application's consumer key."),
    ("KOTAK_ACCESS_TOKEN", "The application's access token."),
    ("KOTAK_CONSUMER_SECRET", "The application's consumer secret; gets an access token if there is none."),
];

with_secrets! {
/// The settings, from options and variables or from a profile.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// The user id (client code).
    #[arg(long, value_name = "ID", conflicts_with = "nickname", env = "KOTAK_USERID", add = ArgValueCandidates::new(|| users(&BROKER)))]
    pub(super) userid: Option<String>,
    /// The nickname to sign in by, in place of a user id.
    #[arg(long, value_name = "NAME", conflicts_with = "userid", env = "KOTAK_NICKNAME")]
    pub(super) nickname: Option<String>,
    /// Which of the broker's own hosts to use [default: production].
    #[arg(long, value_name = "ENVIRONMENT", env = "KOTAK_ENVIRONMENT")]
    pub(super) environment: Option<Environment>,
    /// The base URL to start at in place of the broker's own hosts, like `http://127.0.0.1:4001/apim`; may be
    /// repeated: the next one is tried if no connection to the one before can be made.
    #[arg(long, value_name = "URL", env = "KOTAK_BASE_URL")]
    #[serde(deserialize_with = "single")]
    pub(super) base_url: Vec<String>,
    /// The URL that `/token` and `/revoke` are below [default: the root of the first host].
    #[arg(long, value_name = "URL", env = "KOTAK_OAUTH_BASE_URL")]
    pub(super) oauth_base_url: Option<String>,
    /// The caller's address, sent as the header `ip`.
    #[arg(long, value_name = "ADDRESS", env = "KOTAK_IP")]
    pub(super) ip: Option<String>,
    /// The application's name, sent as the header `appId`.
    #[arg(long, value_name = "ID", env = "KOTAK_APP_ID")]
    pub(super) app_id: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    pub(super) network: network::Settings,
    #[arg(skip)]
    pub(super) allow_hosts: Vec<String>,
    #[arg(skip)]
    pub(super) allow_plain_http: bool,
    #[arg(skip)]
    pub(super) factor: Option<Factor>,
}
secrets [arg(skip)] {
    "KOTAK_CONSUMER_KEY" => consumer_key_file, consumer_key_command;
    "KOTAK_ACCESS_TOKEN" => access_token_file, access_token_command;
    "KOTAK_CONSUMER_SECRET" => consumer_secret_file, consumer_secret_command;
    "KOTAK_PASSWORD" => password_file, password_command;
    "KOTAK_ACCESS_CODE" => access_code_file, access_code_command;
    "KOTAK_MPIN" => mpin_file, mpin_command;
    "KOTAK_BIOMETRIC" => biometric_file, biometric_command;
}
}

/// A profile has one base URL.
fn single<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    String::deserialize(deserializer).map(|url| vec![url])
}

/// What a client is made from, except what was missing.
pub(super) struct ClientSettings {
    user: User,
    has_access_token: bool,
    oauth_base_url: Option<String>,
    builder: ClientBuilder,
}

impl Settings {
    /// The user: the first of options, variables and profile that names one.
    pub(super) fn named_user(&self, config: &Config) -> Result<Option<User>, Failure> {
        let profile = &config.profile.kotak;
        let source = |settings: &Self| {
            let userid = settings.userid.clone().map(User::Userid);
            vec![("userid", userid), ("nickname", settings.nickname.clone().map(User::Nickname))]
        };
        one_of([source(self), source(profile)])
    }

    /// The user, from the settings or a person. Without either it is noted as missing, and empty.
    pub(super) async fn user_or_ask(
        &self,
        config: &Config,
        prompter: &mut Prompter,
    ) -> Result<User, Failure> {
        if let Some(user) = self.named_user(config)? {
            return Ok(user);
        }
        let userid = prompter.text(None, "KOTAK_USERID", "User id (client code)").await?;
        Ok(User::Userid(userid.unwrap_or_default()))
    }

    /// Where a sign-in starts first: the given URL, or the first host of the environment.
    pub(super) fn first_base_url(&self, profile: &Self) -> Option<String> {
        let given = self.base_url.first().or(profile.base_url.first());
        let environment = self.environment.or(profile.environment).unwrap_or_default();
        let own = || API.servers_of(environment.into()).next().map(str::to_owned);
        given.cloned().or_else(own)
    }

    /// Completes the settings of a user with those of the profile, and asks for what is missing.
    pub(super) async fn resolve(
        self,
        config: &Config,
        user: User,
        prompter: &mut Prompter,
        context: &Context,
    ) -> Result<ClientSettings, Failure> {
        let profile = config.profile.kotak.clone();
        let consumer_key = config.secret("KOTAK_CONSUMER_KEY");
        let consumer_key = prompter.secret(&consumer_key, "Consumer key").await?.unwrap_or_default();
        let token_source = config.secret("KOTAK_ACCESS_TOKEN");
        let secret_source = config.secret("KOTAK_CONSUMER_SECRET");
        let (mut access_token, consumer_secret) = (token_source.read().await?, secret_source.read().await?);
        if access_token.is_none() && consumer_secret.is_none() {
            access_token = prompter.secret(&token_source, "Access token").await?;
        }
        let mut credentials = Credentials::new()
            .user(user.clone())
            .consumer_key(consumer_key)
            .ip(self.ip.or(profile.ip).unwrap_or_default())
            .app_id(self.app_id.or(profile.app_id).unwrap_or_default());
        let has_access_token = access_token.is_some();
        if let Some(token) = access_token {
            credentials = credentials.access_token(token);
        }
        if let Some(secret) = consumer_secret {
            credentials = credentials.consumer_secret(secret);
        }
        let allowed = (profile.allow_hosts.as_slice(), profile.allow_plain_http);
        let options = self.network.resolve(config, allowed, prompter).await?;
        let mut builder = Client::builder()
            .credentials(credentials)
            .environment(self.environment.or(profile.environment).unwrap_or_default().into())
            .options(options.deadlines(deadlines(context.general.timeout)));
        let base_urls = if self.base_url.is_empty() { profile.base_url } else { self.base_url };
        builder = base_urls.into_iter().fold(builder, ClientBuilder::base_url);
        let oauth_base_url = self.oauth_base_url.or(profile.oauth_base_url);
        if let Some(url) = &oauth_base_url {
            builder = builder.oauth_base_url(url);
        }
        Ok(ClientSettings { user, has_access_token, oauth_base_url, builder })
    }
}

impl Resume for Settings {
    const BROKER: &Broker = &BROKER;
    const USER_FLAG: &str = "--userid";

    fn user(&self, config: &Config) -> Result<Option<String>, Failure> {
        Ok(match self.named_user(config)? {
            Some(User::Userid(userid)) => Some(userid),
            _ => None,
        })
    }

    async fn resume(
        self,
        saved: SavedSession,
        config: &Config,
        steps: &mut Steps,
        context: &Context,
    ) -> Result<Session, Failure> {
        let mut prompter = Prompter::new(config);
        let user = User::Userid(saved.user().to_owned());
        let mut settings = self.resolve(config, user, &mut prompter, context).await?;
        prompter.check()?;
        // A host of the broker's own is allowed. Any other must be named again, as it was at the sign-in.
        settings.builder = settings.builder.allow_home_of(&saved);
        let client = settings.authorised(settings.client()?, steps).await?;
        Ok(client.resume(saved)?.without_profile())
    }
}

impl ClientSettings {
    /// The name of the user, for people to read.
    pub(super) fn user(&self) -> &str {
        self.user.name()
    }

    /// The client. Nothing is sent.
    pub(super) fn client(&self) -> Result<Client, Failure> {
        Ok(self.builder.clone().build()?)
    }

    /// The client with an access token: the given one, or a new one for the consumer secret.
    pub(super) async fn authorised(&self, client: Client, steps: &mut Steps) -> Result<Client, Failure> {
        if self.has_access_token {
            return Ok(client);
        }
        let host = host_of(self.oauth_base_url.as_deref().unwrap_or(client.base_url()));
        let what = format!("Getting an access token at {host}");
        let token = steps.run(&what, client.request_token(Grant::ClientCredentials)).await?;
        Ok(client.with_access_token(token.access_token))
    }
}
