//! What signing out has in common, whichever broker it is.

use broker_session::{ErrorKind, SavedSession, Session};
use clap::Args;
use serde_json::json;

use crate::{
    brokers::Broker,
    config::Config,
    context::Context,
    failure::Failure,
    output::{host_of, printable},
    progress::Steps,
    store::{Entry, Store},
};

/// The flags of every sign-out.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct EndArgs {
    /// Only remove the session from the store. Nothing is sent, so at the broker it ends by itself.
    #[arg(long)]
    forget: bool,
}

/// Which user's session is to end.
#[derive(Debug)]
pub(crate) struct Named {
    /// The user, if the settings name one.
    pub(crate) user: Option<String>,
    /// The flag to name one with.
    pub(crate) flag: &'static str,
    /// What is to be done with it.
    pub(crate) end: EndArgs,
}

/// Finds the stored session, takes it up with `resume`, ends it at the broker and removes it from the store. One
/// that has expired is only removed; nothing is asked for or sent.
///
/// # Errors
/// If there is no session or it was over, or if the broker does not end it.
pub(crate) async fn logout<S: Session + 'static>(
    broker: &Broker,
    named: Named,
    context: &Context,
    resume: impl AsyncFnOnce(SavedSession, &Config, &mut Steps) -> Result<S, Failure>,
) -> Result<(), Failure> {
    let config = context.config()?;
    let store = context.store()?;
    let entry = find(store.entries()?, broker, &named, &config)?;
    store.check()?;
    if named.end.forget {
        store.remove(&entry)?;
        let (user, base_url) = (entry.session.user(), entry.session.base_url());
        let json = json!({ "broker": broker.name, "user": user, "base_url": base_url, "forgotten": true });
        let text = "The session was removed from the store. At the broker it ends by itself.";
        return context.output.result(&json, text);
    }
    if entry.session.is_expired() {
        store.remove(&entry)?;
        let end = entry.end().unwrap_or_default();
        let text = format!(
            "the session has ended at {end}, so nothing was sent. It was removed from the store. {}",
            ErrorKind::SessionExpired.advice()
        );
        return Err(Failure::of(ErrorKind::SessionExpired, text));
    }
    let mut steps = context.steps();
    let session = resume(entry.session.clone(), &config, &mut steps).await?;
    let what = format!("Signing out at {}", host_of(session.base_url()));
    let outcome = steps.run(&what, broker.logout, Box::new(session).sign_out()).await;
    let (user, base_url) = (entry.session.user().map(str::to_owned), entry.session.base_url().to_owned());
    Ended { broker, user, base_url, entries: vec![entry], left: None }.conclude(outcome, &store, context)
}

/// A session that the broker was asked to end.
#[derive(Debug)]
pub(crate) struct Ended<'a> {
    pub(crate) broker: &'a Broker,
    pub(crate) user: Option<String>,
    pub(crate) base_url: String,
    /// What is stored of it.
    pub(crate) entries: Vec<Entry>,
    /// What is left at the broker, for scripts and for people, where that is not nothing.
    pub(crate) left: Option<Left>,
}

/// What is left at the broker after a sign-out.
#[derive(Debug)]
pub(crate) struct Left {
    /// The name of the field and its value.
    pub(crate) field: (&'static str, &'static str),
    /// A sentence or two.
    pub(crate) text: &'static str,
}

impl Ended<'_> {
    /// Removes the session from the store if it is over, and reports what the broker has said.
    ///
    /// # Errors
    /// What the call failed with; also if the session was over before.
    pub(crate) fn conclude(
        self,
        outcome: Result<(), Failure>,
        store: &Store,
        context: &Context,
    ) -> Result<(), Failure> {
        let was_over = outcome.as_ref().is_err_and(|failure| failure.is(ErrorKind::SessionExpired));
        if outcome.is_ok() || was_over {
            self.entries.iter().try_for_each(|entry| store.remove(entry))?;
        }
        if was_over && !self.entries.is_empty() {
            return outcome.map_err(|failure| failure.with_note("It was removed from the store."));
        }
        outcome?;
        let Self { broker: Broker { name, title, .. }, user, base_url, left, .. } = self;
        let mut json = json!({ "broker": name, "user": user, "base_url": base_url });
        let user = user.map(|user| format!(" as {}", printable(&user))).unwrap_or_default();
        let mut text = format!("Signed out of {title}{user} at {base_url}.");
        if let Some(Left { field: (name, value), text: more }) = left {
            if let Some(fields) = json.as_object_mut() {
                fields.insert(name.to_owned(), json!(value));
            }
            text.push(' ');
            text.push_str(more);
        }
        context.output.result(&json, &text)
    }
}

/// The session of the named user; without one, that of the profile, or the only one there is.
fn find(entries: Vec<Entry>, broker: &Broker, named: &Named, config: &Config) -> Result<Entry, Failure> {
    let is_meant = |entry: &Entry| named.user.is_none() || entry.session.user() == named.user.as_deref();
    let mut entries: Vec<Entry> =
        entries.into_iter().filter(|entry| entry.is_of(broker) && is_meant(entry)).collect();
    if entries.len() > 1 && entries.iter().any(|entry| entry.profile == config.name) {
        entries.retain(|entry| entry.profile == config.name);
    }
    let users: Vec<String> =
        entries.iter().map(|entry| printable(entry.session.user().unwrap_or_default())).collect();
    match (entries.pop(), users.len()) {
        (Some(found), 1) => Ok(found),
        (None, _) => {
            let forgotten = config.forgotten_profile().map(|hint| format!(" {hint}")).unwrap_or_default();
            let of = named.user.as_ref().map(|user| format!(" of {}", printable(user))).unwrap_or_default();
            let text = format!(
                "there is no stored session{of} with {}. Sign in first, or name the store with --store.{forgotten}",
                broker.title
            );
            Err(Failure::of(ErrorKind::SessionExpired, text))
        }
        _ => Err(Failure::config(format!(
            "there are sessions of several users: {}. Name one with {}.",
            users.join(", "),
            named.flag
        ))),
    }
}
