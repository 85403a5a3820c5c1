//! `login kotak`.

use broker_session::{
    Secret,
    kotak::{Pending, Session},
};
use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::{
    NAME,
    factor::{self, Chosen, Factor},
    settings::{ClientArgs, Settings, host_of, operations_of, was_refused},
};
use crate::{
    brokers::Saved,
    context::Context,
    failure::Failure,
    interrupt::interruptible,
    output::printable,
    progress::Steps,
    secrets::{Missing, Places},
    store::{Entry, Store},
    terminal,
};

/// After this many refused codes the program stops by itself: the broker locks an account after three.
const MOST_REFUSALS: usize = 2;

/// Sign in to Kotak Securities (Trade API, session/1.0) and store the session.
#[derive(Args, Debug)]
#[command(after_long_help = HELP)]
pub(crate) struct LoginArgs {
    /// The second factor [default: the first of KOTAK_ACCESS_CODE, KOTAK_MPIN and KOTAK_BIOMETRIC that is
    /// given; at a terminal, if none is, the access code].
    #[arg(long, value_name = "FACTOR")]
    factor: Option<Factor>,
    /// Ask the broker to send an access code by SMS and e-mail first. At a terminal you are then asked for it.
    #[arg(long)]
    request_code: bool,
    #[command(flatten)]
    client: ClientArgs,
}

const HELP: &str = "\
Secrets, from the environment, or from a file that NAME_FILE or the profile names, or typed without echo:
  KOTAK_CONSUMER_KEY     The application's consumer key.
  KOTAK_ACCESS_TOKEN     The application's access token.
  KOTAK_CONSUMER_SECRET  The application's consumer secret; gets an access token if there is none.
  KOTAK_PASSWORD         The user's password.
  KOTAK_ACCESS_CODE      The access code of the day.
  KOTAK_MPIN             The mobile pin.
  KOTAK_BIOMETRIC        The biometric proof.

Examples:
  broker-session login kotak
  broker-session login kotak --request-code
  broker-session login kotak --factor mpin --json
  broker-session login kotak --base-url http://127.0.0.1:4001/apim --factor one-time-token";

/// Signs in. Everything that is needed is at hand before the first request is sent.
///
/// # Errors
/// Whatever goes wrong; there is then no session that was not reported.
pub(crate) async fn login(args: LoginArgs, context: &Context) -> Result<(), Failure> {
    interruptible(run(args, context)).await
}

async fn run(args: LoginArgs, context: &Context) -> Result<(), Failure> {
    let config = context.config()?;
    let store = context.store()?;
    store.check()?;
    let mut missing = Missing::default();
    let settings = Settings::gather(args.client, &config, None, &mut missing).await?;
    let password =
        Places { variable: "KOTAK_PASSWORD", file: config.path(config.profile.kotak.password_file.as_ref()) };
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
    let entry = Entry {
        profile: config.name.clone(),
        stored_at: Timestamp::now(),
        session: Saved::Kotak(session.save()),
    };
    if let Err(failure) = steps.quick("Storing the session", || store.put(entry.clone())) {
        return Err(undo(session, &mut steps, failure).await);
    }
    report(&entry, chosen.factor, &store, context)
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
    let mut secret = match (&chosen.secret, factor) {
        (Some(secret), _) => secret.clone(),
        (None, Factor::OneTimeToken) => Secret::default(),
        (None, _) => terminal::ask_secret(factor.question()).await?,
    };
    let what = format!("Giving the second factor ({}) at {}", factor.name(), host_of(pending.base_url()));
    let mut refusals = 0;
    loop {
        let mut again = false;
        let outcome = steps
            .run(&what, factor.operation(), async {
                let outcome = give(pending, factor, &secret).await;
                if let Err(error) = &outcome {
                    refusals += usize::from(was_refused(error));
                    again = error.kind() == broker_session::ErrorKind::SecondFactor;
                }
                outcome
            })
            .await;
        let failure = match outcome {
            Ok(session) => return Ok(session),
            Err(failure) if !again || factor == Factor::OneTimeToken || !terminal::is_there() => {
                return Err(failure);
            }
            Err(failure) => failure,
        };
        if refusals >= MOST_REFUSALS {
            let note =
                "This was the second refusal; the program stops here, before the broker locks the account.";
            return Err(failure.with_note(note));
        }
        context.output.note(&failure.to_string());
        secret = terminal::ask_secret(&format!("{}, once more", factor.question())).await?;
    }
}

async fn give(pending: &Pending, factor: Factor, secret: &Secret) -> Result<Session, broker_session::Error> {
    match factor {
        Factor::AccessCode => pending.access_code(secret).await,
        Factor::OneTimeToken => pending.one_time_token().await,
        Factor::Mpin => pending.mpin(secret).await,
        Factor::Biometric => pending.biometric(secret).await,
    }
}

/// A session that cannot be stored is of no use to anybody, so it is ended.
async fn undo(session: Session, steps: &mut Steps, failure: Failure) -> Failure {
    let what = "Signing out again, because the session cannot be stored";
    match steps.run(what, "session_logout", session.logout()).await {
        Ok(()) => failure.with_note("The session was signed out again."),
        Err(_) => failure.with_note("The session could not be signed out again; it ends by itself."),
    }
}

fn report(entry: &Entry, factor: Factor, store: &Store, context: &Context) -> Result<(), Failure> {
    let session = &entry.session;
    let login_time = session.login_time().map(|time| time.to_string());
    let stored = store.path().display().to_string();
    let json = json!({
        "broker": NAME,
        "user": session.user(),
        "base_url": session.base_url(),
        "profile": entry.profile,
        "factor": factor.name(),
        "login_time": login_time,
        "stored": stored,
    });
    let mut text = format!(
        "Signed in to Kotak as {} at {}.\nThe session is stored in {stored}.",
        printable(session.user()),
        session.base_url()
    );
    if let Some(time) = login_time {
        text.push_str(&format!("\nLogin time: {time}."));
    }
    context.output.result(&json, &text)
}
