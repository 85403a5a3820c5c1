//! The one-time password of a sign-in: where it comes from, and the wait for one that no run has sent.
//!
//! The broker takes each code once (RFC 6238, section 5.2), and counts a second time as a wrong guess. The session store
//! knows which were sent.

use std::time::Duration;

use broker_session::{
    Error, ErrorKind, Lease, Secret,
    neo::{Client, Totp, ViewSession},
};

use crate::{
    config::Config,
    failure::Failure,
    login::{give_back, give_back_typed},
    output::host_of,
    progress::Steps,
    secrets::{Prompter, SecretSource},
    settings::one_of,
    terminal,
};

const CODE: &str = "NEO_TOTP";
const SECRET: &str = "NEO_TOTP_SECRET";

/// What a person is asked for.
const QUESTION: &str = "One-time password (TOTP)";

/// Where the one-time password of a sign-in comes from.
#[derive(Debug)]
pub(super) enum OneTimePassword {
    /// A person has read it from an authenticator, for this run.
    Typed(Secret),
    /// The program makes it, from the secret that the authenticator was set up with.
    Made(Secret),
}

impl OneTimePassword {
    /// `NEO_TOTP` or `NEO_TOTP_SECRET`, else the secret of the profile, else a person at a terminal. Without any it is
    /// noted as missing.
    pub(super) async fn gather(config: &Config, prompter: &mut Prompter) -> Result<Self, Failure> {
        if let Some(given) = Self::given(config).await? {
            return Ok(given);
        }
        if let Some(stand_in) = code(config).stand_in {
            return Ok(Self::Typed(stand_in.into()));
        }
        if terminal::is_there() {
            return terminal::ask_secret(QUESTION).await.map(Self::Typed);
        }
        prompter
            .add_missing("NEO_TOTP or NEO_TOTP_SECRET (or one of them with _FILE or _COMMAND)".to_owned());
        Ok(Self::Typed(Secret::default()))
    }

    /// The one that needs no person.
    ///
    /// # Errors
    /// If both are set in the environment, or if the one that counts cannot be read.
    pub(super) async fn given(config: &Config) -> Result<Option<Self>, Failure> {
        let (code, secret) = (code(config), config.secret(SECRET));
        if Self::is_code_set(config)? {
            return Ok(code.read().await?.map(Self::Typed));
        }
        Ok(secret.read().await?.map(Self::Made))
    }

    /// Whether the environment gives a code. Nothing is read.
    ///
    /// # Errors
    /// If it gives the secret, too.
    pub(super) fn is_code_set(config: &Config) -> Result<bool, Failure> {
        let set =
            |variable, is_code| (variable, config.secret(variable).is_in_environment().then_some(is_code));
        Ok(one_of([vec![set(CODE, true), set(SECRET, false)]])?.unwrap_or(false))
    }

    /// Makes sure that a code can be had, before anything is sent.
    pub(super) fn check(&self, client: &Client) -> Result<(), Failure> {
        match self {
            Self::Typed(code) => Ok(Client::read_code(code).map(drop)?),
            Self::Made(secret) => Ok(client.totp_from_secret(secret).map(drop)?),
        }
    }

    /// The secret that other runs have, too.
    pub(super) fn secret(&self) -> Option<&Secret> {
        match self {
            Self::Typed(_) => None,
            Self::Made(secret) => Some(secret),
        }
    }

    /// Ends a sign-in in which the code was refused, or not sent.
    pub(super) async fn give_back(&self, lease: Lease, failure: &Failure) {
        match self {
            Self::Typed(_) => give_back_typed(lease, failure).await,
            Self::Made(_) => give_back(lease, failure).await,
        }
    }

    /// Sends the code, with a client that lets the store know of it. If an earlier run has used the current one, waits for
    /// the next.
    ///
    /// # Errors
    /// If there is no unused code in time, or if it cannot be noted as used, before anything is sent; and those of
    /// [`Client::login_totp`].
    pub(super) async fn send(
        &self,
        client: &Client,
        lease: &Lease,
        steps: &mut Steps,
    ) -> Result<ViewSession, Failure> {
        let what = format!("Giving the one-time password at {}", host_of(client.base_url()));
        match self {
            Self::Typed(code) => match steps.run(&what, client.login_totp(code)).await {
                Err(failure) if was_used(&failure) => Err(Failure::config(
                    "this one-time password was given before, and the broker takes each only once. Nothing was sent. Give the one that the authenticator shows next.",
                )),
                outcome => outcome,
            },
            Self::Made(secret) => {
                let totp = client.totp_from_secret(secret)?;
                if lease.may_have_lost_guesses().await? {
                    totp.skip_current();
                }
                loop {
                    let code = next(&totp, steps).await?;
                    match steps.run(&what, client.login_totp(&code)).await {
                        Err(failure) if was_used(&failure) => {}
                        outcome => return outcome,
                    }
                }
            }
        }
    }
}

/// Where a code may be. It has no keys in a profile, because it is good for once.
fn code(config: &Config) -> SecretSource {
    let source = config.secret(CODE);
    SecretSource { stand_in: source.stand_in.map(|_| "000000"), ..source }
}

/// Whether a code was not sent because another run has sent it.
fn was_used(failure: &Failure) -> bool {
    failure.is(ErrorKind::SecondFactor) && failure.error().is_some_and(Error::is_unsent)
}

/// The code of this moment, or the next one if this run knows that it was used.
async fn next(totp: &Totp, steps: &mut Steps) -> Result<Secret, Failure> {
    // Zero at first.
    let wait = totp.time_until_next_code().await?;
    if wait > steps.left() {
        return Err(too_late(wait, steps.left()));
    }
    if wait.is_zero() {
        return Ok(totp.next_code().await?);
    }
    let what = format!(
        "Waiting {} s for the next one-time password, because this one was used already, or may have been",
        whole_seconds(wait)
    );
    steps.run(&what, totp.next_code()).await
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
