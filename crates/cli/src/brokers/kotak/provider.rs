//! The provider of Kotak.

use broker_session::{SessionProvider, kotak::SignIn};
use clap::Args;

use super::{
    BROKER,
    login::{Factor, SECRETS, choose, known, set},
    settings::{CLIENT_SECRETS, Settings},
};
use crate::{
    Context,
    args::unasked,
    brokers::Broker,
    config::Config,
    failure::Failure,
    provided::{Provided, Provides, patience},
    secrets::Prompter,
    store::SessionStore,
};

/// The settings of a provider.
#[derive(Args, Debug)]
pub(crate) struct ProviderArgs {
    /// The second factor [default: the one that KOTAK_ACCESS_CODE, KOTAK_MPIN or KOTAK_BIOMETRIC gives the secret of].
    #[arg(long, value_name = "FACTOR", env = "KOTAK_FACTOR")]
    factor: Option<Factor>,
    #[command(flatten)]
    client: Settings,
}

impl Provides for ProviderArgs {
    const BROKER: &'static Broker = &BROKER;

    fn secrets() -> String {
        unasked(CLIENT_SECRETS.iter().chain(&SECRETS))
    }

    fn names_account(&self, config: &Config) -> Result<bool, Failure> {
        let is_named = self.client.named_user(config)?.is_some();
        if is_named && self.factor.or(config.profile.kotak.factor).is_none() {
            set(config)?;
        }
        Ok(is_named)
    }

    async fn check(self, config: &Config, context: &Context) -> Result<(), Failure> {
        let mut prompter = Prompter::silent(config);
        let user = self.client.user_or_ask(config, &mut prompter).await?;
        let settings = self.client.resolve(config, user, &mut prompter, context).await?;
        settings.client()?;
        prompter.secret(&config.secret("KOTAK_PASSWORD"), "").await?;
        choose(self.factor, false, config, &mut prompter).await.map(drop)
    }

    async fn provide(
        self,
        config: &Config,
        store: &SessionStore,
        context: &Context,
    ) -> Result<Provided, Failure> {
        let user = self.client.named_user(config)?.map(|user| user.name().to_owned());
        let provider = SessionProvider::builder(self.sign_in(config, context).await?)
            .store(store.shared())
            .patience(patience(context))
            .profile(&config.name)
            .start()?;
        Ok(Provided { provider, user, is_signed: false, times_out: false, explain: None })
    }
}

impl ProviderArgs {
    /// Without the password and a second factor only a person can sign in.
    async fn sign_in(self, config: &Config, context: &Context) -> Result<SignIn, Failure> {
        let mut prompter = Prompter::silent(config);
        let user = self.client.user_or_ask(config, &mut prompter).await?;
        let settings = self.client.resolve(config, user, &mut prompter, context).await?;
        let password = config.secret("KOTAK_PASSWORD").read().await?;
        let factor = known(self.factor, config).await?;
        prompter.check()?;
        let sign_in = password.iter().fold(SignIn::new(settings.client()?), SignIn::password);
        Ok(factor.iter().fold(sign_in, |sign_in, factor| factor.add_to(sign_in)))
    }
}
