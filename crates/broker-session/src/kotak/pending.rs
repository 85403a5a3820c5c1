//! After the password: the second factor is missing.

use broker_session_runtime::{ErrorKind, Secret};
use jiff::Zoned;
use kotak_session_api::types::{
    AccessCodeAnswer, Fault, Login, SecondFactorAccessCode, SecondFactorBiometric, SecondFactorMpin,
    SecondFactorOneTimeToken, Session as WireSession, SessionAnswer,
};
use progenitor_client::{Error as WireError, ResponseValue};

use super::{endpoint::Endpoint, session::Session, times};
use crate::{Error, guesses::SignIn, shared::Shared};

/// A sign-in that waits for its second factor.
///
/// A wrong code, pin or proof leaves it usable, until the account locks or the one-time token dies. A value
/// that has left and did not get in is not sent again by the same client.
pub struct Pending {
    endpoint: Endpoint,
    userid: String,
    /// Nothing once it is dead: it has been turned into a session, or the broker asks for a new login.
    one_time_token: Shared<Option<Secret>>,
    login: Login,
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
    /// What the broker says.
    pub message: Option<String>,
}

impl Pending {
    pub(super) fn new(endpoint: Endpoint, userid: String, mut login: Login) -> Self {
        let one_time_token = Shared::new(Some(std::mem::take(&mut login.one_time_token)));
        let secrets = &endpoint.settler.secrets;
        login.email_id = secrets.printable(login.email_id);
        login.phone_no = secrets.printable(login.phone_no);
        let sign_in = endpoint.shared.guesses.sign_in();
        Self { endpoint, userid, one_time_token, login, sign_in }
    }

    /// The base URL that the second factor will go to.
    pub fn base_url(&self) -> &str {
        self.endpoint.base_url()
    }

    /// The user id (client code).
    pub fn userid(&self) -> &str {
        &self.userid
    }

    /// Which second factors the user has set up.
    pub fn factors(&self) -> Factors {
        let set_up =
            |flag: &Option<String>| flag.as_deref().is_some_and(|flag| flag.eq_ignore_ascii_case("Y"));
        Factors { mpin: set_up(&self.login.mpin), biometric: set_up(&self.login.biometric) }
    }

    /// The e-mail address that access codes go to, masked by the broker.
    pub fn email(&self) -> Option<&str> {
        self.login.email_id.as_deref()
    }

    /// The phone number that access codes go to, masked by the broker.
    pub fn phone(&self) -> Option<&str> {
        self.login.phone_no.as_deref()
    }

    /// When the current access code was sent, in Indian time.
    pub fn access_code_time(&self) -> Option<Zoned> {
        self.login.access_code_time.as_deref().and_then(times::indian)
    }

    /// Asks the broker to send an access code by SMS and e-mail. It sends one a day.
    ///
    /// # Errors
    /// `LoginRequired` if the one-time token is dead, and what any call may meet.
    pub async fn request_access_code(&self) -> Result<AccessCodeSent, Error> {
        let operation = "session_2fa_accesscode_get";
        let token = self.token(operation)?;
        let result = self.endpoint.api.session_2fa_accesscode_get(&token, &self.userid).await;
        let sent = self.noted(self.endpoint.settler.open::<AccessCodeAnswer, _>(operation, result))?;
        if let Some(new) = sent.one_time_token.filter(|token| !token.is_empty()) {
            let new = self.endpoint.settler.secrets.token(operation, "one-time token", new)?;
            // One that was spent in the meantime stays spent.
            self.one_time_token.change(|current| {
                if current.as_ref() == Some(&token) {
                    *current = Some(new);
                }
            });
        }
        let secrets = &self.endpoint.settler.secrets;
        Ok(AccessCodeSent {
            email: secrets.printable(sent.email_id),
            phone: secrets.printable(sent.phone_no),
            at: sent.access_code_time.as_deref().and_then(times::indian),
            message: secrets.printable(sent.message),
        })
    }

    /// Signs in with the access code from the SMS or the e-mail.
    ///
    /// # Errors
    /// `SecondFactor` if the code is wrong or has expired, `Locked` if the account is locked,
    /// `LoginRequired` if the one-time token is dead, and what any call may meet.
    pub async fn access_code(&self, code: &Secret) -> Result<Session, Error> {
        let operation = "session_2fa_accesscode_post";
        let body = SecondFactorAccessCode { userid: self.userid.clone(), access_code: code.clone() };
        self.guess(operation, code, async |token| {
            self.endpoint.api.session_2fa_accesscode_post(&token, &body).await
        })
        .await
    }

    /// Signs in with the user's mobile pin. The body of this call is inferred.
    ///
    /// # Errors
    /// Those of [`Pending::access_code`].
    pub async fn mpin(&self, mpin: &Secret) -> Result<Session, Error> {
        let operation = "session_2fa_mpin";
        let body = SecondFactorMpin { userid: self.userid.clone(), mpin: mpin.clone() };
        self.guess(operation, mpin, async |token| self.endpoint.api.session_2fa_mpin(&token, &body).await)
            .await
    }

    /// Signs in with a biometric proof, which only the broker's own applications know how to make. The
    /// body of this call is inferred.
    ///
    /// # Errors
    /// Those of [`Pending::access_code`].
    pub async fn biometric(&self, proof: &Secret) -> Result<Session, Error> {
        let operation = "session_2fa_biometric";
        let body = SecondFactorBiometric { userid: self.userid.clone(), biometric: proof.clone() };
        self.guess(operation, proof, async |token| {
            self.endpoint.api.session_2fa_biometric(&token, &body).await
        })
        .await
    }

    /// Signs in with nothing but the one-time token of the login, which is spent by it.
    ///
    /// # Errors
    /// `LoginRequired` if the token is dead, and what any call may meet.
    pub async fn one_time_token(&self) -> Result<Session, Error> {
        let operation = "session_2fa_one_time_token";
        // Here the token is the guess. It is spent before it leaves, should the caller drop the call.
        let token = self.one_time_token.change(Option::take).ok_or_else(|| spent(operation))?;
        let body = SecondFactorOneTimeToken { userid: self.userid.clone() };
        let call = async {
            let result = self.endpoint.api.session_2fa_one_time_token(&token, &body).await;
            self.finish(operation, self.endpoint.settler.open::<SessionAnswer, _>(operation, result))
        };
        let outcome = self.endpoint.shared.guesses.spend(operation, &token, Some(self.sign_in), call).await;
        let is_left = |error: &Error| error.is_unsent() || error.is_unjudged();
        if outcome.as_ref().is_err_and(|error| is_left(error) && error.kind() != ErrorKind::LoginRequired) {
            self.one_time_token.set(Some(token));
        }
        outcome
    }

    /// Spends a guess with a call that has not been made yet.
    async fn guess(
        &self,
        operation: &'static str,
        guess: &Secret,
        call: impl AsyncFnOnce(Secret) -> Result<ResponseValue<SessionAnswer>, WireError<Fault>>,
    ) -> Result<Session, Error> {
        self.endpoint.settler.secrets.remember(guess);
        let call = async {
            // Another guess may have spent it while this one waited for its turn.
            let token = self.token(operation)?;
            self.finish(operation, self.endpoint.settler.open(operation, call(token).await))
        };
        self.endpoint.shared.guesses.spend(operation, guess, Some(self.sign_in), call).await
    }

    /// The one-time token, unless it is dead: then nothing is sent.
    fn token(&self, operation: &'static str) -> Result<Secret, Error> {
        self.one_time_token.get().ok_or_else(|| spent(operation))
    }

    /// Notes that the one-time token is dead when the broker says so.
    fn noted<T>(&self, outcome: Result<T, Error>) -> Result<T, Error> {
        if outcome
            .as_ref()
            .is_err_and(|error| error.kind() == ErrorKind::LoginRequired && error.status().is_some())
        {
            self.one_time_token.set(None);
        }
        outcome
    }

    fn finish(&self, operation: &'static str, outcome: Result<WireSession, Error>) -> Result<Session, Error> {
        let mut session = self.noted(outcome)?;
        self.one_time_token.set(None);
        let secrets = &self.endpoint.settler.secrets;
        session.session_token = secrets.token(operation, "session token", session.session_token)?;
        let other = session.api_token.as_ref().and_then(|token| token.session_id.as_ref());
        secrets.remember_all(other.into_iter().chain(&session.public_token));
        Ok(Session::new(self.endpoint.clone(), self.userid.clone(), session))
    }
}

/// There is nothing left to turn into a session.
fn spent(operation: &'static str) -> Error {
    let what = "the one-time token of this sign-in is spent, so nothing was sent";
    Error::new(ErrorKind::LoginRequired, what).during(operation).unsent()
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending")
            .field("base_url", &self.base_url())
            .field("userid", &self.userid)
            .field("factors", &self.factors())
            .finish_non_exhaustive()
    }
}
