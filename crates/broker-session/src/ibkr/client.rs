//! The broker's calls, and what their responses mean.

use std::{fmt, sync::Arc, time::Duration};

use broker_session_runtime::{ErrorKind, Secret};
use ibkr_session_api::{API, operations, types::SsodhInitRequest};
use jiff::Timestamp;
use tokio::time::{Instant, timeout};

use super::{
    SsoProfile, Tickle,
    authorization::Authorization,
    builder::Ibkr,
    openings::Outcome,
    shared_state::{SharedState, shared_address},
    status::{AuthStatus, MAY_BE_ELSEWHERE, is_about_compete},
};
use crate::{
    ClientBuilder, Error,
    api_call::{ApiCall, api_call},
    builder::sealed::Broker,
    core::Core,
    locked::Locked,
    shared_session::SharedSession,
    store::Store,
};

/// How long a call after a logout may take, its turn within the rate limits included.
const CHECK_TIMEOUT: Duration = Duration::from_secs(3);

/// A client for a gateway, or for the hosted Web API. Cheap to clone; clones share the broker's rate limits.
///
/// The limits (10 requests a second, one tickle a second, one validation a minute) are kept by waiting. After a
/// 429 nothing is sent for the 15 minutes of the penalty; calls fail with `RateLimited` at once and report how long
/// it lasts.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    core: Arc<Core>,
    api: ibkr_session_api::Client,
    login_url: Option<String>,
    /// What the last validation of the single sign-on has reported.
    profile: Locked<SsoProfile>,
    /// What the last tickle has reported, and when.
    session: Locked<Option<(Instant, Secret)>>,
    shared: Arc<SharedState>,
    /// How the client signs in by itself, if it does.
    authorization: Option<Arc<Authorization>>,
}

/// What to do about a session that the same user has elsewhere, on the phone or the desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compete {
    /// Leave it alone; the opening is refused then (`compete: false`).
    Yield,
    /// Throw it out (`compete: true`).
    TakeOver,
}

/// What is left of the single sign-on after a logout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SingleSignOn {
    /// It is alive: the brokerage session can be opened again without a person.
    Alive,
    /// It is over: a person must sign in before anything else works.
    Over,
    /// No response tells which of the two it is.
    Unknown,
}

impl SingleSignOn {
    /// The name in snake_case, as the program's JSON output writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alive => "alive",
            Self::Over => "over",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl Client {
    /// Starts building a client.
    pub fn builder() -> ClientBuilder<Ibkr> {
        ClientBuilder::new()
    }

    /// The client that the environment variables describe, where they are set: `IBKR_BASE_URL`, `IBKR_FINGERPRINT` or
    /// `IBKR_CERTIFICATE` (a PEM file), `IBKR_LOGIN_URL`, `IBKR_COOKIE`, `IBKR_AUTHORIZATION`; for OAuth 1.0a
    /// `IBKR_OAUTH_CONSUMER_KEY`, `IBKR_OAUTH_ACCESS_TOKEN`, `IBKR_OAUTH_ACCESS_TOKEN_SECRET`, `IBKR_OAUTH_SIGNATURE_KEY`,
    /// `IBKR_OAUTH_ENCRYPTION_KEY`, `IBKR_OAUTH_DH_PARAMETERS` and `IBKR_OAUTH_REALM`; for OAuth 2.0
    /// `IBKR_OAUTH2_CLIENT_ID`, `IBKR_OAUTH2_KEY_ID`, `IBKR_OAUTH2_PRIVATE_KEY`, `IBKR_OAUTH2_CREDENTIAL` and
    /// `IBKR_OAUTH2_IP`; and those of [`ClientBuilder::from_env`].
    ///
    /// # Errors
    /// `Config` if one of them cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().from_env().build()
    }

    pub(super) fn new(
        core: Core,
        login_url: Option<String>,
        shared: Arc<SharedState>,
        authorization: Option<Arc<Authorization>>,
    ) -> Self {
        if let (Some(authorization), Some(store)) = (&authorization, shared.store()) {
            authorization.share(shared_session_of(&core, authorization, store.clone()));
        }
        Self::with_own_token(core, login_url, shared, authorization)
    }

    /// A client whose token is not shared.
    fn with_own_token(
        core: Core,
        login_url: Option<String>,
        shared: Arc<SharedState>,
        authorization: Option<Arc<Authorization>>,
    ) -> Self {
        if let Some(authorization) = &authorization {
            authorization.connect(&core);
        }
        let (http, transport) = (core.http.clone(), core.transport.clone());
        let api = ibkr_session_api::Client::new_with_client(core.base_url(), http, transport);
        let (core, profile, session) = (Arc::new(core), Locked::default(), Locked::default());
        Self(Arc::new(Inner { core, api, login_url, profile, session, shared, authorization }))
    }

    /// The same client, which signs requests so.
    pub(super) fn with_authorization(&self, authorization: Arc<Authorization>) -> Self {
        Self::new(self.core_signed_by(&authorization), None, self.0.shared.clone(), Some(authorization))
    }

    fn core_signed_by(&self, authorization: &Arc<Authorization>) -> Core {
        let core = &self.0.core;
        core.with_access_token(core.transport.with_signer(authorization.clone()))
    }

    pub(super) fn core(&self) -> &Arc<Core> {
        &self.0.core
    }

    pub(super) fn authorization(&self) -> Option<&Arc<Authorization>> {
        self.0.authorization.as_ref()
    }

    pub(super) fn shared(&self) -> &Arc<SharedState> {
        &self.0.shared
    }

    /// What the last validation of the single sign-on has reported; empty before.
    pub(super) fn profile(&self) -> SsoProfile {
        self.0.profile.get()
    }

    /// The session at this gateway in a store, for all programs that use the store; at the hosted Web API that of the user.
    pub fn shared_session(&self, store: Arc<dyn Store>) -> SharedSession {
        match self.authorization() {
            Some(authorization) => shared_session_of(self.core(), authorization, store),
            None => SharedSession::new(store, Ibkr::NAME, self.0.shared.address(), &Secret::default(), &[]),
        }
    }

    /// Shares through this store from now on, with all clones, unless the client was built with one.
    /// The same client with a token of its own, which it neither takes from the store nor puts there: for the holder of a
    /// [`Lease`](crate::Lease), who stores the session, and for a look at an account that is signed out.
    pub fn unshared(&self) -> Self {
        match self.authorization().and_then(|authorization| authorization.grant().for_exchange()) {
            Some(grant) => {
                let authorization = Authorization::new(grant);
                let core = self.core_signed_by(&authorization);
                Self::with_own_token(core, None, self.0.shared.clone(), Some(authorization))
            }
            None => self.clone(),
        }
    }

    pub(super) fn share_through(&self, store: Arc<dyn Store>) {
        self.shared().share_through(store);
        if let (Some(authorization), Some(store)) = (self.authorization(), self.shared().store()) {
            authorization.share(shared_session_of(self.core(), authorization, store.clone()));
        }
    }

    /// Lets the session begin again that was signed out: somebody has asked for it.
    pub(super) async fn allow_revival(&self) {
        if let Some(authorization) = self.authorization() {
            authorization.allow_revival();
        }
        self.shared().update(|record, _| record.closed = None).await;
    }

    /// The base URL, without a slash at its end.
    pub fn base_url(&self) -> &str {
        self.0.core.base_url()
    }

    /// The page that a person must open in a browser to sign in; none where the caller authorises its requests
    /// itself.
    pub fn login_url(&self) -> Option<&str> {
        self.0.login_url.as_deref()
    }

    /// Asks for the state of the brokerage session (`POST /iserver/auth/status`).
    ///
    /// # Errors
    /// `LoginRequired` with the page to open if the single sign-on seems to be over (a redirect to the login
    /// page, or a 401 without a message of the broker); `SessionExpired` if the broker reports that there is no session;
    /// and what any call may meet.
    pub async fn auth_status(&self) -> Result<AuthStatus, Error> {
        let api = &self.0.api;
        let call = api_call!(api.iserver_auth_status_post());
        let operation = call.operation;
        let response = self.call(call).await?;
        AuthStatus::new(self.0.core.clean(response)).ok_or_else(|| says_nothing(operation))
    }

    /// Opens the brokerage session (`POST /iserver/auth/ssodh/init`), and returns its state. It may still take
    /// a while until it can be used: see [`Client::wait_until_ready`].
    ///
    /// Call it only on a session that is not authenticated: it may tear a live one down. And not often: a gateway on
    /// which it was called once a minute for hours refused fresh logins. A [`Supervisor`](super::Supervisor) keeps the
    /// distance; this call is made at once, and only recorded for the supervisors.
    ///
    /// # Errors
    /// `Refused` with the broker's reason, which takes a second call to find out, if the session is not opened;
    /// and those of [`Client::auth_status`].
    pub async fn open_session(&self, compete: Compete) -> Result<AuthStatus, Error> {
        if let Some(authorization) = self.authorization() {
            authorization.allow_revival();
        }
        let opened = self.send_opening(compete).await;
        let outcome = outcome(&opened);
        let record = self.shared().update(|record, now| {
            record.closed = None;
            record.openings.opened(compete, outcome, now);
        });
        record.await;
        match opened {
            Ok(Some(status)) => Ok(status),
            Ok(None) => self.auth_status().await,
            Err(error) if is_already_set(&error) && error.status() == Some(200) => self.auth_status().await,
            Err(error) => Err(error),
        }
    }

    /// Calls `/iserver/auth/ssodh/init`. None if the response does not contain the state of the session.
    pub(super) async fn send_opening(&self, compete: Compete) -> Result<Option<AuthStatus>, Error> {
        let api = &self.0.api;
        let body = SsodhInitRequest { publish: true, compete: compete == Compete::TakeOver };
        let call = api_call!(api.iserver_auth_ssodh_init_post(&body));
        let operation = call.operation;
        let response = self.0.core.clean(self.call(call).await?);
        let fail = AuthStatus::fail_of(&response).map(str::to_owned);
        let (passed, message) = (response.passed, response.message.clone());
        let status = AuthStatus::new(response);
        let is_authenticated = status.as_ref().is_some_and(AuthStatus::is_authenticated);
        let is_competing = status.as_ref().is_some_and(AuthStatus::is_competing);
        // `competing` is often not set in a refusal, whatever its reason.
        let is_refused = passed == Some(false) || fail.is_some() || (is_competing && passed.is_none());
        let refused = |description: &str, message: Option<&str>| {
            let message = message.and_then(|message| self.0.core.message(message));
            let error = Error::in_success(ErrorKind::Refused, description);
            Err(error.during(operation).with_message(message))
        };
        let not_opened = "the broker does not open the brokerage session";
        if !is_authenticated && message.as_deref().is_some_and(is_about_already_set) {
            return refused(not_opened, message.as_deref());
        }
        if is_authenticated || !is_refused {
            return Ok(status);
        }
        let reason = match fail {
            Some(fail) => Some(fail),
            None => self.auth_status().await.ok().and_then(|status| status.fail().map(str::to_owned)),
        };
        if reason.as_deref().is_none_or(is_about_compete) {
            return refused(&format!("{not_opened}; {MAY_BE_ELSEWHERE}"), reason.as_deref());
        }
        refused(not_opened, reason.as_deref())
    }

    /// Triggers a new brokerage session (`POST /iserver/reauthenticate`), which takes some ten seconds. The
    /// broker has replaced it by [`Client::open_session`]. Returns the state of the session if the response contains it.
    ///
    /// # Errors
    /// Those of [`Client::auth_status`].
    pub async fn reauthenticate(&self) -> Result<Option<AuthStatus>, Error> {
        let api = &self.0.api;
        let call = api_call!(api.iserver_reauthenticate_post(None));
        let operation = call.operation;
        let response = self.call(call).await?;
        let (passed, has_message) = (response.passed, response.message.is_some());
        let status = AuthStatus::new(self.0.core.clean(response));
        match (passed, &status) {
            (Some(false), _) => {
                let what = "the gateway does not open the brokerage session";
                Err(Error::in_success(ErrorKind::Refused, what).during(operation))
            }
            (None, None) if !has_message => Err(says_nothing(operation)),
            _ => Ok(status),
        }
    }

    /// Asks whether the single sign-on is alive, and for its user (`GET /sso/validate`). At most once a minute.
    ///
    /// # Errors
    /// `LoginRequired` with the page to open if it is over, in whatever form the broker reports it; and what any
    /// call may meet.
    pub async fn validate_sso(&self) -> Result<SsoProfile, Error> {
        let outcome = self.send_validation().await;
        let is_over = |error: &Error| error.kind() == ErrorKind::LoginRequired;
        if outcome.as_ref().map_or_else(is_over, |_| true) {
            let is_alive = outcome.is_ok();
            let since = outcome.as_ref().ok().and_then(login_time);
            self.shared().update(|record, now| record.validated(is_alive, since, now)).await;
        }
        outcome
    }

    async fn send_validation(&self) -> Result<SsoProfile, Error> {
        let api = &self.0.api;
        let call = api_call!(api.sso_validate_get());
        let operation = call.operation;
        let response = self.call(call).await.map_err(|error| match error.kind() {
            // The call is about nothing but the single sign-on, so that is what is over. (With another status it
            // may be the brokerage session that the broker means.)
            ErrorKind::SessionExpired if matches!(error.status(), Some(200 | 401)) => {
                self.explained(error.of_kind(ErrorKind::LoginRequired))
            }
            _ => error,
        })?;
        match response.result {
            Some(true) => {}
            Some(false) => {
                let error = Error::in_success(ErrorKind::LoginRequired, "the single sign-on is over");
                return Err(self.explained(error.during(operation)));
            }
            None => return Err(says_nothing(operation)),
        }
        let core = &self.0.core;
        core.secrets.add_all(response.token.iter().map(|token| &**token));
        let profile = core.clean(response);
        self.0.profile.set(profile.clone());
        Ok(profile)
    }

    /// Whether the single sign-on was alive so recently that it must not be asked for again; none if it was not
    /// asked for.
    pub(super) async fn recent_validation(&self) -> Option<bool> {
        self.shared().update(|record, now| record.sign_on.recent(now, validation_period())).await
    }

    /// Keeps the session from timing out (`POST /tickle`), and returns its state: [`AuthStatus::in_tickle`]. About once
    /// a minute.
    ///
    /// # Errors
    /// Those of [`Client::auth_status`].
    pub async fn tickle(&self) -> Result<Tickle, Error> {
        Ok(self.0.core.clean(self.send_tickle().await?))
    }

    async fn send_tickle(&self) -> Result<Tickle, Error> {
        let api = &self.0.api;
        let response = self.call(api_call!(api.tickle_post())).await?;
        self.0.core.secrets.add_all(response.session.iter().map(|session| &**session));
        let session = response.session.as_ref().map(|session| (Instant::now(), (**session).clone()));
        self.0.session.set(session);
        Ok(response)
    }

    /// The id of the session, which a tickle reports.
    pub(super) async fn tickle_session(&self) -> Result<Option<Secret>, Error> {
        Ok(self.send_tickle().await?.session.map(|session| (*session).clone()))
    }

    /// The id of the session that the last tickle has reported, and when.
    pub(super) fn reported_session(&self) -> &Locked<Option<(Instant, Secret)>> {
        &self.0.session
    }

    /// Ends the brokerage session (`POST /logout`). Supervisors that run leave it closed then, until a new one is started,
    /// [`Client::open_session`] is called, or a person signs in. The single sign-on ends with it at some gateways, and
    /// lives on at others: [`Client::single_sign_on`] finds out which.
    ///
    /// With OAuth and a store nobody who has used the session gets another token by itself then: calls fail with
    /// `SessionExpired` until [`Client::login`] or [`Client::renew_authorization`]. The registration of the keys stays.
    ///
    /// # Errors
    /// `SessionExpired` or `LoginRequired` if it was over before; `Refused` if the broker denies that it was ended, or if
    /// the gateway asks for a login although the session is alive, so that nothing was ended; `Protocol` if the broker
    /// does not confirm it; `Store` if it was ended, and the store does not know; and what any call may meet.
    pub async fn logout(&self) -> Result<(), Error> {
        let outcome = self.send_logout().await;
        if let Err(error) = &outcome {
            if !is_about_session(error) {
                return outcome;
            }
            // With a message of the broker it may be the brokerage session that was over before; without one, both.
            let is_alive = match error.broker_message() {
                Some(_) => {
                    let status = timeout(CHECK_TIMEOUT, self.auth_status()).await;
                    matches!(status, Ok(Ok(status)) if status.is_authenticated())
                }
                None => self.single_sign_on().await == SingleSignOn::Alive,
            };
            if is_alive {
                let what =
                    "the gateway does not sign out: it reports that there is no session, and there is one";
                return outcome.map_err(|error| error.of_kind(ErrorKind::Refused).described_as(what));
            }
        }
        self.0.session.set(None);
        // Also if it was over before, no program is to open it again.
        self.shared().update(|record, now| record.signed_out(now)).await;
        if let Some(authorization) = self.authorization() {
            authorization.sign_out().await?;
        }
        outcome
    }

    async fn send_logout(&self) -> Result<(), Error> {
        let api = &self.0.api;
        let call = api_call!(api.logout_post());
        let operation = call.operation;
        let response = self.call(call).await?;
        let flags = [response.status, response.confirmed];
        let (kind, what) = if flags.contains(&Some(false)) {
            (ErrorKind::Refused, "the broker reports that the session was not ended")
        } else if !flags.contains(&Some(true)) {
            (ErrorKind::Protocol, "the response does not confirm that the session was ended")
        } else {
            return Ok(());
        };
        Err(Error::in_success(kind, what).during(operation))
    }

    /// Finds out what is left of the single sign-on, right after a logout. It does not wait: where `/sso/validate` may
    /// not be called now (once a minute), the status of the brokerage session decides.
    pub async fn single_sign_on(&self) -> SingleSignOn {
        if self.login_url().is_none() {
            return SingleSignOn::Unknown;
        }
        match timeout(CHECK_TIMEOUT, self.validate_sso()).await {
            Ok(Ok(_)) => return SingleSignOn::Alive,
            Ok(Err(error)) if error.kind() == ErrorKind::LoginRequired => return SingleSignOn::Over,
            Ok(Err(_)) | Err(_) => {}
        }
        match timeout(CHECK_TIMEOUT, self.auth_status()).await {
            Ok(Ok(status)) if status.is_connected() => SingleSignOn::Alive,
            Ok(Err(error)) if error.kind() == ErrorKind::LoginRequired => SingleSignOn::Over,
            _ => SingleSignOn::Unknown,
        }
    }

    /// Makes a call of the broker's.
    async fn call<T>(&self, call: ApiCall<impl AsyncFnOnce() -> Result<T, Error>>) -> Result<T, Error> {
        let response = async { (call.send)().await.map_err(|error| self.explained(error)) };
        self.within_limits(call.operation, response).await
    }

    /// Sends a request within the limits that all programs at the gateway share.
    pub(super) async fn within_limits<T>(
        &self,
        operation: &'static str,
        request: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        self.shared().before_call(&self.0.core.transport, operation).await;
        let outcome = request.await;
        if let Err(error) = &outcome {
            self.record_penalty(error).await;
        }
        outcome
    }

    /// Lets all programs at the gateway keep a penalty, if there is a new one.
    pub(super) async fn record_penalty(&self, error: &Error) {
        if let Some(wait) = penalty(error) {
            self.shared().update(move |record, now| record.block_for(wait, now)).await;
        }
    }

    /// The error with the page to open, where it is a person who must do something. Where there is no such page, it is
    /// the caller's own authorisation that is not accepted, or the session that the server has lost.
    pub(super) fn explained(&self, error: Error) -> Error {
        if self.has_oauth() {
            // The token is accepted, or has just been replaced. So it is the brokerage session that is over, or the host
            // that has lost it.
            let is_over = error.kind() == ErrorKind::LoginRequired || is_no_bridge(&error);
            return match error.status() {
                Some(410) => {
                    error.of_kind(ErrorKind::Unavailable).described_as("the host has lost the session")
                }
                _ if is_over => error.of_kind(ErrorKind::SessionExpired),
                _ => error,
            };
        }
        if self.login_url().is_some() || error.kind() != ErrorKind::LoginRequired {
            return error.with_login_url(self.login_url());
        }
        match error.status() {
            Some(200 | 401) => {
                error.of_kind(ErrorKind::Credentials).described_as("the authorisation was refused")
            }
            _ => error.of_kind(ErrorKind::SessionExpired),
        }
    }
}

/// The session of a user at the hosted Web API.
fn shared_session_of(core: &Core, authorization: &Authorization, store: Arc<dyn Store>) -> SharedSession {
    let name = shared_address(&core.base, Some(&authorization.user()));
    SharedSession::new(store, Ibkr::NAME, &name, &Secret::default(), &[])
}

/// When the person signed in.
pub(super) fn login_time(profile: &SsoProfile) -> Option<Timestamp> {
    Timestamp::from_millisecond(profile.auth_time?).ok()
}

/// The result of an opening, for the record.
pub(super) fn outcome<T>(opened: &Result<T, Error>) -> Outcome {
    match opened {
        Ok(_) => Outcome::Accepted,
        Err(error) if error.is_unsent() => Outcome::Unsent,
        // With another status it is not the gateway that has refused the opening.
        Err(error) if is_refusal(error) => Outcome::Refused,
        Err(_) => Outcome::Failed,
    }
}

/// Whether the gateway has understood the call and does not open the session.
pub(super) fn is_refusal(error: &Error) -> bool {
    error.kind() == ErrorKind::Refused && error.status() == Some(200)
}

/// Whether an opening has failed because the gateway has one already that it does not use (observed).
pub(super) fn is_already_set(error: &Error) -> bool {
    error.broker_message().is_some_and(is_about_already_set)
}

fn is_about_already_set(message: &str) -> bool {
    message.to_ascii_lowercase().contains("already set")
}

/// Whether the gateway has no link to the back end. Without a gateway, that is so until a session is opened.
pub(super) fn is_no_bridge(error: &Error) -> bool {
    error.status() == Some(400) && error.broker_message().is_some_and(|message| message.contains("no bridge"))
}

/// Whether an error means that the brokerage session or the single sign-on is over.
pub(super) fn is_about_session(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::SessionExpired | ErrorKind::LoginRequired)
}

/// From one `/sso/validate` to the next, as the spec has it.
pub(super) fn validation_period() -> Duration {
    let limit = API.operation(operations::SSO_VALIDATE_GET).and_then(|operation| operation.rate_limit);
    limit.map(|limit| limit.per).unwrap_or_default()
}

/// How long the broker blocks everybody from now on; none if it does not.
fn penalty(error: &Error) -> Option<Duration> {
    let is_new = error.kind() == ErrorKind::RateLimited && error.status() == Some(429) && !error.is_unsent();
    error.retry_after().or(API.penalty).filter(|_| is_new)
}

/// JSON that has none of the fields that matter, like `{}`: nothing must be concluded from it.
fn says_nothing(operation: &'static str) -> Error {
    let what = "the response has none of the fields that contain the state of the session";
    Error::in_success(ErrorKind::Protocol, what).during(operation)
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .field("login_url", &self.login_url())
            .finish_non_exhaustive()
    }
}
