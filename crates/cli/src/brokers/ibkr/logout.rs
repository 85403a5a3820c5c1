//! `logout ibkr`.

use broker_session::{
    ErrorKind,
    ibkr::{SingleSignOn, address_of},
};
use clap::Args;

use super::{
    BROKER,
    settings::{GatewayArgs, SECRETS, Settings},
};
use crate::{
    context::Context,
    failure::Failure,
    help,
    logout::{Ended, Left},
    store::{Entry, Store},
};

/// Sign out at the gateway, and say whether the single sign-on still lives.
///
/// The brokerage session ends. The single sign-on ends with it at some gateways, so that a person must sign in again, and
/// lives on at others, so that a program can open the brokerage session again.
#[derive(Args, Debug)]
#[command(after_long_help = help())]
pub(crate) struct LogoutArgs {
    #[command(flatten)]
    gateway: GatewayArgs,
}

fn help() -> String {
    let examples = help::examples(&["broker-session logout ibkr", "broker-session logout ibkr --json"]);
    format!("{SECRETS}\n\n{examples}")
}

/// Signs out. What is stored does not matter: the gateway has the session, whoever has begun it.
///
/// # Errors
/// If the session was over, or if the broker does not end it.
pub(crate) async fn logout(args: LogoutArgs, context: &Context) -> Result<(), Failure> {
    let store = context.store()?;
    let settings = Settings::gather(args.gateway, context).await?;
    let gateway = settings.gateway(context.timeout)?;
    let base_url = gateway.base_url().to_owned();
    let entries = entries_at(&base_url, &store)?;
    let what = format!("Signing out at {base_url}");
    let outcome = settings.call(&mut context.steps(), &what, BROKER.logout, gateway.sign_off()).await;
    let outcome = outcome.map_err(|failure| match failure.is(ErrorKind::LoginRequired) {
        // Whichever way the gateway says so: it was over before.
        true => failure.understood_as(ErrorKind::SessionExpired),
        false => failure,
    });
    let (outcome, left) = match outcome {
        Ok(single_sign_on) => (Ok(()), Some(left(single_sign_on))),
        Err(failure) => (Err(failure), None),
    };
    let user = entries.last().and_then(|entry| entry.session.user()).map(str::to_owned);
    Ended { broker: &BROKER, user, base_url, entries, left }.conclude(outcome, &store, context)
}

/// What is left at the gateway after a sign-out.
pub(super) fn left(single_sign_on: SingleSignOn) -> Left {
    let text = match single_sign_on {
        SingleSignOn::Alive => {
            "The single sign-on still lives: a program can open the brokerage session again without a person. It ends at midnight at the latest, or when the gateway is stopped."
        }
        SingleSignOn::Over => "The single sign-on is over: a person must sign in before anything else works.",
        SingleSignOn::Unknown => {
            "Whether the single sign-on still lives is not known. In a minute this says it: broker-session status ibkr"
        }
    };
    Left { field: ("single_sign_on", single_sign_on.name()), text }
}

/// What is stored of the session at a gateway, whichever of its base URLs it was begun at.
///
/// # Errors
/// If the store cannot be read.
pub(super) fn entries_at(base_url: &str, store: &Store) -> Result<Vec<Entry>, Failure> {
    let is_here = |entry: &Entry| address_of(entry.session.base_url()) == address_of(base_url);
    let mut entries = store.entries()?;
    entries.retain(|entry| entry.is_of(&BROKER) && is_here(entry));
    Ok(entries)
}
