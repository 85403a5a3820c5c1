//! Where credentials may go, tried with strings that somebody might put into a response to lead them elsewhere.
//!
//! What one program takes for the host another one may take for a user name; so whatever is accepted is read once more
//! by a parser that has nothing to do with the first.

#![allow(clippy::expect_used, reason = "these functions are parts of tests")]

use std::sync::LazyLock;

use broker_session_runtime::AllowedHosts;
use http::Uri;
use proptest::{prelude::*, sample::select};

/// The hosts on the list.
const LISTED: [&str; 3] = ["mis.kotaksecurities.com", "e43.kotaksecurities.com", "api.ibkr.com"];

/// The list.
static LIST: LazyLock<AllowedHosts> = LazyLock::new(|| {
    let mut hosts = AllowedHosts::new();
    for host in LISTED {
        hosts.allow(&format!("https://{host}/base")).expect("the list is fine");
    }
    hosts
});

/// The domain of some of them.
const DOMAIN: &str = "kotaksecurities.com";

/// The same list, for a response that may name any host below the domain.
static TRUSTING: LazyLock<AllowedHosts> = LazyLock::new(|| {
    let mut hosts = LIST.clone();
    hosts.trust_domain(DOMAIN);
    hosts
});

/// A host that is on the list, or looks like one.
fn host() -> impl Strategy<Value = String> {
    let listed = || select(&LISTED[..]).prop_map(str::to_owned);
    prop_oneof![
        4 => listed(),
        1 => listed().prop_map(|host| host.to_uppercase()),
        1 => listed().prop_map(|host| format!("{host}.")),
        1 => listed().prop_map(|host| format!("{host}..")),
        1 => listed().prop_map(|host| format!(".{host}")),
        1 => listed().prop_map(|host| format!("{host}.evil.example")),
        1 => listed().prop_map(|host| format!("evil-{host}")),
        1 => listed().prop_map(|host| format!("evil.example.{host}")),
        1 => listed().prop_map(|host| host.replacen('.', "", 1)),
        1 => listed().prop_map(|host| host.replacen('.', "%2e", 1)),
        1 => listed().prop_map(|host| host.replacen('.', "\u{3002}", 1)),
        1 => listed().prop_map(|host| host.replacen('a', "\u{430}", 1)),
        1 => listed().prop_map(|host| host.replacen('i', "\u{456}", 1)),
        1 => listed().prop_map(|host| host.replacen('s', "\u{17f}", 1)),
        1 => listed().prop_map(|host| host.replacen('k', "\u{212a}", 1)),
        1 => listed().prop_map(|host| format!("xn--{host}")),
        1 => listed().prop_map(|host| host.replacen('.', "\0.", 1)),
        1 => listed().prop_map(|host| host.replacen('.', "\t.", 1)),
        1 => listed().prop_map(|host| format!("[{host}]")),
        2 => select(&["", "evil.example", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "localhost"][..])
            .prop_map(str::to_owned),
        1 => "[a-zA-Z0-9.-]{0,20}",
    ]
}

/// A URL of these parts, most of which have no business in a base URL.
fn url() -> impl Strategy<Value = String> {
    let scheme = select(
        &[
            "https://",
            "https://",
            "https://",
            "",
            "http://",
            "HTTPS://",
            "HttpS://",
            "//",
            "https:",
            "https:/",
            "https:///",
            "https:\\\\",
            "ftp://",
            "file://",
            "javascript:",
            "https://https://",
            "wss://",
        ][..],
    );
    let user =
        select(&["", "", "", "", "user@", "user:password@", "mis.kotaksecurities.com@", "@", ":@"][..]);
    let port = select(
        &["", "", "", ":443", ":", ":0", ":80", ":8443", ":00443", ":65979", ":443@evil.example", ":+443"][..],
    );
    let tail = select(
        &[
            "",
            "",
            "/",
            "/apim",
            "//",
            "/../..",
            "?",
            "?next=https://evil.example",
            "#",
            "#@evil.example",
            "\\",
            "\\@evil.example",
            "/%2e%2e",
            "/;x",
            "@evil.example",
            "%00.evil.example",
            "\n",
            " ",
            "\u{202e}",
        ][..],
    );
    (scheme, user, host(), port, tail)
        .prop_map(|(scheme, user, host, port, tail)| format!("{scheme}{user}{host}{port}{tail}"))
}

/// What another parser says of a string: whether it leads to a listed host over https at its usual port.
fn leads_to_a_listed_host(text: &str) -> bool {
    let is_listed = |host: &str| LISTED.iter().any(|listed| listed.eq_ignore_ascii_case(host));
    leads_to(text, is_listed)
}

/// The same of a listed host or one below the domain.
fn leads_to_a_trusted_host(text: &str) -> bool {
    let is_below = |host: &str| host.to_ascii_lowercase().ends_with(&format!(".{DOMAIN}"));
    leads_to_a_listed_host(text) || leads_to(text, is_below)
}

fn leads_to(text: &str, is_allowed: impl Fn(&str) -> bool) -> bool {
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let Ok(uri) = with_scheme.parse::<Uri>() else { return false };
    let authority = uri.authority().map(|authority| authority.as_str()).unwrap_or_default();
    uri.scheme_str().is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
        && !authority.contains('@')
        && uri.host().is_some_and(is_allowed)
        && matches!(uri.port_u16(), None | Some(443))
}

fn holds(text: &str) -> Result<(), TestCaseError> {
    if let Ok(url) = TRUSTING.check_named(text) {
        prop_assert!(leads_to_a_trusted_host(text), "{text:?} was accepted as {url}");
        prop_assert!(leads_to_a_trusted_host(url.as_str()), "{text:?} became {url}");
    }
    let Ok(url) = LIST.check(text) else { return Ok(()) };
    prop_assert!(leads_to_a_listed_host(text), "{text:?} was accepted as {url}");
    prop_assert!(leads_to_a_listed_host(url.as_str()), "{text:?} became {url}");
    prop_assert!(LIST.contains(&url), "{text:?} became {url}");
    prop_assert!(url.username().is_empty() && url.password().is_none(), "{text:?} became {url}");
    prop_assert!(url.query().is_none() && url.fragment().is_none(), "{text:?} became {url}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_accepted_leads_to_a_listed_host_for_every_parser(text in url()) {
        holds(&text)?;
    }

    #[test]
    fn no_text_whatever_leads_elsewhere_or_makes_it_panic(text in any::<String>()) {
        holds(&text)?;
        holds(&format!("https://{text}"))?;
        holds(&format!("https://mis.kotaksecurities.com{text}"))?;
        holds(&format!("https://{text}mis.kotaksecurities.com"))?;
    }

    #[test]
    fn a_listed_host_is_accepted_in_any_case_and_with_any_plain_path(
        host in select(&LISTED[..]),
        upper in any::<u64>(),
        port in select(&["", ":443"][..]),
        path in "(/[a-z0-9._~-]{1,8}){0,3}/?",
    ) {
        let cased: String = host
            .chars()
            .enumerate()
            .map(|(place, letter)| if upper >> (place % 64) & 1 == 1 { letter.to_ascii_uppercase() } else { letter })
            .collect();
        let text = format!("https://{cased}{port}{path}");
        prop_assert!(LIST.check(&text).is_ok(), "{text:?}");
        holds(&text)?;
    }

    #[test]
    fn a_refusal_quotes_no_password(text in url()) {
        if let Err(error) = LIST.check(&text) {
            let shown = format!("{error} {error:?}");
            prop_assert!(!shown.contains("password"), "{text:?}: {shown}");
            prop_assert!(!shown.contains(char::is_control), "{text:?}: {shown:?}");
        }
    }
}
