//! Where a client comes in: a port or a socket, and what that means for who it can be.

use std::net::SocketAddr;

use http::{HeaderMap, header};

/// What a door leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Every session, by its name, and the server's own pages.
    All,
    /// One session, under the paths of its broker's gateway.
    Gateway(String),
}

/// What is known of a listener.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    pub(crate) purpose: Purpose,
    /// None for a Unix socket.
    pub(crate) address: Option<SocketAddr>,
    pub(crate) has_tls: bool,
    /// Names by which it is known, besides those of loopback.
    pub(crate) names: Vec<String>,
}

impl Door {
    /// Whether a client must show the token. The file mode of a socket lets in only its owner, and clients of a gateway have
    /// no token.
    pub(crate) fn needs_token(&self) -> bool {
        self.address.is_some() && self.purpose == Purpose::All
    }

    fn scheme(&self) -> &'static str {
        if self.has_tls { "https" } else { "http" }
    }

    /// Whether `Host` names this server. No browser reaches a socket, so there any name is right.
    pub(crate) fn is_own_host(&self, host: &str) -> bool {
        let Some(address) = self.address else { return true };
        let (name, port) = match host.rsplit_once(':') {
            // The colons of an address in IPv6 are within brackets.
            Some((name, port)) if !port.contains(']') => (name, port),
            _ => (host, if self.has_tls { "443" } else { "80" }),
        };
        let is_port = port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse() == Ok(address.port());
        is_port && self.is_own_name(name, address)
    }

    fn is_own_name(&self, name: &str, address: SocketAddr) -> bool {
        if name.eq_ignore_ascii_case("localhost") {
            return true;
        }
        let literal = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        match literal.parse::<std::net::IpAddr>() {
            Ok(ip) => ip.is_loopback() || ip == address.ip(),
            Err(_) => self.names.iter().any(|known| known.eq_ignore_ascii_case(name)),
        }
    }

    /// Whether `Origin` is this server itself, as the same client names it in `Host`.
    pub(crate) fn is_own_origin(&self, origin: &str, host: &str) -> bool {
        let named = origin.strip_prefix(self.scheme()).and_then(|rest| rest.strip_prefix("://"));
        self.address.is_some() && named.is_some_and(|named| named.eq_ignore_ascii_case(host))
    }

    /// The name of the page's cookie. Cookies are the same for all ports of a host, so it has the port.
    pub(crate) fn cookie_name(&self) -> String {
        format!("broker_session_{}", self.address.map_or(0, |address| address.port()))
    }

    /// The value of the page's cookie, if it came.
    pub(crate) fn page_cookie<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let name = self.cookie_name();
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(address: &str) -> Door {
        let address = Some(address.parse().unwrap());
        Door { purpose: Purpose::All, address, has_tls: false, names: Vec::new() }
    }

    #[test]
    fn only_names_of_loopback_with_the_port_are_its_own() {
        let door = door("127.0.0.1:8788");
        for own in ["127.0.0.1:8788", "localhost:8788", "LOCALHOST:8788", "[::1]:8788", "127.0.0.2:8788"] {
            assert!(door.is_own_host(own), "{own}");
        }
        for other in [
            "",
            "127.0.0.1",
            "127.0.0.1:80",
            "127.0.0.1:+8788",
            "127.0.0.1:08788x",
            "evil.example:8788",
            "localhost.evil.example:8788",
            "127.0.0.1.evil.example:8788",
            "evil.localhost:8788",
            "localhost.:8788",
            "10.0.0.1:8788",
            "0.0.0.0:8788",
            "[::]:8788",
            "[::ffff:10.0.0.1]:8788",
            "2130706433:8788",
            "user@localhost:8788",
            "localhost:8788:8788",
            "localhost:8788,evil.example",
        ] {
            assert!(!door.is_own_host(other), "{other}");
        }
        assert!(self::door("127.0.0.1:80").is_own_host("localhost"));
        assert!(Door { has_tls: true, ..self::door("127.0.0.1:443") }.is_own_host("127.0.0.1"));
    }

    #[test]
    fn an_origin_is_its_own_only_as_the_host_names_it() {
        let door = door("127.0.0.1:8788");
        assert!(door.is_own_origin("http://localhost:8788", "localhost:8788"));
        for other in [
            "null",
            "http://localhost:3000",
            "https://localhost:8788",
            "http://127.0.0.1:8788",
            "http://localhost:8788/",
            "http://localhost:8788.evil.example",
        ] {
            assert!(!door.is_own_origin(other, "localhost:8788"), "{other}");
        }
    }
}
