//! Where the calls of a session go: the field `baseUrl`.

use std::io;

use url::Url;

/// The field `baseUrl`.
pub(super) struct BaseUrl {
    text: String,
    /// The path below which this sandbox serves the calls of a session, with a slash at its start; empty for its root.
    path: String,
}

impl BaseUrl {
    /// The base URL of a sandbox at this root. `named` may be any string; one that begins with a slash is a path of this sandbox.
    /// The calls of a session are served below its path and nowhere else, also where it names another host: a
    /// client that reaches the sandbox under that name keeps the path.
    ///
    /// # Errors
    /// No call can be served below a path of this sandbox.
    pub(super) fn new(named: Option<String>, root: &str) -> io::Result<Self> {
        let is_path =
            named.as_deref().is_some_and(|named| named.starts_with('/') && !named.starts_with("//"));
        let text = match named {
            Some(path) if is_path => format!("{root}{path}"),
            Some(url) => url,
            None => root.to_owned(),
        };
        let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let path = url.map(|url| url.path().trim_end_matches('/').to_owned()).unwrap_or_default();
        if is_servable(&path) {
            return Ok(Self { text, path });
        }
        if is_path {
            let message = format!(
                "the sandbox cannot respond below `{path}`: each part of the path may have letters, digits and `-._~` \
                 and none may be empty. Choose a plain path, for instance /xyz."
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        Ok(Self { text, path: String::new() })
    }

    /// As it stands in the responses.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// The path below which this sandbox serves the calls of a session; empty for its root.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The address of one of the broker's streams, at the host of the base URL.
    pub(super) fn stream(&self, name: &str) -> String {
        let origin = Url::parse(&self.text).ok().map(|url| url.origin().ascii_serialization());
        let origin = origin.filter(|origin| origin.starts_with("http")).unwrap_or_else(|| self.text.clone());
        format!("{}/{name}", origin.replacen("http", "ws", 1))
    }
}

/// Whether calls can be served below a path: other characters have a meaning for the router.
fn is_servable(path: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    let mut parts = path.split('/').skip(1);
    parts.all(|part| !part.is_empty() && part.chars().all(is_plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "http://127.0.0.1:4003";

    fn named(text: &str) -> BaseUrl {
        BaseUrl::new(Some(text.to_owned()), ROOT).unwrap()
    }

    #[test]
    fn the_path_is_kept_whatever_the_host() {
        for (text, path) in [
            ("/xyz", "/xyz"),
            ("/a/b/", "/a/b"),
            ("/", ""),
            ("http://127.0.0.1:4003/xyz", "/xyz"),
            ("http://localhost:4003/xyz/", "/xyz"),
            ("https://neo-gw.kotaksecurities.com/xyz", "/xyz"),
            ("https://neo-gw.kotaksecurities.com", ""),
            ("https://neo-gw.kotaksecurities.com/a//b", ""),
            ("https://neo-gw.kotaksecurities.com/*b", ""),
            ("ftp://neo-gw.kotaksecurities.com/xyz", ""),
            ("//127.0.0.1:4003/xyz", ""),
            ("not a URL", ""),
            ("", ""),
        ] {
            assert_eq!(named(text).path(), path, "{text}");
        }
        assert_eq!(named("/xyz").as_str(), "http://127.0.0.1:4003/xyz");
        for path in ["/a/*b", "/a{b}", "/a//b", "/:a"] {
            assert!(BaseUrl::new(Some(path.into()), ROOT).is_err(), "{path}");
        }
    }

    #[test]
    fn streams_are_at_the_host_of_the_base_url() {
        for (text, stream) in [
            ("https://neo-gw.kotaksecurities.com/xyz", "wss://neo-gw.kotaksecurities.com/apifeed"),
            ("/xyz", "ws://127.0.0.1:4003/apifeed"),
            ("https://evil.example:8443/a?b#c ", "wss://evil.example:8443/apifeed"),
            ("not a URL", "not a URL/apifeed"),
        ] {
            assert_eq!(named(text).stream("apifeed"), stream);
            assert!(named(text).as_str().ends_with(text), "{text} stands in responses as it is");
        }
    }
}
