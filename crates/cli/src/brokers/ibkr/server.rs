//! Which gateway is called, and through which network.

use std::time::Duration;

use broker_session::{Connection, ibkr};
use clap::Args;

use crate::{
    config::Config,
    failure::Failure,
    network::{Network, NetworkArgs},
    secrets::Missing,
    setting,
};

/// The flags of every command that calls the gateway.
#[derive(Args, Debug)]
pub(super) struct ServerArgs {
    /// The base URL, like `https://localhost:5000/v1/api`; older gateways have `/v1/portal` [env:
    /// IBKR_BASE_URL] [default: https://localhost:5000/v1/api].
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    #[command(flatten)]
    network: NetworkArgs,
}

/// A gateway that can be called.
pub(super) struct Server {
    base_url: String,
    network: Network,
}

impl Server {
    /// Gathers the settings. What is missing is noted in `missing`.
    ///
    /// # Errors
    /// If a setting cannot be used.
    pub(super) async fn gather(
        args: ServerArgs,
        config: &Config,
        missing: &mut Missing,
    ) -> Result<Self, Failure> {
        let section = &config.profile.ibkr;
        let base_url = setting::text(args.base_url, "IBKR_BASE_URL", section.base_url.as_ref())?;
        let allowed: (&[String], bool) = (&[], section.allow_plain_http);
        let network = Network::gather(args.network, config, allowed, missing).await?;
        Ok(Self { base_url: base_url.unwrap_or_else(|| default_url().to_owned()), network })
    }

    /// The base URL as it was given.
    pub(super) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// How it is reached, without a certificate that is trusted by itself.
    ///
    /// # Errors
    /// If a setting cannot be used.
    pub(super) fn connection(&self, timeout: Option<Duration>) -> Result<Connection, Failure> {
        self.network.connection(timeout)
    }

    /// Where it is: `scheme://host:port`, the same for every name of this machine. Nothing if the base URL is none.
    pub(super) fn address(&self) -> Option<String> {
        ibkr::address_of(&self.base_url)
    }

    /// What certificates are remembered for: its address, if it has TLS.
    pub(super) fn origin(&self) -> Option<String> {
        self.address().filter(|address| address.starts_with("https://"))
    }

    /// The command with which its certificate can be trusted.
    pub(super) fn trust_command(&self) -> String {
        match self.base_url == default_url() {
            true => "broker-session trust ibkr".to_owned(),
            false => {
                format!("broker-session trust ibkr --base-url {}", crate::output::quoted(&self.base_url))
            }
        }
    }
}

fn default_url() -> &'static str {
    ibkr::api::API.servers.first().map_or("", |server| server.url)
}
