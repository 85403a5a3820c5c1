//! A mock server that plays an API: one response for each operation, below a base path, and a record of what was asked.

use std::{
    marker::PhantomData,
    sync::{Arc, Mutex},
};

use broker_session_openapi::Operation;
use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use serde_json::Value;

use crate::{Broker, MockResponse, Target, lock, once, requests::fits_path, responses::Responses};

/// The mock server.
pub struct MockApi {
    server: MockServer,
    prefix: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    responses: Responses,
    requests: Vec<HttpMockRequest>,
}

impl MockApi {
    /// Starts a server that responds below `prefix` (for example `/apim`), and at the root as well. Until it
    /// has a response it returns 404.
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

    /// Sets the response of an operation.
    pub fn respond_with(&self, operation: &Operation, response: impl Into<MockResponse>) {
        lock(&self.state).responses.set(operation, response.into());
    }

    /// Lets every operation go well, with the first example of its success; but for what belongs to the one that is tried.
    pub fn succeed<B: Broker>(&self, tried: Option<&str>) {
        lock(&self.state).responses =
            Responses::of_successes(B::spec()).beside::<B>(tried.unwrap_or_default());
    }

    /// Forgets all responses and requests.
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
        match self.responses.find(request.method_str(), prefix, request.uri().path()) {
            Some((_, response)) => HttpMockResponse::builder()
                .status(response.status)
                .headers(response.headers.clone())
                .body(response.body.clone())
                .build(),
            None => HttpMockResponse::builder().status(404).build(),
        }
    }
}

/// A broker with given responses.
pub struct MockBroker<B> {
    mock: MockApi,
    broker: PhantomData<B>,
}

impl<B: Broker> MockBroker<B> {
    /// Everything goes well.
    pub async fn new() -> Self {
        let mock = MockApi::start(B::PREFIX).await;
        mock.succeed::<B>(None);
        Self { mock, broker: PhantomData }
    }

    /// Sets the response of an operation.
    pub fn respond_with(self, operation: &str, response: impl Into<MockResponse>) -> Self {
        self.mock.respond_with(B::spec().operation(operation), response);
        self
    }

    /// Sets the response of an operation to this JSON with status 200.
    pub fn with(self, operation: &str, body: &Value) -> Self {
        self.respond_with(operation, MockResponse::json(200, body))
    }

    /// Where clients are to call; they repeat nothing.
    pub fn at(&self) -> Target {
        Target::new(self.mock.base_url(), once())
    }

    /// How often an operation was called.
    pub fn count(&self, operation: &str) -> usize {
        self.mock.count(B::spec().operation(operation))
    }

    /// What was asked so far, oldest first.
    pub fn requests(&self) -> Vec<HttpMockRequest> {
        self.mock.requests()
    }
}
