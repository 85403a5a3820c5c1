//! A response that somebody has made up, in a form that people read and fuzzers spoil easily.

use broker_session_openapi::Operation;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE};

use crate::{Case, Spec};

/// The response to one operation.
#[derive(Clone)]
pub struct FuzzedResponse<'a> {
    /// The operation.
    pub operation: &'a Operation,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, in which [`crate::arbitrary::InMemoryServer`] puts secrets in place of `$` and two characters.
    pub body: Vec<u8>,
    /// Whether the connection ends in the middle of the body.
    pub is_cut: bool,
    /// Whether the client calls the broker's own hosts and not loopback.
    pub is_far: bool,
}

impl<'a> FuzzedResponse<'a> {
    /// Reads a response in the form of HTTP/1.1 with another first line: operation, status, and then `cut` or `far` or
    /// both. Everything means something, so that nothing that a fuzzer does is in vain: an operation that is none is one
    /// of the others, a status that is none is 200, and a header that is none is left out.
    pub fn parse(spec: &'a Spec, input: &[u8]) -> Self {
        let (head, body) = match position(input, b"\n\n") {
            Some(end) => (&input[..end], &input[end + 2..]),
            None => (input, &[][..]),
        };
        let head = String::from_utf8_lossy(head);
        let mut lines = head.lines();
        let mut words = lines.next().unwrap_or_default().split(' ');
        let name = words.next().unwrap_or_default();
        let sum = name.bytes().fold(0, |sum: usize, byte| sum + usize::from(byte));
        let named = spec.operations.iter().find(|operation| operation.id == name);
        let operation = named.unwrap_or(&spec.operations[sum % spec.operations.len()]);
        // Of 1xx a client never hears.
        let status = words.next().and_then(|word| word.parse().ok()).filter(|status| *status >= 200);
        let status = status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or_default();
        let (mut is_cut, mut is_far) = (false, false);
        for word in words {
            is_cut |= word == "cut";
            is_far |= word == "far";
        }
        let headers = lines.filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
            Some((name, HeaderValue::from_bytes(value.trim().as_bytes()).ok()?))
        });
        Self { operation, status, headers: headers.collect(), body: body.to_vec(), is_cut, is_far }
    }

    /// The form that [`Self::parse`] reads.
    pub fn write(&self) -> Vec<u8> {
        let mut head = format!("{} {}", self.operation.id, self.status.as_u16()).into_bytes();
        for (word, is_set) in [(" cut", self.is_cut), (" far", self.is_far)] {
            head.extend(word.bytes().filter(|_| is_set));
        }
        for (name, value) in &self.headers {
            head.extend([b"\n", name.as_str().as_bytes(), b": ", value.as_bytes()].concat());
        }
        [&head, b"\n\n".as_slice(), &self.body].concat()
    }

    /// The response of a spec.
    pub fn of(case: &Case<'a>) -> Self {
        let mut headers = HeaderMap::new();
        if let Some(value) = case.media.and_then(|media| media.media_type.parse().ok()) {
            headers.insert(CONTENT_TYPE, value);
        }
        if let Some(value) = case.response.location.as_ref().and_then(|location| location.parse().ok()) {
            headers.insert(http::header::LOCATION, value);
        }
        let status = StatusCode::from_u16(case.response.status).expect("a documented status");
        let operation = case.operation;
        Self { operation, status, headers, body: case.body(), is_cut: false, is_far: false }
    }
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
