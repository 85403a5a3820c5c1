//! What a sandbox was asked, so that a test can prove what was sent and how often.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method};
use jiff::Timestamp;

use crate::fault::Fault;
use crate::locked::Locked;

/// Headers whose values `Debug` may print; every other value could be a secret.
const PRINTABLE: [&str; 8] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "host",
    "retry-after",
    "user-agent",
];

/// How many calls are kept: a sandbox that runs for days must not fill the memory.
const KEPT: usize = 10_000;

/// One call as it arrived, whether it was answered or not.
///
/// `Debug` shows neither the body, the query nor the values of headers that may be secret.
#[derive(Clone)]
pub struct Call {
    /// When it arrived, by the sandbox's clock.
    pub at: Timestamp,
    /// The operation's id, or `None` for a path or method the broker does not know.
    pub operation: Option<&'static str>,
    /// URL of the base the call came to, for example `http://127.0.0.1:4001/apim`.
    pub base: String,
    /// HTTP method.
    pub method: Method,
    /// Path as sent, from the host's root, without the query.
    pub path: String,
    /// Query as sent, without the question mark.
    pub query: Option<String>,
    /// All headers as sent, secrets included.
    pub headers: HeaderMap,
    /// Body as sent, secrets included.
    pub body: Bytes,
    /// The injected fault that it met, if any.
    pub fault: Option<Fault>,
    /// What the broker's spec has against it, in words, if anything: a test can ask that there be nothing. Names what is
    /// wrong and quotes no value.
    pub breach: Option<String>,
}

impl Call {
    pub(crate) fn new(
        at: Timestamp,
        operation: Option<&'static str>,
        base: &str,
        head: &Parts,
        body: Bytes,
    ) -> Self {
        Self {
            at,
            operation,
            base: base.to_owned(),
            method: head.method.clone(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().map(str::to_owned),
            headers: head.headers.clone(),
            body,
            fault: None,
            breach: None,
        }
    }

    /// The first value of a header, in any case of its name, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| {
                let printable = PRINTABLE.contains(&name.as_str());
                (name.as_str(), if printable { value.to_str().unwrap_or("[not text]") } else { "[redacted]" })
            })
            .collect();
        f.debug_struct("Call")
            .field("at", &self.at)
            .field("operation", &self.operation)
            .field("base", &self.base)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query.as_ref().map(|_| "[redacted]"))
            .field("headers", &headers)
            .field("body", &format_args!("[{} bytes]", self.body.len()))
            .field("fault", &self.fault.as_ref().map(Fault::to_string))
            .field("breach", &self.breach)
            .finish()
    }
}

/// The latest calls, in the order they arrived.
#[derive(Debug, Default)]
pub(crate) struct CallLog(Locked<VecDeque<Call>>);

impl CallLog {
    pub(crate) fn record(&self, call: Call) {
        let mut calls = self.0.lock();
        if calls.len() == KEPT {
            calls.pop_front();
        }
        calls.push_back(call);
    }

    pub(crate) fn all(&self) -> Vec<Call> {
        self.0.lock().iter().cloned().collect()
    }

    pub(crate) fn take(&self) -> Vec<Call> {
        std::mem::take(&mut *self.0.lock()).into()
    }

    pub(crate) fn of(&self, operation: &str) -> Vec<Call> {
        self.0.lock().iter().filter(|call| call.operation == Some(operation)).cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.0.lock().clear();
    }
}
