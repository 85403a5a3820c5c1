//! The gateway's session as the common ground of the brokers sees it.
//!
//! The gateway holds the session by itself; there is nothing secret to save but where it is.

use std::pin::Pin;

use broker_session_runtime::ErrorKind;
use jiff::{SignedDuration, Timestamp, Zoned, tz::TimeZone};
use reqwest::RequestBuilder;

use super::{address_of, gateway::Gateway};
use crate::{Error, SavedSession, Session};

/// For how long a single sign-on lasts at most, by the broker's documentation.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

impl Gateway {
    /// Takes note of a saved session: whose it is and since when. Nothing is sent.
    ///
    /// # Errors
    /// `Config` if it is another broker's session, `HostNotAllowed` if it lives at another gateway.
    pub fn resume(&self, saved: SavedSession) -> Result<Self, Error> {
        saved.must_be_of(super::NAME)?;
        if address_of(saved.base_url()) != address_of(self.base_url()) {
            let what = format!("the saved session lives at another gateway than `{}`", self.base_url());
            return Err(Error::new(ErrorKind::HostNotAllowed, what).unsent());
        }
        self.note_sign_on(saved.user().map(str::to_owned), saved.login_time());
        Ok(self.clone())
    }
}

impl Session for Gateway {
    type Client = Self;

    fn resume(client: &Self, saved: SavedSession) -> Result<Self, Error> {
        client.resume(saved)
    }

    fn broker(&self) -> &'static str {
        super::NAME
    }

    /// The user name, once the single sign-on was validated.
    fn user(&self) -> Option<String> {
        self.signed_on_user()
    }

    fn base_url(&self) -> &str {
        self.base_url()
    }

    /// When the person signed in, once the single sign-on was validated.
    fn login_time(&self) -> Option<Timestamp> {
        self.signed_on_at()
    }

    /// A day after the person signed in, in UTC; the midnight of the broker's region may come earlier.
    fn expires_at(&self) -> Option<Zoned> {
        Some(self.signed_on_at()?.checked_add(LIFETIME).ok()?.to_zoned(TimeZone::UTC))
    }

    fn http(&self) -> &reqwest::Client {
        self.http()
    }

    fn authorize(&self, request: RequestBuilder) -> Result<RequestBuilder, Error> {
        self.authorize(request)
    }

    fn save(&self) -> SavedSession {
        SavedSession::of(self, &[])
    }

    fn sign_out(self: Box<Self>) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send>> {
        Box::pin(async move { self.sign_off().await.map(drop) })
    }
}
