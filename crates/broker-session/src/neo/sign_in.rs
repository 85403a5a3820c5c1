//! A sign-in without a person: the program makes the one-time password itself.

use std::sync::Arc;

use broker_session_runtime::{ErrorKind, Secret};
use jiff::Timestamp;
use neo_session_api::operations;

use super::{Totp, client::Client};
use crate::{
    Error, SavedSession, Session, SharedSession,
    builder::sealed::Broker,
    provider::{Provide, Settings, SharedProvider, Unattended, sealed},
    session::Call,
    shared_session::Lease,
    variables::Variables,
};

/// How many one-time passwords are tried that another program has used already.
const MAX_CODES: usize = 3;

/// What to do where a sign-in needs a person.
const OBSTACLE: &str = "a person must sign in, because this program has no secret of an authenticator (NEO_TOTP_SECRET); run `broker-session login neo` with the same store";

/// Everything that a sign-in takes, for a [`SessionProvider`](crate::SessionProvider).
///
/// Without the secret of an authenticator only a person can sign in; the provider then waits for the session in the store.
#[derive(Clone, Debug)]
pub struct SignIn {
    client: Client,
    totp_secret: Option<Secret>,
    totp: Option<Arc<Totp>>,
    mpin: Option<Secret>,
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl SignIn {
    /// Signs in with this client.
    pub fn new(client: Client) -> Self {
        Self { client, totp_secret: None, totp: None, mpin: None }
    }

    /// Sets the secret that the authenticator was set up with: base32, or the `otpauth://` URI.
    pub fn totp_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.totp_secret = Some(secret.into());
        self
    }

    /// Sets what makes the one-time passwords, in place of [`SignIn::totp_secret`].
    pub fn totp(mut self, totp: Totp) -> Self {
        self.totp = Some(Arc::new(totp));
        self
    }

    /// Sets the MPIN.
    pub fn mpin(mut self, mpin: impl Into<Secret>) -> Self {
        self.mpin = Some(mpin.into());
        self
    }

    /// The sign-in that the environment variables describe: those of [`Client::from_env`], `NEO_TOTP_SECRET` and `NEO_MPIN`.
    ///
    /// # Errors
    /// `Config` if one of them is missing or cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        let variables = Variables::of_process();
        let sign_in = Self::new(Client::from_env()?);
        Ok(Self {
            totp_secret: variables.secret("NEO_TOTP_SECRET")?,
            mpin: variables.secret("NEO_MPIN")?,
            ..sign_in
        })
    }
}

impl sealed::SignIn for SignIn {
    fn start(mut self, settings: Settings) -> Result<Arc<dyn Provide>, Error> {
        if let (None, Some(secret)) = (&self.totp, &self.totp_secret) {
            self.totp = Some(Arc::new(self.client.totp_from_secret(secret)?));
        }
        if self.totp.is_some() {
            let mpin = self.mpin.as_ref();
            Client::check_mpin(mpin.ok_or_else(|| Error::config("the MPIN (NEO_MPIN) is missing"))?)?;
        }
        Ok(SharedProvider::start(super::Neo::NAME, self, settings))
    }
}

impl Unattended for SignIn {
    fn shared_session(&self, settings: &Settings) -> SharedSession {
        let guesses: Vec<&Secret> = [&self.totp_secret, &self.mpin].into_iter().flatten().collect();
        self.client.shared_session(settings.store.clone(), &guesses)
    }

    fn obstacle(&self) -> Option<String> {
        self.totp.is_none().then(|| OBSTACLE.to_owned())
    }

    fn sign_in<'a>(&'a self, lease: &'a Lease) -> Call<'a, Session> {
        Box::pin(async {
            let (Some(totp), Some(mpin)) = (&self.totp, &self.mpin) else {
                return Err(Error::config(OBSTACLE));
            };
            // A code is spent only for an MPIN that may follow.
            lease.check_guess(operations::TRADE_API_VALIDATE, mpin).await?;
            let client = self.client.with_lease(lease);
            if lease.may_have_lost_guesses().await? {
                totp.skip_current();
            }
            let mut outcome = client.login_totp(&totp.next_code().await?).await;
            for _ in 1..MAX_CODES {
                // Another program has sent this code: the next one is another.
                let was_used = |error: &Error| error.is_unsent() && error.kind() == ErrorKind::SecondFactor;
                if !outcome.as_ref().is_err_and(was_used) {
                    break;
                }
                outcome = client.login_totp(&totp.next_code().await?).await;
            }
            let session = outcome?.validate(mpin).await?;
            Ok(session.without_profile())
        })
    }

    fn resume(&self, saved: SavedSession) -> Call<'_, Session> {
        Box::pin(async { Ok(self.client.resume(saved)?.without_profile()) })
    }

    fn renews_at(&self, saved: &SavedSession) -> Option<Timestamp> {
        // Every session ends with the day, so that one that is made earlier ends no later.
        saved.expires_at().map(|end| end.timestamp())
    }
}
