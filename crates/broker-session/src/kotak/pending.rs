//! After the password: the second factor is missing.

use broker_session_runtime::{ErrorKind, Secret, SerializableSecret, Verdict};
use jiff::Zoned;
use kotak_session_api::{
    operations,
    types::{
        AccessCode, Login, SecondFactorAccessCode, SecondFactorBiometric, SecondFactorMpin,
        SecondFactorOneTimeToken,
    },
};
use url::Url;

use super::{
    Profile, Session,
    client::{Client, api},
    times,
};
use crate::{
    Error,
    api_call::{ApiCall, api_call},
    attempts::SignIn,
    hosts::without_slash,
    locked::Locked,
};

/// A sign-in that waits for its second factor.
///
/// A wrong code, PIN or proof leaves it usable, until the account locks or the one-time token dies. A value
/// that was sent and not accepted is not sent again by the same client.
pub struct Pending {
    client: Client,
    base: Url,
    user: String,
    /// None once it is dead: it has been turned into a session, or the broker asks for a new login.
    one_time_token: Locked<Option<SerializableSecret>>,
    factors: Factors,
    email: Option<String>,
    phone: Option<String>,
    access_code_time: Option<Zoned>,
    sign_in: SignIn,
}

/// Which second factors the user has set up. The access code and the one-time token need no setting up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Factors {
    /// Whether the user has an mpin.
    pub mpin: bool,
    /// Whether the user has set up biometrics.
    pub biometric: bool,
}

/// Where and when an access code was sent.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AccessCodeSent {
    /// The e-mail address, masked by the broker.
    pub email: Option<String>,
    /// The phone number, masked by the broker.
    pub phone: Option<String>,
    /// When, in Indian time.
    pub at: Option<Zoned>,
    /// The broker's message.
    pub message: Option<String>,
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl Pending {
    pub(super) fn new(
        client: Client,
        base: Url,
        user: String,
        one_time_token: SerializableSecret,
        login: Login,
    ) -> Self {
        let core = &client.0.core;
        let is_set_up =
            |flag: &Option<String>| flag.as_deref().is_some_and(|flag| flag.eq_ignore_ascii_case("Y"));
        Self {
            user,
            one_time_token: Locked::new(Some(one_time_token)),
            factors: Factors { mpin: is_set_up(&login.mpin), biometric: is_set_up(&login.biometric) },
            email: core.printable(login.email_id),
            phone: core.printable(login.phone_no),
            access_code_time: login.access_code_time.as_deref().and_then(times::indian),
            sign_in: core.attempts.sign_in(),
            client,
            base,
        }
    }

    /// The base URL that the second factor will go to.
    pub fn base_url(&self) -> &str {
        without_slash(&self.base)
    }

    /// The user id (client code).
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Which second factors the user has set up.
    pub fn factors(&self) -> Factors {
        self.factors
    }

    /// The e-mail address that access codes go to, masked by the broker.
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// The phone number that access codes go to, masked by the broker.
    pub fn phone(&self) -> Option<&str> {
        self.phone.as_deref()
    }

    /// When the current access code was sent, in Indian time.
    pub fn access_code_time(&self) -> Option<Zoned> {
        self.access_code_time.clone()
    }

    /// Asks the broker to send an access code by SMS and e-mail. It sends one a day.
    ///
    /// # Errors
    /// `LoginRequired` if the one-time token is dead, and what any call may meet.
    pub async fn request_access_code(&self) -> Result<AccessCodeSent, Error> {
        let core = &self.client.0.core;
        let (api, token) = (self.api(), self.one_time_token.get());
        let call = api_call!(api.session_2fa_accesscode_get(token.as_ref().ok_or_else(spent)?, &self.user));
        let read = |response: Result<AccessCode, Error>| {
            let sent = self.noted(response)?;
            if let Some(new) = sent.one_time_token.filter(|token| !token.is_empty()) {
                let new = core.token("one-time token", new)?;
                // One that was spent in the meantime stays spent.
                self.one_time_token.change(|current| {
                    if *current == token {
                        *current = Some(new);
                    }
                });
            }
            Ok(AccessCodeSent {
                email: core.printable(sent.email_id),
                phone: core.printable(sent.phone_no),
                at: sent.access_code_time.as_deref().and_then(times::indian),
                message: core.printable(sent.message),
            })
        };
        call.read(read).await
    }

    /// Signs in with the access code from the SMS or the e-mail.
    ///
    /// # Errors
    /// `SecondFactor` if the code is wrong or has expired, `Locked` if the account is locked,
    /// `LoginRequired` if the one-time token is dead, and what any call may meet.
    pub async fn submit_access_code(&self, code: &Secret) -> Result<Session, Error> {
        let body = SecondFactorAccessCode { userid: self.user.clone(), access_code: code.into() };
        let api = self.api();
        self.submit(api_call!(api.session_2fa_accesscode_post(&self.token()?, &body)), code).await
    }

    /// Signs in with the user's mobile PIN. The body of this call is inferred.
    ///
    /// # Errors
    /// Those of [`Pending::submit_access_code`].
    pub async fn submit_mpin(&self, mpin: &Secret) -> Result<Session, Error> {
        let body = SecondFactorMpin { userid: self.user.clone(), mpin: mpin.into() };
        let api = self.api();
        self.submit(api_call!(api.session_2fa_mpin(&self.token()?, &body)), mpin).await
    }

    /// Signs in with a biometric proof, which only the broker's own applications know how to make. The
    /// body of this call is inferred.
    ///
    /// # Errors
    /// Those of [`Pending::submit_access_code`].
    pub async fn submit_biometric(&self, proof: &Secret) -> Result<Session, Error> {
        let body = SecondFactorBiometric { userid: self.user.clone(), biometric: proof.into() };
        let api = self.api();
        self.submit(api_call!(api.session_2fa_biometric(&self.token()?, &body)), proof).await
    }

    /// Signs in with nothing but the one-time token of the login, which is spent by it.
    ///
    /// # Errors
    /// `LoginRequired` if the token is dead, and what any call may meet.
    pub async fn redeem_one_time_token(&self) -> Result<Session, Error> {
        // Here the token is the guess. It is spent before it leaves, should the caller drop the call.
        let Some(token) = self.one_time_token.change(Option::take) else {
            return Err(spent().during(operations::SESSION_2FA_ONE_TIME_TOKEN));
        };
        let (api, body) = (self.api(), SecondFactorOneTimeToken { userid: self.user.clone() });
        let outcome = self.send(api_call!(api.session_2fa_one_time_token(&token, &body)), &token).await;
        let is_left = |error: &Error| {
            let is_unspent = error.is_unsent() || error.verdict() == Verdict::NotJudged;
            is_unspent && error.kind() != ErrorKind::LoginRequired
        };
        if outcome.as_ref().is_err_and(is_left) {
            self.one_time_token.set(Some(token));
        }
        outcome
    }

    /// Gives a second factor. The call asks for the one-time token when it is made: another attempt may have spent it while
    /// this one waited for its turn.
    async fn submit(
        &self,
        call: ApiCall<impl AsyncFnOnce() -> Result<Profile, Error>>,
        guess: &Secret,
    ) -> Result<Session, Error> {
        self.client.0.core.secrets.add(guess);
        self.send(call, guess).await
    }

    async fn send(
        &self,
        call: ApiCall<impl AsyncFnOnce() -> Result<Profile, Error>>,
        guess: &Secret,
    ) -> Result<Session, Error> {
        let attempts = &self.client.0.core.attempts;
        attempts.send(call, guess, Some(self.sign_in), |response| self.begin_session(response)).await
    }

    fn api(&self) -> kotak_session_api::Client {
        api(&self.client.0.core, &self.base)
    }

    /// The one-time token, unless it is dead: then nothing is sent.
    fn token(&self) -> Result<SerializableSecret, Error> {
        self.one_time_token.get().ok_or_else(spent)
    }

    /// Notes that the one-time token is dead when the broker reports it.
    fn noted<T>(&self, outcome: Result<T, Error>) -> Result<T, Error> {
        let is_dead = |error: &Error| error.kind() == ErrorKind::LoginRequired && error.status().is_some();
        if outcome.as_ref().is_err_and(is_dead) {
            self.one_time_token.set(None);
        }
        outcome
    }

    fn begin_session(&self, response: Result<Profile, Error>) -> Result<Session, Error> {
        let session = self.noted(response)?;
        self.one_time_token.set(None);
        self.client.begin_session(self.base.clone(), &self.user, session)
    }
}

/// There is nothing left to turn into a session.
fn spent() -> Error {
    let what = "the one-time token of this sign-in is spent, so nothing was sent";
    Error::new(ErrorKind::LoginRequired, what).unsent()
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending")
            .field("base_url", &self.base_url())
            .field("user", &self.user)
            .field("factors", &self.factors())
            .finish_non_exhaustive()
    }
}
