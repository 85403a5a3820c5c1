//! Interactive Brokers: the Client Portal Gateway and the Web API.

mod certificates;
#[cfg(feature = "sandbox")]
mod demo;
mod doctor;
mod keepalive;
mod login;
mod oauth;
#[cfg(feature = "sandbox")]
mod oauth_folder;
mod provider;
#[cfg(feature = "sandbox")]
mod sandbox;
mod settings;
mod setup;
mod status;
mod trust;

use broker_session::{
    ErrorKind,
    ibkr::{Client, SingleSignOn},
    shared_session::StoredSession,
};
use clap::Args;

use super::Broker;
use crate::{
    Context,
    args::examples,
    failure::Failure,
    logout::{Remains, Report, SignOut, SignedOut, all},
    sessions::user_of,
    settings::keys,
    store::SessionStore,
};

#[cfg(feature = "sandbox")]
pub(crate) use self::{
    demo::demo,
    sandbox::{SandboxArgs, sandbox},
};
pub(crate) use crate::{exec::exec, token::token};
pub(crate) use doctor::{DoctorArgs, doctor};
pub(crate) use keepalive::{KeepaliveArgs, keepalive};
pub(crate) use login::{LoginArgs, login};
pub(crate) use provider::ProviderArgs;
pub(crate) use settings::Settings;
pub(crate) use setup::{SetupArgs, setup};
pub(crate) use status::{StatusArgs, status};
pub(crate) use trust::{TrustArgs, trust};

use self::settings::{GATEWAY_SECRETS, GatewayArgs, secrets};

/// The broker.
pub(crate) const BROKER: Broker = Broker {
    name: "ibkr",
    title: "Interactive Brokers",
    examples: &[
        "broker-session trust ibkr",
        "broker-session login ibkr",
        "broker-session keepalive ibkr --json",
        "broker-session setup ibkr DIR",
    ],
    profile: &["base_url = \"https://localhost:5000/v1/api\""],
    keys: keys::<Settings>,
    secrets: || oauth::SECRETS.iter().chain(&GATEWAY_SECRETS).map(|(name, _)| *name).collect(),
};

pub(crate) type TokenArgs = crate::token::TokenArgs<ProviderArgs>;
pub(crate) type ExecArgs = crate::exec::ExecArgs<ProviderArgs>;

/// End the brokerage session, and report whether the single sign-on of a gateway still lives.
///
/// With OAuth a program can sign in again by itself. At some gateways the single sign-on ends, so that a person must sign in
/// again; at others it lives on, so that a program can open the brokerage session again.
#[derive(Args, Debug)]
#[command(after_long_help = logout_help())]
pub(crate) struct LogoutArgs {
    /// Sign out all stored sessions with this broker, each with the settings of the profile of its sign-in.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    gateway: GatewayArgs,
}

fn logout_help() -> String {
    let examples = examples(&["broker-session logout ibkr", "broker-session logout ibkr --json"]);
    format!("{}\n\n{examples}", secrets())
}

/// Signs out. The gateway has the session, so it need not be in the store.
///
/// # Errors
/// If the session was over, or if the broker does not end it.
pub(crate) async fn logout(args: LogoutArgs, context: &Context) -> Result<(), Failure> {
    let store = context.store(&context.config()?).await?;
    match args.all {
        true => logout_all(args, context).await?.show(context),
        false => end(args.gateway, &store, context).await?.report(context),
    }
}

/// Signs out all stored sessions.
///
/// # Errors
/// If the store cannot be used.
pub(crate) async fn logout_all(args: LogoutArgs, context: &Context) -> Result<Report, Failure> {
    let store = context.store(&context.config()?).await?;
    let end = async |stored: StoredSession, context: &Context| {
        end(args.gateway.clone().at(stored.session().base_url()), &store, context).await
    };
    Ok(all(store.sessions().await?, &BROKER, context, end).await)
}

/// Ends the session that the settings lead to.
async fn end(args: GatewayArgs, store: &SessionStore, context: &Context) -> Result<SignedOut, Failure> {
    let settings = args.resolve(context, context.general.timeout).await?;
    let client = settings.client()?;
    let base_url = client.base_url().to_owned();
    let stored = client.shared_session(store.shared()).load().await?;
    let what = format!("Signing out at {base_url}");
    let sign_out = async {
        client.logout().await?;
        Ok(remains(&client).await)
    };
    let outcome = settings.call(&mut context.steps(), &what, sign_out).await;
    let (outcome, remains) = match outcome {
        Ok(remains) => (Ok(()), Some(remains)),
        // Some gateways report it in this way: the session was over before.
        Err(failure) if failure.is(ErrorKind::LoginRequired) => {
            (Err(failure.with_kind(ErrorKind::SessionExpired)), None)
        }
        Err(failure) => (Err(failure), None),
    };
    let user = stored.as_ref().and_then(user_of).map(str::to_owned);
    SignOut { broker: &BROKER, user, base_url, stored, remains }.conclude(outcome, store).await
}

/// What remains after a sign-out.
async fn remains(client: &Client) -> Remains {
    if client.has_oauth() {
        let text = "The registration stays: a program can sign in again without a person.";
        return Remains { field: ("registration", "valid"), text };
    }
    let single_sign_on = client.single_sign_on().await;
    let text = match single_sign_on {
        SingleSignOn::Alive => {
            "The single sign-on still lives: a program can open the brokerage session again without a person. It ends at midnight at the latest, or when the gateway is stopped."
        }
        SingleSignOn::Over => "The single sign-on is over: a person must sign in before anything else works.",
        _ => {
            "Whether the single sign-on still lives is not known. To ask in a minute, run: broker-session status ibkr"
        }
    };
    Remains { field: ("single_sign_on", single_sign_on.name()), text }
}
