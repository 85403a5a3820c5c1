//! Domains and loopback, by the name of a host.

/// A domain of names up to this length may be a public suffix, such as `co.in` (bytes).
const MAX_SHARED_NAME_BYTES: usize = 3;

/// The domain of a host: without its first name, unless the rest may be a public suffix.
pub fn domain(host: &str) -> &str {
    let Some((_, rest)) = host.split_once('.') else { return host };
    let names: Vec<&str> = rest.split('.').collect();
    let is_address = names.iter().all(|name| name.parse::<u8>().is_ok());
    let belongs_to_many = names.iter().rev().skip(1).all(|name| name.len() <= MAX_SHARED_NAME_BYTES);
    if is_address || belongs_to_many { host } else { rest }
}

/// Whether a host is the domain itself or below it.
pub fn is_in_domain(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether a host is the machine itself.
pub fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{domain, is_loopback};

    #[test]
    fn a_public_suffix_is_not_a_domain_of_one_owner() {
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
