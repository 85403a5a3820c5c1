//! Guesses that have left.
//!
//! A few wrong guesses lock an account, the same guess cannot become right, and of one whose answer was lost
//! nobody knows whether it was counted. So a guess that has left and did not get in is remembered and not sent
//! again by the same client, whatever loop the caller runs. Only a new client tries it once more: that is a
//! decision, and not a loop.
//!
//! Where the broker has refused something else than the guess (the access token, the session, the form of the request),
//! it did not look at the guess, and that one may leave once more: after a session that was over in a later sign-in only.
//! What is not known to be so is spent: a lost answer, a deadline, an error of the server, which may have counted before
//! it failed, and a limit, which may be one of sign-ins.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use broker_session_runtime::{ErrorKind, Secret};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use crate::Error;

/// How often a guess may leave that the broker does not look at.
const MOST_UNJUDGED: u32 = 2;

/// Which sign-in of a client a guess belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SignIn(u64);

/// The guesses that a client has spent; also lets one be under way at a time.
#[derive(Debug)]
pub(crate) struct Guesses {
    spent: Mutex<Vec<Spent>>,
    sign_ins: AtomicU64,
    /// For how long a call may take, the wait for another one included.
    total: Duration,
    /// Whether a guess is good for one call even if it gets in.
    one_time: bool,
}

#[derive(Debug)]
struct Spent {
    operation: &'static str,
    guess: Secret,
    /// What came of it; nothing while nobody knows.
    kind: Option<ErrorKind>,
    /// Whether the broker has said that it did not look at it.
    unjudged: bool,
    /// In which sign-in it left last; nothing if it begins one.
    sign_in: Option<SignIn>,
    /// How often it has left.
    times: u32,
}

impl Spent {
    /// Whether it may leave once more, because the broker did not look at it. In a sign-in that is over it would not be
    /// looked at again.
    fn may_leave_in(&self, sign_in: Option<SignIn>) -> bool {
        let was_over = matches!(self.kind, Some(ErrorKind::SessionExpired | ErrorKind::LoginRequired));
        let is_another = self.sign_in.is_some() && self.sign_in != sign_in;
        self.times < MOST_UNJUDGED && if was_over { is_another } else { self.unjudged }
    }
}

impl Guesses {
    /// None yet. A call takes at most this time, the wait for another one included.
    pub(crate) fn new(total: Duration) -> Self {
        Self { spent: Mutex::default(), sign_ins: AtomicU64::default(), total, one_time: false }
    }

    /// Guesses that are good for one call even if they get in, like one-time passwords (RFC 6238, section 5.2).
    pub(crate) fn one_time(total: Duration) -> Self {
        Self { one_time: true, ..Self::new(total) }
    }

    /// None yet, for a client that is otherwise like the one of these.
    pub(crate) fn anew(&self) -> Self {
        Self { one_time: self.one_time, ..Self::new(self.total) }
    }

    /// A sign-in of its own.
    pub(crate) fn sign_in(&self) -> SignIn {
        SignIn(self.sign_ins.fetch_add(1, Ordering::Relaxed))
    }

    /// Makes the call that spends `guess`, unless that very guess has left before and did not get in. What comes of the
    /// call must be known when it ends: a guess whose answer cannot be used is spent, too. A guess that the broker did not
    /// look at may leave once more.
    pub(crate) async fn spend<T>(
        &self,
        operation: &'static str,
        guess: &Secret,
        sign_in: Option<SignIn>,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let late = || Error::new(ErrorKind::Timeout, "there was no answer in time").during(operation);
        let begun = Instant::now();
        let (mut spent, waited) = match self.spent.try_lock() {
            Ok(spent) => (spent, None),
            Err(_) => {
                let spent = timeout(self.total, self.spent.lock()).await.map_err(|_| late().unsent())?;
                (spent, Some(begun.elapsed()))
            }
        };
        let is_it = |spent: &Spent| spent.operation == operation && spent.guess == *guess;
        let before = spent.iter().position(is_it);
        if let Some(before) = before.and_then(|place| spent.get(place))
            && (self.one_time || !before.may_leave_in(sign_in))
        {
            return Err(self.refused(operation, before));
        }
        let before = before.map(|place| spent.remove(place));
        let times = before.as_ref().map_or(0, |before| before.times) + 1;
        // Noted before it leaves: should the caller drop the call, nobody will know what came of it.
        spent.push(Spent { operation, guess: guess.clone(), kind: None, unjudged: false, sign_in, times });
        // The call has a deadline of its own, which says more; this one counts the wait as well.
        let outcome = match waited {
            None => call.await,
            Some(waited) => {
                timeout(self.total.saturating_sub(waited), call).await.unwrap_or_else(|_| Err(late()))
            }
        };
        let is_unsent = outcome.as_ref().is_err_and(Error::is_unsent);
        let unjudged = outcome.as_ref().is_err_and(Error::is_unjudged);
        match self.verdict(&outcome) {
            None => {
                spent.pop();
                // What is known of it from before stays known.
                spent.extend(before.filter(|_| is_unsent));
            }
            kind => {
                if let Some(last) = spent.last_mut() {
                    last.kind = kind;
                    last.unjudged = unjudged;
                }
            }
        }
        let is_reusable = unjudged && !self.one_time && times < MOST_UNJUDGED;
        outcome.map_err(|error| if is_reusable { error.reusable() } else { error })
    }

    fn refused(&self, operation: &'static str, before: &Spent) -> Error {
        let what = match before.kind {
            None => {
                "a call with this very value was given up before its answer came, so it may have been sent; it was not sent again"
            }
            Some(_) if self.one_time => {
                "this very value has been sent before and is good for one call, so it was not sent again"
            }
            Some(_) => "this very value has been sent before and did not get in, so it was not sent again",
        };
        let kind = before.kind.unwrap_or(ErrorKind::Timeout);
        Error::new(kind, what).during(operation).unsent().passing(false)
    }

    /// What is remembered of a guess; nothing if it may be sent again.
    fn verdict<T>(&self, outcome: &Result<T, Error>) -> Option<ErrorKind> {
        match outcome {
            Ok(_) => self.one_time.then_some(ErrorKind::SecondFactor),
            Err(error) => (!error.is_unsent()).then(|| error.kind()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, future::pending};

    use super::*;

    const TOTAL: Duration = Duration::from_secs(2);

    /// Spends a guess, in a sign-in of its own, on a call that ends so, and says whether the call was made.
    async fn is_sent(guesses: &Guesses, guess: &str, outcome: Result<(), Error>) -> bool {
        is_sent_in(guesses, Some(guesses.sign_in()), guess, outcome).await
    }

    async fn is_sent_in(
        guesses: &Guesses,
        sign_in: Option<SignIn>,
        guess: &str,
        outcome: Result<(), Error>,
    ) -> bool {
        let sent = Cell::new(false);
        let call = async {
            sent.set(true);
            outcome
        };
        let _ = guesses.spend("it", &Secret::from(guess), sign_in, call).await;
        sent.get()
    }

    fn failure(kind: ErrorKind) -> Result<(), Error> {
        Err(Error::new(kind, "made up"))
    }

    fn unjudged(kind: ErrorKind) -> Result<(), Error> {
        Err(Error::new(kind, "made up").unjudged(true))
    }

    #[tokio::test(start_paused = true)]
    async fn a_guess_whose_call_was_dropped_is_not_sent_again() {
        let guesses = Guesses::new(TOTAL);
        let guess = Secret::from("1");
        let call = guesses.spend("it", &guess, None, pending::<Result<(), Error>>());
        assert!(timeout(Duration::from_millis(1), call).await.is_err());
        assert!(!is_sent(&guesses, "1", Ok(())).await);
        assert!(is_sent(&guesses, "2", Ok(())).await);
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_was_not_looked_at_is_sent_again() {
        let guesses = Guesses::new(TOTAL);
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
            (Err(Error::new(ErrorKind::Unavailable, "made up").unsent()), true),
            (Ok(()), true),
        ];
        for (number, (outcome, again)) in cases.into_iter().enumerate() {
            assert!(is_sent(&guesses, &number.to_string(), outcome).await);
            assert_eq!(is_sent(&guesses, &number.to_string(), Ok(())).await, again, "{number}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_not_looked_at_leaves_once_more_and_in_a_later_sign_in_only() {
        let guesses = Guesses::new(TOTAL);
        let over = || failure(ErrorKind::SessionExpired);
        let first = Some(guesses.sign_in());
        assert!(is_sent_in(&guesses, first, "1", over()).await);
        assert!(!is_sent_in(&guesses, first, "1", Ok(())).await, "the same sign-in");
        assert!(is_sent(&guesses, "1", over()).await, "a later one");
        assert!(!is_sent(&guesses, "1", Ok(())).await, "and no further");
        // A call that was not made in between does not make it forgotten.
        assert!(is_sent(&guesses, "3", over()).await);
        assert!(is_sent(&guesses, "3", Err(Error::new(ErrorKind::Unavailable, "made up").unsent())).await);
        assert!(is_sent(&guesses, "3", over()).await);
        assert!(!is_sent(&guesses, "3", Ok(())).await);
        // What begins a sign-in cannot be given in one that is over.
        assert!(is_sent_in(&guesses, None, "2", failure(ErrorKind::LoginRequired)).await);
        assert!(!is_sent_in(&guesses, None, "2", Ok(())).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_guess_beside_something_else_that_was_refused_leaves_once_more() {
        let guesses = Guesses::new(TOTAL);
        let first = Some(guesses.sign_in());
        for (guess, sign_in) in [("1", first), ("2", None)] {
            let secret = Secret::from(guess);
            let refused = || async { unjudged(ErrorKind::Credentials) };
            let error = guesses.spend("it", &secret, sign_in, refused()).await.unwrap_err();
            assert!(error.is_guess_reusable() && error.to_string().contains("may be used again"), "{error}");
            let error = guesses.spend("it", &secret, sign_in, refused()).await.unwrap_err();
            assert!(!error.is_unsent() && !error.is_guess_reusable(), "{error}");
            assert!(!is_sent_in(&guesses, sign_in, guess, Ok(())).await, "and no further");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_one_time_guess_is_sent_once_though_nobody_looked_at_it() {
        let guesses = Guesses::one_time(TOTAL);
        let guess = Secret::from("1");
        let refused = async { unjudged(ErrorKind::Credentials) };
        let error = guesses.spend("it", &guess, None, refused).await.unwrap_err();
        assert!(!error.is_guess_reusable());
        assert!(!is_sent(&guesses, "1", Ok(())).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_one_time_guess_is_sent_once_even_if_it_gets_in() {
        let guesses = Guesses::one_time(TOTAL);
        for (guess, outcome) in [("1", Ok(())), ("2", failure(ErrorKind::SessionExpired))] {
            assert!(is_sent(&guesses, guess, outcome).await);
            assert!(!is_sent(&guesses, guess, Ok(())).await);
        }
        assert!(is_sent(&guesses, "3", Err(Error::new(ErrorKind::Unavailable, "made up").unsent())).await);
        assert!(is_sent(&guesses, "3", Ok(())).await);
    }

    #[tokio::test(start_paused = true)]
    async fn the_wait_for_another_guess_counts_towards_the_deadline() {
        let guesses = Guesses::new(TOTAL);
        let (one, two) = (Secret::from("1"), Secret::from("2"));
        let begun = Instant::now();
        let slow = guesses.spend("it", &one, None, async {
            tokio::time::sleep(TOTAL - Duration::from_millis(500)).await;
            Ok(())
        });
        let (first, second) =
            tokio::join!(slow, guesses.spend("it", &two, None, pending::<Result<(), Error>>()));
        assert!(first.is_ok());
        assert_eq!(second.unwrap_err().kind(), ErrorKind::Timeout);
        assert_eq!(begun.elapsed().as_secs(), TOTAL.as_secs());
    }
}
