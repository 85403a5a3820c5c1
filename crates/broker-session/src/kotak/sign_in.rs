//! A sign-in without a person: with the password, and a second factor that is known beforehand.

use std::sync::Arc;

use broker_session_runtime::Secret;
use jiff::{SignedDuration, Timestamp};
use kotak_session_api::operations;

use super::{client::Client, oauth::Grant};
use crate::{
    Error, SavedSession, Session, SharedSession,
    builder::sealed::Broker,
    provider::{Provide, Settings, SharedProvider, Unattended, sealed},
    session::Call,
    shared_session::Lease,
    variables::Variables,
};

/// How long before its end a session is replaced. It lives for a day from its sign-in.
const RENEWAL_MARGIN: SignedDuration = SignedDuration::from_mins(10);

/// What to do where a sign-in needs a person.
const OBSTACLE: &str = "a person must sign in, because this program has not both the password (KOTAK_PASSWORD) and a second factor (KOTAK_ACCESS_CODE, KOTAK_MPIN or KOTAK_BIOMETRIC); run `broker-session login kotak` with the same store";

/// Everything that a sign-in takes, for a [`SessionProvider`](crate::SessionProvider).
///
/// A client without an access token gets one for its consumer secret, for each session.
///
/// Without the password and a second factor only a person can sign in; the provider then waits for the session in the store.
#[derive(Clone, Debug)]
pub struct SignIn {
    client: Client,
    password: Option<Secret>,
    factor: Option<Factor>,
}

/// A second factor and its secret.
#[derive(Clone, Debug)]
enum Factor {
    AccessCode(Secret),
    Mpin(Secret),
    Biometric(Secret),
    OneTimeToken,
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl SignIn {
    /// Signs in with this client.
    pub fn new(client: Client) -> Self {
        Self { client, password: None, factor: None }
    }

    /// Sets the password.
    pub fn password(mut self, password: impl Into<Secret>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// Takes the access code of the day for the second factor. Of the factors the last one that is set counts.
    pub fn access_code(mut self, code: impl Into<Secret>) -> Self {
        self.factor = Some(Factor::AccessCode(code.into()));
        self
    }

    /// Takes the mobile PIN for the second factor.
    pub fn mpin(mut self, mpin: impl Into<Secret>) -> Self {
        self.factor = Some(Factor::Mpin(mpin.into()));
        self
    }

    /// Takes a biometric proof for the second factor.
    pub fn biometric(mut self, proof: impl Into<Secret>) -> Self {
        self.factor = Some(Factor::Biometric(proof.into()));
        self
    }

    /// Takes nothing but the one-time token of the login for the second factor.
    pub fn one_time_token(mut self) -> Self {
        self.factor = Some(Factor::OneTimeToken);
        self
    }

    /// The sign-in that the environment variables describe: those of [`Client::from_env`], `KOTAK_PASSWORD`, and one of
    /// `KOTAK_ACCESS_CODE`, `KOTAK_MPIN` and `KOTAK_BIOMETRIC`.
    ///
    /// # Errors
    /// `Config` if one of them is missing or cannot be used, or if there are several second factors.
    pub fn from_env() -> Result<Self, Error> {
        let variables = Variables::of_process();
        let sign_in =
            Self { password: variables.secret("KOTAK_PASSWORD")?, ..Self::new(Client::from_env()?) };
        let factors = [
            variables.secret("KOTAK_ACCESS_CODE")?.map(Factor::AccessCode),
            variables.secret("KOTAK_MPIN")?.map(Factor::Mpin),
            variables.secret("KOTAK_BIOMETRIC")?.map(Factor::Biometric),
        ];
        let mut factors = factors.into_iter().flatten();
        let factor = factors.next();
        if factors.next().is_some() {
            return Err(Error::config(
                "there are several second factors; set one of KOTAK_ACCESS_CODE, KOTAK_MPIN and KOTAK_BIOMETRIC",
            ));
        }
        Ok(Self { factor, ..sign_in })
    }
}

impl SignIn {
    /// The client with an access token: its own, or a new one for the consumer secret. Such a token may live shorter than a
    /// session, so none is kept.
    async fn client(&self) -> Result<Client, Error> {
        if self.client.0.credentials.has_any_access_token() {
            return Ok(self.client.clone());
        }
        let token = self.client.request_token(Grant::ClientCredentials).await?;
        Ok(self.client.with_access_token(token.access_token))
    }
}

impl Factor {
    /// The operation that takes it.
    fn operation(&self) -> Option<&'static str> {
        match self {
            Self::AccessCode(_) => Some(operations::SESSION_2FA_ACCESSCODE_POST),
            Self::Mpin(_) => Some(operations::SESSION_2FA_MPIN),
            Self::Biometric(_) => Some(operations::SESSION_2FA_BIOMETRIC),
            Self::OneTimeToken => None,
        }
    }

    fn secret(&self) -> Option<&Secret> {
        match self {
            Self::AccessCode(secret) | Self::Mpin(secret) | Self::Biometric(secret) => Some(secret),
            Self::OneTimeToken => None,
        }
    }
}

impl sealed::SignIn for SignIn {
    fn start(self, settings: Settings) -> Result<Arc<dyn Provide>, Error> {
        Ok(SharedProvider::start(super::Kotak::NAME, self, settings))
    }
}

impl Unattended for SignIn {
    fn shared_session(&self, settings: &Settings) -> SharedSession {
        let factor = self.factor.as_ref().and_then(Factor::secret);
        let guesses: Vec<&Secret> = self.password.iter().chain(factor).collect();
        self.client.shared_session(settings.store.clone(), &guesses)
    }

    fn obstacle(&self) -> Option<String> {
        (self.password.is_none() || self.factor.is_none()).then(|| OBSTACLE.to_owned())
    }

    fn sign_in<'a>(&'a self, lease: &'a Lease) -> Call<'a, Session> {
        Box::pin(async {
            let (Some(password), Some(factor)) = (&self.password, &self.factor) else {
                return Err(Error::config(OBSTACLE));
            };
            if let (Some(operation), Some(secret)) = (factor.operation(), factor.secret()) {
                lease.check_guess(operation, secret).await?;
            }
            let pending = self.client().await?.with_lease(lease).login(password).await?;
            let session = match factor {
                Factor::AccessCode(code) => pending.submit_access_code(code).await?,
                Factor::Mpin(mpin) => pending.submit_mpin(mpin).await?,
                Factor::Biometric(proof) => pending.submit_biometric(proof).await?,
                Factor::OneTimeToken => pending.redeem_one_time_token().await?,
            };
            Ok(session.without_profile())
        })
    }

    fn resume(&self, saved: SavedSession) -> Call<'_, Session> {
        Box::pin(async { Ok(self.client().await?.resume(saved)?.without_profile()) })
    }

    fn renews_at(&self, saved: &SavedSession) -> Option<Timestamp> {
        let end = saved.expires_at()?.timestamp();
        Some(end.checked_sub(RENEWAL_MARGIN).unwrap_or(end))
    }
}
