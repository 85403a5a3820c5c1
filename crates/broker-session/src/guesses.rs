//! Guesses that the broker has refused.
//!
//! A few wrong guesses lock an account, and the same guess cannot become right. A refused one is remembered
//! and not sent again, whatever loop the caller runs.

use broker_session_runtime::{Api, ErrorKind, Secret};
use tokio::sync::Mutex;

use crate::Error;

/// The refused guesses of one sign-in; also lets one guess be under way at a time.
#[derive(Debug, Default)]
pub(crate) struct Guesses(Mutex<Vec<(&'static str, Secret)>>);

impl Guesses {
    /// Makes the call that spends `guess`, unless the broker has refused that very guess before. `refusal`
    /// is the kind that means a wrong guess, unless the broker's code says that something else was wrong.
    pub(crate) async fn spend<T>(
        &self,
        api: &Api,
        operation: &'static str,
        guess: &Secret,
        refusal: ErrorKind,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let mut refused = self.0.lock().await;
        if refused.iter().any(|(known, wrong)| *known == operation && wrong == guess) {
            let what = "the broker has refused this very value before, so it was not sent again";
            return Err(Error::new(refusal, what).during(operation).unsent());
        }
        let outcome = call.await;
        let is_known = |code: &str| api.error_codes.iter().any(|known| known.code == code);
        let is_refusal = |error: &Error| {
            error.kind() == refusal && error.status().is_some() && !error.broker_code().is_some_and(is_known)
        };
        if outcome.as_ref().is_err_and(is_refusal) {
            refused.push((operation, guess.clone()));
        }
        outcome
    }
}
