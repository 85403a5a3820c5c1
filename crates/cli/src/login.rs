//! How every sign-in ends: the session is stored, and reported.

use broker_session::{SavedSession, Session};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::{
    brokers::Broker,
    context::Context,
    failure::Failure,
    output::printable,
    progress::Steps,
    store::{Entry, Store},
};

/// A session that has begun.
#[derive(Debug)]
pub(crate) struct Begun<'a> {
    pub(crate) broker: &'static Broker,
    /// The profile that it was begun with.
    pub(crate) profile: &'a str,
    pub(crate) store: &'a Store,
}

impl Begun<'_> {
    /// Stores the session, or ends it if it cannot be stored: it would be of no use to anybody. Then reports it, with
    /// members for scripts that only this broker has.
    ///
    /// # Errors
    /// If it cannot be stored.
    pub(crate) async fn keep(
        &self,
        session: impl Session + 'static,
        steps: &mut Steps,
        members: Value,
        context: &Context,
    ) -> Result<(), Failure> {
        match self.store(&session, steps) {
            Ok(entry) => self.report(&entry, members, None, context),
            Err(failure) => {
                let what = "Signing out again, because the session cannot be stored";
                let signed_out = steps.run(what, self.broker.logout, Box::new(session).sign_out()).await;
                Err(failure.with_note(match signed_out {
                    Ok(()) => "The session was signed out again.",
                    Err(_) => "The session could not be signed out again; it ends by itself.",
                }))
            }
        }
    }

    /// Stores the session.
    ///
    /// # Errors
    /// If it cannot be stored.
    pub(crate) fn store(&self, session: &impl Session, steps: &Steps) -> Result<Entry, Failure> {
        let entry = self.entry(session.save(), false);
        steps.quick("Storing the session", || self.store.put(entry.clone()))?;
        Ok(entry)
    }

    fn entry(&self, session: SavedSession, pending: bool) -> Entry {
        Entry { profile: self.profile.to_owned(), stored_at: Timestamp::now(), pending, session }
    }

    /// Keeps a session that has begun at a host that is not allowed, until somebody allows the host. Where the broker
    /// has named no usable host, ends the session. Gives back the failure with what has become of the session.
    pub(crate) async fn rescue<S: Session + 'static>(
        &self,
        mut failure: Failure,
        client: &S::Client,
        steps: &mut Steps,
    ) -> Failure {
        let Some(saved) = failure.take_session() else { return failure };
        let name = self.broker.name;
        if let Ok(session) = S::resume(client, saved.clone()) {
            let what = "Signing out again, because the session cannot be used";
            let signed_out = steps.run(what, self.broker.logout, Box::new(session).sign_out()).await;
            return failure.with_note(match signed_out {
                Ok(()) => "The session was signed out again.",
                Err(_) => "The session could not be signed out again; it ends by itself.",
            });
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

    /// Reports a stored session: to scripts with the same members for every broker and further ones, to people with
    /// what they can do next.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn report(
        &self,
        entry: &Entry,
        members: Value,
        next: Option<&str>,
        context: &Context,
    ) -> Result<(), Failure> {
        let Broker { title, .. } = self.broker;
        let session = &entry.session;
        let stored = self.store.path().display().to_string();
        let mut object = entry.members();
        object.insert("stored".to_owned(), json!(stored));
        object.extend(match members {
            Value::Object(members) => members,
            _ => Map::new(),
        });
        let user = session.user().map(|user| format!(" as {}", printable(user))).unwrap_or_default();
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
