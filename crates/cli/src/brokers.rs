//! The brokers that the program knows: one word each in the lists below. The rest about a broker is in its module.

pub(crate) mod ibkr;
pub(crate) mod kotak;
pub(crate) mod neo;

use clap::Subcommand;
use serde::Deserialize;

use crate::{
    Context,
    config::Config,
    failure::Failure,
    logout::Report,
    network,
    provided::{Provided, Provides},
    secrets::SecretKeys,
    serve,
    settings::from_variables,
    store::{self, SessionStore},
};

/// What the commands that every broker has need to know of one.
#[derive(Debug)]
pub(crate) struct Broker {
    /// The name in commands, output, the config file and the store, which is also its module's here and in the
    /// library.
    pub(crate) name: &'static str,
    /// The name for people.
    pub(crate) title: &'static str,
    /// Lines for the program's help.
    pub(crate) examples: &'static [&'static str],
    /// The lines of a profile, as an example.
    pub(crate) profile: &'static [&'static str],
    /// The keys that a profile may have.
    pub(crate) keys: fn() -> Vec<String>,
    /// The variables with what a sign-in takes, each of which a file or a command may take the place of.
    pub(crate) secrets: fn() -> Vec<&'static str>,
}

/// A command: an enum of the arguments that each of its brokers takes, which the function of the broker's module runs.
macro_rules! command {
    ($Command:ident: $function:ident($Args:ident) of $($broker:ident)+) => {
        #[derive(Debug, Subcommand)]
        #[allow(non_camel_case_types, reason = "the broker's name, which is also the word on the command line")]
        #[allow(clippy::large_enum_variant, reason = "there is one in a run")]
        pub(crate) enum $Command {
            $($broker($broker::$Args),)+
        }

        impl $Command {
            pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
                match self {
                    $(Self::$broker(args) => $broker::$function(args, context).await,)+
                }
            }
        }
    };
}

/// The lists of all brokers.
macro_rules! brokers {
    ($($broker:ident)+) => {
        command!(Login: login(LoginArgs) of $($broker)+);
        command!(Logout: logout(LogoutArgs) of $($broker)+);
        command!(Doctor: doctor(DoctorArgs) of $($broker)+);
        command!(Token: token(TokenArgs) of $($broker)+);
        command!(Exec: exec(ExecArgs) of $($broker)+);
        #[cfg(feature = "sandbox")]
        command!(Sandbox: sandbox(SandboxArgs) of $($broker)+);

        /// The brokers, in the order that they are shown in.
        pub(crate) const ALL: &[&Broker] = &[$(&$broker::BROKER),+];

        /// The settings of one profile.
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub(crate) struct Profile {
            /// Where sessions are kept.
            pub(crate) store: store::Settings,
            /// How brokers are reached.
            pub(crate) network: network::Settings,
            /// How `serve` serves.
            pub(crate) serve: serve::Settings,
            $(pub(crate) $broker: $broker::Settings,)+
        }

        impl Profile {
            /// All secrets that it can have, whether they are set or not.
            pub(crate) fn secrets(&self) -> Vec<SecretKeys<'_>> {
                let of_brokers = [$(self.$broker.secrets()),+];
                let of_all = [self.store.secrets(), self.network.secrets()];
                of_all.into_iter().chain(of_brokers).flatten().collect()
            }
        }

        /// Signs out all stored sessions with all brokers. Options have their values from variables.
        ///
        /// # Errors
        /// The first failure; all others are tried all the same.
        pub(crate) async fn logout_all(context: &Context) -> Result<(), Failure> {
            let mut report = Report::default();
            $(report.add($broker::logout_all(from_variables()?, context).await?);)+
            report.show(context)
        }

        /// A provider for each of these brokers, or for all that the settings name an account of. Options have their values
        /// from variables; nobody is asked for anything.
        ///
        /// # Errors
        /// The first failure: a setting that is missing or cannot be used.
        pub(crate) async fn providers(
            named: &[String],
            config: &Config,
            store: &SessionStore,
            context: &Context,
        ) -> Result<Vec<(&'static str, Provided)>, Failure> {
            let mut providers = Vec::new();
            $({
                let (name, settings) = ($broker::BROKER.name, from_variables::<$broker::ProviderArgs>()?);
                let is_wanted = match named.is_empty() {
                    true => settings.names_account(config)?,
                    false => named.iter().any(|named| named == name),
                };
                if is_wanted {
                    providers.push((name, settings.provide(config, store, context).await?));
                }
            })+
            Ok(providers)
        }

        /// The options of each broker that have variables.
        pub(crate) fn commands() -> Vec<(&'static Broker, clap::Command)> {
            let none = || clap::Command::new("");
            vec![$((&$broker::BROKER, <$broker::ProviderArgs as clap::Args>::augment_args(none()))),+]
        }

        /// What the commands of each broker refuse of the settings, which are to be [checked](Config::only_checked).
        pub(crate) async fn refused(config: &Config, context: &Context) -> Vec<(&'static str, Failure)> {
            let mut refused = Vec::new();
            $({
                let checked = match from_variables::<$broker::ProviderArgs>() {
                    Ok(settings) => settings.check(config, context).await,
                    Err(failure) => Err(failure),
                };
                refused.extend(checked.err().map(|failure| ($broker::BROKER.name, failure)));
            })+
            refused
        }

        /// What is shown of each broker by the demonstrations, one after the other.
        ///
        /// # Errors
        /// If a step does not go as it should.
        #[cfg(feature = "sandbox")]
        pub(crate) async fn demos(json: bool) -> Result<Vec<serde_json::Value>, Failure> {
            Ok(vec![$($broker::demo(json).await?),+])
        }
    };
}

brokers!(kotak ibkr neo);

// These are for sessions that go stale, and for servers that sign their certificate themselves.
command!(Status: status(StatusArgs) of ibkr);
command!(Keepalive: keepalive(KeepaliveArgs) of ibkr);
command!(Trust: trust(TrustArgs) of ibkr);
// And this for programs that sign in without a person.
command!(Setup: setup(SetupArgs) of ibkr);

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{
        args::General,
        output::{LogFormat, Output},
        secret_command::Commands,
    };

    /// Providers by the settings of a profile.
    async fn names(profile: &str, named: &[&str]) -> Result<Vec<&'static str>, Failure> {
        let home = tempfile::TempDir::new().unwrap();
        // Others may not write to it, whatever the umask is.
        let file = tempfile::NamedTempFile::new_in(home.path()).unwrap();
        let store = "[profiles.default.store]\nlocation = \"store.json\"\n";
        fs::write(file.path(), format!("{store}{profile}")).unwrap();
        let config = Config::load(Some(file.path()), None)?;
        let general = General {
            json: false,
            output: None,
            env_file: None,
            profile: None,
            config: None,
            store: None,
            timeout: None,
            verbose: 0,
            log_format: LogFormat::Text,
        };
        let context = Context { output: Output::new(true), general, commands: Commands::default() };
        let store = context.store(&config).await?;
        let named: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
        let providers = providers(&named, &config, &store, &context).await?;
        Ok(providers.into_iter().map(|(name, _)| name).collect())
    }

    #[tokio::test]
    async fn each_account_that_the_settings_name_has_a_provider() {
        let neo = "[profiles.default.neo]\nucc = \"S4MPL\"\n";
        let ibkr = "[profiles.default.ibkr]\nbase_url = \"http://127.0.0.1:9/v1/api\"\n";
        let kotak = "[profiles.default.kotak]\nuserid = \"S4MPL3\"\n";
        assert!(names("", &[]).await.unwrap().is_empty());
        assert_eq!(names(neo, &[]).await.unwrap(), ["neo"]);
        assert_eq!(names(&format!("{ibkr}{neo}"), &[]).await.unwrap(), ["ibkr", "neo"]);
        assert_eq!(names(&format!("{ibkr}{neo}"), &["neo"]).await.unwrap(), ["neo"]);
        // The gateway has a default address, so that it can be named without any setting.
        assert_eq!(names(&format!("{kotak}{neo}"), &["ibkr"]).await.unwrap(), ["ibkr"]);
        let failure = names(kotak, &[]).await.unwrap_err();
        assert!(failure.to_string().contains("KOTAK_CONSUMER_KEY"), "{failure}");
        let failure = names("", &["neo"]).await.unwrap_err();
        assert!(failure.to_string().contains("NEO_UCC"), "{failure}");
    }
}
