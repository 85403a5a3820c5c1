//! `login neo`.

use broker_session::neo::Client;
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
};

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
        (
            "NEO_TOTP",
            "A code that an authenticator shows now. It is used even if there is a NEO_TOTP_SECRET.",
        ),
        ("NEO_TOTP_SECRET", "The secret that the authenticator was set up with, in base32."),
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

/// Signs in. Everything that is needed is at hand before the first request is sent.
///
/// # Errors
/// Whatever goes wrong; there is then no session that may trade and was not reported.
pub(crate) async fn login(args: LoginArgs, context: &Context) -> Result<(), Failure> {
    let config = context.config()?;
    let store = context.store()?;
    store.check()?;
    let section = &config.profile.neo;
    let mut missing = Missing::default();
    let settings = Settings::gather(args.client, &config, None, &mut missing).await?;
    let mobile = config.places("NEO_MOBILE", &section.mobile_file);
    let mobile = missing.secret(&mobile, "Registered mobile number, with +91").await?;
    let mpin = config.places("NEO_MPIN", &section.mpin_file);
    let question = format!("MPIN of {} at Kotak Neo", printable(settings.ucc()));
    let mpin = missing.secret(&mpin, &question).await?;
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
    let session = guess
        .give(mpin.unwrap_or_default(), &mut steps, context, async |mpin| view.validate(mpin).await)
        .await?;
    let begun = Begun { broker: &BROKER, profile: &config.name, store: &store };
    begun.keep(session, &mut steps, json!({}), context).await
}
