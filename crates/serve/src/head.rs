//! The head of a request, judged before anything else reads it.
//!
//! The HTTP library is lenient where two parsers could differ: it ignores a `Content-Length` beside a `Transfer-Encoding`,
//! and a second one of the same value. Request smuggling needs such a difference, so this parser accepts only what
//! has one meaning (RFC 9112), and says where the body ends.

use http::{StatusCode, uri::PathAndQuery};

use crate::Limits;

/// The body that follows a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// So many bytes; none without `Content-Length`.
    Length(u64),
    /// `Transfer-Encoding: chunked`, or another protocol after an upgrade. Nothing that follows is a head for certain, so
    /// the connection is good for this request alone.
    UntilEnd,
}

/// Why a head is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadHead {
    pub(crate) status: StatusCode,
    pub(crate) why: &'static str,
}

impl BadHead {
    pub(crate) const TOO_LONG: Self = Self {
        status: StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        why: "the headers of the request are too long",
    };

    pub(crate) const TOO_SLOW: Self =
        Self { status: StatusCode::REQUEST_TIMEOUT, why: "the head of the request came too slowly" };
}

const fn bad(why: &'static str) -> BadHead {
    BadHead { status: StatusCode::BAD_REQUEST, why }
}

/// Judges a whole head: the request line, header lines, and the empty line.
///
/// # Errors
/// What is wrong, with the status of the response.
pub(crate) fn judge(head: &[u8], limits: &Limits) -> Result<Framing, BadHead> {
    let mut lines = Lines(head);
    let http_11 = judge_request_line(lines.next_line()?, limits)?;
    let (mut count, mut hosts, mut upgrades) = (0_usize, 0_u32, false);
    let (mut length, mut is_chunked) = (None, false);
    loop {
        let line = lines.next_line()?;
        if line.is_empty() {
            break;
        }
        count += 1;
        if count > limits.headers {
            return Err(BadHead { why: "the request has too many headers", ..BadHead::TOO_LONG });
        }
        let (name, value) = header(line)?;
        if name.eq_ignore_ascii_case(b"host") {
            hosts += 1;
        } else if name.eq_ignore_ascii_case(b"content-length") {
            if length.replace(content_length(value)?).is_some() {
                return Err(bad("the request has several `Content-Length`"));
            }
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if is_chunked || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(bad("`Transfer-Encoding` is not just `chunked`"));
            }
            is_chunked = true;
        } else if name.eq_ignore_ascii_case(b"upgrade") {
            upgrades = true;
        }
    }
    if hosts != 1 {
        return Err(bad("the request needs one `Host`"));
    }
    match (is_chunked, length) {
        (true, Some(_)) => Err(bad("the request has both `Content-Length` and `Transfer-Encoding`")),
        (true, None) if !http_11 => Err(bad("HTTP/1.0 has no `Transfer-Encoding`")),
        (true, None) => Ok(Framing::UntilEnd),
        (false, _) if upgrades && length.unwrap_or(0) > 0 => Err(bad("a request for an upgrade has a body")),
        (false, _) if upgrades => Ok(Framing::UntilEnd),
        (false, length) => Ok(Framing::Length(length.unwrap_or(0))),
    }
}

/// The lines of a head.
struct Lines<'a>(&'a [u8]);

impl<'a> Lines<'a> {
    /// The next line, without its CRLF.
    fn next_line(&mut self) -> Result<&'a [u8], BadHead> {
        let cut = bad("the head of the request breaks off");
        let end = self.0.iter().position(|byte| *byte == b'\n').ok_or(cut)?;
        let (line, rest) = self.0.split_at_checked(end + 1).ok_or(cut)?;
        self.0 = rest;
        line.strip_suffix(b"\r\n").ok_or(bad("a line of the head does not end with CRLF"))
    }
}

/// Returns whether it is HTTP/1.1.
fn judge_request_line(line: &[u8], limits: &Limits) -> Result<bool, BadHead> {
    let mut parts = line.split(|byte| *byte == b' ');
    let (Some(method), Some(target), Some(version), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(bad("the request line is not `METHOD TARGET HTTP/1.1`"));
    };
    if method.is_empty() || !method.iter().all(|byte| is_token(*byte)) {
        return Err(bad("the request line has no method"));
    }
    if matches!(method, b"CONNECT" | b"TRACE") {
        return Err(BadHead {
            status: StatusCode::METHOD_NOT_ALLOWED,
            why: "the methods CONNECT and TRACE are not forwarded",
        });
    }
    if target.len() > limits.target_bytes {
        return Err(BadHead {
            status: StatusCode::URI_TOO_LONG,
            why: "the target of the request is too long",
        });
    }
    if target.first() != Some(&b'/') {
        return Err(bad("the target of the request is not a path"));
    }
    // A fragment is never sent; a library that drops it would see another path. What the HTTP library would not take gets
    // no response of ours there.
    let is_plain = target.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'#');
    if !is_plain || PathAndQuery::try_from(target).is_err() {
        return Err(bad("the target of the request has characters that no URL has"));
    }
    match version {
        b"HTTP/1.1" => Ok(true),
        b"HTTP/1.0" => Ok(false),
        _ => {
            let status = StatusCode::HTTP_VERSION_NOT_SUPPORTED;
            Err(BadHead { status, why: "only HTTP/1.1 and HTTP/1.0 are understood" })
        }
    }
}

/// Name and value of a header line.
fn header(line: &[u8]) -> Result<(&[u8], &[u8]), BadHead> {
    if line.first().is_some_and(|first| matches!(first, b' ' | b'\t')) {
        return Err(bad("a header goes on in a second line"));
    }
    let missing = bad("a header line has no name and colon");
    let colon = line.iter().position(|byte| *byte == b':').ok_or(missing)?;
    let (name, rest) = line.split_at_checked(colon).ok_or(missing)?;
    if name.is_empty() || !name.iter().all(|byte| is_token(*byte)) {
        return Err(bad("the name of a header has characters that none may have"));
    }
    let value = rest.get(1..).unwrap_or_default();
    if value.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
        return Err(bad("a header has control characters"));
    }
    Ok((name, value.trim_ascii()))
}

fn content_length(value: &[u8]) -> Result<u64, BadHead> {
    let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    let number = if is_number { std::str::from_utf8(value).ok() } else { None };
    number.and_then(|number| number.parse().ok()).ok_or(bad("`Content-Length` is not a number"))
}

/// A character of a token (RFC 9110, section 5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(head: &str) -> Result<Framing, BadHead> {
        judge(head.as_bytes(), &Limits::default())
    }

    #[test]
    fn a_head_with_one_meaning_is_accepted() {
        for (head, framing) in [
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", Framing::Length(0)),
            ("GET /a?b=%2e|{} HTTP/1.0\r\nhost:a\r\n\r\n", Framing::Length(0)),
            ("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 12 \r\n\r\n", Framing::Length(12)),
            ("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n", Framing::UntilEnd),
            ("GET /a HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n", Framing::UntilEnd),
            (
                "GET /a HTTP/1.1\r\nHost: a\r\nX-Name: caf\u{e9}\tau lait\r\nX-Empty:\r\n\r\n",
                Framing::Length(0),
            ),
        ] {
            assert_eq!(judged(head), Ok(framing), "{head:?}");
        }
    }

    #[test]
    fn a_head_with_two_meanings_is_refused() {
        let of_headers = [
            "",
            "Host: a\r\nHost: a\r\n",
            "Host: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n",
            "Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n",
            "Host: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n",
            "Host: a\r\nContent-Length: 1, 1\r\n",
            "Host: a\r\nContent-Length: +1\r\n",
            "Host: a\r\nContent-Length: -1\r\n",
            "Host: a\r\nContent-Length: 0x1\r\n",
            "Host: a\r\nContent-Length:\r\n",
            "Host: a\r\nContent-Length: 18446744073709551616\r\n",
            "Host: a\r\nContent-Length : 1\r\n",
            "Host: a\r\nTransfer-Encoding: identity\r\n",
            "Host: a\r\nTransfer-Encoding: gzip, chunked\r\n",
            "Host: a\r\nTransfer-Encoding: chunked, chunked\r\n",
            "Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            "Host: a\r\nTransfer-Encoding:\u{b}chunked\r\n",
            "Host: a\r\nTransfer_Encoding\0: chunked\r\n",
            "Host: a\r\nTransfer-Encoding : chunked\r\n",
            "Host: a\r\nUpgrade: websocket\r\nContent-Length: 5\r\n",
            "Host: a\r\nX: 1\r\n Transfer-Encoding: chunked\r\n",
            "Host: a\r\nX: 1\r\n\tfolded\r\n",
            " Host: a\r\n",
            "Host: a\nX: 1\r\n",
            "Host: a\r\nX: 1\rY: 2\r\n",
            "Host: a\r\nX: \0\r\n",
            "Host: a\r\nno colon\r\n",
            "Host: a\r\n: no name\r\n",
        ];
        for headers in of_headers {
            let head = format!("POST /a HTTP/1.1\r\n{headers}\r\n");
            assert_eq!(judged(&head).map_err(|bad| bad.status), Err(StatusCode::BAD_REQUEST), "{head:?}");
        }
    }

    #[test]
    fn a_target_that_is_no_path_is_refused() {
        for line in [
            "GET http://127.0.0.1/ HTTP/1.1",
            "OPTIONS * HTTP/1.1",
            "GET a HTTP/1.1",
            "GET  / HTTP/1.1",
            "GET /  HTTP/1.1",
            "GET /\tHTTP/1.1",
            "GET /a b HTTP/1.1",
            "GET /a#b HTTP/1.1",
            "GET /a?b=<c> HTTP/1.1",
            "GET /\u{e4} HTTP/1.1",
            "GET /",
            " / HTTP/1.1",
            "G:T / HTTP/1.1",
            "",
        ] {
            let head = format!("{line}\r\nHost: a\r\n\r\n");
            assert_eq!(judged(&head).map_err(|bad| bad.status), Err(StatusCode::BAD_REQUEST), "{line:?}");
        }
        for version in ["HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/1.10"] {
            let head = format!("GET / {version}\r\nHost: a\r\n\r\n");
            assert_eq!(judged(&head).unwrap_err().status, StatusCode::HTTP_VERSION_NOT_SUPPORTED);
        }
    }

    #[test]
    fn too_much_of_anything_is_refused() {
        let limits = Limits::default();
        let headers = |count| "X: 1\r\n".repeat(count);
        let head = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", headers(limits.headers - 1));
        assert_eq!(judged(&head), Ok(Framing::Length(0)));
        let head = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", headers(limits.headers));
        assert_eq!(judged(&head).unwrap_err().status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
        let target = "a".repeat(limits.target_bytes);
        let head = format!("GET /{target} HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(judged(&head).unwrap_err().status, StatusCode::URI_TOO_LONG);
    }
}
