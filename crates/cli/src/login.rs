//! What every sign-in has in common: a guess that a person may correct, and a session that is stored and reported.

use broker_session::{Error, ErrorKind, SavedSession, Secret, Session};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    Context,
    brokers::Broker,
    failure::Failure,
    output::printable,
    progress::Steps,
    store::{Entry, Store},
    terminal,
};

/// The most refusals of guesses in one run. Brokers lock an account after a few; the sandboxes after three.
const MAX_REFUSALS: usize = 2;

/// Where a sign-in stores its session, and what it reports of it.
#[derive(Debug)]
pub(crate) struct SignIn<'a> {
    pub(crate) broker: &'static Broker,
    /// The name of the profile.
    pub(crate) profile: &'a str,
    pub(crate) store: &'a Store,
}

impl SignIn<'_> {
    /// Stores and reports the session, with further fields that only this broker has. A session that cannot be stored is
    /// ended: nobody could use it.
    pub(crate) async fn finish<P>(
        &self,
        session: Session<P>,
        steps: &mut Steps,
        fields: Value,
        context: &Context,
    ) -> Result<(), Failure> {
        match self.store(session.save(), steps) {
            Ok(entry) => self.report(&entry, fields, None, context),
            Err(failure) => Err(self.sign_out_again(session, "stored", failure, steps).await),
        }
    }

    /// Stores the session.
    pub(crate) fn store(&self, session: SavedSession, steps: &Steps) -> Result<Entry, Failure> {
        let entry = self.entry(session, false);
        steps.quick("Storing the session", || self.store.put(entry.clone()))?;
        Ok(entry)
    }

    fn entry(&self, session: SavedSession, pending: bool) -> Entry {
        Entry { profile: self.profile.to_owned(), stored_at: Timestamp::now(), pending, session }
    }

    /// Stores a session that has begun at a host that is not allowed, until the user allows the host. If the broker has
    /// named no usable host, ends the session. Returns the failure with a note about the session.
    pub(crate) async fn rescue<P>(
        &self,
        failure: Failure,
        resume: impl FnOnce(SavedSession) -> Result<Session<P>, Error>,
        steps: &mut Steps,
    ) -> Failure {
        let Some(saved) = failure.session().cloned() else { return failure };
        let name = self.broker.name;
        if let Ok(session) = resume(saved.clone()) {
            return self.sign_out_again(session, "used", failure, steps).await;
        }
        let stored = steps.quick("Storing the session", || self.store.put(self.entry(saved, true)));
        match (stored, failure.allow_host()) {
            (Ok(()), Some(flag)) => failure.with_note(&format!(
                "The session is stored. If the host is the broker's, take it up with `broker-session login {name} {flag}`, which takes no further code; or end it with `broker-session logout {name} {flag}`."
            )),
            (Ok(()), None) => failure.with_note("The session is stored."),
            (Err(_), _) => failure.with_note("The session could not be stored; it ends by itself."),
        }
    }

    /// Ends a session that cannot be stored or used. Returns the failure with a note about it.
    async fn sign_out_again<P>(
        &self,
        session: Session<P>,
        cannot_be: &str,
        failure: Failure,
        steps: &mut Steps,
    ) -> Failure {
        let what = format!("Signing out again, because the session cannot be {cannot_be}");
        let signed_out = steps.run(&what, session.logout()).await;
        failure.with_note(match signed_out {
            Ok(()) => "The session was signed out again.",
            Err(_) => "The session could not be signed out again; it ends by itself.",
        })
    }

    /// Reports a stored session: to scripts with the fields of every broker and further ones, to people with `next`, what
    /// they can do now.
    pub(crate) fn report(
        &self,
        entry: &Entry,
        fields: Value,
        next: Option<&str>,
        context: &Context,
    ) -> Result<(), Failure> {
        let Broker { title, .. } = self.broker;
        let session = &entry.session;
        let stored = self.store.path().display().to_string();
        let mut object = entry.fields();
        object.insert("stored".to_owned(), json!(stored));
        if let Value::Object(fields) = fields {
            object.extend(fields);
        }
        let user = entry.user().map(|user| format!(" as {}", printable(user))).unwrap_or_default();
        let mut lines = vec![
            format!("Signed in to {title}{user} at {}.", printable(session.base_url())),
            format!("The session is stored in {stored}."),
        ];
        lines.extend(session.login_time().map(|time| format!("Login time: {time}.")));
        lines.extend(entry.end().map(|end| format!("It ends at {end} at the latest.")));
        if session.is_expired() {
            lines.push("By the clock of this machine it is over already. Check the clock.".to_owned());
        }
        lines.extend(next.map(str::to_owned));
        context.output.result(&Value::Object(object), &lines.join("\n"))
    }
}

/// A credential attempt that the broker counts, and the call that takes it. A person may correct a wrong one, a script
/// may not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guess<'a> {
    /// What the step does, for people.
    pub(crate) what: &'a str,
    /// What a person is asked for.
    pub(crate) question: &'a str,
}

impl Guess<'_> {
    /// Sends the secret. A person at a terminal is asked for another one if it is wrong.
    pub(crate) async fn send<T>(
        self,
        mut secret: Secret,
        steps: &mut Steps,
        context: &Context,
        send: impl AsyncFn(&Secret) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let mut refusals = 0;
        let mut sent = None;
        loop {
            let (mut is_wrong, mut was_sent) = (false, false);
            let sending = async {
                let outcome = send(&secret).await;
                if let Err(error) = &outcome {
                    is_wrong = error.kind() == ErrorKind::SecondFactor || error.kind() == ErrorKind::Config;
                    // A guess that has not left, because it was sent before or cannot be right, costs nothing.
                    was_sent = !error.is_unsent();
                    refusals += usize::from(is_wrong && was_sent);
                }
                outcome
            };
            let failure = match steps.run(self.what, sending).await {
                Ok(value) => return Ok(value),
                Err(failure) if !is_wrong || !terminal::is_there() => return Err(failure),
                Err(failure) => failure,
            };
            if refusals >= MAX_REFUSALS {
                return Err(failure.with_note(
                    "This was the second refusal; the program stops here, before the broker locks the account.",
                ));
            }
            context.output.note(&failure.to_string());
            // The failure of a guess that was sent counts, not one of a mistyped guess afterwards.
            if was_sent || sent.is_none() {
                sent = Some(failure);
            }
            secret = match terminal::ask_secret(&format!("{}, once more", self.question)).await {
                Ok(secret) => secret,
                Err(nothing) if nothing.is(ErrorKind::Config) => return Err(sent.unwrap_or(nothing)),
                Err(interrupted) => return Err(interrupted),
            };
        }
    }
}
