//! A live session, the same type for every broker.
//!
//! How a user signs in differs from broker to broker, and so do the types for it. What comes afterwards is the same:
//! put the session on a request, know when it ends, keep it until the next run of the program, sign out.

use std::{
    fmt,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use broker_session_runtime::{AllowedHosts, ErrorKind, Secret, Secrets, SerializableSecret};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::{Timestamp, Zoned};
use reqwest::{Request, RequestBuilder, Response};
use serde::{Serialize, de::DeserializeOwned};
use url::Url;

use crate::{Error, SavedSession, core::Core, hosts::without_slash};

/// A live session with any broker. Cheap to clone; clones are the same session.
///
/// `P` is what the broker reports about the user: `neo::Profile`, `kotak::Profile`, `ibkr::SsoProfile`.
/// [`Session::without_profile`] gives the type that is the same for every broker.
///
/// ```no_run
/// use broker_session::{Error, Session};
///
/// async fn orders(session: &Session) -> Result<String, Error> {
///     if session.is_expired() {
///         println!("The session with {} is over.", session.broker());
///     }
///     let response = session.get("quick/user/orders").query(&[("sId", "server1")]).send().await?;
///     Ok(response.text().await.unwrap_or_default())
/// }
/// ```
pub struct Session<P = ()> {
    live: Arc<Live>,
    profile: Arc<P>,
    number: Option<u64>,
}

/// What clones of a session share, whatever their profile.
pub(crate) struct Live {
    pub(crate) core: Arc<Core>,
    pub(crate) base: Url,
    /// The hosts of the client and the session's own.
    hosts: AllowedHosts,
    pub(crate) saved: SavedSession,
    /// What identifies the session and its user, on every request of the program's own; or why it cannot be a header.
    headers: Result<HeaderMap, String>,
    pub(crate) broker: Box<dyn AtBroker>,
    /// Whether it was signed out.
    pub(crate) is_over: AtomicBool,
}

/// A call on its way.
pub(crate) type Call<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// What differs between the brokers' sessions.
pub(crate) trait AtBroker: Send + Sync {
    /// Ends the session at the broker.
    fn logout<'a>(&'a self, live: &'a Live) -> Call<'a, ()>;

    /// Whether a request can be signed without a call.
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    /// What is kept of the session. Tokens may have changed since it began.
    fn save(&self, saved: &SavedSession) -> SavedSession {
        saved.clone()
    }

    /// Sends a program's own request, and adds what the broker's client knows to its failure.
    fn send<'a>(&'a self, request: Call<'a, Response>) -> Call<'a, Response> {
        request
    }

    /// Puts on another program's request what it needs beside the session's headers. Returns whether it is to be signed.
    fn before_forward<'a>(&'a self, request: &'a mut Request) -> Call<'a, bool> {
        let _ = request;
        Box::pin(async { Ok(true) })
    }

    /// Adds what the broker's client knows to what another program's request has met.
    fn after_forward<'a>(&'a self, error: Error) -> Pin<Box<dyn Future<Output = Error> + Send + 'a>> {
        Box::pin(async { error })
    }
}

impl Live {
    /// The session that a saved one describes, at `base`.
    pub(crate) fn new(
        core: Arc<Core>,
        base: Url,
        saved: SavedSession,
        broker: impl AtBroker + 'static,
    ) -> Self {
        let (headers, is_over) = (Ok(HeaderMap::new()), AtomicBool::new(false));
        let hosts = core.hosts.with(&base);
        Self { core, base, hosts, saved, headers, broker: Box::new(broker), is_over }
    }

    /// Puts the credentials of an operation on the program's own requests.
    pub(crate) fn identified_as(mut self, operation: &'static str) -> Self {
        if let Some(operation) = self.core.api.operation(operation) {
            let mut headers = HeaderMap::new();
            self.headers = self.core.transport.identify(operation, &mut headers).and_then(|()| {
                headers.extend(self.headers?);
                Ok(headers)
            });
        }
        self
    }

    /// Puts one of the session's secrets on the program's own requests.
    pub(crate) fn with_header(mut self, name: &'static str, secret: &Secret) -> Result<Self, Error> {
        let bad = |what: &str| Error::config(format!("what goes into the header `{name}` {what}"));
        let value = secret.header().map_err(|_| bad("has characters that no header may have"))?;
        let name = HeaderName::try_from(name).map_err(|_| bad("has a name that no header may have"))?;
        if let Ok(headers) = &mut self.headers {
            headers.insert(name, value);
        }
        Ok(self)
    }

    /// One of the session's secrets, by its name in a saved session.
    pub(crate) fn secret(&self, name: &str) -> Result<SerializableSecret, Error> {
        self.saved.secret(name)
    }

    /// Refuses a session that was signed out: nothing is sent for it.
    fn must_be_live(&self) -> Result<(), Error> {
        if self.is_over.load(Ordering::Acquire) {
            let what = "this session was signed out, so nothing was sent";
            return Err(Error::new(ErrorKind::SessionExpired, what).unsent());
        }
        Ok(())
    }

    /// Puts the session on a request, if it goes to a host that may have it. A signature is not among it.
    fn authorize(&self, request: RequestBuilder) -> Result<(reqwest::Client, Request), Error> {
        self.must_be_live()?;
        let (client, request) = request.build_split();
        let mut request = request
            .map_err(|error| Error::config("the request cannot be built").caused_by(error.without_url()))?;
        self.check_host(request.url())?;
        for (name, value) in self.headers()? {
            request.headers_mut().insert(name, value.clone());
        }
        Ok((client, request))
    }

    /// Refuses a URL that the session must not go to.
    pub(crate) fn check_host(&self, url: &Url) -> Result<(), Error> {
        let allowed = self.hosts.check_parsed(url);
        allowed.map_err(|error| Error::new(ErrorKind::HostNotAllowed, error.to_string()).unsent())
    }

    /// What identifies the session and its user.
    pub(crate) fn headers(&self) -> Result<&HeaderMap, Error> {
        self.headers.as_ref().map_err(|why| Error::config(why.clone()))
    }
}

/// The profile of a session whose profile is not known: nothing but the fields that its type requires.
pub(crate) fn empty_profile<P: DeserializeOwned>(required: serde_json::Value) -> Result<P, Error> {
    // From a string, as every response is, so that there is one compiled decoder for each type.
    serde_json::from_str(&required.to_string()).map_err(|_| Error::config("there is no empty profile"))
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl<P> Session<P> {
    pub(crate) fn new(live: Live, profile: P) -> Self {
        Self { live: Arc::new(live), profile: Arc::new(profile), number: None }
    }

    /// The same session, with its number in the store.
    pub(crate) fn with_number(self, number: Option<u64>) -> Self {
        Self { number, ..self }
    }

    /// Whether it is the very same session, whatever the profiles.
    pub(crate) fn is_same<Q>(&self, other: &Session<Q>) -> bool {
        Arc::ptr_eq(&self.live, &other.live)
    }

    /// Whether it was signed out, as far as this process knows.
    pub(crate) fn is_signed_out(&self) -> bool {
        self.live.is_over.load(Ordering::Acquire)
    }

    /// Notes that it was signed out elsewhere: nothing more is sent for it.
    pub(crate) fn end(&self) {
        self.live.is_over.store(true, Ordering::Release);
    }

    /// What a call of this session needs, unless it was signed out.
    pub(crate) fn live(&self) -> Result<&Live, Error> {
        self.live.must_be_live()?;
        Ok(&self.live)
    }

    /// Every secret of its client.
    pub(crate) fn secrets(&self) -> &Secrets {
        &self.live.core.secrets
    }

    /// The broker, by the name of its module and feature.
    pub fn broker(&self) -> &'static str {
        self.live.core.name
    }

    /// The user at the broker: the client code or the user name.
    pub fn user(&self) -> &str {
        self.live.saved.user()
    }

    /// The base URL that the session lives at, without a slash at its end. It may have a path.
    pub fn base_url(&self) -> &str {
        without_slash(&self.live.base)
    }

    /// When the user signed in, as far as it is known.
    pub fn login_time(&self) -> Option<Timestamp> {
        self.live.saved.login_time()
    }

    /// When the session ends at the latest, as far as it is known, in the broker's time zone. The broker may end it
    /// earlier.
    pub fn expires_at(&self) -> Option<Zoned> {
        self.live.saved.expires_at().cloned()
    }

    /// Whether the session has ended by the clock of this machine. One whose end is not known has not.
    pub fn is_expired(&self) -> bool {
        self.live.saved.is_expired()
    }

    /// The number of a session from a [`SessionProvider`](crate::SessionProvider), which rises with each one; none of any other
    /// session, and none where the broker's server holds it.
    pub fn number(&self) -> Option<u64> {
        self.number
    }

    /// What the broker reports about the user. It is not saved, so a resumed session has an empty one.
    pub fn profile(&self) -> &P {
        &self.profile
    }

    /// The same session, in the type that is the same for every broker.
    pub fn without_profile(&self) -> Session {
        Session { live: self.live.clone(), profile: Arc::default(), number: self.number }
    }

    /// A request of the program's own, to a path below the session's base URL: `request(Method::POST, "quick/order")`.
    pub fn request(&self, method: Method, path: &str) -> SessionRequest {
        let url = format!("{}/{}", self.base_url(), path.trim_start_matches('/'));
        SessionRequest { live: self.live.clone(), request: self.live.core.http.request(method, url) }
    }

    /// A GET request of the program's own, to a path below the session's base URL.
    pub fn get(&self, path: &str) -> SessionRequest {
        self.request(Method::GET, path)
    }

    /// A POST request of the program's own, to a path below the session's base URL.
    pub fn post(&self, path: &str) -> SessionRequest {
        self.request(Method::POST, path)
    }

    /// An HTTP client for requests to elsewhere than below the base URL, with the same settings. It follows no redirects,
    /// so that what [`Session::authorize`] adds stays where it was sent.
    pub fn http(&self) -> &reqwest::Client {
        &self.live.core.http
    }

    /// Puts the session on a request that was built elsewhere: headers that are marked as sensitive. It may go to the
    /// session's base URL, to the broker's listed hosts, and to those that the caller has allowed.
    ///
    /// [`Session::request`] is easier, and classifies the response as well. Send this one with [`Session::http`]: a client that
    /// follows redirects would carry the headers on to any host that a response names.
    ///
    /// # Errors
    /// `HostNotAllowed` if the request goes to a host that is not on the list, or without TLS; `SessionExpired` after a
    /// logout, or if a token of OAuth is over, which only a call replaces; `Config` if the request cannot be built.
    pub fn authorize(&self, request: RequestBuilder) -> Result<RequestBuilder, Error> {
        let (client, mut request) = self.live.authorize(request)?;
        self.live.broker.check()?;
        self.live.core.transport.sign(&mut request).map_err(Error::config)?;
        Ok(RequestBuilder::from_parts(client, request))
    }

    /// What is needed to resume the session in another run.
    pub fn save(&self) -> SavedSession {
        self.live.broker.save(&self.live.saved)
    }

    /// Ends the session at the broker. From then on this session and its clones send nothing more. If it fails, the session
    /// is as it was, and the call may be made again.
    ///
    /// # Errors
    /// `SessionExpired` if it was over before, and what any call may meet.
    pub async fn logout(&self) -> Result<(), Error> {
        let live = self.live()?;
        live.broker.logout(live).await?;
        live.is_over.store(true, Ordering::Release);
        Ok(())
    }
}

impl<P> Clone for Session<P> {
    fn clone(&self) -> Self {
        Self { live: self.live.clone(), profile: self.profile.clone(), number: self.number }
    }
}

impl<P> fmt::Debug for Session<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("broker", &self.broker())
            .field("user", &self.user())
            .field("base_url", &self.base_url())
            .field("expires_at", &self.live.saved.expires_at())
            .finish_non_exhaustive()
    }
}

/// A request of the program's own. [`SessionRequest::send`] puts the session on it and classifies the response.
#[must_use = "nothing is sent before `send`"]
pub struct SessionRequest {
    live: Arc<Live>,
    request: RequestBuilder,
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl SessionRequest {
    /// Appends fields to the URL's query.
    pub fn query<T: Serialize + ?Sized>(mut self, query: &T) -> Self {
        self.request = self.request.query(query);
        self
    }

    /// Sets the body to JSON.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.request = self.request.json(body);
        self
    }

    /// Sets the body to the fields of an HTML form.
    pub fn form<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.request = self.request.form(body);
        self
    }

    /// Sets the body.
    pub fn body(mut self, body: impl Into<reqwest::Body>) -> Self {
        self.request = self.request.body(body);
        self
    }

    /// Adds a header. The session's own win over one of the same name.
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        HeaderName: TryFrom<N>,
        <HeaderName as TryFrom<N>>::Error: Into<http::Error>,
        HeaderValue: TryFrom<V>,
        <HeaderValue as TryFrom<V>>::Error: Into<http::Error>,
    {
        self.request = self.request.header(name, value);
        self
    }

    /// Sends the request once, within the broker's rate limit, and classifies the response by what the spec states of the
    /// broker's errors. It is sent again only if no connection was made; and once, with a new signature of OAuth, if the
    /// response to it was 401, or 410 to a safe method.
    ///
    /// # Errors
    /// `SessionExpired` if the session is over, whatever the status; `RateLimited` if there were too many requests; and
    /// the kind of any other response that is no success. `Config` if the request cannot be built.
    pub async fn send(self) -> Result<Response, Error> {
        let (client, request) = self.live.authorize(self.request)?;
        let Live { core, broker, .. } = &*self.live;
        let send = async { core.transport.send_own(&client, request).await.map_err(Error::from) };
        broker.send(Box::pin(send)).await
    }
}

impl fmt::Debug for SessionRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL's query and the headers may hold secrets.
        f.debug_struct("SessionRequest").field("broker", &self.live.core.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClientOptions, hosts::allowed_hosts};

    const BASE: &str = "http://127.0.0.1:9/base";

    /// A broker at which the first logout fails.
    struct SecondTime(AtomicBool);

    impl AtBroker for SecondTime {
        fn logout<'a>(&'a self, _: &'a Live) -> Call<'a, ()> {
            Box::pin(async {
                if self.0.swap(true, Ordering::Relaxed) {
                    return Ok(());
                }
                Err(Error::new(ErrorKind::Unavailable, "made up"))
            })
        }
    }

    fn session() -> Session {
        let options = ClientOptions::new();
        let reachable = allowed_hosts(&options, &[BASE.to_owned()]).unwrap();
        let api = &neo_session_api::API;
        let core =
            Core::open("made-up", api, &options, reachable, Vec::new(), |transport| transport).unwrap();
        let (base, token) = (core.base.clone(), Secret::from("made-up-token"));
        let saved = SavedSession::new("made-up", "MADE1", BASE).with_secret("token", &token);
        let live = Live::new(Arc::new(core), base, saved, SecondTime(AtomicBool::new(false)));
        Session::new(live.with_header("auth", &token).unwrap(), ())
    }

    #[tokio::test]
    async fn only_a_successful_logout_ends_the_session() {
        let session = session();
        let clone = session.clone();
        let request = || session.http().get(BASE);
        assert_eq!(session.logout().await.unwrap_err().kind(), ErrorKind::Unavailable);
        assert!(clone.authorize(request()).is_ok());
        clone.logout().await.unwrap();
        for error in [
            session.logout().await.unwrap_err(),
            session.authorize(request()).unwrap_err(),
            session.get("x").send().await.unwrap_err(),
            session.without_profile().logout().await.unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::SessionExpired, true), "{error}");
        }
    }

    #[test]
    fn a_request_goes_below_the_base_url_whatever_its_path() {
        let session = session();
        for (path, expected) in [
            ("x", "/base/x"),
            ("/x?a=b", "/base/x"),
            ("https://evil.example/x", "/base/https://evil.example/x"),
            ("//evil.example/x", "/base/evil.example/x"),
            ("\\\\evil.example/x", "/base///evil.example/x"),
            ("@evil.example/x", "/base/@evil.example/x"),
            (":80@evil.example/x", "/base/:80@evil.example/x"),
        ] {
            let (_, request) = session.live.authorize(session.get(path).request).unwrap();
            assert_eq!(request.url().origin(), session.live.base.origin(), "{path}");
            assert_eq!(request.url().path(), expected);
            assert!(request.headers()["auth"].is_sensitive());
        }
        let elsewhere = session.http().get("http://127.0.0.1:10/base");
        assert_eq!(session.authorize(elsewhere).unwrap_err().kind(), ErrorKind::HostNotAllowed);
    }
}
