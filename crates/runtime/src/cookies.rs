//! The cookies of one server, as far as a session needs them (RFC 6265).
//!
//! A gateway may replace a cookie that the caller took from a browser, and rejects the old one with 401. So a cookie that
//! the server sets is sent back to the same host and port, and to no other. Cookies are secrets and stay in memory.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use http::{HeaderMap, HeaderValue, header};
use url::{Origin, Url};
use zeroize::Zeroizing;

use crate::{Secret, Secrets, redaction::MIN_PART_BYTES};

/// How many cookies are kept (RFC 6265, section 6.1, recommends 50).
const MAX_COOKIES: usize = 50;

/// The longest cookie that is kept (the same section).
const MAX_COOKIE_BYTES: usize = 4096;

/// The cookies that a server has set.
#[derive(Default)]
pub(crate) struct Cookies(Mutex<BTreeMap<String, Cookie>>);

/// One cookie. Without a value the server has deleted it, and it is not sent even if the caller has given it.
struct Cookie {
    origin: Origin,
    path: String,
    value: Option<Secret>,
}

impl Cookies {
    /// Keeps the cookies that a response from `url` sets, and adds them to the secrets.
    pub(crate) fn take_over(&self, url: &Url, headers: &HeaderMap, now: SystemTime, secrets: &Secrets) {
        let set = headers.get_all(header::SET_COOKIE).iter().filter_map(|value| read(url, value, now));
        let mut kept = self.kept();
        for (name, cookie) in set {
            // A shorter value is a setting like a language, and may stand in any sentence.
            let value = cookie.value.as_ref().filter(|value| value.expose().len() >= MIN_PART_BYTES);
            value.into_iter().for_each(|value| secrets.add_header(value.expose()));
            if kept.len() < MAX_COOKIES || kept.contains_key(&name) {
                kept.insert(name, cookie);
            }
        }
    }

    /// Puts the cookies for `url` on a request, in place of others of the same names.
    ///
    /// # Errors
    /// If a value cannot stand in a header; the message does not hold it.
    pub(crate) fn apply(&self, url: &Url, headers: &mut HeaderMap) -> Result<(), String> {
        let kept = self.kept();
        let matching: Vec<_> = kept.iter().filter(|(_, cookie)| cookie.is_for(url)).collect();
        if matching.is_empty() {
            return Ok(());
        }
        let given: Vec<Zeroizing<String>> = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| std::str::from_utf8(value.as_bytes()).ok())
            .flat_map(|text| text.split(';').map(|pair| Zeroizing::new(pair.trim().to_owned())))
            .filter(|pair| !matching.iter().any(|(name, _)| name_of(pair) == *name))
            .collect();
        let mut all = Zeroizing::new(String::new());
        let set = matching.iter().filter_map(|(name, cookie)| {
            Some(Zeroizing::new(format!("{name}={}", cookie.value.as_ref()?.expose())))
        });
        for pair in given.into_iter().chain(set).filter(|pair| !pair.is_empty()) {
            // A reallocation would leave a copy behind.
            let mut longer = Zeroizing::new(String::with_capacity(all.len() + 2 + pair.len()));
            longer.push_str(&all);
            longer.push_str(if all.is_empty() { "" } else { "; " });
            longer.push_str(&pair);
            all = longer;
        }
        if all.is_empty() {
            headers.remove(header::COOKIE);
            return Ok(());
        }
        let value = Secret::from(all.as_str()).header();
        let value =
            value.map_err(|_| "a cookie of the server has characters that no header may have".to_owned())?;
        headers.insert(header::COOKIE, value);
        Ok(())
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, Cookie>> {
        // No change panics half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cookie {
    fn is_for(&self, url: &Url) -> bool {
        let below = url.path().strip_prefix(self.path.trim_end_matches('/'));
        self.origin == url.origin() && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// A cookie that the server of `url` sets; nothing if it is invalid, or for other hosts.
fn read(url: &Url, header: &HeaderValue, now: SystemTime) -> Option<(String, Cookie)> {
    let text = std::str::from_utf8(header.as_bytes()).ok().filter(|text| text.len() <= MAX_COOKIE_BYTES)?;
    let mut parts = text.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    let is_plain = |text: &str| text.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
    if name.is_empty() || !is_plain(name) || !value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return None;
    }
    let (mut path, mut is_deleted, mut max_age) = ("/", value.is_empty(), false);
    for part in parts {
        let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
        let value = value.trim();
        match attribute.trim().to_ascii_lowercase().as_str() {
            "path" if value.starts_with('/') => path = value,
            "domain" => {
                let domain = value.trim_start_matches('.');
                if !domain.is_empty() && !url.host_str()?.eq_ignore_ascii_case(domain) {
                    return None;
                }
            }
            "max-age" => {
                // It wins over `Expires`.
                max_age = true;
                is_deleted = value.starts_with('-') || value == "0";
            }
            "expires" if !max_age => {
                is_deleted |= httpdate::parse_http_date(value).is_ok_and(|end| end <= now);
            }
            _ => {}
        }
    }
    let value = (!is_deleted).then(|| Secret::from(value));
    Some((name.to_owned(), Cookie { origin: url.origin(), path: path.to_owned(), value }))
}

fn name_of(pair: &str) -> &str {
    pair.split_once('=').map_or(pair, |(name, _)| name).trim()
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    const URL: &str = "https://localhost:5000/v1/api/tickle";

    /// The header `Cookie` of a request to `to`, after responses from [`URL`] that set cookies.
    fn sent(given: Option<&str>, set: &[&str], to: &str) -> Option<String> {
        let cookies = Cookies::default();
        for text in set {
            let mut headers = HeaderMap::new();
            headers.append(header::SET_COOKIE, HeaderValue::from_str(text).unwrap());
            let now = UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
            cookies.take_over(&URL.parse().unwrap(), &headers, now, &Secrets::default());
        }
        let mut headers = HeaderMap::new();
        if let Some(given) = given {
            headers.insert(header::COOKIE, HeaderValue::from_str(given).unwrap());
        }
        cookies.apply(&to.parse().unwrap(), &mut headers).unwrap();
        headers.get(header::COOKIE).map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_cookie_that_is_replaced_goes_out_with_its_new_value() {
        let given = Some("sess=old; other=kept");
        assert_eq!(sent(given, &["sess=new; Path=/; Secure"], URL).unwrap(), "other=kept; sess=new");
        assert_eq!(sent(given, &["sess=new", "sess=newer"], URL).unwrap(), "other=kept; sess=newer");
        assert_eq!(sent(None, &["sess=first"], URL).unwrap(), "sess=first");
        assert_eq!(sent(given, &[], URL).as_deref(), given);
    }

    #[test]
    fn a_cookie_that_is_deleted_is_not_sent() {
        for end in ["Max-Age=0", "Max-Age=-1", "Expires=Thu, 01 Jan 1970 00:00:00 GMT"] {
            let set = format!("sess=x; {end}");
            assert_eq!(sent(Some("sess=old; a=b"), &[&set], URL).unwrap(), "a=b", "{end}");
            assert_eq!(sent(Some("sess=old"), &[&set], URL), None, "{end}");
        }
        for kept in [
            "Max-Age=60",
            "Expires=Fri, 01 Jan 2100 00:00:00 GMT",
            "Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        ] {
            assert_eq!(sent(None, &[&format!("sess=x; {kept}")], URL).unwrap(), "sess=x", "{kept}");
        }
    }

    #[test]
    fn a_cookie_goes_only_to_the_server_that_set_it() {
        for other in [
            "https://localhost:5001/v1/api/tickle",
            "http://localhost:5000/v1/api/tickle",
            "https://evil.example/",
        ] {
            assert_eq!(sent(None, &["sess=x"], other), None, "{other}");
        }
        assert_eq!(sent(None, &["sess=x; Domain=evil.example"], URL), None);
        assert_eq!(sent(None, &["sess=x; Domain=localhost"], URL).unwrap(), "sess=x");
    }

    #[test]
    fn a_cookie_keeps_to_its_path() {
        assert_eq!(sent(None, &["sess=x; Path=/v1/api"], URL).unwrap(), "sess=x");
        for path in ["/sso", "/v1/ap", "/v1/api/tickle/more"] {
            assert_eq!(sent(None, &[&format!("sess=x; Path={path}")], URL), None, "{path}");
        }
    }

    #[test]
    fn invalid_and_too_many_cookies_are_ignored() {
        for odd in ["", "=x", "no value", "a b=c", &format!("long={}", "x".repeat(5000))] {
            assert_eq!(sent(None, &[odd], URL), None, "{odd}");
        }
        let many: Vec<String> = (0..100).map(|number| format!("c{number}=x")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(sent(None, &many, URL).unwrap().split("; ").count(), MAX_COOKIES);
    }
}
