//! A code or a pin that only counts a few times: a person may correct a wrong one, a script may not.

use broker_session::{Error, ErrorKind, Secret};

use crate::{context::Context, failure::Failure, progress::Steps, terminal};

/// After this many refusals the program stops by itself: brokers lock an account after three.
const MOST_REFUSALS: usize = 2;

/// A guess, and the call that takes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guess<'a> {
    /// What is done, for people.
    pub(crate) what: &'a str,
    /// The API's name for the call.
    pub(crate) operation: &'a str,
    /// What a person is asked for.
    pub(crate) question: &'a str,
}

impl Guess<'_> {
    /// Gives the secret. A person at a terminal is asked for another one if it is wrong.
    ///
    /// # Errors
    /// What the last call failed with.
    pub(crate) async fn give<T>(
        self,
        mut secret: Secret,
        steps: &mut Steps,
        context: &Context,
        give: impl AsyncFn(&Secret) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let mut refusals = 0;
        let mut sent = None;
        loop {
            let (mut is_wrong, mut was_sent) = (false, false);
            let giving = async {
                let outcome = give(&secret).await;
                if let Err(error) = &outcome {
                    is_wrong = error.kind() == ErrorKind::SecondFactor || error.kind() == ErrorKind::Config;
                    // What has not left, because it has before or cannot be right, costs nothing.
                    was_sent = !error.is_unsent();
                    refusals += usize::from(is_wrong && was_sent);
                }
                outcome
            };
            let failure = match steps.run(self.what, self.operation, giving).await {
                Ok(value) => return Ok(value),
                Err(failure) if !is_wrong || !terminal::is_there() => return Err(failure),
                Err(failure) => failure,
            };
            if refusals >= MOST_REFUSALS {
                return Err(failure.with_note(
                    "This was the second refusal; the program stops here, before the broker locks the account.",
                ));
            }
            context.output.note(&failure.to_string());
            // What was sent counts, not what was mistyped afterwards.
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
