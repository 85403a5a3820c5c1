//! Kotak Neo.

#[cfg(feature = "sandbox")]
mod demo;
mod doctor;
mod login;
mod one_time_password;
mod provider;
#[cfg(feature = "sandbox")]
mod sandbox;
mod settings;

use clap::Args;

use super::Broker;
use crate::{
    Context,
    args::examples,
    failure::Failure,
    logout::{Report, StoredLogout},
    settings::keys,
};

#[cfg(feature = "sandbox")]
pub(crate) use self::{
    demo::demo,
    sandbox::{SandboxArgs, sandbox},
};
pub(crate) use crate::{exec::exec, token::token};
pub(crate) use doctor::{DoctorArgs, doctor};
pub(crate) use login::{LoginArgs, login};
pub(crate) use settings::Settings;

/// The broker.
pub(crate) const BROKER: Broker = Broker {
    name: "neo",
    title: "Kotak Neo",
    examples: &["broker-session login neo", "broker-session doctor neo", "broker-session logout neo"],
    profile: &[
        "ucc = \"S4MPL\"",
        "totp_secret_file = \"neo-totp-secret\"   # so that nobody has to type a code",
    ],
    keys: keys::<Settings>,
    secrets: || settings::CLIENT_SECRETS.iter().chain(&login::SECRETS).map(|(name, _)| *name).collect(),
};

/// The settings of a provider.
pub(crate) type ProviderArgs = Settings;
pub(crate) type TokenArgs = crate::token::TokenArgs<ProviderArgs>;
pub(crate) type ExecArgs = crate::exec::ExecArgs<ProviderArgs>;

/// Sign out of Kotak Neo and remove the session from the store.
///
/// The call goes to the host of the session, whatever the base URL of the settings. It needs nothing but the stored
/// session. If the broker cannot be reached or does not end it, the session stays in the store; `--forget`
/// removes it all the same.
#[derive(Args, Debug)]
#[command(after_long_help = logout_help())]
pub(crate) struct LogoutArgs {
    #[command(flatten)]
    logout: StoredLogout<Settings>,
}

fn logout_help() -> String {
    examples(&["broker-session logout neo", "broker-session logout neo --ucc S4MPL --json"])
}

/// Signs out.
///
/// # Errors
/// If there is no session or it was over, or if the broker does not end it.
pub(crate) async fn logout(args: LogoutArgs, context: &Context) -> Result<(), Failure> {
    args.logout.run(context).await
}

/// Signs out all stored sessions.
///
/// # Errors
/// If the store cannot be used.
pub(crate) async fn logout_all(args: LogoutArgs, context: &Context) -> Result<Report, Failure> {
    args.logout.run_all(context).await
}
