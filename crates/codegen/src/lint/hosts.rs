//! Addresses in examples must be the broker's. People copy examples, and sandboxes and mocks respond with them, so a
//! foreign address may one day receive a password.

use std::collections::BTreeSet;

use broker_session_openapi::{domain, is_in_domain, is_loopback};
use serde_json::Value;
use url::Url;

use super::{
    context::{Context, string},
    example_values::{ExampleValue, each},
    names::words,
    report::Report,
};

/// Last words of names of fields that hold an address, with a scheme or without.
const ADDRESSES: [&str; 5] = ["domain", "host", "hostname", "uri", "url"];
const WHY: &str =
    "People copy examples, and mocks respond with them, so a foreign address may receive credentials.";

/// Addresses in examples that are not the broker's, or not encrypted.
pub(super) fn foreign(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let servers: Vec<Url> =
        context.objects("Server").filter_map(|(_, server)| Url::parse(string(server, "url")?).ok()).collect();
    if !servers.is_empty() {
        let own = Own::new(&servers);
        each(context, &mut |example| check(&own, example, report));
    }
}

/// The broker's own hosts.
struct Own {
    hosts: BTreeSet<String>,
    /// The hosts and the domains that they are in.
    domains: BTreeSet<String>,
    /// Ports other than those of the schemes.
    ports: BTreeSet<u16>,
}

impl Own {
    fn new(servers: &[Url]) -> Own {
        let hosts: BTreeSet<String> = servers.iter().filter_map(Url::host_str).map(str::to_owned).collect();
        let domains = hosts.iter().map(|host| domain(host).to_owned()).chain(hosts.clone()).collect();
        Own { hosts, domains, ports: servers.iter().filter_map(Url::port).collect() }
    }

    fn has(&self, host: &str) -> bool {
        self.domains.iter().any(|domain| is_in_domain(host, domain))
    }
}

fn check(own: &Own, example: &ExampleValue<'_, '_>, report: &mut Report<'_, '_>) {
    if let (Some(port), "port") = (example.value.as_u64(), example.name) {
        // Port 0 is invalid; a broker writes it beside an empty address.
        let is_known = port == 0 || port == 443 || own.ports.iter().any(|known| u64::from(*known) == port);
        if !is_known {
            let what = format!("The port {port} in this example is not the broker's.");
            report.add(example.place, what, WHY, "Write 443, or the port of one of the servers.");
        }
    }
    let Value::String(value) = example.value else { return };
    if is_named_so(example.name) && value.trim() != value {
        let what = format!("The address `{value}` in this example begins or ends with a space.");
        report.add(example.place, what, "It is not the same string as the address.", "Delete the space.");
    }
    for address in addresses(example.name, value) {
        if let Some((what, fix)) = complaint(own, &address) {
            report.add(example.place, what, WHY, fix);
        }
    }
}

/// Every address in the value of a field, with a scheme.
fn addresses(name: &str, value: &str) -> Vec<String> {
    // Parsers of URLs ignore tabs and line breaks (the URL standard, section 4.4).
    let joined = value.replace(['\t', '\n', '\r'], "");
    let value = if is_named_so(name) { joined.trim() } else { value };
    // The query of an address may contain another one.
    let of_word = |word: &str| -> Vec<String> {
        let with_scheme = |(at, _): (usize, &str)| {
            let scheme = word.get(..at)?.rsplit(|letter: char| !is_of_scheme(letter)).next()?;
            Some(format!("{scheme}{}", word.get(at..)?))
        };
        word.match_indices("://").filter_map(with_scheme).collect()
    };
    let in_words: Vec<String> = value
        .split(|letter: char| letter.is_whitespace() || "\"'<>(),;`".contains(letter))
        .flat_map(of_word)
        .collect();
    if !in_words.is_empty() {
        return in_words;
    }
    let is_one_word = !value.is_empty() && !value.chars().any(char::is_whitespace);
    // `//host/path` gets the scheme of the page that contains it, and parsers of URLs read `\` as `/`.
    if let Some(rest) = value.replace('\\', "/").strip_prefix("//").filter(|_| is_one_word) {
        return vec![format!("https://{rest}")];
    }
    let is_host = is_named_so(name) && is_one_word && !value.starts_with('/');
    // Some parsers of URLs read one slash as two.
    if is_host && ["http:", "https:", "ws:", "wss:"].iter().any(|scheme| value.starts_with(scheme)) {
        return vec![value.to_owned()];
    }
    if is_host { vec![format!("https://{value}")] } else { Vec::new() }
}

/// Whether a field of this name holds an address.
fn is_named_so(name: &str) -> bool {
    words(name).last().is_some_and(|word| ADDRESSES.contains(&word.as_str()))
}

/// Whether a host is most likely a typo of a listed one. If the domains differ, the typo may be in `servers`.
fn is_slip(host: &str, listed: &str) -> bool {
    domain(host) == domain(listed) && strsim::damerau_levenshtein(host, listed) == 1
}

fn is_of_scheme(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "+-.".contains(letter)
}

/// The problem of an address, and how to fix it.
fn complaint(own: &Own, address: &str) -> Option<(String, String)> {
    let Ok(url) = Url::parse(address) else {
        let what = format!("`{address}` is not a URL.");
        return Some((what, "Write one of the broker's addresses unchanged.".to_owned()));
    };
    // No request goes to `otpauth://totp/` and the like.
    if !matches!(url.scheme(), "http" | "https" | "ws" | "wss") {
        return None;
    }
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let is_loopback = is_loopback(host);
    if !own.has(host) {
        let known: Vec<&str> = own.domains.iter().map(String::as_str).collect();
        let disguise =
            if host.contains("xn--") { ", and has letters that only look like a to z" } else { "" };
        let what = format!("The host `{host}` in this example is not the broker's{disguise}.");
        let fix = format!(
            "Write a host of the broker's; the servers of the spec are in: {}. If it is one of the broker's, too, add \
             it to `servers`, or add `x-lint-allow` with the source in a comment.",
            known.join(", ")
        );
        return Some((what, fix));
    }
    let is_listed = own.hosts.contains(host);
    if let Some(listed) = own.hosts.iter().find(|listed| !is_listed && is_slip(host, listed)) {
        let what =
            format!("The host `{host}` in this example is nearly `{listed}`, but no server of the spec.");
        let fix = format!("Write `{listed}`; if the broker has both, add it to `servers`.");
        return Some((what, fix));
    }
    if !matches!(url.scheme(), "https" | "wss") && !is_loopback {
        let what = format!("The address `{address}` in this example is not encrypted.");
        return Some((what, "Write `https://`, or `wss://` for a stream.".to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let what = format!("The address `{address}` in this example names a user.");
        return Some((what, "Delete everything before `@` in its host.".to_owned()));
    }
    let port = url.port().filter(|port| !own.ports.contains(port) && !is_loopback)?;
    let known: Vec<&str> = own.hosts.iter().map(String::as_str).collect();
    let what = format!("The port {port} in this example is not the broker's.");
    Some((what, format!("Write it without a port, as the servers of the spec do ({}).", known.join(", "))))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{Own, addresses, complaint};

    fn complains(address: &str) -> bool {
        let servers =
            ["https://api.broker.example/v1", "https://localhost:5000"].map(|url| Url::parse(url).unwrap());
        complaint(&Own::new(&servers), address).is_some()
    }

    #[test]
    fn the_hosts_of_the_servers_and_their_neighbours_are_the_brokers() {
        for fine in [
            "https://api.broker.example/x",
            "https://API.broker.example",
            "https://charts.broker.example/",
            "wss://stream.broker.example/feed",
            "https://broker.example:443",
            "otpauth://totp/broker:user",
            "http://localhost:1234",
        ] {
            assert!(!complains(fine), "{fine}");
        }
    }

    #[test]
    fn what_only_looks_like_the_brokers_is_not() {
        for foreign in [
            "https://api.broker.example.evil.example/x",
            "https://notbroker.example",
            "https://api.broker.example@evil.example",
            "https://user@api.broker.example",
            "https://api.brok\u{435}r.example",
            "https://10.0.0.1",
            "http://api.broker.example",
            "https://api.broker.example:8443",
            "https://apu.broker.example",
            "https:/evil.example",
            "https://",
        ] {
            assert!(complains(foreign), "{foreign}");
        }
    }

    #[test]
    fn addresses_are_found_in_words_and_by_the_name_of_the_field() {
        assert_eq!(addresses("description", "See https://a.example/x, or ask."), ["https://a.example/x"]);
        assert_eq!(addresses("host", "a.example:443"), ["https://a.example:443"]);
        assert_eq!(addresses("host", "evil"), ["https://evil"]);
        assert_eq!(addresses("baseUrl", "https:/evil.example"), ["https:/evil.example"]);
        assert_eq!(addresses("Location", "//a.example/x"), ["https://a.example/x"]);
        assert_eq!(addresses("Location", "/\\a.example/x"), ["https://a.example/x"]);
        assert_eq!(addresses("baseUrl", "https://a.example\n.b.example"), ["https://a.example.b.example"]);
        assert_eq!(
            addresses("link", "https://a.example/?to=https://b.example"),
            ["https://a.example/?to=https://b.example", "https://b.example"]
        );
        assert!(addresses("Location", "/sso/Login").is_empty());
        assert!(addresses("message", "Build 10.25").is_empty());
        assert!(addresses("hsServerId", "a.b").is_empty());
    }
}
