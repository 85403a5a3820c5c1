//! The way of a call: from the route through the call log and the waiting faults to the operation.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::RawPathParams;
use axum::response::Response;
use axum::routing::on;
use http::{Request, StatusCode};

use super::answers::{self, Envelope, Urls};
use super::calls::{oauth_error, perform};
use super::input::Input;
use super::operation::Operation;
use super::redirect::Base;
use super::refusal::documented;
use super::state::Broker;
use crate::body::read;
use crate::clock::Clock;
use crate::fault::FaultQueue;
use crate::log::{Call, CallLog};

/// What the calls of every connection share.
pub(crate) struct Site {
    pub(crate) broker: Mutex<Broker>,
    pub(crate) faults: FaultQueue,
    pub(crate) log: CallLog,
    pub(crate) clock: Clock,
    pub(crate) envelope: Envelope,
    pub(crate) urls: Urls,
}

impl Site {
    pub(crate) fn broker(&self) -> MutexGuard<'_, Broker> {
        self.broker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a route leads.
#[derive(Clone)]
struct Destination {
    operation: Operation,
    base: Base,
    /// What the call log says the call came to: the base, or the host's root.
    url: Arc<str>,
}

/// The routes of one listener: the OAuth calls at its root, and all calls below each base's path.
pub(crate) fn router(site: &Arc<Site>, root: &str, bases: &[(&str, Base)]) -> Router {
    let mut router = Router::new();
    for operation in Operation::ALL {
        let below_bases = bases.iter().map(|(path, base)| (*path, *base));
        let at_root = operation.is_oauth().then_some(("", Base::First));
        for (prefix, base) in below_bases.chain(at_root) {
            let destination = Destination { operation, base, url: format!("{root}{prefix}").into() };
            let site = Arc::clone(site);
            let handler = move |parameters: RawPathParams, request: Request<Body>| async move {
                answer(&site, destination, &parameters, request).await
            };
            let path = format!("{prefix}{}", operation.path());
            router = router.route(&path, on(operation.method(), handler));
        }
    }
    let unknown = |status, description| {
        let (site, root) = (Arc::clone(site), Arc::<str>::from(root));
        move |request: Request<Body>| async move {
            let (head, body) = request.into_parts();
            let body = read(body).await.unwrap_or_default();
            site.log.record(Call::new(site.clock.now(), None, &root, &head, body));
            answers::gateway(status, description)
        }
    };
    router
        .fallback(unknown(StatusCode::NOT_FOUND, "No matching resource found for the given request"))
        .method_not_allowed_fallback(unknown(
            StatusCode::METHOD_NOT_ALLOWED,
            "Method not allowed for the resource",
        ))
}

async fn answer(
    site: &Site,
    destination: Destination,
    parameters: &RawPathParams,
    request: Request<Body>,
) -> Response {
    let Destination { operation, base, url } = destination;
    let (head, body) = request.into_parts();
    let body = read(body).await;
    let logged = body.clone().unwrap_or_default();
    site.log.record(Call::new(site.clock.now(), Some(operation.id()), &url, &head, logged));

    let perform = || match body {
        None => answers::gateway(StatusCode::PAYLOAD_TOO_LARGE, "The request body is too long"),
        Some(body) => {
            let path_parameter = parameters.iter().next().map(|(_, value)| value.to_owned());
            let input = Input { headers: head.headers, path_parameter, body };
            perform(&mut site.broker(), &site.urls, site.envelope, operation, base, &input)
        }
    };
    match site.faults.take(operation.id()) {
        None => perform(),
        Some(fault) => {
            let own = fault.is_applied().then(perform);
            fault.respond(own, |status| documented_answer(operation, status))
        }
    }
}

/// The body that the broker documents for an injected status: a fault, or OAuth's error.
fn documented_answer(operation: Operation, status: StatusCode) -> Response {
    let fault = documented(status);
    if !operation.is_oauth() {
        return answers::fault(status, fault);
    }
    let error = match status {
        StatusCode::UNAUTHORIZED => "invalid_client",
        status if status.is_server_error() => "server_error",
        _ => "invalid_request",
    };
    let mut answer = oauth_error(error, &fault.description);
    *answer.status_mut() = status;
    answer
}
