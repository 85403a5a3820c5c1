//! What a broker adds to what all sandboxes have in common.

use std::{fmt::Debug, io};

use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;

use crate::{
    clock::Clock,
    operation::Operation,
    routes::{Host, ReceivedRequest},
    sandbox::Variable,
    server::Listener,
    spec::Spec,
};

/// A broker that this crate plays: [`kotak::Kotak`](crate::kotak::Kotak), [`ibkr::Ibkr`](crate::ibkr::Ibkr),
/// [`neo::Neo`](crate::neo::Neo). Its operations are the `Operation` of its module.
///
/// Code for all brokers takes a [`Sandbox<B>`](crate::Sandbox). Only this crate can add a broker.
pub trait Broker: Play {
    /// The broker's name, as its module is called.
    const NAME: &'static str;
}

/// A broker's options, its state and its responses.
pub trait Play: Sized + Send + Sync + 'static {
    /// The broker's operations.
    type Operation: Operation;
    /// The options beside the port and the clock.
    type Options: Clone + Debug + Default + Send;
    /// Which of the broker's base URLs a request came to.
    type Base: Copy + Send + Sync + 'static;

    /// The broker's spec.
    ///
    /// # Errors
    /// It cannot be read.
    fn spec() -> io::Result<&'static Spec>;

    /// Sets the broker up behind its first listener.
    fn start(
        options: Self::Options,
        clock: &Clock,
        first: Listener,
    ) -> impl Future<Output = io::Result<Started<Self>>> + Send;

    /// Carries out a call.
    fn respond(&self, operation: Self::Operation, base: Self::Base, request: &ReceivedRequest) -> Response;

    /// The response to a request that meets no operation: 404 for an unknown path, 405 for an unknown method.
    fn no_operation(&self, request: &ReceivedRequest, status: StatusCode) -> Response;

    /// The operation whose examples count for those that the spec does not have.
    const STAND_IN: Self::Operation;

    /// The spec's examples to prefer where a fault is a status alone. Without one, the first example of the status counts.
    const FAULT_EXAMPLES: &'static [&'static str];

    /// The error body of a status for which the spec has no example.
    fn undocumented(status: StatusCode) -> Response;

    /// Whether the broker itself shows a page at a path that belongs to no operation.
    fn has_page(&self, _path: &str, _at: Timestamp) -> bool {
        false
    }

    /// Headers that the spec demands and this broker does not.
    fn optional_headers(&self) -> &'static [&'static str] {
        &[]
    }

    /// The response to a call that gets neither to a fault nor to the operation.
    fn reject(&self, _operation: Self::Operation, _request: &ReceivedRequest) -> Option<Response> {
        None
    }

    /// Notes the response of a fault or of the operation.
    fn responded(&self, _request: &ReceivedRequest, _response: &Response) {}

    /// Forgets what was counted about the calls so far.
    fn forget_calls(&self) {}

    /// What a client's environment needs, for this base URL.
    fn environment(&self, base_url: &str) -> Vec<Variable>;
}

/// A broker that is set up.
pub struct Started<B: Play> {
    pub(crate) broker: B,
    /// The first one is at the root URL of the sandbox.
    pub(crate) hosts: Vec<Host<B>>,
    /// What a client is configured with.
    pub(crate) base_url: String,
    /// The user's name or id.
    pub(crate) user: String,
}
