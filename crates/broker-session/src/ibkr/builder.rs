//! What a client is built from.

use std::{fmt, sync::Arc};

use broker_session_runtime::{
    Api, PresentedCertificate, Secret, Signer, TransportBuilder, is_loopback, parse_url,
};
use http::{
    HeaderName, HeaderValue,
    header::{AUTHORIZATION, COOKIE, ORIGIN, REFERER},
};
use ibkr_session_api::API;
use url::Url;

use super::{
    authorization::{Authorization, Grant, other_hosts},
    client::Client,
    oauth1a, oauth2,
    shared_state::{CallRecorder, SharedState},
};
use crate::{
    ClientBuilder, Error,
    builder::sealed::Broker,
    core::Core,
    hosts::{allowed_hosts, printable_url, unusable},
    store::Store,
    variables::Variables,
};

/// The path of the API below the root of a gateway.
const API_PATH: &str = "/v1/api";

/// The hosted Web API.
const HOSTED: &str = "https://api.ibkr.com/v1/api";

/// Headers that belong to the connection or the body of a request.
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

/// The broker, for the builder.
#[derive(Debug)]
pub enum Ibkr {}

/// What only this broker's builder can be given.
#[derive(Clone, Default)]
pub struct Settings {
    login_url: Option<String>,
    headers: Vec<(String, Secret)>,
    signer: Option<Arc<dyn Signer>>,
    oauth1a: Option<oauth1a::Credentials>,
    oauth2: Option<oauth2::Credentials>,
    store: Option<Arc<dyn Store>>,
    /// Certificates in PEM that are trusted by themselves.
    certificates: Vec<Vec<u8>>,
    /// Fingerprints of certificates that are trusted by themselves.
    fingerprints: Vec<String>,
}

impl Broker for Ibkr {
    const NAME: &'static str = "ibkr";
    const API: &'static Api = &API;
    type Settings = Settings;
    type Client = Client;

    fn read(builder: &mut ClientBuilder<Self>, variables: &Variables) -> Result<(), Error> {
        builder.read_base_url(variables, "IBKR_BASE_URL")?;
        let settings = &mut builder.settings;
        if settings.oauth1a.is_none() && settings.oauth2.is_none() {
            let first = oauth1a::CredentialsBuilder::from_variables(variables)?;
            settings.oauth1a = first.map(oauth1a::CredentialsBuilder::build).transpose()?;
            let second = oauth2::CredentialsBuilder::from_variables(variables)?;
            settings.oauth2 = second.map(oauth2::CredentialsBuilder::build).transpose()?;
        }
        if settings.login_url.is_none() {
            settings.login_url = variables.string("IBKR_LOGIN_URL")?;
        }
        for (header, name) in [(COOKIE, "IBKR_COOKIE"), (AUTHORIZATION, "IBKR_AUTHORIZATION")] {
            if !settings.has_header(&header) {
                let value = variables.secret(name)?;
                settings.headers.extend(value.map(|value| (header.to_string(), value)));
            }
        }
        if settings.certificates.is_empty() && settings.fingerprints.is_empty() {
            let names = ["IBKR_FINGERPRINT", "IBKR_CERTIFICATE"];
            let [fingerprint, certificate] = names;
            if variables.either(names)?.is_some() {
                settings.fingerprints.extend(variables.string(fingerprint)?);
                settings.certificates.extend(variables.file(certificate)?);
            }
        }
        Ok(())
    }

    fn open(builder: ClientBuilder<Self>) -> Result<Client, Error> {
        let base_url = builder.ibkr_base_url().to_owned();
        let ClientBuilder { mut options, settings, .. } = builder;
        // Credentials go to the gateway alone, not to the broker's other hosts.
        let (mut hosts, bases) = allowed_hosts(&options, &[base_url])?;
        let mut base = bases.into_iter().next().ok_or_else(|| Error::config("there is no base URL"))?;
        if base.path().trim_end_matches('/').is_empty() {
            base.set_path(API_PATH);
        }
        let login_url = settings.login_page(&base)?;
        let authorization = settings.authorization()?;
        let user = authorization.as_ref().map(|authorization| authorization.user());
        let page = login_url.as_ref().map(|_| PageHeaders::of(&base)).transpose()?;
        let headers: Result<Vec<_>, _> =
            settings.headers.iter().map(|(name, value)| header(name, value)).collect();
        let (headers, signer) = (headers?, settings.signer);
        let names = settings.oauth1a.as_ref().map(oauth1a::Credentials::names);
        let secrets = names.and_then(|names| names.access_token.clone()).into_iter().collect();
        settings.certificates.into_iter().for_each(|pem| options.trust_certificate(pem));
        settings.fingerprints.into_iter().for_each(|sha256| options.trust_fingerprint(sha256));
        if authorization.is_some() {
            for other in other_hosts(&base) {
                hosts.allow(other.as_str()).map_err(|error| unusable("a host of the broker", &error))?;
            }
        }
        let shared = SharedState::new(&base, user.as_deref(), settings.store);
        options.middleware_through(|inner| CallRecorder::new(shared.clone(), inner));
        let equip = |mut transport: TransportBuilder| {
            if let Some(page) = page {
                transport = page.apply_to(transport);
            }
            for (name, value) in headers {
                transport = transport.header(name, value);
            }
            match (&authorization, signer) {
                (Some(authorization), _) => transport.signer(authorization.clone()),
                (None, Some(signer)) => transport.signer(signer),
                (None, None) => transport,
            }
        };
        let core = Core::open(Self::NAME, &API, &options, (hosts, vec![base]), secrets, equip)?;
        Ok(Client::new(core, login_url.map(String::from), shared, authorization))
    }
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl ClientBuilder<Ibkr> {
    /// Trusts a gateway that presents one of the certificates in this PEM file's content, and then no other server. Most
    /// gateways sign their certificate themselves.
    pub fn trust_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.settings.certificates.push(pem.into());
        self
    }

    /// Trusts a gateway whose certificate has this SHA-256 fingerprint, and then no other server: 64 hexadecimal digits,
    /// with or without colons, or a [`Fingerprint`](crate::Fingerprint).
    pub fn trust_fingerprint(mut self, sha256: impl fmt::Display) -> Self {
        self.settings.fingerprints.push(sha256.to_string());
        self
    }

    /// Sets the page that a person must open to sign in; by default the root of the gateway. Elsewhere than on this
    /// machine there is none where the caller authorises its requests itself.
    pub fn login_url(mut self, url: impl Into<String>) -> Self {
        self.settings.login_url = Some(url.into());
        self
    }

    /// Puts a header on every request, marked as sensitive: the browser's `Cookie`, which some gateways want, or
    /// an `Authorization` for the hosted Web API. A gateway may replace a cookie; its new value is sent from then on.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.settings.headers.push((name.into(), value.into()));
        self
    }

    /// Signs in without a person, at the hosted Web API (`https://api.ibkr.com/v1/api`, unless there is another base URL):
    /// [`Client::login`].
    pub fn oauth1a(mut self, credentials: oauth1a::Credentials) -> Self {
        self.settings.oauth1a = Some(credentials);
        self
    }

    /// Does the same with OAuth 2.0.
    pub fn oauth2(mut self, credentials: oauth2::Credentials) -> Self {
        self.settings.oauth2 = Some(credentials);
        self
    }

    /// Signs every request, each attempt anew, by other means than [`ClientBuilder::oauth1a`].
    pub fn signer(mut self, signer: Arc<dyn Signer>) -> Self {
        self.settings.signer = Some(signer);
        self
    }

    /// Shares with all programs that use this store what must be common to them.
    ///
    /// At the same gateway that are the latest calls, a penalty, whether the single sign-on was alive, and when the brokerage
    /// session may be opened again. Then the broker's limits and the waits between openings hold for all of them, one after
    /// the other and at the same time. Without a store they hold within the process, for the clones of a client. A program's
    /// own requests keep to the penalty of others, but are counted in their own process only. If the store cannot be used,
    /// or needs more than 3 seconds, the client goes on with what it knows itself.
    ///
    /// With OAuth it is the token, too: one program gets it and all use it, also the next one. Then the store holds a secret.
    /// If the store cannot be used, a token that the client has is used on; it gets no other one ([`ErrorKind::Store`]).
    ///
    /// [`ErrorKind::Store`]: crate::ErrorKind::Store
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.settings.store = Some(store);
        self
    }

    /// The certificate that the gateway presents now, to be compared with the one that it is known to have. Nothing is
    /// sent but the TLS handshake.
    ///
    /// # Errors
    /// `Config` if a setting cannot be used; `Unavailable` or `Timeout` if there is no server.
    pub async fn presented_certificate(&self) -> Result<PresentedCertificate, Error> {
        let builder = self.clone().with_variables()?;
        builder.options.presented_certificate(builder.ibkr_base_url()).await
    }

    fn ibkr_base_url(&self) -> &str {
        let gateway = API.servers.first().map_or("", |server| server.url);
        let default = if self.settings.has_oauth() { HOSTED } else { gateway };
        self.base_urls.first().map_or(default, String::as_str)
    }
}

impl Settings {
    fn has_header(&self, header: &HeaderName) -> bool {
        self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(header.as_str()))
    }

    fn has_oauth(&self) -> bool {
        self.oauth1a.is_some() || self.oauth2.is_some()
    }

    /// How the client signs in by itself, if it does.
    fn authorization(&self) -> Result<Option<Arc<Authorization>>, Error> {
        let is_authorized = self.signer.is_some() || self.has_header(&AUTHORIZATION);
        let grant = match (&self.oauth1a, &self.oauth2) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => {
                return Err(Error::config(
                    "there are credentials of OAuth 1.0a and of OAuth 2.0; give one of them",
                ));
            }
            _ if is_authorized => {
                return Err(Error::config("OAuth makes the header `Authorization` itself; give one of both"));
            }
            (Some(credentials), None) => Grant::OAuth1a(credentials.clone()),
            (None, Some(credentials)) => Grant::OAuth2(credentials.clone()),
        };
        Ok(Some(Authorization::new(grant)))
    }

    /// The page that a person must open to sign in, if there is one.
    fn login_page(&self, base: &Url) -> Result<Option<Url>, Error> {
        if self.has_oauth() {
            return Ok(None);
        }
        if let Some(url) = &self.login_url {
            return page(url).map(Some);
        }
        let is_authorized = self.signer.is_some() || self.has_header(&AUTHORIZATION);
        // A gateway on this machine has its page, whatever else it is sent.
        Ok((!is_authorized || is_loopback(base)).then(|| root(base)))
    }
}

/// Headers like those of the gateway's own page: some gateways respond with 401 to every POST without its `Origin` and
/// `Referer`, or with a cookie that they have replaced since. The others ignore them.
struct PageHeaders {
    origin: HeaderValue,
    referer: HeaderValue,
}

impl PageHeaders {
    fn of(base: &Url) -> Result<Self, Error> {
        let bad = |_| Error::config("the base URL cannot stand in a header");
        let origin = HeaderValue::try_from(base.origin().ascii_serialization()).map_err(bad)?;
        let referer = HeaderValue::try_from(root(base).as_str()).map_err(bad)?;
        Ok(Self { origin, referer })
    }

    fn apply_to(self, transport: TransportBuilder) -> TransportBuilder {
        let transport = transport.open_header(ORIGIN, self.origin).open_header(REFERER, self.referer);
        transport.take_over_cookies()
    }
}

fn header(name: &str, value: &Secret) -> Result<(HeaderName, Secret), Error> {
    let bad = |what: &str| Error::config(format!("the header `{}` {what}", name.escape_default()));
    let header = HeaderName::try_from(name).map_err(|_| bad("has a name that no header may have"))?;
    if FRAMING.contains(&header.as_str()) {
        return Err(bad("belongs to the connection or the body, not to the caller"));
    }
    let is_printable = value.expose().bytes().all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte));
    if !is_printable {
        return Err(bad("has a value with characters that no header may have"));
    }
    Ok((header, value.clone()))
}

/// A page that a person opens and types a password into.
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

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("login_url", &self.login_url.as_deref().map(printable_url))
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(set: &'static [(&str, &str)]) -> Variables {
        Variables::of(move |name| {
            set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into())
        })
    }

    fn read(set: &'static [(&str, &str)], builder: ClientBuilder<Ibkr>) -> Result<Client, Error> {
        builder.read_from(variables(set)).build()
    }

    #[test]
    fn what_is_not_set_is_read_from_the_environment() {
        let set = &[
            ("IBKR_BASE_URL", "http://127.0.0.1:9/v1/portal"),
            ("IBKR_LOGIN_URL", "https://signin.example/"),
            ("IBKR_FINGERPRINT", "no fingerprint"),
        ];
        let error = read(set, ClientBuilder::new()).unwrap_err();
        assert!(error.to_string().contains("fingerprint"), "{error}");
        let [base_url, login_url, _] = set;
        let rest: &'static [_] = &[("IBKR_BASE_URL", "http://127.0.0.1:9/v1/portal")];
        let client = read(rest, ClientBuilder::new().login_url(login_url.1)).unwrap();
        assert_eq!((client.base_url(), client.login_url()), (base_url.1, Some(login_url.1)));
        let client = read(rest, ClientBuilder::new().base_url("http://127.0.0.1:8")).unwrap();
        assert_eq!(client.base_url(), "http://127.0.0.1:8/v1/api");
    }

    #[test]
    fn a_header_that_is_set_wins_over_the_environment() {
        let mut builder = ClientBuilder::new().header("cookie", "made-up");
        let set = variables(&[("IBKR_COOKIE", "another"), ("IBKR_AUTHORIZATION", "Bearer made-up")]);
        Ibkr::read(&mut builder, &set).unwrap();
        let names: Vec<_> = builder.settings.headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["cookie", "authorization"]);
    }

    #[test]
    fn two_ways_to_trust_exclude_each_other() {
        let set = &[("IBKR_FINGERPRINT", "a"), ("IBKR_CERTIFICATE", "b")];
        let error = read(set, ClientBuilder::new()).unwrap_err().to_string();
        assert!(error.contains("both IBKR_FINGERPRINT and IBKR_CERTIFICATE"), "{error}");
    }

    #[test]
    fn later_options_keep_the_trusted_certificate() {
        let builder = ClientBuilder::<Ibkr>::new().trust_fingerprint("no fingerprint");
        let error = builder.options(crate::ClientOptions::new()).build().unwrap_err();
        assert!(error.to_string().contains("fingerprint"), "{error}");
    }
}
