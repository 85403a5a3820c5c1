//! `login neo`.

use broker_session::{
    ErrorKind, Secret,
    neo::{Client, Session},
};
use clap::Args;
use serde_json::json;

use super::{
    BROKER,
    one_time_password::{OneTimePassword, UsedCodes},
    settings::{CLIENT_SECRETS, ClientSettings, Settings},
};
use crate::{
    Context,
    args::help,
    config::Config,
    failure::Failure,
    login::{Guess, SignIn},
    output::{host_of, printable},
    secrets::Prompter,
    store::{Entry, Store},
};

/// The note for a session that was taken up.
const TAKEN_UP: &str =
    "It began in an earlier run, at a host that was not allowed then. Nothing was sent for it now.";

/// Sign in to Kotak Neo and store the session.
///
/// It takes a one-time password of an authenticator, then the MPIN. With the secret that the authenticator was set up
/// with, the program makes the code itself. The broker takes each code once: a used one is remembered for a day, as a
/// digest, in used-codes.json beside the session store. It is not sent again; if the program makes the codes, it waits
/// for the next one.
#[derive(Args, Debug)]
#[command(after_long_help = long_help())]
pub(crate) struct LoginArgs {
    #[command(flatten)]
    client: Settings,
}

/// The secrets of a sign-in, for the help.
pub(super) const SECRETS: [(&str, &str); 4] = [
    ("NEO_MOBILE", "The registered mobile number, with +91."),
    ("NEO_TOTP", "A code that an authenticator shows now, in place of a NEO_TOTP_SECRET."),
    ("NEO_TOTP_SECRET", "The secret that the authenticator was set up with: base32, or an otpauth:// URI."),
    ("NEO_MPIN", "The MPIN."),
];

fn long_help() -> String {
    help(
        &[&CLIENT_SECRETS, &SECRETS],
        &[
            "broker-session login neo",
            "broker-session login neo --ucc S4MPL --json",
            "broker-session login neo --base-url http://127.0.0.1:4003",
        ],
    )
}

/// What to do about a session that waits for its host to be allowed.
const WAITING: &str = "A session has begun there and is waiting in the store, so nothing was sent. Take it up so, or give it up first: broker-session logout neo --forget";

/// Signs in. Everything that is needed is at hand before the first request is sent.
///
/// # Errors
/// If any step fails; then there is no session that may trade and was not reported.
pub(crate) async fn login(args: LoginArgs, context: &Context) -> Result<(), Failure> {
    let config = context.config()?;
    let store = context.store()?;
    store.check()?;
    let mut prompter = Prompter::new(&config);
    let settings = args.client.resolve(&config, &mut prompter, context).await?;
    let sign_in = SignIn { broker: &BROKER, profile: &config.name, store: &store };
    if let Some(session) = pending(&settings, &store)? {
        let entry = sign_in.store(session.save(), &context.steps())?;
        return sign_in.report(&entry, json!({ "taken_up": true }), Some(TAKEN_UP), context);
    }
    let Ready { client, code, mpin, used } = gather(&settings, &config, &store, prompter).await?;
    let host = host_of(client.base_url());
    let mut steps = context.steps();
    let login = async |code| client.login_totp(&code).await;
    let view = code.send(&client, &used, &mut steps, login).await?;
    let what = format!("Giving the MPIN at {host}");
    let guess = Guess { what: &what, question: "MPIN" };
    let outcome = guess.send(mpin, &mut steps, context, async |mpin| view.validate(mpin).await).await;
    match outcome {
        Ok(session) => sign_in.finish(session, &mut steps, json!({}), context).await,
        Err(failure) => Err(sign_in.rescue(failure, |saved| client.resume(saved), &mut steps).await),
    }
}

/// What a sign-in takes, checked.
pub(super) struct Ready {
    pub(super) client: Client,
    pub(super) code: OneTimePassword,
    pub(super) mpin: Secret,
    pub(super) used: UsedCodes,
}

/// Gathers what a sign-in takes besides the settings, and checks all of it. Nothing is sent.
///
/// # Errors
/// If something is missing or cannot be right.
pub(super) async fn gather(
    settings: &ClientSettings,
    config: &Config,
    store: &Store,
    mut prompter: Prompter,
) -> Result<Ready, Failure> {
    let profile = &config.profile.neo;
    let mobile = config.secret("NEO_MOBILE", &profile.mobile_file);
    let mobile = prompter.secret(&mobile, "Registered mobile number, with +91").await?;
    let mpin = config.secret("NEO_MPIN", &profile.mpin_file);
    let question = format!("MPIN of {} at Kotak Neo", printable(settings.ucc()));
    let mpin = prompter.secret(&mpin, &question).await?;
    if mobile.is_some() && mpin.is_some() {
        // Reports what is wrong with the other settings, too.
        settings.client(mobile.clone().unwrap_or_default())?;
    }
    // A mistake in these must not turn up only after a one-time password was typed or sent.
    mobile.iter().try_for_each(Client::check_mobile)?;
    mpin.iter().try_for_each(Client::check_mpin)?;
    // Last, because it is good for a short time only.
    let code = OneTimePassword::gather(config, &mut prompter).await?;
    prompter.check()?;
    let client = settings.client(mobile.unwrap_or_default())?;
    code.check(&client)?;
    let used = UsedCodes::open(store, client.ucc())?;
    Ok(Ready { client, code, mpin: mpin.unwrap_or_default(), used })
}

/// A stored session of the user whose host was not allowed at the sign-in and is now.
///
/// # Errors
/// If there is one, and its host is still not allowed.
fn pending(settings: &ClientSettings, store: &Store) -> Result<Option<Session>, Failure> {
    let is_pending = |entry: &Entry| entry.pending && entry.is_of(&BROKER) && !entry.session.is_expired();
    let of_user = |entry: &Entry| entry.session.user() == settings.ucc();
    let Some(entry) = store.entries()?.into_iter().find(|entry| is_pending(entry) && of_user(entry)) else {
        return Ok(None);
    };
    match settings.client_for_session()?.resume(entry.session) {
        Ok(session) => Ok(Some(session)),
        // Another sign-in would cost a code, the MPIN and the waiting session.
        Err(error) if error.kind() == ErrorKind::HostNotAllowed => {
            Err(Failure::from(error).with_note(WAITING))
        }
        Err(_) => Ok(None),
    }
}
