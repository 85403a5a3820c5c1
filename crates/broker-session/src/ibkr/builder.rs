//! What a gateway is reached with.

use std::{path::PathBuf, sync::Arc};

use broker_session_runtime::{Secret, Signer, TransportBuilder, is_loopback, parse_url};
use http::{
    HeaderName, HeaderValue,
    header::{ORIGIN, REFERER},
};
use ibkr_session_api::API;
use url::Url;

use super::{
    address,
    exchange::NotingExchange,
    gateway::{Gateway, Network},
    notes::Notes,
};
use crate::{Connection, Error, connection::shown};

/// The path of the API below the root of a gateway.
const API_PATH: &str = "/v1/api";

/// Headers that say how a request travels or what its body is.
const FRAMING: [&str; 8] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// Builds a [`Gateway`].
#[derive(Clone, Default)]
pub struct GatewayBuilder {
    base_url: Option<String>,
    login_url: Option<String>,
    connection: Connection,
    headers: Vec<(String, Secret)>,
    signer: Option<Arc<dyn Signer>>,
    shared_file: Option<PathBuf>,
}

impl GatewayBuilder {
    /// Sets the base URL: that of newer gateways (`https://localhost:5000/v1/api`, which is also the default),
    /// of older ones (`…/v1/portal`), or of the hosted Web API. A URL without a path gets `/v1/api`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sets the page that a person must open to sign in; the root of the gateway unless told. Elsewhere than on this
    /// machine there is none where the caller authorises its requests itself.
    pub fn login_url(mut self, url: impl Into<String>) -> Self {
        self.login_url = Some(url.into());
        self
    }

    /// Sets how the gateway is reached, and which certificate is trusted.
    pub fn connection(mut self, connection: Connection) -> Self {
        self.connection = connection;
        self
    }

    /// Puts a header on every request, marked as sensitive: the browser's `Cookie`, which some gateways want, or
    /// an `Authorization` for the hosted Web API. A gateway may replace a cookie; its new value is sent from then on.
    pub fn header(mut self, name: impl Into<String>, value: Secret) -> Self {
        self.headers.push((name.into(), value));
        self
    }

    /// Signs every request, each attempt anew, as OAuth for the hosted Web API asks for it.
    pub fn signer(mut self, signer: Arc<dyn Signer>) -> Self {
        self.signer = Some(signer);
        self
    }

    /// Names a file in which programs at the same gateway keep what they must know of each other: the latest calls, a
    /// penalty, whether the single sign-on was alive, and when the brokerage session may be opened again. Then the
    /// broker's limits and the waits between openings hold for all programs that name this file, one after the other
    /// and at the same time. Without it they hold within the process, for the clones of a gateway.
    ///
    /// The file is created when it is needed, for its owner alone; it holds no secret. If it cannot be used, the gateway
    /// goes on without it. The program `broker-session` has such a file, too: `calls.json` beside its session store.
    pub fn shared_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.shared_file = Some(path.into());
        self
    }

    /// Builds the gateway. Nothing is sent yet.
    ///
    /// # Errors
    /// `Config` if a URL, a header or the connection's settings cannot be used.
    pub fn build(self) -> Result<Gateway, Error> {
        let default = API.servers.first().map_or("", |server| server.url);
        let given = self.base_url.as_deref().unwrap_or(default).to_owned();
        let (hosts, bases) = self.connection.allowed_hosts(&[given])?;
        let mut base = bases.into_iter().next().ok_or_else(|| Error::config("there is no base URL"))?;
        if base.path().trim_end_matches('/').is_empty() {
            base.set_path(API_PATH);
        }
        let is_own = self.signer.is_none() && !self.headers.iter().any(|(name, _)| is_authorization(name));
        let login_url = match self.login_url {
            Some(url) => Some(page(&url)?),
            // A gateway on this machine has its page, whatever else it is sent.
            None => (is_own || is_loopback(&base)).then(|| root(&base)),
        };
        let http = self.connection.http_client(&hosts)?;
        let notes = Notes::new(address::of_url(&base).unwrap_or_default(), self.shared_file);
        let connection = match notes.is_shared() {
            true => self.connection.exchange_through(|inner| NotingExchange::new(notes.clone(), inner)),
            false => self.connection,
        };
        let mut transport = connection.transport(&API);
        if login_url.is_some() {
            transport = as_from_its_page(transport, &base)?;
        }
        for (name, value) in self.headers {
            transport = with_header(transport, &name, &value)?;
        }
        if let Some(signer) = self.signer {
            transport = transport.signer(signer);
        }
        let network = Network { hosts, http, transport: transport.build() };
        Ok(Gateway::new(base, login_url.map(String::from), network, notes))
    }
}

/// Makes requests look like those of the gateway's own page: some gateways answer every POST with 401 without its
/// `Origin` and `Referer`, or with a cookie that they have replaced since. Those that do not ask for it do not mind.
fn as_from_its_page(transport: TransportBuilder, base: &Url) -> Result<TransportBuilder, Error> {
    let bad = |_| Error::config("the base URL cannot stand in a header");
    let origin = HeaderValue::try_from(base.origin().ascii_serialization()).map_err(bad)?;
    let referer = HeaderValue::try_from(root(base).as_str()).map_err(bad)?;
    Ok(transport.open_header(ORIGIN, origin).open_header(REFERER, referer).take_over_cookies())
}

fn is_authorization(name: &str) -> bool {
    name.eq_ignore_ascii_case("authorization")
}

fn with_header(transport: TransportBuilder, name: &str, value: &Secret) -> Result<TransportBuilder, Error> {
    let bad = |what: &str| Error::config(format!("the header `{}` {what}", name.escape_default()));
    let header = HeaderName::try_from(name).map_err(|_| bad("has a name that no header may have"))?;
    if FRAMING.iter().any(|framing| name.eq_ignore_ascii_case(framing)) {
        return Err(bad("belongs to the connection or the body, not to the caller"));
    }
    let is_text = value.expose().bytes().all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte));
    if !is_text {
        return Err(bad("has a value with characters that no header may have"));
    }
    Ok(transport.header(header, value.clone()))
}

/// A page that a person is told to open, and will type a password into.
fn page(url: &str) -> Result<Url, Error> {
    let is_safe = |url: &Url| url.scheme() == "https" || is_loopback(url);
    // A page may have a query, which no base URL has.
    let (base, rest) = url.split_at(url.find(['?', '#']).unwrap_or(url.len()));
    let is_plain = parse_url(base).is_ok() && rest.bytes().all(|byte| byte.is_ascii_graphic());
    Url::parse(url).ok().filter(|url| is_plain && is_safe(url)).ok_or_else(|| {
        Error::config(
            "the login page must begin with https:// (http:// only for this machine itself), and must not have a user name or password",
        )
    })
}

/// The root of the gateway, where its login page is.
fn root(base: &Url) -> Url {
    let mut root = base.clone();
    root.set_path("/");
    root
}

impl std::fmt::Debug for GatewayBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GatewayBuilder")
            .field("base_url", &self.base_url.as_deref().map(shown))
            .field("login_url", &self.login_url.as_deref().map(shown))
            .field("connection", &self.connection)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}
