//! How a broker is reached: the settings that do not depend on the broker.

use std::{fmt, sync::Arc};

use broker_session_runtime::{
    AllowedHosts, Api, Backoff, Deadlines, Failure, Fingerprint, HttpClientBuilder, HttpClientError,
    Middleware, PresentedCertificate, RetryPolicy, Secret, Transport, TransportBuilder,
};
#[cfg(feature = "drift")]
use broker_session_runtime::{Drift, DriftObserver};

use crate::{
    Error,
    attempts::Attempts,
    hosts::{allowed_hosts, printable_url},
    locked::Locked,
    variables::Variables,
};

/// Network settings, the same for every broker. No setter fails: what cannot be used is reported when a client is built.
///
/// ```
/// use std::time::Duration;
/// use broker_session::{ClientOptions, Deadlines, Secret};
///
/// let options = ClientOptions::new()
///     .proxy("http://proxy.example:3128")
///     .proxy_user("user", Secret::from("made-up-password"))
///     .allow_host("https://mksapi.kotaksecurities.com")
///     .deadlines(Deadlines { total: Duration::from_secs(20), ..Deadlines::default() });
/// ```
#[derive(Clone)]
pub struct ClientOptions {
    http: HttpSettings,
    /// The HTTP clients that clones of these options share.
    shared: Option<SharedClients>,
    pub(crate) hosts: Vec<String>,
    pub(crate) plain_http: bool,
    pub(crate) deadlines: Deadlines,
    retry: Arc<dyn Backoff>,
    body_limit: Option<usize>,
    own_body_limit: Option<usize>,
    middleware: Option<Arc<dyn Middleware>>,
    #[cfg(feature = "drift")]
    drift: Option<DriftObserver>,
}

/// What an HTTP client is built from, besides the deadlines.
#[derive(Clone, Default, PartialEq)]
struct HttpSettings {
    proxy: Option<String>,
    proxy_user: Option<(String, Secret)>,
    root_certificates: Vec<Vec<u8>>,
    /// Certificates that are trusted by themselves.
    pins: Vec<Pin>,
}

/// HTTP clients, each with what it was built from.
type SharedClients = Arc<Locked<Vec<((HttpSettings, Deadlines, bool), reqwest::Client)>>>;

/// A certificate that is trusted by itself, as the caller names it.
#[derive(Clone, PartialEq)]
enum Pin {
    Certificate(Vec<u8>),
    Fingerprint(String),
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            http: HttpSettings::default(),
            shared: None,
            hosts: Vec::new(),
            plain_http: false,
            deadlines: Deadlines::default(),
            retry: Arc::new(RetryPolicy::default()),
            body_limit: None,
            own_body_limit: None,
            middleware: None,
            #[cfg(feature = "drift")]
            drift: None,
        }
    }
}

impl ClientOptions {
    /// No proxy, the platform's root certificates, the broker's own hosts, and the default deadlines.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends everything through a proxy, as `http://host:port` or `https://host:port`. TLS goes through it end to end and
    /// is verified as without one. A proxy named in the usual environment variables is not used.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.http.proxy = Some(url.into());
        self
    }

    /// Sets the user name and the password that the proxy asks for. They must not be part of its URL.
    pub fn proxy_user(mut self, name: impl Into<String>, password: impl Into<Secret>) -> Self {
        self.http.proxy_user = Some((name.into(), password.into()));
        self
    }

    /// Trusts the certificates in this PEM file's content, besides the platform's.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.http.root_certificates.push(pem.into());
        self
    }

    /// Lets credentials go to a further host, given as a URL (`https://host` or `https://host:port`).
    pub fn allow_host(mut self, url: impl Into<String>) -> Self {
        self.hosts.push(url.into());
        self
    }

    /// Lets credentials travel without TLS to hosts that are named with `http://`. Everybody on the way can
    /// read them then. Not needed for loopback.
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// Has all clients that are built from clones of these options share one HTTP client, and so its connections, as long
    /// as proxy, certificates and deadlines are the same. For programs with many sessions: each HTTP client of its own takes
    /// about 50 KiB.
    ///
    /// ```
    /// use broker_session::{ClientOptions, ibkr};
    ///
    /// let options = ClientOptions::new().share_http_client();
    /// let client = |url: &str| ibkr::Client::builder().base_url(url).options(options.clone()).build();
    /// let (_one, _other) = (client("https://127.0.0.1:5000")?, client("https://127.0.0.1:5001")?);
    /// # Ok::<(), broker_session::Error>(())
    /// ```
    pub fn share_http_client(mut self) -> Self {
        self.shared.get_or_insert_default();
        self
    }

    /// Sets the deadlines of each call; [`Deadlines`] has the usual ones.
    pub fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }

    /// Sets how often and at which pace calls are repeated where the spec allows it: a [`RetryPolicy`], or a policy of
    /// the caller's own.
    ///
    /// ```
    /// use std::time::Duration;
    /// use broker_session::{Backoff, ClientOptions, FailedAttempt};
    ///
    /// /// Tries once more, but not with a broker that wants to be left alone.
    /// struct OnceMore;
    ///
    /// impl Backoff for OnceMore {
    ///     fn next_delay(&self, failed: &FailedAttempt) -> Option<Duration> {
    ///         (failed.attempts == 1 && failed.retry_after.is_none()).then_some(Duration::from_millis(500))
    ///     }
    /// }
    ///
    /// let options = ClientOptions::new().retry(OnceMore);
    /// ```
    pub fn retry(mut self, policy: impl Backoff + 'static) -> Self {
        self.retry = Arc::new(policy);
        self
    }

    /// Sets the largest response that is read from the broker's session API, in bytes; 64 KiB by default. What is longer
    /// is read no further and is an error of the kind that its status means, or `Protocol`.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = Some(bytes);
        self
    }

    /// Sets the largest response to a program's own request ([`Session::request`](crate::Session::request)) that is read,
    /// in bytes; 16 MiB by default.
    pub fn own_body_limit(mut self, bytes: usize) -> Self {
        self.own_body_limit = Some(bytes);
        self
    }

    /// Carries out requests in another way than by sending them with the HTTP client alone. For programs that share
    /// a broker's limits with other processes, and for tests on a paused clock, which must hold time still while a
    /// response is under way.
    pub fn middleware(mut self, middleware: Arc<dyn Middleware>) -> Self {
        self.middleware = Some(middleware);
        self
    }

    /// Has every response compared with the broker's spec to the letter, so that a silent change is noticed the day it
    /// happens: fields that the spec does not know, that it requires and are missing, or that have another type.
    /// Each difference is reported once, as a `tracing` event at the level `WARN` and to `report`, by JSON pointer and
    /// without values. It does not change what a call returns.
    ///
    /// `report` is called before the call returns, so it should be quick; it must not panic.
    ///
    /// ```
    /// use broker_session::{Change, ClientOptions};
    ///
    /// let options = ClientOptions::new().observe_drift(|drift| {
    ///     if drift.change != Change::Unknown {
    ///         eprintln!("report to the maintainers: {drift}");
    ///     }
    /// });
    /// ```
    #[cfg(feature = "drift")]
    pub fn observe_drift(mut self, report: impl Fn(&Drift) + Send + Sync + 'static) -> Self {
        self.drift = Some(DriftObserver::new(report));
        self
    }

    /// Trusts a server that presents one of the certificates in this PEM file's content, and then no other server.
    pub(crate) fn trust_certificate(&mut self, pem: Vec<u8>) {
        self.http.pins.push(Pin::Certificate(pem));
    }

    /// Trusts a server whose certificate has this SHA-256 fingerprint, and then no other server.
    pub(crate) fn trust_fingerprint(&mut self, sha256: String) {
        self.http.pins.push(Pin::Fingerprint(sha256));
    }

    /// Carries out requests through another middleware, which is given the one of before.
    pub(crate) fn middleware_through<M: Middleware + 'static>(
        &mut self,
        through: impl FnOnce(Option<Arc<dyn Middleware>>) -> M,
    ) {
        self.middleware = Some(Arc::new(through(self.middleware.take())));
    }

    /// Reads what was not set from environment variables.
    pub(crate) fn read(&mut self, variables: &Variables) -> Result<(), Error> {
        if self.http.proxy.is_none() {
            self.http.proxy = variables.string("BROKER_SESSION_PROXY")?;
            if let Some(name) = variables.string("BROKER_SESSION_PROXY_USER")? {
                let password = variables.secret("BROKER_SESSION_PROXY_PASSWORD")?;
                self.http.proxy_user.get_or_insert((name, password.unwrap_or_default()));
            }
        }
        if self.http.root_certificates.is_empty() {
            self.http.root_certificates.extend(variables.file("BROKER_SESSION_ROOT_CERTIFICATES")?);
        }
        Ok(())
    }

    /// The HTTP client. If no host speaks TLS, it works without root certificates.
    pub(crate) fn http_client(&self, hosts: &AllowedHosts) -> Result<reqwest::Client, Error> {
        let builder = self.http_client_builder()?;
        if hosts.has_plain_http() && builder.has_remote_proxy() && !self.plain_http {
            return Err(Error::config(
                "a host with http:// would be reached through a proxy on another machine, where everybody on the way can read the credentials; use https, or allow plain http",
            ));
        }
        let only_given_roots = !hosts.needs_tls();
        let build = || builder.only_given_roots(only_given_roots).build(self.deadlines).map_err(unusable);
        let Some(shared) = &self.shared else { return build() };
        let settings = (self.http.clone(), self.deadlines, only_given_roots);
        shared.change(|clients| {
            if let Some((_, client)) = clients.iter().find(|(known, _)| *known == settings) {
                return Ok(client.clone());
            }
            let client = build()?;
            clients.push((settings, client.clone()));
            Ok(client)
        })
    }

    fn http_client_builder(&self) -> Result<HttpClientBuilder, Error> {
        let mut builder = HttpClientBuilder::default();
        match (&self.http.proxy, &self.http.proxy_user) {
            (Some(url), user) => {
                let user = user.as_ref().map(|(name, password)| (name.as_str(), password));
                builder = builder.proxy(url, user).map_err(unusable)?;
            }
            (None, Some(_)) => return Err(Error::config("there is a user for the proxy but no proxy")),
            (None, None) => {}
        }
        for pem in &self.http.root_certificates {
            builder = builder.root_certificates_pem(pem).map_err(unusable)?;
        }
        for pin in &self.http.pins {
            builder = match pin {
                Pin::Certificate(pem) => builder.trust_certificate_pem(pem).map_err(unusable)?,
                Pin::Fingerprint(sha256) => {
                    let fingerprint = sha256.parse::<Fingerprint>();
                    builder.trust_fingerprint(fingerprint.map_err(|error| Error::config(error.to_string()))?)
                }
            };
        }
        Ok(builder)
    }

    /// The certificate that the server at this `https://` URL presents. Nothing is sent: the connection ends with the
    /// handshake.
    pub(crate) async fn presented_certificate(&self, url: &str) -> Result<PresentedCertificate, Error> {
        let (_, bases) = allowed_hosts(self, &[url.to_owned()])?;
        let base = bases.first().ok_or_else(|| Error::config("there is no URL"))?;
        let presented = self.http_client_builder()?.presented_certificate(base, self.deadlines).await;
        presented.map_err(|error| match error {
            HttpClientError::Unreachable(error) => Error::from(Failure::without_response(error)).unsent(),
            error => unusable(error),
        })
    }

    /// Nothing has been guessed yet.
    pub(crate) fn attempts(&self) -> Attempts {
        Attempts::new(self.deadlines.total)
    }

    /// A transport with these settings, to be completed with credentials.
    pub(crate) fn transport(&self, api: &'static Api) -> TransportBuilder {
        let mut builder = Transport::builder(api).deadlines(self.deadlines).retry(self.retry.clone());
        if let Some(bytes) = self.body_limit {
            builder = builder.body_limit(bytes);
        }
        if let Some(bytes) = self.own_body_limit {
            builder = builder.own_body_limit(bytes);
        }
        #[cfg(feature = "drift")]
        if let Some(observer) = &self.drift {
            builder = builder.observe_drift(observer.clone());
        }
        match &self.middleware {
            Some(middleware) => builder.middleware(middleware.clone()),
            None => builder,
        }
    }
}

/// A setting that no HTTP client can be built with.
fn unusable(error: HttpClientError) -> Error {
    Error::config(error.to_string()).caused_by(error)
}

impl fmt::Debug for ClientOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientOptions")
            .field("proxy", &self.http.proxy.as_deref().map(printable_url))
            .field("proxy_user", &self.http.proxy_user)
            .field("hosts", &self.hosts.iter().map(|url| printable_url(url)).collect::<Vec<_>>())
            .field("plain_http", &self.plain_http)
            .field("deadlines", &self.deadlines)
            .field("body_limit", &self.body_limit)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn no_setting_is_printed_that_may_hold_a_password() {
        let options = ClientOptions::new()
            .proxy("http://user:hunter2@proxy.example:3128")
            .proxy_user("user", "hunter2")
            .allow_host("https://user:hunter2@broker.example");
        let error = options.http_client(&AllowedHosts::new()).unwrap_err();
        let text = format!("{options:?} {error} {error:?}");
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn http_clients_are_shared_only_for_equal_settings() {
        let options = ClientOptions::new().share_http_client();
        let shared = |options: &ClientOptions| {
            options.http_client(&AllowedHosts::new()).unwrap();
            options.shared.as_ref().unwrap().get().len()
        };
        assert_eq!([shared(&options), shared(&options.clone())], [1, 1]);
        let total = Duration::from_secs(9);
        assert_eq!(shared(&options.clone().deadlines(Deadlines { total, ..Deadlines::default() })), 2);
        assert_eq!(shared(&options.clone().proxy("http://127.0.0.1:9")), 3);
        let mut pinned = options.clone();
        pinned.trust_fingerprint("00".repeat(32));
        assert_eq!([shared(&pinned), shared(&options)], [4, 4]);
    }

    #[test]
    fn what_is_set_wins_over_the_environment() {
        let variables = Variables::of(|name| match name {
            "BROKER_SESSION_PROXY" => Some("http://other.example:1".into()),
            "BROKER_SESSION_PROXY_USER" => Some("somebody".into()),
            _ => None,
        });
        let mut options = ClientOptions::new().proxy("http://proxy.example:3128");
        options.read(&variables).unwrap();
        assert_eq!(
            (options.http.proxy.as_deref(), options.http.proxy_user.is_some()),
            (Some("http://proxy.example:3128"), false)
        );
        let mut options = ClientOptions::new();
        options.read(&variables).unwrap();
        assert_eq!(
            (options.http.proxy.as_deref(), options.http.proxy_user.is_some()),
            (Some("http://other.example:1"), true)
        );
    }
}
