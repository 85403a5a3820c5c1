//! The passwords, codes and PINs that were sent, for all who share a store: none leaves twice.
//!
//! What is stored is a digest, made with a key that the store does not have: a PIN has six digits, so that anybody could
//! find it from a plain one.

use std::sync::Arc;

use aws_lc_rs::hmac;
use broker_session_runtime::{ErrorKind, Secret, Verdict};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::lease::LeaseState;
use crate::{
    Error,
    locked::Locked,
    store::{Entry, Key, Store, StoreError, Version},
};

/// The form of the entry.
const FORMAT: u32 = 1;

/// For how long a one-time password is remembered. One in a million comes again in this time by chance.
const CODE_MEMORY: SignedDuration = SignedDuration::from_hours(24);

/// For how long another guess is remembered.
const GUESS_MEMORY: SignedDuration = SignedDuration::from_hours(366 * 24);

/// How many guesses are remembered. The oldest go first.
const MAX_GUESSES: usize = 100;

/// How often a guess may leave that the broker did not look at, or that was right before and whose last response was lost.
const MAX_UNJUDGED_ATTEMPTS: u32 = 2;

/// How often a write is tried against others.
const MAX_CONFLICTS: usize = 100;

/// The guesses of one user in a store.
#[derive(Debug)]
pub(crate) struct Guesses {
    store: Arc<dyn Store>,
    key: Key,
    secret: hmac::Key,
    /// What every attempt needs.
    lease: Arc<LeaseState>,
    /// Whether a person wants what was refused to be sent once more.
    sends_again: bool,
    /// What this lease has sent. Where the store has lost it or could not be written, it is added with the next write.
    own: Locked<Vec<Sent>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    kind: String,
    format: u32,
    guesses: Vec<Sent>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Sent {
    operation: String,
    digest: String,
    at: Timestamp,
    outcome: Outcome,
    /// How often it was sent since it was accepted last.
    times: u32,
    /// Whether it was accepted once.
    #[serde(default)]
    was_accepted: bool,
    #[serde(default)]
    is_one_time: bool,
    /// How it ended when it was sent before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Outcome>,
}

/// How a guess ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    /// Not known: the response is under way, or was lost.
    Unknown,
    /// It did not leave.
    Unsent,
    Accepted,
    Refused,
    /// The broker refused something else.
    NotJudged,
}

/// A guess that may leave now.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    operation: &'static str,
    digest: String,
}

impl Guesses {
    /// `secret` is something that all processes of the user have and the store has not.
    pub(super) fn new(
        store: Arc<dyn Store>,
        key: Key,
        secret: &Secret,
        lease: Arc<LeaseState>,
        sends_again: bool,
    ) -> Self {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
        Self { store, key, secret, lease, sends_again, own: Locked::default() }
    }

    /// Notes that a guess is about to leave; it counts as sent from now on. Only the holder of the lease may send one.
    ///
    /// # Errors
    /// If it was sent before, if another process has taken over the lease, or if the store cannot be used. Nothing may be
    /// sent then.
    pub(crate) async fn claim(
        &self,
        operation: &'static str,
        guess: &Secret,
        is_one_time: bool,
    ) -> Result<Claim, Error> {
        self.lease.check().await?;
        let claim = Claim { operation, digest: digest(&self.secret, operation, guess) };
        let change = |record: &mut Record| record.claim(&claim, is_one_time, self.sends_again);
        let sent = self.change(change).await.map_err(|error| Error::store(&*self.store, error))??;
        self.own.change(|own| {
            own.retain(|sent| !claim.is_of(sent));
            own.push(sent);
        });
        // This process may have stood still meanwhile.
        if self.lease.is_stale()
            && let Err(error) = self.lease.check().await
        {
            self.own.change(|own| settle(own, &claim, Outcome::Unsent));
            self.catch_up().await;
            return Err(error);
        }
        Ok(claim)
    }

    /// Notes how it ended. The store knows it with the next guess, or when the lease is given back; until then the guess
    /// counts as sent.
    pub(crate) fn note<T>(&self, claim: &Claim, is_one_time: bool, result: &Result<T, Error>) {
        let outcome = match result {
            Ok(_) => Outcome::Accepted,
            Err(error) if error.is_unsent() => Outcome::Unsent,
            Err(error) if error.verdict() == Verdict::NotJudged => Outcome::NotJudged,
            Err(error) => match error.kind() {
                ErrorKind::Credentials | ErrorKind::SecondFactor | ErrorKind::Locked | ErrorKind::Refused => {
                    Outcome::Refused
                }
                // The broker has accepted it and then named a host, or given something else that cannot be used.
                ErrorKind::HostNotAllowed => Outcome::Accepted,
                ErrorKind::SessionExpired | ErrorKind::LoginRequired if !is_one_time => Outcome::NotJudged,
                _ => Outcome::Unknown,
            },
        };
        self.own.change(|own| settle(own, claim, outcome));
    }

    /// Whether nothing is known of earlier guesses, although there may have been some.
    pub(super) async fn may_be_forgotten(&self) -> Result<bool, StoreError> {
        Ok(self.store.may_lose_entries() && self.store.get(&self.key).await?.is_none())
    }

    /// Stores how the guesses ended.
    pub(crate) async fn catch_up(&self) {
        if self.own.change(|own| own.is_empty()) {
            return;
        }
        if let Err(error) = self.change(|_| ()).await {
            tracing::debug!(%error, "the outcomes of guesses cannot be stored now");
        }
    }

    /// Changes the entry, as often as others are faster.
    async fn change<T>(&self, mut change: impl FnMut(&mut Record) -> T) -> Result<T, StoreError> {
        for _ in 0..MAX_CONFLICTS {
            let found = self.store.get(&self.key).await?;
            let mut record = match &found {
                Some(entry) => Record::read(entry.value.expose())?,
                None => Record { kind: "guesses".to_owned(), format: FORMAT, guesses: Vec::new() },
            };
            let before = record.guesses.clone();
            record.tidy();
            record.add(&self.own.get());
            let outcome = change(&mut record);
            if record.guesses == before {
                return Ok(outcome);
            }
            let value = Secret::new(serde_json::to_string(&record).map_err(|_| bad())?);
            let expires_at = Timestamp::now().checked_add(GUESS_MEMORY).ok();
            let entry = Entry::new(Version::random(), value, expires_at);
            if self.store.put_if(&self.key, found.map(|entry| entry.version), entry).await? {
                return Ok(outcome);
            }
        }
        Err(StoreError::new("too many others write the guesses of this user"))
    }
}

/// A digest of credentials or of a guess.
pub(super) fn digest(key: &hmac::Key, what: &str, secret: &Secret) -> String {
    let mut context = hmac::Context::with_key(key);
    context.update(what.as_bytes());
    context.update(b"\n");
    context.update(secret.expose().as_bytes());
    context.sign().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bad() -> StoreError {
    StoreError::new("the guesses in it are not in a form that this program knows")
        .with_hint("A newer version may have written them. Use that version, or another store.")
}

impl Record {
    fn read(text: &str) -> Result<Self, StoreError> {
        let record: Self = serde_json::from_str(text).map_err(|_| bad())?;
        if record.format == FORMAT { Ok(record) } else { Err(bad()) }
    }

    fn tidy(&mut self) {
        let now = Timestamp::now();
        self.guesses.retain(|sent| {
            let memory = if sent.is_one_time { CODE_MEMORY } else { GUESS_MEMORY };
            now.duration_since(sent.at) < memory
        });
        let surplus = self.guesses.len().saturating_sub(MAX_GUESSES);
        self.guesses.drain(..surplus);
    }

    /// Adds what the holder of the lease knows.
    fn add(&mut self, own: &[Sent]) {
        for sent in own {
            self.guesses.retain(|known| known.operation != sent.operation || known.digest != sent.digest);
            if sent.outcome != Outcome::Unsent {
                self.guesses.push(sent.clone());
            }
        }
    }

    fn claim(&mut self, claim: &Claim, is_one_time: bool, sends_again: bool) -> Result<Sent, Error> {
        let before = self.guesses.iter().position(|sent| claim.is_of(sent));
        let before = match before.and_then(|place| self.guesses.get(place)) {
            Some(sent) => {
                sent.check(claim.operation, sends_again)?;
                before.map(|place| self.guesses.remove(place))
            }
            None => None,
        };
        let was_accepted = before.as_ref().is_some_and(|sent| sent.was_accepted);
        let previous = before.as_ref().map(|sent| sent.outcome);
        let times = before.filter(|sent| sent.outcome != Outcome::Accepted).map_or(0, |sent| sent.times) + 1;
        let (operation, digest) = (claim.operation.to_owned(), claim.digest.clone());
        let (at, outcome) = (Timestamp::now(), Outcome::Unknown);
        let sent = Sent { operation, digest, at, outcome, times, was_accepted, is_one_time, previous };
        self.guesses.push(sent.clone());
        Ok(sent)
    }
}

impl Claim {
    fn is_of(&self, sent: &Sent) -> bool {
        sent.operation == self.operation && sent.digest == self.digest
    }
}

/// Notes how a guess ended.
fn settle(guesses: &mut [Sent], claim: &Claim, outcome: Outcome) {
    let Some(sent) = guesses.iter_mut().rfind(|sent| claim.is_of(sent)) else { return };
    match (outcome, sent.previous) {
        // What is known of it from before stays known.
        (Outcome::Unsent, Some(previous)) => {
            sent.outcome = previous;
            sent.times = sent.times.saturating_sub(1);
        }
        (outcome, _) => sent.outcome = outcome,
    }
    match sent.outcome {
        Outcome::Accepted => {
            sent.was_accepted = true;
            sent.times = 0;
        }
        Outcome::Refused => sent.was_accepted = false,
        Outcome::Unknown | Outcome::NotJudged | Outcome::Unsent => {}
    }
}

impl Sent {
    /// Whether it may be sent once more.
    fn check(&self, operation: &'static str, sends_again: bool) -> Result<(), Error> {
        let refused = |kind, what: String, hint: &str| {
            let error = Error::new(kind, what).during(operation).with_hint(Some(hint.to_owned()));
            Err(error.unsent().lasting())
        };
        if self.is_one_time {
            return refused(
                ErrorKind::SecondFactor,
                format!(
                    "this very one-time password was sent at {} and is good for one call, so it was not sent again",
                    self.at
                ),
                "Give the one that the authenticator shows next.",
            );
        }
        let is_left = self.times < MAX_UNJUDGED_ATTEMPTS;
        match self.outcome {
            _ if sends_again => Ok(()),
            Outcome::Accepted => Ok(()),
            Outcome::NotJudged if is_left => Ok(()),
            Outcome::Unknown if self.was_accepted && is_left => Ok(()),
            Outcome::Refused | Outcome::NotJudged => refused(
                ErrorKind::Credentials,
                format!("this very value was sent at {} and not accepted, so it was not sent again", self.at),
                "Correct it. If the broker accepts it by now, sign in with `broker-session login --send-again` (in a program: `SessionProvider::sign_in`).",
            ),
            Outcome::Unknown | Outcome::Unsent => refused(
                ErrorKind::Timeout,
                format!(
                    "this very value was sent at {}, and its response never came, so it may have been counted; it was not sent again",
                    self.at
                ),
                "See with the broker that the account is not locked, then sign in with `broker-session login --send-again` (in a program: `SessionProvider::sign_in`).",
            ),
        }
    }
}
