//! What a server that plays an API responds with: one response for each operation, below a base path.

use broker_session_openapi::Operation;

use crate::{Broker, Case, Spec, requests::fits_path};

/// A response to be served.
#[derive(Clone, Debug)]
pub struct MockResponse {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl MockResponse {
    /// A response in JSON.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    /// A response of any media type.
    pub fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..Self::empty(status).header("content-type", media_type) }
    }

    /// A response without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// The same with a further header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The response in HTTP/1.1; it ends its connection.
    pub fn bytes(&self) -> Vec<u8> {
        self.cut_by(0)
    }

    /// The same, with the last bytes of the body missing.
    pub fn cut_by(&self, missing: usize) -> Vec<u8> {
        let headers: String =
            self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let (status, length) = (self.status, self.body.len());
        let length = match status {
            204 => String::new(),
            _ => format!("content-length: {length}\r\n"),
        };
        let head = format!("HTTP/1.1 {status} Of A Test\r\n{headers}{length}connection: close\r\n\r\n");
        let kept = self.body.len().saturating_sub(missing);
        [head.as_bytes(), &self.body[..kept]].concat()
    }
}

impl From<&Case<'_>> for MockResponse {
    fn from(case: &Case<'_>) -> Self {
        let response = match case.media.filter(|_| !case.is_missing()) {
            Some(media) => Self::new(case.response.status, &media.media_type, case.body()),
            None => Self::empty(case.response.status),
        };
        match &case.response.location {
            Some(location) => response.header("location", location),
            None => response,
        }
    }
}

/// The responses that are ready.
#[derive(Clone, Debug, Default)]
pub(crate) struct Responses(Vec<Entry>);

#[derive(Clone, Debug)]
struct Entry {
    id: String,
    method: String,
    path: String,
    response: MockResponse,
}

impl Responses {
    /// Everything goes well.
    pub(crate) fn of_successes(spec: &Spec) -> Self {
        let mut responses = Self::default();
        for operation in &spec.operations {
            responses.set(operation, MockResponse::from(&spec.first_success(&operation.id)));
        }
        responses
    }

    /// The same, but for what other operations respond with while this one is tried.
    pub(crate) fn beside<B: Broker>(mut self, operation: &str) -> Self {
        for (other, example) in B::beside(operation) {
            self.set(B::spec().operation(other), MockResponse::from(&B::spec().example(other, example)));
        }
        self
    }

    /// Sets the response of an operation.
    pub(crate) fn set(&mut self, operation: &Operation, response: MockResponse) {
        self.0.retain(|entry| entry.id != operation.id);
        let (id, method, path) = (operation.id.clone(), operation.method.clone(), operation.path.clone());
        self.0.push(Entry { id, method, path, response });
    }

    /// The operation that a request is meant for, and its response.
    pub(crate) fn find(&self, method: &str, prefix: &str, path: &str) -> Option<(&str, &MockResponse)> {
        let fitting =
            self.0.iter().filter(|entry| entry.method == method && fits_path(&entry.path, prefix, path));
        // The most literal path wins: `/init/userid/{userid}` must not take what is another's.
        let entry = fitting.min_by_key(|entry| entry.path.matches('{').count())?;
        Some((&entry.id, &entry.response))
    }
}
