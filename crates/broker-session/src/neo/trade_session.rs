//! After the MPIN: the user is signed in.

use std::{pin::Pin, sync::Arc};

use broker_session_runtime::Secret;
use jiff::{Timestamp, Zoned};
use reqwest::RequestBuilder;
use url::Url;

use super::{
    client::{Client, Shared},
    profile::Profile,
    token::Validity,
};
use crate::{
    Error, SavedSession,
    authorize::{authorize, set},
};

/// What the secrets are called in a saved session, as the broker calls them.
const TOKEN: &str = "token";
const SID: &str = "sid";

/// A live session that may trade. It ends with [`TradeSession::logout`], with the trading day, or when the access token
/// is reset in the broker's dashboard.
pub struct TradeSession {
    shared: Arc<Shared>,
    base: Url,
    token: Secret,
    sid: Secret,
    validity: Validity,
    profile: Profile,
}

/// An address that the broker sees the caller at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientIp {
    /// The address.
    pub ip: Option<String>,
    /// The broker's time, as it writes it.
    pub time: Option<String>,
}

impl Client {
    /// Takes up a saved session again. Nothing is sent; whether it is still alive shows at its next use.
    ///
    /// The profile is not saved, so it is empty.
    ///
    /// # Errors
    /// `HostNotAllowed` if the session lives at a host that this client does not allow; `Config` if it is another
    /// broker's or user's, or incomplete.
    pub fn resume(&self, saved: SavedSession) -> Result<TradeSession, Error> {
        let base = saved.home(super::NAME, &self.shared.hosts)?;
        if saved.user() != Some(self.ucc()) {
            return Err(Error::config("the saved session is another user's"));
        }
        let (token, sid) = (saved.secret(TOKEN)?, saved.secret(SID)?);
        self.shared.settler.secrets.remember_all([&token, &sid]);
        Ok(TradeSession::new(self.shared.clone(), base, token, sid, Profile::default()))
    }
}

impl TradeSession {
    pub(super) fn new(shared: Arc<Shared>, base: Url, token: Secret, sid: Secret, profile: Profile) -> Self {
        let validity = Validity::of(&token);
        Self { shared, base, token, sid, validity, profile }
    }

    /// The base URL of the trading calls for this session, without a slash at its end (`baseUrl`). It may have a path.
    pub fn base_url(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// The client code (UCC).
    pub fn ucc(&self) -> &str {
        &self.shared.credentials.ucc
    }

    /// When the session began, in Indian time; nothing if the token does not say so.
    pub fn login_time(&self) -> Option<&Zoned> {
        self.validity.issued_at.as_ref()
    }

    /// When the session ends at the latest, in Indian time; nothing if the token does not say so.
    pub fn expires_at(&self) -> Option<&Zoned> {
        self.validity.expires_at.as_ref()
    }

    /// Whether the session has ended by the clock of this machine. One whose end is not known has not.
    pub fn is_expired(&self) -> bool {
        crate::Session::is_expired(self)
    }

    /// What the broker says about the user.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// An HTTP client for the program's own requests, with the same connection settings: it follows no redirects, so
    /// that the session's headers stay where they were sent.
    pub fn http(&self) -> &reqwest::Client {
        &self.shared.http
    }

    /// Puts the session's headers on a request of the program: `Auth`, `Sid`, `neo-fin-key`, and `Authorization` with the
    /// access token, which the broker wants on orders; all marked as sensitive. Credentials that were made for a session
    /// alone ([`Credentials::for_session`](super::Credentials::for_session)) have no access token to put on.
    ///
    /// The request may go to the session's base URL, to the broker's listed hosts and to those that the caller has allowed.
    ///
    /// Send it with [`TradeSession::http`]: a client that follows redirects would carry the headers on to any host that
    /// an answer names.
    ///
    /// # Errors
    /// `HostNotAllowed` if the request goes to a host that is not on the list, or without TLS; `Config` if the request
    /// cannot be built.
    pub fn authorize(&self, request: RequestBuilder) -> Result<RequestBuilder, Error> {
        let hosts = self.shared.hosts.with(&self.base);
        authorize(request, &hosts, |request| {
            let headers = request.headers_mut();
            self.shared.identify(headers)?;
            set(headers, "Auth", &self.token)?;
            set(headers, "Sid", &self.sid)
        })
    }

    /// Asks which address the broker sees the caller at (`get-client-ip`): some accounts may trade from registered
    /// addresses only.
    ///
    /// # Errors
    /// `SessionExpired` if the session is over, and what any call may meet.
    pub async fn client_ip(&self) -> Result<Vec<ClientIp>, Error> {
        let operation = "get_client_ip";
        self.remember();
        let result = self.shared.api(&self.shared.base).get_client_ip(&self.token, &self.sid).await;
        let printable = |text| self.shared.settler.secrets.printable(text);
        let addresses = self.shared.settler.open(operation, result)?.data.into_iter();
        Ok(addresses
            .map(|address| ClientIp { ip: printable(address.ip), time: printable(address.time) })
            .collect())
    }

    /// Keeps the session's own secrets out of the errors, however long ago they came.
    fn remember(&self) {
        self.shared.settler.secrets.remember_all([&self.token, &self.sid]);
    }

    /// What is needed to take the session up again in another run.
    pub fn save(&self) -> SavedSession {
        SavedSession::of(self, &[(TOKEN, &self.token), (SID, &self.sid)])
    }

    /// Ends the session (`logout`). The token is useless afterwards.
    ///
    /// The broker's own client of today does not call it and only forgets the tokens, so the call may not be answered
    /// for ever.
    ///
    /// # Errors
    /// `SessionExpired` if it was over before, and what any call may meet; the session may then still be alive. To try
    /// again, take it up from [`TradeSession::save`].
    pub async fn logout(self) -> Result<(), Error> {
        let operation = "logout";
        self.remember();
        let result = self.shared.api(&self.base).logout(&self.token, &self.sid).await;
        self.shared.settler.open(operation, result).map(drop)
    }
}

impl crate::Session for TradeSession {
    type Client = Client;

    fn resume(client: &Client, saved: SavedSession) -> Result<Self, Error> {
        client.resume(saved)
    }

    fn broker(&self) -> &'static str {
        super::NAME
    }

    fn user(&self) -> Option<String> {
        Some(self.ucc().to_owned())
    }

    fn base_url(&self) -> &str {
        self.base_url()
    }

    fn login_time(&self) -> Option<Timestamp> {
        self.login_time().map(Zoned::timestamp)
    }

    fn expires_at(&self) -> Option<Zoned> {
        self.expires_at().cloned()
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

impl std::fmt::Debug for TradeSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TradeSession")
            .field("base_url", &self.base_url())
            .field("ucc", &self.ucc())
            .field("expires_at", &self.expires_at())
            .finish_non_exhaustive()
    }
}
