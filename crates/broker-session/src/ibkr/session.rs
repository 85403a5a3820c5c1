//! The session at a gateway, for the program's own requests.

use std::pin::Pin;

use broker_session_runtime::{ErrorKind, Secret};
use ibkr_session_api::operations;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use reqwest::{Request, Response};

use super::{
    Session, SsoProfile,
    authorization::{Authorization, Grant, Token},
    builder::Ibkr,
    client::{Client, login_time},
    forward::OWN,
    oauth1a,
    shared_state::address_of,
};
use crate::{
    Error, SavedSession,
    builder::sealed::Broker,
    session::{AtBroker, Call, Live},
};

/// How long a single sign-on lasts at most, by the broker's documentation.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// What is kept of OAuth in a saved session, as the broker calls it.
const LIVE_SESSION_TOKEN: &str = "live_session_token";
const ACCESS_TOKEN: &str = "oauth_token";
const CONSUMER_KEY: &str = "oauth_consumer_key";
const REALM: &str = "realm";
const SSO_TOKEN: &str = "access_token";
const CLIENT_ID: &str = "client_id";

impl AtBroker for Client {
    fn logout<'a>(&'a self, _: &'a Live) -> Call<'a, ()> {
        Box::pin(self.logout())
    }

    fn save(&self, saved: &SavedSession) -> SavedSession {
        match self.authorization() {
            Some(authorization) => authorization.save(saved.clone()),
            None => saved.clone(),
        }
    }

    fn check(&self) -> Result<(), Error> {
        match self.authorization().map(|authorization| authorization.token()) {
            Some(None) => {
                let what = "there is no token of OAuth that is still good; make a call, which gets one";
                Err(Error::new(ErrorKind::SessionExpired, what).unsent())
            }
            _ => Ok(()),
        }
    }

    fn send<'a>(&'a self, request: Call<'a, Response>) -> Call<'a, Response> {
        Box::pin(self.within_limits(OWN, async { request.await.map_err(|error| self.explained(error)) }))
    }

    fn before_forward<'a>(&'a self, request: &'a mut Request) -> Call<'a, bool> {
        Box::pin(self.before_forward(request))
    }

    fn after_forward<'a>(&'a self, error: Error) -> Pin<Box<dyn Future<Output = Error> + Send + 'a>> {
        self.after_forward(error)
    }
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl Client {
    /// The session of the person who has signed in. Asks whether the single sign-on is alive, unless that is known from
    /// the last minute; the name of the user is empty if only another program has asked, and with OAuth.
    ///
    /// It does not open the brokerage session: [`Client::wait_until_ready`] tells whether it can be used.
    ///
    /// # Errors
    /// Those of [`Client::validate_sso`].
    pub async fn session(&self) -> Result<Session, Error> {
        // With OAuth there is no single sign-on to ask about.
        if self.login_url().is_some() && self.recent_validation().await != Some(true) {
            self.validate_sso().await?;
        }
        Ok(self.unverified_session())
    }

    /// The session, without a call: user and profile are those that the last [`Client::validate_sso`] of this client has
    /// reported, and empty before.
    pub fn unverified_session(&self) -> Session {
        let profile = self.profile();
        let named = self.authorization().and_then(|authorization| authorization.grant().user());
        let user = profile.user_name.clone().unwrap_or_else(|| named.unwrap_or_default().to_owned());
        self.session_of(&user, login_time(&profile), profile)
    }

    /// Resumes a saved session. Nothing is sent; whether it is still alive shows at its next use.
    ///
    /// The profile is not saved, so it is empty. With OAuth the saved session has the token, so that any number of processes
    /// can use it; also those that have no OAuth credentials, until the token ends.
    ///
    /// # Errors
    /// `Config` if it is another broker's session or another user's, `HostNotAllowed` if it lives at another gateway.
    pub fn resume(&self, saved: SavedSession) -> Result<Session, Error> {
        saved.must_be_of(Ibkr::NAME)?;
        if address_of(saved.base_url()) != address_of(self.base_url()) {
            let what = format!("the saved session lives at another gateway than `{}`", self.base_url());
            return Err(Error::new(ErrorKind::HostNotAllowed, what).unsent());
        }
        let client = self.with_token_of(&saved)?;
        Ok(client.session_of(saved.user(), saved.login_time(), SsoProfile::default()))
    }

    /// This client with the token of OAuth that a saved session has, if it has one.
    fn with_token_of(&self, saved: &SavedSession) -> Result<Self, Error> {
        let Some(token) = SavedToken::of(saved)? else { return Ok(self.clone()) };
        let Some(authorization) = self.authorization() else {
            let SavedToken { secret, ends_at, grant } = token;
            let authorization = Authorization::new(grant);
            let client = self.with_authorization(authorization.clone());
            authorization.take_over(secret, ends_at);
            return Ok(client);
        };
        if !authorization.has_credentials_of(&token) {
            return Err(Error::config("the saved session belongs to other OAuth credentials"));
        }
        authorization.take_over(token.secret, token.ends_at);
        Ok(self.clone())
    }

    fn session_of(&self, user: &str, login_time: Option<Timestamp>, profile: SsoProfile) -> Session {
        let core = self.core();
        // The midnight of the broker's region may come earlier.
        let end = login_time.and_then(|time| time.checked_add(LIFETIME).ok());
        let end = end.map(|end| end.to_zoned(TimeZone::UTC));
        let saved = SavedSession::new(Ibkr::NAME, user, self.base_url()).with_times(login_time, end);
        let live = Live::new(core.clone(), core.base.clone(), saved, self.clone());
        Session::new(live.identified_as(operations::ISERVER_AUTH_STATUS_POST), profile)
    }
}

/// The token of OAuth in a saved session.
pub(super) struct SavedToken {
    pub(super) secret: Secret,
    pub(super) ends_at: Timestamp,
    /// Whose it is.
    grant: Grant,
}

impl SavedToken {
    /// Nothing if a saved session has none.
    pub(super) fn of(saved: &SavedSession) -> Result<Option<Self>, Error> {
        let (grant, token) = match (saved.secret(LIVE_SESSION_TOKEN), saved.secret(SSO_TOKEN)) {
            (Ok(token), _) => {
                let [consumer_key, realm] = [CONSUMER_KEY, REALM].map(|name| saved.secret(name));
                let (consumer_key, realm) = (consumer_key?.expose().to_owned(), realm?.expose().to_owned());
                let access_token = Some((*saved.secret(ACCESS_TOKEN)?).clone());
                (Grant::Saved(oauth1a::Names { consumer_key, access_token, realm }), token)
            }
            (Err(_), Ok(token)) => {
                let client_id = saved.secret(CLIENT_ID).map(|id| id.expose().to_owned()).unwrap_or_default();
                (Grant::SavedBearer { client_id, credential: saved.user().to_owned() }, token)
            }
            (Err(_), Err(_)) => return Ok(None),
        };
        let ends_at = saved.expires_at().map_or(Timestamp::MIN, |end| end.timestamp());
        Ok(Some(Self { secret: (*token).clone(), ends_at, grant }))
    }
}

impl Authorization {
    /// Whether the token of a saved session belongs to the same credentials.
    pub(super) fn has_credentials_of(&self, saved: &SavedToken) -> bool {
        let (own, other) = (self.grant(), &saved.grant);
        match (own.names(), other.names()) {
            (Some(own), Some(other)) => {
                own.consumer_key == other.consumer_key && own.access_token == other.access_token
            }
            (None, None) => (own.client_id(), own.user()) == (other.client_id(), other.user()),
            _ => false,
        }
    }

    /// Adds the token and its end to what is kept of a session.
    fn save(&self, saved: SavedSession) -> SavedSession {
        match self.token() {
            Some(token) => self.save_token(saved, &token),
            None => saved,
        }
    }

    /// The same with this token.
    pub(super) fn save_token(&self, saved: SavedSession, token: &Token) -> SavedSession {
        let login_time = saved.login_time();
        let saved = saved.with_times(login_time, Some(token.ends_at.to_zoned(TimeZone::UTC)));
        let grant = self.grant();
        if let Some(names) = grant.names() {
            let saved = saved
                .with_secret(LIVE_SESSION_TOKEN, &token.secret)
                .with_secret(CONSUMER_KEY, &(&*names.consumer_key).into())
                .with_secret(REALM, &(&*names.realm).into());
            return match &names.access_token {
                Some(access_token) => saved.with_secret(ACCESS_TOKEN, access_token),
                None => saved,
            };
        }
        let saved = saved.with_secret(SSO_TOKEN, &token.secret);
        match grant.client_id().filter(|id| !id.is_empty()) {
            Some(id) => saved.with_secret(CLIENT_ID, &id.into()),
            None => saved,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(base_url: &str) -> Client {
        Client::builder().base_url(base_url).build().unwrap()
    }

    #[test]
    fn a_session_is_resumed_at_its_gateway_under_any_of_its_names() {
        let saved = client("http://localhost:9/v1/portal").session_of(
            "sample",
            Some(Timestamp::UNIX_EPOCH),
            SsoProfile::default(),
        );
        let session = client("http://127.0.0.1:9").resume(saved.save()).unwrap();
        assert_eq!((session.user(), session.base_url()), ("sample", "http://127.0.0.1:9/v1/api"));
        assert_eq!(session.login_time(), Some(Timestamp::UNIX_EPOCH));
        assert_eq!(session.expires_at().unwrap().to_string(), "1970-01-02T00:00:00+00:00[UTC]");
        let error = client("http://127.0.0.1:8").resume(saved.save()).unwrap_err();
        assert!(error.is_unsent() && error.kind() == ErrorKind::HostNotAllowed, "{error}");
    }

    #[test]
    fn a_session_without_a_validation_has_no_user() {
        let session = client("http://127.0.0.1:9").unverified_session();
        assert_eq!((session.user(), session.login_time(), session.is_expired()), ("", None, false));
    }
}
