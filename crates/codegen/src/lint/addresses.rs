//! What can be told from the name of a host.

/// A domain whose names are all this short may be one below which anybody gets a name, such as `co.in` (characters).
const SHORT: usize = 3;

/// The domain that a host is in: without its first name, unless what is left could belong to many.
pub(crate) fn domain(host: &str) -> &str {
    let Some((_, rest)) = host.split_once('.') else { return host };
    let names: Vec<&str> = rest.split('.').collect();
    let is_address = names.iter().all(|name| name.parse::<u8>().is_ok());
    let belongs_to_many = names.iter().rev().skip(1).all(|name| name.len() <= SHORT);
    if is_address || belongs_to_many { host } else { rest }
}

/// Whether a host is a domain itself or somewhere in it.
pub(crate) fn is_in(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether a host is the machine itself.
pub(super) fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{domain, is_loopback};

    #[test]
    fn a_domain_that_many_share_is_nobodys() {
        assert_eq!(domain("api.broker.example"), "broker.example");
        for host in ["broker.co.in", "broker.example", "localhost", "127.0.0.1"] {
            assert_eq!(domain(host), host);
        }
    }

    #[test]
    fn the_machine_itself_has_several_names() {
        assert!(["localhost", "127.0.0.1", "[::1]"].into_iter().all(is_loopback));
        assert!(!is_loopback("127.0.0.1.evil.example"));
    }
}
