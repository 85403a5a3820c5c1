//! `login kotak`.

use broker_session::{
    Error, Secret,
    kotak::{Pending, Session},
};
use clap::Args;
use serde_json::json;

use super::{
    BROKER,
    factor::{self, Chosen, Factor},
    settings::{CLIENT_SECRETS, ClientArgs, Settings, operations_of},
};
use crate::{
    context::Context,
    failure::Failure,
    guess::Guess,
    help,
    login::Begun,
    output::{host_of, printable},
    progress::Steps,
    secrets::Missing,
    terminal,
};

/// Sign in to Kotak Securities (Trade API, session/1.0) and store the session.
#[derive(Args, Debug)]
#[command(after_long_help = help())]
pub(crate) struct LoginArgs {
    /// The second factor [env: KOTAK_FACTOR] [default: the one whose secret is given by KOTAK_ACCESS_CODE, KOTAK_MPIN or
    /// KOTAK_BIOMETRIC; at a terminal, if none is, the access code].
    #[arg(long, value_name = "FACTOR")]
    factor: Option<Factor>,
    /// Ask the broker to send an access code by SMS and e-mail first. At a terminal you are then asked for it.
    #[arg(long)]
    request_code: bool,
    #[command(flatten)]
    client: ClientArgs,
}

fn help() -> String {
    let own = [
        ("KOTAK_PASSWORD", "The user's password."),
        ("KOTAK_ACCESS_CODE", "The access code of the day."),
        ("KOTAK_MPIN", "The mobile pin."),
        ("KOTAK_BIOMETRIC", "The biometric proof."),
    ];
    help::help(
        &[&CLIENT_SECRETS, &own],
        &[
            "broker-session login kotak",
            "broker-session login kotak --request-code",
            "broker-session login kotak --factor mpin --json",
            "broker-session login kotak --base-url http://127.0.0.1:4001/apim --factor one-time-token",
        ],
    )
}

/// Signs in. Everything that is needed is at hand before the first request is sent.
///
/// # Errors
/// Whatever goes wrong; there is then no session that was not reported.
pub(crate) async fn login(args: LoginArgs, context: &Context) -> Result<(), Failure> {
    let config = context.config()?;
    let store = context.store()?;
    store.check()?;
    let mut missing = Missing::new(&config);
    let settings = Settings::gather(args.client, &config, None, &mut missing).await?;
    let password = config.places("KOTAK_PASSWORD", &config.profile.kotak.password_file);
    let user = settings.user().map_or("the user", |user| user.name());
    let question = format!("Password of {} at Kotak", printable(user));
    let password = missing.secret(&password, &question).await?.unwrap_or_default();
    let chosen = factor::choose(args.factor, args.request_code, &config, &mut missing).await?;
    missing.check()?;
    let client = settings.client(context.timeout)?;

    let mut steps = context.steps();
    let client = settings.authorised(client, &mut steps).await?;
    let (init, login) = operations_of(client.user());
    let what = format!("Starting the session at {}", settings.host());
    let initialised = steps.run(&what, init, client.init()).await?;
    let what = format!("Checking the password at {}", host_of(initialised.base_url()));
    let pending = steps.run(&what, login, initialised.login(&password)).await?;
    if args.request_code {
        request_code(&pending, &mut steps, context).await?;
    }
    let session = second_factor(&pending, &chosen, &mut steps, context).await?;
    let begun = Begun { broker: &BROKER, profile: &config.name, store: &store };
    begun.keep(session, &mut steps, json!({ "factor": chosen.factor.name() }), context).await
}

async fn request_code(pending: &Pending, steps: &mut Steps, context: &Context) -> Result<(), Failure> {
    let what = format!("Asking for an access code at {}", host_of(pending.base_url()));
    let operation = "session_2fa_accesscode_get";
    let sent = steps.run(&what, operation, pending.request_access_code()).await?;
    let phone = sent.phone.as_deref().or(pending.phone());
    let email = sent.email.as_deref().or(pending.email());
    let places: Vec<String> = [phone, email].into_iter().flatten().map(printable).collect();
    if !places.is_empty() {
        context.output.note(&format!("The broker sends the code to {}.", places.join(" and ")));
    }
    Ok(())
}

/// Gives the second factor. A person may correct a wrong one; a script may not.
async fn second_factor(
    pending: &Pending,
    chosen: &Chosen,
    steps: &mut Steps,
    context: &Context,
) -> Result<Session, Failure> {
    let factor = chosen.factor;
    let what = format!("Giving the second factor ({}) at {}", factor.name(), host_of(pending.base_url()));
    let guess = Guess { what: &what, operation: factor.operation(), question: factor.question() };
    if factor == Factor::OneTimeToken {
        // There is nothing to it that a person could correct.
        return steps.run(guess.what, guess.operation, pending.one_time_token()).await;
    }
    let secret = match &chosen.secret {
        Some(secret) => secret.clone(),
        None => terminal::ask_secret(guess.question).await?,
    };
    guess.give(secret, steps, context, async |secret| give(pending, factor, secret).await).await
}

async fn give(pending: &Pending, factor: Factor, secret: &Secret) -> Result<Session, Error> {
    match factor {
        Factor::AccessCode => pending.access_code(secret).await,
        Factor::OneTimeToken => pending.one_time_token().await,
        Factor::Mpin => pending.mpin(secret).await,
        Factor::Biometric => pending.biometric(secret).await,
    }
}
