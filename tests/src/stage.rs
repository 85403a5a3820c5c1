//! A mock server that plays an API: one answer for each operation, below a base path, and a record of what
//! was asked.

use std::sync::{Arc, Mutex, MutexGuard};

use broker_session_codegen::spec::Operation;
use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};

use crate::{Case, arguments::fits_path};

/// An answer to be served.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer in JSON.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    /// An answer of any media type.
    pub fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type".to_owned(), media_type.to_owned())], body: body.into() }
    }

    /// The same with a further header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl From<&Case<'_>> for Answer {
    fn from(case: &Case<'_>) -> Self {
        let answer = match case.media.filter(|_| !case.is_missing()) {
            Some(media) => Self::new(case.response.status, &media.media_type, case.body()),
            None => Self { status: case.response.status, headers: Vec::new(), body: Vec::new() },
        };
        match &case.response.location {
            Some(location) => answer.header("location", location),
            None => answer,
        }
    }
}

/// The mock server.
pub struct Stage {
    server: MockServer,
    prefix: String,
    play: Arc<Mutex<Play>>,
}

#[derive(Default)]
struct Play {
    answers: Vec<(String, String, Answer)>,
    requests: Vec<HttpMockRequest>,
}

impl Stage {
    /// Starts a server that answers below `prefix` (for example `/apim`), and at the root as well. Until it
    /// is told an answer it says 404.
    pub async fn start(prefix: &str) -> Self {
        let server = MockServer::start_async().await;
        let play = Arc::new(Mutex::new(Play::default()));
        let (of_server, of_prefix) = (play.clone(), prefix.to_owned());
        server
            .mock_async(move |when, then| {
                when.any_request();
                then.respond_with(move |request| lock(&of_server).perform(&of_prefix, request));
            })
            .await;
        Self { server, prefix: prefix.to_owned(), play }
    }

    /// The base URL, the prefix included.
    pub fn base_url(&self) -> String {
        self.server.url(&self.prefix)
    }

    /// Sets the answer of an operation.
    pub fn answer(&self, operation: &Operation, answer: impl Into<Answer>) {
        let mut play = lock(&self.play);
        play.answers.retain(|(method, path, _)| (method, path) != (&operation.method, &operation.path));
        play.answers.push((operation.method.clone(), operation.path.clone(), answer.into()));
    }

    /// Forgets all answers and requests.
    pub fn clear(&self) {
        *lock(&self.play) = Play::default();
    }

    /// What was asked so far, oldest first.
    pub fn requests(&self) -> Vec<HttpMockRequest> {
        lock(&self.play).requests.clone()
    }

    /// How often an operation was called.
    pub fn count(&self, operation: &Operation) -> usize {
        let requests = self.requests();
        let of_operation = |request: &&HttpMockRequest| {
            request.method_str() == operation.method
                && fits_path(&operation.path, &self.prefix, request.uri().path())
        };
        requests.iter().filter(of_operation).count()
    }
}

impl Play {
    fn perform(&mut self, prefix: &str, request: &HttpMockRequest) -> HttpMockResponse {
        self.requests.push(request.clone());
        let path = request.uri().path().to_owned();
        let found = self
            .answers
            .iter()
            // The most literal path wins: `/init/userid/{userid}` must not take what is another's.
            .filter(|(method, template, _)| {
                request.method_str() == method && fits_path(template, prefix, &path)
            })
            .min_by_key(|(_, template, _)| template.matches('{').count());
        match found {
            Some((_, _, answer)) => HttpMockResponse::builder()
                .status(answer.status)
                .headers(answer.headers.clone())
                .body(answer.body.clone())
                .build(),
            None => HttpMockResponse::builder().status(404).build(),
        }
    }
}

fn lock(play: &Mutex<Play>) -> MutexGuard<'_, Play> {
    play.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
