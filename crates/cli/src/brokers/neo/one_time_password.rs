//! The one-time password of a sign-in: where it comes from, and that none is sent twice, not even by another run.
//!
//! The broker takes each code once (RFC 6238, section 5.2), and counts a second time as a wrong guess. So a code that is
//! about to be sent is noted in a file beside the session store, as a digest. A code is good for a minute or two only,
//! and its digest is forgotten after a day.

use std::time::Duration;

use broker_session::{Error, Secret, neo::Client};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    config::Config,
    failure::Failure,
    output::host_of,
    private_file::{FileKind, PrivateFile},
    progress::Steps,
    secrets::Prompter,
    settings::one_of,
    store::Store,
    terminal,
};

/// The file of used codes, beside the session store.
const USED_CODES_FILE: &str = "used-codes.json";

const USED_CODES: FileKind =
    FileKind { name: "list of used codes", version: 1, if_seen: "it holds no live secret." };

/// For how long a code is remembered. One in a million codes comes again in this time by chance.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

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
        if let Some(given) = Self::given(config)? {
            return Ok(given);
        }
        if terminal::is_there() {
            return terminal::ask_secret(QUESTION).await.map(Self::Typed);
        }
        prompter.add_missing("NEO_TOTP or NEO_TOTP_SECRET (or one of them with _FILE)".to_owned());
        Ok(Self::Typed(Secret::default()))
    }

    /// The one that needs no person.
    ///
    /// # Errors
    /// If both variables are set, or if one of the secrets cannot be read.
    pub(super) fn given(config: &Config) -> Result<Option<Self>, Failure> {
        let code = config.secret("NEO_TOTP", &None).read()?;
        let secret = config.secret("NEO_TOTP_SECRET", &None).read()?;
        let environment =
            vec![("NEO_TOTP", code.map(Self::Typed)), ("NEO_TOTP_SECRET", secret.map(Self::Made))];
        if let Some(source) = one_of([environment])? {
            return Ok(Some(source));
        }
        let secret = config.secret("NEO_TOTP_SECRET", &config.profile.neo.totp_secret_file).read()?;
        Ok(secret.map(Self::Made))
    }

    /// Makes sure that a code can be had, before anything is sent.
    pub(super) fn check(&self, client: &Client) -> Result<(), Failure> {
        match self {
            Self::Typed(code) => Ok(Client::read_code(code).map(drop)?),
            Self::Made(secret) => Ok(client.totp_from_secret(secret).map(drop)?),
        }
    }

    /// Sends the code, which is noted as used from then on. If an earlier run has used the current one, waits for the
    /// next.
    ///
    /// # Errors
    /// If there is no unused code in time, or if it cannot be noted as used, before anything is sent; and if `send` fails.
    pub(super) async fn send<T>(
        &self,
        client: &Client,
        used: &UsedCodes,
        steps: &mut Steps,
        send: impl AsyncFnOnce(Secret) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let code = match self {
            Self::Typed(code) => typed(code, used)?,
            Self::Made(secret) => made(secret, client, used, steps).await?,
        };
        let mut is_unsent = false;
        let sending = async {
            let outcome = send(code.clone()).await;
            is_unsent = outcome.as_ref().is_err_and(Error::is_unsent);
            outcome
        };
        let what = format!("Giving the one-time password at {}", host_of(client.base_url()));
        let outcome = steps.run(&what, sending).await;
        if is_unsent {
            used.release(&code)?;
        }
        outcome
    }
}

/// Claims a code that a person has typed.
fn typed(code: &Secret, used: &UsedCodes) -> Result<Secret, Failure> {
    let code = Client::read_code(code)?;
    if used.claim(&code)? {
        return Ok(code);
    }
    Err(Failure::config(
        "this one-time password was given before, and the broker takes each only once. Nothing was sent. Give the one that the authenticator shows next.",
    ))
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
        // Zero at first. If another run has used the current code, the time until the next one.
        let wait = totp.time_until_next_code().await?;
        if wait > steps.left() {
            return Err(too_late(wait, steps.left()));
        }
        let code = if wait.is_zero() {
            totp.next_code().await?
        } else {
            let what = format!(
                "Waiting {} s for the next one-time password, because this one was used already",
                whole_seconds(wait)
            );
            steps.run(&what, totp.next_code()).await?
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

/// A code that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct UsedCode {
    /// SHA-256 of the client code and the code, in hexadecimal.
    digest: String,
    at: Timestamp,
}

#[derive(Default, Serialize, Deserialize)]
struct Content {
    codes: Vec<UsedCode>,
}

/// The used codes of one user.
#[derive(Debug)]
pub(super) struct UsedCodes {
    file: PrivateFile,
    ucc: String,
}

impl UsedCodes {
    /// The used codes of a user, in the file beside the session store.
    ///
    /// # Errors
    /// If the file cannot be read or written. Then no code may be sent.
    pub(super) fn open(store: &Store, ucc: &str) -> Result<Self, Failure> {
        let file = store.beside(USED_CODES_FILE, USED_CODES)?;
        file.check::<Content>()?;
        Ok(Self { file, ucc: ucc.to_owned() })
    }

    /// Notes that a code is about to be sent. Returns false if it was noted before.
    pub(super) fn claim(&self, code: &Secret) -> Result<bool, Failure> {
        let (digest, now) = (self.digest(code), Timestamp::now());
        let mut is_new = false;
        self.file.change(|content: &mut Content| {
            content.codes.retain(|used| now.duration_since(used.at) < REMEMBERED);
            is_new = !content.codes.iter().any(|used| used.digest == digest);
            if is_new {
                content.codes.push(UsedCode { digest, at: now });
            }
        })?;
        Ok(is_new)
    }

    /// Takes back a claim, because the code has provably not left.
    pub(super) fn release(&self, code: &Secret) -> Result<(), Failure> {
        let digest = self.digest(code);
        self.file.change(|content: &mut Content| content.codes.retain(|used| used.digest != digest))
    }

    fn digest(&self, code: &Secret) -> String {
        hex::encode(Sha256::digest(format!("{}\n{}", self.ucc, code.expose())))
    }
}
