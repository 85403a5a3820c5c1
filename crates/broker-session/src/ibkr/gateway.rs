//! The broker's calls, and what their answers mean.

use std::{sync::Arc, time::Duration};

use broker_session_runtime::{AllowedHosts, ErrorKind, Secret, Transport, Words};
use ibkr_session_api::{API, types::SsodhInitRequest};
use jiff::Timestamp;
use progenitor_client::{Error as WireError, ResponseValue};
use reqwest::RequestBuilder;
use serde::Serialize;
use tokio::time::timeout;
use url::Url;

use super::{
    answers::Texts,
    auth_status::{AuthStatus, MAY_BE_ELSEWHERE, is_about_compete},
    builder::GatewayBuilder,
    look::is_about_the_session,
    notes::{Notes, Outcome},
    sign_on::SignOn,
    tickle::Tickle,
};
use crate::{
    Error,
    authorize::authorize,
    secrets::Secrets,
    settle::{Answer, Settler},
    shared::Shared,
};

/// How long somebody who has signed out waits for what is left.
const NO_WAIT: Duration = Duration::from_secs(3);

/// A gateway, or the hosted Web API. Cheap to clone; clones keep the broker's rate limits together.
///
/// The limits (10 requests a second, one tickle a second, one validation a minute) are kept by waiting. After a
/// 429 nothing is sent for the 15 minutes of the penalty; calls fail with `RateLimited` at once and say how long
/// it lasts.
#[derive(Clone)]
pub struct Gateway(Arc<Inner>);

struct Inner {
    base: Url,
    login_url: Option<String>,
    network: Network,
    api: ibkr_session_api::Client,
    /// What answers have brought.
    secrets: Secrets,
    /// Whose single sign-on it is, as far as it is known.
    signed_in: Shared<SignedIn>,
    /// What programs at the same gateway know together.
    notes: Arc<Notes>,
}

/// How the gateway is reached.
pub(super) struct Network {
    pub(super) hosts: AllowedHosts,
    pub(super) http: reqwest::Client,
    pub(super) transport: Transport,
}

/// Whose single sign-on it is, and since when.
#[derive(Clone, Debug, Default)]
struct SignedIn {
    user: Option<String>,
    at: Option<Timestamp>,
}

/// What to do about a session that the same user has elsewhere, on the phone or the desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compete {
    /// Leave it alone; the opening is refused then (`compete: false`).
    Yield,
    /// Throw it out (`compete: true`).
    TakeOver,
}

impl Gateway {
    /// Starts building a gateway.
    pub fn builder() -> GatewayBuilder {
        GatewayBuilder::default()
    }

    pub(super) fn new(base: Url, login_url: Option<String>, network: Network, notes: Arc<Notes>) -> Self {
        let url = base.as_str().trim_end_matches('/');
        let Network { http, transport, .. } = &network;
        let api = ibkr_session_api::Client::new_with_client(url, http.clone(), transport.clone());
        let (secrets, signed_in) = (Secrets::default(), Shared::default());
        Self(Arc::new(Inner { base, login_url, network, api, secrets, signed_in, notes }))
    }

    /// What programs at the same gateway know together.
    pub(super) fn notes(&self) -> &Arc<Notes> {
        &self.0.notes
    }

    /// The base URL, without a slash at its end.
    pub fn base_url(&self) -> &str {
        self.0.base.as_str().trim_end_matches('/')
    }

    /// The page that a person must open in a browser to sign in; none where the caller authorises its requests
    /// itself.
    pub fn login_url(&self) -> Option<&str> {
        self.0.login_url.as_deref()
    }

    /// An HTTP client for the program's own requests, with the same connection settings, the trusted
    /// certificate among them. It follows no redirects.
    pub fn http(&self) -> &reqwest::Client {
        &self.0.network.http
    }

    /// Puts on a request of the program what every call carries: the headers that were given to the builder and what the
    /// signer adds, all marked as sensitive; and for a gateway the `Origin` and `Referer` of its own page and the cookies
    /// that it has set.
    ///
    /// Such requests count towards the broker's limit of 10 a second, and nothing here holds them back.
    ///
    /// # Errors
    /// `HostNotAllowed` if the request goes to another host; `Config` if it cannot be built.
    pub fn authorize(&self, request: RequestBuilder) -> Result<RequestBuilder, Error> {
        authorize(request, &self.0.network.hosts, |request| {
            if let Some(status) = API.operation("iserver_auth_status_post") {
                self.0.network.transport.identify(status, request.headers_mut()).map_err(Error::config)?;
            }
            let (method, url) = (request.method().clone(), request.url().clone());
            self.0.network.transport.sign(&method, &url, request.headers_mut()).map_err(Error::config)
        })
    }

    /// Asks how the brokerage session is (`POST /iserver/auth/status`).
    ///
    /// # Errors
    /// `LoginRequired` with the page to open if the single sign-on seems to be over (a redirect to the login
    /// page, or a 401 without the broker's words); `SessionExpired` if the broker says that there is no session;
    /// and what any call may meet.
    pub async fn status(&self) -> Result<AuthStatus, Error> {
        let operation = "iserver_auth_status_post";
        let answer = self.call(operation, self.0.api.iserver_auth_status_post()).await?;
        AuthStatus::read(answer, &self.texts()).ok_or_else(|| says_nothing(operation))
    }

    /// Opens the brokerage session (`POST /iserver/auth/ssodh/init`), and says how it is then. It may still take
    /// a while until it can be used: see [`Gateway::ready`].
    ///
    /// Call it only on a session that is not authenticated: it may tear a live one down. And not often: a gateway on
    /// which it was called once a minute for hours refused fresh logins. A [`Supervisor`](super::Supervisor) keeps the
    /// distance; this call is made at once, and only noted for the supervisors.
    ///
    /// # Errors
    /// `Refused` with the broker's reason, which takes a second call to find out, if the session is not opened;
    /// and those of [`Gateway::status`].
    pub async fn init(&self, compete: Compete) -> Result<AuthStatus, Error> {
        let opened = self.send_init(compete).await;
        let outcome = outcome(&opened);
        let note = self.notes().change(move |known, now| {
            known.closed = None;
            known.openings.noted(compete, outcome, now);
        });
        note.await;
        match opened {
            Ok(Some(status)) => Ok(status),
            Ok(None) => self.status().await,
            Err(error) if is_already_set(&error) && error.status() == Some(200) => self.status().await,
            Err(error) => Err(error),
        }
    }

    /// Calls `/iserver/auth/ssodh/init`, and reads the response: how the session is, or nothing if it does not say.
    pub(super) async fn send_init(&self, compete: Compete) -> Result<Option<AuthStatus>, Error> {
        let operation = "iserver_auth_ssodh_init_post";
        let body = SsodhInitRequest { publish: true, compete: compete == Compete::TakeOver };
        let answer = self.call(operation, self.0.api.iserver_auth_ssodh_init_post(&body)).await?;
        let (passed, fail) = (answer.passed, self.texts().reason(answer.fail.clone()));
        let message = self.texts().said(answer.message.clone());
        let status = AuthStatus::read(answer, &self.texts());
        let is_authenticated = status.as_ref().is_some_and(|status| status.authenticated);
        let is_competing = status.as_ref().is_some_and(|status| status.competing);
        // `competing` is often not set in a refusal, whatever its reason.
        let is_refused = passed == Some(false) || fail.is_some() || (is_competing && passed.is_none());
        let refused = |what: &str, words: Option<&str>| {
            let error = Error::new(ErrorKind::Refused, what).with_status(200).during(operation);
            error.with_words(Words::new(None, words, &self.secrets()))
        };
        if !is_authenticated && message.as_deref().is_some_and(is_about_already_set) {
            return Err(refused("the broker does not open the brokerage session", message.as_deref()));
        }
        if is_authenticated || !is_refused {
            return Ok(status);
        }
        let reason = match fail {
            Some(fail) => Some(fail),
            None => self.status().await.ok().and_then(|status| status.fail),
        };
        let what = match reason.as_deref().is_none_or(is_about_compete) {
            true => format!("the broker does not open the brokerage session; {MAY_BE_ELSEWHERE}"),
            false => "the broker does not open the brokerage session".to_owned(),
        };
        Err(refused(&what, reason.as_deref()))
    }

    /// Triggers a new brokerage session (`POST /iserver/reauthenticate`), which takes some ten seconds. The
    /// broker has replaced it by [`Gateway::init`]. Gives back how the session is where the answer says it.
    ///
    /// # Errors
    /// Those of [`Gateway::status`].
    pub async fn reauthenticate(&self) -> Result<Option<AuthStatus>, Error> {
        let operation = "iserver_reauthenticate_post";
        let answer = self.call(operation, self.0.api.iserver_reauthenticate_post(None)).await?;
        let (passed, is_said) = (answer.passed, answer.message.is_some());
        let status = AuthStatus::read(answer, &self.texts());
        match (passed, &status) {
            (Some(false), _) => {
                let error = Error::new(ErrorKind::Refused, "the gateway does not open the brokerage session");
                Err(error.with_status(200).during(operation))
            }
            (None, None) if !is_said => Err(says_nothing(operation)),
            _ => Ok(status),
        }
    }

    /// Asks how the single sign-on is (`GET /sso/validate`). At most once a minute.
    ///
    /// # Errors
    /// `LoginRequired` with the page to open if it is over, in whatever way the broker says so; and what any
    /// call may meet.
    pub async fn validate(&self) -> Result<SignOn, Error> {
        let answer = self.ask_sso().await;
        let is_over = |error: &Error| error.kind() == ErrorKind::LoginRequired;
        if answer.as_ref().map_or_else(is_over, |_| true) {
            let is_alive = answer.is_ok();
            let since = answer.as_ref().ok().and_then(|sign_on| sign_on.auth_time);
            self.notes().change(move |known, now| known.validated(is_alive, since, now)).await;
        }
        answer
    }

    /// Whether the single sign-on was alive so recently that it must not be asked for again; nothing if it was not
    /// asked for.
    pub(super) async fn was_signed_on(&self) -> Option<bool> {
        let recent = self.notes().change(|known, now| known.sign_on.recent(now, validation_period()));
        recent.await
    }

    /// Notes whose single sign-on it is, and since when.
    pub(super) fn note_sign_on(&self, user: Option<String>, at: Option<Timestamp>) {
        self.0.signed_in.set(SignedIn { user, at });
    }

    /// Whose single sign-on it was when it was last validated.
    pub(super) fn signed_on_user(&self) -> Option<String> {
        self.0.signed_in.get().user
    }

    /// When the person signed in, as the last validation said.
    pub(super) fn signed_on_at(&self) -> Option<Timestamp> {
        self.0.signed_in.get().at
    }

    async fn ask_sso(&self) -> Result<SignOn, Error> {
        let operation = "sso_validate_get";
        let answer = self.call(operation, self.0.api.sso_validate_get()).await;
        let answer = answer.map_err(|error| match error.kind() {
            // The call is about nothing but the single sign-on, so that is what is over. (With another status it
            // may be the brokerage session that the broker talks about.)
            ErrorKind::SessionExpired if matches!(error.status(), Some(200 | 401)) => {
                self.named(error.of_kind(ErrorKind::LoginRequired))
            }
            _ => error,
        })?;
        match answer.result {
            Some(true) => {}
            Some(false) => {
                let error = Error::new(ErrorKind::LoginRequired, "the single sign-on is over");
                return Err(self.named(error.with_status(200).during(operation)));
            }
            None => return Err(says_nothing(operation)),
        }
        self.remember(answer.token.as_ref());
        let sign_on = SignOn::read(answer, &self.texts());
        self.note_sign_on(sign_on.user_name.clone(), sign_on.auth_time);
        Ok(sign_on)
    }

    /// Keeps the session from timing out (`POST /tickle`), and says how it is. About once a minute.
    ///
    /// # Errors
    /// Those of [`Gateway::status`].
    pub async fn tickle(&self) -> Result<Tickle, Error> {
        let operation = "tickle_post";
        let answer = self.call(operation, self.0.api.tickle_post()).await?;
        self.remember(answer.session.as_ref());
        Ok(Tickle::read(answer, &self.texts()))
    }

    /// Ends the brokerage session (`POST /logout`). Supervisors that run leave it closed then, until a new one is started,
    /// [`Gateway::init`] is called, or a person signs in. Ends the single sign-on with it or not: the broker says so, users
    /// report otherwise. [`Gateway::single_sign_on`] says afterwards which it is.
    ///
    /// # Errors
    /// `SessionExpired` if it was over before; `Refused` if the broker denies that it was ended; `Protocol` if it does
    /// not confirm it; and what any call may meet.
    pub async fn logout(&self) -> Result<(), Error> {
        let operation = "logout_post";
        let answer = self.call(operation, self.0.api.logout_post()).await?;
        let said = [answer.status, answer.confirmed];
        if said.contains(&Some(false)) {
            let error = Error::new(ErrorKind::Refused, "the broker says that the session was not ended");
            return Err(error.with_status(200).during(operation));
        }
        if !said.contains(&Some(true)) {
            let what = "the response does not confirm that the session was ended";
            return Err(Error::new(ErrorKind::Protocol, what).with_status(200).during(operation));
        }
        self.notes().change(|known, now| known.sign_out(now)).await;
        Ok(())
    }

    /// Signs out as [`Gateway::logout`] does, and says what is left of the single sign-on.
    ///
    /// # Errors
    /// Those of [`Gateway::logout`]; and `Refused` if the gateway asks for a login although the single sign-on is alive:
    /// then the request was not let through, and nothing was ended.
    pub async fn sign_off(&self) -> Result<SingleSignOn, Error> {
        let Err(error) = self.logout().await else { return Ok(self.single_sign_on().await) };
        if !is_about_the_session(&error) {
            return Err(error);
        }
        // With the broker's words it may be the brokerage session that was over before; without them, both.
        let is_alive = match error.broker_message() {
            Some(_) => {
                matches!(timeout(NO_WAIT, self.status()).await, Ok(Ok(status)) if status.authenticated)
            }
            None => self.single_sign_on().await == SingleSignOn::Alive,
        };
        if !is_alive {
            // Nobody wants it opened again.
            self.notes().change(|known, now| known.sign_out(now)).await;
            return Err(error);
        }
        let what = "the gateway does not sign out: it says that there is no session, and there is one";
        Err(error.of_kind(ErrorKind::Refused).saying(what))
    }

    /// What is left of the single sign-on, for somebody who has just signed out. Does not wait: where
    /// `/sso/validate` may not be asked now (once a minute), the status of the brokerage session has to tell.
    pub async fn single_sign_on(&self) -> SingleSignOn {
        if self.login_url().is_none() {
            return SingleSignOn::Unknown;
        }
        match timeout(NO_WAIT, self.validate()).await {
            Ok(Ok(_)) => return SingleSignOn::Alive,
            Ok(Err(error)) if error.kind() == ErrorKind::LoginRequired => return SingleSignOn::Over,
            Ok(Err(_)) | Err(_) => {}
        }
        match timeout(NO_WAIT, self.status()).await {
            Ok(Ok(status)) if status.connected => SingleSignOn::Alive,
            Ok(Err(error)) if error.kind() == ErrorKind::LoginRequired => SingleSignOn::Over,
            _ => SingleSignOn::Unknown,
        }
    }

    /// Makes a call, and gives back its value.
    async fn call<A: Answer, E: Serialize>(
        &self,
        operation: &'static str,
        call: impl Future<Output = Result<ResponseValue<A>, WireError<E>>>,
    ) -> Result<A::Value, Error> {
        self.notes().inform(&self.0.network.transport, operation).await;
        let result = call.await;
        let settler = Settler::new(&API, Secrets::new(self.secrets()));
        let outcome = settler.open(operation, result).map_err(|error| self.named(error));
        if let Some(wait) = outcome.as_ref().err().and_then(penalty) {
            self.notes().change(move |known, now| known.penalise(wait, now)).await;
        }
        outcome
    }

    /// The error with the page to open, where it is a person who must do something. Where there is no such page, it is
    /// the caller's own authorisation that is not accepted, or the session that the server has lost.
    fn named(&self, error: Error) -> Error {
        if self.login_url().is_some() || error.kind() != ErrorKind::LoginRequired {
            return error.with_login_url(self.login_url());
        }
        match error.status() {
            Some(200 | 401) => error.of_kind(ErrorKind::Credentials).saying("the authorisation was refused"),
            _ => error.of_kind(ErrorKind::SessionExpired),
        }
    }

    /// What must not be shown, should an answer quote it.
    fn secrets(&self) -> Vec<Secret> {
        let mut secrets = self.0.secrets.all();
        secrets.extend(self.0.network.transport.supplied());
        secrets
    }

    fn texts(&self) -> Texts {
        Texts(self.secrets())
    }

    /// Keeps a secret out of errors and texts from now on.
    fn remember(&self, secret: Option<&Secret>) {
        if let Some(secret) = secret {
            self.0.secrets.remember(secret);
        }
    }
}

/// What an opening has come to, for the notes.
pub(super) fn outcome<T>(opened: &Result<T, Error>) -> Outcome {
    match opened {
        Ok(_) => Outcome::Accepted,
        Err(error) if error.is_unsent() => Outcome::Unsent,
        // With another status it is not the gateway that has refused the opening.
        Err(error) if error.kind() == ErrorKind::Refused && error.status() == Some(200) => Outcome::Refused,
        Err(_) => Outcome::Failed,
    }
}

/// Whether an opening has failed because the gateway has one already that it does not use (observed).
pub(super) fn is_already_set(error: &Error) -> bool {
    error.broker_message().is_some_and(is_about_already_set)
}

fn is_about_already_set(message: &str) -> bool {
    message.to_ascii_lowercase().contains("already set")
}

/// What is left of the single sign-on after a sign-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SingleSignOn {
    /// It is alive: the brokerage session can be opened again without a person.
    Alive,
    /// It is over: a person must sign in before anything else works.
    Over,
    /// Nothing that was asked tells.
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

/// From one `/sso/validate` to the next, as the spec says it.
pub(super) fn validation_period() -> Duration {
    let limit = API.operation("sso_validate_get").and_then(|operation| operation.rate_limit);
    limit.map(|limit| limit.per).unwrap_or_default()
}

/// How long the broker keeps everybody out from now on; nothing if it does not.
fn penalty(error: &Error) -> Option<Duration> {
    let is_new = error.kind() == ErrorKind::RateLimited && error.status() == Some(429) && !error.is_unsent();
    error.retry_after().or(API.penalty).filter(|_| is_new)
}

/// JSON that has none of the members that matter, like `{}`: nothing must be concluded from it.
fn says_nothing(operation: &'static str) -> Error {
    let what = "the answer has none of the members that say how the session is";
    Error::new(ErrorKind::Protocol, what).with_status(200).during(operation)
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway")
            .field("base_url", &self.base_url())
            .field("login_url", &self.login_url())
            .finish_non_exhaustive()
    }
}
