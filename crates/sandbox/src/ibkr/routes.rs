//! The way of a call: from the route through the limits and the waiting faults to the operation.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use http::header::{CONTENT_LENGTH, COOKIE as COOKIES, TRANSFER_ENCODING};
use http::request::Parts;
use http::{Method, Request, StatusCode};
use jiff::Timestamp;

use super::answers::Base;
use super::calls::{COOKIE, Input, Manner, perform};
use super::etiquette::Etiquette;
use super::operation::Operation;
use super::pacing::Pacing;
use super::person::{self, Page};
use super::refusal::documented;
use super::state::Gateway;
use crate::body::read;
use crate::clock::Clock;
use crate::fault::FaultQueue;
use crate::log::{Call, CallLog};

/// What the calls of every connection share.
pub(super) struct Site {
    pub(super) desk: Mutex<Desk>,
    pub(super) faults: FaultQueue,
    pub(super) log: CallLog,
    pub(super) clock: Clock,
    pub(super) manner: Manner,
    /// URL of the host's root, without a slash at the end.
    pub(super) root: String,
}

/// What changes while the sandbox runs.
pub(super) struct Desk {
    pub(super) gateway: Gateway,
    pub(super) pacing: Pacing,
    pub(super) etiquette: Etiquette,
}

impl Site {
    pub(super) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn url(&self, base: Base) -> String {
        format!("{}{}", self.root, base.path())
    }
}

/// The routes of the sandbox: the API below both bases, and a person's pages.
pub(super) fn router(site: &Arc<Site>) -> Router {
    let mut router = Router::new();
    for operation in Operation::ALL {
        for base in Base::ALL {
            let site = Arc::clone(site);
            let handler = move |request| async move { answer(&site, operation, base, request).await };
            router = router
                .route(&format!("{}{}", base.path(), operation.path()), on(operation.method(), handler));
        }
    }
    for page in Page::ALL {
        let site = Arc::clone(site);
        let handler = move |request| async move { show(&site, page, request).await };
        router = router.route(page.path(), on(MethodFilter::GET.or(MethodFilter::POST), handler));
    }
    let unknown = |status: StatusCode, page: &'static str| {
        let site = Arc::clone(site);
        move |request: Request<Body>| async move {
            record(&site, None, &site.root, request).await;
            (status, Html(page)).into_response()
        }
    };
    router
        // In the words of the gateway's web server.
        .fallback(unknown(StatusCode::NOT_FOUND, "<html><body><h1>Resource not found</h1></body></html>"))
        .method_not_allowed_fallback(unknown(StatusCode::METHOD_NOT_ALLOWED, ""))
}

async fn answer(site: &Site, operation: Operation, base: Base, request: Request<Body>) -> Response {
    let (head, input, now) = record(site, Some(operation), &site.url(base), request).await;
    if lacks_length(&head) {
        // The content delivery network answers, before the gateway sees anything.
        site.desk().etiquette.posts_without_length += 1;
        return documented(operation, StatusCode::LENGTH_REQUIRED);
    }
    if !admit(&mut site.desk(), operation, &input, now) {
        return documented(operation, StatusCode::TOO_MANY_REQUESTS);
    }
    let perform = || perform(&mut site.desk().gateway, &site.manner, operation, base, &input, now);
    let response = match site.faults.take(operation.id()) {
        None => perform(),
        Some(fault) => {
            let own = fault.is_applied().then(perform);
            fault.respond(own, |status| documented(operation, status))
        }
    };
    if response.status() == StatusCode::TOO_MANY_REQUESTS {
        site.desk().pacing.penalise(now, true);
    }
    response
}

/// Counts what is to be counted. False: the limits are exceeded.
fn admit(desk: &mut Desk, operation: Operation, input: &Input, now: Timestamp) -> bool {
    let Desk { gateway, pacing, etiquette } = desk;
    let admitted = pacing.admit(operation, now, etiquette);
    if operation == Operation::IserverAuthSsodhInitPost {
        let state = gateway.state(now);
        etiquette.inits_on_live_session += u64::from(state.authenticated && !input.is_empty());
        etiquette.inits_with_compete += u64::from(input.compete());
        etiquette.inits_while_signed_out += u64::from(!state.single_sign_on);
        etiquette.hurried_inits += u64::from(gateway.note_init(now));
    }
    admitted
}

async fn show(site: &Site, page: Page, request: Request<Body>) -> Response {
    let (head, _, now) = record(site, None, &site.root, request).await;
    let gateway = &mut site.desk().gateway;
    if page.signs_in(&head.method) {
        gateway.sign_in(now);
    }
    match gateway.sign_on(now) {
        Some(sign_on) if page.signs_in(&head.method) => person::signed_in(sign_on),
        sign_on => person::show(page, sign_on.is_some()),
    }
}

/// Reads a call to its end and logs it.
async fn record(
    site: &Site,
    operation: Option<Operation>,
    base: &str,
    request: Request<Body>,
) -> (Parts, Input, Timestamp) {
    let (head, body) = request.into_parts();
    let body = read(body).await;
    let now = site.clock.now();
    let logged = body.clone().unwrap_or_default();
    site.log.record(Call::new(now, operation.map(Operation::id), base, &head, logged));
    let cookie = cookie(&head);
    (head, Input { cookie, body }, now)
}

/// Whether a POST says nothing about its body's length (RFC 9112, section 6.3).
fn lacks_length(head: &Parts) -> bool {
    head.method == Method::POST
        && !head.headers.contains_key(CONTENT_LENGTH)
        && !head.headers.contains_key(TRANSFER_ENCODING)
}

/// The sign-in's cookie (RFC 6265, section 5.4).
fn cookie(head: &Parts) -> Option<String> {
    head.headers
        .get_all(COOKIES)
        .iter()
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE).then(|| value.to_owned()))
}
