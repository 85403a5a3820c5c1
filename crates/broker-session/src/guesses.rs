//! Guesses that have left and did not get in.
//!
//! A few wrong guesses lock an account, the same guess cannot become right, and of one whose answer was lost
//! nobody knows whether it was counted. So a guess that has left and did not succeed is remembered and not
//! sent again, whatever loop the caller runs. Only a new client, or a new sign-in for the second factor,
//! tries it once more: that is a decision, and not a loop.

use broker_session_runtime::{ErrorKind, Secret};
use tokio::sync::Mutex;

use crate::Error;

/// The spent guesses of one sign-in; also lets one guess be under way at a time.
#[derive(Debug, Default)]
pub(crate) struct Guesses(Mutex<Vec<Spent>>);

#[derive(Debug)]
struct Spent {
    operation: &'static str,
    guess: Secret,
    kind: ErrorKind,
}

impl Guesses {
    /// Makes the call that spends `guess`, unless that very guess has left before and did not succeed.
    pub(crate) async fn spend<T>(
        &self,
        operation: &'static str,
        guess: &Secret,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let mut spent = self.0.lock().await;
        if let Some(before) = spent.iter().find(|spent| spent.operation == operation && spent.guess == *guess)
        {
            let what = "this very value has been sent before and did not get in, so it was not sent again";
            return Err(Error::new(before.kind, what).during(operation).unsent().passing(false));
        }
        let outcome = call.await;
        if let Err(error) = &outcome
            && !error.is_unsent()
        {
            spent.push(Spent { operation, guess: guess.clone(), kind: error.kind() });
        }
        outcome
    }
}
