//! `login neo`.

use broker_session::{
    ErrorKind, Secret, SharedSession,
    neo::{Client, api},
    shared_session::StoredSession,
};
use clap::Args;
use serde_json::json;

use super::{
    BROKER,
    one_time_password::OneTimePassword,
    settings::{CLIENT_SECRETS, ClientSettings, Settings},
};
use crate::{
    Context,
    args::help,
    config::Config,
    failure::Failure,
    login::{Again, Guess, SignIn},
    output::{host_of, printable},
    secrets::Prompter,
    store::SessionStore,
};

/// The note for a session that was taken up.
const TAKEN_UP: &str =
    "It began in an earlier run, at a host that was not allowed then. Nothing was sent for it now.";

/// Sign in to Kotak Neo and store the session.
///
/// It takes a one-time password of an authenticator, then the MPIN. With the secret that the authenticator was set up
/// with, the program makes the code itself. The broker takes each code once: a used one is remembered for a day, as a
/// digest, in the session store. It is not sent again; if the program makes the codes, it waits for the next one.
///
/// If a session lives, it is reported, and nothing is sent. Of several runs at once one signs in; the others wait for it.
#[derive(Args, Debug)]
#[command(after_long_help = long_help())]
pub(crate) struct LoginArgs {
    #[command(flatten)]
    again: Again,
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

/// Signs in, if there is no session that lives. Everything that is needed is at hand before the first request is sent.
///
/// # Errors
/// If any step fails; then there is no session that may trade and was not reported.
pub(crate) async fn login(args: LoginArgs, context: &Context) -> Result<(), Failure> {
    let config = context.config()?;
    let store = context.store(&config).await?;
    store.check().await?;
    let sign_in =
        SignIn { broker: &BROKER, profile: &config.name, store: &store, again: args.again, context };
    let mut prompter = Prompter::new(&config);
    let ucc = args.client.named_ucc(&config, &mut prompter).await?;
    if let Some(stored) = sign_in.find(&ucc).await? {
        sign_in.check_place(&stored, args.client.base_url(&config.profile.neo).as_deref())?;
        if sign_in.is_enough(&stored) {
            return sign_in.already(&stored, json!({}));
        }
    }
    let settings = Settings { ucc: Some(ucc), ..args.client };
    let settings = settings.resolve(&config, &mut prompter, context).await?;
    if let Some(stored) = take_up(&settings, &sign_in).await? {
        return sign_in.report(&stored, json!({ "taken_up": true }), Some(TAKEN_UP));
    }
    let ready = gather(&settings, &config, prompter).await?;
    let mut steps = context.steps();
    let shared = ready.shared_session(&store);
    let Some(lease) = sign_in.lease(&shared, &mut steps, json!({})).await? else { return Ok(()) };
    // Another run may have begun one while this one waited.
    match take_up(&settings, &sign_in).await {
        Ok(None) => {}
        Ok(Some(stored)) => {
            lease.release().await;
            return sign_in.report(&stored, json!({ "taken_up": true }), Some(TAKEN_UP));
        }
        Err(failure) => {
            lease.release().await;
            return Err(failure);
        }
    }
    // A code is spent only for an MPIN that may follow.
    if let Err(error) = lease.check_guess(api::operations::TRADE_API_VALIDATE, &ready.mpin).await {
        lease.release().await;
        return Err(error.into());
    }
    let client = ready.client.with_lease(&lease);
    let view = match ready.code.send(&client, &lease, &mut steps).await {
        Ok(view) => view,
        Err(failure) => {
            ready.code.give_back(lease, &failure).await;
            return Err(failure);
        }
    };
    let what = format!("Giving the MPIN at {}", host_of(client.base_url()));
    let guess = Guess { what: &what, question: "MPIN" };
    let mpin = ready.mpin.clone();
    let outcome = guess.send(mpin, &mut steps, context, async |mpin| view.validate(mpin).await).await;
    match outcome {
        Ok(session) => sign_in.finish(session, lease, &mut steps, json!({})).await,
        Err(failure) => Err(sign_in.rescue(failure, lease, |saved| client.resume(saved), &mut steps).await),
    }
}

/// What a sign-in takes, checked.
pub(super) struct Ready {
    pub(super) client: Client,
    pub(super) code: OneTimePassword,
    pub(super) mpin: Secret,
    /// Whether a person has typed the MPIN for this run.
    is_typed: bool,
}

impl Ready {
    /// The session of the user, for all runs that have the same credentials.
    pub(super) fn shared_session(&self, store: &SessionStore) -> SharedSession {
        let mpin = Some(&self.mpin).filter(|_| !self.is_typed);
        // In the order of the library, whose programs then know what was refused here.
        let guesses: Vec<&Secret> = self.code.secret().into_iter().chain(mpin).collect();
        self.client.shared_session(store.shared(), &guesses)
    }
}

/// Gathers what a sign-in takes besides the settings, and checks all of it. Nothing is sent.
///
/// # Errors
/// If something is missing or cannot be right.
pub(super) async fn gather(
    settings: &ClientSettings,
    config: &Config,
    mut prompter: Prompter,
) -> Result<Ready, Failure> {
    let mobile = config.secret("NEO_MOBILE");
    let mobile = prompter.secret(&mobile, "Registered mobile number, with +91").await?;
    let source = config.secret("NEO_MPIN");
    let question = format!("MPIN of {} at Kotak Neo", printable(settings.ucc()));
    let mpin = prompter.secret(&source, &question).await?;
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
    let is_typed = source.place().is_none();
    Ok(Ready { client, code, mpin: mpin.unwrap_or_default(), is_typed })
}

/// Takes up a stored session of the user whose host was not allowed at the sign-in and is now.
///
/// # Errors
/// If there is one, and its host is still not allowed.
async fn take_up(settings: &ClientSettings, sign_in: &SignIn<'_>) -> Result<Option<StoredSession>, Failure> {
    let waits = |stored: &StoredSession| stored.is_pending() && !stored.session().is_expired();
    let found = sign_in.find(settings.ucc()).await?.filter(waits);
    let Some(stored) = found.filter(|_| !sign_in.again.renew) else { return Ok(None) };
    let client = settings.client_for_session()?;
    match client.resume(stored.session().clone()) {
        Ok(session) => {
            let shared = client.shared_session(sign_in.store.shared(), &[]);
            Ok(Some(shared.put_back(&session.save(), stored.number(), Some(sign_in.profile)).await?))
        }
        // Another sign-in would cost a code, the MPIN and the waiting session.
        Err(error) if error.kind() == ErrorKind::HostNotAllowed => {
            Err(Failure::from(error).with_note(WAITING))
        }
        Err(_) => Ok(None),
    }
}
