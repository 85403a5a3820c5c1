//! Attempts to sign in with a password, a code or a PIN: what was sent is remembered.
//!
//! A guess is a credential that the broker counts. A few wrong ones lock an account, and the same one cannot become
//! right. If its response was lost, it may have been counted. So a guess that was sent and not accepted is remembered, and
//! not sent again by the same client, with whatever access token, and whatever loop the caller runs. Only a client that is
//! built anew tries it once more: that is a decision, and not a loop.
//!
//! If the broker has refused something else (the access token, the session, the form of the request), it did not evaluate
//! the guess. Such a guess may be sent once more, and again after a change of the access token. If the session was over,
//! only a later sign-in may send it.
//! Everything else is spent: a lost response, a deadline, an error of the server, which may have counted before it
//! failed, and a limit, which may be one of sign-ins.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use broker_session_runtime::{ErrorKind, Secret, Verdict};
use tokio::{
    sync::{Mutex, MutexGuard},
    time::{Instant, timeout},
};

use crate::{Error, api_call::ApiCall, shared_session::Guesses};

/// How often a guess may leave that the broker does not look at.
const MAX_UNJUDGED_ATTEMPTS: u32 = 2;

/// Which sign-in of a client a guess belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SignIn(u64);

/// The guesses that a client has spent, and the same client with other access tokens. It lets one be under way at a time.
#[derive(Debug)]
pub(crate) struct Attempts {
    spent: Arc<Mutex<Vec<Spent>>>,
    /// The number of the next sign-in, or of the next access token.
    next: Arc<AtomicU64>,
    /// The number of the access token.
    access_token: u64,
    /// How long a call may take, the wait for another attempt included.
    total: Duration,
    /// Whether a guess is good for one call even if it gets in.
    is_one_time: bool,
    /// The guesses of all programs that share a store.
    shared: Option<Arc<Guesses>>,
}

#[derive(Debug)]
struct Spent {
    operation: &'static str,
    guess: Secret,
    /// How it ended; none while that is not known.
    kind: Option<ErrorKind>,
    /// Whether the broker did not evaluate it.
    is_unjudged: bool,
    /// In which sign-in it left last; none if it begins one.
    sign_in: Option<SignIn>,
    /// The number of the access token that it left with last.
    access_token: u64,
    /// How often it was sent.
    times: u32,
}

impl Spent {
    /// How often it was sent, as far as that counts with this access token.
    fn times_with(&self, access_token: u64) -> u32 {
        if self.is_unjudged && self.access_token < access_token { 0 } else { self.times }
    }

    /// Whether it may be sent once more, because the broker did not evaluate it. In a sign-in that is over it would not be
    /// looked at again.
    fn may_leave_in(&self, sign_in: Option<SignIn>, access_token: u64) -> bool {
        let was_over = matches!(self.kind, Some(ErrorKind::SessionExpired | ErrorKind::LoginRequired));
        let is_another = self.sign_in.is_some() && self.sign_in != sign_in;
        let may_leave = if was_over { is_another } else { self.is_unjudged };
        let times = self.times_with(access_token);
        times == 0 || (times < MAX_UNJUDGED_ATTEMPTS && may_leave)
    }
}

impl Attempts {
    /// None yet. A call takes at most this time, the wait for another attempt included.
    pub(crate) fn new(total: Duration) -> Self {
        let next = Arc::new(AtomicU64::new(1));
        Self { spent: Arc::default(), next, access_token: 0, total, is_one_time: false, shared: None }
    }

    /// For guesses that are good for one call even if they get in, like one-time passwords (RFC 6238, section 5.2).
    pub(crate) fn one_time(total: Duration) -> Self {
        Self { is_one_time: true, ..Self::new(total) }
    }

    /// The same, for the same client with a new access token.
    pub(crate) fn with_access_token(&self) -> Self {
        let (spent, next) = (self.spent.clone(), self.next.clone());
        Self { spent, next, access_token: self.sign_in().0, shared: self.shared.clone(), ..*self }
    }

    /// The same for a sign-in of all programs that share a store. The store remembers the guesses, this process none.
    pub(crate) fn shared(&self, guesses: Arc<Guesses>) -> Self {
        Self { is_one_time: self.is_one_time, shared: Some(guesses), ..Self::new(self.total) }
    }

    /// A sign-in of its own.
    pub(crate) fn sign_in(&self) -> SignIn {
        SignIn(self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// Makes the call that spends `guess`, unless that very guess was sent before and not accepted, and reads its
    /// response.
    pub(crate) async fn send<T, U>(
        &self,
        call: ApiCall<impl AsyncFnOnce() -> Result<T, Error>>,
        guess: &Secret,
        sign_in: Option<SignIn>,
        read: impl FnOnce(Result<T, Error>) -> Result<U, Error>,
    ) -> Result<U, Error> {
        let attempt = self.begin(call.operation, guess, sign_in).await?;
        let claim = match &self.shared {
            Some(shared) => match shared.claim(call.operation, guess, self.is_one_time).await {
                Ok(claim) => Some(claim),
                Err(error) => return attempt.finish(Err(error)),
            },
            None => None,
        };
        let response = attempt.send(call.send).await;
        // Nothing is awaited from here on: what a response has brought would be copied.
        let outcome = attempt.finish(read(response));
        if let (Some(shared), Some(claim)) = (&self.shared, claim) {
            shared.note(&claim, self.is_one_time, &outcome);
        }
        outcome
    }

    /// Begins the call that spends `guess`, unless that very guess was sent before and not accepted.
    ///
    /// From now on the guess counts as sent: should the caller drop the attempt, how it ended would not be known.
    /// [`Attempt::finish`] notes how it ended. A guess whose response cannot be used is spent, too.
    async fn begin(
        &self,
        operation: &'static str,
        guess: &Secret,
        sign_in: Option<SignIn>,
    ) -> Result<Attempt<'_>, Error> {
        let (mut spent, left) = match self.spent.try_lock() {
            Ok(spent) => (spent, None),
            Err(_) => {
                let begun = Instant::now();
                let spent = timeout(self.total, self.spent.lock()).await;
                let spent = spent.map_err(|_| late().during(operation).unsent())?;
                (spent, Some(self.total.saturating_sub(begun.elapsed())))
            }
        };
        let before = spent.iter().position(|spent| spent.operation == operation && spent.guess == *guess);
        if let Some(before) = before.and_then(|place| spent.get(place))
            && (self.is_one_time || !before.may_leave_in(sign_in, self.access_token))
        {
            return Err(self.refused(before));
        }
        let before = before.map(|place| spent.remove(place));
        let access_token = self.access_token;
        let times = before.as_ref().map_or(0, |before| before.times_with(access_token)) + 1;
        let guess = guess.clone();
        spent.push(Spent { operation, guess, kind: None, is_unjudged: false, sign_in, access_token, times });
        Ok(Attempt { operation, spent, before, times, left, is_one_time: self.is_one_time })
    }

    fn refused(&self, before: &Spent) -> Error {
        let what = match before.kind {
            None => {
                "a call with this very value was given up before its response came, so it may have been sent; it was not sent again"
            }
            Some(_) if self.is_one_time => {
                "this very value has been sent before and is good for one call, so it was not sent again"
            }
            Some(_) => {
                "this very value was sent before and not accepted, so it was not sent again; build a new client to send it once more"
            }
        };
        let kind = before.kind.unwrap_or(ErrorKind::Timeout);
        Error::new(kind, what).during(before.operation).unsent().lasting()
    }
}

/// A guess on its way. Dropped without [`Attempt::finish`], it counts as sent.
#[must_use]
struct Attempt<'a> {
    operation: &'static str,
    /// The guess stands last, for as long as the lock is held.
    spent: MutexGuard<'a, Vec<Spent>>,
    /// What was known of the same guess.
    before: Option<Spent>,
    times: u32,
    /// What is left of the deadline, if another attempt was waited for.
    left: Option<Duration>,
    is_one_time: bool,
}

impl Attempt<'_> {
    /// Makes the call that carries the guess, within what is left of the deadline.
    async fn send<T>(&self, call: impl AsyncFnOnce() -> Result<T, Error>) -> Result<T, Error> {
        match self.left {
            // The call has a deadline of its own, which knows more; this one counts the wait as well.
            None => call().await,
            Some(left) => timeout(left, call()).await.map_err(|_| late())?,
        }
    }

    /// Notes how the attempt ended. The error names the operation, and whether the guess may leave once more.
    fn finish<T>(mut self, outcome: Result<T, Error>) -> Result<T, Error> {
        let (kind, is_unjudged) = match &outcome {
            Ok(_) => (self.is_one_time.then_some(ErrorKind::SecondFactor), false),
            Err(error) if error.is_unsent() => (None, false),
            Err(error) => (Some(error.kind()), error.verdict() == Verdict::NotJudged),
        };
        if kind.is_none() {
            self.spent.pop();
            // What is known of it from before stays known.
            let before = self.before.take().filter(|_| outcome.is_err());
            self.spent.extend(before);
        } else if let Some(last) = self.spent.last_mut() {
            last.kind = kind;
            last.is_unjudged = is_unjudged;
        }
        let is_reusable = is_unjudged && !self.is_one_time && self.times < MAX_UNJUDGED_ATTEMPTS;
        outcome.map_err(|error| {
            let error = error.during(self.operation);
            if is_reusable { error.guess_is_reusable() } else { error }
        })
    }
}

fn late() -> Error {
    Error::new(ErrorKind::Timeout, "there was no response in time")
}

#[cfg(test)]
mod tests {
    use broker_session_runtime::{Failure, Reason};

    use super::*;

    const TOTAL: Duration = Duration::from_secs(2);

    /// Makes an attempt, in a sign-in of its own, that ends so. Returns whether the guess left.
    async fn is_sent(attempts: &Attempts, guess: &str, outcome: Result<(), Error>) -> bool {
        is_sent_in(attempts, Some(attempts.sign_in()), guess, outcome).await
    }

    async fn is_sent_in(
        attempts: &Attempts,
        sign_in: Option<SignIn>,
        guess: &str,
        outcome: Result<(), Error>,
    ) -> bool {
        let attempt = attempts.begin("it", &Secret::from(guess), sign_in).await;
        let is_sent = attempt.is_ok();
        let _ = attempt.and_then(|attempt| attempt.finish(outcome));
        is_sent
    }

    fn failure(kind: ErrorKind) -> Result<(), Error> {
        Err(Error::new(kind, "made up"))
    }

    fn unsent() -> Result<(), Error> {
        Err(Error::new(ErrorKind::Unavailable, "made up").unsent())
    }

    fn unjudged(kind: ErrorKind) -> Result<(), Error> {
        let mut failure = Failure::new(kind, Reason::Status, "made up");
        failure.verdict = Verdict::NotJudged;
        Err(failure.into())
    }

    #[tokio::test(start_paused = true)]
    async fn a_dropped_attempt_counts_as_sent() {
        let attempts = Attempts::new(TOTAL);
        drop(attempts.begin("it", &Secret::from("1"), None).await.unwrap());
        let error = attempts.begin("it", &Secret::from("1"), None).await.err().unwrap();
        assert!(error.is_unsent() && !error.is_retryable() && error.kind() == ErrorKind::Timeout, "{error}");
        assert!(is_sent(&attempts, "2", Ok(())).await);
    }

    #[tokio::test(start_paused = true)]
    async fn the_same_value_for_another_call_is_another_guess() {
        let attempts = Attempts::new(TOTAL);
        assert!(is_sent(&attempts, "1", failure(ErrorKind::SecondFactor)).await);
        assert!(attempts.begin("another", &Secret::from("1"), None).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_was_not_looked_at_is_sent_again() {
        let attempts = Attempts::new(TOTAL);
        let cases = [
            (failure(ErrorKind::SecondFactor), false),
            (failure(ErrorKind::Credentials), false),
            (failure(ErrorKind::Locked), false),
            (failure(ErrorKind::Refused), false),
            (failure(ErrorKind::RateLimited), false),
            (failure(ErrorKind::Unavailable), false),
            (failure(ErrorKind::Timeout), false),
            (failure(ErrorKind::Protocol), false),
            (failure(ErrorKind::HostNotAllowed), false),
            (failure(ErrorKind::LoginRequired), true),
            (failure(ErrorKind::SessionExpired), true),
            (unsent(), true),
            (Ok(()), true),
        ];
        for (number, (outcome, again)) in cases.into_iter().enumerate() {
            assert!(is_sent(&attempts, &number.to_string(), outcome).await);
            assert_eq!(is_sent(&attempts, &number.to_string(), Ok(())).await, again, "{number}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_unjudged_guess_leaves_once_more_in_a_later_sign_in() {
        let attempts = Attempts::new(TOTAL);
        let over = || failure(ErrorKind::SessionExpired);
        let first = Some(attempts.sign_in());
        assert!(is_sent_in(&attempts, first, "1", over()).await);
        assert!(!is_sent_in(&attempts, first, "1", Ok(())).await, "the same sign-in");
        assert!(is_sent(&attempts, "1", over()).await, "a later one");
        assert!(!is_sent(&attempts, "1", Ok(())).await, "and no further");
        // A call that was not made in between does not make it forgotten.
        assert!(is_sent(&attempts, "3", over()).await);
        assert!(is_sent(&attempts, "3", unsent()).await);
        assert!(is_sent(&attempts, "3", over()).await);
        assert!(!is_sent(&attempts, "3", Ok(())).await);
        // What begins a sign-in cannot be given in one that is over.
        assert!(is_sent_in(&attempts, None, "2", failure(ErrorKind::LoginRequired)).await);
        assert!(!is_sent_in(&attempts, None, "2", Ok(())).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_guess_beside_another_refusal_leaves_once_more() {
        let attempts = Attempts::new(TOTAL);
        let first = Some(attempts.sign_in());
        for (guess, sign_in) in [("1", first), ("2", None)] {
            let secret = Secret::from(guess);
            let attempt = attempts.begin("it", &secret, sign_in).await.unwrap();
            let error = attempt.finish(unjudged(ErrorKind::Credentials)).unwrap_err();
            assert!(error.is_guess_reusable() && error.to_string().contains("may be used again"), "{error}");
            let attempt = attempts.begin("it", &secret, sign_in).await.unwrap();
            let error = attempt.finish(unjudged(ErrorKind::Credentials)).unwrap_err();
            assert!(!error.is_unsent() && !error.is_guess_reusable(), "{error}");
            assert!(!is_sent_in(&attempts, sign_in, guess, Ok(())).await, "and no further");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_access_token_forgives_unjudged_guesses_alone() {
        let before = Attempts::new(TOTAL);
        let refused = || failure(ErrorKind::Credentials);
        assert!(is_sent_in(&before, None, "judged", refused()).await);
        for again in [true, true, false] {
            let outcome = unjudged(ErrorKind::Credentials);
            assert_eq!(is_sent_in(&before, None, "unjudged", outcome).await, again);
        }
        let after = before.with_access_token();
        assert!(!is_sent_in(&after, None, "judged", Ok(())).await);
        assert!(!is_sent_in(&before, None, "unjudged", Ok(())).await, "with the old one");
        assert!(is_sent_in(&after, None, "unjudged", refused()).await);
        for attempts in [&before, &after, &after.with_access_token()] {
            assert!(!is_sent_in(attempts, None, "unjudged", Ok(())).await);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_one_time_guess_is_sent_once_however_it_ended() {
        let attempts = Attempts::one_time(TOTAL);
        let outcomes = [Ok(()), failure(ErrorKind::SessionExpired), unjudged(ErrorKind::Credentials)];
        for (number, outcome) in outcomes.into_iter().enumerate() {
            let secret = Secret::new(number.to_string());
            let attempt = attempts.begin("it", &secret, None).await.unwrap();
            assert!(!attempt.finish(outcome).is_err_and(|error| error.is_guess_reusable()));
            assert!(!is_sent(&attempts, secret.expose(), Ok(())).await, "{number}");
        }
        assert!(is_sent(&attempts, "unsent", unsent()).await);
        assert!(is_sent(&attempts, "unsent", Ok(())).await);
    }

    #[tokio::test(start_paused = true)]
    async fn the_wait_for_another_attempt_counts_towards_the_deadline() {
        let attempts = Attempts::new(TOTAL);
        let (one, two) = (Secret::from("1"), Secret::from("2"));
        let begun = Instant::now();
        let first = async {
            let attempt = attempts.begin("it", &one, None).await?;
            tokio::time::sleep(TOTAL - Duration::from_millis(500)).await;
            attempt.finish(Ok(()))
        };
        let second = async {
            let attempt = attempts.begin("it", &two, None).await?;
            let outcome = attempt.send(std::future::pending::<Result<(), Error>>).await;
            attempt.finish(outcome)
        };
        let (first, second) = tokio::join!(first, second);
        assert!(first.is_ok());
        let error = second.unwrap_err();
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Timeout, false));
        assert_eq!(begun.elapsed().as_secs(), TOTAL.as_secs());
        assert!(!is_sent(&attempts, "2", Ok(())).await);
    }
}
