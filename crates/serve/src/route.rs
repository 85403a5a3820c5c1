//! Which session a path is for, and whether the path stays what it seems to be.

use crate::refusal::Refusal;

/// Names that no session may have, because the server has pages of its own there.
const RESERVED: [&str; 5] = ["api", "events", "livez", "metrics", "readyz"];

/// Whether a session can be served under a name.
pub(crate) fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    begins && name.bytes().all(is_plain) && !RESERVED.contains(&name)
}

/// The name that a path begins with, and the path below it.
pub(crate) fn split(path: &str) -> (&str, &str) {
    let path = path.strip_prefix('/').unwrap_or(path);
    match path.find('/') {
        Some(slash) => path.split_at_checked(slash).unwrap_or((path, "/")),
        None => (path, "/"),
    }
}

/// Checks that a path cannot become another one on its way, whatever a server does to it: resolve dots, decode it once more,
/// merge slashes, take backslashes for slashes or drop parameters.
///
/// # Errors
/// 400, with what is wrong.
pub(crate) fn check_path(path: &str) -> Result<(), Refusal> {
    let bad = |what| Err(Refusal::bad_request(format!("the path {what}, so it is not forwarded")));
    if path.contains("//") {
        return bad("has an empty segment");
    }
    if path.bytes().any(|byte| !byte.is_ascii_graphic() || b"\\\"<>^`{|}".contains(&byte)) {
        return bad("has characters that must be percent-encoded");
    }
    let mut rest = path;
    while let Some((_, escaped)) = rest.split_once('%') {
        let digits = escaped.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) else {
            return bad("has a percent sign without two digits");
        };
        // `%25` could be the first half of another escape.
        if b"./\\%".contains(&byte) || byte.is_ascii_control() {
            return bad("has an encoded dot, slash, backslash, percent sign or control character");
        }
        rest = escaped.get(2..).unwrap_or_default();
    }
    let is_dots = |segment: &str| matches!(segment.split(';').next(), Some("." | ".."));
    if path.split('/').any(is_dots) {
        return bad("has a segment of dots");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_begins_with_the_name_of_a_session() {
        for (path, expected) in [
            ("/neo/a/b", ("neo", "/a/b")),
            ("/neo/", ("neo", "/")),
            ("/neo", ("neo", "/")),
            ("/", ("", "/")),
            ("/%6eeo/a", ("%6eeo", "/a")),
        ] {
            assert_eq!(split(path), expected);
        }
        for name in ["neo", "ibkr-2", "a_b"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "Neo", "a/b", "-a", "a.b", "livez", "metrics", "api", "ä", "a%62"] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn a_path_that_could_become_another_is_refused() {
        for path in
            ["/", "/a/b", "/a/b/", "/a%20b", "/a.b/...", "/a;v=1", "/@a:b", "/a/.b", "/~a/!$&'()*+,=:@"]
        {
            assert!(check_path(path).is_ok(), "{path}");
        }
        for path in [
            "//a",
            "/a//b",
            "/a//",
            "/..",
            "/../a",
            "/a/../b",
            "/a/..",
            "/./a",
            "/a/.",
            "/%2e%2e/a",
            "/%2E./a",
            "/.%2e/a",
            "/a%2fb",
            "/a%2Fb",
            "/a\\b",
            "/a%5cb",
            "/a%5Cb",
            "/%252e%252e/a",
            "/a%00",
            "/a%0d%0ab",
            "/a%7f",
            "/a%",
            "/a%2",
            "/a%zz",
            "/..;/a",
            "/..;v=1/a",
            "/.;/a",
            "/a{b}",
            "/a|b",
            "/\u{e4}",
        ] {
            assert!(check_path(path).is_err(), "{path}");
        }
    }
}
