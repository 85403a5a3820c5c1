//! A session: the user is signed in.

use std::pin::Pin;

use broker_session_runtime::Secret;
use jiff::{SignedDuration, Timestamp, Zoned};
use kotak_session_api::{
    API,
    types::{LogoutAnswer, Session as WireSession},
};
use reqwest::RequestBuilder;

use super::{
    client::Client,
    credentials::User,
    endpoint::Endpoint,
    profile::{Profile, Services, split},
    times,
};
use crate::{
    Error, SavedSession,
    authorize::{authorize, set},
    india::in_india,
};

/// How long the broker lets a session live.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// What the session token is called in a saved session.
const TOKEN: &str = "session_token";

/// A live session. It ends with [`Session::logout`], or after a day.
pub struct Session {
    endpoint: Endpoint,
    userid: String,
    token: Secret,
    login_time: Option<Zoned>,
    profile: Profile,
    services: Services,
}

impl Client {
    /// Takes up a saved session again. Nothing is sent; whether it is still alive shows at its next use.
    ///
    /// The profile and the services are not saved, so they are empty.
    ///
    /// # Errors
    /// `HostNotAllowed` if the session lives at a host that this client does not allow; `Config` if it is another
    /// broker's or user's, or incomplete.
    pub fn resume(&self, saved: SavedSession) -> Result<Session, Error> {
        let base = saved.home(super::NAME, &self.shared.hosts)?;
        if let User::Userid(userid) | User::UseridInPath(userid) = self.user()
            && saved.user() != Some(userid)
        {
            return Err(Error::config("the saved session is another user's"));
        }
        let (userid, token) = (saved.needed_user()?, saved.secret(TOKEN)?);
        let endpoint = Endpoint::new(self.shared.clone(), base);
        endpoint.settler.secrets.remember(&token);
        let login_time = saved.login_time().map(in_india);
        let (profile, services) = (Profile::default(), Services::default());
        Ok(Session { endpoint, userid, token, login_time, profile, services })
    }
}

impl Session {
    pub(super) fn new(endpoint: Endpoint, userid: String, mut session: WireSession) -> Self {
        let token = std::mem::take(&mut session.session_token);
        let login_time = session.login_time.as_ref().and_then(times::login_time);
        let (profile, services) = split(session, &endpoint.settler.secrets);
        Self { endpoint, userid, token, login_time, profile, services }
    }

    /// The base URL of the Trade API for this session.
    pub fn base_url(&self) -> &str {
        self.endpoint.base_url()
    }

    /// The user id (client code).
    pub fn userid(&self) -> &str {
        &self.userid
    }

    /// When the user signed in, in Indian time.
    pub fn login_time(&self) -> Option<&Zoned> {
        self.login_time.as_ref()
    }

    /// When the session ends at the latest, in Indian time: a day after the login.
    pub fn expires_at(&self) -> Option<Zoned> {
        self.login_time.as_ref()?.checked_add(LIFETIME).ok()
    }

    /// Whether the session has ended by the clock of this machine. One whose end is not known has not.
    pub fn is_expired(&self) -> bool {
        crate::Session::is_expired(self)
    }

    /// What the broker says about the user.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The addresses of the broker's services.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// An HTTP client for the program's own requests, with the same connection settings: it follows no
    /// redirects, so that the session's headers stay where they were sent.
    pub fn http(&self) -> &reqwest::Client {
        &self.endpoint.shared.http
    }

    /// Puts the session's headers on a request of the program: `Authorization`, `consumerKey`, `ip`, `appId`
    /// and `sessionToken`, all marked as sensitive.
    ///
    /// Send it with [`Session::http`]: a client that follows redirects would carry the headers on to any
    /// host that an answer names.
    ///
    /// # Errors
    /// `HostNotAllowed` if the request goes to a host that is not on the list, or without TLS; `Config` if
    /// the request cannot be built.
    pub fn authorize(&self, request: RequestBuilder) -> Result<RequestBuilder, Error> {
        let hosts = self.endpoint.shared.hosts.with(&self.endpoint.base);
        authorize(request, &hosts, |request| {
            let headers = request.headers_mut();
            // Every later call carries what the logout carries.
            if let Some(logout) = API.operation("session_logout") {
                self.endpoint.shared.transport.identify(logout, headers).map_err(Error::config)?;
            }
            set(headers, "sessionToken", &self.token)
        })
    }

    /// What is needed to take the session up again in another run.
    pub fn save(&self) -> SavedSession {
        SavedSession::of(self, &[(TOKEN, &self.token)])
    }

    /// Ends the session. The token is useless afterwards.
    ///
    /// # Errors
    /// `SessionExpired` if it was over before, and what any call may meet; the session may then still be
    /// alive at the broker's. To try again, take it up from [`Session::save`].
    pub async fn logout(self) -> Result<(), Error> {
        let operation = "session_logout";
        self.endpoint.settler.secrets.remember(&self.token);
        let result = self.endpoint.api.session_logout(&self.token, &self.userid).await;
        self.endpoint.settler.open::<LogoutAnswer, _>(operation, result).map(drop)
    }
}

impl crate::Session for Session {
    type Client = Client;

    fn resume(client: &Client, saved: SavedSession) -> Result<Self, Error> {
        client.resume(saved)
    }

    fn broker(&self) -> &'static str {
        super::NAME
    }

    fn user(&self) -> Option<String> {
        Some(self.userid.clone())
    }

    fn base_url(&self) -> &str {
        self.base_url()
    }

    fn login_time(&self) -> Option<Timestamp> {
        self.login_time.as_ref().map(Zoned::timestamp)
    }

    fn expires_at(&self) -> Option<Zoned> {
        self.expires_at()
    }

    fn http(&self) -> &reqwest::Client {
        self.http()
    }

    fn authorize(&self, request: RequestBuilder) -> Result<RequestBuilder, Error> {
        self.authorize(request)
    }

    fn save(&self) -> SavedSession {
        self.save()
    }

    fn sign_out(self: Box<Self>) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send>> {
        Box::pin(self.logout())
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("base_url", &self.base_url())
            .field("userid", &self.userid)
            .field("login_time", &self.login_time)
            .finish_non_exhaustive()
    }
}
