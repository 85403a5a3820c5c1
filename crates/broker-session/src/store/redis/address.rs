//! Where a server is, as a URL names it.

use std::fmt;

use broker_session_runtime::is_loopback;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::store::StoreError;

/// The port of Redis, if none is given.
const PORT: u16 = 6379;

/// A server and a database on it.
#[derive(Clone, Debug)]
pub(super) struct Address {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) database: u32,
    pub(super) username: Option<String>,
    pub(super) has_tls: bool,
    pub(super) is_loopback: bool,
}

impl Address {
    /// Reads a URL. Errors do not quote it, because there may be a password in it.
    pub(super) fn parse(text: &str) -> Result<Self, StoreError> {
        let unusable = |what: &str| {
            StoreError::new(format!("the URL of the Redis store cannot be used: {what}"))
                .with_hint("Write it like `rediss://user@host:6379/0`, or `redis://…` without TLS.")
        };
        let url = Url::parse(text).map_err(|error| unusable(&error.to_string()))?;
        let has_tls = match url.scheme() {
            "redis" => false,
            "rediss" => true,
            _ => return Err(unusable("it begins neither with `redis://` nor with `rediss://`")),
        };
        if url.password().is_some() {
            return Err(StoreError::new("the URL of the Redis store holds a password").with_hint(
                "A URL shows up in logs and lists of processes: put the password into the environment or a file instead, \
                 and set it by itself.",
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(unusable("it must end with the number of the database"));
        }
        let database = url.path().trim_start_matches('/');
        let database = if database.is_empty() { Ok(0) } else { database.parse() };
        let database = database.map_err(|_| unusable("its path is not the number of a database"))?;
        // Only in the schemes of the web a host is read as an address, and an odd spelling of one as what it means.
        let host =
            url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| unusable("it names no host"))?;
        let of_the_web =
            Url::parse(&format!("http://{host}/")).map_err(|error| unusable(&error.to_string()))?;
        let host = match of_the_web.host() {
            Some(Host::Ipv6(address)) => address.to_string(),
            Some(host) => host.to_string(),
            None => return Err(unusable("it names no host")),
        };
        let username = percent_decode_str(url.username()).decode_utf8();
        let username = username.map_err(|_| unusable("the name of its user is not UTF-8"))?;
        Ok(Self {
            host,
            port: url.port().unwrap_or(PORT),
            database,
            username: Some(username.into_owned()).filter(|name| !name.is_empty()),
            has_tls,
            is_loopback: is_loopback(&of_the_web),
        })
    }
}

impl fmt::Display for Address {
    /// As a URL without its user.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.has_tls { "rediss" } else { "redis" };
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{scheme}://{open}{}{close}:{}/{}", self.host, self.port, self.database)
    }
}
