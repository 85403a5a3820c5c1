//! The calls that a sandbox received, so that a test can prove what was sent and how often.

use std::{collections::VecDeque, fmt};

use bytes::Bytes;
use http::{HeaderMap, Method};
use jiff::Timestamp;
use parking_lot::Mutex;

use crate::{fault::Fault, requests::Violation, routes::ReceivedRequest};

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
const MAX_CALLS: usize = 10_000;

/// One call as it arrived, whether or not it got a response.
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
    /// How it breaks the broker's spec, in words, if it does. Names what is wrong and quotes no value.
    pub violation: Option<String>,
}

impl Call {
    pub(crate) fn new(
        request: &ReceivedRequest,
        operation: Option<&'static str>,
        base: &str,
        fault: Option<Fault>,
        violation: Option<Violation>,
    ) -> Self {
        let ReceivedRequest { head, body, at, .. } = request;
        Self {
            at: *at,
            operation,
            base: base.to_owned(),
            method: head.method.clone(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().map(str::to_owned),
            headers: head.headers.clone(),
            body: body.clone().unwrap_or_default(),
            fault,
            violation: violation.as_ref().map(Violation::to_string),
        }
    }

    /// The first value of a header, in any case of its name, if it is a string.
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
                (
                    name.as_str(),
                    if printable { value.to_str().unwrap_or("[not a string]") } else { "[redacted]" },
                )
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
            .field("violation", &self.violation)
            .finish()
    }
}

/// The latest calls, in the order they arrived.
#[derive(Debug, Default)]
pub(crate) struct CallLog(Mutex<VecDeque<Call>>);

impl CallLog {
    pub(crate) fn record(&self, call: Call) {
        let mut calls = self.0.lock();
        if calls.len() == MAX_CALLS {
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
