//! A mock server that plays an API: one answer for each operation, below a base path, and a record of what
//! was asked.

use std::sync::{Arc, Mutex, MutexGuard};

use broker_session_codegen::spec::Operation;
use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};

use crate::{Answer, Spec, arguments::fits_path, play::Play};

/// The mock server.
pub struct Stage {
    server: MockServer,
    prefix: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    play: Play,
    requests: Vec<HttpMockRequest>,
}

impl Stage {
    /// Starts a server that answers below `prefix` (for example `/apim`), and at the root as well. Until it
    /// is told an answer it says 404.
    pub async fn start(prefix: &str) -> Self {
        let server = MockServer::start_async().await;
        let state = Arc::new(Mutex::new(State::default()));
        let (of_server, of_prefix) = (state.clone(), prefix.to_owned());
        server
            .mock_async(move |when, then| {
                when.any_request();
                then.respond_with(move |request| lock(&of_server).perform(&of_prefix, request));
            })
            .await;
        Self { server, prefix: prefix.to_owned(), state }
    }

    /// The base URL, the prefix included.
    pub fn base_url(&self) -> String {
        self.server.url(&self.prefix)
    }

    /// Sets the answer of an operation.
    pub fn answer(&self, operation: &Operation, answer: impl Into<Answer>) {
        lock(&self.state).play.set(operation, answer.into());
    }

    /// Lets every operation go well, with the first example of its success.
    pub fn go_well(&self, spec: &Spec) {
        lock(&self.state).play = Play::of_successes(spec);
    }

    /// Forgets all answers and requests.
    pub fn clear(&self) {
        *lock(&self.state) = State::default();
    }

    /// What was asked so far, oldest first.
    pub fn requests(&self) -> Vec<HttpMockRequest> {
        lock(&self.state).requests.clone()
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

impl State {
    fn perform(&mut self, prefix: &str, request: &HttpMockRequest) -> HttpMockResponse {
        self.requests.push(request.clone());
        match self.play.find(request.method_str(), prefix, request.uri().path()) {
            Some((_, answer)) => HttpMockResponse::builder()
                .status(answer.status)
                .headers(answer.headers.clone())
                .body(answer.body.clone())
                .build(),
            None => HttpMockResponse::builder().status(404).build(),
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
