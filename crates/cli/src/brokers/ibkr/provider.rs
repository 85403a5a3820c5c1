//! The provider of Interactive Brokers.

use std::{sync::Arc, time::Duration};

use broker_session::{
    ErrorKind, SessionProvider,
    ibkr::{Client, SignIn},
};
use clap::Args;
use tokio::time::timeout;

use super::{
    BROKER,
    oauth::{self, Version},
    settings::{CompeteArgs, GatewayArgs, GatewaySettings, secrets},
};
use crate::{
    Context,
    brokers::Broker,
    config::Config,
    failure::Failure,
    provided::{Provided, Provides, patience},
    store::SessionStore,
};

/// How long to look whether it was the certificate.
const CERTIFICATE_TIMEOUT: Duration = Duration::from_secs(5);

/// The settings of a provider.
#[derive(Args, Debug)]
pub(crate) struct ProviderArgs {
    #[command(flatten)]
    compete: CompeteArgs,
    #[command(flatten)]
    gateway: GatewayArgs,
}

impl Provides for ProviderArgs {
    const BROKER: &'static Broker = &BROKER;

    fn secrets() -> String {
        secrets()
    }

    fn names_account(&self, config: &Config) -> Result<bool, Failure> {
        self.gateway.check(config)?;
        let has_oauth = oauth::version(&oauth::settings(config))?.is_some();
        Ok(has_oauth || self.gateway.is_named(config))
    }

    async fn check(self, config: &Config, context: &Context) -> Result<(), Failure> {
        self.gateway.resolve_named(config, context.general.timeout).await?.client().map(drop)
    }

    async fn provide(
        self,
        config: &Config,
        store: &SessionStore,
        context: &Context,
    ) -> Result<Provided, Failure> {
        let is_signed = oauth::version(&oauth::settings(config))? == Some(Version::OAuth1a);
        let settings = Arc::new(self.gateway.resolve_unasked(config, context).await?);
        let client = settings.client()?;
        let provider = SessionProvider::builder(SignIn::new(client.clone(), self.compete.compete()))
            .store(store.shared())
            .patience(patience(context))
            .profile(&config.name)
            .start()?;
        let explain = move |failure| {
            let (settings, client) = (settings.clone(), client.clone());
            let explained = async move { explained(failure, &settings, &client).await };
            Box::pin(explained) as std::pin::Pin<Box<dyn Future<Output = Failure>>>
        };
        Ok(Provided { provider, user: None, is_signed, times_out: true, explain: Some(Box::new(explain)) })
    }
}

/// The failure with what to do about the server's certificate, if it is the reason.
async fn explained(failure: Failure, settings: &GatewaySettings, client: &Client) -> Failure {
    if !failure.is(ErrorKind::Unavailable) && !failure.is(ErrorKind::HostNotAllowed) {
        return failure;
    }
    let certificate = async {
        let again = Failure::from(client.auth_status().await.err()?);
        settings.certificate_failure(&again).await
    };
    timeout(CERTIFICATE_TIMEOUT, certificate).await.ok().flatten().unwrap_or(failure)
}
