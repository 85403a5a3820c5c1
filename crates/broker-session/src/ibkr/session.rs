//! The session at a gateway, for the program's own requests.

use broker_session_runtime::ErrorKind;
use ibkr_session_api::operations;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use reqwest::Response;

use super::{
    Session, SsoProfile,
    builder::Ibkr,
    client::{Client, login_time},
    shared_state::address_of,
};
use crate::{
    Error, SavedSession,
    builder::sealed::Broker,
    session::{AtBroker, Call, Live},
};

/// What a program's own request is called, of which the spec knows nothing.
const OWN: &str = "own";

/// How long a single sign-on lasts at most, by the broker's documentation.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

impl AtBroker for Client {
    fn logout<'a>(&'a self, _: &'a Live) -> Call<'a, ()> {
        Box::pin(self.logout())
    }

    fn send<'a>(&'a self, request: Call<'a, Response>) -> Call<'a, Response> {
        Box::pin(self.within_limits(OWN, async { request.await.map_err(|error| self.explained(error)) }))
    }
}

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
        let user = profile.user_name.clone().unwrap_or_default();
        self.session_of(&user, login_time(&profile), profile)
    }

    /// Resumes a saved session. Nothing is sent; whether it is still alive shows at its next use.
    ///
    /// The profile is not saved, so it is empty.
    ///
    /// # Errors
    /// `Config` if it is another broker's session, `HostNotAllowed` if it lives at another gateway.
    pub fn resume(&self, saved: SavedSession) -> Result<Session, Error> {
        saved.must_be_of(Ibkr::NAME)?;
        if address_of(saved.base_url()) != address_of(self.base_url()) {
            let what = format!("the saved session lives at another gateway than `{}`", self.base_url());
            return Err(Error::new(ErrorKind::HostNotAllowed, what).unsent());
        }
        Ok(self.session_of(saved.user(), saved.login_time(), SsoProfile::default()))
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
