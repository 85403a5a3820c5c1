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

/// Checks that a path stays what it seems to be. The session does so, too, but only after it was waited for.
///
/// # Errors
/// 400, with what is wrong.
pub(crate) fn check_path(path: &str) -> Result<(), Refusal> {
    let bad = |what| Refusal::bad_request(format!("the path {what}, so it is not forwarded"));
    broker_session::check_path(path).map_err(bad)
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
}
