//! The settings for Kotak Neo, from flags, environment and profile, in this order.

use std::{path::PathBuf, time::Duration};

use broker_session::{
    SavedSession, Secret,
    neo::{Client, Credentials, api::API},
};
use clap::Args;
use serde::Deserialize;

use crate::{
    config::Config,
    failure::Failure,
    network::{Network, NetworkArgs},
    secrets::Missing,
    servers::Servers,
    setting::{choice, text},
};

/// The secret that every call takes, for the help.
pub(super) const CLIENT_SECRETS: [(&str, &str); 1] =
    [("NEO_ACCESS_TOKEN", "The access token from the broker's dashboard.")];

/// The flags of every command that calls the broker.
#[derive(Args, Debug)]
pub(super) struct ClientArgs {
    /// The client code [env: NEO_UCC].
    #[arg(long, value_name = "UCC")]
    ucc: Option<String>,
    /// Which of the broker's own hosts to use [env: NEO_ENVIRONMENT] [default: production]. In the test environment (UAT)
    /// the broker's own client calls other paths, which are not known here.
    #[arg(long, value_name = "ENVIRONMENT")]
    environment: Option<Servers>,
    /// The origin that stands for the host of the sign-in, like `http://127.0.0.1:4003` [env: NEO_BASE_URL]
    /// [default: the broker's own host].
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// The application's name, as the header `neo-fin-key` states it [env: NEO_FIN_KEY] [default: neotradeapi].
    #[arg(long, value_name = "NAME")]
    neo_fin_key: Option<String>,
    #[command(flatten)]
    network: NetworkArgs,
}

impl ClientArgs {
    /// The client code, if the settings name it.
    ///
    /// # Errors
    /// If the environment cannot be read.
    pub(super) fn ucc(&self, config: &Config) -> Result<Option<String>, Failure> {
        text(self.ucc.clone(), "NEO_UCC", config.profile.neo.ucc.as_ref())
    }
}

/// The part of a profile.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Section {
    ucc: Option<String>,
    environment: Option<Servers>,
    base_url: Option<String>,
    neo_fin_key: Option<String>,
    allow_hosts: Vec<String>,
    allow_plain_http: bool,
    access_token_file: Option<PathBuf>,
    pub(super) mobile_file: Option<PathBuf>,
    pub(super) totp_secret_file: Option<PathBuf>,
    pub(super) mpin_file: Option<PathBuf>,
}

/// Everything that a client is made from, except what was missing.
#[derive(Clone)]
pub(super) struct Settings {
    ucc: String,
    /// Nothing if the command takes none.
    access_token: Option<Secret>,
    neo_fin_key: Option<String>,
    servers: Servers,
    base_url: Option<String>,
    network: Network,
}

impl Settings {
    /// Gathers the settings of a sign-in. What is missing is noted in `missing`.
    ///
    /// # Errors
    /// If a setting cannot be used.
    pub(super) async fn gather(
        args: ClientArgs,
        config: &Config,
        missing: &mut Missing,
    ) -> Result<Self, Failure> {
        let access_token = config.places("NEO_ACCESS_TOKEN", &config.profile.neo.access_token_file);
        let settings = Self::for_session(args, config, None, missing).await?;
        let access_token = missing.secret(&access_token, "Access token").await?.unwrap_or_default();
        Ok(Self { access_token: Some(access_token), ..settings })
    }

    /// The same for a session that there is: its end takes no access token.
    ///
    /// # Errors
    /// If a setting cannot be used.
    pub(super) async fn for_session(
        args: ClientArgs,
        config: &Config,
        known_ucc: Option<&str>,
        missing: &mut Missing,
    ) -> Result<Self, Failure> {
        let section = &config.profile.neo;
        let ucc = args.ucc(config)?.or_else(|| known_ucc.map(str::to_owned));
        let ucc = missing.text(ucc, "NEO_UCC", "Client code (UCC)").await?.unwrap_or_default();
        let servers = choice(args.environment, "NEO_ENVIRONMENT", section.environment)?.unwrap_or_default();
        let base_url = text(args.base_url, "NEO_BASE_URL", section.base_url.as_ref())?;
        let neo_fin_key = text(args.neo_fin_key, "NEO_FIN_KEY", section.neo_fin_key.as_ref())?;
        let allowed = (section.allow_hosts.as_slice(), section.allow_plain_http);
        let network = Network::gather(args.network, config, allowed, missing).await?;
        // Nobody is asked for it; where it is known, no error shows it.
        let access_token =
            config.places("NEO_ACCESS_TOKEN", &section.access_token_file).look().ok().flatten();
        Ok(Self { ucc, access_token, neo_fin_key, servers, base_url, network })
    }

    /// The client code.
    pub(super) fn ucc(&self) -> &str {
        &self.ucc
    }

    /// Allows the host that a session lives at, if nobody has to vouch for it. Any other must be named again,
    /// as it was when the session began: a file is no authority on where credentials may go.
    pub(super) fn allow_home(&mut self, saved: &SavedSession) {
        if saved.has_known_home(&API, self.servers.into()) {
            self.network.allow_host(saved.base_url());
        }
    }

    /// Forgets the access token, which a session that there is does not need.
    pub(super) fn without_access_token(&self) -> Self {
        Self { access_token: None, ..self.clone() }
    }

    /// The client. Nothing is sent. Only a sign-in needs the mobile number.
    ///
    /// # Errors
    /// If a setting cannot be used.
    pub(super) fn client(&self, mobile: Secret, timeout: Option<Duration>) -> Result<Client, Failure> {
        let mut credentials = match &self.access_token {
            Some(token) => Credentials::new(mobile, &self.ucc, token),
            None => Credentials::for_session(&self.ucc),
        };
        if let Some(key) = &self.neo_fin_key {
            credentials = credentials.neo_fin_key(key);
        }
        let mut builder = Client::builder()
            .credentials(credentials)
            .environment(self.servers.into())
            .connection(self.network.connection(timeout)?);
        if let Some(url) = &self.base_url {
            builder = builder.base_url(url);
        }
        Ok(builder.build()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_setting_of_a_profile_is_known() {
        let text = r#"
            ucc = "S4MPL"
            environment = "production"
            base_url = "http://127.0.0.1:4003"
            neo_fin_key = "neotradeapi"
            allow_hosts = ["https://example.com"]
            allow_plain_http = false
            access_token_file = "a"
            mobile_file = "b"
            totp_secret_file = "c"
            mpin_file = "d"
        "#;
        assert!(toml::from_str::<Section>(text).is_ok());
        for secret in ["mobile", "mpin", "totp", "totp_secret", "access_token"] {
            assert!(toml::from_str::<Section>(&format!("{secret} = \"a\"")).is_err(), "{secret}");
        }
    }
}
