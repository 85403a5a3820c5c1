//! Where another program's request goes: always below the base URL.
//!
//! A server may read a path in another way than its client, and so may everything in between. So a path is refused, not
//! repaired, if anybody could understand it as one that leaves the base URL.

use http::Uri;
use url::Url;

/// The URL of a request below `base`. Path and query are sent as they are; a few characters that no query may have are encoded.
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
    check_path(path).map_err(|why| format!("the path of the request {why}, so it was not sent"))?;
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
    if !is_here || has_user || check_path(path).is_err() {
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

/// Checks that a path cannot become another one on its way, whatever a server does to it: resolve dots, decode it once more,
/// merge slashes, take backslashes for slashes or drop parameters.
///
/// # Errors
/// What is wrong, as the rest of a sentence that begins with the path.
pub fn check_path(path: &str) -> Result<(), &'static str> {
    if !path.starts_with('/') {
        return Err("does not begin with a slash");
    }
    if path.contains("//") {
        return Err("has an empty segment");
    }
    let is_bad = |byte: u8| matches!(byte, b'\\' | b'"' | b'<' | b'>' | b'^' | b'`' | b'{' | b'|' | b'}');
    if path.bytes().any(|byte| !byte.is_ascii_graphic() || is_bad(byte)) {
        return Err("has characters that must be percent-encoded");
    }
    let mut rest = path;
    while let Some((_, escaped)) = rest.split_once('%') {
        let digits = escaped.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) else {
            return Err("has a percent sign without two digits");
        };
        // `%25` could be the first half of another escape; `%C0` and `%C1` begin a character that is encoded too long.
        if b"./\\%\xc0\xc1".contains(&byte) || byte.is_ascii_control() {
            return Err("has an encoded dot, slash, backslash, percent sign or control character");
        }
        rest = escaped.get(2..).unwrap_or_default();
    }
    // Some servers cut parameters off before they resolve dots; the semicolon may be encoded.
    let is_dots = |segment: &str| {
        let rest = segment.trim_start_matches('.');
        let is_cut =
            rest.is_empty() || rest.starts_with(';') || rest.starts_with("%3b") || rest.starts_with("%3B");
        is_cut && (1..=2).contains(&(segment.len() - rest.len()))
    };
    if path.split('/').any(is_dots) {
        return Err("has a segment of dots");
    }
    Ok(())
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
            "/@evil.example/x",
            "/:80@evil.example",
            "/a.b/..c/c../...",
            "/x;v=1/y",
            "/~a/!$&'()*+,=:@",
            "/a/.b",
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
            "/a//b",
            "/a//",
            "/100%25/x",
            "/a{b}",
            "/a|b",
            "/%c1%1c",
            "/.%3Bx/a",
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
