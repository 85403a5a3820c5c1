//! `logout kotak`.

use broker_session::{ErrorKind, kotak::SavedSession};
use clap::Args;
use serde_json::json;

use super::{
    NAME,
    settings::{ClientArgs, Settings, host_of},
};
use crate::{
    config::Config, context::Context, failure::Failure, interrupt::interruptible, output::printable,
    secrets::Missing, store::Entry,
};

/// Sign out of Kotak Securities and remove the session from the store.
///
/// The call goes to where the session lives, whatever the base URL of the settings. It needs the consumer key
/// and the access token (or the consumer secret), but no password. If the broker cannot be reached the
/// session stays in the store.
#[derive(Args, Debug)]
#[command(after_long_help = HELP)]
pub(crate) struct LogoutArgs {
    #[command(flatten)]
    client: ClientArgs,
}

const HELP: &str = "\
Secrets, from the environment, or from a file that NAME_FILE or the profile names, or typed without echo:
  KOTAK_CONSUMER_KEY     The application's consumer key.
  KOTAK_ACCESS_TOKEN     The application's access token.
  KOTAK_CONSUMER_SECRET  The application's consumer secret; gets an access token if there is none.

Examples:
  broker-session logout kotak
  broker-session logout kotak --userid S4MPL3 --json";

/// Signs out.
///
/// # Errors
/// If there is no session or it was over, or if the broker does not end it.
pub(crate) async fn logout(args: LogoutArgs, context: &Context) -> Result<(), Failure> {
    interruptible(run(args, context)).await
}

async fn run(args: LogoutArgs, context: &Context) -> Result<(), Failure> {
    let config = context.config()?;
    let store = context.store()?;
    let userid = args.client.userid(&config)?;
    let (entry, saved) = find(store.entries()?, userid.as_deref(), &config)?;
    store.check()?;
    let mut missing = Missing::default();
    let mut settings = Settings::gather(args.client, &config, Some(saved.userid()), &mut missing).await?;
    missing.check()?;
    settings.allow_home(&saved);
    let client = settings.client(context.timeout)?;

    let mut steps = context.steps();
    let client = settings.authorised(client, &mut steps).await?;
    let session = client.resume(saved)?;
    let what = format!("Signing out at {}", host_of(session.base_url()));
    match steps.run(&what, "session_logout", session.logout()).await {
        Ok(()) => store.remove(&entry)?,
        Err(failure) if failure.is(ErrorKind::SessionExpired) => {
            store.remove(&entry)?;
            return Err(failure.with_note("It was removed from the store."));
        }
        Err(failure) => return Err(failure),
    }
    let (user, base_url) = (entry.session.user(), entry.session.base_url());
    let json = json!({ "broker": NAME, "user": user, "base_url": base_url });
    let text = format!("Signed out of Kotak as {} at {base_url}.", printable(user));
    context.output.result(&json, &text)
}

/// The session of the named user; without one, that of the profile, or the only one there is.
fn find(
    entries: Vec<Entry>,
    userid: Option<&str>,
    config: &Config,
) -> Result<(Entry, SavedSession), Failure> {
    let mut sessions: Vec<(Entry, SavedSession)> = entries
        .into_iter()
        .filter_map(|entry| {
            let saved = entry.session.kotak()?.clone();
            Some((entry, saved))
        })
        .filter(|(_, saved)| userid.is_none_or(|userid| userid == saved.userid()))
        .collect();
    if sessions.len() > 1 && sessions.iter().any(|(entry, _)| entry.profile == config.name) {
        sessions.retain(|(entry, _)| entry.profile == config.name);
    }
    let users: Vec<String> = sessions.iter().map(|(_, saved)| printable(saved.userid())).collect();
    match (sessions.pop(), users.len()) {
        (Some(found), 1) => Ok(found),
        (None, _) => {
            let of = userid.map(|userid| format!(" of {}", printable(userid))).unwrap_or_default();
            let text =
                format!("there is no stored session{of}. Sign in first, or name the store with --store.");
            Err(Failure::of(ErrorKind::SessionExpired, text))
        }
        _ => Err(Failure::config(format!(
            "there are sessions of several users: {}. Name one with --userid.",
            users.join(", ")
        ))),
    }
}
