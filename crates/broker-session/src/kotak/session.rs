//! A session: the user is signed in.

use broker_session_runtime::{ErrorKind, Secret, is_loopback};
use jiff::{Timestamp, Zoned};
use kotak_session_api::{
    API,
    types::{LogoutAnswer, Session as WireSession},
};
use reqwest::RequestBuilder;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    client::Client,
    endpoint::Endpoint,
    profile::{Profile, Services, split},
    times,
};
use crate::Error;

/// A live session. It ends with [`Session::logout`], or after a day.
pub struct Session {
    endpoint: Endpoint,
    userid: String,
    token: Secret,
    login_time: Option<Zoned>,
    profile: Profile,
    services: Services,
}

/// A session as it is kept between two runs of a program. Its serialised form holds the session token: keep
/// it where only its owner can read it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SavedSession {
    base_url: String,
    userid: String,
    session_token: Secret,
    login_time: Option<Timestamp>,
}

impl SavedSession {
    /// The base URL that the session lives at.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The user id (client code).
    pub fn userid(&self) -> &str {
        &self.userid
    }

    /// Whether it lives at one of the broker's own hosts or on loopback, so that nobody has to vouch for the
    /// host.
    pub fn has_known_home(&self) -> bool {
        let Ok(home) = Url::parse(&self.base_url) else { return false };
        let mut own = API.servers.iter().filter_map(|server| Url::parse(server.url).ok());
        is_loopback(&home) || own.any(|server| server.origin() == home.origin())
    }

    /// When the user signed in.
    pub fn login_time(&self) -> Option<Timestamp> {
        self.login_time
    }
}

impl Client {
    /// Takes up a saved session again. Nothing is sent; whether it is still alive shows at its next use.
    ///
    /// The profile and the services are not saved, so they are empty.
    ///
    /// # Errors
    /// `HostNotAllowed` if the session lives at a host that this client does not allow.
    pub fn resume(&self, saved: SavedSession) -> Result<Session, Error> {
        let base = self.shared.hosts.check(&saved.base_url).map_err(|error| {
            Error::new(ErrorKind::HostNotAllowed, format!("the saved session cannot be used: {error}"))
                .unsent()
        })?;
        let endpoint = Endpoint::new(self.shared.clone(), base);
        endpoint.remember(&saved.session_token);
        Ok(Session {
            endpoint,
            userid: saved.userid,
            token: saved.session_token,
            login_time: saved.login_time.map(times::in_india),
            profile: Profile::default(),
            services: Services::default(),
        })
    }
}

impl Session {
    pub(super) fn new(endpoint: Endpoint, userid: String, mut session: WireSession) -> Self {
        let token = std::mem::take(&mut session.session_token);
        let login_time = session.login_time.as_ref().and_then(times::login_time);
        let (profile, services) = split(session);
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
        let (client, request) = request.build_split();
        let mut request = request
            .map_err(|error| Error::config("the request cannot be built").caused_by(error.without_url()))?;
        let url = request.url();
        if !self.endpoint.shared.hosts.contains(url) {
            let host = url.host_str().unwrap_or_default();
            let what = format!("`{host}` is not on the list of hosts that the session's headers may go to");
            return Err(Error::new(ErrorKind::HostNotAllowed, what).unsent());
        }
        let headers = request.headers_mut();
        // Every later call carries what the logout carries.
        if let Some(logout) = API.operation("session_logout") {
            self.endpoint.shared.transport.identify(logout, headers).map_err(Error::config)?;
        }
        let mut token = reqwest::header::HeaderValue::from_str(self.token.expose())
            .map_err(|_| Error::config("the session token has characters that no header may have"))?;
        token.set_sensitive(true);
        headers.insert("sessionToken", token);
        Ok(RequestBuilder::from_parts(client, request))
    }

    /// What is needed to take the session up again in another run.
    pub fn save(&self) -> SavedSession {
        SavedSession {
            base_url: self.base_url().to_owned(),
            userid: self.userid.clone(),
            session_token: self.token.clone(),
            login_time: self.login_time.as_ref().map(Zoned::timestamp),
        }
    }

    /// Ends the session. The token is useless afterwards.
    ///
    /// # Errors
    /// `SessionExpired` if it was over before, and what any call may meet; the session may then still be
    /// alive at the broker's. To try again, take it up from [`Session::save`].
    pub async fn logout(self) -> Result<(), Error> {
        let operation = "session_logout";
        let result = self.endpoint.api.session_logout(&self.token, &self.userid).await;
        self.endpoint.open::<LogoutAnswer, _>(operation, result).map(drop)
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
