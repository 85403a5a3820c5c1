//! Signing out, whichever broker it is.

use broker_session::{ErrorKind, SavedSession, Session};
use clap::Args;
use serde_json::json;

use crate::{
    Context,
    brokers::Broker,
    config::Config,
    failure::Failure,
    output::{host_of, printable},
    progress::Steps,
    store::{Entry, Store},
};

/// A broker's settings, for ending a session that is in the store.
pub(crate) trait Resume: Args {
    const BROKER: &Broker;
    /// The option that names the user.
    const USER_FLAG: &str;

    /// The user, if the settings name one.
    fn user(&self, config: &Config) -> Result<Option<String>, Failure>;

    /// Takes a stored session up.
    ///
    /// # Errors
    /// If a setting is missing or cannot be used, or if the host of the session is not allowed.
    async fn resume(
        self,
        saved: SavedSession,
        config: &Config,
        steps: &mut Steps,
        context: &Context,
    ) -> Result<Session, Failure>;
}

/// The options of a sign-out that ends a stored session.
#[derive(Args, Debug)]
pub(crate) struct StoredLogout<C: Resume> {
    /// Only remove the session from the store. Nothing is sent, so at the broker it ends by itself.
    #[arg(long)]
    forget: bool,
    #[command(flatten)]
    client: C,
}

impl<C: Resume> StoredLogout<C> {
    /// Finds the stored session, ends it at the broker and removes it from the store. An expired one is only removed;
    /// nothing is asked for or sent.
    ///
    /// # Errors
    /// If there is no session or it was over, or if the broker does not end it.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let broker = C::BROKER;
        let config = context.config()?;
        let store = context.store()?;
        let user = self.client.user(&config)?;
        let entry = find(store.entries()?, broker, (user.as_deref(), C::USER_FLAG), &config)?;
        store.check()?;
        let session = &entry.session;
        if self.forget {
            store.remove(&entry)?;
            let (user, base_url) = (entry.user(), session.base_url());
            let json =
                json!({ "broker": broker.name, "user": user, "base_url": base_url, "forgotten": true });
            let text = "The session was removed from the store. At the broker it ends by itself.";
            return context.output.result(&json, text);
        }
        if session.is_expired() {
            store.remove(&entry)?;
            let end = entry.end().unwrap_or_default();
            let text = format!(
                "the session has ended at {end}, so nothing was sent. It was removed from the store. {}",
                ErrorKind::SessionExpired.advice()
            );
            return Err(Failure::of(ErrorKind::SessionExpired, text));
        }
        let mut steps = context.steps();
        let session = self.client.resume(session.clone(), &config, &mut steps, context).await?;
        let what = format!("Signing out at {}", host_of(session.base_url()));
        let outcome = steps.run(&what, session.logout()).await;
        let (user, base_url) = (entry.user().map(str::to_owned), entry.session.base_url().to_owned());
        SignOut { broker, user, base_url, entries: vec![entry], remains: None }
            .conclude(outcome, &store, context)
    }
}

/// A session that the broker was asked to end.
#[derive(Debug)]
pub(crate) struct SignOut<'a> {
    pub(crate) broker: &'a Broker,
    pub(crate) user: Option<String>,
    pub(crate) base_url: String,
    /// The entries of the session in the store.
    pub(crate) entries: Vec<Entry>,
    /// What remains at the broker, where that is not nothing.
    pub(crate) remains: Option<Remains>,
}

/// What remains at the broker after a sign-out.
#[derive(Debug)]
pub(crate) struct Remains {
    /// The name of the field for scripts, and its value.
    pub(crate) field: (&'static str, &'static str),
    /// A sentence or two for people.
    pub(crate) text: &'static str,
}

impl SignOut<'_> {
    /// Removes the session from the store if it is over, and reports the outcome.
    ///
    /// # Errors
    /// The failure of the call; also if the session was over before.
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
        let Self { broker: Broker { name, title, .. }, user, base_url, remains, .. } = self;
        let mut json = json!({ "broker": name, "user": user, "base_url": base_url });
        let user = user.map(|user| format!(" as {}", printable(&user))).unwrap_or_default();
        let mut text = format!("Signed out of {title}{user} at {base_url}.");
        if let Some(Remains { field: (name, value), text: more }) = remains {
            if let Some(fields) = json.as_object_mut() {
                fields.insert(name.to_owned(), json!(value));
            }
            text.push(' ');
            text.push_str(more);
        }
        context.output.result(&json, &text)
    }
}

/// The session of the named user. By default that of the profile, or the only one there is.
fn find(
    entries: Vec<Entry>,
    broker: &Broker,
    (user, flag): (Option<&str>, &str),
    config: &Config,
) -> Result<Entry, Failure> {
    let is_wanted = |entry: &Entry| entry.is_of(broker) && (user.is_none() || entry.user() == user);
    let mut entries: Vec<Entry> = entries.into_iter().filter(is_wanted).collect();
    if entries.len() > 1 && entries.iter().any(|entry| entry.profile == config.name) {
        entries.retain(|entry| entry.profile == config.name);
    }
    let users: Vec<String> = entries.iter().map(|entry| printable(entry.session.user())).collect();
    match (entries.pop(), users.len()) {
        (Some(found), 1) => Ok(found),
        (None, _) => {
            let forgotten = config.forgotten_profile().map(|hint| format!(" {hint}")).unwrap_or_default();
            let of = user.map(|user| format!(" of {}", printable(user))).unwrap_or_default();
            let text = format!(
                "there is no stored session{of} with {}. Sign in first, or name the store with --store.{forgotten}",
                broker.title
            );
            Err(Failure::of(ErrorKind::SessionExpired, text))
        }
        _ => Err(Failure::config(format!(
            "there are sessions of several users: {}. Name one with {flag}.",
            users.join(", ")
        ))),
    }
}
