//! Where another program's request goes: always below the base URL.
//!
//! A server may read a path in another way than its client, and so may everything in between. So a path is refused, not
//! repaired, if anybody could understand it as one that leaves the base URL.

use std::borrow::Cow;

use http::Uri;
use url::Url;

/// How often a path may be percent-encoded in itself. What is encoded more often is refused.
const MAX_LAYERS: usize = 3;

/// The URL of a request below `base`. Path and query are sent as they are; a few characters that no URL may have are
/// encoded.
///
/// # Errors
/// Why the path cannot be sent; the message does not quote it.
pub(super) fn target(base: &Url, asked: &Uri) -> Result<Url, String> {
    if asked.scheme().is_some() || asked.authority().is_some() {
        return Err(
            "the request names a host; give only the path below the base URL, from its slash on".into()
        );
    }
    let path = asked.path();
    check(path).map_err(|why| format!("the path of the request {why}, so it was not sent"))?;
    let base_path = base.path().trim_end_matches('/');
    // Only path and query are parsed; nothing else of the base URL can change.
    let mut url = base.clone();
    url.set_path(&[base_path, path].concat());
    url.set_query(asked.query());
    let below = url.path().strip_prefix(base_path).filter(|below| below.starts_with('/'));
    // Nothing was normalised away.
    let is_whole = below.is_some_and(|below| slashes(below) == slashes(path));
    let has_user = !url.username().is_empty() || url.password().is_some();
    if is_whole && !has_user {
        Ok(url)
    } else {
        Err("the path of the request leaves the base URL, so it was not sent".into())
    }
}

/// Where a redirect of `from` leads, as a path below the base path that begins with a slash; nothing if it leads to
/// elsewhere. `from` is a URL below it.
pub(super) fn below(base_path: &str, from: &Url, location: &str) -> Option<String> {
    let to = from.join(location).ok()?;
    let is_here = to.scheme() == from.scheme() && to.host() == from.host() && to.port() == from.port();
    let has_user = !to.username().is_empty() || to.password().is_some();
    let path = to.path().strip_prefix(base_path.trim_end_matches('/'))?;
    if !is_here || has_user || check(path).is_err() {
        return None;
    }
    let rest = [(to.query(), '?'), (to.fragment(), '#')];
    Some(rest.into_iter().fold(path.to_owned(), |mut all, (part, mark)| {
        if let Some(part) = part {
            all.push(mark);
            all.push_str(part);
        }
        all
    }))
}

fn slashes(path: &str) -> usize {
    path.bytes().filter(|byte| *byte == b'/').count()
}

/// Refuses a path that anybody could understand as one that leads upwards or to elsewhere.
fn check(path: &str) -> Result<(), &'static str> {
    if !path.starts_with('/') {
        return Err("does not begin with a slash");
    }
    if path.starts_with("//") {
        return Err("begins with two slashes, like the name of a host");
    }
    let is_odd = |byte: u8| !(b'!'..=b'~').contains(&byte) || byte == b'\\';
    if path.bytes().any(is_odd) {
        return Err("has a backslash, a control character or one that is not ASCII");
    }
    let mut decoded = Cow::from(path.as_bytes());
    for layer in 0..=MAX_LAYERS {
        if decoded.split(|byte| *byte == b'/').any(is_upwards) {
            return Err("has a segment of dots, which leads to another path");
        }
        if !decoded.contains(&b'%') {
            return Ok(());
        }
        let (inner, is_valid) = decode(&decoded);
        // Only what the client itself has encoded must be well encoded.
        if layer == 0 && !is_valid {
            return Err("has a percent sign that encodes nothing");
        }
        if inner.iter().any(|byte| is_hidden(*byte)) {
            return Err("has an encoded slash, backslash or control character");
        }
        if inner == *decoded {
            return Ok(());
        }
        decoded = inner.into();
    }
    Err("is encoded too often")
}

/// `.` and `..`, also with parameters, which some servers cut off before they resolve it.
fn is_upwards(segment: &[u8]) -> bool {
    let name = segment.split(|byte| *byte == b';').next().unwrap_or_default();
    name == b"." || name == b".."
}

/// Whether a byte is one that no path has, once it is decoded. The last two begin a character that is encoded too long.
fn is_hidden(decoded: u8) -> bool {
    matches!(decoded, HIDDEN_SLASH..b' ' | b'\\' | 0x7f | 0xc0 | 0xc1)
}

/// Stands for a slash that was encoded: one that was not is in its place.
const HIDDEN_SLASH: u8 = 0;

/// One layer of percent-encoding less, and whether each percent sign encodes something.
fn decode(path: &[u8]) -> (Vec<u8>, bool) {
    let (mut decoded, mut is_valid) = (Vec::with_capacity(path.len()), true);
    let mut rest = path;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        let digit = |place: usize| after.get(place).and_then(|digit| char::from(*digit).to_digit(16));
        let encoded = digit(0).zip(digit(1)).filter(|_| *byte == b'%');
        let encoded = encoded.and_then(|(high, low)| u8::try_from(high << 4 | low).ok());
        let Some(encoded) = encoded else {
            is_valid &= *byte != b'%';
            decoded.push(*byte);
            continue;
        };
        decoded.push(if encoded == b'/' { HIDDEN_SLASH } else { encoded });
        rest = after.get(2..).unwrap_or_default();
    }
    (decoded, is_valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(base: &str, path: &str) -> Option<String> {
        let uri = Uri::builder().path_and_query(path).build().ok()?;
        target(&Url::parse(base).unwrap(), &uri).ok().map(String::from)
    }

    #[test]
    fn path_and_query_are_sent_as_they_are() {
        for path in [
            "/",
            "/x",
            "/x/",
            "/x?a=b&c=%2F..%2f&d=//",
            "/x?",
            "/a%20b/%E2%82%AC",
            "/a//b",
            "/@evil.example/x",
            "/:80@evil.example",
            "/a.b/..c/c../...",
            "/x;v=1/y",
            "/100%25/x",
            "/100%25zz",
            "/x?../../y#",
        ] {
            let expected = path.trim_end_matches('#');
            for base in ["https://broker.example/v1/api", "https://broker.example", "http://127.0.0.1:9/b"] {
                assert_eq!(sent(base, path).unwrap(), format!("{base}{expected}"));
            }
        }
    }

    #[test]
    fn no_path_leaves_the_base_url() {
        for path in [
            "/..",
            "/../x",
            "/x/../y",
            "/x/..",
            "/./x",
            "/x/.",
            "/%2e%2e/x",
            "/.%2E/x",
            "/%2e/x",
            "/x/%2e%2e",
            "/%252e%252e/x",
            "/%25252e%2e/x",
            "/%2525252525252e/x",
            "/%252e%252e/%25zz",
            "/%c0%ae%c0%ae/x",
            "/..;/x",
            "/..;a=b/x",
            "/%2e%2e;/x",
            "/..%3b/x",
            "/..%2fx",
            "/x%2f..%2fy",
            "/%2F%2Fevil.example",
            "/x%252fy",
            "/..%5cx",
            "/x%5Cy",
            "/x%255cy",
            "//evil.example/x",
            "//",
            "/x%00",
            "/x%0d%0ay",
            "/x%7f",
            "/x%",
            "/x%2",
            "/x%u002e",
            "/\\evil.example",
            "/x\\..\\y",
            "/\u{e9}",
            "*",
            "x",
        ] {
            for base in ["https://broker.example/v1/api", "https://broker.example"] {
                assert_eq!(sent(base, path), None, "{path}");
            }
        }
    }

    #[test]
    fn a_request_that_names_a_host_is_refused() {
        let base = Url::parse("https://broker.example/v1/api").unwrap();
        for uri in [
            "https://evil.example/x",
            "https://broker.example/v1/api/x",
            "http://broker.example:80@evil.example/x",
            "broker.example:443",
            "x",
        ] {
            assert!(target(&base, &uri.parse().unwrap()).is_err(), "{uri}");
        }
    }

    #[test]
    fn only_a_redirect_below_the_base_url_is_passed_on() {
        let from = Url::parse("https://broker.example/v1/api/a/b").unwrap();
        for (location, expected) in [
            ("c?d=e#f", Some("/a/c?d=e#f")),
            ("/v1/api/x", Some("/x")),
            ("../x", Some("/x")),
            ("https://broker.example/v1/api/x", Some("/x")),
            ("https://broker.example:443/v1/api/", Some("/")),
            ("/v1/api", None),
            ("/v1/apix", None),
            ("/v1/api//evil.example", None),
            ("../../../x", None),
            ("/sso/Login", None),
            ("//evil.example/v1/api/x", None),
            ("http://broker.example/v1/api/x", None),
            ("https://broker.example:8443/v1/api/x", None),
            ("https://user@broker.example/v1/api/x", None),
            ("/v1/api/..%2f..%2fsso", None),
            ("javascript:alert(1)", None),
        ] {
            assert_eq!(below("/v1/api", &from, location).as_deref(), expected, "{location}");
        }
    }
}
