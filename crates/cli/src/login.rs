//! What every sign-in has in common: a guess that a person may correct, and a session that is stored and reported.

use std::time::Duration;

use broker_session::{
    Error, ErrorKind, Lease, SavedSession, Secret, Session, SharedSession,
    shared_session::{StoredSession, Turn, Wanted},
    url::{Host, Url},
};
use clap::Args;
use serde_json::{Value, json};

use crate::{
    Context,
    brokers::Broker,
    failure::Failure,
    output::printable,
    progress::{Steps, work},
    sessions::{end_of, fields_of, is_alive, user_of},
    store::SessionStore,
    terminal,
};

/// The most refusals of guesses in one run. Brokers lock an account after a few; the sandboxes after three.
const MAX_REFUSALS: usize = 2;

/// Whether a sign-in is made where none seems to be needed, or where one has failed before.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Again {
    /// Sign in anew, also if there is a session that lives. Without it such a session is reported, and nothing is sent.
    #[arg(long)]
    pub(crate) renew: bool,
    /// Send credentials once more that were refused before, or whose response was lost. Each may count at the broker.
    #[arg(long)]
    pub(crate) send_again: bool,
}

impl Again {
    /// A new sign-in, with what was not refused before.
    pub(crate) const NEW: Self = Self { renew: true, send_again: false };

    fn wanted(self) -> Wanted {
        let wanted = if self.renew { Wanted::new_one() } else { Wanted::any() };
        if self.send_again { wanted.send_again() } else { wanted }
    }
}

/// How much earlier than the step the library gives up to wait for another run, so that its failure is reported.
const REPORTING_TIME: Duration = Duration::from_millis(500);

/// Where a sign-in stores its session, and what it reports of it.
#[derive(Debug)]
pub(crate) struct SignIn<'a> {
    pub(crate) broker: &'static Broker,
    /// The name of the profile.
    pub(crate) profile: &'a str,
    pub(crate) store: &'a SessionStore,
    pub(crate) again: Again,
    pub(crate) context: &'a Context,
}

impl SignIn<'_> {
    /// The stored session of a user, by the name that the store has it under.
    pub(crate) async fn find(&self, user: &str) -> Result<Option<StoredSession>, Failure> {
        Ok(SharedSession::find(&*self.store.shared(), self.broker.name, user).await?)
    }

    /// Whether a session makes the sign-in needless.
    pub(crate) fn is_enough(&self, stored: &StoredSession) -> bool {
        !self.again.renew && is_alive(stored)
    }

    /// Refuses to go on with a session of the same user that was made elsewhere: at a sandbox for instance.
    ///
    /// # Errors
    /// If the settings lead to another machine than that of the session, and one of the two is this one.
    pub(crate) fn check_place(&self, stored: &StoredSession, base_url: Option<&str>) -> Result<(), Failure> {
        let place = |url: &str| Url::parse(url).ok().map(|url| (is_local(&url), url.origin()));
        let Some((is_local, origin)) = base_url.and_then(place) else { return Ok(()) };
        let Some((was_local, home)) = place(stored.session().base_url()) else { return Ok(()) };
        if origin == home || !is_local && !was_local || !is_alive(stored) {
            return Ok(());
        }
        Err(Failure::config(format!(
            "the store has a session of this user at {}, and the settings lead to {}. Nothing was sent. Sign out there, or name another store with --store.",
            printable(stored.session().base_url()),
            printable(base_url.unwrap_or_default())
        )))
    }

    /// The right to sign in. None if another run has signed in meanwhile, which is reported with these fields.
    pub(crate) async fn lease(
        &self,
        shared: &SharedSession,
        steps: &mut Steps,
        fields: Value,
    ) -> Result<Option<Lease>, Failure> {
        match self.turn(shared, steps).await? {
            Turn::Lease(lease) => Ok(Some(lease)),
            Turn::Stored(stored) => self.already(&stored, fields).map(|()| None),
        }
    }

    /// The right to sign in, whatever other runs do.
    pub(crate) async fn lease_anew(
        &self,
        shared: &SharedSession,
        steps: &mut Steps,
    ) -> Result<Lease, Failure> {
        loop {
            if let Turn::Lease(lease) = self.turn(shared, steps).await? {
                return Ok(lease);
            }
        }
    }

    /// Waits for those who sign in now.
    async fn turn(&self, shared: &SharedSession, steps: &mut Steps) -> Result<Turn, Failure> {
        let patience = steps.left().saturating_sub(REPORTING_TIME);
        let what = format!("Waiting for another run that signs in to {}", self.broker.title);
        steps.wait(&what, shared.lease(self.again.wanted(), patience)).await
    }

    /// Stores and reports the session, with further fields that only this broker has. A session that cannot be stored is
    /// ended: nobody could use it.
    pub(crate) async fn finish<P>(
        &self,
        session: Session<P>,
        lease: Lease,
        steps: &mut Steps,
        fields: Value,
    ) -> Result<(), Failure> {
        match self.store(session.save(), lease).await {
            Ok(stored) => self.report(&stored, fields, None),
            Err(failure) => Err(self.sign_out_again(session, "stored", failure, steps).await),
        }
    }

    /// Stores the session, which ends the sign-in for those who wait.
    pub(crate) async fn store(&self, session: SavedSession, lease: Lease) -> Result<StoredSession, Failure> {
        let storing = async { Ok(lease.finish(&session, Some(self.profile)).await?) };
        work(self.context.output, "Storing the session", storing).await
    }

    /// Stores a session that has begun at a host that is not allowed, until the user allows the host. If the broker has
    /// named no usable host, ends the session. Returns the failure with a note about the session.
    pub(crate) async fn rescue<P>(
        &self,
        failure: Failure,
        lease: Lease,
        resume: impl FnOnce(SavedSession) -> Result<Session<P>, Error>,
        steps: &mut Steps,
    ) -> Failure {
        let Some(saved) = failure.session().cloned() else {
            give_back(lease, &failure).await;
            return failure;
        };
        let name = self.broker.name;
        if let Ok(session) = resume(saved.clone()) {
            give_back(lease, &failure).await;
            return self.sign_out_again(session, "used", failure, steps).await;
        }
        let storing = async { Ok(lease.put_aside(&saved, Some(self.profile)).await?) };
        let stored = work(self.context.output, "Storing the session", storing).await;
        match (stored, failure.allow_host()) {
            (Ok(_), Some(flag)) => failure.with_note(&format!(
                "The session is stored. If the host is the broker's, take it up with `broker-session login {name} {flag}`, which takes no further code; or end it with `broker-session logout {name} {flag}`."
            )),
            (Ok(_), None) => failure.with_note("The session is stored."),
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

    /// Reports a session that has begun: to scripts with the fields of every broker and further ones, to people with `next`,
    /// what they can do now.
    pub(crate) fn report(
        &self,
        stored: &StoredSession,
        fields: Value,
        next: Option<&str>,
    ) -> Result<(), Failure> {
        self.show(stored, fields, true, next)
    }

    /// Reports a session that lives, so that nothing was sent.
    pub(crate) fn already(&self, stored: &StoredSession, fields: Value) -> Result<(), Failure> {
        self.show(stored, fields, false, Some("To sign in anew add --renew."))
    }

    fn show(
        &self,
        stored: &StoredSession,
        fields: Value,
        signed_in: bool,
        next: Option<&str>,
    ) -> Result<(), Failure> {
        let Broker { title, .. } = self.broker;
        let (session, location) = (stored.session(), self.store.location());
        let mut object = fields_of(stored);
        object.insert("stored".to_owned(), json!(location));
        object.insert("signed_in".to_owned(), json!(signed_in));
        if let Value::Object(fields) = fields {
            object.extend(fields);
        }
        let user = user_of(stored).map(|user| format!(" as {}", printable(user))).unwrap_or_default();
        let at = format!("{title}{user} at {}", printable(session.base_url()));
        let mut lines = vec![match signed_in {
            true => format!("Signed in to {at}."),
            false => format!("Already signed in to {at}; nothing was sent."),
        }];
        lines.push(format!("The session is stored in {location}."));
        lines.extend(session.login_time().map(|time| format!("Login time: {time}.")));
        lines.extend(end_of(stored).map(|end| format!("It ends at {end} at the latest.")));
        if session.is_expired() {
            lines.push("By the clock of this machine it is over already. Check the clock.".to_owned());
        }
        lines.extend(next.map(str::to_owned));
        self.context.output.result(&Value::Object(object), &lines.join("\n"))
    }
}

/// Ends a sign-in that has failed. Those who wait for it fail in the same way, unless nothing was tried; and credentials
/// that were refused are not tried again, unless a person wants it.
pub(crate) async fn give_back(lease: Lease, failure: &Failure) {
    match failure.error() {
        Some(error) if !matches!(error.kind(), ErrorKind::Config | ErrorKind::Store) => {
            lease.fail(error).await
        }
        _ => lease.release().await,
    }
}

/// The same after a refusal of something that a person has typed: other runs have something else.
pub(crate) async fn give_back_typed(lease: Lease, failure: &Failure) {
    if failure.is(ErrorKind::Credentials) || failure.is(ErrorKind::SecondFactor) {
        return lease.release().await;
    }
    give_back(lease, failure).await;
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
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
                    is_wrong = matches!(error.kind(), ErrorKind::SecondFactor | ErrorKind::Config)
                        || (error.kind() == ErrorKind::Credentials && error.is_unsent());
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
