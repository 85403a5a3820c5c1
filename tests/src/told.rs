//! A broker for which everything goes well, except for what a test says.

use std::marker::PhantomData;

use httpmock::HttpMockRequest;
use serde_json::Value;

use crate::{Answer, At, Broker, Stage, once};

/// A broker that is told its answers.
pub struct Told<B> {
    stage: Stage,
    broker: PhantomData<B>,
}

impl<B: Broker> Told<B> {
    /// Everything goes well.
    pub async fn new() -> Self {
        let stage = Stage::start(B::PREFIX).await;
        stage.go_well(B::spec());
        Self { stage, broker: PhantomData }
    }

    /// Sets the answer of an operation.
    pub fn says(self, operation: &str, answer: impl Into<Answer>) -> Self {
        self.stage.answer(B::spec().operation(operation), answer);
        self
    }

    /// Sets the answer of an operation to this JSON with status 200.
    pub fn with(self, operation: &str, body: &Value) -> Self {
        self.says(operation, Answer::json(200, body))
    }

    /// Where clients are to call; they repeat nothing.
    pub fn at(&self) -> At {
        At::new(self.stage.base_url(), once())
    }

    /// How often an operation was called.
    pub fn count(&self, operation: &str) -> usize {
        self.stage.count(B::spec().operation(operation))
    }

    /// What was asked so far, oldest first.
    pub fn requests(&self) -> Vec<HttpMockRequest> {
        self.stage.requests()
    }
}
