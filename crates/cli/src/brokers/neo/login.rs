//! `login neo`.

use broker_session::{
    ErrorKind, Secret,
    neo::{Client, TradeSession},
};
use clap::Args;
use serde_json::json;

use super::{
    BROKER,
    one_time_password::Source,
    settings::{CLIENT_SECRETS, ClientArgs, Settings},
    used_codes::UsedCodes,
};
use crate::{
    context::Context,
    failure::Failure,
    guess::Guess,
    help,
    login::Begun,
    output::{host_of, printable},
    secrets::Missing,
    store::{Entry, Store},
};

/// What a person reads of a session that was taken up.
const TAKEN_UP: &str =
    "It began in an earlier run, at a host that was not allowed then. Nothing was sent for it now.";

/// Sign in to Kotak Neo and store the session.
///
/// It takes a one-time password of an authenticator, then the MPIN. With the secret that the authenticator was set up
/// with the program makes the code itself. The broker takes each code once: what was used is remembered for a day, as a
/// digest, in used-codes.json beside the session store; such a code is not sent again, and of those that the program
/// makes the next one is waited for.
#[derive(Args, Debug)]
#[command(after_long_help = help())]
pub(crate) struct LoginArgs {
    #[command(flatten)]
    client: ClientArgs,
}

fn help() -> String {
    let own = [
        ("NEO_MOBILE", "The registered mobile number, with +91."),
        ("NEO_TOTP", "A code that an authenticator shows now, in place of a NEO_TOTP_SECRET."),
        (
            "NEO_TOTP_SECRET",
            "The secret that the authenticator was set up with: base32, or an otpauth:// URI.",
        ),
        ("NEO_MPIN", "The MPIN."),
    ];
    help::help(
        &[&CLIENT_SECRETS, &own],
        &[
            "broker-session login neo",
            "broker-session login neo --ucc S4MPL --json",
            "broker-session login neo --base-url http://127.0.0.1:4003",
        ],
    )
}

/// What there is to do about a session that is waiting for its host.
const WAITING: &str = "A session has begun there and is waiting in the store, so nothing was sent. Take it up so, or give it up first: broker-session logout neo --forget";

/// Signs in. Everything that is needed is at hand before the first request is sent.
///
/// # Errors
/// Whatever goes wrong; there is then no session that may trade and was not reported.
pub(crate) async fn login(args: LoginArgs, context: &Context) -> Result<(), Failure> {
    let config = context.config()?;
    let store = context.store()?;
    store.check()?;
    let section = &config.profile.neo;
    let mut missing = Missing::new(&config);
    let settings = Settings::gather(args.client, &config, &mut missing).await?;
    let begun = Begun { broker: &BROKER, profile: &config.name, store: &store };
    if let Some(session) = pending(&settings, &store, context)? {
        let entry = begun.store(&session, &context.steps())?;
        return begun.report(&entry, json!({ "taken_up": true }), Some(TAKEN_UP), context);
    }
    let mobile = config.places("NEO_MOBILE", &section.mobile_file);
    let mobile = missing.secret(&mobile, "Registered mobile number, with +91").await?;
    let mpin = config.places("NEO_MPIN", &section.mpin_file);
    let question = format!("MPIN of {} at Kotak Neo", printable(settings.ucc()));
    let mpin = missing.secret(&mpin, &question).await?;
    if mobile.is_some() && mpin.is_some() {
        // So would what is wrong with the rest.
        settings.client(mobile.clone().unwrap_or_default(), context.timeout)?;
    }
    // What is wrong with these would otherwise turn out when the one-time password is typed, or spent.
    mobile.iter().try_for_each(Client::check_mobile)?;
    mpin.iter().try_for_each(Client::check_mpin)?;
    // Last, because it does not last.
    let source = Source::gather(&config, &mut missing).await?;
    missing.check()?;
    let client = settings.client(mobile.unwrap_or_default(), context.timeout)?;
    source.check(&client)?;
    let host = host_of(client.base_url());
    let used = UsedCodes::open(&store, client.ucc())?;

    let mut steps = context.steps();
    let give = async |code| client.login_totp(&code).await;
    let view = source.spend(&client, &used, &mut steps, give).await?;
    let what = format!("Giving the MPIN at {host}");
    let guess = Guess { what: &what, operation: "trade_api_validate", question: "MPIN" };
    let outcome = guess
        .give(mpin.unwrap_or_default(), &mut steps, context, async |mpin| view.validate(mpin).await)
        .await;
    match outcome {
        Ok(session) => begun.keep(session, &mut steps, json!({}), context).await,
        Err(failure) => Err(begun.rescue::<TradeSession>(failure, &client, &mut steps).await),
    }
}

/// A stored session of the user that began at a host which was not allowed, if the host is now.
///
/// # Errors
/// If there is one, and its host is still not allowed.
fn pending(settings: &Settings, store: &Store, context: &Context) -> Result<Option<TradeSession>, Failure> {
    let is_pending = |entry: &Entry| entry.pending && entry.is_of(&BROKER) && !entry.session.is_expired();
    let of_user = |entry: &Entry| entry.session.user() == Some(settings.ucc());
    let Some(entry) = store.entries()?.into_iter().find(|entry| is_pending(entry) && of_user(entry)) else {
        return Ok(None);
    };
    let client = settings.without_access_token().client(Secret::default(), context.timeout)?;
    match client.resume(entry.session) {
        Ok(session) => Ok(Some(session)),
        // Another sign-in would cost a code and the MPIN, and the session that is waiting.
        Err(error) if error.kind() == ErrorKind::HostNotAllowed => {
            Err(Failure::from(error).with_note(WAITING))
        }
        Err(_) => Ok(None),
    }
}
