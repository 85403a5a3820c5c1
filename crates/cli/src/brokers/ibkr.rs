//! Interactive Brokers: the Client Portal Gateway and the Web API.

mod certificates;
#[cfg(feature = "sandbox")]
mod demo;
mod doctor;
mod keepalive;
mod login;
#[cfg(feature = "sandbox")]
mod oauth_folder;
#[cfg(feature = "sandbox")]
mod sandbox;
mod settings;
mod setup;
mod status;
mod trust;

use broker_session::{
    ErrorKind,
    ibkr::{SingleSignOn, address_of},
};
use clap::Args;

use super::Broker;
use crate::{
    Context,
    args::examples,
    failure::Failure,
    logout::{Remains, SignOut},
    settings::keys,
    store::{Entry, Store},
};

#[cfg(feature = "sandbox")]
pub(crate) use self::{
    demo::demo,
    sandbox::{SandboxArgs, sandbox},
};
pub(crate) use doctor::{DoctorArgs, doctor};
pub(crate) use keepalive::{KeepaliveArgs, keepalive};
pub(crate) use login::{LoginArgs, login};
pub(crate) use settings::Settings;
pub(crate) use setup::{SetupArgs, setup};
pub(crate) use status::{StatusArgs, status};
pub(crate) use trust::{TrustArgs, trust};

use self::settings::{GatewayArgs, SECRETS};

/// The broker.
pub(crate) const BROKER: Broker = Broker {
    name: "ibkr",
    title: "Interactive Brokers",
    examples: &[
        "broker-session trust ibkr",
        "broker-session login ibkr",
        "broker-session keepalive ibkr --json",
    ],
    profile: &["base_url = \"https://localhost:5000/v1/api\""],
    keys: keys::<Settings>,
};

/// Sign out at the gateway, and report whether the single sign-on still lives.
///
/// The brokerage session ends. The single sign-on ends with it at some gateways, so that a person must sign in again, and
/// lives on at others, so that a program can open the brokerage session again.
#[derive(Args, Debug)]
#[command(after_long_help = logout_help())]
pub(crate) struct LogoutArgs {
    #[command(flatten)]
    gateway: GatewayArgs,
}

fn logout_help() -> String {
    let examples = examples(&["broker-session logout ibkr", "broker-session logout ibkr --json"]);
    format!("{SECRETS}\n\n{examples}")
}

/// Signs out. The gateway has the session, so it need not be in the store.
///
/// # Errors
/// If the session was over, or if the broker does not end it.
pub(crate) async fn logout(args: LogoutArgs, context: &Context) -> Result<(), Failure> {
    let store = context.store()?;
    let settings = args.gateway.resolve(context, context.general.timeout).await?;
    let client = settings.client()?;
    let base_url = client.base_url().to_owned();
    let entries = entries_at(&base_url, &store)?;
    let what = format!("Signing out at {base_url}");
    let sign_out = async {
        client.logout().await?;
        Ok(client.single_sign_on().await)
    };
    let outcome = settings.call(&mut context.steps(), &what, sign_out).await;
    let (outcome, remains) = match outcome {
        Ok(single_sign_on) => (Ok(()), Some(remains(single_sign_on))),
        // Some gateways report it in this way: the session was over before.
        Err(failure) if failure.is(ErrorKind::LoginRequired) => {
            (Err(failure.with_kind(ErrorKind::SessionExpired)), None)
        }
        Err(failure) => (Err(failure), None),
    };
    let user = entries.last().and_then(Entry::user).map(str::to_owned);
    SignOut { broker: &BROKER, user, base_url, entries, remains }.conclude(outcome, &store, context)
}

/// What remains at the gateway after a sign-out.
fn remains(single_sign_on: SingleSignOn) -> Remains {
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

/// The stored sessions at a gateway, under any of its base URLs.
fn entries_at(base_url: &str, store: &Store) -> Result<Vec<Entry>, Failure> {
    let is_here = |entry: &Entry| address_of(entry.session.base_url()) == address_of(base_url);
    let mut entries = store.entries()?;
    entries.retain(|entry| entry.is_of(&BROKER) && is_here(entry));
    Ok(entries)
}
