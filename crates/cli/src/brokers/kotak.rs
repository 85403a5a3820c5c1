//! Kotak Securities Trade API.

#[cfg(feature = "sandbox")]
mod demo;
mod doctor;
mod login;
mod provider;
#[cfg(feature = "sandbox")]
mod sandbox;
mod settings;

use clap::Args;

use super::Broker;
use crate::{
    Context,
    args::help,
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
pub(crate) use provider::ProviderArgs;
pub(crate) use settings::Settings;

/// The broker.
pub(crate) const BROKER: Broker = Broker {
    name: "kotak",
    title: "Kotak",
    examples: &[
        "broker-session sandbox kotak --port 4001",
        "broker-session login kotak --factor mpin",
        "broker-session logout kotak",
    ],
    profile: &[
        "userid = \"S4MPL3\"",
        "factor = \"mpin\"",
        "password_file = \"kotak-password\"   # beside the config file, readable by its owner only",
    ],
    keys: keys::<Settings>,
    secrets: || settings::CLIENT_SECRETS.iter().chain(&login::SECRETS).map(|(name, _)| *name).collect(),
};

pub(crate) type TokenArgs = crate::token::TokenArgs<ProviderArgs>;
pub(crate) type ExecArgs = crate::exec::ExecArgs<ProviderArgs>;

/// Sign out of Kotak Securities and remove the session from the store.
///
/// The call goes to the host of the session, whatever the base URL of the settings. It needs the consumer key
/// and the access token (or the consumer secret), but no password. If the broker cannot be reached or does not
/// end it, the session stays in the store; `--forget` removes it all the same.
#[derive(Args, Debug)]
#[command(after_long_help = logout_help())]
pub(crate) struct LogoutArgs {
    #[command(flatten)]
    logout: StoredLogout<Settings>,
}

fn logout_help() -> String {
    let examples = ["broker-session logout kotak", "broker-session logout kotak --userid S4MPL3 --json"];
    help(&[&settings::CLIENT_SECRETS], &examples)
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
