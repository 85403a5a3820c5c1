//! What a store keeps of one user: the session, who is about to replace it, and how the last attempt ended.
//!
//! All of it is one entry, so that one comparison of versions decides everything: a holder whose lease was taken over
//! cannot write, because the entry has another version by then.

use broker_session_runtime::ErrorKind;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Error, SavedSession, store::StoreError};

/// The form of the entry. One of another form is left alone.
const FORMAT: u32 = 1;

/// For how long it is remembered that a session was signed out, and how an attempt failed. There is no secret in it.
const MEMORY: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How many sessions in a row are replaced however young they are.
const MAX_HASTY: u32 = 2;

/// How old the next one must be. Each time twice as old: what the broker refuses is something else than the session.
const MIN_AGE: SignedDuration = SignedDuration::from_secs(30);

/// A session that was good for so long was no hasty one.
const GOOD_AGE: SignedDuration = SignedDuration::from_mins(15);

/// How many refusals are remembered.
const MAX_REFUSALS: usize = 16;

/// For how long a broker is left alone at most, whatever it has asked for.
const MAX_BLOCK: SignedDuration = SignedDuration::from_mins(15);

/// A lease that claims to last longer is as good as one that lasts this long.
pub(super) const MAX_LEASE_MILLISECONDS: u64 = 60_000;

/// The entry of one user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// Always `session`: the keys of an encrypted store do not tell.
    kind: String,
    format: u32,
    pub(super) broker: String,
    pub(super) user: String,
    /// The number of the latest session, which rises with each one and with each logout.
    pub(super) number: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<Kept>,
    /// When the session was signed out, if no other one has begun since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) signed_out_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lease: Option<HeldLease>,
    /// The number of the latest lease, which rises with each one.
    pub(super) fence: u64,
    /// How the latest attempt to sign in failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) failure: Option<FailedSignIn>,
    /// The refusals that stop those who have the same credentials.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) refusals: Vec<FailedSignIn>,
    /// How many sessions in a row were replaced soon after they began.
    #[serde(default)]
    hasty: u32,
}

/// A session with what programs note beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) session: SavedSession,
    pub(super) stored_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) profile: Option<String>,
    /// Whether its host must be allowed first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) pending: bool,
}

/// The right to sign in, held by one process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct HeldLease {
    /// A random name of the attempt that holds it.
    pub(super) owner: String,
    pub(super) fence: u64,
    /// How often it was renewed. It changes the entry, which is how others see that the holder lives.
    pub(super) renewals: u64,
    /// For how long others wait for the next change of the entry.
    pub(super) milliseconds: u64,
}

/// How an attempt to sign in failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FailedSignIn {
    /// The number of the lease.
    pub(super) fence: u64,
    /// The name of the error's kind.
    kind: String,
    description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    at: Timestamp,
    /// Until when the broker must be left alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) blocked_until: Option<Timestamp>,
    /// The credentials that were refused, as a digest; none if it was not they, or if a person has typed them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
}

impl Record {
    /// Nothing is known yet. Numbers begin with the time, so that they rise also after an entry was forgotten.
    pub(super) fn new(broker: &str, user: &str) -> Self {
        let number = u64::try_from(Timestamp::now().as_microsecond()).unwrap_or_default();
        Self {
            kind: "session".to_owned(),
            format: FORMAT,
            broker: broker.to_owned(),
            user: user.to_owned(),
            number,
            session: None,
            signed_out_at: None,
            lease: None,
            fence: number,
            failure: None,
            refusals: Vec::new(),
            hasty: 0,
        }
    }

    /// The same, with a number that is not below one that is known.
    pub(super) fn at_least(mut self, number: u64) -> Self {
        self.number = self.number.max(number);
        self.fence = self.fence.max(number);
        self
    }

    /// Reads an entry. None if it is about something else.
    pub(super) fn read(text: &str) -> Result<Option<Self>, StoreError> {
        #[derive(Deserialize)]
        struct Header {
            kind: String,
            format: u32,
        }
        // The message of serde_json may quote a token.
        let bad = |_| {
            StoreError::new("an entry in it is no session that this program knows")
                .with_hint("Another program or a newer version may have written it. Use another store, or remove the entry.")
        };
        let header: Header = serde_json::from_str(text).map_err(bad)?;
        if header.kind != "session" {
            return Ok(None);
        }
        if header.format != FORMAT {
            return Err(StoreError::new(format!(
                "a session in it has the form {}, and this program knows {FORMAT}",
                header.format
            ))
            .with_hint("Use the program that wrote it, or another store."));
        }
        serde_json::from_str(text).map(Some).map_err(bad)
    }

    /// From when on a store may forget it. While it is leased it must stay, whatever the clocks do.
    pub(super) fn expires_at(&self, now: Timestamp) -> Option<Timestamp> {
        let remembered = now.checked_add(MEMORY).ok();
        let end = self.session.as_ref().and_then(|kept| kept.session.expires_at()).map(|end| end.timestamp());
        match &self.lease {
            None if self.failure.is_none() && self.refusals.is_empty() => end.or(remembered),
            _ => remembered,
        }
    }

    /// Whether it has a session that can be used, with a number above this one.
    pub(super) fn has_session_after(&self, number: u64, now: Timestamp) -> bool {
        let is_usable = |kept: &Kept| !kept.pending && !kept.session.is_over_at(now);
        self.number > number && self.session.as_ref().is_some_and(is_usable)
    }

    /// How long the session must still be used before it is replaced because it was refused.
    pub(super) fn wait(&self, now: Timestamp) -> Option<SignedDuration> {
        let age = self.age(now)?;
        let is_over = self.session.as_ref()?.session.is_over_at(now);
        let min_age = match self.hasty.checked_sub(MAX_HASTY) {
            // It is over as soon as it has begun: a clock is wrong.
            None if is_over => MIN_AGE,
            None => SignedDuration::ZERO,
            Some(further) => MIN_AGE.saturating_mul(1 << further.min(5)).min(GOOD_AGE),
        };
        Some(min_age - age).filter(|wait| wait.is_positive())
    }

    /// How old the session is. A clock that is behind makes none older than new.
    fn age(&self, now: Timestamp) -> Option<SignedDuration> {
        let kept = self.session.as_ref().filter(|kept| !kept.pending)?;
        Some(now.duration_since(kept.stored_at).max(SignedDuration::ZERO))
    }

    /// The session that waits until its host is allowed.
    pub(super) fn pending_session(&self, now: Timestamp) -> Option<&SavedSession> {
        let kept = self.session.as_ref().filter(|kept| kept.pending)?;
        Some(&kept.session).filter(|session| !session.is_over_at(now))
    }

    /// The refusal that stops those who have these credentials.
    pub(super) fn refusal_of(&self, credentials: Option<&str>) -> Option<&FailedSignIn> {
        self.refusals.iter().rfind(|refusal| refusal.refuses(credentials))
    }

    /// Notes how a sign-in has failed, and ends the lease.
    pub(super) fn fail(&mut self, failure: FailedSignIn) {
        self.lease = None;
        if failure.is_refusal() {
            self.refusals.retain(|known| known.refused != failure.refused);
            self.refusals.push(failure.clone());
            let surplus = self.refusals.len().saturating_sub(MAX_REFUSALS);
            self.refusals.drain(..surplus);
        }
        self.failure = Some(failure);
    }

    /// Whether a lease is held by this attempt.
    pub(super) fn is_held_by(&self, owner: &str) -> bool {
        self.lease.as_ref().is_some_and(|lease| lease.owner == owner)
    }

    /// Gives the lease to an attempt.
    pub(super) fn lease_to(&mut self, owner: &str, milliseconds: u64, now: Timestamp) {
        if let (Some(age), None) = (self.age(now), &self.lease) {
            self.hasty = if age < GOOD_AGE { self.hasty.saturating_add(1) } else { 0 };
        }
        self.fence += 1;
        let owner = owner.to_owned();
        self.lease = Some(HeldLease { owner, fence: self.fence, renewals: 0, milliseconds });
    }

    /// Puts a session in place of the one that is there, and ends the lease. A profile that was named before stays. The
    /// credentials are right, and the account is not locked.
    pub(super) fn replace(&mut self, mut kept: Kept, credentials: Option<&str>) {
        self.number += 1;
        self.refusals.retain(|refusal| !refusal.refuses(credentials));
        kept.profile = kept.profile.or_else(|| self.session.take()?.profile);
        self.session = Some(kept);
        self.signed_out_at = None;
        self.lease = None;
        self.failure = None;
    }

    /// Notes that the session was signed out. Who is about to replace it has lost the lease.
    pub(super) fn sign_out(&mut self, now: Timestamp) {
        self.number += 1;
        self.session = None;
        self.signed_out_at = Some(now);
        self.lease = None;
        self.failure = None;
    }
}

impl FailedSignIn {
    /// What is kept of an error; `credentials` is the digest of what was tried.
    pub(super) fn new(fence: u64, error: &Error, credentials: Option<&str>, now: Timestamp) -> Self {
        let wait = error.retry_after().and_then(|wait| SignedDuration::try_from(wait).ok());
        let is_refusal =
            matches!(error.kind(), ErrorKind::Credentials | ErrorKind::SecondFactor | ErrorKind::Locked);
        Self {
            fence,
            kind: error.kind().as_str().to_owned(),
            description: error.description().to_owned(),
            message: error.broker_message().map(str::to_owned),
            hint: error.hint().map(str::to_owned),
            at: now,
            blocked_until: wait.and_then(|wait| now.checked_add(wait).ok()),
            refused: credentials.filter(|_| is_refusal).map(str::to_owned),
        }
    }

    /// Whether these credentials were refused, or the account is locked, for whatever credentials. A person must decide
    /// whether they are tried again.
    pub(super) fn refuses(&self, credentials: Option<&str>) -> bool {
        self.is_lock() || self.refused.is_some() && self.refused.as_deref() == credentials
    }

    /// Whether it is about something else than what those with these credentials would do.
    pub(super) fn is_of_others(&self, credentials: Option<&str>) -> bool {
        self.is_refusal() && !self.refuses(credentials)
    }

    fn is_lock(&self) -> bool {
        self.kind == ErrorKind::Locked.as_str()
    }

    fn is_refusal(&self) -> bool {
        self.refused.is_some() || self.is_lock()
    }

    /// Whether the broker must still be left alone: for a quarter of an hour at most, whatever a clock said.
    pub(super) fn is_blocked(&self, now: Timestamp) -> bool {
        let age = now.duration_since(self.at);
        let is_recent = !age.is_negative() && age < MAX_BLOCK;
        is_recent && self.blocked_until.is_some_and(|until| until > now)
    }

    /// The same failure, for a process that did not make the attempt.
    pub(super) fn to_error(&self, now: Timestamp) -> Error {
        let kind = ErrorKind::from_name(&self.kind).unwrap_or(ErrorKind::Unavailable);
        let left = self.blocked_until.map(|until| until.duration_since(now));
        let left = left.filter(|left| *left <= MAX_BLOCK).and_then(|left| left.try_into().ok());
        let hint = if self.is_refusal() { Some(REFUSED_HINT.to_owned()) } else { self.hint.clone() };
        let description = format!("the sign-in of {} has failed: {}", self.at, self.description);
        let error = Error::new(kind, description).with_message(self.message.clone()).with_hint(hint);
        let error = error.with_retry_after(left).unsent();
        if self.is_refusal() { error.lasting() } else { error }
    }
}

/// What to do about credentials that were refused.
const REFUSED_HINT: &str = "Nothing was sent now. Correct the credentials, and see with the broker that the account is not locked; `broker-session login --send-again` (in a program: `SessionProvider::sign_in`) tries the same ones once more.";
