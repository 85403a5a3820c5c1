//! Where the one-time password of a sign-in comes from, and that none leaves twice.

use std::time::Duration;

use broker_session::{Error, Secret, neo::Client};

use super::used_codes::UsedCodes;
use crate::{
    config::Config, failure::Failure, output::host_of, progress::Steps, secrets::Missing, setting, terminal,
};

/// The API's name for the call that takes a code.
const OPERATION: &str = "trade_api_login";

/// What a person is asked for.
const QUESTION: &str = "One-time password (TOTP)";

/// Where the code comes from.
#[derive(Debug)]
pub(super) enum Source {
    /// A person has read it from an authenticator, for this run.
    Typed(Secret),
    /// The program makes it, from the secret that the authenticator was set up with.
    Made(Secret),
}

impl Source {
    /// `NEO_TOTP` or `NEO_TOTP_SECRET`, else the secret of the profile, else a person at a terminal. What is missing is
    /// noted in `missing`.
    ///
    /// # Errors
    /// If a secret cannot be read.
    pub(super) async fn gather(config: &Config, missing: &mut Missing) -> Result<Self, Failure> {
        let code = config.places("NEO_TOTP", &None).look()?;
        let secret = config.places("NEO_TOTP_SECRET", &None).look()?;
        let environment =
            vec![("NEO_TOTP", code.map(Self::Typed)), ("NEO_TOTP_SECRET", secret.map(Self::Made))];
        if let Some(source) = setting::one_of([environment])? {
            return Ok(source);
        }
        let secret = config.places("NEO_TOTP_SECRET", &config.profile.neo.totp_secret_file).look()?;
        if let Some(secret) = secret {
            return Ok(Self::Made(secret));
        }
        if terminal::is_there() {
            return terminal::ask_secret(QUESTION).await.map(Self::Typed);
        }
        missing.add("NEO_TOTP or NEO_TOTP_SECRET (or one of them with _FILE)".to_owned());
        Ok(Self::Typed(Secret::default()))
    }

    /// Makes sure that a code can be had, before anything is sent.
    ///
    /// # Errors
    /// If the secret is none.
    pub(super) fn check(&self, client: &Client) -> Result<(), Failure> {
        match self {
            Self::Typed(code) => Ok(Client::read_code(code).map(drop)?),
            Self::Made(secret) => Ok(client.totp_from_secret(secret).map(drop)?),
        }
    }

    /// Gives the code, which is noted as used from then on. Where an earlier run has used the one of this moment, waits
    /// for the next.
    ///
    /// # Errors
    /// If there is no unused code in time or if it cannot be noted as used, before anything is sent; and what `give`
    /// fails with.
    pub(super) async fn spend<T>(
        &self,
        client: &Client,
        used: &UsedCodes,
        steps: &mut Steps,
        give: impl AsyncFnOnce(Secret) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let code = match self {
            Self::Typed(code) => typed(code, used)?,
            Self::Made(secret) => made(secret, client, used, steps).await?,
        };
        let mut is_unsent = false;
        let giving = async {
            let outcome = give(code.clone()).await;
            is_unsent = outcome.as_ref().is_err_and(Error::is_unsent);
            outcome
        };
        let what = format!("Giving the one-time password at {}", host_of(client.base_url()));
        let outcome = steps.run(&what, OPERATION, giving).await;
        if is_unsent {
            used.release(&code)?;
        }
        outcome
    }
}

/// Claims a code that a person has typed.
fn typed(code: &Secret, used: &UsedCodes) -> Result<Secret, Failure> {
    let code = Client::read_code(code)?;
    match used.claim(&code)? {
        true => Ok(code),
        false => Err(Failure::config(
            "this one-time password was given before, and the broker takes each only once. Nothing was sent. Give the one that the authenticator shows next.",
        )),
    }
}

/// Makes a code that no run has used, and claims it.
async fn made(
    secret: &Secret,
    client: &Client,
    used: &UsedCodes,
    steps: &mut Steps,
) -> Result<Secret, Failure> {
    let totp = client.totp_from_secret(secret)?;
    loop {
        // Nothing to wait for at first; if another run has used that code, the next one.
        let wait = totp.wait()?;
        let code = match wait.is_zero() {
            true => totp.code().await?,
            false if wait > steps.left() => return Err(too_late(wait, steps.left())),
            false => {
                let what = format!(
                    "Waiting {} s for the next one-time password, because this one was used already",
                    whole_seconds(wait)
                );
                steps.run(&what, OPERATION, totp.code()).await?
            }
        };
        if used.claim(&code)? {
            return Ok(code);
        }
    }
}

fn too_late(wait: Duration, left: Duration) -> Failure {
    Failure::config(format!(
        "the one-time password of this moment was used already, and the broker takes each only once. The next one comes in {} s, and the time is over in {:.1} s. Nothing was sent. Start again then, or give more time with --timeout.",
        whole_seconds(wait),
        left.as_secs_f64()
    ))
}

fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + 1
}
