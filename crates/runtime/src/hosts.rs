//! Where credentials may go.
//!
//! Brokers name the host for later calls in a response. A client that follows any such response gives the password to
//! everyone who can forge one. So a URL is used only if the spec or the caller has named its origin before.

use std::{borrow::Cow, fmt, net::IpAddr};

use url::{Host, Url};

/// The origins that credentials may go to.
///
/// An origin is scheme, host and port (RFC 6454), compared as a whole, never by its ending. Only https is
/// accepted, with two exceptions: hosts on loopback, and hosts that the caller has named with `http://`
/// after [`AllowedHosts::permit_plain_http`]. On loopback, too, the port counts: on a machine with several
/// users, another user's program may listen on another port.
///
/// Brokers serve a user from one of many hosts, and name it only in a response. So a response may also name a host
/// below a domain of the broker ([`AllowedHosts::trust_domain`]), with https on port 443. Only the broker can assign
/// names there, and TLS proves that the host has the name. A program's own request may go to such a host only after a
/// response has named it.
#[derive(Clone, Debug, Default)]
pub struct AllowedHosts {
    origins: Vec<Url>,
    domains: Vec<&'static str>,
    excluded: Vec<Url>,
    plain_http: bool,
}

impl AllowedHosts {
    /// An empty list: nothing is allowed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Permits adding hosts with plain `http://` that are not on loopback. Everything sent there can be
    /// read on the way.
    pub fn permit_plain_http(&mut self) {
        self.plain_http = true;
    }

    /// Adds the origin of `url`, and returns the URL as understood.
    ///
    /// # Errors
    /// If it is not a plain URL with a scheme, or credentials would be sent without encryption.
    pub fn allow(&mut self, url: &str) -> Result<Url, HostNotAllowed> {
        let url = parse_url(url)?;
        if url.scheme() == "http" && !is_loopback(&url) && !self.plain_http {
            return Err(HostNotAllowed::new(
                &url,
                "plain http would let everyone on the way read the credentials",
            ));
        }
        // There are few hosts, and may be many clients.
        self.origins.reserve_exact(1);
        self.origins.push(url.clone());
        Ok(url)
    }

    /// Lets responses name any host below this domain, except the excluded ones.
    pub fn trust_domain(&mut self, domain: &'static str) {
        self.domains.push(domain);
    }

    /// Excludes the host of `url` from the trusted domains: one of the broker's other environment.
    ///
    /// # Errors
    /// If it is not a plain URL.
    pub fn exclude(&mut self, url: &str) -> Result<(), HostNotAllowed> {
        self.excluded.push(parse_url(url)?);
        Ok(())
    }

    /// Returns the URL that a response names, if its origin is on the list. It may be a host name alone.
    ///
    /// # Errors
    /// If it is not a plain URL, or its origin is not on the list.
    pub fn check(&self, url: &str) -> Result<Url, HostNotAllowed> {
        let url = parse_named(url)?;
        self.check_parsed(&url).map(|()| url)
    }

    /// Does what [`AllowedHosts::check`] does, and also accepts hosts below a trusted domain.
    ///
    /// # Errors
    /// If it is not a plain URL, or its origin is neither on the list nor in a trusted domain.
    pub fn check_named(&self, url: &str) -> Result<Url, HostNotAllowed> {
        let url = parse_named(url)?;
        if self.is_trusted(&url) { Ok(url) } else { self.check_parsed(&url).map(|()| url) }
    }

    /// Does what [`AllowedHosts::check`] does for the origin of a URL that has been parsed already.
    ///
    /// # Errors
    /// If the origin is not on the list.
    pub fn check_parsed(&self, url: &Url) -> Result<(), HostNotAllowed> {
        if self.contains(url) {
            return Ok(());
        }
        if let Some(name) = self.imitated_by(url) {
            let reason =
                format!("its name only looks like one of `{name}`, so somebody may be after the credentials");
            return Err(HostNotAllowed { url: None, ..HostNotAllowed::new(url, reason) });
        }
        let mut reason = "this host and port are not on the list of allowed hosts".to_owned();
        if url.scheme() != "https" {
            reason.push_str(", and only https is accepted");
        } else if !self.domains.is_empty() && !self.domains.iter().any(|domain| is_below(url, domain)) {
            reason.push_str(&format!("; the broker's own end with .{}", self.domains.join(" or .")));
        }
        Err(HostNotAllowed::new(url, reason))
    }

    /// The domain or host that the host of a URL has in its name without being it, or below it.
    fn imitated_by(&self, url: &Url) -> Option<&str> {
        let listed = self.origins.iter().filter_map(Url::domain).filter(|name| name.contains('.'));
        let mut names = self.domains.iter().copied().chain(listed);
        names.find(|name| url.domain().is_some_and(|host| host.contains(name)) && !is_below(url, name))
    }

    /// Whether the origin of a URL that has been parsed already is on the list.
    pub fn contains(&self, url: &Url) -> bool {
        self.origins.iter().any(|allowed| is_same_origin(allowed, url))
    }

    /// The same list with the origin of one more URL, which [`AllowedHosts::check_named`] has accepted.
    pub fn with(&self, url: &Url) -> Self {
        let mut hosts = self.clone();
        if !hosts.contains(url) {
            hosts.origins.push(url.clone());
        }
        hosts
    }

    /// Whether [`AllowedHosts::allow`] would add the origin of this URL.
    pub fn could_allow(&self, url: &Url) -> bool {
        url.scheme() == "https" || is_loopback(url) || self.plain_http
    }

    /// Whether any of the origins is reached without TLS.
    pub fn has_plain_http(&self) -> bool {
        self.origins.iter().any(|origin| origin.scheme() == "http")
    }

    /// Whether any of the origins is reached over TLS.
    pub fn needs_tls(&self) -> bool {
        self.origins.iter().any(|origin| origin.scheme() == "https")
    }

    /// Whether it is a host below a trusted domain: https, port 443, ASCII letters, not excluded.
    fn is_trusted(&self, url: &Url) -> bool {
        let Some(Host::Domain(host)) = url.host() else { return false };
        let is_label = |label: &str| {
            !label.is_empty()
                // Names with letters that only look like ASCII have this prefix.
                && !label.starts_with("xn--")
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let is_below = |domain: &&str| {
            let rest = host.strip_suffix(*domain).and_then(|rest| rest.strip_suffix('.'));
            rest.is_some_and(|rest| rest.split('.').all(is_label))
        };
        url.scheme() == "https"
            && url.port().is_none()
            && self.domains.iter().any(is_below)
            && !self.excluded.iter().any(|excluded| is_same_origin(excluded, url))
    }
}

/// Whether two URLs with a host have the same origin. [`Url::origin`] would make two strings for each comparison.
fn is_same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host() == other.host()
        && one.port_or_known_default() == other.port_or_known_default()
}

/// Whether the host of a URL is this one, or below it.
fn is_below(url: &Url, name: &str) -> bool {
    let rest = url.domain().and_then(|host| host.trim_end_matches('.').strip_suffix(name));
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether a URL points to this machine itself: `localhost`, 127.0.0.0/8 or `::1`.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

/// Reads a base URL (scheme, host, port, path), wherever a caller gives one, and refuses everything that two programs
/// might read differently. A URL without `https://` is refused: `http//127.0.0.1` and `https:/host` would lead to hosts
/// of the names `http` and `https`.
///
/// # Errors
/// If it is not such a URL. The error does not quote it: an invalid URL may hold anything, even a password.
pub fn parse_url(text: &str) -> Result<Url, HostNotAllowed> {
    let refuse =
        |reason: &'static str| Err(HostNotAllowed { host: String::new(), url: None, reason: reason.into() });
    if text.is_empty() {
        return refuse("it is empty; it must begin with https://");
    }
    // Everything before the first `://` is the scheme; some programs accept other forms.
    let is_web = |scheme: &str| ["http", "https"].iter().any(|known| known.eq_ignore_ascii_case(scheme));
    let Some((scheme, rest)) = text.split_once("://").filter(|(scheme, _)| is_web(scheme)) else {
        return refuse(NO_SCHEME);
    };
    if text.chars().any(|c| !c.is_ascii_graphic() || r#"\@%?#<>"{}|^`"#.contains(c)) {
        return refuse(
            "it has blanks, a user name, a query or other characters that a base URL does not have",
        );
    }
    if rest.is_empty() || rest.starts_with('/') {
        return refuse("there is no host in it");
    }
    let Ok(mut url) = Url::parse(&format!("{scheme}://{rest}")) else {
        return refuse("it is not a URL");
    };
    let is_name =
        |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    if url.host().is_some_and(|host| matches!(host, Host::Domain(name) if !is_name(name))) {
        return refuse("its host has characters that no host name has");
    }
    // `https://http//host`: a scheme that has lost its colon became the host.
    if url.host_str().is_some_and(is_web) {
        return refuse("its host is `http` or `https`, which is what is left of a second scheme");
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// Reads what a broker's response names: a URL, or a host name alone, which means https.
///
/// # Errors
/// Those of [`parse_url`].
pub fn parse_named(text: &str) -> Result<Url, HostNotAllowed> {
    let host = text.split(['/', ':']).next().unwrap_or_default();
    // A name of one word is what is left of a scheme: `https:/host`.
    let is_bare = !text.contains("://") && host.contains('.');
    if is_bare { parse_url(&format!("https://{text}")) } else { parse_url(text) }
}

/// How a URL must begin.
const NO_SCHEME: &str = "it must begin with https:// (http:// only for this machine itself), like https://host or https://host:8443/path";

/// A URL that credentials must not go to. Nothing was sent there.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub struct HostNotAllowed {
    host: String,
    url: Option<Box<Url>>,
    reason: Cow<'static, str>,
}

impl HostNotAllowed {
    fn new(url: &Url, reason: impl Into<Cow<'static, str>>) -> Self {
        let host = url.host_str().unwrap_or_default();
        let host = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Self {
            host: host.chars().take(80).collect(),
            url: Some(Box::new(url.clone())),
            reason: reason.into(),
        }
    }

    /// The URL, if it could be read: plain, and without a user name. None if the host only looks like an allowed one, and
    /// nobody should allow it.
    pub fn url(&self) -> Option<&Url> {
        self.url.as_deref()
    }

    /// Why, as a clause about the URL.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The host, and its port where the URL names one; empty if no host could be read.
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl fmt::Debug for HostNotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL's path may hold anything.
        f.debug_struct("HostNotAllowed")
            .field("host", &self.host)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for HostNotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.as_str() {
            "" => write!(f, "the URL is not allowed to receive credentials: {}", self.reason),
            host => write!(f, "`{host}` is not allowed to receive credentials: {}", self.reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brokers() -> AllowedHosts {
        let mut hosts = AllowedHosts::new();
        hosts.allow("https://tradeapi.kotaksecurities.com/apim").unwrap();
        hosts
    }

    #[test]
    fn an_origin_is_allowed_with_any_path_and_in_any_case() {
        for url in [
            "https://tradeapi.kotaksecurities.com/apim",
            "https://tradeapi.kotaksecurities.com:443/other/",
            "HTTPS://TradeAPI.KotakSecurities.com",
            "tradeapi.kotaksecurities.com",
        ] {
            assert!(brokers().check(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn look_alikes_and_tricks_are_refused() {
        for url in [
            "",
            "https://",
            "https:///tradeapi.kotaksecurities.com",
            "http://tradeapi.kotaksecurities.com/apim",
            "https://tradeapi.kotaksecurities.com:8443/apim",
            "https://tradeapi.kotaksecurities.com.evil.example/apim",
            "https://evil.example/tradeapi.kotaksecurities.com",
            "https://tradeapi.kotaksecurities.com@evil.example/",
            "https://evil.example#@tradeapi.kotaksecurities.com",
            "https://tradeapi.kotaksecurities.com./apim",
            "https://tradeapi%2ekotaksecurities.com/apim",
            "https://tradeapi.kotaksecurities.com\\@evil.example",
            "https://tradeаpi.kotaksecurities.com/apim",
            "https://trade\tapi.kotaksecurities.com",
            "//tradeapi.kotaksecurities.com",
            "ftp://tradeapi.kotaksecurities.com",
            "https://127.0.0.1/apim",
            "https://[::1]/apim",
        ] {
            assert!(brokers().check(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_url_that_a_caller_gives_must_have_a_scheme() {
        for url in [
            "",
            "mis.kotaksecurities.com",
            "host:443",
            "localhost:5000",
            "//host",
            "/path",
            "http//127.0.0.1:4503",
            "https//mis.kotaksecurities.com",
            "https:/mis.kotaksecurities.com",
            "https:mis.kotaksecurities.com",
            "http:127.0.0.1:5000",
            "htps://mis.kotaksecurities.com",
            "https;//mis.kotaksecurities.com",
            "https:\\\\mis.kotaksecurities.com",
            "https\u{ff1a}//mis.kotaksecurities.com",
            " https://mis.kotaksecurities.com",
            "\"https://mis.kotaksecurities.com\"",
            "ftp://127.0.0.1",
        ] {
            let error = AllowedHosts::new().allow(url).unwrap_err();
            assert!(error.to_string().contains("must begin with https://"), "{url}: {error}");
        }
        for url in
            ["https://mis.kotaksecurities.com ", "https://mis kotaksecurities.com", "https://a$(b).example"]
        {
            assert!(AllowedHosts::new().allow(url).is_err(), "{url}");
        }
    }

    #[test]
    fn the_rest_of_a_scheme_is_not_a_host_in_a_response() {
        let mut hosts = brokers();
        for host in ["https", "http"] {
            assert!(hosts.allow(&format!("https://{host}//mis.kotaksecurities.com")).is_err(), "{host}");
        }
        hosts.allow("https://htps").unwrap();
        for url in ["https:/tradeapi.kotaksecurities.com", "http//127.0.0.1:4503", "https:host", "https"] {
            assert!(hosts.check(url).is_err() && hosts.check_named(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_response_may_name_a_host_below_a_trusted_domain() {
        let mut hosts = brokers();
        hosts.trust_domain("kotaksecurities.com");
        hosts.exclude("https://sbx.kotaksecurities.com/apim").unwrap();
        for url in [
            "https://neo-gw.kotaksecurities.com/xyz",
            "https://neo-gw.kotaksecurities.com:443/xyz/",
            "HTTPS://E99.KotakSecurities.com",
            "e99.kotaksecurities.com",
            "https://a.b.kotaksecurities.com",
        ] {
            let named = hosts.check_named(url).unwrap();
            // Naming is what makes the difference.
            assert!(!hosts.contains(&named) && hosts.check(url).is_err(), "{url}");
            assert!(hosts.with(&named).contains(&named), "{url}");
        }
        assert_eq!(
            hosts.check_named("https://neo-gw.kotaksecurities.com/xyz/").unwrap().as_str(),
            "https://neo-gw.kotaksecurities.com/xyz"
        );
        for url in [
            "https://kotaksecurities.com",
            "https://sbx.kotaksecurities.com/apim",
            "https://e43.kotaksecurities.com.evil.example",
            "https://kotaksecurities.com.evil",
            "https://evilkotaksecurities.com",
            "https://evil-kotaksecurities.com",
            "https://kotaksecurities.co",
            "https://e43.kotaksecurities.com.",
            "https://e43.kotaksecurities.com:8443",
            "https://e43.kotaksecurities.com:80",
            "http://e43.kotaksecurities.com",
            "http://e43.kotaksecurities.com:443",
            "https://.kotaksecurities.com",
            "https://a..kotaksecurities.com",
            "https://user@e43.kotaksecurities.com",
            "https://e43.kotaksecurities.com@evil.example",
            "https://evil.example#.kotaksecurities.com",
            "https://evil.example?.kotaksecurities.com",
            "https://evil.example\\.kotaksecurities.com",
            "https://evil.example/.kotaksecurities.com",
            "https://xn--e43-5cd.kotaksecurities.com",
            "https://e43.kot\u{430}ksecurities.com",
            "https://\u{435}43.kotaksecurities.com",
            "https://e43%2ekotaksecurities.com",
            "https://a_b.kotaksecurities.com",
            "https://127.0.0.1",
            "ws://e43.kotaksecurities.com",
        ] {
            assert!(hosts.check_named(url).is_err(), "{url}");
        }
    }

    #[test]
    fn plain_http_on_loopback_needs_the_same_name_and_port() {
        let mut hosts = AllowedHosts::new();
        hosts.allow("http://127.0.0.1:9000/apim").unwrap();
        assert!(hosts.check("http://127.0.0.1:9000/second/apim").is_ok());
        for url in ["http://127.0.0.1:9001/apim", "http://localhost:9000/apim", "http://127.0.0.2:9000/apim"]
        {
            assert!(hosts.check(url).is_err(), "{url}");
        }
        assert!(!hosts.needs_tls());
    }

    #[test]
    fn plain_http_elsewhere_needs_permission() {
        let mut hosts = AllowedHosts::new();
        for url in [
            "http://gateway.example/apim",
            "http://localhost.evil.example",
            "http://notlocalhost",
            "http://0.0.0.0",
            "http://[::]",
            "http://128.0.0.1",
        ] {
            assert!(hosts.allow(url).is_err(), "{url}");
        }
        hosts.permit_plain_http();
        hosts.allow("http://gateway.example/apim").unwrap();
        assert!(hosts.check("http://gateway.example/apim").is_ok());
    }

    #[test]
    fn the_message_names_the_host_and_quotes_nothing_else() {
        let error = brokers().check("https://evil.example:8443/steal").unwrap_err().to_string();
        assert!(error.starts_with("`evil.example:8443` is not allowed"), "{error}");
        for url in ["https://user:hunter2@evil.example", "https://evil\u{1b}[2J.example/hunter2"] {
            let error = brokers().check(url).unwrap_err().to_string();
            assert!(!error.contains('\u{1b}') && !error.contains("hunter2"), "{error}");
        }
    }
}
