//! Where credentials may go.
//!
//! Brokers tell a client in an answer on which host to carry on, and a client that obeys any such answer
//! hands the password to whoever can forge one. A URL is used only if its origin was named beforehand: by
//! the spec, or by the caller.

use std::{fmt, net::IpAddr};

use url::{Host, Url};

/// The origins that credentials may go to.
///
/// An origin is scheme, host and port (RFC 6454), compared as a whole, never by its ending. Only https is
/// accepted, with two exceptions: hosts on loopback, and hosts that the caller has named with `http://`
/// after [`AllowedHosts::permit_plain_http`]. On loopback, too, the port counts: on a machine with several
/// users, what listens on another one may be somebody else's.
#[derive(Clone, Debug, Default)]
pub struct AllowedHosts {
    origins: Vec<Url>,
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

    /// Adds the origin of `url`, and gives back the URL as understood.
    ///
    /// # Errors
    /// If the text is no plain URL, or would send credentials in the clear.
    pub fn allow(&mut self, url: &str) -> Result<Url, HostNotAllowed> {
        let url = parse(url)?;
        if url.scheme() == "http" && !is_loopback(&url) && !self.plain_http {
            return Err(HostNotAllowed::new(
                &url,
                "plain http would let everybody on the way read the credentials",
            ));
        }
        self.origins.push(url.clone());
        Ok(url)
    }

    /// Gives back the URL if its origin is on the list.
    ///
    /// # Errors
    /// If the text is no plain URL or its origin is not on the list.
    pub fn check(&self, url: &str) -> Result<Url, HostNotAllowed> {
        let url = parse(url)?;
        self.check_parsed(&url).map(|()| url)
    }

    /// Does what [`AllowedHosts::check`] does for the origin of a URL that has been parsed already.
    ///
    /// # Errors
    /// If the origin is not on the list.
    pub fn check_parsed(&self, url: &Url) -> Result<(), HostNotAllowed> {
        if self.contains(url) {
            return Ok(());
        }
        let reason = match url.scheme() {
            "https" => "this host and port are not on the list of allowed hosts",
            _ => "this host is not on the list of allowed hosts, and only https is accepted",
        };
        Err(HostNotAllowed::new(url, reason))
    }

    /// Whether the origin of a URL that has been parsed already is on the list.
    pub fn contains(&self, url: &Url) -> bool {
        self.origins.iter().any(|allowed| allowed.origin() == url.origin())
    }

    /// Whether any of the origins is reached without TLS.
    pub fn has_plain_http(&self) -> bool {
        self.origins.iter().any(|origin| origin.scheme() == "http")
    }

    /// Whether any of the origins is reached over TLS.
    pub fn needs_tls(&self) -> bool {
        self.origins.iter().any(|origin| origin.scheme() == "https")
    }
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

/// Reads a URL, or a host name alone, and refuses everything that two programs might read differently.
fn parse(text: &str) -> Result<Url, HostNotAllowed> {
    // What cannot be read may hold anything, a password as well, so that it is not quoted.
    let refuse = |reason| Err(HostNotAllowed { host: String::new(), reason });
    if text.is_empty() {
        return refuse("there is no host in it");
    }
    if text.chars().any(|c| !c.is_ascii_graphic() || r#"\@%?#<>"{}|^`"#.contains(c)) {
        return refuse("it has characters that a base URL has no use for");
    }
    // What stands before the first `://` is the scheme, the whole of it: some programs forgive more.
    let (scheme, rest) = text.split_once("://").unwrap_or(("https", text));
    let is_web = ["http", "https"].iter().any(|known| known.eq_ignore_ascii_case(scheme));
    if !is_web {
        return refuse("its scheme is neither https nor http");
    }
    if rest.is_empty() || rest.starts_with('/') {
        return refuse("there is no host in it");
    }
    let with_scheme = format!("{scheme}://{rest}");
    let Ok(mut url) = Url::parse(&with_scheme) else {
        return refuse("it is no URL");
    };
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// A URL that credentials must not go to. Nothing was sent there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct HostNotAllowed {
    host: String,
    reason: &'static str,
}

impl HostNotAllowed {
    fn new(url: &Url, reason: &'static str) -> Self {
        let host = url.host_str().unwrap_or_default();
        let host = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Self { host: host.chars().take(80).collect(), reason }
    }

    /// The host, and its port where the URL names one; empty if no host could be read.
    pub fn host(&self) -> &str {
        &self.host
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
    fn the_same_origin_is_allowed_whatever_its_path_and_case() {
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
    fn a_loopback_host_may_speak_plain_http_but_on_its_port_and_by_its_name_only() {
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
    fn plain_http_elsewhere_needs_the_callers_word() {
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
    fn the_message_names_the_host_and_quotes_nothing_that_cannot_be_read() {
        let error = brokers().check("https://evil.example:8443/steal").unwrap_err().to_string();
        assert!(error.starts_with("`evil.example:8443` is not allowed"), "{error}");
        for url in ["https://user:hunter2@evil.example", "https://evil\u{1b}[2J.example/hunter2"] {
            let error = brokers().check(url).unwrap_err().to_string();
            assert!(!error.contains('\u{1b}') && !error.contains("hunter2"), "{error}");
        }
    }
}
