//! Signing out, whichever broker it is.

use broker_session::{ErrorKind, SavedSession, Session, shared_session::StoredSession};
use clap::Args;
use serde_json::{Value, json};

use crate::{
    Context,
    args::General,
    brokers::Broker,
    config::Config,
    failure::{Failure, Kind},
    output::{host_of, printable},
    progress::Steps,
    sessions::{end_of, is_of, user_of},
    store::SessionStore,
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
    /// Sign out all stored sessions with this broker, each with the settings of the profile of its sign-in.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    client: C,
}

impl<C: Resume + Clone> StoredLogout<C> {
    /// Finds the stored session, ends it at the broker and removes it from the store. An expired one is only removed;
    /// nothing is asked for or sent.
    ///
    /// # Errors
    /// If there is no session or it was over, or if the broker does not end it.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let config = context.config()?;
        let store = context.store(&config).await?;
        let sessions = store.sessions().await?;
        if self.all {
            return self.all(&store, sessions, context).await.show(context);
        }
        let user = self.client.user(&config)?;
        let stored = find(sessions, C::BROKER, (user.as_deref(), C::USER_FLAG), &config)?;
        store.check().await?;
        self.end(stored, &config, &store, context).await?.report(context)
    }

    /// Signs out all sessions with the broker.
    ///
    /// # Errors
    /// If the store cannot be used. The report has all other failures.
    pub(crate) async fn run_all(self, context: &Context) -> Result<Report, Failure> {
        let store = context.store(&context.config()?).await?;
        let sessions = store.sessions().await?;
        Ok(self.all(&store, sessions, context).await)
    }

    async fn all(&self, store: &SessionStore, sessions: Vec<StoredSession>, context: &Context) -> Report {
        let end =
            async |stored, context: &Context| self.end(stored, &context.config()?, store, context).await;
        all(sessions, C::BROKER, context, end).await
    }

    async fn end(
        &self,
        stored: StoredSession,
        config: &Config,
        store: &SessionStore,
        context: &Context,
    ) -> Result<SignedOut, Failure> {
        let (broker, session) = (C::BROKER, stored.session());
        if self.forget {
            stored.sign_out(store.shared()).await?;
            let (user, base_url) = (user_of(&stored), session.base_url());
            let json =
                json!({ "broker": broker.name, "user": user, "base_url": base_url, "forgotten": true });
            let text = "The session was removed from the store. At the broker it ends by itself.".to_owned();
            return Ok(SignedOut { json, text });
        }
        if session.is_expired() {
            stored.sign_out(store.shared()).await?;
            let end = end_of(&stored).unwrap_or_default();
            let text = format!(
                "the session has ended at {end}, so nothing was sent. It was removed from the store. {}",
                ErrorKind::SessionExpired.advice()
            );
            return Err(Failure::of(ErrorKind::SessionExpired, text));
        }
        let mut steps = context.steps();
        let session = self.client.clone().resume(session.clone(), config, &mut steps, context).await?;
        let what = format!("Signing out at {}", host_of(session.base_url()));
        let outcome = steps.run(&what, session.logout()).await;
        let (user, base_url) = (user_of(&stored).map(str::to_owned), stored.session().base_url().to_owned());
        SignOut { broker, user, base_url, stored: Some(stored), remains: None }.conclude(outcome, store).await
    }
}

/// What became of several sessions.
#[derive(Debug, Default)]
pub(crate) struct Report {
    objects: Vec<Value>,
    lines: Vec<String>,
    /// What the first failure means.
    first: Option<Kind>,
}

impl Report {
    /// Adds what became of others.
    pub(crate) fn add(&mut self, other: Self) {
        self.objects.extend(other.objects);
        self.lines.extend(other.lines);
        self.first = self.first.or(other.first);
    }

    /// Shows all of it.
    ///
    /// # Errors
    /// The first failure, which is shown already.
    pub(crate) fn show(self, context: &Context) -> Result<(), Failure> {
        let text = match self.lines.is_empty() {
            true => "There is no session to sign out.".to_owned(),
            false => self.lines.join("\n"),
        };
        context.output.result(&json!({ "sessions": self.objects }), &text)?;
        self.first.map_or(Ok(()), |kind| Err(Failure::shown(kind)))
    }
}

/// Signs out all of the stored sessions that are with a broker. One that was over is fine; if one fails, the others are tried
/// all the same.
pub(crate) async fn all(
    sessions: Vec<StoredSession>,
    broker: &Broker,
    context: &Context,
    end: impl AsyncFn(StoredSession, &Context) -> Result<SignedOut, Failure>,
) -> Report {
    let mut report = Report::default();
    for stored in sessions.into_iter().filter(|stored| is_of(stored, broker)) {
        let mut object = json!({
            "broker": broker.name, "user": user_of(&stored), "base_url": stored.session().base_url(),
        });
        // Its settings are those of the profile that it was signed in with, if there still is one.
        let profile = stored.profile().map(str::to_owned);
        let general = General { profile, ..context.general.clone() };
        let of_profile = Context { general, output: context.output, commands: context.commands.clone() };
        let context = if of_profile.config().is_ok() { &of_profile } else { context };
        let whose = printable(user_of(&stored).unwrap_or(stored.session().base_url()));
        match end(stored, context).await {
            Ok(SignedOut { json, text }) => {
                object = json;
                report.lines.push(text);
            }
            Err(failure) => {
                report.lines.push(format!("{whose}: {failure}"));
                if let Some(object) = object.as_object_mut() {
                    object.extend(failure.to_json().as_object().cloned().unwrap_or_default());
                }
                if !failure.is(ErrorKind::SessionExpired) {
                    report.first.get_or_insert(failure.kind());
                }
            }
        }
        report.objects.push(object);
    }
    report
}

/// What is reported of a session that is over now.
#[derive(Debug)]
pub(crate) struct SignedOut {
    json: Value,
    text: String,
}

impl SignedOut {
    /// Reports it alone.
    pub(crate) fn report(self, context: &Context) -> Result<(), Failure> {
        context.output.result(&self.json, &self.text)
    }
}

/// A session that the broker was asked to end.
#[derive(Debug)]
pub(crate) struct SignOut<'a> {
    pub(crate) broker: &'a Broker,
    pub(crate) user: Option<String>,
    pub(crate) base_url: String,
    /// The session in the store, if it is there.
    pub(crate) stored: Option<StoredSession>,
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
    /// Removes the session from the store if it is over.
    ///
    /// # Errors
    /// The failure of the call; also if the session was over before.
    pub(crate) async fn conclude(
        self,
        outcome: Result<(), Failure>,
        store: &SessionStore,
    ) -> Result<SignedOut, Failure> {
        let was_over = outcome.as_ref().is_err_and(|failure| failure.is(ErrorKind::SessionExpired));
        if let Some(stored) = &self.stored
            && (outcome.is_ok() || was_over)
        {
            stored.sign_out(store.shared()).await?;
        }
        let is_removed = was_over && self.stored.is_some();
        outcome.map_err(|failure| match is_removed {
            true => failure.with_note("It was removed from the store."),
            false => failure,
        })?;
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
        Ok(SignedOut { json, text })
    }
}

/// The session of the named user. By default that of the profile, or the only one there is.
fn find(
    mut sessions: Vec<StoredSession>,
    broker: &Broker,
    (user, flag): (Option<&str>, &str),
    config: &Config,
) -> Result<StoredSession, Failure> {
    sessions.retain(|stored| is_of(stored, broker) && (user.is_none() || user_of(stored) == user));
    let is_of_profile = |stored: &StoredSession| stored.profile() == Some(&config.name);
    if sessions.len() > 1 && sessions.iter().any(is_of_profile) {
        sessions.retain(is_of_profile);
    }
    let users: Vec<String> = sessions.iter().map(|stored| printable(stored.session().user())).collect();
    match (sessions.pop(), users.len()) {
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
