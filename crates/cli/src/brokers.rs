//! The brokers that the program knows: one word each in the lists below. The rest about a broker is in its module.

pub(crate) mod ibkr;
pub(crate) mod kotak;
pub(crate) mod neo;

use clap::Subcommand;
use serde::Deserialize;

use crate::{Context, failure::Failure, logout::Report, network, settings::from_variables, store};

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
}

/// A command: an enum of the arguments that each of its brokers takes, which the function of the broker's module runs.
macro_rules! command {
    ($Command:ident: $function:ident($Args:ident) of $($broker:ident)+) => {
        #[derive(Debug, Subcommand)]
        #[allow(non_camel_case_types, reason = "the broker's name, which is also the word on the command line")]
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
            $(pub(crate) $broker: $broker::Settings,)+
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
