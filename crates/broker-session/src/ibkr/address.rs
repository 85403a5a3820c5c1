//! Which gateway a base URL belongs to.

use url::{Host, Url};

/// The gateway that a base URL belongs to, as `scheme://host:port`; `None` if it is not a URL. It is the same for
/// every path (`/v1/api`, `/v1/portal`) and for every name of this machine (`localhost`, `127.0.0.1`, `[::1]`).
///
/// ```
/// use broker_session::ibkr::address_of;
///
/// let address = address_of("https://localhost:5000/v1/api");
/// assert_eq!(address.as_deref(), Some("https://localhost:5000"));
/// assert_eq!(address, address_of("https://127.0.0.1:5000/v1/portal/"));
/// assert_eq!(address_of("https://api.ibkr.com/v1/api"), address_of("https://API.ibkr.com:443"));
/// ```
pub fn address_of(base_url: &str) -> Option<String> {
    of_url(&Url::parse(base_url).ok()?)
}

pub(super) fn of_url(url: &Url) -> Option<String> {
    let host = match url.host()? {
        Host::Ipv4(address) if address.octets() == [127, 0, 0, 1] => "localhost".to_owned(),
        Host::Ipv6(address) if address.is_loopback() => "localhost".to_owned(),
        host => host.to_string().trim_end_matches('.').to_owned(),
    };
    Some(format!("{}://{host}:{}", url.scheme(), url.port_or_known_default()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateway_is_the_same_under_every_name_of_this_machine() {
        for url in [
            "https://localhost:5000",
            "https://LOCALHOST.:5000/v1/api/",
            "https://127.0.0.1:5000/v1/portal",
            "https://[::1]:5000/v1/api",
        ] {
            assert_eq!(address_of(url).as_deref(), Some("https://localhost:5000"), "{url}");
        }
        for url in ["http://localhost:5000", "https://localhost:5001", "https://127.0.0.2:5000"] {
            assert_ne!(address_of(url).as_deref(), Some("https://localhost:5000"), "{url}");
        }
        assert_eq!(address_of("https://"), None);
    }
}
