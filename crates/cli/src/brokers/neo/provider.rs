//! The provider of Kotak Neo.

use broker_session::{SessionProvider, neo::SignIn};

use super::{
    BROKER,
    login::{SECRETS, gather},
    one_time_password::OneTimePassword,
    settings::{CLIENT_SECRETS, Settings},
};
use crate::{
    Context,
    args::unasked,
    brokers::Broker,
    config::Config,
    failure::Failure,
    logout::Resume,
    provided::{Provided, Provides, patience},
    secrets::Prompter,
    store::SessionStore,
};

impl Provides for Settings {
    const BROKER: &'static Broker = &BROKER;

    fn secrets() -> String {
        // Nobody is there to read a code.
        unasked(CLIENT_SECRETS.iter().chain(SECRETS.iter().filter(|(name, _)| *name != "NEO_TOTP")))
    }

    fn names_account(&self, config: &Config) -> Result<bool, Failure> {
        let is_named = self.user(config)?.is_some();
        if is_named {
            OneTimePassword::is_code_set(config)?;
        }
        Ok(is_named)
    }

    async fn check(self, config: &Config, context: &Context) -> Result<(), Failure> {
        let mut prompter = Prompter::silent(config);
        let settings = self.resolve(config, &mut prompter, context).await?;
        settings.client_for_session()?;
        gather(&settings, config, prompter).await.map(drop)
    }

    async fn provide(
        self,
        config: &Config,
        store: &SessionStore,
        context: &Context,
    ) -> Result<Provided, Failure> {
        let user = self.user(config)?;
        let provider = SessionProvider::builder(self.sign_in(config, context).await?)
            .store(store.shared())
            .patience(patience(context))
            .profile(&config.name)
            .start()?;
        Ok(Provided { provider, user, is_signed: false, times_out: false, explain: None })
    }
}

impl Settings {
    /// Without the secret of an authenticator only a person can sign in, so that nothing else is needed.
    async fn sign_in(self, config: &Config, context: &Context) -> Result<SignIn, Failure> {
        let mut prompter = Prompter::silent(config);
        let totp_secret = match OneTimePassword::given(config).await? {
            Some(OneTimePassword::Made(secret)) => secret,
            _ => {
                let settings = self.resolve_for_session(config, &mut prompter, context).await?;
                prompter.check()?;
                let access_token = config.secret("NEO_ACCESS_TOKEN").read().await?;
                return Ok(SignIn::new(settings.client_with(access_token.as_ref())?));
            }
        };
        let settings = self.resolve(config, &mut prompter, context).await?;
        let mobile = prompter.secret(&config.secret("NEO_MOBILE"), "").await?;
        let mpin = prompter.secret(&config.secret("NEO_MPIN"), "").await?;
        prompter.check()?;
        let client = settings.client(mobile.unwrap_or_default())?;
        Ok(SignIn::new(client).totp_secret(totp_secret).mpin(mpin.unwrap_or_default()))
    }
}
