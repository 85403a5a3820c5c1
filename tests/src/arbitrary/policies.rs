//! URLs of whatever form, where credentials might go.

use std::sync::LazyLock;

use broker_session::{Session, neo};
use broker_session_runtime::{AllowedHosts, HostNotAllowed, is_loopback};
use serde_json::json;
use url::{Host, Url};

use crate::{At, once};

/// What is allowed besides what the input says.
const OWN: &str = "https://broker.example/api";

/// The first line of the input is a host that a caller allows, and each of the others a URL that an answer names. A URL
/// is allowed only if somebody has named its origin, and never one that two programs may read differently.
pub fn hosts(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.split('\n');
    let mut hosts = AllowedHosts::new();
    let mut allowed = vec![hosts.allow(OWN).expect("a URL with TLS")];
    let given = lines.next().unwrap_or_default();
    match hosts.allow(given) {
        Ok(url) => {
            check_plain(&url, given);
            assert!(url.scheme() == "https" || is_loopback(&url), "{given} is sent in the clear");
            allowed.push(url);
        }
        Err(error) => check_silent(&error, given),
    }
    for named in lines.take(8) {
        match hosts.check(named) {
            Ok(url) => {
                check_plain(&url, named);
                let origin = allowed.iter().find(|allowed| allowed.origin() == url.origin());
                let origin = origin.unwrap_or_else(|| panic!("nobody has allowed {named}"));
                check_host(origin, named);
                assert_eq!(hosts.check(url.as_str()).as_ref(), Ok(&url), "{named}");
            }
            Err(error) => check_silent(&error, named),
        }
        check_saved(named);
    }
}

/// There is nothing in it but scheme, host, port and path.
fn check_plain(url: &Url, text: &str) {
    let has_user = !url.username().is_empty() || url.password().is_some();
    assert!(!has_user && url.query().is_none() && url.fragment().is_none(), "{text} became {url}");
    assert!(["https", "http"].contains(&url.scheme()) && url.has_host(), "{text} became {url}");
    assert!(!url.path().ends_with('/') || url.path() == "/", "{text} became {url}");
}

/// Read by the eye, too, the text has the name that was allowed.
fn check_host(allowed: &Url, text: &str) {
    let Some(Host::Domain(name)) = allowed.host() else { return };
    let authority =
        text.split_once("://").map_or(text, |(_, rest)| rest).split('/').next().unwrap_or_default();
    let host = authority.split(':').next().unwrap_or_default();
    assert!(host.eq_ignore_ascii_case(name), "{text} passed for {name}");
}

/// A refusal can be shown, and has nothing in it that stands before an `@`.
fn check_silent(error: &HostNotAllowed, text: &str) {
    let shown = error.to_string();
    assert!(!shown.chars().any(char::is_control) && shown.chars().count() < 300, "{shown:?}");
    assert!(!text.contains('@') || error.host().is_empty(), "{shown}");
}

/// A saved session at this URL is taken up only at a host of its broker.
fn check_saved(text: &str) {
    static CLIENT: LazyLock<neo::Client> = LazyLock::new(|| {
        let connection = once().trust_fingerprint(&"00".repeat(32)).expect("a fingerprint");
        let at = At::new("https://mis.kotaksecurities.com", connection);
        crate::brokers::neo::client(&at).expect("a client")
    });
    let saved = json!({
        "broker": "neo", "user": "MADE1", "base_url": text, "login_time": null,
        "secrets": { "token": "made-up-token", "sid": "made-up-sid" },
    });
    let saved = serde_json::from_value(saved).expect("a saved session");
    match neo::TradeSession::resume(&CLIENT, saved) {
        Ok(session) => {
            let home = Url::parse(session.base_url()).expect("a URL");
            let name = home.host_str().unwrap_or_default();
            assert!(home.scheme() == "https" && name.ends_with(".kotaksecurities.com"), "{home}");
        }
        Err(error) => {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("made-up-"), "{shown}");
            assert!(error.status().is_none(), "nothing has been sent: {shown}");
        }
    }
}
