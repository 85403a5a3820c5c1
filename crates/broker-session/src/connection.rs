//! How a broker is reached: what does not depend on the broker.

use std::{fmt, sync::Arc};

use broker_session_runtime::{
    AllowedHosts, Api, Backoff, Deadlines, Drift, DriftObserver, Environment, Exchange, Fingerprint,
    HostNotAllowed, HttpClientBuilder, HttpClientError, PresentedCertificate, RetryPolicy, Secret, Server,
    Transport, TransportBuilder, is_loopback,
};
use url::Url;

use crate::{Error, guesses::Guesses, settle::no_answer};

/// Network settings, the same for every broker.
///
/// ```
/// use std::time::Duration;
/// use broker_session::{Connection, Deadlines, Secret};
///
/// let connection = Connection::new()
///     .proxy("http://proxy.example:3128", Some(("user", &Secret::from("made-up-password"))))?
///     .allow_host("https://mksapi.kotaksecurities.com")
///     .deadlines(Deadlines { total: Duration::from_secs(20), ..Deadlines::default() });
/// # Ok::<(), broker_session::Error>(())
/// ```
#[derive(Clone)]
pub struct Connection {
    http: HttpClientBuilder,
    hosts: Vec<String>,
    plain_http: bool,
    deadlines: Deadlines,
    retry: Arc<dyn Backoff>,
    body_limit: Option<usize>,
    exchange: Option<Arc<dyn Exchange>>,
    drift: Option<DriftObserver>,
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            http: HttpClientBuilder::default(),
            hosts: Vec::new(),
            plain_http: false,
            deadlines: Deadlines::default(),
            retry: Arc::new(RetryPolicy::default()),
            body_limit: None,
            exchange: None,
            drift: None,
        }
    }
}

impl Connection {
    /// No proxy, the platform's root certificates, the broker's own hosts, and the default deadlines.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends everything through a proxy, with a user name and a password if it asks for them. TLS goes
    /// through it end to end and is verified as ever. A proxy named in the environment is not used.
    ///
    /// # Errors
    /// `Config` if the URL is not of the form `http://host:port`, or carries a user name or password.
    pub fn proxy(mut self, url: &str, user: Option<(&str, &Secret)>) -> Result<Self, Error> {
        self.http = self.http.proxy(url, user).map_err(|error| Error::config(error.to_string()))?;
        Ok(self)
    }

    /// Trusts the certificates in this PEM text besides the platform's.
    ///
    /// # Errors
    /// `Config` if there is no readable certificate in it.
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self, Error> {
        self.http = self.http.root_certificates_pem(pem).map_err(|error| Error::config(error.to_string()))?;
        Ok(self)
    }

    /// Trusts a server that presents one of the certificates in this PEM text, and then no other server: neither
    /// name nor dates are looked at, because a gateway that signs its own certificate has neither right.
    ///
    /// # Errors
    /// `Config` if there is no readable certificate in it.
    pub fn trust_certificate(mut self, pem: &[u8]) -> Result<Self, Error> {
        self.http = self.http.trust_certificate_pem(pem).map_err(|error| Error::config(error.to_string()))?;
        Ok(self)
    }

    /// Does what [`Connection::trust_certificate`] does, for the certificate whose encoded form (DER) has this
    /// SHA-256 fingerprint: 64 hexadecimal digits, with or without colons.
    ///
    /// # Errors
    /// `Config` if it is no such fingerprint.
    pub fn trust_fingerprint(mut self, sha256: &str) -> Result<Self, Error> {
        let fingerprint = sha256.parse::<Fingerprint>().map_err(|error| Error::config(error.to_string()))?;
        self.http = self.http.trust_fingerprint(fingerprint);
        Ok(self)
    }

    /// Carries out requests in another way than by sending them with the HTTP client alone. For programs that share
    /// a broker's limits with other processes, and for tests on a paused clock, which must hold time still while an
    /// answer is under way.
    pub fn exchange(mut self, exchange: Arc<dyn Exchange>) -> Self {
        self.exchange = Some(exchange);
        self
    }

    /// Carries out requests through another exchange, which is given the one of before.
    #[cfg(feature = "ibkr")]
    pub(crate) fn exchange_through<E: Exchange + 'static>(
        mut self,
        through: impl FnOnce(Option<Arc<dyn Exchange>>) -> E,
    ) -> Self {
        self.exchange = Some(Arc::new(through(self.exchange.take())));
        self
    }

    /// The certificate that the server at this `https://` URL presents, to be shown to a person who decides
    /// whether to trust it. Nothing is sent: the connection ends with the handshake.
    ///
    /// # Errors
    /// `Config` if the URL has no `https://`, `Unavailable` if there is no server.
    pub async fn presented_certificate(&self, url: &str) -> Result<PresentedCertificate, Error> {
        let (_, bases) = self.allowed_hosts(&[url.to_owned()])?;
        let base = bases.first().ok_or_else(|| Error::config("there is no URL"))?;
        let presented = self.http.clone().presented_certificate(base, self.deadlines).await;
        presented.map_err(unseen)
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

    /// Sets the deadlines.
    pub fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }

    /// Sets how often and at which pace calls are repeated where the spec allows it: a [`RetryPolicy`], or a policy of
    /// the caller's own.
    ///
    /// ```
    /// use std::time::Duration;
    /// use broker_session::{Backoff, Connection, FailedAttempt};
    ///
    /// /// Tries once more, but not with a broker that wants to be left alone.
    /// struct OnceMore;
    ///
    /// impl Backoff for OnceMore {
    ///     fn wait(&self, failed: &FailedAttempt) -> Option<Duration> {
    ///         (failed.attempts == 1 && failed.asked.is_none()).then_some(Duration::from_millis(500))
    ///     }
    /// }
    ///
    /// let connection = Connection::new().retry(OnceMore);
    /// ```
    pub fn retry(mut self, policy: impl Backoff + 'static) -> Self {
        self.retry = Arc::new(policy);
        self
    }

    /// Sets the largest answer that is read, in bytes; 64 KiB unless told. What is longer is read no further
    /// and is an error of the kind that its status says, or `Protocol`.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = Some(bytes);
        self
    }

    /// Has every answer compared with the broker's spec to the letter, so that a silent change is noticed the day it
    /// happens: members that the spec does not know, that it requires and are missing, or that have another type.
    /// Each difference is told once, as a `tracing` event at the level `WARN` and to `report`, by JSON pointer and
    /// without values. What a call comes to does not change by it.
    ///
    /// `report` is called before the call returns, so it should be quick; it must not panic.
    ///
    /// ```
    /// use broker_session::{Change, Connection};
    ///
    /// let connection = Connection::new().observe_drift(|drift| {
    ///     if drift.change != Change::Unknown {
    ///         eprintln!("tell the maintainers: {drift}");
    ///     }
    /// });
    /// ```
    pub fn observe_drift(mut self, report: impl Fn(&Drift) + Send + Sync + 'static) -> Self {
        self.drift = Some(DriftObserver::new(report));
        self
    }

    /// Where a sign-in may start, in order, and the hosts that it may use: the given URLs or else the broker's own, and
    /// the hosts of this connection.
    pub(crate) fn reach(
        &self,
        api: &Api,
        environment: Environment,
        given: &[String],
    ) -> Result<(AllowedHosts, Vec<Url>), Error> {
        let own = api.servers_of(environment).map(str::to_owned);
        let urls = if given.is_empty() { own.collect() } else { given.to_vec() };
        let (mut hosts, bases) = self.allowed_hosts(&urls)?;
        // On loopback one server stands for all of the broker's.
        if !bases.iter().any(is_loopback) {
            // A host given by the caller may send the sign-in on to the broker's own hosts, but only to those of the
            // environment that it belongs to.
            let environment = environment_of(api, &bases).unwrap_or(environment);
            allow_own(&mut hosts, api, environment)?;
        }
        Ok((hosts, bases))
    }

    /// The hosts that credentials may go to: the given ones, and those of this connection.
    pub(crate) fn allowed_hosts(&self, given: &[String]) -> Result<(AllowedHosts, Vec<Url>), Error> {
        let mut hosts = AllowedHosts::new();
        if self.plain_http {
            hosts.permit_plain_http();
        }
        let mut allow = |name: &str, url: &String| hosts.allow(url).map_err(|error| unusable(name, &error));
        let bases = given.iter().map(|url| allow("the base URL", url)).collect::<Result<Vec<_>, _>>()?;
        for host in &self.hosts {
            allow("the host to allow", host)?;
        }
        Ok((hosts, bases))
    }

    /// The HTTP client. Without a host that speaks TLS it does without root certificates.
    pub(crate) fn http_client(&self, hosts: &AllowedHosts) -> Result<reqwest::Client, Error> {
        if hosts.has_plain_http() && self.http.has_remote_proxy() && !self.plain_http {
            return Err(Error::config(
                "a host with http:// would be reached through a proxy on another machine, where everybody on the way can read the credentials; use https, or allow plain http",
            ));
        }
        let builder = self.http.clone().only_given_roots(!hosts.needs_tls());
        builder.build(self.deadlines).map_err(|error| Error::config(error.to_string()).caused_by(error))
    }

    /// What has been guessed with these settings: nothing yet.
    pub(crate) fn guesses(&self) -> Guesses {
        Guesses::new(self.deadlines.total)
    }

    /// The same for guesses that are good for one call.
    pub(crate) fn one_time_guesses(&self) -> Guesses {
        Guesses::one_time(self.deadlines.total)
    }

    /// A transport with these settings, to be completed with credentials.
    pub(crate) fn transport(&self, api: &'static Api) -> TransportBuilder {
        let builder = Transport::builder(api).deadlines(self.deadlines).retry(self.retry.clone());
        let builder = match self.body_limit {
            Some(bytes) => builder.body_limit(bytes),
            None => builder,
        };
        let builder = match &self.drift {
            Some(observer) => builder.observe_drift(observer.clone()),
            None => builder,
        };
        match &self.exchange {
            Some(exchange) => builder.exchange(exchange.clone()),
            None => builder,
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("http", &self.http)
            .field("hosts", &self.hosts.iter().map(|url| shown(url)).collect::<Vec<_>>())
            .field("plain_http", &self.plain_http)
            .field("deadlines", &self.deadlines)
            .field("body_limit", &self.body_limit)
            .finish_non_exhaustive()
    }
}

/// The environment that the first base belongs to, if it is one of the broker's own.
fn environment_of(api: &Api, bases: &[Url]) -> Option<Environment> {
    let first = bases.first()?.host_str()?;
    let same_host = |server: &&Server| Url::parse(server.url).is_ok_and(|url| url.host_str() == Some(first));
    api.all_servers().find(same_host).map(|server| server.environment)
}

/// A URL that a caller has given, as it may be shown before anybody has checked it: somebody may have put a
/// password into it.
pub(crate) fn shown(url: &str) -> String {
    let is_plain = !url.contains(['@', '?', '#', '%']) && !url.contains(char::is_control);
    if is_plain { url.to_owned() } else { "[not a plain URL]".to_owned() }
}

/// Why a certificate could not be looked at.
fn unseen(error: HttpClientError) -> Error {
    match error {
        HttpClientError::Unreachable(error) => no_answer(error).unsent(),
        error => Error::config(error.to_string()).caused_by(error),
    }
}

/// Allows the broker's own hosts in an environment. Hosts below the broker's domains that the spec does not list count as
/// ones of production.
pub(crate) fn allow_own(hosts: &mut AllowedHosts, api: &Api, environment: Environment) -> Result<(), Error> {
    for server in api.all_servers() {
        let noted = match server.environment == environment {
            true => hosts.allow(server.url).map(drop),
            false => hosts.exclude(server.url),
        };
        noted.map_err(|error| unusable("a server of the spec", &error))?;
    }
    if environment == Environment::Production {
        api.domains.iter().for_each(|domain| hosts.trust_domain(domain));
    }
    Ok(())
}

/// A URL of the caller's that cannot be used.
pub(crate) fn unusable(name: &str, error: &HostNotAllowed) -> Error {
    Error::config(format!("{name} cannot be used: {}", error.reason()))
}

/// Where to carry on after a response has named a host.
///
/// A server on loopback stands for all of the broker's hosts: a fixture or a sandbox that names one of them
/// must not make credentials leave the machine, so the flow stays where it is. A path that none of the broker's servers
/// has is kept. And what listens on a port of loopback is the same whichever name of loopback a response uses.
pub(crate) fn follow(
    api: &Api,
    hosts: &AllowedHosts,
    current: &Url,
    named: &str,
) -> Result<Url, HostNotAllowed> {
    let refused = match hosts.check_named(named) {
        Ok(url) => return Ok(url),
        Err(refused) => refused,
    };
    if !is_loopback(current) {
        return Err(refused);
    }
    let mut own = AllowedHosts::new();
    let servers: Vec<Url> = api.all_servers().filter_map(|server| own.allow(server.url).ok()).collect();
    api.domains.iter().for_each(|domain| own.trust_domain(domain));
    let mut here = current.clone();
    if let Ok(url) = own.check_named(named) {
        if url.path() != "/" && servers.iter().all(|server| server.path() != url.path()) {
            here.set_path(url.path());
        }
        return Ok(here);
    }
    let url = refused.url().ok_or_else(|| refused.clone())?;
    if !is_loopback(url) || url.scheme() != current.scheme() || url.port() != current.port() {
        return Err(refused);
    }
    here.set_path(url.path());
    Ok(here)
}

#[cfg(all(test, feature = "kotak"))]
mod tests {
    use super::*;

    fn next(named: &str) -> Option<String> {
        let mut hosts = AllowedHosts::new();
        let current = hosts.allow("http://127.0.0.1:9000/apim").ok()?;
        follow(&kotak_session_api::API, &hosts, &current, named).ok().map(String::from)
    }

    #[test]
    fn a_sign_in_on_loopback_stays_with_its_listener_whatever_name_an_answer_gives_it() {
        for named in
            ["http://localhost:9000/second", "http://[::1]:9000/second", "http://127.0.0.1:9000/second"]
        {
            assert_eq!(next(named).as_deref(), Some("http://127.0.0.1:9000/second"), "{named}");
        }
        assert_eq!(
            next("https://tradeapi.kotaksecurities.com/apim").as_deref(),
            Some("http://127.0.0.1:9000/apim")
        );
        for named in
            ["http://localhost:9001/apim", "https://localhost:9000/apim", "https://evil.example/apim"]
        {
            assert_eq!(next(named), None, "{named}");
        }
    }
}
