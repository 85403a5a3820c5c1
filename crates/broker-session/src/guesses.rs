//! Guesses that have left.
//!
//! A few wrong guesses lock an account, the same guess cannot become right, and of one whose answer was lost
//! nobody knows whether it was counted. So a guess that has left and did not get in is remembered and not sent
//! again by the same client, whatever loop the caller runs. Only a new client tries it once more: that is a
//! decision, and not a loop.

use std::time::Duration;

use broker_session_runtime::{ErrorKind, Secret};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use crate::Error;

/// The guesses that a client has spent; also lets one be under way at a time.
#[derive(Debug)]
pub(crate) struct Guesses {
    spent: Mutex<Vec<Spent>>,
    /// For how long a call may take, the wait for another one included.
    total: Duration,
    /// Whether a guess is good for one call even if it gets in.
    one_time: bool,
}

#[derive(Debug)]
struct Spent {
    operation: &'static str,
    guess: Secret,
    /// What came of it; `Timeout` while nobody knows.
    kind: ErrorKind,
}

impl Guesses {
    /// None yet. A call takes at most this time, the wait for another one included.
    pub(crate) fn new(total: Duration) -> Self {
        Self { spent: Mutex::default(), total, one_time: false }
    }

    /// Guesses that are good for one call even if they get in, like one-time passwords (RFC 6238, section 5.2).
    pub(crate) fn one_time(total: Duration) -> Self {
        Self { one_time: true, ..Self::new(total) }
    }

    /// None yet, for a client that is otherwise like the one of these.
    pub(crate) fn anew(&self) -> Self {
        Self { spent: Mutex::default(), ..*self }
    }

    /// Makes the call that spends `guess`, unless that very guess has left before and did not get in. What comes of the
    /// call must be known when it ends: a guess whose answer cannot be used is spent, too.
    pub(crate) async fn spend<T>(
        &self,
        operation: &'static str,
        guess: &Secret,
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
        if let Some(before) = spent.iter().find(|spent| is_it(spent)) {
            let what = match self.one_time {
                true => {
                    "this very value has been sent before and is good for one call, so it was not sent again"
                }
                false => "this very value has been sent before and did not get in, so it was not sent again",
            };
            return Err(Error::new(before.kind, what).during(operation).unsent().passing(false));
        }
        // Noted before it leaves: should the caller drop the call, nobody will know what came of it.
        spent.push(Spent { operation, guess: guess.clone(), kind: ErrorKind::Timeout });
        // The call has a deadline of its own, which says more; this one counts the wait as well.
        let outcome = match waited {
            None => call.await,
            Some(waited) => {
                timeout(self.total.saturating_sub(waited), call).await.unwrap_or_else(|_| Err(late()))
            }
        };
        match self.verdict(&outcome) {
            None => drop(spent.pop()),
            Some(kind) => {
                if let Some(last) = spent.last_mut() {
                    last.kind = kind;
                }
            }
        }
        outcome
    }

    /// What is remembered of a guess; nothing if it may be sent again.
    fn verdict<T>(&self, outcome: &Result<T, Error>) -> Option<ErrorKind> {
        match outcome {
            Ok(_) => self.one_time.then_some(ErrorKind::SecondFactor),
            Err(error) if error.is_unsent() => None,
            Err(error) => match error.kind() {
                // The sign-in was over, so the broker did not look at the guess.
                ErrorKind::SessionExpired | ErrorKind::LoginRequired if !self.one_time => None,
                kind => Some(kind),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, future::pending};

    use super::*;

    const TOTAL: Duration = Duration::from_secs(2);

    /// Spends a guess on a call that ends so, and says whether the call was made.
    async fn is_sent(guesses: &Guesses, guess: &str, outcome: Result<(), Error>) -> bool {
        let sent = Cell::new(false);
        let call = async {
            sent.set(true);
            outcome
        };
        let _ = guesses.spend("it", &Secret::from(guess), call).await;
        sent.get()
    }

    fn failure(kind: ErrorKind) -> Result<(), Error> {
        Err(Error::new(kind, "made up"))
    }

    #[tokio::test(start_paused = true)]
    async fn a_guess_whose_call_was_dropped_is_not_sent_again() {
        let guesses = Guesses::new(TOTAL);
        let guess = Secret::from("1");
        let call = guesses.spend("it", &guess, pending::<Result<(), Error>>());
        assert!(timeout(Duration::from_millis(1), call).await.is_err());
        assert!(!is_sent(&guesses, "1", Ok(())).await);
        assert!(is_sent(&guesses, "2", Ok(())).await);
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_was_not_looked_at_is_sent_again() {
        let guesses = Guesses::new(TOTAL);
        let cases = [
            (failure(ErrorKind::SecondFactor), false),
            (failure(ErrorKind::Unavailable), false),
            (failure(ErrorKind::Protocol), false),
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
        let slow = guesses.spend("it", &one, async {
            tokio::time::sleep(TOTAL - Duration::from_millis(500)).await;
            Ok(())
        });
        let (first, second) = tokio::join!(slow, guesses.spend("it", &two, pending::<Result<(), Error>>()));
        assert!(first.is_ok());
        assert_eq!(second.unwrap_err().kind(), ErrorKind::Timeout);
        assert_eq!(begun.elapsed().as_secs(), TOTAL.as_secs());
    }
}
