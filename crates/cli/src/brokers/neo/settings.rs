//! The settings for Kotak Neo, from options, variables and profile, in this order.

use broker_session::{
    SavedSession, Secret, Session,
    neo::{Client, ClientBuilder, Credentials, api::API},
};
use clap::Args;
use clap_complete::ArgValueCandidates;
use serde::Deserialize;

use super::BROKER;
use crate::{
    Context,
    brokers::Broker,
    completions::users,
    config::Config,
    failure::Failure,
    logout::Resume,
    network::{self, deadlines},
    progress::Steps,
    secrets::{Prompter, with_secrets},
    settings::Environment,
};

/// The secret that every call takes, for the help.
pub(super) const CLIENT_SECRETS: [(&str, &str); 1] =
    [("NEO_ACCESS_TOKEN", "The access token from the broker's dashboard.")];

with_secrets! {
/// The settings, from options and variables or from a profile.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// The client code.
    #[arg(long, value_name = "UCC", env = "NEO_UCC", add = ArgValueCandidates::new(|| users(&BROKER)))]
    pub(super) ucc: Option<String>,
    /// Which of the broker's own hosts to use [default: production]. In the test environment (UAT) the broker's own client
    /// calls other paths, which are not known here.
    #[arg(long, value_name = "ENVIRONMENT", env = "NEO_ENVIRONMENT")]
    pub(super) environment: Option<Environment>,
    /// The origin in place of the host of the sign-in, like `http://127.0.0.1:4003` [default: the broker's own host].
    #[arg(long, value_name = "URL", env = "NEO_BASE_URL")]
    pub(super) base_url: Option<String>,
    /// The application's name, sent as the header `neo-fin-key` [default: neotradeapi].
    #[arg(long, value_name = "NAME", env = "NEO_FIN_KEY")]
    pub(super) neo_fin_key: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    pub(super) network: network::Settings,
    #[arg(skip)]
    pub(super) allow_hosts: Vec<String>,
    #[arg(skip)]
    pub(super) allow_plain_http: bool,
}
secrets [arg(skip)] {
    "NEO_ACCESS_TOKEN" => access_token_file, access_token_command;
    "NEO_MOBILE" => mobile_file, mobile_command, like "+910000000000";
    "NEO_TOTP_SECRET" => totp_secret_file, totp_secret_command, like "GEZDGNBVGY3TQOJQ";
    "NEO_MPIN" => mpin_file, mpin_command, like "000000";
}
}

/// What a client is made from, except what was missing.
pub(super) struct ClientSettings {
    ucc: String,
    access_token: Option<Secret>,
    neo_fin_key: Option<String>,
    builder: ClientBuilder,
}

impl Settings {
    /// Where a sign-in starts: the given URL, or the host of the environment.
    pub(super) fn base_url(&self, profile: &Self) -> Option<String> {
        let environment = self.environment.or(profile.environment).unwrap_or_default();
        let own = || API.servers_of(environment.into()).next().map(str::to_owned);
        self.base_url.clone().or_else(|| profile.base_url.clone()).or_else(own)
    }

    /// The client code, from the settings or a person. Without either it is noted as missing, and empty.
    pub(super) async fn named_ucc(
        &self,
        config: &Config,
        prompter: &mut Prompter,
    ) -> Result<String, Failure> {
        let ucc = self.ucc.clone().or_else(|| config.profile.neo.ucc.clone());
        Ok(prompter.text(ucc, "NEO_UCC", "Client code (UCC)").await?.unwrap_or_default())
    }

    /// Completes the settings of a sign-in with those of the profile, and asks for what is missing.
    pub(super) async fn resolve(
        self,
        config: &Config,
        prompter: &mut Prompter,
        context: &Context,
    ) -> Result<ClientSettings, Failure> {
        let access_token = config.secret("NEO_ACCESS_TOKEN");
        let settings = self.resolve_for_session(config, prompter, context).await?;
        let access_token = prompter.secret(&access_token, "Access token").await?;
        Ok(ClientSettings { access_token, ..settings })
    }

    /// The same for a stored session: its end needs no access token.
    pub(super) async fn resolve_for_session(
        self,
        config: &Config,
        prompter: &mut Prompter,
        context: &Context,
    ) -> Result<ClientSettings, Failure> {
        let profile = config.profile.neo.clone();
        let base_url = self.base_url(&profile);
        let ucc = self.named_ucc(config, prompter).await?;
        let allowed = (profile.allow_hosts.as_slice(), profile.allow_plain_http);
        let options = self.network.resolve(config, allowed, prompter).await?;
        let builder = Client::builder().options(options.deadlines(deadlines(context.general.timeout)));
        Ok(ClientSettings {
            ucc,
            // A person is not asked for it. Where it is known, it is kept out of errors.
            access_token: config.secret("NEO_ACCESS_TOKEN").read().await.ok().flatten(),
            neo_fin_key: self.neo_fin_key.or(profile.neo_fin_key),
            builder: base_url.into_iter().fold(builder, ClientBuilder::base_url),
        })
    }
}

impl Resume for Settings {
    const BROKER: &Broker = &BROKER;
    const USER_FLAG: &str = "--ucc";

    fn user(&self, config: &Config) -> Result<Option<String>, Failure> {
        Ok(self.ucc.clone().or_else(|| config.profile.neo.ucc.clone()))
    }

    async fn resume(
        self,
        saved: SavedSession,
        config: &Config,
        _: &mut Steps,
        context: &Context,
    ) -> Result<Session, Failure> {
        let mut prompter = Prompter::new(config);
        let settings = Self { ucc: Some(saved.user().to_owned()), ..self };
        let settings = settings.resolve_for_session(config, &mut prompter, context).await?;
        prompter.check()?;
        Ok(settings.allowing_home_of(&saved).client_for_session()?.resume(saved)?.without_profile())
    }
}

impl ClientSettings {
    /// The client code.
    pub(super) fn ucc(&self) -> &str {
        &self.ucc
    }

    /// The client to sign in with. Nothing is sent.
    pub(super) fn client(&self, mobile: Secret) -> Result<Client, Failure> {
        let access_token = self.access_token.clone().unwrap_or_default();
        self.build(Credentials::new().mobile(mobile).ucc(&self.ucc).access_token(access_token))
    }

    /// The client for a stored session. An access token of the wrong form is no reason to keep a session.
    pub(super) fn client_for_session(&self) -> Result<Client, Failure> {
        self.client_with(self.access_token.as_ref()).or_else(|_| self.client_with(None))
    }

    /// The client for requests with a session, which some hosts refuse without an access token.
    pub(super) fn client_with(&self, access_token: Option<&Secret>) -> Result<Client, Failure> {
        let credentials = Credentials::for_session(&self.ucc);
        self.build(access_token.into_iter().fold(credentials, Credentials::access_token))
    }

    /// A host of the broker's own is allowed. Any other must be named again, as it was at the sign-in.
    fn allowing_home_of(self, saved: &SavedSession) -> Self {
        Self { builder: self.builder.allow_home_of(saved), ..self }
    }

    fn build(&self, mut credentials: Credentials) -> Result<Client, Failure> {
        if let Some(key) = &self.neo_fin_key {
            credentials = credentials.neo_fin_key(key);
        }
        Ok(self.builder.clone().credentials(credentials).build()?)
    }
}
