//! The way of a request: from the route through the checks against the spec, the call log and the injected faults to the
//! operation.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{RawPathParams, rejection::RawPathParamsRejection},
    response::Response,
    routing::on,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use http::{Method, Request, StatusCode, header::AUTHORIZATION, request::Parts};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{
    broker::Play,
    call_log::{Call, CallLog},
    clock::Clock,
    examples::documented,
    fault::{Fault, InjectedFaults},
    operation::{Operation, Route},
    requests::Violation,
    server::Listener,
    spec::Spec,
};

/// Longest request body that is read, in bytes. Real ones are a few hundred bytes long.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// What the requests of every connection share.
pub(crate) struct App<B> {
    pub(crate) broker: B,
    /// What a client is configured with.
    pub(crate) base_url: String,
    /// URL of the first host's root, without a slash at the end.
    pub(crate) root_url: String,
    pub(crate) user: String,
    pub(crate) fallback: Option<Fallback>,
    pub(crate) faults: InjectedFaults,
    pub(crate) log: CallLog,
    pub(crate) clock: Clock,
    pub(crate) spec: &'static Spec,
}

/// What a sandbox serves by itself where the broker has nothing: the response to a method and a path, if any. Its requests
/// meet no faults and are not logged.
pub(crate) type Fallback = Box<dyn Fn(&Method, &str) -> Option<Response> + Send + Sync>;

/// A request with its whole body.
pub struct ReceivedRequest {
    pub(crate) head: Parts,
    /// The parameters of the path by their names, percent-decoded.
    pub(crate) path_parameters: HashMap<String, String>,
    /// `None`: too long, or broken off.
    pub(crate) body: Option<Bytes>,
    /// When it arrived, by the sandbox's clock.
    pub(crate) at: Timestamp,
    /// How it breaks the spec, apart from what the broker tolerates. Each broker decides which of its own checks come first.
    pub(crate) violation: Option<Violation>,
}

impl ReceivedRequest {
    /// Reads a request. A body that is too long is still read to its end: closing a connection on unread bytes resets it,
    /// and the client would never see the response.
    async fn read(clock: &Clock, path_parameters: HashMap<String, String>, request: Request<Body>) -> Self {
        let (head, body) = request.into_parts();
        let mut chunks = body.into_data_stream();
        let mut whole = Some(BytesMut::new());
        while let Some(chunk) = chunks.next().await {
            let Ok(chunk) = chunk else {
                whole = None;
                break;
            };
            whole = whole.filter(|whole| whole.len() + chunk.len() <= MAX_BODY_BYTES);
            if let Some(whole) = &mut whole {
                whole.extend_from_slice(&chunk);
            }
        }
        Self { head, path_parameters, body: whole.map(BytesMut::freeze), at: clock.now(), violation: None }
    }

    /// The first value of a header, if it is a string.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }

    /// A header, or an empty string.
    pub(crate) fn header_or_empty(&self, name: &str) -> &str {
        self.header(name).unwrap_or_default()
    }

    /// A parameter of the path, or an empty string.
    pub(crate) fn path_parameter(&self, name: &str) -> &str {
        self.path_parameters.get(name).map(String::as_str).unwrap_or_default()
    }

    /// What follows a scheme in `Authorization`; the scheme's case does not matter (RFC 9110).
    pub(crate) fn authorization(&self, scheme: &str) -> Option<&str> {
        let (found, rest) = self.header(AUTHORIZATION.as_str())?.split_once(' ')?;
        found.eq_ignore_ascii_case(scheme).then(|| rest.trim())
    }

    /// Name and password of `Authorization: Basic` (RFC 7617).
    pub(crate) fn basic(&self) -> Option<(String, String)> {
        let decoded = BASE64_STANDARD.decode(self.authorization("basic")?).ok()?;
        let (name, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
        Some((name.to_owned(), password.to_owned()))
    }

    /// The body as a JSON object, if it is one.
    pub(crate) fn json(&self) -> Option<Map<String, Value>> {
        serde_json::from_slice(self.body.as_ref()?).ok()
    }

    /// A string of the body's JSON object, or an empty one.
    pub(crate) fn json_string(&self, name: &str) -> String {
        let value = self.json().and_then(|mut body| body.remove(name));
        value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// The body as a form; of a repeated field, the last one counts.
    pub(crate) fn form(&self) -> HashMap<String, String> {
        url::form_urlencoded::parse(self.body.as_deref().unwrap_or_default()).into_owned().collect()
    }
}

/// A listener, and where below its root the operations are.
pub(crate) struct Host<B: Play> {
    listener: Listener,
    mounts: Vec<Mount<B>>,
}

/// Operations below a path.
struct Mount<B: Play> {
    prefix: String,
    base: B::Base,
    operations: &'static [B::Operation],
}

impl<B: Play> Host<B> {
    /// A listener without operations.
    pub(crate) fn new(listener: Listener) -> Self {
        Self { listener, mounts: Vec::new() }
    }

    /// Adds operations below a path.
    pub(crate) fn with(mut self, path: &str, base: B::Base, operations: &'static [B::Operation]) -> Self {
        self.mounts.push(Mount { prefix: path.to_owned(), base, operations });
        self
    }

    /// URL of its root, without a slash at the end.
    pub(crate) fn root(&self) -> String {
        self.listener.root()
    }

    /// The listener with its router.
    pub(crate) fn serve(self, app: &Arc<App<B>>) -> (Listener, Router) {
        let root: Arc<str> = self.root().into();
        let mut router = Router::new();
        for Mount { prefix, base, operations } in self.mounts {
            for operation in operations {
                let Some(route) = Route::of(*operation, app.spec) else { continue };
                for path in route.paths {
                    let (app, url) = (Arc::clone(app), Arc::<str>::from(format!("{root}{prefix}")));
                    let handler = move |parameters: Result<RawPathParams, _>, request: Request<Body>| async move {
                        respond(&app, *operation, base, &url, path_parameters(path, parameters), request)
                            .await
                    };
                    router = router.route(&format!("{prefix}{path}"), on(route.methods, handler));
                }
            }
        }
        let unknown = |status| {
            let (app, root) = (Arc::clone(app), Arc::clone(&root));
            move |request: Request<Body>| async move { no_operation(&app, &root, status, request).await }
        };
        let router = router
            .fallback(unknown(StatusCode::NOT_FOUND))
            .method_not_allowed_fallback(unknown(StatusCode::METHOD_NOT_ALLOWED));
        (self.listener, router)
    }
}

/// The parameters of a path with this template. Where one is not UTF-8, each is replaced by a value that fits nobody, so
/// that the broker responds.
fn path_parameters(
    template: &str,
    parameters: Result<RawPathParams, RawPathParamsRejection>,
) -> HashMap<String, String> {
    if let Ok(parameters) = parameters {
        return parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    }
    let names = template.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| (name.to_owned(), char::REPLACEMENT_CHARACTER.into())).collect()
}

async fn respond<B: Play>(
    app: &App<B>,
    operation: B::Operation,
    base: B::Base,
    base_url: &str,
    parameters: HashMap<String, String>,
    request: Request<Body>,
) -> Response {
    let mut request = ReceivedRequest::read(&app.clock, parameters, request).await;
    let violation = |request: &_, optional| app.spec.requests().violation(operation.id(), request, optional);
    request.violation = violation(&request, app.broker.optional_headers());
    let rejection = app.broker.reject(operation, &request);
    let fault = if rejection.is_some() { None } else { app.faults.take(operation.id()) };
    // The log has what the spec demands, whatever the broker tolerates.
    let violation = violation(&request, &[]);
    app.log.record(Call::new(&request, Some(operation.id()), base_url, fault.clone(), violation));
    if let Some(rejection) = rejection {
        return rejection;
    }
    let perform = || app.broker.respond(operation, base, &request);
    let response = match fault {
        None => perform(),
        Some(fault) => {
            let own = fault.is_applied().then(perform);
            fault.respond(own, |status| documented::<B>(operation, status))
        }
    };
    app.broker.responded(&request, &response);
    response
}

async fn no_operation<B: Play>(
    app: &App<B>,
    root: &str,
    status: StatusCode,
    request: Request<Body>,
) -> Response {
    let path = request.uri().path();
    // A second host of the broker has no fallback: its base URL is not the one that is shown.
    let is_free = root == app.root_url && !app.broker.has_page(path, app.clock.now());
    if let Some(fallback) = app.fallback.as_ref().filter(|_| is_free)
        && let Some(response) = fallback(request.method(), path)
    {
        return response;
    }
    let request = ReceivedRequest::read(&app.clock, HashMap::new(), request).await;
    app.log.record(Call::new(&request, None::<&str>, root, None::<Fault>, None));
    app.broker.no_operation(&request, status)
}
